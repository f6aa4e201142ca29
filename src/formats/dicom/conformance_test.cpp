// The DICOM files of the outside data: what is read, what is refused and why, and whether DCMTK's dcm2json says the
// same of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "base/base64.hpp"
#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/json.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using testing::shared_files;
using testing::SharedFile;

/// What of the collections is no whole DICOM file. The rest is read.
const std::map<std::string, std::string> kRefused = {
    {"pydicom/test_files/MR_truncated.dcm", "dicom-past-end"},
    {"pydicom/test_files/rtplan_truncated.dcm", "dicom-past-end"},
    // The last item announces more bytes than its sequence has.
    {"pydicom/test_files/dicomdirtests/DICOMDIR-nooffset", "dicom-past-end"},
    // Begins in the middle: a stray byte stands before the first element.
    {"pydicom/test_files/no_meta.dcm", "dicom-no-dicom"},
};

class DicomConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (shared_files().empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  }
};

TEST_F(DicomConformance, every_whole_file_is_read_and_others_are_refused_with_a_reason) {
  std::size_t read = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    const auto refused = kRefused.find(shared.name);
    EXPECT_EQ(file.has_value(), refused == kRefused.end()) << shared.name << (file ? "" : " " + file.error().message());
    if (file) {
      ++read;
      EXPECT_EQ(file->bytes(), shared.bytes) << shared.name;
      EXPECT_FALSE(issues.has_errors()) << shared.name;
      EXPECT_FALSE(dump(*file).empty()) << shared.name;
    } else if (refused != kRefused.end()) {
      EXPECT_TRUE(issues.has_fatal()) << shared.name;
      EXPECT_EQ(issues.all().back().message->id, refused->second) << shared.name << " " << file.error().message();
    }
  }
  EXPECT_EQ(read, 276U);
}

bool is_private(std::string_view key) {
  return key.size() == 8 && std::string_view("13579BDF").find(key[3]) != std::string_view::npos;
}

bool has_vr(simdjson::dom::element element, std::string_view vr) {
  auto found = element["vr"];
  return found.error() == simdjson::SUCCESS && std::string_view(found.value().get_string().value()) == vr;
}

/// It gives bytes of an odd length another one.
bool is_padded(simdjson::dom::element ours, simdjson::dom::element theirs) {
  const auto a = from_base64(ours.get_string().value());
  const auto b = from_base64(theirs.get_string().value());
  return a && b && a->size() % 2 == 1 && *a + '\0' == *b;
}

/// Where two JSON trees differ first; empty where they do not.
std::string difference(simdjson::dom::element ours, simdjson::dom::element theirs, const std::string& path) {
  using simdjson::dom::element_type;
  if (ours.is_number() && theirs.is_number()) {
    const double a = ours.get_double();
    const double b = theirs.get_double();
    const bool is_same = static_cast<float>(a) == static_cast<float>(b) || std::abs(a - b) <= 1e-6 * std::abs(b);
    return is_same ? "" : path + ": " + simdjson::minify(ours) + ", " + simdjson::minify(theirs);
  }
  if (ours.type() != theirs.type())
    return path + ": of another type: " + simdjson::minify(ours) + ", " + simdjson::minify(theirs);
  if (ours.is_array()) {
    simdjson::dom::array a = ours.get_array();
    simdjson::dom::array b = theirs.get_array();
    if (a.size() != b.size())
      return path + ": of another length: " + simdjson::minify(ours) + ", " + simdjson::minify(theirs);
    for (std::size_t i = 0; i < a.size(); ++i) {
      std::string found = difference(a.at(i), b.at(i), path + "/" + std::to_string(i));
      if (!found.empty()) return found;
    }
    return "";
  }
  if (ours.is_object()) {
    for (const auto [key, value] : theirs.get_object()) {
      const std::string at = path + "/" + std::string(key);
      auto own = ours.get_object().at_key(key);
      if (own.error() != simdjson::SUCCESS)
        return at + ": only theirs: " + std::string(simdjson::minify(value)).substr(0, 100);
      // It has a dictionary of private elements, and renames only the outermost character set.
      if (is_private(key) && has_vr(own.value(), "UN")) continue;
      if (key == "00080005") continue;
      if (key == "InlineBinary" && is_padded(own.value(), value)) continue;
      std::string found = difference(own.value(), value, at);
      if (!found.empty()) return found;
    }
    for (const auto [key, value] : ours.get_object()) {
      if (theirs.get_object().at_key(key).error() != simdjson::SUCCESS)
        return path + "/" + std::string(key) + ": only ours";
    }
    return "";
  }
  return simdjson::minify(ours) == simdjson::minify(theirs)
             ? ""
             : path + ": " + simdjson::minify(ours) + ", " + simdjson::minify(theirs);
}

TEST_F(DicomConformance, json_is_what_dcm2json_writes) {
  if (!testing::has_program("dcm2json")) GTEST_SKIP() << "dcm2json is not installed (package dcmtk)";
  const meridian::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/file.dcm";
  std::size_t compared = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file) continue;
    ASSERT_TRUE(replace_file(system_files(), path, shared.bytes));
    std::string theirs;
    // Its character sets are those of the C library, which knows no ISO 2022 of DICOM.
    if (!testing::run_program({"dcm2json -q -ee", path}, theirs)) continue;
    JsonOptions options;
    options.max_inline_bytes = SIZE_MAX;
    simdjson::dom::parser our_parser;
    simdjson::dom::parser their_parser;
    const std::string ours = to_json(file->data_set(), options);
    auto our_tree = our_parser.parse(ours);
    auto their_tree = their_parser.parse(theirs);
    ASSERT_EQ(our_tree.error(), simdjson::SUCCESS) << shared.name;
    if (their_tree.error() != simdjson::SUCCESS) continue;
    ++compared;
    EXPECT_EQ(difference(our_tree.value(), their_tree.value(), ""), "") << shared.name;
  }
  EXPECT_EQ(compared, 214U);
}

}  // namespace
}  // namespace meridian::dicom
