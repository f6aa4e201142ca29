find_package(roaring REQUIRED)
set(MODULE_PRIVATE roaring::roaring)
set(MODULE_BENCH roaring::roaring)
if(MERIDIAN_BENCHMARKS)
  find_package(GTest REQUIRED) # kv's contract tests come with its test support
  list(APPEND MODULE_BENCH GTest::gtest)
endif()
