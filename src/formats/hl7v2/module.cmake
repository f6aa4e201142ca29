find_package(ICU REQUIRED COMPONENTS uc)
find_package(PkgConfig REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml) # conformance profiles

# The tables of HL7's versions are written at build time from the npm package that tools/hl7v2_schema pins.
set(hl7_generator "${PROJECT_SOURCE_DIR}/tools/hl7v2_schema")
set(hl7_package "${hl7_generator}/node_modules/hl7-dictionary")
if(NOT EXISTS "${hl7_package}/lib/tables.js")
  message(FATAL_ERROR "HL7 v2's definitions are missing: run ./dev setup (or npm ci --ignore-scripts in tools/hl7v2_schema)")
endif()
set(hl7_tables "${PROJECT_BINARY_DIR}/generated/hl7v2/schema_tables.cpp")
add_custom_command(
  OUTPUT "${hl7_tables}"
  COMMAND Python3::Interpreter "${hl7_generator}/generate.py" "${hl7_package}" "${hl7_tables}"
  DEPENDS "${hl7_generator}/generate.py" "${hl7_generator}/package-lock.json" "${hl7_package}/lib/tables.js"
  COMMENT "Writing the tables of HL7 v2")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated/hl7v2")

set(MODULE_SOURCES "${hl7_tables}")
set(MODULE_PRIVATE ICU::uc PkgConfig::PUGIXML)
