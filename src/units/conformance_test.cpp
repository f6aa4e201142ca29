// The functional tests of UCUM's own project, whole, with what is left out and why in
// testdata/conformance_exclusions.txt.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <pugixml.hpp>
#include <set>
#include <string>

#include "base/decimal.hpp"
#include "base/testing/paths.hpp"
#include "units/unit.hpp"

namespace meridian::units {
namespace {

/// A line of the exclusions file: `file section id: reason`.
std::set<std::string> exclusions() {
  std::ifstream file(testing::source_path("src/units/testdata/conformance_exclusions.txt"));
  std::set<std::string> keys;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') keys.insert(line.substr(0, line.find(": ")));
  return keys;
}

/// Significant digits as the suite counts them: all from the first that is not zero.
int significant_digits(std::string_view text) {
  int digits = 0;
  for (char c : text.substr(0, text.find('e'))) {
    if (c == '0' && digits == 0) continue;
    if (c >= '0' && c <= '9') ++digits;
  }
  return digits;
}

/// The suite writes outcomes with the significant digits of its inputs: equal when ours rounds to them.
bool rounds_to(const Decimal& ours, const std::string& expected) {
  const double wanted = std::stod(expected);
  const int digits = std::min(significant_digits(expected), 20);
  const double tolerance = std::abs(wanted) * std::pow(10.0, 1 - digits) * 0.5001;
  return std::abs(ours.to_double() - wanted) <= std::max(tolerance, std::abs(wanted) * 1e-15);
}

std::string text_of(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).as_string();
}

/// Empty when the case passes, else what is wrong.
std::string run_case(std::string_view section, const pugi::xml_node& node) {
  if (section == "validation") {
    const auto unit = Unit::parse(text_of(node, "unit"));
    if (unit.has_value() == node.attribute("valid").as_bool()) return {};
    return unit ? "accepted \"" + text_of(node, "unit") + "\"" : unit.error().message();
  }
  if (section == "displayNameGeneration") {
    const auto unit = Unit::parse(text_of(node, "unit"));
    if (!unit) return unit.error().message();
    return unit->display_name() == text_of(node, "display") ? "" : "displayed as " + unit->display_name();
  }
  if (section == "conversion") {
    const auto from = Unit::parse(text_of(node, "srcUnit"));
    const auto to = Unit::parse(text_of(node, "dstUnit"));
    if (!from || !to) return "a unit was not understood";
    const auto value = convert(Decimal::parse(text_of(node, "value")).value(), *from, *to);
    if (!value) return value.error().message();
    return rounds_to(*value, text_of(node, "outcome")) ? "" : "converted to " + value->to_string();
  }
  const auto first = Unit::parse(text_of(node, "u1"));
  const auto second = Unit::parse(text_of(node, "u2"));
  const auto expected = Unit::parse(text_of(node, "uRes"));
  if (!first || !second || !expected) return "a unit was not understood";
  const Decimal a = Decimal::parse(text_of(node, "v1")).value();
  const Decimal b = Decimal::parse(text_of(node, "v2")).value();
  const bool product = section == "multiplication";
  const auto unit = product ? multiply(*first, *second) : divide(*first, *second);
  const auto number = product ? multiply(a, b) : divide(a, b);
  if (!unit || !number) return "no result";
  const auto value = convert(*number, *unit, *expected);
  if (!value) return value.error().message();
  return rounds_to(*value, text_of(node, "vRes")) ? "" : "came to " + value->to_string();
}

class UcumFunctionalTests : public ::testing::TestWithParam<std::string> {};

TEST_P(UcumFunctionalTests, all_pass_but_the_excluded_ones) {
  const auto path = testing::shared_data("terminology/ucum/" + GetParam());
  if (!path) GTEST_SKIP() << "the UCUM functional tests are not on this machine";
  pugi::xml_document suite;
  ASSERT_TRUE(suite.load_file(path->c_str()));
  const auto excluded = exclusions();
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  for (const pugi::xml_node& section : suite.child("ucumTests").children()) {
    if (std::string_view(section.name()) == "history") continue;
    for (const pugi::xml_node& node : section.children("case")) {
      const std::string key = GetParam() + " " + section.name() + " " + text_of(node, "id");
      const std::string fault = run_case(section.name(), node);
      if (excluded.contains(key)) {
        ++skipped;
        EXPECT_FALSE(fault.empty()) << key << " passes and need not be excluded";
      } else if (fault.empty()) {
        ++passed;
      } else {
        ++failed;
        ADD_FAILURE() << key << ": " << fault;
      }
    }
  }
  std::cout << GetParam() << ": " << passed << " passed, " << failed << " failed, " << skipped << " skipped\n";
  EXPECT_GT(passed, 500);
}

INSTANTIATE_TEST_SUITE_P(Published, UcumFunctionalTests,
                         ::testing::Values("UcumFunctionalTests.xml", "UcumFunctionalTests.2.xml"),
                         [](const auto& parameter) { return "file_" + std::to_string(parameter.index + 1); });

}  // namespace
}  // namespace meridian::units
