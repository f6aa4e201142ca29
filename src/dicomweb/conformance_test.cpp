// The DICOM files of the outside data through DICOMweb: every readable one is stored, found, told and given out bit for
// bit; broken ones are refused with a reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "dicomweb/testing/web_client.hpp"
#include "formats/dicom/pixels.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::dicomweb {
namespace {

using dicom::testing::shared_files;
using dicom::testing::SharedFile;
using testing::WebClient;
using testing::WebReply;

constexpr const char* kAsStored = "application/dicom; transfer-syntax=*";

/// Files whose VRs are UN, or none of the standard's: they tell their UIDs in bytes.
const std::set<std::string> kWithoutVrs = {"pydicom/test_files/SC_rgb_jpeg.dcm", "pydicom/test_files/rtdose_rle.dcm",
                                           "pydicom/test_files/rtdose_rle_1frame.dcm"};

/// What of the object the archive goes by.
std::string url_of(const dicom::DataSet& set) {
  return "/dicomweb/studies/" + dicom::text(set, {0x0020, 0x000D}) + "/series/" + dicom::text(set, {0x0020, 0x000E}) +
         "/instances/" + dicom::text(set, dicom::tags::kSopInstance);
}

class DicomWebConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    if (shared_files().empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  }
};

/// Why a readable file is none that the archive can hold: it does not say which object it is.
bool lacks_uid(const dicom::DataSet& set) {
  return dicom::text(set, {0x0020, 0x000D}).empty() || dicom::text(set, {0x0020, 0x000E}).empty() ||
         dicom::text(set, dicom::tags::kSopInstance).empty() || dicom::text(set, dicom::tags::kSopClass).empty();
}

struct Counts {
  std::size_t stored = 0;
  std::size_t nameless = 0;
  std::size_t broken = 0;
  std::size_t frames = 0;
  std::map<int, std::size_t> pictures;
};

/// What was stored is found, told and given out.
void try_stored(WebClient& client, const SharedFile& shared, const dicom::File& file, Counts& counts) {
  const dicom::DataSet& set = file.data_set();
  const std::string url = url_of(set);
  EXPECT_TRUE(client.get(url, kAsStored).body == shared.bytes) << shared.name;
  const std::string uid = dicom::text(set, dicom::tags::kSopInstance);
  simdjson::dom::parser parser;
  const WebReply found = client.get("/dicomweb/instances?SOPInstanceUID=" + uid);
  EXPECT_EQ(found.status, 200) << shared.name;
  EXPECT_FALSE(parser.parse(found.body).error()) << shared.name;
  const WebReply told = client.get(url + "/metadata");
  simdjson::dom::element metadata;
  ASSERT_FALSE(parser.parse(told.body).get(metadata)) << shared.name << ' ' << told.body.substr(0, 200);
  std::string_view said;
  const bool has_vrs = metadata.at(0)["00080018"]["Value"].at(0).get(said) == simdjson::SUCCESS;
  EXPECT_EQ(has_vrs, !kWithoutVrs.contains(shared.name)) << shared.name;
  if (has_vrs) {
    EXPECT_EQ(said, uid) << shared.name;
  }
  ++counts.pictures[client.get(url + "/thumbnail").status];
  // What is decoded by hand is what is given out.
  Issues issues;
  const auto reader = dicom::FrameReader::open(set, file.transfer_syntax(), {}, issues);
  if (!reader) return;
  const dicom::PixelFormat& format = reader->format();
  const bool is_plain = !file.transfer_syntax().is_encapsulated;
  for (std::uint32_t index = 0; index < format.frames; index += std::max(1U, format.frames / 3)) {
    const auto frame = reader->read(index, issues);
    if (!frame) continue;
    const WebReply reply = client.get(url + "/frames/" + std::to_string(index + 1), "application/octet-stream");
    EXPECT_EQ(reply.status, 200) << shared.name << ' ' << reply.body;
    // Single bits, planes and shared colours go out as they are stored.
    if (is_plain && (format.bits_allocated == 1 || format.is_planar || format.photometric == "YBR_FULL_422")) continue;
    EXPECT_TRUE(reply.body == frame->bytes) << shared.name << " frame " << index + 1;
    ++counts.frames;
  }
}

TEST_F(DicomWebConformance, every_readable_file_is_stored_found_and_given_out_bit_for_bit) {
  WebClient client;
  Counts counts;
  for (const SharedFile& shared : shared_files()) {
    Issues issues;
    const auto file = dicom::read_file(shared.bytes, {}, issues);
    const WebReply reply = client.post("/dicomweb/studies", "application/dicom", shared.bytes, 64 * 1024);
    if (reply.status == 200) {
      ASSERT_TRUE(file) << shared.name;
      ++counts.stored;
      try_stored(client, shared, *file, counts);
      continue;
    }
    EXPECT_EQ(reply.status, 409) << shared.name;
    EXPECT_THAT(reply.body, ::testing::HasSubstr("00000902")) << shared.name << ' ' << reply.body;  // words
    if (!file) {
      ++counts.broken;
    } else if (lacks_uid(file->data_set())) {
      ++counts.nameless;
    } else {
      // Another file of the collections has its UID: it goes into an archive of its own.
      EXPECT_THAT(reply.body, ::testing::HasSubstr("[273]")) << shared.name << ' ' << reply.body;
      WebClient other;
      ASSERT_EQ(other.post("/dicomweb/studies", "application/dicom", shared.bytes, 1 << 20).status, 200) << shared.name;
      ++counts.stored;
      try_stored(other, shared, *file, counts);
    }
  }
  EXPECT_EQ(counts.stored, 249U);
  EXPECT_EQ(counts.nameless, 27U);
  EXPECT_EQ(counts.broken, 4U);
  EXPECT_EQ(counts.frames, 228U);
  EXPECT_EQ(counts.pictures, (std::map<int, std::size_t>{{200, 180}, {404, 68}, {422, 1}}));
}

}  // namespace
}  // namespace meridian::dicomweb
