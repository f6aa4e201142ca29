#include "formats/dicom/pixels.hpp"

#include <gtest/gtest.h>
#include <openjph/ojph_arch.h>
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_params.h>

#include "formats/dicom/testing/bytes.hpp"

namespace meridian::dicom {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

struct Image {
  std::uint32_t rows = 2;
  std::uint32_t columns = 4;
  std::uint32_t samples = 1;
  std::uint32_t bits = 8;
  std::string photometric = "MONOCHROME2";
  std::uint32_t frames = 1;
  std::uint32_t planar = 0;

  std::string elements(const std::string& pixels) const {
    return element(0x00280002, "US", little_16(samples)) + element(0x00280004, "CS", photometric) +
           element(0x00280006, "US", little_16(planar)) + element(0x00280008, "IS", std::to_string(frames)) +
           element(0x00280010, "US", little_16(rows)) + element(0x00280011, "US", little_16(columns)) +
           element(0x00280100, "US", little_16(bits)) + element(0x00280101, "US", little_16(bits)) + pixels;
  }
};

std::string native(const std::string& bytes) {
  return element(0x7FE00010, "OB", bytes);
}
std::string coded(const std::string& fragments) {
  return element(0x7FE00010, "OB", fragments + sequence_end(), kUndefinedLength);
}

class DicomPixels : public ::testing::Test {
 protected:
  Result<Frame> decode(const std::string& bytes, std::uint32_t index = 0, const PixelLimits& limits = {}) {
    issues.clear();
    auto file = read_file(bytes, {}, issues);
    EXPECT_TRUE(file);
    issues.clear();
    return decode_frame(*file, index, limits, issues);
  }
  std::string bytes_of(const std::string& file, std::uint32_t index = 0) {
    const auto frame = decode(file, index);
    return frame ? frame->bytes : "refused: " + frame.error().message();
  }
  std::string refusal(const std::string& file, const PixelLimits& limits = {}) {
    const auto frame = decode(file, 0, limits);
    if (frame || issues.size() != 1) return "not refused by one issue";
    return std::string(issues.all()[0].message->id);
  }
  Issues issues;
};

TEST_F(DicomPixels, frames_that_are_not_coded_are_cut_out) {
  Image image;
  image.frames = 2;
  EXPECT_EQ(bytes_of(explicit_file(image.elements(native("abcdefghijklmnop"))), 1), "ijklmnop");
  image.bits = 1;
  image.rows = 1;
  image.columns = 3;
  // Frames of single bits follow each other without a gap.
  EXPECT_EQ(bytes_of(explicit_file(image.elements(native(std::string("\x15\0", 2)))), 0), std::string("\1\0\1", 3));
  EXPECT_EQ(bytes_of(explicit_file(image.elements(native(std::string("\x15\0", 2)))), 1), std::string("\0\1\0", 3));
}

TEST_F(DicomPixels, planes_and_halved_colours_become_pixels) {
  Image image{1, 2, 3, 8, "RGB"};
  image.planar = 1;
  EXPECT_EQ(bytes_of(explicit_file(image.elements(native("rRgGbB")))), "rgbRGB");
  image = {1, 4, 3, 8, "YBR_FULL_422"};
  const auto frame = decode(explicit_file(image.elements(native("yYbrzZcs"))));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->bytes, "ybrYbrzcsZcs");
  EXPECT_EQ(frame->format.photometric, "YBR_FULL");
}

TEST_F(DicomPixels, words_of_big_endian_become_little_endian) {
  const std::string file = testing::file(
      uids::kExplicitBig,
      std::string("\x00\x28\x00\x10US\0\x02\0\x01\x00\x28\x00\x11US\0\x02\0\x03\x00\x28\x01\x00US\0\x02\0\x08"
                  "\x7F\xE0\x00\x10OW\0\0\0\0\0\x04"
                  "badc",
                  46));
  EXPECT_EQ(bytes_of(file), "abc");
}

