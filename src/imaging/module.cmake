find_package(ICU REQUIRED COMPONENTS uc)
find_package(simdjson REQUIRED)

set(MODULE_PRIVATE ICU::uc)
set(MODULE_TEST simdjson::simdjson)
