#include "base/decimal.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/testing/paths.hpp"

namespace meridian {
namespace {

Decimal decimal(std::string_view text) {
  return Decimal::parse(text).value();
}
std::string shown(const Result<Decimal>& result) {
  return result ? result->to_string() : std::string(name(result.error().code()));
}

TEST(Decimal, keeps_the_digits_it_was_written_with) {
  for (const char* text : {"0", "0.0", "1.00", "-12.50", "0.000001", "120", "99999999999999999999999999999999999999",
                           "-0.00000000000000000000000000000000000001", "18446744073709551616"}) {
    EXPECT_EQ(decimal(text).to_string(), text);
  }
}

TEST(Decimal, reads_exponents) {
  EXPECT_EQ(decimal("1e3").to_string(), "1000");
  EXPECT_EQ(decimal("1.50E1").to_string(), "15.0");
  EXPECT_EQ(decimal("1.5e-3").to_string(), "0.0015");
  EXPECT_EQ(decimal("2E+0").to_string(), "2");
  EXPECT_EQ(decimal("0e400").to_string(), "0");
}

TEST(Decimal, has_no_negative_zero) {
  EXPECT_EQ(decimal("-0.0").to_string(), "0.0");
}

TEST(Decimal, refuses_what_json_would_refuse) {
  for (const char* text :
       {"", "-", "+1", ".5", "1.", "01", "1e", "1e+", "0x1", "1 ", " 1", "1,5", "NaN", "--1", "1.2.3"}) {
    EXPECT_EQ(shown(Decimal::parse(text)), "malformed_input") << text;
  }
}

TEST(Decimal, says_when_a_number_is_beyond_its_range) {
  const std::string many(100'000, '9');
  for (const std::string& text : {std::string("1e400"), std::string("1e-400"), std::string("1e38"), "-" + many,
                                  "0." + many, "1e" + many, std::string("123456789012345678901234567890123456789")}) {
    EXPECT_EQ(shown(Decimal::parse(text)), "too_large");
  }
  EXPECT_EQ(shown(Decimal::make(1, 97)), "too_large");
  EXPECT_EQ(shown(Decimal::make(1, -1)), "too_large");
}

TEST(Decimal, is_equal_by_value_and_identical_by_digits) {
  EXPECT_EQ(decimal("1.00"), decimal("1"));
  EXPECT_EQ(decimal("1.00").hash(), decimal("1").hash());
  EXPECT_FALSE(decimal("1.00").identical(decimal("1")));
  EXPECT_TRUE(decimal("1.00").identical(decimal("1.00")));
  EXPECT_LT(decimal("-1.01"), decimal("-1"));
  EXPECT_LT(decimal("1e-96"), decimal("1e37"));
  EXPECT_GT(decimal("1e-96"), decimal("-1e37"));
  EXPECT_GT(decimal("1e-96"), decimal("0"));
  EXPECT_EQ(decimal("0e-96"), decimal("0"));
}

TEST(Decimal, rounds_half_away_from_zero) {
  EXPECT_EQ(decimal("2.345").rounded(2).to_string(), "2.35");
  EXPECT_EQ(decimal("-2.345").rounded(2).to_string(), "-2.35");
  EXPECT_EQ(decimal("0.5").rounded(0).to_string(), "1");
  EXPECT_EQ(decimal("1").rounded(2).to_string(), "1");
  EXPECT_EQ(decimal("1e-96").rounded(2).to_string(), "0.00");
}

TEST(Decimal, is_filled_or_rounded_to_the_places_asked_for) {
  EXPECT_EQ(shown(decimal("1.5").rescaled(3)), "1.500");
  EXPECT_EQ(shown(decimal("1.55").rescaled(1)), "1.6");
  EXPECT_EQ(shown(decimal("1.5").rescaled(38)), "too_large");
  EXPECT_EQ(shown(decimal("0").rescaled(96)), "0." + std::string(96, '0'));
}

TEST(Decimal, has_whole_parts_in_three_directions) {
  EXPECT_EQ(decimal("-2.5").truncated().to_string(), "-2");
  EXPECT_EQ(decimal("-2.5").floor().to_string(), "-3");
  EXPECT_EQ(decimal("-2.5").ceiling().to_string(), "-2");
  EXPECT_EQ(decimal("2.5").ceiling().to_string(), "3");
  EXPECT_EQ(decimal("2.0").ceiling().to_string(), "2");
  EXPECT_EQ(decimal("-1e-96").floor().to_string(), "-1");
  EXPECT_TRUE(decimal("2.0").is_integer());
  EXPECT_FALSE(decimal("2.01").is_integer());
  EXPECT_FALSE(decimal("1e-96").is_integer());
}

TEST(Decimal, becomes_an_integer_only_when_nothing_is_lost) {
  EXPECT_EQ(decimal("-9223372036854775808.00").to_int64().value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(decimal("9223372036854775808").to_int64().error().code(), ErrorCode::too_large);
  EXPECT_EQ(decimal("1.5").to_int64().error().code(), ErrorCode::invalid_argument);
}

TEST(Decimal, goes_to_the_nearest_double_and_back_to_the_shortest_text) {
  EXPECT_EQ(decimal("0.1").to_double(), 0.1);
  EXPECT_EQ(decimal("123456789012345678901234567890.12345").to_double(), 123456789012345678901234567890.12345);
  EXPECT_EQ(Decimal::from_double(0.1).value().to_string(), "0.1");
  EXPECT_EQ(Decimal::from_double(1e21).value().to_string(), "1" + std::string(21, '0'));
  EXPECT_EQ(shown(Decimal::from_double(std::numeric_limits<double>::infinity())), "invalid_argument");
  EXPECT_EQ(shown(Decimal::from_double(1e300)), "too_large");
}

TEST(Decimal, divides_to_the_digits_asked_for) {
  EXPECT_EQ(shown(divide(decimal("1"), decimal("3"))), "0." + std::string(28, '3'));
  EXPECT_EQ(shown(divide(decimal("2"), decimal("3"), 3)), "0.667");
  EXPECT_EQ(shown(divide(decimal("1.00"), decimal("4"))), "0.25");
  EXPECT_EQ(shown(divide(decimal("6.00"), decimal("2"))), "3.00");
  EXPECT_EQ(shown(divide(decimal("12345"), decimal("1"), 2)), "12345");
  EXPECT_EQ(shown(divide(decimal("1e37"), decimal("1e-90"))), "too_large");
  EXPECT_EQ(shown(divide(decimal("1"), decimal("0.0"))), "invalid_argument");
}

TEST(Decimal, keeps_to_its_limits_at_the_edge_of_128_bits) {
  EXPECT_EQ(shown(integer_quotient(decimal("-32"), decimal("1e-37"))), "too_large");
  EXPECT_EQ(shown(divide(decimal("79228162514264337593543950336.0"), decimal("4294967296.5"), 38)),
            "18446744071562067968.249999999970896170");
}

TEST(Decimal, has_integer_powers) {
  EXPECT_EQ(shown(power(decimal("1.1"), 3)), "1.331");
  EXPECT_EQ(shown(power(decimal("2"), -2)), "0.25");
  EXPECT_EQ(shown(power(decimal("0"), 0)), "1");
  EXPECT_EQ(shown(power(decimal("0"), -1)), "invalid_argument");
  EXPECT_EQ(shown(power(decimal("10"), 1'000'000'000'000)), "too_large");
  EXPECT_EQ(shown(power(decimal("1"), std::numeric_limits<std::int64_t>::min())), "too_large");
}

// The vectors come from testing/decimal_vectors.py, which computes them with Python's exact fractions.
TEST(Decimal, agrees_with_an_independent_implementation) {
  std::ifstream in(testing::source_path("src/base/testdata/decimal_vectors.txt"));
  std::string operation, left, right, expected;
  int count = 0;
  while (in >> operation >> left >> right >> expected) {
    const Decimal a = decimal(left);
    const Decimal b = decimal(right);
    std::string got;
    if (operation == "add") got = shown(add(a, b));
    if (operation == "subtract") got = shown(subtract(a, b));
    if (operation == "multiply") got = shown(multiply(a, b));
    if (operation == "divide") got = shown(divide(a, b));
    if (operation == "quotient") got = shown(integer_quotient(a, b));
    if (operation == "remainder") got = shown(remainder(a, b));
    if (operation == "compare") got = a < b ? "less" : a > b ? "greater" : "equal";
    EXPECT_EQ(got, expected) << operation << ' ' << left << ' ' << right;
    ++count;
  }
  EXPECT_GT(count, 1000);
}

}  // namespace
}  // namespace meridian
