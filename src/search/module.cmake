find_package(ICU REQUIRED COMPONENTS uc)
find_package(GTest REQUIRED)

set(MODULE_PRIVATE ICU::uc)
# The model Kv lies in one library with the contract's tests.
set(MODULE_BENCH GTest::gtest)
