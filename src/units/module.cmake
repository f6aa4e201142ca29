# The table of UCUM's definitions is written at build time from the npm package that tools/ucum pins.
set(ucum_package "${PROJECT_SOURCE_DIR}/tools/ucum/node_modules/@atomic-ehr/ucum")
if(NOT EXISTS "${ucum_package}/dist/units.js")
  message(FATAL_ERROR "UCUM's definitions are missing: run ./dev setup (or npm ci --ignore-scripts in tools/ucum)")
endif()
set(ucum_table "${PROJECT_BINARY_DIR}/generated/units/ucum_table.cpp")
add_custom_command(
  OUTPUT "${ucum_table}"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/ucum/generate.py" "${ucum_package}" "${ucum_table}"
  DEPENDS "${PROJECT_SOURCE_DIR}/tools/ucum/generate.py" "${PROJECT_SOURCE_DIR}/tools/ucum/package-lock.json"
          "${ucum_package}/dist/units.js" "${ucum_package}/dist/prefixes.js"
  COMMENT "Writing the table of UCUM units")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated/units")

find_package(PkgConfig REQUIRED)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)

set(MODULE_SOURCES "${ucum_table}")
set(MODULE_TEST PkgConfig::PUGIXML)
