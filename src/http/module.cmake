find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_package(OpenSSL REQUIRED)
set(MODULE_PRIVATE ZLIB::ZLIB PkgConfig::ZSTD OpenSSL::Crypto)
# The benchmark measures itself against a bare Asio program.
set(MODULE_TEST OpenSSL::Crypto ZLIB::ZLIB)
set(MODULE_BENCH meridian_asio)
