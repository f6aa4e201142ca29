#include "formats/dicom/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/dicom/internal/inflate.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

class DicomFile : public ::testing::Test {
 protected:
  Result<File> read(std::string bytes, const Limits& limits = {}) {
    issues.clear();
    return read_file(std::move(bytes), limits, issues);
  }
  /// Id, path and offset of the only issue.
  std::string refusal(std::string bytes, const Limits& limits = {}) {
    const auto file = read(std::move(bytes), limits);
    if (file || issues.size() != 1 || !issues.has_fatal()) return "not refused by one issue";
    const Issue& issue = issues.all()[0];
    return std::string(issue.message->id) + " " + issue.path + " " + std::to_string(issue.position.offset);
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const Issue& issue : issues.all()) found.emplace_back(issue.message->id);
    return found;
  }
  Issues issues;
};

const std::string kName = element(0x00100010, "PN", "Doe^Jane");
const std::size_t kBody = explicit_file("").size();
std::string at_body(std::size_t more) {
  return std::to_string(kBody + more);
}

TEST_F(DicomFile, reads_elements_and_nested_items_of_explicit_vr) {
  const std::string inner = element(0x00080104, "LO", "of old");
  const auto file = read(explicit_file(
      element(0x00080005, "CS", "ISO_IR 100") + kName + element(0x00280010, "US", little_16(512)) +
      element(0x0040A730, "SQ",
              item(inner) + item(element(0x00080104, "LO", "J\xFCrg") + item_end(), kUndefinedLength) + sequence_end(),
              kUndefinedLength) +
      element(0x0040A731, "SQ", item("") + item(inner))));
  ASSERT_TRUE(file);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(file->transfer_syntax().name, "Explicit VR Little Endian");
  const DataSet& set = file->data_set();
  EXPECT_EQ(text(set, Tag(0x0010, 0x0010)), "Doe^Jane");
  EXPECT_EQ(integer(set, tags::kRows), 512);
  ASSERT_THAT(items(set, Tag(0x0040, 0xA730)), SizeIs(2));
  EXPECT_EQ(text(items(set, Tag(0x0040, 0xA730))[1], Tag(0x0008, 0x0104)), "J\xC3\xBCrg");
  EXPECT_TRUE(items(set, Tag(0x0040, 0xA731))[0].elements.empty());
  EXPECT_EQ(text(file->meta(), tags::kMediaStorageSopInstance), "1.2.3.4");
  EXPECT_EQ(set.find(Tag(0x0010, 0x0010))->offset, kBody + 18);
}

TEST_F(DicomFile, takes_vrs_from_the_dictionary_where_they_are_implicit) {
  const auto file = read(testing::file(
      uids::kImplicitLittle,
      implicit(0x00280103, little_16(1)) + implicit(0x00280106, little_16(0xFFFE)) + implicit(0x00091001, "what") +
          implicit(0x0040A730, item(implicit(0x00080100, "T-1") + item_end(), kUndefinedLength) + sequence_end(),
                   kUndefinedLength)));
  ASSERT_TRUE(file);
  const DataSet& set = file->data_set();
  EXPECT_EQ(integer(set, Tag(0x0028, 0x0106)), -2);  // US or SS, by PixelRepresentation
  EXPECT_EQ(set.find(Tag(0x0009, 0x1001))->vr, Vr::un);
  EXPECT_EQ(text(items(set, Tag(0x0040, 0xA730))[0], Tag(0x0008, 0x0100)), "T-1");
  EXPECT_THAT(ids(), ElementsAre("dicom-order", "dicom-odd-length"));
}

TEST_F(DicomFile, reads_big_endian_and_deflated_data_sets) {
  const std::string big("\x00\x28\x00\x10US\x00\x02\x01\x02", 10);
  auto file = read(testing::file(uids::kExplicitBig, big));
  ASSERT_TRUE(file);
  EXPECT_EQ(integer(file->data_set(), tags::kRows), 258);
  file = read(testing::file(uids::kDeflated, *internal::deflate(kName)));
  ASSERT_TRUE(file);
  EXPECT_EQ(text(file->data_set(), Tag(0x0010, 0x0010)), "Doe^Jane");
  EXPECT_EQ(file->data_set().elements[0].offset, 0U);
  file = read(testing::file(uids::kDeflated, *internal::deflate("")));
  ASSERT_TRUE(file);
  EXPECT_THAT(file->data_set().elements, IsEmpty());
}

