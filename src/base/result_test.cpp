#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace meridian {
namespace {

Result<std::unique_ptr<int>> positive(int value) {
  if (value <= 0) return fail(ErrorCode::invalid_argument, "not positive");
  return std::make_unique<int>(value);
}

Result<int> doubled(int value) {
  std::unique_ptr<int> held = TRY(positive(value));
  return *held * 2;
}

Result<> checked(int value) {
  TRY(positive(value));
  return {};
}

Result<> checked_twice(int value) {
  TRY(checked(value));
  return checked(value - 1);
}

TEST(Try, takes_a_result_without_a_value) {
  EXPECT_TRUE(checked_twice(2).has_value());
  EXPECT_FALSE(checked_twice(1).has_value());
  EXPECT_FALSE(checked_twice(0).has_value());
}

TEST(Try, stands_within_another) {
  const auto quadrupled = [](int value) -> Result<int> { return TRY(doubled(TRY(doubled(value)))); };
  EXPECT_EQ(quadrupled(1).value(), 4);
  EXPECT_FALSE(quadrupled(0).has_value());
}

TEST(Try, gives_the_value_even_when_it_can_only_be_moved) {
  EXPECT_EQ(doubled(4).value(), 8);
}

TEST(Try, returns_the_error_of_the_inner_call) {
  EXPECT_EQ(doubled(-1).error(), Error(ErrorCode::invalid_argument, "not positive"));
  EXPECT_FALSE(checked(0).has_value());
  EXPECT_TRUE(checked(1).has_value());
}

TEST(Error, says_where_it_was_met_from_the_inside_out) {
  EXPECT_EQ(Error(ErrorCode::not_found, "no file").within("reading the package").message(),
            "reading the package: no file");
}

TEST(ErrorCode, maps_to_http_and_to_fhir) {
  EXPECT_EQ(http_status(ErrorCode::precondition_failed), 412);
  EXPECT_EQ(issue_type(ErrorCode::too_costly), "too-costly");
  EXPECT_EQ(name(ErrorCode::not_found), "not_found");
}

}  // namespace
}  // namespace meridian
