find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

set(MODULE_PRIVATE PkgConfig::ZSTD)
# First, so that what it has is not looked for in modules that the test does not use.
set(MODULE_TEST stdc++)

# What values are compressed with, embedded by internal/dictionary_1.S.
set(MODULE_SOURCES "${dir}/internal/dictionary_1.S")
set_source_files_properties("${dir}/internal/dictionary_1.S" PROPERTIES
  COMPILE_DEFINITIONS "MERIDIAN_DICTIONARY_1=\"${dir}/internal/dictionary_1.zdict\""
  OBJECT_DEPENDS "${dir}/internal/dictionary_1.zdict")
