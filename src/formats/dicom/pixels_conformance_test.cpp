// Frames of the DICOM files of the outside data, held to what DCMTK's and GDCM's programs make of them.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/pixels.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

using testing::shared_files;
using testing::SharedFile;

class DicomPixelsConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (shared_files().empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  }
  static bool has_pixels(const File& file) {
    const DataSet& set = file.data_set();
    return set.find(tags::kPixelData) != nullptr || set.find(tags::kFloatPixelData) != nullptr ||
           set.find(tags::kDoublePixelData) != nullptr;
  }
};

/// Files whose frames are not decoded, and what is said.
const std::map<std::string, std::string> kNotDecoded = {
    {"pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm",
     "(7FE0,0010): the JPEG 2000 bytes of frame 0 are damaged: its header cannot be read"},
    // Only their structure is of interest: they have no image.
    {"pydicom/test_files/meta_missing_tsyntax.dcm",
     "(7FE0,0010): (0028,0010) Rows is missing or no number that pixels can have"},
    {"pydicom/test_files/nested_priv_SQ.dcm",
     "(7FE0,0010): (0028,0010) Rows is missing or no number that pixels can have"},
};

TEST_F(DicomPixelsConformance, frames_of_every_file_are_decoded) {
  std::size_t frames = 0;
  std::size_t files = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file || !has_pixels(*file)) continue;
    const auto format = pixel_format(file->data_set(), {}, issues);
    Issues faults;
    std::string fault = format ? "" : format.error().message();
    for (std::uint32_t i = 0; format && i < format->frames && fault.empty(); ++i) {
      const auto frame = decode_frame(*file, i, {}, faults);
      if (!frame) {
        fault = frame.error().message();
      } else {
        EXPECT_EQ(frame->bytes.size(), frame->format.frame_bytes()) << shared.name;
        ++frames;
      }
    }
    const auto excused = kNotDecoded.find(shared.name);
    EXPECT_EQ(fault, excused == kNotDecoded.end() ? "" : excused->second)
        << shared.name << " " << file->transfer_syntax().name;
    files += fault.empty() ? 1 : 0;
  }
  EXPECT_EQ(files, 184U);
  EXPECT_GE(frames, 400U);
}

TEST_F(DicomPixelsConformance, decoded_pixels_are_those_of_dcmtk_and_gdcm) {
  const std::map<Codec, std::string> programs = {{Codec::jpeg, "dcmdjpeg"},
                                                 {Codec::jpeg_lossless, "dcmdjpeg"},
                                                 {Codec::jpeg_ls, "dcmdjpls"},
                                                 {Codec::rle, "dcmdrle"},
                                                 {Codec::jpeg_2000, "gdcmconv --raw"}};
  for (const auto& [codec, program] : programs) {
    if (!testing::has_program(program.substr(0, program.find(' ')))) {
      GTEST_SKIP() << program << " is not installed (packages dcmtk, libgdcm-tools)";
    }
  }
  const meridian::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/file.dcm";
  const std::string out = folder.path() + "/out.dcm";
  std::map<std::string, std::size_t> compared;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file || !has_pixels(*file) || !file->transfer_syntax().is_encapsulated) continue;
    const auto program = programs.find(file->transfer_syntax().codec);
    if (program == programs.end()) continue;
    ASSERT_TRUE(replace_file(system_files(), path, shared.bytes));
    std::string printed;
    if (!testing::run_program({program->second, path, out}, printed)) continue;
    const auto bytes = read_whole_file(system_files(), out, std::size_t{1} << 30);
    ASSERT_TRUE(bytes) << shared.name;
    const auto plain = read_file(*bytes, {}, issues);
    ASSERT_TRUE(plain) << shared.name << ' ' << plain.error().message();
    const auto format = pixel_format(plain->data_set(), {}, issues);
    ASSERT_TRUE(format) << shared.name;
    for (std::uint32_t i = 0; i < format->frames; ++i) {
      const auto ours = decode_frame(*file, i, {}, issues);
      const auto theirs = decode_frame(*plain, i, {}, issues);
      ASSERT_TRUE(theirs) << shared.name;
      if (!ours) continue;
      ++compared[program->second];
      EXPECT_EQ(ours->format.photometric, theirs->format.photometric) << shared.name;
      EXPECT_TRUE(ours->bytes == theirs->bytes) << shared.name << " frame " << i << ' ' << program->second << " "
                                                << ours->bytes.size() << " " << theirs->bytes.size();
    }
  }
  EXPECT_EQ(compared["dcmdjpeg"], 59U);
  EXPECT_EQ(compared["dcmdjpls"], 67U);
  EXPECT_EQ(compared["dcmdrle"], 30U);
  EXPECT_EQ(compared["gdcmconv --raw"], 7U);
}

}  // namespace
}  // namespace meridian::dicom
