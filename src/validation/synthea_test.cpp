// Synthetic patients, which their generator takes for valid R4, and which we must take for it too.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "base/testing/paths.hpp"
#include "validation/operation_outcome.hpp"
#include "validation/testing/synthea.hpp"
#include "validation/validator.hpp"

namespace meridian::validation {
namespace {

std::string path(const char* archive) {
  const auto found = meridian::testing::shared_data(archive);
  return found ? found->string() : std::string();
}

// Errors by message and path without indexes, so that a thousand equal ones are one line.
class Census {
 public:
  void count(const std::string& text) {
    Issues issues;
    const fhir::Document document = parser_.parse_borrowed(text, issues);
    session_.validate(document, issues);
    for (const Issue& issue : issues.all()) {
      if (issue.severity > Severity::error) continue;
      std::string path;
      bool inside = false;
      for (const char c : issue.path) {
        if (c == '[') inside = true;
        if (!inside) path += c;
        if (c == ']') inside = false;
      }
      const std::string key = std::string(issue.message->id) + " " + path;
      if (counts_[key]++ == 0) first_[key] = plain_line(issue, Language::english);
    }
  }

  void show() const {
    for (const auto& [key, count] : counts_) std::cout << count << " x " << first_.at(key) << "\n";
  }
  const std::map<std::string, int>& counts() const { return counts_; }

 private:
  Validator validator_{fhir::Schema::r4()};
  ValidationSession session_{validator_};
  fhir::DocumentParser parser_;
  std::map<std::string, int> counts_;
  std::map<std::string, std::string> first_;
};

TEST(Synthea, resources_of_a_bulk_export_are_valid) {
  const auto resources = testing::bulk_resources(path(testing::kBulkArchive), 20'000);
  if (resources.empty()) GTEST_SKIP() << "the outside data is not on this machine";
  EXPECT_GT(resources.size(), 7'000U);
  Census census;
  for (const std::string& resource : resources) census.count(resource);
  census.show();
  EXPECT_TRUE(census.counts().empty());
}

TEST(Synthea, bundles_of_patients_are_valid) {
  const auto bundles = testing::json_files(path(testing::kBundleArchive), 12);
  if (bundles.empty()) GTEST_SKIP() << "the outside data is not on this machine";
  Census census;
  for (const std::string& bundle : bundles) census.count(bundle);
  census.show();
  EXPECT_TRUE(census.counts().empty());
}

}  // namespace
}  // namespace meridian::validation