TEST_F(DicomFile, tells_from_the_first_element_how_a_bare_data_set_is_written) {
  const std::string id = element(0x00080018, "UI", "1.2");
  EXPECT_EQ(read(id)->transfer_syntax().uid, uids::kExplicitLittle);
  EXPECT_THAT(ids(), ElementsAre("dicom-no-meta"));
  EXPECT_EQ(read(implicit(0x00080018, "1.2 "))->transfer_syntax().uid, uids::kImplicitLittle);
  const std::string big = std::string("\x00\x08\x00\x18UI\x00\x04", 8) + std::string("1.2\0", 4);
  EXPECT_EQ(read(big)->transfer_syntax().uid, uids::kExplicitBig);
  EXPECT_EQ(read(explicit_file(id).substr(132))->transfer_syntax().uid, uids::kExplicitLittle);
  EXPECT_THAT(ids(), ElementsAre("dicom-no-preamble"));
  EXPECT_EQ(refusal("{\"resourceType\":\"Patient\"}"), "dicom-no-dicom  0");
  EXPECT_EQ(refusal(""), "dicom-no-dicom  0");
}

TEST_F(DicomFile, deals_out_the_fragments_of_encapsulated_pixels) {
  const auto file = read(testing::file(
      "1.2.840.10008.1.2.4.50",
      element(0x7FE00010, "OB", item("") + item("abcd") + item("ef") + sequence_end(), kUndefinedLength)));
  ASSERT_TRUE(file);
  EXPECT_THAT(file->data_set().find(tags::kPixelData)->fragments, ElementsAre("", "abcd", "ef"));
}

TEST_F(DicomFile, takes_un_of_undefined_length_for_a_sequence_in_implicit_vr) {
  const auto file = read(
      explicit_file(element(0x00091002, "UN", item(implicit(0x00080100, "T-1 ")) + sequence_end(), kUndefinedLength)));
  ASSERT_TRUE(file);
  EXPECT_EQ(text(items(file->data_set(), Tag(0x0009, 0x1002))[0], Tag(0x0008, 0x0100)), "T-1");
}

TEST_F(DicomFile, names_the_path_and_the_offset_of_a_length_that_lies) {
  EXPECT_EQ(refusal(explicit_file(kName + element(0x00100020, "LO", "ab", 4000))),
            "dicom-past-end (0010,0020) " + at_body(16));
  const std::string lying = element(0x00080104, "LO", "ab", 90);
  EXPECT_EQ(refusal(explicit_file(element(0x0040A730, "SQ", item("") + item("") + item(lying)))),
            "dicom-past-end (0040,A730)[2].(0008,0104) " + at_body(12 + 24));
  EXPECT_EQ(refusal(explicit_file(element(0x7FE00010, "OB", item("") + item("ab", 77), kUndefinedLength))),
            "dicom-past-end (7FE0,0010) " + at_body(20));
  EXPECT_EQ(refusal(explicit_file(element(0x0040A730, "SQ", item("ab", 99)))),
            "dicom-past-end (0040,A730)[0] " + at_body(12));
}

TEST_F(DicomFile, refuses_what_is_cut) {
  const std::string whole = explicit_file(
      kName + element(0x0040A730, "SQ", item(kName + item_end(), kUndefinedLength) + sequence_end(), kUndefinedLength) +
      element(0x7FE00010, "OB", item("") + item("abcd") + sequence_end(), kUndefinedLength));
  ASSERT_TRUE(read(whole));
  std::size_t read_all = 0;
  for (std::size_t size = 133; size < whole.size(); ++size) read_all += read(whole.substr(0, size)) ? 1 : 0;
  // Between elements of the data set and of the meta information a cut leaves a file.
  EXPECT_EQ(read_all, 7U);
}

