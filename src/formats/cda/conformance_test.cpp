// The C-CDA documents and examples of the outside data: all are read, and what is said of them is what is to be said.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/cda/document.hpp"
#include "formats/cda/header.hpp"
#include "formats/cda/section.hpp"
#include "formats/cda/validate.hpp"

namespace meridian::cda {
namespace {

struct Seen {
  int documents = 0;
  int parts = 0;
  int refused = 0;
  std::size_t patients = 0;
  std::size_t sections = 0;
  std::size_t entries = 0;
  std::size_t errors = 0;
  std::map<std::string, int> ids = {};
};

void count(const Section& section, Seen& seen) {
  ++seen.sections;
  seen.entries += section.entries().size();
  for (const Section& inner : section.sections()) count(inner, seen);
}

Seen read(const std::filesystem::path& archive) {
  Seen seen;
  auto source = open_input(archive.string());
  EXPECT_TRUE(source);
  TarReader tar(**source);
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    const std::string& name = (*entry)->name;
    if (!name.ends_with(".xml") && !name.ends_with(".ccda") && !name.ends_with(".XML")) continue;
    const auto bytes = tar.read_entry();
    EXPECT_TRUE(bytes);
    Issues issues;
    const Document document = parse_document(*bytes, {}, issues);
    if (!document) {
      ++seen.refused;
      std::printf("%s: %s\n", name.c_str(), text(issues.all().back(), Language::english).c_str());
      continue;
    }
    ++(is_whole(document) ? seen.documents : seen.parts);
    seen.patients += read_header(document).patients.size();
    for (const Section& section : sections_of(document)) count(section, seen);
    issues.clear();
    validate(document, issues);
    seen.errors += issues.errors();
    for (const Issue& issue : issues.all()) {
      if (issue.severity <= Severity::error) ++seen.ids[std::string(issue.message->id)];
    }
  }
  for (const auto& [id, number] : seen.ids) std::printf("%6d  %s\n", number, id.c_str());
  return seen;
}

TEST(CdaConformance, reads_all_hl7_examples_and_microsoft_samples) {
  const auto examples = meridian::testing::shared_data("ccda/hl7-ccda-examples.tar.zst");
  const auto samples = meridian::testing::shared_data("ccda/microsoft-ccda.tar.zst");
  if (!examples || !samples) GTEST_SKIP() << "the outside data is not here: ccda";
  const Seen seen = read(*examples);
  EXPECT_EQ(seen.documents, 30);
  EXPECT_EQ(seen.parts, 416);
  // One example closes an element that it did not open.
  EXPECT_EQ(seen.refused, 1);
  const Seen whole = read(*samples);
  EXPECT_EQ(whole.documents, 22);
  EXPECT_EQ(whole.patients, 22U);
  EXPECT_EQ(whole.refused, 0);
}

TEST(CdaConformance, reads_all_documents_of_vendors) {
  const auto vendors = meridian::testing::shared_data("ccda/chb-sample-ccdas-vendor.tar.zst");
  if (!vendors) GTEST_SKIP() << "the outside data is not here: ccda";
  const Seen seen = read(*vendors);
  EXPECT_EQ(seen.documents, 55);
  EXPECT_EQ(seen.refused, 0);
  EXPECT_GE(seen.patients, 55U);
  EXPECT_GT(seen.entries, 1'000U);
}

}  // namespace
}  // namespace meridian::cda
