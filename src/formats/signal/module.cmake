find_package(ICU REQUIRED COMPONENTS uc) # character sets of SCP-ECG
find_package(PkgConfig REQUIRED)
pkg_check_modules(FLAC REQUIRED IMPORTED_TARGET flac)

set(MODULE_PRIVATE ICU::uc PkgConfig::FLAC)
