#include "formats/dicom/render.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/report.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

File read(std::string bytes) {
  Issues issues;
  auto made = read_file(std::move(bytes), {}, issues);
  EXPECT_TRUE(made);
  return std::move(*made);
}

std::string image(const std::string& photometric, std::uint32_t columns, std::uint32_t samples,
                  const std::string& bytes, const std::string& more = "") {
  return explicit_file(element(0x00280002, "US", little_16(samples)) + element(0x00280004, "CS", photometric) +
                       element(0x00280010, "US", little_16(1)) + element(0x00280011, "US", little_16(columns)) +
                       element(0x00280100, "US", little_16(8)) + element(0x00280101, "US", little_16(8)) + more +
                       element(0x7FE00010, "OB", bytes));
}

std::string rendered(const std::string& file, const RenderOptions& options = {}) {
  Issues issues;
  const auto picture = render(read(file), 0, options, issues);
  return picture ? picture->bytes : "refused: " + picture.error().message();
}

TEST(DicomRender, grey_is_scaled_windowed_and_inverted) {
  const std::string bytes("\x00\x0A\x14\x1E", 4);
  EXPECT_EQ(rendered(image("MONOCHROME2", 4, 1, bytes)), std::string("\x00\x55\xAA\xFF", 4));
  EXPECT_EQ(rendered(image("MONOCHROME1", 4, 1, bytes)), std::string("\xFF\xAA\x55\x00", 4));
  const std::string window = element(0x00281050, "DS", "15.5") + element(0x00281051, "DS", "11");
  EXPECT_EQ(rendered(image("MONOCHROME2", 4, 1, bytes, window)), std::string("\x00\x00\xFF\xFF", 4));
  const std::string scale = element(0x00281052, "DS", "-10") + element(0x00281053, "DS", "1");
  EXPECT_EQ(rendered(image("MONOCHROME2", 4, 1, bytes, scale), {Window{0.5, 1}, {}}),
            std::string("\x00\x00\xFF\xFF", 4));
}

TEST(DicomRender, colours_come_from_palettes_and_ybr) {
  const std::string descriptor = little_16(2) + little_16(0) + little_16(16);
  const auto table = [](std::uint32_t a, std::uint32_t b) { return little_16(a << 8) + little_16(b << 8); };
  const std::string palette = element(0x00281101, "US", descriptor) + element(0x00281102, "US", descriptor) +
                              element(0x00281103, "US", descriptor) + element(0x00281201, "OW", table('a', 'd')) +
                              element(0x00281202, "OW", table('b', 'e')) + element(0x00281203, "OW", table('c', 'f'));
  EXPECT_EQ(rendered(image("PALETTE COLOR", 2, 1, std::string("\1\0", 2), palette)), "defabc");
  EXPECT_EQ(rendered(image("RGB", 2, 3, "rgbRGB")), "rgbRGB");
  EXPECT_EQ(rendered(image("YBR_FULL", 2, 3, "\x64\x80\x80\xFF\x80\x80")), "ddd\xFF\xFF\xFF");
  EXPECT_TRUE(rendered(image("HSV", 2, 3, "rgbRGB")).starts_with("refused"));
  EXPECT_TRUE(rendered(image("PALETTE COLOR", 2, 1, "ab")).starts_with("refused"));
}

TEST(DicomRender, a_picture_becomes_a_png) {
  const auto png = to_png({2, 3, 1, "abcdef"});
  ASSERT_TRUE(png);
  EXPECT_EQ(png->substr(0, 8), "\x89PNG\r\n\x1A\n");
  EXPECT_EQ(png->substr(12, 17), std::string("IHDR\0\0\0\3\0\0\0\2\x08\0\0\0\0", 17));
  EXPECT_TRUE(png->ends_with(std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12)));
}

/// The bytes of a PGM or PPM file.
std::string pnm_bytes(const std::string& file) {
  std::size_t at = 0;
  for (int words = 0; words < 4; ++at) {
    if (at >= file.size()) return {};
    if (file[at] == '#') at = file.find('\n', at);
    if (file[at] == ' ' || file[at] == '\n') ++words;
  }
  return file.substr(at);
}

TEST(DicomRender, pictures_are_those_of_dcm2pnm) {
  if (shared_files().empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  if (!has_program("dcm2pnm")) GTEST_SKIP() << "dcm2pnm is not installed (package dcmtk)";
  const meridian::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/file.dcm";
  std::size_t compared = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file || file->data_set().find(tags::kPixelData) == nullptr) continue;
    const std::string photometric = text(file->data_set(), tags::kPhotometric);
    if (file->transfer_syntax().is_encapsulated || !photometric.starts_with("MONOCHROME")) continue;
    if (integer(file->data_set(), tags::kBitsAllocated) == 1) continue;
    const auto picture = render(*file, 0, {Window{100, 300}, {}}, issues);
    ASSERT_TRUE(picture) << shared.name << ' ' << picture.error().message();
    ASSERT_TRUE(replace_file(system_files(), path, shared.bytes));
    std::string printed;
    if (!run_program({"dcm2pnm -O +F 1 +op +Ww 100 300", path}, printed)) continue;
    const std::string theirs = pnm_bytes(printed);
    if (theirs.size() != picture->bytes.size()) continue;
    ++compared;
    int most = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      const int difference = static_cast<unsigned char>(theirs[i]) - static_cast<unsigned char>(picture->bytes[i]);
      most = std::max(most, std::abs(difference));
    }
    EXPECT_LE(most, 1) << shared.name << ' ' << photometric;  // it rounds down
  }
  EXPECT_EQ(compared, 102U);
}

TEST(DicomReport, is_a_tree_of_lines) {
  const auto code = [](std::uint32_t tag, const std::string& meaning) {
    return element(tag, "SQ", item(element(0x00080100, "SH", "mm") + element(0x00080104, "LO", meaning)));
  };
  const std::string number =
      element(0x0040A010, "CS", "CONTAINS") + element(0x0040A040, "CS", "NUM") + code(0x0040A043, "Length") +
      element(0x0040A300, "SQ", item(code(0x004008EA, "millimetre") + element(0x0040A30A, "DS", "12.5")));
  const std::string words = element(0x0040A040, "CS", "TEXT") + code(0x0040A043, "Finding") +
                            element(0x0040A160, "UT", "two\r\nlines") +
                            element(0x0040A730, "SQ", item(element(0x0040DB73, "UL", little_32(1) + little_32(2))));
  EXPECT_EQ(report_text(read(explicit_file(element(0x0040A040, "CS", "CONTAINER") + code(0x0040A043, "Report") +
                                           element(0x0040A730, "SQ", item(number) + item(words))))
                            .data_set()),
            "Report\n  Length: 12.5 mm\n  Finding: two\n    lines\n    Reference: see item 1.2\n");
  EXPECT_EQ(report_text(read(explicit_file(element(0x00100010, "PN", "x"))).data_set()), "");
}

}  // namespace
}  // namespace meridian::dicom
