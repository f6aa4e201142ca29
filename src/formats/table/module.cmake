find_package(fmt REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter) # tests write workbooks with it
find_library(LIBCSV csv REQUIRED)                                 # the other reader of the benchmark

set(MODULE_PRIVATE ICU::uc fmt::fmt PkgConfig::LIBZIP PkgConfig::EXPAT)
set(MODULE_TEST PkgConfig::XLSXWRITER)
set(MODULE_TESTING PkgConfig::LIBZIP)
set(MODULE_BENCH "${LIBCSV}")
