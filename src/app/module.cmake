find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
set(MODULE_PRIVATE fmt::fmt CLI11::CLI11)
