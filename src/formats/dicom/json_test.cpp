#include "formats/dicom/json.hpp"

#include <gtest/gtest.h>

#include "formats/dicom/testing/bytes.hpp"

namespace meridian::dicom {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

class DicomJson : public ::testing::Test {
 protected:
  const File& read(std::string bytes) {
    Issues issues;
    auto made = read_file(std::move(bytes), {}, issues);
    EXPECT_TRUE(made);
    file = std::make_unique<File>(std::move(*made));
    return *file;
  }
  std::string json(const std::string& body, const JsonOptions& options = {}) {
    return to_json(read(explicit_file(body)).data_set(), options);
  }
  std::unique_ptr<File> file;
};

TEST_F(DicomJson, writes_values_by_their_vr) {
  EXPECT_EQ(json(element(0x00080000, "UL", little_32(9)) + element(0x00080005, "CS", "\\ISO 2022 IR 58") +
                 element(0x00080008, "CS", "A\\\\C") +
                 element(0x00100010, "PN", "Wang^Li=\033$)A\xCD\xF5^\033$)A\xC0\xF6=\\Doe") +
                 element(0x00101030, "DS", "+072.50\\x\\.5e3") + element(0x00200013, "IS", "007") +
                 element(0x00200032, "DS", "") + element(0x00280009, "AT", little_16(0x18) + little_16(0x1063)) +
                 element(0x00280010, "US", little_16(65535)) + element(0x00280106, "SS", little_16(65535))),
            R"({"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00080008":{"vr":"CS","Value":["A",null,"C"]},)"
            R"("00100010":{"vr":"PN","Value":[{"Alphabetic":"Wang^Li","Ideographic":"王^丽"},{"Alphabetic":"Doe"}]},)"
            R"("00101030":{"vr":"DS","Value":[72.50,"x",0.5e3]},"00200013":{"vr":"IS","Value":[7]},)"
            R"("00200032":{"vr":"DS"},"00280009":{"vr":"AT","Value":["00181063"]},)"
            R"("00280010":{"vr":"US","Value":[65535]},"00280106":{"vr":"SS","Value":[-1]}})");
}

TEST_F(DicomJson, writes_reals_with_the_digits_they_need) {
  EXPECT_EQ(json(element(0x00089459, "FL", little_32(0x3DCCCCCD) + little_32(0x7FC00000)) +
                 element(0x00189073, "FD", std::string(6, '\0') + "\xF0\xFF")),
            R"({"00089459":{"vr":"FL","Value":[0.1,"NaN"]},"00189073":{"vr":"FD","Value":["-Infinity"]}})");
}

TEST_F(DicomJson, keeps_few_bytes_and_refers_to_many) {
  EXPECT_EQ(
      json(element(0x00091001, "OB", "abcd") + element(0x00091002, "ZZ", "ef") +
               element(0x0040A730, "SQ", item(element(0x00091001, "OB", "abcdef"))) +
               element(0x7FE00010, "OB", item("") + item("ab") + sequence_end(), kUndefinedLength),
           {4, "/instances/1/"}),
      R"({"00091001":{"vr":"OB","InlineBinary":"YWJjZA=="},"00091002":{"vr":"UN","InlineBinary":"ZWY="},)"
      R"("0040A730":{"vr":"SQ","Value":[{"00091001":{"vr":"OB","BulkDataURI":"/instances/1/0040A730/0/00091001"}}]},)"
      R"("7FE00010":{"vr":"OB","BulkDataURI":"/instances/1/7FE00010"}})");
}

TEST_F(DicomJson, binary_of_big_endian_files_is_little_endian) {
  const std::string big("\x00\x28\x30\x06OW\0\0\0\0\0\x04\x01\x02\x03\x04", 16);
  EXPECT_EQ(to_json(read(testing::file(uids::kExplicitBig, big)).data_set()),
            R"({"00283006":{"vr":"OW","InlineBinary":"AgEEAw=="}})");
}

TEST_F(DicomJson, escapes_control_characters_and_orders_elements) {
  EXPECT_EQ(json(element(0x00104000, "LT", "a\"b\r\n\x01") + element(0x00080018, "UI", "1.2") +
                 element(0x00104000, "LT", "again")),
            R"({"00080018":{"vr":"UI","Value":["1.2"]},"00104000":{"vr":"LT","Value":["a\"b\r\n\u0001"]}})");
}

TEST_F(DicomJson, dumps_lines_that_people_read) {
  const std::string lines =
      dump(read(testing::file("1.2.840.10008.1.2.4.50",
                              element(0x00080005, "CS", "ISO_IR 100") + element(0x00091001, "UN", "ab") +
                                  element(0x00104000, "LT", "J\xFCrg\r\n" + std::string(10, 'x')) +
                                  element(0x00280010, "US", little_16(2) + little_16(3)) +
                                  element(0x0040A730, "SQ", item(element(0x00080104, "LO", "old"))) +
                                  element(0x7FE00010, "OB", item("") + item("ab") + sequence_end(), kUndefinedLength))),
           {8});
  EXPECT_EQ(lines.substr(lines.find("(0002,0010)")),
            "(0002,0010) UI TransferSyntaxUID: 1.2.840. ...\n"
            "(0008,0005) CS SpecificCharacterSet: ISO_IR 1 ...\n"
            "(0009,1001) UN -: <2 bytes>\n"
            "(0010,4000) LT PatientComments: Jürg  x ...\n"
            "(0028,0010) US Rows: 2\\3\n"
            "(0040,A730) SQ ContentSequence: 1 item\n"
            "  [0]\n"
            "    (0008,0104) LO CodeMeaning: old\n"
            "(7FE0,0010) OB PixelData: <1 fragment, 2 bytes>\n");
}

}  // namespace
}  // namespace meridian::dicom