TEST_F(DicomPixels, fragments_are_dealt_out_by_offsets_or_by_where_codestreams_begin) {
  Image image{1, 4, 1, 8, "MONOCHROME2", 2};
  // One segment: four literal bytes.
  const auto rle = [](const std::string& bytes) {
    return little_32(1) + little_32(64) + std::string(56, '\0') + "\x03" + bytes + std::string(1, '\x80');
  };
  const std::string a = rle("abcd");
  const std::string b = rle("efgh");
  const std::string by_count = testing::file(uids::kRle, image.elements(coded(item("") + item(a) + item(b))));
  EXPECT_EQ(bytes_of(by_count, 1), "efgh");
  const std::string table = little_32(0) + little_32(static_cast<std::uint32_t>(16 + a.size()));
  const std::string by_table = testing::file(
      uids::kRle, image.elements(coded(item(table) + item(a.substr(0, 10)) + item(a.substr(10)) + item(b))));
  EXPECT_EQ(bytes_of(by_table, 0), "abcd");
  EXPECT_EQ(bytes_of(by_table, 1), "efgh");
  EXPECT_EQ(refusal(testing::file(uids::kRle, image.elements(coded(item("") + item(a) + item(b) + item(b))))),
            "dicom-fragments");
}

TEST_F(DicomPixels, run_lengths_that_lie_are_refused) {
  const Image image{1, 4, 1, 8};
  const auto refused = [&](std::uint32_t segments, std::uint32_t offset, const std::string& runs) {
    const std::string bytes = little_32(segments) + little_32(offset) + std::string(56, '\0') + runs;
    return refusal(testing::file(uids::kRle, image.elements(coded(item("") + item(bytes)))));
  };
  EXPECT_EQ(refused(1, 64,
                    "\x03"
                    "abc"),
            "dicom-codestream");                          // a literal run beyond the end
  EXPECT_EQ(refused(1, 64, "\xFD"), "dicom-codestream");  // a repeated byte that is not there
  EXPECT_EQ(refused(1, 64,
                    "\x01"
                    "ab"),
            "dicom-codestream");  // pixels are missing
  EXPECT_EQ(refused(1, 4000,
                    "\x03"
                    "abcd"),
            "dicom-codestream");  // a segment far outside
  EXPECT_EQ(refused(1, 0xFFFFFFF0,
                    "\x03"
                    "abcd"),
            "dicom-codestream");
  EXPECT_EQ(refused(3, 64,
                    "\x03"
                    "abcd"),
            "dicom-codestream");
  EXPECT_EQ(refused(0xFFFFFFFF, 64,
                    "\x03"
                    "abcd"),
            "dicom-codestream");
  EXPECT_EQ(refused(1, 64,
                    "\x07"
                    "abcdefgh"),
            "not refused by one issue");  // more than is needed does no harm
}

/// A high-throughput codestream of OpenJPH's own encoder.
std::string htj2k(const Image& image, const std::vector<std::int32_t>& values) {
  ojph::codestream codec;
  ojph::param_siz size = codec.access_siz();
  size.set_image_extent(ojph::point(image.columns, image.rows));
  size.set_num_components(image.samples);
  for (std::uint32_t c = 0; c < image.samples; ++c) size.set_component(c, ojph::point(1, 1), image.bits, false);
  ojph::param_cod cod = codec.access_cod();
  cod.set_num_decomposition(1);
  cod.set_reversible(true);
  cod.set_color_transform(false);
  codec.set_planar(false);
  ojph::mem_outfile out;
  out.open();
  codec.write_headers(&out);
  ojph::ui32 component = 0;
  ojph::line_buf* line = codec.exchange(nullptr, component);
  for (std::uint32_t row = 0; row < image.rows; ++row) {
    for (std::uint32_t c = 0; c < image.samples; ++c) {
      for (std::uint32_t x = 0; x < image.columns; ++x) {
        line->i32[x] = values[(row * image.columns + x) * image.samples + component];
      }
      line = codec.exchange(line, component);
    }
  }
  codec.flush();
  std::string bytes(reinterpret_cast<const char*>(out.get_data()), static_cast<std::size_t>(out.tell()));
  codec.close();
  return bytes + (bytes.size() % 2 != 0 ? std::string(1, '\0') : "");
}

