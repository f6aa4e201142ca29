// HL7's own validator cases: the verdict on each (errors or none) against the published outcome.
//
// Which cases are asked: those of FHIR R4 (version 4.0…) that need nothing from outside, by this rule, in code below:
//   - they are not about other subjects (logical models, signatures, health cards, other versions' extensions);
//   - they name no package, and ask no network, no switch of the reference program that has no counterpart here;
//   - their input and published outcome are there, and the input is a resource (not a health card);
//   - at least one error of the outcome, if it has any, rests on the specification alone: an error that a terminology
//     server found, or that is about the definition of an extension from a package, does not count.
// StructureDefinitions, ValueSets and CodeSystems that a case brings along are loaded from beside it.
// testdata/validator-exclusions.txt lists the cases in which the verdicts differ, each with the reason.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "base/testing/paths.hpp"
#include "formats/fhir/xml_reader.hpp"
#include "validation/operation_outcome.hpp"
#include "validation/profiles.hpp"
#include "validation/testing/validated.hpp"

namespace meridian::validation {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

std::string_view text_of(element at, const char* key) {
  std::string_view text;
  if (at[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

bool has(element at, const char* key) {
  element found;
  return at[key].get(found) == simdjson::SUCCESS;
}

// The archive, unpacked for the life of the tests.
class Unpacked {
 public:
  explicit Unpacked(const fs::path& archive) : folder_(::testing::TempDir() + "validator-cases") {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    const std::string command = "zstd -dcq '" + archive.string() + "' | tar x -C '" + folder_.string() + "'";
    ok_ = std::system(command.c_str()) == 0;
  }
  ~Unpacked() { fs::remove_all(folder_); }
  bool ok() const { return ok_; }
  fs::path cases() const { return folder_ / "fhir-test-cases-validator" / "validator"; }

 private:
  fs::path folder_;
  bool ok_ = false;
};

struct Outcome {
  bool is_there = false;
  bool has_errors = false;
  bool only_external = false;  ///< every error rests on something from outside
};

// Errors that a terminology server or a package of extensions decided.
bool is_external(element issue) {
  simdjson::dom::array extensions;
  if (issue["extension"].get(extensions) == simdjson::SUCCESS) {
    for (const element extension : extensions) {
      if (text_of(extension, "url").ends_with("operationoutcome-issue-server")) return true;
    }
  }
  element details;
  if (issue["details"].get(details) != simdjson::SUCCESS) return false;
  const std::string_view text = text_of(details, "text");
  const auto says = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
  return (says("xtension") &&
          (says("could not be found so is not allowed") || says("is not allowed to be used at this point") ||
           says("definition allows for the types") || says("is a modifierExtension"))) ||
         says("Sub-extension url") || says("Slice 'Extension.") || says("|5.3.0-ballot") ||
         says("Wrong Display Name") || says("http://snomed.info/sct") || says("Invalid ECL");
}

Outcome read_outcome(const fs::path& path) {
  Outcome outcome;
  if (!fs::exists(path)) return outcome;
  simdjson::dom::parser parser;
  element root;
  if (parser.load(path.string()).get(root) != simdjson::SUCCESS) return outcome;
  outcome.is_there = true;
  outcome.only_external = true;
  simdjson::dom::array issues;
  if (root["issue"].get(issues) != simdjson::SUCCESS) return outcome;
  for (const element issue : issues) {
    const std::string_view severity = text_of(issue, "severity");
    if (severity != "error" && severity != "fatal") continue;
    outcome.has_errors = true;
    outcome.only_external = outcome.only_external && is_external(issue);
  }
  return outcome;
}

struct Case {
  std::string name;
  fs::path input;
  std::vector<fs::path> brings;
  std::vector<fs::path> profile_brings;
  std::string profile;  ///< the profile's file, of the cases that have one
  Outcome base;
  Outcome profiled;
  ValidatorOptions options;
};

// Why a case is not asked; empty: it is.
std::string reason_to_skip(element test, const fs::path& folder) {
  if (!text_of(test, "version").starts_with("4.0")) return "not R4";
  for (const char* key : {"packages",
                          "package-map",
                          "supporting5",
                          "fetcher",
                          "logical",
                          "matchetype",
                          "certificate",
                          "advisor",
                          "bundle-param",
                          "new-xver-mode",
                          "ips",
                          "examples",
                          "for-publication",
                          "allow-comments",
                          "no-experimental-content",
                          "language",
                          "validateContains",
                          "scoring",
                          "fhir-validator-cli-options",
                          "r5-bundle-relative-reference-policy",
                          "allowed-extension-domain",
                          "validateReference",
                          "assumeValidRestReferences"}) {
    if (has(test, key)) return std::string("asks for ") + key;
  }
  const std::string_view module = text_of(test, "module");
  if (module == "shc" || module == "xver" || module == "dsig" || module == "logical")
    return "is about " + std::string(module);
  const fs::path input = folder / std::string(text_of(test, "file"));
  if (!fs::exists(input)) return "its input is absent";
  const std::string extension = input.extension().string();
  if (extension != ".json" && extension != ".xml") return "its input is no resource";
  return {};
}

void read_list(element test, const char* key, const fs::path& folder, std::vector<fs::path>& into) {
  simdjson::dom::array list;
  if (test[key].get(list) != simdjson::SUCCESS) return;
  for (const element item : list) {
    std::string_view name;
    if (item.get(name) == simdjson::SUCCESS) into.push_back(folder / std::string(name));
  }
}

std::vector<Case> read_cases(const fs::path& folder, std::map<std::string, int>& skipped) {
  std::vector<Case> cases;
  simdjson::dom::parser parser;
  element manifest;
  if (parser.load((folder / "manifest.json").string()).get(manifest) != simdjson::SUCCESS) return cases;
  simdjson::dom::array tests;
  if (manifest["test-cases"].get(tests) != simdjson::SUCCESS) return cases;
  for (const element test : tests) {
    std::string reason = reason_to_skip(test, folder);
    if (reason == "not R4") continue;
    Case made;
    made.name = text_of(test, "name");
    if (reason.empty()) {
      std::string_view java;
      if (test["java"].get(java) == simdjson::SUCCESS)
        made.base = read_outcome(folder / "outcomes" / std::string(java));
      if (!made.base.is_there) reason = "its outcome is absent";
      if (made.base.has_errors && made.base.only_external) reason = "its errors rest on outside content";
    }
    if (!reason.empty()) {
      ++skipped[reason];
      continue;
    }
    made.input = folder / std::string(text_of(test, "file"));
    read_list(test, "supporting", folder, made.brings);
    read_list(test, "profiles", folder, made.brings);
    element profile;
    if (test["profile"].get(profile) == simdjson::SUCCESS) {
      made.profile = text_of(profile, "source");
      read_list(profile, "supporting", folder, made.profile_brings);
      if (!has(profile, "packages") && !made.profile.empty() && fs::exists(folder / made.profile)) {
        made.profiled = read_outcome(folder / "outcomes" / std::string(text_of(profile, "java")));
        made.profile = (folder / made.profile).string();
      }
    }
    bool on = false;
    if (test["security-checks"].get(on) == simdjson::SUCCESS && on) made.options.html_in_strings = Severity::error;
    if (has(test, "noHtmlInMarkdown")) made.options.html_in_markdown = Severity::error;
    // The reference program's default.
    made.options.wrong_display = has(test, "wrong-displays") ? Severity::warning : Severity::error;
    cases.push_back(std::move(made));
  }
  return cases;
}

std::map<std::string, std::string> read_exclusions() {
  std::map<std::string, std::string> exclusions;
  std::ifstream file(meridian::testing::source_path("src/validation/testdata/validator-exclusions.txt"));
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.find(" | ");
    exclusions[line.substr(0, tab)] = tab == std::string::npos ? "" : line.substr(tab + 3);
  }
  return exclusions;
}

std::shared_ptr<const Profiles> load(const std::vector<fs::path>& files) {
  auto profiles = std::make_shared<Profiles>(fhir::Schema::r4());
  Issues ignored;
  for (const fs::path& file : files) {
    if (fs::exists(file)) (void)profiles->load_file(file.string(), ignored);
  }
  return profiles;
}

std::string url_of(const fs::path& definition) {
  Issues ignored;
  const std::string text = slurp(definition);
  const fhir::Document document = definition.extension() == ".xml" ? fhir::XmlReader().read(text, ignored)
                                                                   : fhir::DocumentParser().parse(text, ignored);
  const fhir::Node url = document.has_root() ? document.root().child("url") : fhir::Node();
  return url ? std::string(url.text()) : std::string();
}

class Tally {
 public:
  explicit Tally(std::map<std::string, std::string> exclusions) : exclusions_(std::move(exclusions)) {}

  void verdict(const std::string& name, bool expected, const Issues& ours) {
    if (ours.has_errors() == expected) {
      ++passed;
      if (exclusions_.contains(name)) std::cout << "now passes, take it off the list: " << name << "\n";
      return;
    }
    if (exclusions_.contains(name)) {
      ++excluded;
      return;
    }
    ++failed;
    std::cout << "DIFFERS " << name << ": published " << (expected ? "errors" : "none") << "\n";
    int shown = 0;
    for (const Issue& issue : ours.all()) {
      if (issue.severity <= Severity::error && shown++ < 4)
        std::cout << "    " << plain_line(issue, Language::english) << "\n";
    }
  }

  int passed = 0;
  int failed = 0;
  int excluded = 0;

 private:
  std::map<std::string, std::string> exclusions_;
};

class ValidatorCases : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto archive = meridian::testing::shared_data("fhir-validator/fhir-test-cases-validator.tar.zst");
    if (!archive) GTEST_SKIP() << "the outside conformance data is not on this machine";
    unpacked_ = std::make_unique<Unpacked>(*archive);
    ASSERT_TRUE(unpacked_->ok());
    cases_ = read_cases(unpacked_->cases(), skipped_);
    ASSERT_GT(cases_.size(), 200U);
  }

  std::unique_ptr<Unpacked> unpacked_;
  std::vector<Case> cases_;
  std::map<std::string, int> skipped_;
};

TEST_F(ValidatorCases, base_verdicts_are_those_published) {
  Tally tally(read_exclusions());
  for (const Case& one : cases_) {
    testing::Asked asked{one.options, load(one.brings), {}};
    tally.verdict(one.name, one.base.has_errors, testing::validated(slurp(one.input), asked));
  }
  int skipped = 0;
  for (const auto& [reason, count] : skipped_) {
    skipped += count;
    std::cout << "skipped " << count << ": " << reason << "\n";
  }
  std::cout << tally.passed << " passed, " << tally.failed << " failed, " << skipped << " skipped; " << tally.excluded
            << " excluded with reasons\n";
  EXPECT_EQ(tally.failed, 0);
  EXPECT_GE(tally.passed, 9 * tally.excluded) << "at least 90 % of the cases must agree";
}

TEST_F(ValidatorCases, profile_verdicts_are_those_published) {
  Tally tally([] {
    std::map<std::string, std::string> profiled;
    for (const auto& [name, reason] : read_exclusions()) {
      if (name.ends_with(" (profile)")) profiled[name] = reason;
    }
    return profiled;
  }());
  for (const Case& one : cases_) {
    if (!one.profiled.is_there || (one.profiled.has_errors && one.profiled.only_external)) continue;
    std::vector<fs::path> files = one.brings;
    files.insert(files.end(), one.profile_brings.begin(), one.profile_brings.end());
    files.emplace_back(one.profile);
    testing::Asked asked{one.options, load(files), {url_of(one.profile)}};
    tally.verdict(one.name + " (profile)", one.profiled.has_errors, testing::validated(slurp(one.input), asked));
  }
  std::cout << tally.passed << " passed, " << tally.failed << " failed, 0 skipped; " << tally.excluded
            << " excluded with reasons\n";
  EXPECT_EQ(tally.failed, 0);
}

}  // namespace
}  // namespace meridian::validation
