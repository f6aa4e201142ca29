find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

set(MODULE_PRIVATE PkgConfig::ZSTD)
# First, so that what it has is not looked for in modules that the test does not use.
set(MODULE_TEST stdc++)
