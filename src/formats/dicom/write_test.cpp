#include "formats/dicom/write.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/dicom/json.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

class DicomWrite : public ::testing::Test {
 protected:
  File read(std::string bytes) {
    auto made = read_file(std::move(bytes), {}, issues);
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
  }
  File transcoded(const File& file, std::string_view uid) {
    auto made = transcode(file, uid, {}, issues);
    EXPECT_TRUE(made) << uid << ' ' << made.error().message();
    return read(made.value_or(""));
  }
  static std::string json(const File& file) { return to_json(file.data_set(), {1 << 20, ""}); }
  std::string pixels(const File& file, std::uint32_t index) {
    const auto frame = decode_frame(file, index, {}, issues);
    EXPECT_TRUE(frame) << frame.error().message();
    return frame ? frame->bytes : "";
  }
  Issues issues;
};

std::string image(std::uint32_t rows, std::uint32_t columns, std::uint32_t samples, std::uint32_t bits,
                  const std::string& photometric, std::uint32_t frames, const std::string& value,
                  std::uint32_t planar = 0) {
  return element(0x00280002, "US", little_16(samples)) + element(0x00280004, "CS", photometric) +
         (samples > 1 ? element(0x00280006, "US", little_16(planar)) : "") +
         element(0x00280008, "IS", std::to_string(frames)) + element(0x00280010, "US", little_16(rows)) +
         element(0x00280011, "US", little_16(columns)) + element(0x00280100, "US", little_16(bits)) +
         element(0x00280101, "US", little_16(bits)) + element(0x00280102, "US", little_16(bits - 1)) +
         element(0x00280103, "US", little_16(0)) + element(0x7FE00010, bits > 8 ? "OW" : "OB", value);
}

std::string counted(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(i * i / 7 + i);
  return out;
}

TEST_F(DicomWrite, says_the_same_in_every_encoding) {
  const File file = read(explicit_file(
      element(0x00080000, "UL", little_32(4)) + element(0x00080005, "CS", "ISO_IR 100") +
      element(0x00091001, "UN", "ab") + element(0x00100010, "PN", "J\xFCrg") + element(0x00189073, "FD", counted(8)) +
      element(0x00280009, "AT", little_16(0x18) + little_16(0x1063)) + element(0x00281201, "OW", counted(6)) +
      element(0x0040A730, "SQ",
              item(element(0x00080104, "LO", "old") + element(0x00280010, "US", little_16(7)) + item_end(),
                   kUndefinedLength) +
                  item("") + sequence_end(),
              kUndefinedLength)));
  const std::string said = json(file);
  for (const std::string_view uid :
       {uids::kExplicitLittle, uids::kImplicitLittle, uids::kExplicitBig, uids::kDeflated}) {
    const File again = transcoded(file, uid);
    EXPECT_EQ(again.transfer_syntax().uid, uid);
    EXPECT_EQ(json(again), said) << uid;
    EXPECT_EQ(json(transcoded(again, uids::kExplicitLittle)), said) << uid;
  }
  EXPECT_TRUE(issues.empty());
}

TEST_F(DicomWrite, writes_meta_information_of_its_own) {
  const File file = read(element(0x00080016, "UI", "1.2.3") + element(0x00080018, "UI", "4.5.6"));
  const File again = transcoded(file, uids::kExplicitLittle);
  EXPECT_EQ(text(again.meta(), tags::kMediaStorageSopClass), "1.2.3");
  EXPECT_EQ(text(again.meta(), tags::kMediaStorageSopInstance), "4.5.6");
  EXPECT_EQ(text(again.meta(), Tag(0x0002, 0x0013)), "MERIDIAN");
}

TEST_F(DicomWrite, makes_un_of_values_too_long_for_their_vr) {
  const std::string longer(70'000, '7');
  const File file =
      read(testing::file(uids::kImplicitLittle, implicit(0x00081140, item("")) + implicit(0x300600A6, longer)));
  const File again = transcoded(file, uids::kExplicitLittle);
  EXPECT_EQ(again.data_set().elements[1].vr, Vr::un);
  EXPECT_EQ(text(again.data_set(), Tag(0x3006, 0x00A6)), longer);
}

TEST_F(DicomWrite, codes_pixels_without_loss) {
  struct Case {
    std::uint32_t samples, bits;
    std::string photometric;
  };
  for (const Case& of : {Case{1, 8, "MONOCHROME2"}, Case{1, 16, "MONOCHROME1"}, Case{3, 8, "RGB"}}) {
    const std::size_t bytes = std::size_t{6} * 10 * of.samples * (of.bits / 8);
    const std::string value = counted(2 * bytes);
    const File file = read(explicit_file(image(6, 10, of.samples, of.bits, of.photometric, 2, value)));
    for (const std::string_view uid : {uids::kRle, uids::kJpegLossless}) {
      const File coded = transcoded(file, uid);
      EXPECT_TRUE(coded.data_set().find(tags::kPixelData)->is_encapsulated());
      EXPECT_EQ(coded.data_set().find(tags::kPixelData)->fragments[0].size(), 8U);  // a basic offset table
      EXPECT_EQ(pixels(coded, 0), value.substr(0, bytes)) << uid << of.photometric << of.bits;
      EXPECT_EQ(pixels(coded, 1), value.substr(bytes)) << uid << of.photometric << of.bits;
      EXPECT_EQ(json(transcoded(coded, uids::kExplicitLittle)), json(file)) << uid << of.photometric << of.bits;
    }
  }
}

TEST_F(DicomWrite, refuses_what_it_cannot_write) {
  const File bits = read(explicit_file(image(2, 8, 1, 1, "MONOCHROME2", 1, "ab")));
  EXPECT_EQ(transcode(bits, uids::kRle, {}, issues).error().code(), ErrorCode::unsupported);
  EXPECT_EQ(transcode(bits, "1.2.840.10008.1.2.4.90", {}, issues).error().code(), ErrorCode::unsupported);
  EXPECT_EQ(transcode(bits, "1.2", {}, issues).error().code(), ErrorCode::unsupported);
  WriteLimits limits;
  limits.max_pixel_bytes = 10;
  const File bytes = read(explicit_file(image(4, 4, 1, 8, "MONOCHROME2", 1, counted(16))));
  EXPECT_EQ(transcode(bytes, uids::kRle, limits, issues).error().code(), ErrorCode::too_large);
}

}  // namespace
}  // namespace meridian::dicom
