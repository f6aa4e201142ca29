find_package(PostgreSQL REQUIRED) # libpq

set(MODULE_PRIVATE PostgreSQL::PostgreSQL)
