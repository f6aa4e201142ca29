find_package(yaml-cpp REQUIRED)
set(MODULE_PRIVATE yaml-cpp)
