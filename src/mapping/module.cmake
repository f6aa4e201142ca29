find_package(yaml-cpp REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(MODULE_PRIVATE yaml-cpp)

# catalog/mappings and catalog/devices -> one block, embedded by internal/catalogue_block.S.
set(catalogue "${PROJECT_SOURCE_DIR}/catalog/mappings")
set(catalogue_block "${PROJECT_BINARY_DIR}/generated/mappings.block")
set(catalogue_devices "${PROJECT_SOURCE_DIR}/catalog/devices")
file(GLOB_RECURSE catalogue_files CONFIGURE_DEPENDS "${catalogue}/*" "${catalogue_devices}/*")
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/generated")
add_custom_command(
  OUTPUT "${catalogue_block}"
  COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/catalogue/pack.py" "${catalogue}" "devices=${catalogue_devices}" "${catalogue_block}"
  DEPENDS "${PROJECT_SOURCE_DIR}/tools/catalogue/pack.py" ${catalogue_files}
  COMMENT "Mappings to catalogue block"
  VERBATIM)
set(MODULE_SOURCES "${dir}/internal/catalogue_block.S")
set_source_files_properties("${dir}/internal/catalogue_block.S" PROPERTIES
  COMPILE_DEFINITIONS "MERIDIAN_MAPPING_CATALOGUE=\"${catalogue_block}\""
  OBJECT_DEPENDS "${catalogue_block}")
