// The DICOM files of the outside data, written in other transfer syntaxes: read again by us and by DCMTK's programs.
#include <gtest/gtest.h>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "formats/dicom/json.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/dicom/values.hpp"
#include "formats/dicom/write.hpp"

namespace meridian::dicom {
namespace {

using testing::shared_files;
using testing::SharedFile;

class DicomWriteConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (shared_files().empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  }
  static bool has_coded_pixels(const DataSet& set) {
    const Element* pixels = set.find(tags::kPixelData);
    return pixels != nullptr && pixels->is_encapsulated();
  }
  static std::string json(const File& file) { return to_json(file.data_set(), {SIZE_MAX, ""}); }
};

TEST_F(DicomWriteConformance, every_file_says_the_same_in_every_encoding) {
  std::size_t written = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file || has_coded_pixels(file->data_set())) continue;
    const auto base = transcode(*file, uids::kExplicitLittle, {}, issues);
    ASSERT_TRUE(base) << shared.name << ' ' << base.error().message();
    const auto read_base = read_file(*base, {}, issues);
    ASSERT_TRUE(read_base) << shared.name;
    const std::string said = json(*read_base);
    for (const std::string_view uid : {uids::kDeflated, uids::kImplicitLittle, uids::kExplicitBig}) {
      Issues faults;
      const auto bytes = transcode(*read_base, uid, {}, faults);
      ASSERT_TRUE(bytes) << shared.name << ' ' << bytes.error().message();
      const auto again = read_file(*bytes, {}, faults);
      ASSERT_TRUE(again) << shared.name << ' ' << again.error().message();
      const auto back = transcode(*again, uids::kExplicitLittle, {}, faults);
      ASSERT_TRUE(back) << shared.name;
      const auto read_back = read_file(*back, {}, faults);
      ASSERT_TRUE(read_back) << shared.name;
      // Implicit VR keeps no VR that the dictionary does not have.
      EXPECT_TRUE(uid == uids::kImplicitLittle || json(*read_back) == said) << shared.name << ' ' << uid;
      ++written;
    }
  }
  EXPECT_EQ(written, 663U);
}

TEST_F(DicomWriteConformance, coded_files_are_decoded_and_coded_again_as_dcmtk_reads_them) {
  for (const char* program : {"dcmdrle", "dcmdjpeg"}) {
    if (!testing::has_program(program)) GTEST_SKIP() << program << " is not installed (package dcmtk)";
  }
  const meridian::testing::TemporaryFolder folder;
  const std::string in = folder.path() + "/in.dcm";
  const std::string out = folder.path() + "/out.dcm";
  std::size_t compared = 0;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = read_file(shared.bytes, {}, issues);
    if (!file || !file->data_set().find(tags::kPixelData)) continue;
    const auto format = pixel_format(file->data_set(), {}, issues);
    if (!format || format->bits_allocated == 1) continue;
    const auto plain = transcode(*file, uids::kExplicitLittle, {}, issues);
    if (!plain) continue;
    const auto read_plain = read_file(*plain, {}, issues);
    ASSERT_TRUE(read_plain) << shared.name;
    for (const auto& [uid, program] :
         {std::pair{uids::kRle, "dcmdrle "}, std::pair{uids::kJpegLossless, "dcmdjpeg "}}) {
      if (uid == uids::kJpegLossless && format->bits_allocated > 16) continue;
      const auto coded = transcode(*read_plain, uid, {}, issues);
      ASSERT_TRUE(coded) << shared.name << ' ' << uid << ' ' << coded.error().message();
      ASSERT_TRUE(replace_file(system_files(), in, *coded));
      std::string printed;
      ASSERT_TRUE(testing::run_program({program, in, out}, printed)) << shared.name << ' ' << program;
      const auto bytes = read_whole_file(system_files(), out, std::size_t{1} << 30);
      const auto theirs = read_file(*bytes, {}, issues);
      ASSERT_TRUE(theirs) << shared.name;
      for (std::uint32_t i = 0; i < format->frames; ++i) {
        const auto a = decode_frame(*read_plain, i, {}, issues);
        const auto b = decode_frame(*theirs, i, {}, issues);
        ASSERT_TRUE(a && b) << shared.name;
        if (a->format.photometric != b->format.photometric) continue;  // dcmdjpeg makes RGB of YBR
        EXPECT_TRUE(a->bytes == b->bytes) << shared.name << ' ' << program << i;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 957U);
}

}  // namespace
}  // namespace meridian::dicom
