// The table of functions and the page made from it. MERIDIAN_UPDATE_DOCS=1 writes the page.
#include "fhirpath/internal/functions.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "base/testing/paths.hpp"

namespace meridian::fhirpath::internal {
namespace {

std::string state_of(State state) {
  switch (state) {
    case State::normative:
      return "normative";
    case State::trial:
      return "trial use";
    case State::fhir:
      return "FHIR R4";
    case State::build:
      return "current build";
    default:
      return "**not supported**";
  }
}

std::string table() {
  std::string out = "| function | arguments | chapter | from | note |\n| --- | --- | --- | --- | --- |\n";
  for (const Function& function : functions()) {
    std::string arguments = std::to_string(function.min_arguments);
    if (function.max_arguments >= 31) {
      arguments += " or more";
    } else if (function.max_arguments != function.min_arguments) {
      arguments += " or " + std::to_string(function.max_arguments);
    }
    out += "| `" + std::string(function.name) + "()` | " + arguments + " | " + std::string(function.chapter) + " | " +
           state_of(function.state) + " | " + std::string(function.note) + " |\n";
  }
  return out;
}

TEST(Functions, have_each_a_name_of_their_own) {
  std::set<std::string_view> names;
  for (const Function& function : functions()) EXPECT_TRUE(names.insert(function.name).second) << function.name;
}

TEST(Functions, are_all_on_the_page_of_conformance) {
  const auto path = testing::source_path("docs/conformance/fhirpath.md");
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string begin = "<!-- functions: made by functions_test.cpp -->\n";
  const std::string end = "<!-- end of functions -->";
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::string made = page.substr(0, from + begin.size()) + table() + page.substr(to);
  if (std::getenv("MERIDIAN_UPDATE_DOCS") != nullptr) std::ofstream(path) << made;
  EXPECT_EQ(page, made) << "run the test with MERIDIAN_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace meridian::fhirpath::internal
