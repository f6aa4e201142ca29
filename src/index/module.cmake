find_package(roaring REQUIRED)
set(MODULE_PRIVATE roaring::roaring)
set(MODULE_BENCH roaring::roaring)
