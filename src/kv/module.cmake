find_package(PkgConfig REQUIRED)
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)

set(MODULE_PRIVATE PkgConfig::ROCKSDB)
