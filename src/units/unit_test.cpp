#include "units/unit.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "base/decimal.hpp"

namespace meridian::units {
namespace {

Unit unit(std::string_view code) {
  return Unit::parse(code).value();
}

std::string converted(const char* value, std::string_view from, std::string_view to) {
  const auto result = convert(Decimal::parse(value).value(), unit(from), unit(to));
  return result ? result->to_string() : result.error().message();
}

std::string fault(std::string_view code) {
  const auto result = Unit::parse(code);
  return result ? "none" : result.error().message();
}

TEST(Unit, keeps_its_code_and_knows_its_dimension) {
  EXPECT_EQ(unit("mg/dL").code(), "mg/dL");
  EXPECT_EQ(unit("mg/dL").dimension(), "m-3.g");
  EXPECT_EQ(unit("N").canonical_code(), "10*3.m.s-2.g");
  EXPECT_EQ(unit("").canonical_code(), "1");
  EXPECT_EQ(unit("[in_i]").canonical_code(), "254.10*-4.m");
  EXPECT_EQ(unit("m/36").canonical_code(), "m/36");
}

TEST(Unit, is_the_same_under_any_spelling) {
  EXPECT_EQ(unit("kg.m/s2").canonical_code(), unit("N").canonical_code());
  EXPECT_EQ(unit("/min").canonical_code(), unit("{beats}/min").canonical_code());
  EXPECT_EQ(unit("m/(s.s)").canonical_code(), unit("m.s-2").canonical_code());
  EXPECT_EQ(unit("g/m.s").canonical_code(), unit("(g/m).s").canonical_code());
  EXPECT_EQ(unit("L").canonical_code(), unit("dm3").canonical_code());
  EXPECT_EQ(unit("[IU]").canonical_code(), unit("[iU]").canonical_code());
  EXPECT_EQ(unit("m0").canonical_code(), "1");
}

TEST(Unit, reads_its_own_canonical_code) {
  for (const char* code : {"mg/dL", "[lbf_av]", "[mu_0]", "Cel", "dB[SPL]", "[IU]/mL", "J/Cel", "10*3/uL", "[pi].rad"})
    EXPECT_EQ(unit(unit(code).canonical_code()).canonical_code(), unit(code).canonical_code()) << code;
}

TEST(Unit, says_where_a_code_is_wrong_and_what_was_meant) {
  EXPECT_EQ(fault("mg/12h"),
            R"~(UCUM code "mg/12h", column 6: a number is joined to a unit by "."; did you mean "mg/12.h"?)~");
  EXPECT_EQ(fault("m/"), R"~(UCUM code "m/", column 3: a unit is missing at the end; did you mean "m"?)~");
  EXPECT_EQ(fault("iU"), R"~(UCUM code "iU", column 1: UCUM has no such unit; did you mean "[IU]"?)~");
  EXPECT_EQ(fault("10+3/ul"),
            R"~(UCUM code "10+3/ul", column 3: a power of ten is written with a star; did you mean "10*+3/ul"?)~");
  EXPECT_EQ(fault("(m"), R"~(UCUM code "(m", column 3: a closing bracket is missing here; did you mean "(m)"?)~");
  EXPECT_EQ(fault("m)"), R"~(UCUM code "m)", column 2: this bracket was not opened before)~");
  EXPECT_EQ(fault("m^2"), R"~(UCUM code "m^2", column 2: an exponent is written without "^"; did you mean "m2"?)~");
  EXPECT_EQ(fault("mg dL"), R"~(UCUM code "mg dL", column 3: a code holds no blanks)~");
  EXPECT_EQ(fault("0.m"), R"~(UCUM code "0.m", column 1: a number in a unit is a positive integer)~");
  EXPECT_EQ(fault("m{a"),
            R"~(UCUM code "m{a", column 4: the annotation is not closed with "}"; did you mean "m{a}"?)~");
  EXPECT_EQ(fault("m{\xe9}"),
            "UCUM code \"m{\xe9}\", column 3: an annotation holds printable ASCII characters without blanks");
  EXPECT_EQ(fault("m[x"), R"~(UCUM code "m[x", column 1: the symbol's "[" is not closed)~");
  EXPECT_EQ(fault("(m)2"), R"~(UCUM code "(m)2", column 4: a bracket takes no exponent)~");
  EXPECT_EQ(fault("m+"), R"~(UCUM code "m+", column 3: an exponent is missing after the sign)~");
  EXPECT_EQ(fault("{a}m"), R"~(UCUM code "{a}m", column 4: "." or "/" is missing here; did you mean "{a}.m"?)~");
}

TEST(Unit, guesses_what_people_write) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"mmHg", "mm[Hg]"},     {"mcg", "ug"},     {"MMOL", "mmol"},    {"kilogram", "kg"},
      {"hours", "h"},         {"\u00b5g", "ug"}, {"degF", "[degF]"},  {"\u00b0C", "Cel"},
      {"cm[H20]", "cm[H2O]"}, {"DL", "dl"},      {"millimeter", "mm"}};
  for (const auto& [written, meant] : cases)
    EXPECT_TRUE(fault(written).ends_with("did you mean \"" + meant + "\"?")) << written << ": " << fault(written);
}

TEST(Unit, stays_within_its_limits) {
  EXPECT_EQ(Unit::parse(std::string(Unit::kMaxCodeBytes + 1, 'm')).error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse(std::string(100, '(') + "m").error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse("m1000").error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse("m999.m").error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse("Ym999").error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse("[in_i]999").error().code(), ErrorCode::too_large);
  EXPECT_EQ(Unit::parse(std::string(1500, '7')).error().code(), ErrorCode::too_large);
}

TEST(Unit, multiplies_and_divides_as_written) {
  EXPECT_EQ(multiply(unit("g"), unit("m"))->code(), "g.m");
  EXPECT_EQ(multiply(unit("g"), unit("m/s"))->code(), "g.(m/s)");
  EXPECT_EQ(multiply(unit("g"), unit("/s"))->code(), "g/s");
  EXPECT_EQ(divide(unit("g"), unit("m.s"))->code(), "g/(m.s)");
  EXPECT_EQ(divide(unit(""), unit("/s"))->canonical_code(), "s");
  EXPECT_FALSE(multiply(unit("m999"), unit("m")));
}

TEST(Unit, names_itself_for_reading) {
  EXPECT_EQ(unit("mm[Hg]").display_name(), "(millimeter of mercury column)");
  EXPECT_EQ(unit("/min").display_name(), "1 / (minute)");
  EXPECT_EQ(unit("10*3{cells}/uL").display_name(), "(the number ten for arbitrary powers ^ 3){cells} / (microliter)");
  EXPECT_EQ(unit("m/(s.s)").display_name(), "(meter) / ((second) * (second))");
  EXPECT_EQ(unit("{score}").display_name(), "{score}");
}

TEST(Unit, tells_special_and_arbitrary_units) {
  EXPECT_TRUE(unit("Cel").special());
  EXPECT_TRUE(unit("dB").special());
  EXPECT_FALSE(unit("J/Cel").special());
  EXPECT_TRUE(unit("m[IU]/mL").arbitrary());
  EXPECT_FALSE(unit("U/L").arbitrary());
}

TEST(Convert, is_exact_for_decimal_factors) {
  EXPECT_EQ(converted("90", "mg/dL", "g/L"), "0.9");
  EXPECT_EQ(converted("1", "[lb_av]", "kg"), "0.45359237");
  EXPECT_EQ(converted("1", "[in_i]", "cm"), "2.54");
  EXPECT_EQ(converted("120", "mm[Hg]", "kPa"), "15.99864");
  EXPECT_EQ(converted("-1.50", "d", "h"), "-36");
  EXPECT_EQ(converted("180", "deg", "[pi].rad"), "1");
  EXPECT_EQ(converted("1", "mol", "1"), "602214076000000000000000");
  EXPECT_EQ(converted("5", "%", "[ppth]"), "50");
}

TEST(Convert, keeps_a_value_in_its_own_unit_as_written) {
  EXPECT_EQ(converted("1.00", "mg", "mg"), "1.00");
}

TEST(Convert, rounds_what_has_no_end_to_28_digits) {
  EXPECT_EQ(converted("1", "s", "h"), "0.0002777777777777777777777777778");
  EXPECT_EQ(converted("2", "m", "m/3"), "6");
  EXPECT_EQ(converted("-2", "m/3", "m"), "-0.6666666666666666666666666667");
}

TEST(Convert, shifts_temperatures_exactly) {
  EXPECT_EQ(converted("37", "Cel", "[degF]"), "98.6");
  EXPECT_EQ(converted("98.6", "[degF]", "Cel"), "37");
  EXPECT_EQ(converted("0", "K", "Cel"), "-273.15");
  EXPECT_EQ(converted("100", "Cel", "[degRe]"), "80");
  EXPECT_EQ(converted("1500", "mCel", "Cel"), "1.5");
}

TEST(Convert, takes_logarithms_and_tangents) {
  EXPECT_EQ(converted("7", "[pH]", "mol/L"), "0.0000001");
  EXPECT_EQ(converted("0.0000001", "mol/L", "[pH]"), "7");
  EXPECT_EQ(converted("30", "dB[W]", "W"), "1000");
  EXPECT_EQ(converted("2", "B[V]", "V"), "10");
  EXPECT_EQ(converted("100", "%[slope]", "deg"), "45");
  EXPECT_EQ(converted("100", "[p'diop]", "deg"), "45");
  EXPECT_EQ(converted("2", "[hp'_C]", "1"), "0.0001");
  EXPECT_EQ(converted("8", "bit_s", "1"), "256");
  EXPECT_EQ(converted("3", "[m/s2/Hz^(1/2)]", "m2/s4/Hz"), "9");
  EXPECT_EQ(converted("1", "Np", "B"), "0.434294481903252");
}

TEST(Convert, refuses_what_is_not_comparable) {
  EXPECT_EQ(converted("1", "m", "s"), R"~("m" measures m and "s" s: neither converts into the other)~");
  EXPECT_FALSE(comparable(unit("[IU]"), unit("[arb'U]")));
  EXPECT_FALSE(comparable(unit("[IU]"), unit("1")));
  EXPECT_TRUE(comparable(unit("[IU]/L"), unit("m[IU]/mL")));
  EXPECT_TRUE(comparable(unit("kJ/Cel"), unit("J/Cel")));
  EXPECT_FALSE(comparable(unit("J/Cel"), unit("J/K")));
}

TEST(Convert, says_when_a_value_is_off_the_scale_or_too_large) {
  EXPECT_NE(converted("-1", "mol/L", "[pH]").find("outside of the scale"), std::string::npos);
  EXPECT_NE(converted("1", "Ym9", "ym9").find("more digits"), std::string::npos);
  EXPECT_NE(converted("1", "ym9", "Ym9").find("smaller than can be held"), std::string::npos);
}

TEST(Unit, is_parsed_by_many_threads_at_once) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 6000; ++i) {
        const std::string code = std::to_string(i * 4 + t + 1) + ".mg";
        EXPECT_EQ(unit(code).dimension(), "g");
      }
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace meridian::units
