find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)

set(MODULE_PRIVATE PkgConfig::RE2)
