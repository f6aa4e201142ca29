#include "mapping/waveform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/testing/shared_files.hpp"

namespace meridian::mapping {
namespace {

using dicom::testing::element;
using dicom::testing::item;
using dicom::testing::little_16;
using dicom::testing::little_32;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string group(const std::string& interpretation, std::uint32_t bits, std::uint32_t frames,
                  const std::string& data) {
  const std::string unit = element(0x003A0211, "SQ", item(element(0x00080100, "SH", "mV")));
  const std::string lead = element(0x003A0208, "SQ", item(element(0x00080104, "LO", "Lead I")));
  const std::string named = element(0x003A0203, "SH", "II");
  const std::string scale =
      element(0x003A0210, "DS", "0.005") + unit + element(0x003A0212, "DS", "2") + element(0x003A0213, "DS", "0.1");
  return item(element(0x003A0005, "US", little_16(2)) + element(0x003A0010, "UL", little_32(frames)) +
              element(0x003A001A, "DS", "500") + element(0x003A0020, "SH", "RHYTHM") +
              element(0x003A0200, "SQ", item(lead + scale) + item(named + scale)) +
              element(0x54001004, "US", little_16(bits)) + element(0x54001006, "CS", interpretation) +
              element(0x5400100A, "OW", little_16(0x8000)) + element(0x54001010, "OW", data));
}

std::vector<signal::Recording> read(const std::string& groups, Issues& issues, std::uint64_t most = 1000) {
  Issues reading;
  const auto file = dicom::read_file(
      dicom::testing::explicit_file(element(0x0008002A, "DT", "20260131093000.5") + element(0x54000100, "SQ", groups)),
      {}, reading);
  EXPECT_TRUE(file);
  return recordings_of(file->data_set(), most, issues);
}

TEST(Waveform, a_multiplex_group_becomes_a_recording) {
  Issues issues;
  const auto all =
      read(group("SS", 16, 2, little_16(1) + little_16(2) + little_16(0xFFFF) + little_16(0x8000)), issues);
  EXPECT_THAT(issues.all(), IsEmpty());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].name, "RHYTHM");
  EXPECT_EQ(all[0].frames_per_second, 500);
  EXPECT_EQ(signal::to_string(*all[0].start), "2026-01-31T09:30:00.500");
  ASSERT_THAT(all[0].channels, SizeIs(2));
  EXPECT_EQ(all[0].channels[0].label, "Lead I");
  EXPECT_EQ(all[0].channels[1].label, "II");
  EXPECT_EQ(all[0].channels[0].unit, "mV");
  EXPECT_THAT(all[0].channels[0].samples, ElementsAre(1, -1));
  EXPECT_THAT(all[0].channels[1].samples, ElementsAre(2, signal::kMissing));
  EXPECT_THAT(all[0].channels[0].value(0), DoubleNear(0.11, 1e-9));
}

TEST(Waveform, compressed_bytes_are_expanded) {
  Issues issues;
  const auto mu = read(group("MB", 8, 1, "\xFF\x80"), issues);
  ASSERT_THAT(mu, SizeIs(1));
  EXPECT_THAT(mu[0].channels[0].samples, ElementsAre(0));
  EXPECT_THAT(mu[0].channels[1].samples, ElementsAre(32124));
  const auto a = read(group("AB", 8, 1, "\xD5\xAA"), issues);
  EXPECT_THAT(a[0].channels[0].samples, ElementsAre(8));
  EXPECT_THAT(a[0].channels[1].samples, ElementsAre(32256));
}

TEST(Waveform, groups_that_do_not_hold_are_left_out_and_said) {
  Issues issues;
  const std::string whole = group("SS", 16, 1, little_16(1) + little_16(2));
  EXPECT_THAT(read(whole + group("SS", 16, 2, little_16(1)) + group("XX", 16, 1, little_16(1) + little_16(1)), issues),
              SizeIs(1));
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_EQ(issues.all()[0].path, "(5400,0100)[1]");
  EXPECT_THAT(read(whole, issues, 1), IsEmpty());
}

TEST(Waveform, electrocardiograms_of_the_outside_data_are_read) {
  const auto& files = dicom::testing::shared_files();
  if (files.empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  std::size_t recordings = 0;
  for (const auto& shared : files) {
    Issues issues;
    const auto file = dicom::read_file(shared.bytes, {}, issues);
    if (!file) continue;
    Issues faults;
    for (const signal::Recording& recording : recordings_of(file->data_set(), 10'000'000, faults)) {
      ++recordings;
      for (const signal::Channel& channel : recording.channels) {
        EXPECT_THAT(channel.samples, SizeIs(recording.frames)) << shared.name;
        EXPECT_FALSE(channel.label.empty()) << shared.name;
      }
    }
    EXPECT_THAT(faults.all(), IsEmpty()) << shared.name;
  }
  EXPECT_EQ(recordings, 3U);
}

}  // namespace
}  // namespace meridian::mapping
