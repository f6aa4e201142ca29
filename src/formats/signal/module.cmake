find_package(PkgConfig REQUIRED)
pkg_check_modules(FLAC REQUIRED IMPORTED_TARGET flac)

set(MODULE_PRIVATE PkgConfig::FLAC)
