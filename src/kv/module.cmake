find_package(PkgConfig REQUIRED)
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)
find_package(GTest REQUIRED)

set(MODULE_PRIVATE PkgConfig::ROCKSDB)
# The contract tests lie there; mold takes them into benchmarks too, for the std::string functions that they define.
set(MODULE_TESTING GTest::gtest)
