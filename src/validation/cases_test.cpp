// The cases of testdata/cases/*.cases: a resource, and what is said of it. In such a file
//
//   # a title, which begins a case
//   @profile URL              the resource is held against it (any number)
//   @load FILE                of testdata/profiles (any number)
//   {"resourceType": …        the resource, JSON or XML, on any number of lines
//   => error format-date Patient.birthDate     one line an issue, in the order of the text; `=> none` for none
//
// Issues of severity information are left out, and best practice is off, so that cases say only what they are about.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/testing/paths.hpp"
#include "validation/profiles.hpp"
#include "validation/testing/validated.hpp"

namespace meridian::validation {
namespace {

struct Case {
  std::string file;
  std::string title;
  std::vector<std::string> profiles;
  std::vector<std::string> loads;
  std::string resource;
  std::vector<std::string> expected;
};

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  for (const auto& entry :
       std::filesystem::directory_iterator(meridian::testing::source_path("src/validation/testdata/cases"))) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("# ")) {
        cases.push_back({entry.path().stem().string(), line.substr(2), {}, {}, {}, {}});
      } else if (cases.empty() || line.empty()) {
        continue;
      } else if (line.starts_with("@profile ")) {
        cases.back().profiles.push_back(line.substr(9));
      } else if (line.starts_with("@load ")) {
        cases.back().loads.push_back(line.substr(6));
      } else if (line.starts_with("=> ")) {
        if (line != "=> none") cases.back().expected.push_back(line.substr(3));
      } else {
        cases.back().resource += line + "\n";
      }
    }
  }
  return cases;
}

TEST(Cases, say_what_the_files_expect) {
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 50U);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.file + ": " + one.title);
    testing::Asked asked;
    asked.options.best_practice = Check::off;
    asked.profiles = one.profiles;
    auto loaded = std::make_shared<Profiles>(fhir::Schema::r4());
    Issues faults;
    for (const std::string& name : one.loads) {
      const auto path = meridian::testing::source_path("src/validation/testdata/profiles/" + name);
      EXPECT_TRUE(loaded->load_file(path.string(), faults).has_value()) << name;
    }
    EXPECT_TRUE(faults.empty());
    asked.loaded = loaded;
    const Issues issues = testing::validated(one.resource, asked);
    std::vector<std::string> said;
    for (const Issue& issue : issues.all()) {
      if (issue.severity != Severity::information) said.push_back(testing::line(issue));
    }
    EXPECT_EQ(said, one.expected);
  }
}

}  // namespace
}  // namespace meridian::validation
