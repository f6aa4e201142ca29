find_package(ICU REQUIRED COMPONENTS uc) # encodings
find_package(PkgConfig REQUIRED)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)

set(MODULE_PRIVATE ICU::uc PkgConfig::PUGIXML)
