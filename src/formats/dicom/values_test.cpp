#include "formats/dicom/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/bytes.hpp"

namespace meridian::dicom {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

class DicomValues : public ::testing::Test {
 protected:
  const DataSet& read(const std::string& body) {
    Issues issues;
    auto made = read_file(explicit_file(body), {}, issues);
    EXPECT_TRUE(made);
    file = std::make_unique<File>(std::move(*made));
    return file->data_set();
  }
  std::string name_in(const std::string& set, const std::string& name) {
    return text(read(element(0x00080005, "CS", set) + element(0x00100010, "PN", name)), Tag(0x0010, 0x0010));
  }
  std::unique_ptr<File> file;
};

TEST(DicomTag, is_read_and_written_in_all_its_forms) {
  EXPECT_EQ(to_string(Tag(0x0040, 0xA730)), "(0040,A730)");
  EXPECT_EQ(hex(Tag(0x0040, 0xA730)), "0040A730");
  EXPECT_EQ(parse_tag("(0040,a730)"), Tag(0x0040, 0xA730));
  EXPECT_EQ(parse_tag("0040A730"), Tag(0x0040, 0xA730));
  EXPECT_EQ(parse_tag("PatientName"), Tag(0x0010, 0x0010));
  EXPECT_EQ(parse_tag("NoSuchName"), std::nullopt);
  EXPECT_EQ(keyword(Tag(0x6002, 0x0010)), "OverlayRows");
  EXPECT_EQ(keyword(Tag(0x0009, 0x0010)), "PrivateCreator");
  EXPECT_EQ(vr_of(Tag(0x7FE0, 0x0010)), Vr::ow);
  EXPECT_EQ(vr_of(Tag(0x0009, 0x1010)), Vr::un);
}

// The examples of PS3.5, annexes H to K.
TEST_F(DicomValues, text_is_utf_8_whatever_its_character_set) {
  EXPECT_EQ(name_in("ISO_IR 100",
                    "\xC4neas^R\xFC"
                    "diger"),
            "Äneas^Rüdiger");
  EXPECT_EQ(name_in("ISO_IR 144", "\xBB\xEE\xDA\x63\x65\xDC\xD1\xE3\xE0\xD3"), "Люкceмбург");
  EXPECT_EQ(name_in("ISO_IR 126", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2"), "Διονυσιος");
  EXPECT_EQ(name_in("\\ISO 2022 IR 87",
                    "Yamada^Tarou=\033$B;3ED\033(B^\033$BB@O:\033(B=\033$B$d$^$@\033(B^\033$B$?$m$&\033(B"),
            "Yamada^Tarou=山田^太郎=やまだ^たろう");
  EXPECT_EQ(
      name_in("ISO 2022 IR 13\\ISO 2022 IR 87",
              "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\033$B;3ED\033(J^\033$BB@O:\033(J=\033$B$d$^$@\033(J^\033$B$?$m$&\033(J"),
      "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう");
  EXPECT_EQ(name_in("\\ISO 2022 IR 149",
                    "Hong^Gildong=\033$)C\xFB\xF3^\033$)C\xD1\xCE\xD4\xD7=\033$)C\xC8\xAB^\033$)C\xB1\xE6\xB5\xBF"),
            "Hong^Gildong=洪^吉洞=홍^길동");
  EXPECT_EQ(name_in("\\ISO 2022 IR 58", "Zhang^XiaoDong=\033$)A\xD5\xC5^\033$)A\xD0\xA1\xB6\xAB="),
            "Zhang^XiaoDong=张^小东=");
  EXPECT_EQ(name_in("GB18030", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB="), "Wang^XiaoDong=王^小东=");
  EXPECT_EQ(name_in("GBK", "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB="), "Wang^XiaoDong=王^小东=");
  EXPECT_EQ(name_in("ISO_IR 192", "Wang^XiaoDong=王^小東="), "Wang^XiaoDong=王^小東=");
}

TEST_F(DicomValues, text_without_a_declared_set_is_utf_8_or_latin_1) {
  EXPECT_EQ(name_in("", "王"), "王");
  EXPECT_EQ(name_in("", "J\xFCrg"), "Jürg");
  EXPECT_EQ(name_in("ISO_IR 192", "J\xFCrg"), "J\xEF\xBF\xBDrg");
  EXPECT_EQ(name_in("ISO 2022 IR 6\\ISO 2022 IR 100", "\033-AJ\xFCrg"), "Jürg");
}

TEST_F(DicomValues, a_backslash_within_a_chinese_character_parts_no_values) {
  // The second byte of U+8A8C (0xD55C) in GBK, and of U+5341 in JIS X 0208 (0x3D3D), are delimiters elsewhere.
  const DataSet& set = read(element(0x00080005, "CS", "GBK") + element(0x00081030, "LO", "\xD5\x5C\\b"));
  EXPECT_THAT(texts(set, Tag(0x0008, 0x1030)), ElementsAre("誠", "b"));
  EXPECT_EQ(name_in("\\ISO 2022 IR 87", "A=\033$B==\033(B^B"), "A=十^B");
}

TEST_F(DicomValues, values_lose_the_padding_of_their_vr) {
  const DataSet& set = read(element(0x00080008, "CS", " ORIGINAL \\PRIMARY") + element(0x00080018, "UI", "1.2.3") +
                            element(0x00104000, "LT", "  two \\ lines ") + element(0x00200020, "CS", "  "));
  EXPECT_THAT(texts(set, Tag(0x0008, 0x0008)), ElementsAre("ORIGINAL", "PRIMARY"));
  EXPECT_EQ(text(set, Tag(0x0008, 0x0018)), "1.2.3");
  EXPECT_THAT(texts(set, Tag(0x0010, 0x4000)), ElementsAre("  two \\ lines"));
  EXPECT_THAT(texts(set, Tag(0x0020, 0x0020)), IsEmpty());
  EXPECT_THAT(texts(set, Tag(0x0020, 0x0030)), IsEmpty());
}

TEST_F(DicomValues, numbers_are_read_from_bytes_and_digits) {
  const DataSet& set = read(element(0x00186020, "SL", little_32(0xFFFFFFFF) + little_32(7)) +
                            element(0x00189073, "FD", std::string(6, '\0') + "\xF8\x3F") +
                            element(0x00200013, "IS", " +12") + element(0x00200032, "DS", "1.5\\-2e1\\x"));
  EXPECT_THAT(numbers(set, Tag(0x0018, 0x6020)), ElementsAre(-1, 7));
  EXPECT_EQ(integer(set, Tag(0x0018, 0x6020), 1), 7);
  EXPECT_EQ(integer(set, Tag(0x0018, 0x6020), 2), std::nullopt);
  EXPECT_THAT(numbers(set, Tag(0x0018, 0x9073)), ElementsAre(1.5));
  EXPECT_EQ(integer(set, Tag(0x0020, 0x0013)), 12);
  const auto written = numbers(set, Tag(0x0020, 0x0032));
  EXPECT_EQ(written[1], -20);
  EXPECT_TRUE(std::isnan(written[2]));
  EXPECT_EQ(integer(set, Tag(0x0020, 0x0032)), std::nullopt);
}

TEST_F(DicomValues, dates_and_times_keep_their_precision_and_offset) {
  const DataSet& set =
      read(element(0x00080020, "DA", "20260131") + element(0x00080021, "DA", "2026.01.31") +
           element(0x00080022, "DA", "20261331") + element(0x0008002A, "DT", "20260131093000.25-0500") +
           element(0x00080030, "TM", "093015.123456") + element(0x00080031, "TM", "0930") +
           element(0x00080201, "SH", "+0800"));
  EXPECT_EQ(date(set, Tag(0x0008, 0x0020))->to_string(), "2026-01-31");
  EXPECT_EQ(date(set, Tag(0x0008, 0x0021))->to_string(), "2026-01-31");
  EXPECT_EQ(date(set, Tag(0x0008, 0x0022)), std::nullopt);
  EXPECT_EQ(date_time(set, Tag(0x0008, 0x0020), Tag(0x0008, 0x0030))->to_string(), "2026-01-31T09:30:15.123456+08:00");
  EXPECT_EQ(date_time(set, Tag(0x0008, 0x0020), Tag(0x0008, 0x0031))->to_string(), "2026-01-31T09:30+08:00");
  EXPECT_EQ(date_time(set, Tag(0x0008, 0x0020), Tag(0x0008, 0x0032))->to_string(), "2026-01-31");
  EXPECT_EQ(date_time(set, Tag(0x0008, 0x002A))->to_string(), "2026-01-31T09:30:00.25-05:00");
}

TEST_F(DicomValues, names_of_persons_have_groups_and_components) {
  const PersonName name = parse_person_name("Yang^Li^^Dr.^PhD=杨^丽=");
  EXPECT_EQ(name.alphabetic, (NameGroup{"Yang", "Li", "", "Dr.", "PhD"}));
  EXPECT_EQ(name.ideographic, (NameGroup{"杨", "丽", "", "", ""}));
  EXPECT_TRUE(name.phonetic.is_empty());
  EXPECT_EQ(person_name(read(""), Tag(0x0010, 0x0010)), std::nullopt);
}

}  // namespace
}  // namespace meridian::dicom