TEST_F(DicomPixels, high_throughput_jpeg_2000_is_decoded) {
  for (const Image& image : {Image{16, 20, 1, 16}, Image{16, 20, 3, 8, "RGB"}}) {
    std::vector<std::int32_t> values;
    std::string expected;
    for (std::uint32_t i = 0; i < image.rows * image.columns * image.samples; ++i) {
      values.push_back(static_cast<std::int32_t>((i * i + 3 * i) % (1U << image.bits)));
      expected += little_16(static_cast<std::uint32_t>(values.back())).substr(0, image.bits / 8);
    }
    const std::string codestream = htj2k(image, values);
    const std::string file =
        testing::file("1.2.840.10008.1.2.4.201", image.elements(coded(item("") + item(codestream))));
    EXPECT_TRUE(bytes_of(file) == expected) << image.samples;
    std::string cut = codestream;
    cut.resize(60);
    EXPECT_EQ(refusal(testing::file("1.2.840.10008.1.2.4.201", image.elements(coded(item("") + item(cut))))),
              "dicom-codestream");
  }
}

TEST_F(DicomPixels, refuses_pixels_that_do_not_hold) {
  Image image;
  EXPECT_EQ(refusal(explicit_file(image.elements(native("abc")))), "dicom-pixels-short");
  EXPECT_EQ(decode(explicit_file(""), 0).error().code(), ErrorCode::not_found);
  image.rows = 0;
  EXPECT_EQ(refusal(explicit_file(image.elements(native("abcdefgh")))), "dicom-pixels-missing");
  image = {};
  image.bits = 12;
  EXPECT_EQ(refusal(explicit_file(image.elements(native("abcdefgh")))), "dicom-pixels-missing");
  image = {60'000, 60'000, 4, 64};
  EXPECT_EQ(refusal(explicit_file(image.elements(native("abcdefgh")))), "dicom-too-much");
  EXPECT_FALSE(decode(explicit_file(Image().elements(native("abcdefgh"))), 1));
  EXPECT_EQ(issues.all()[0].message->id, "dicom-no-frame");
}

TEST_F(DicomPixels, refuses_codestreams_that_do_not_fit_before_they_are_decoded) {
  const Image image;  // 2 rows, 4 columns
  const auto jpeg = [](std::uint32_t rows) {
    std::string sof("\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x02\x00\x04\x01\x01\x11\x00", 15);
    sof[7] = static_cast<char>(rows >> 8);
    sof[8] = static_cast<char>(rows);
    return sof + '\0';
  };
  const auto in_file = [&](const std::string& uid, const std::string& bytes) {
    return testing::file(uid, image.elements(coded(item("") + item(bytes))));
  };
  EXPECT_EQ(refusal(in_file("1.2.840.10008.1.2.4.50", jpeg(60'000))), "dicom-codestream-differs");
  EXPECT_EQ(refusal(in_file("1.2.840.10008.1.2.4.50", jpeg(2))), "dicom-codestream");
  EXPECT_EQ(refusal(in_file("1.2.840.10008.1.2.4.80", "no codestream")), "dicom-codestream");
  EXPECT_EQ(refusal(in_file("1.2.840.10008.1.2.4.90", "\xFF\x4F\xFF\x51 short")), "dicom-codestream");
  EXPECT_EQ(refusal(in_file("1.2.840.10008.1.2.5", "\1 no segments")), "dicom-codestream");
  EXPECT_EQ(decode(in_file("1.2.840.10008.1.2.4.102", "video")).error().code(), ErrorCode::unsupported);
}

}  // namespace
}  // namespace meridian::dicom