TEST_F(DicomFile, refuses_delimiters_and_lengths_that_have_no_meaning) {
  EXPECT_EQ(refusal(explicit_file(element(0x00100010, "PN", "", 0xFFFF) + "x")),
            "dicom-past-end (0010,0010) " + at_body(0));
  EXPECT_EQ(refusal(explicit_file(element(0x00100010, "UT", "", kUndefinedLength))),
            "dicom-undefined-length (0010,0010) " + at_body(0));
  EXPECT_EQ(refusal(explicit_file(sequence_end())), "dicom-stray-delimiter  " + at_body(0));
  EXPECT_EQ(refusal(explicit_file(element(0x0040A730, "SQ", kName))), "dicom-no-item (0040,A730) " + at_body(12));
  ASSERT_TRUE(read(explicit_file(item_end() + kName)));
  EXPECT_THAT(ids(), ElementsAre("dicom-stray-delimiter"));
}

TEST_F(DicomFile, holds_its_limits) {
  std::string deep;
  for (int i = 0; i < 80; ++i) deep += element(0x0040A730, "SQ", "", kUndefinedLength) + item("", kUndefinedLength);
  std::string path = refusal(explicit_file(deep));
  EXPECT_TRUE(path.starts_with("dicom-too-deep (0040,A730)[0].(0040,A730)[0]")) << path;
  std::string many;
  for (int i = 0; i < 100; ++i) many += item("");
  Limits limits;
  limits.max_elements = 50;
  const auto file = read(explicit_file(element(0x0040A730, "SQ", many)), limits);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_value_bytes = 40;
  EXPECT_EQ(refusal(explicit_file(element(0x00100010, "PN", std::string(42, 'x'))), limits),
            "dicom-too-much (0010,0010) " + at_body(0));
  limits = {};
  limits.max_bytes = 100;
  EXPECT_EQ(refusal(explicit_file(kName), limits), "dicom-too-much  0");
  limits = {};
  limits.max_inflated_bytes = 1 << 20;
  const std::string bomb = *internal::deflate(std::string(std::size_t{3} << 20, '\0'));
  EXPECT_EQ(refusal(testing::file(uids::kDeflated, bomb), limits), "dicom-too-much  " + std::to_string(kBody + 2));
  EXPECT_EQ(refusal(testing::file(uids::kDeflated, "no deflate")), "dicom-bad-deflate  " + std::to_string(kBody + 2));
}

TEST_F(DicomFile, lives_with_what_writers_get_wrong) {
  ASSERT_TRUE(read(explicit_file(kName + std::string(20, '\0'))));
  EXPECT_THAT(ids(), ElementsAre("dicom-trailing"));
  const auto twice = read(explicit_file(kName + element(0x00100010, "PN", "Other")));
  ASSERT_TRUE(twice);
  EXPECT_THAT(ids(), ElementsAre("dicom-twice"));
  EXPECT_EQ(text(twice->data_set(), Tag(0x0010, 0x0010)), "Doe^Jane");
  ASSERT_TRUE(read(explicit_file(element(0x00100010, "ZZ", "ab"))));
  EXPECT_THAT(ids(), ElementsAre("dicom-unknown-vr"));
  const auto unknown = read(testing::file("1.2.3", kName));
  ASSERT_TRUE(unknown);
  EXPECT_THAT(ids(), ElementsAre("dicom-unknown-transfer-syntax"));
  EXPECT_EQ(unknown->transfer_syntax_uid(), "1.2.3");
}

TEST_F(DicomFile, stays_where_it_is_when_moved) {
  auto file = read(explicit_file(kName));
  ASSERT_TRUE(file);
  const DataSet* set = &file->data_set();
  const File moved = std::move(*file);
  EXPECT_EQ(&moved.data_set(), set);
  EXPECT_EQ(text(*set, Tag(0x0010, 0x0010)), "Doe^Jane");
}

}  // namespace
}  // namespace meridian::dicom
