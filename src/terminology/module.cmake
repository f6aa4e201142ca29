find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_package(pugixml REQUIRED)

set(MODULE_PRIVATE PkgConfig::RE2 pugixml::pugixml)
