find_package(PostgreSQL REQUIRED) # libpq
find_package(yaml-cpp REQUIRED)

set(MODULE_PRIVATE PostgreSQL::PostgreSQL yaml-cpp)
