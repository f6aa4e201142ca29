find_package(simdjson REQUIRED)

set(MODULE_TEST simdjson::simdjson)
