#include "validation/profiles.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "base/testing/paths.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/testing/validated.hpp"

namespace meridian::validation {
namespace {

std::string definition(const std::string& version) {
  return R"({"resourceType":"StructureDefinition","url":"http://example.org/p","version":")" + version +
         R"(","type":"Patient","kind":"resource"})";
}

// A tar archive of one file, as packages are.
std::string tar_of(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(100, 7, "0000644");
  std::array<char, 13> size{};
  std::snprintf(size.data(), size.size(), "%011lo", static_cast<unsigned long>(content.size()));
  header.replace(124, 11, size.data());
  header[156] = '0';
  header.replace(257, 8,
                 std::string("ustar\0"
                             "00",
                             8));
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::array<char, 8> check{};
  std::snprintf(check.data(), check.size(), "%06o", sum);
  header.replace(148, 7, std::string(check.data(), 7));
  std::string archive = header + content;
  archive.resize((archive.size() + 511) / 512 * 512 + 1024, '\0');
  return archive;
}

TEST(Profiles, finds_the_newest_version_of_a_bare_url) {
  Profiles profiles(fhir::Schema::r4());
  Issues issues;
  for (const char* version : {"1.9.0", "1.10.0", "1.2.0"}) {
    ASSERT_TRUE(profiles.load_resource(definition(version), issues).has_value());
  }
  EXPECT_EQ(profiles.structure_count(), 3U);
  EXPECT_EQ(profiles.structure("http://example.org/p").child("version").text(), "1.10.0");
  EXPECT_EQ(profiles.structure("http://example.org/p|1.2.0").child("version").text(), "1.2.0");
  EXPECT_EQ(profiles.structure("http://example.org/p|1.2").child("version").text(), "1.2.0");
  EXPECT_FALSE(profiles.structure("http://example.org/p|3"));
  EXPECT_FALSE(profiles.structure("http://example.org/q"));
}

TEST(Profiles, reads_packages) {
  Profiles profiles(fhir::Schema::r4());
  Issues issues;
  ASSERT_TRUE(profiles.load_package(tar_of("package/StructureDefinition-p.json", definition("1")), issues).has_value());
  EXPECT_TRUE(profiles.structure("http://example.org/p|1"));
}

TEST(Profiles, passes_over_examples_in_packages) {
  Profiles profiles(fhir::Schema::r4());
  Issues issues;
  const auto loaded = profiles.load_package(tar_of("package/example/p.json", definition("1")), issues);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), ErrorCode::malformed_input);
}

TEST(Profiles, refuse_a_package_that_is_cut_off) {
  Profiles profiles(fhir::Schema::r4());
  Issues issues;
  const std::string archive = tar_of("package/StructureDefinition-p.json", definition("1"));
  EXPECT_FALSE(profiles.load_package(archive.substr(0, 600), issues).has_value());
}

TEST(Profiles, refuse_what_is_no_definition) {
  Profiles profiles(fhir::Schema::r4());
  Issues issues;
  EXPECT_FALSE(profiles.load_resource(R"({"resourceType":"Patient"})", issues).has_value());
  EXPECT_FALSE(profiles.load_resource("{", issues).has_value());
  EXPECT_TRUE(issues.has_fatal());
  const auto missing = profiles.load_file("/nowhere/x.json", issues);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
}

TEST(Profiles, that_derive_from_themselves_are_said_to_be_unusable) {
  auto profiles = std::make_shared<Profiles>(fhir::Schema::r4());
  Issues faults;
  ASSERT_TRUE(
      profiles
          ->load_resource(R"({"resourceType":"StructureDefinition","url":"http://example.org/p","type":"Patient",
                      "baseDefinition":"http://example.org/p","derivation":"constraint",
                      "differential":{"element":[{"path":"Patient"}]}})",
                          faults)
          .has_value());
  const Issues issues = testing::validated(R"({"resourceType":"Patient"})",
                                           {{.best_practice = Check::off}, profiles, {"http://example.org/p"}});
  ASSERT_FALSE(issues.empty());
  EXPECT_EQ(testing::line(issues.all()[0]), "error profile-unusable Patient");
}

TEST(EmbeddedTerminology, answers_from_the_schema_and_from_what_was_loaded) {
  auto profiles = std::make_shared<Profiles>(fhir::Schema::r4());
  Issues issues;
  const auto terms = meridian::testing::source_path("src/validation/testdata/profiles/terms.json");
  ASSERT_TRUE(profiles->load_file(terms.string(), issues).has_value());
  const EmbeddedTerminology terminology(fhir::Schema::r4(), profiles);
  using fhirpath::Answer;
  const std::string_view colours = "http://example.org/CodeSystem/colours";
  const std::string_view set = "http://example.org/ValueSet/colours";
  EXPECT_EQ(terminology.member_of({colours, {}, "crimson"}, set), Answer::yes);
  EXPECT_EQ(terminology.member_of({colours, {}, "red"}, set), Answer::no);
  EXPECT_EQ(terminology.member_of({colours, {}, "blue"}, set), Answer::no);
  EXPECT_EQ(terminology.member_of({{}, {}, "male"}, "http://hl7.org/fhir/ValueSet/administrative-gender"), Answer::yes);
  EXPECT_EQ(terminology.member_of({{}, {}, "x"}, "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"),
            Answer::no);
  EXPECT_EQ(terminology.member_of({{}, {}, "x"}, "http://example.org/ValueSet/none"), Answer::unknown);
  EXPECT_EQ(terminology.subsumes({colours, {}, "red"}, {colours, {}, "crimson"}), Answer::yes);
  EXPECT_EQ(terminology.subsumes({colours, {}, "crimson"}, {colours, {}, "red"}), Answer::no);
  EXPECT_EQ(terminology.subsumes({"http://snomed.info/sct", {}, "1"}, {"http://snomed.info/sct", {}, "2"}),
            Answer::unknown);
}

}  // namespace
}  // namespace meridian::validation
