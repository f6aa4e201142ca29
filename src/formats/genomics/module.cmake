find_package(PkgConfig REQUIRED)
pkg_check_modules(HTSLIB REQUIRED IMPORTED_TARGET htslib)

set(MODULE_PRIVATE PkgConfig::HTSLIB)
set(MODULE_TEST PkgConfig::HTSLIB)  # writes what tests read
set(MODULE_BENCH PkgConfig::HTSLIB) # is compared with
