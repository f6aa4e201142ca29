#include "formats/signal/wfdb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/testing/fault_file_system.hpp"

namespace meridian::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Wfdb : public ::testing::Test {
 protected:
  void put(const std::string& name, std::string_view bytes) { ASSERT_TRUE(replace_file(files, name, bytes)); }
  Result<Recording> read(const std::string& name, FrameRange range = {}, const WfdbLimits& limits = {}) {
    issues.clear();
    return read_wfdb(files, name, range, limits, issues);
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const Issue& issue : issues.all()) found.emplace_back(issue.message->id);
    return found;
  }
  meridian::testing::FaultFileSystem files;
  Issues issues;
};

TEST_F(Wfdb, deals_the_samples_of_a_file_out_to_its_signals) {
  put("r.hea",
      "# of nobody\nr 3 100 3 7:05:09.25 1/2/2020\nr.dat 16x2 100(10)/mmHg 16 0 1 33 0 ABP left\nr.dat 16 0\n"
      "r.dat 16 50/mV 12 5\n# said: nothing\n");
  put("r.dat", std::string_view("\1\0\2\0\3\0\4\0\5\0\6\0\7\0\x08\0\x09\0\x0A\0\x00\x80\xFF\xFF", 24));
  const auto recording = read("r");
  ASSERT_TRUE(recording);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(to_string(*recording->start), "2020-02-01T07:05:09.250");
  EXPECT_EQ(recording->frames, 3U);
  EXPECT_THAT(recording->comments, ElementsAre("of nobody", "said: nothing"));
  ASSERT_THAT(recording->channels, SizeIs(3));
  EXPECT_EQ(recording->channels[0].label, "ABP left");
  EXPECT_EQ(recording->channels[0].unit, "mmHg");
  EXPECT_THAT(recording->channels[0].samples, ElementsAre(1, 2, 5, 6, 9, 10));
  EXPECT_THAT(frame_means(recording->channels[0]), ElementsAre(1, 5, 9));
  EXPECT_DOUBLE_EQ(recording->channels[0].value(5), 0.0);
  EXPECT_THAT(recording->channels[1].samples, ElementsAre(3, 7, kMissing));
  EXPECT_TRUE(std::isnan(recording->channels[1].value(2)));
  EXPECT_THAT(recording->channels[2].samples, ElementsAre(4, 8, -1));
  EXPECT_DOUBLE_EQ(recording->channels[2].value(0), -0.02);  // the converter's zero is the baseline
  const auto middle = read("r.hea", {1, 2});
  ASSERT_TRUE(middle);
  EXPECT_EQ(middle->first_frame, 1U);
  EXPECT_THAT(middle->channels[0].samples, ElementsAre(5, 6));
  EXPECT_THAT(read("r", {7, 9})->channels[0].samples, IsEmpty());
}

TEST_F(Wfdb, brings_skewed_signals_back_into_time) {
  put("s.hea", "s 2 100 4\ns.dat 80 1\ns.dat 80:2 1\n");
  put("s.dat", "\x81\x91\x82\x92\x83\x93\x84\x94");
  const auto recording = read("s");
  ASSERT_TRUE(recording);
  EXPECT_THAT(recording->channels[0].samples, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(recording->channels[1].samples, ElementsAre(19, 20, kMissing, kMissing));
}

TEST_F(Wfdb, puts_segments_one_behind_the_other_by_label) {
  put("m.hea", "m/4 2 100 7\nlayout 0\na 2\n~ 3\nb 2\n");
  put("layout.hea", "layout 2 100 0\n~ 0 100/mV 8 0 0 0 0 II\n~ 0 1/mmHg 8 0 0 0 0 ABP\n");
  put("a.hea", "a 1 100 2\na.dat 80 1/mmHg 8 0 1 3 0 ABP\n");
  put("a.dat", "\x81\x82");
  put("b.hea", "b 2 100 2\nb.dat 80 2/mmHg 8 0 3 8 0 ABP\nb.dat 80 100/mV 8 0 4 10 0 II\n");
  put("b.dat", "\x83\x84\x85\x86");
  const auto recording = read("m");
  ASSERT_TRUE(recording);
  EXPECT_THAT(ids(), IsEmpty());
  const std::int32_t no = kMissing;
  EXPECT_THAT(recording->channels[0].samples, ElementsAre(no, no, no, no, no, 4, 6));
  EXPECT_THAT(recording->channels[1].samples, ElementsAre(1, 2, no, no, no, 3, 5));
  EXPECT_DOUBLE_EQ(recording->channels[1].value(1), 2.0);
  EXPECT_DOUBLE_EQ(recording->channels[1].value(6), 2.5);  // the second segment has a gain of its own
  EXPECT_THAT(read("m", {5, 6})->channels[1].samples, ElementsAre(3));
}

TEST_F(Wfdb, says_what_is_wrong_and_reads_the_rest) {
  put("f.hea", "f 4 100 3\nf.dat 80 1 8 0 1 99 0 sum\n../etc/passwd 16 1\nabsent.dat 16 1\nf2.dat 77 1\n");
  put("f.dat", "\x81\x82");
  const auto recording = read("f");
  ASSERT_TRUE(recording);
  EXPECT_THAT(ids(), ElementsAre("signal-unknown-format", "signal-short", "signal-bad-file-name", "signal-no-file"));
  EXPECT_EQ(issues.all()[2].position.line, 3U);
  EXPECT_THAT(recording->channels[0].samples, ElementsAre(1, 2, kMissing));
  put("f.dat", "\x81\x82\x83");
  ASSERT_TRUE(read("f"));
  EXPECT_THAT(ids(), ElementsAre("signal-unknown-format", "signal-checksum", "signal-bad-file-name", "signal-no-file"));
  put("g.hea", "\n# nothing but comments\n");
  EXPECT_EQ(read("g").error().code(), ErrorCode::malformed_input);
  EXPECT_THAT(ids(), ElementsAre("signal-no-record-line"));
  put("flac.hea", "flac 1 100 10\nflac.dat 516 1\n");
  put("flac.dat", "fLaC, but not really");
  ASSERT_TRUE(read("flac"));
  EXPECT_THAT(ids(), ElementsAre("signal-bad-flac", "signal-short"));
  put("loop.hea", "loop/1 1 100 10\nloop 10\n");
  ASSERT_TRUE(read("loop"));
  EXPECT_THAT(ids(), ElementsAre("signal-bad-segment"));
}

TEST_F(Wfdb, reads_no_more_than_it_may) {
  put("h.hea", "h 1 100 1000000000000\nh.dat 16 1\n");
  put("h.dat", "");
  EXPECT_EQ(read("h").error().code(), ErrorCode::too_large);
  EXPECT_TRUE(read("h", {999'999'999'990}));
  put("w.hea", "w 2 100 1\nw.dat 16x1000000 1\nw.dat 16x1000000 1\n");
  EXPECT_EQ(read("w").error().code(), ErrorCode::malformed_input);
  EXPECT_THAT(ids(), ElementsAre("signal-too-much"));
}

}  // namespace
}  // namespace meridian::signal
