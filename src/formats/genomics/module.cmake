find_package(PkgConfig REQUIRED)
pkg_check_modules(HTSLIB REQUIRED IMPORTED_TARGET htslib)

set(MODULE_PRIVATE PkgConfig::HTSLIB)
set(MODULE_TEST PkgConfig::HTSLIB) # the benchmark compares with it
