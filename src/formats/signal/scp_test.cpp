#include "formats/signal/scp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/signal/internal/scp_bytes.hpp"
#include "formats/signal/internal/scp_huffman.hpp"
#include "formats/signal/testing/scp_writer.hpp"

namespace meridian::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::scp_file;
using testing::scp_sections;
using testing::ScpCoding;
using testing::ScpData;
using testing::ScpWriting;
using ::testing::SizeIs;

constexpr std::int32_t kNo = kMissing;

Channel lead(std::string code, std::vector<std::int32_t> samples) {
  Channel channel;
  channel.code = std::move(code);
  channel.scales = {{0, 0.4, 0}};  // 2,500 nV
  channel.samples = std::move(samples);
  return channel;
}

EcgSeries series_of(EcgSeries::Kind kind, std::vector<Channel> channels) {
  EcgSeries series;
  series.kind = kind;
  series.recording.frames_per_second = 500;
  series.recording.frames = channels[0].samples.size();
  series.recording.channels = std::move(channels);
  return series;
}

class Scp : public ::testing::Test {
 protected:
  Result<Ecg> read(const std::string& file, const EcgLimits& limits = {}) {
    issues.clear();
    return read_scp(file, limits, issues);
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    for (const Issue& issue : issues.all()) found.emplace_back(issue.message->id);
    return found;
  }
  /// Two leads of which the second begins later.
  static Ecg two_leads() {
    Ecg ecg;
    ecg.series.push_back(series_of(EcgSeries::Kind::rhythm, {lead("MDC_ECG_LEAD_I", {0, 1, 0, 9, 300, -32'768, 7}),
                                                             lead("MDC_ECG_LEAD_AVR", {kNo, kNo, -9, 8, 8, 8, 9})}));
    return ecg;
  }
  Issues issues;
};

TEST(ScpChecksum, is_that_of_ccitt) {
  EXPECT_EQ(internal::scp_crc("123456789"), 0x29B1);
}

TEST(ScpHuffman, reads_the_table_of_the_standard) {
  const auto& table = internal::HuffmanTables::standard();
  // 0 | 100 | 101 | 1111111110 and the eight bits of 9
  EXPECT_THAT(table.decode("\x4B\xFF\x04\xFF", 9), ElementsAre(0, 1, -1, 9));
  // 1111111111 and the sixteen bits of -300, then 1111111101
  EXPECT_THAT(table.decode("\xFF\xFF\xB5\x3F\xDF", 9), ElementsAre(-300, -8));
  EXPECT_THAT(table.decode(std::string_view("\0", 1), 3), ElementsAre(0, 0, 0));
  EXPECT_THAT(table.decode("", 3), IsEmpty());
}

TEST(ScpHuffman, refuses_tables_that_do_not_fit) {
  const auto parse = [](const ScpData& data) { return internal::HuffmanTables::parse(data.bytes()).has_value(); };
  const auto code = [](ScpData data, unsigned prefix_bits, unsigned all_bits, unsigned mode, unsigned value,
                       std::uint32_t prefix) {
    return data.u8(prefix_bits).u8(all_bits).u8(mode).u16(value).u32(prefix);
  };
  const ScpData one = ScpData().u16(1).u16(1);
  const ScpData two = ScpData().u16(1).u16(2);
  EXPECT_TRUE(parse(code(one, 1, 1, 1, 5, 0)));
  EXPECT_FALSE(parse(code(one, 0, 1, 1, 5, 0)));                       // a code of no bits
  EXPECT_FALSE(parse(code(one, 33, 33, 1, 5, 0)));                     // longer than its place
  EXPECT_FALSE(parse(code(one, 2, 1, 1, 5, 0)));                       // fewer bits in all than before
  EXPECT_FALSE(parse(code(one, 1, 18, 1, 5, 0)));                      // more than a sample
  EXPECT_FALSE(parse(code(one, 1, 1, 0, 2, 0)));                       // a table that is not there
  EXPECT_FALSE(parse(code(code(two, 1, 1, 1, 5, 0), 2, 2, 1, 6, 0)));  // one begins the other
  EXPECT_FALSE(parse(code(code(two, 2, 2, 1, 5, 0), 1, 1, 1, 6, 0)));
  EXPECT_FALSE(parse(code(two, 1, 1, 1, 5, 0)));  // one is missing
  EXPECT_FALSE(parse(ScpData().u16(65)));
  EXPECT_FALSE(parse(ScpData().u8(1)));
}

TEST_F(Scp, reads_samples_however_they_are_written) {
  const Ecg ecg = two_leads();
  for (const ScpCoding coding : {ScpCoding::words, ScpCoding::standard, ScpCoding::own_tables}) {
    for (const int differences : {0, 1, 2}) {
      ScpWriting how;
      how.coding = coding;
      how.differences = differences;
      const auto read_back = read(scp_file(scp_sections(ecg, how)));
      ASSERT_TRUE(read_back);
      EXPECT_THAT(ids(), IsEmpty()) << static_cast<int>(coding) << ' ' << differences;
      ASSERT_THAT(read_back->series, SizeIs(1));
      const Recording& recording = read_back->series[0].recording;
      EXPECT_DOUBLE_EQ(recording.frames_per_second, 500);
      ASSERT_THAT(recording.channels, SizeIs(2));
      EXPECT_THAT(recording.channels[0].samples, ElementsAre(0, 1, 0, 9, 300, -32'768, 7));
      EXPECT_THAT(recording.channels[1].samples, ElementsAre(kNo, kNo, -9, 8, 8, 8, 9));
      EXPECT_EQ(recording.channels[1].label, "aVR");
      EXPECT_EQ(recording.channels[1].code, "MDC_ECG_LEAD_AVR");
      EXPECT_EQ(recording.channels[0].unit, "uV");
      EXPECT_DOUBLE_EQ(recording.channels[0].value(3), 22.5);
    }
  }
}

TEST_F(Scp, says_whose_it_is_and_what_recorded_it) {
  Ecg ecg = two_leads();
  ecg.subject = {"4711", "", "Müller", "Jörg", "1953-05-08", Sex::male};
  ecg.device = {"Acme", "CART 9", "SN1", "v2.0"};
  ecg.series[0].recording.start = LocalStart{2020, 2, 29, 81'296'000};
  ecg.series[0].recording.comments = {"palpitations"};
  ecg.statements = {"Sinus rhythm", "Normal ECG"};
  const auto read_back = read(scp_file(scp_sections(ecg, {})));
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_EQ(read_back->subject, ecg.subject);
  EXPECT_EQ(read_back->device, ecg.device);
  EXPECT_EQ(to_string(*read_back->series[0].recording.start), "2020-02-29T22:34:56.000");
  EXPECT_THAT(read_back->series[0].recording.comments, ElementsAre("palpitations"));
  EXPECT_THAT(read_back->statements, ElementsAre("Sinus rhythm", "Normal ECG"));
  EXPECT_TRUE(issues.empty());
}

TEST_F(Scp, reads_texts_in_the_character_set_of_the_device) {
  Ecg ecg = two_leads();
  ecg.subject.family = "M\xFCller";
  EXPECT_EQ(read(scp_file(scp_sections(ecg, {})))->subject.family, "Müller");
  ScpWriting chinese;
  chinese.language = 0x27;
  ecg.subject.family = "\xCD\xF5\xD0\xA1\xC3\xF7";
  EXPECT_EQ(read(scp_file(scp_sections(ecg, chinese)))->subject.family, "王小明");
}

TEST_F(Scp, gives_back_the_beats_that_were_subtracted) {
  Ecg ecg;
  std::vector<std::int32_t> samples;
  for (int i = 0; i < 40; ++i) samples.push_back(i % 11 * 20 - 50);
  ecg.series.push_back(series_of(EcgSeries::Kind::rhythm, {lead("MDC_ECG_LEAD_I", samples)}));
  ecg.series.push_back(series_of(EcgSeries::Kind::beat, {lead("MDC_ECG_LEAD_I", {5, 80, -40, 3, 1})}));
  ScpWriting how;
  how.beats = {1, 12, 36};
  const std::string file = scp_file(scp_sections(ecg, how));
  const auto read_back = read(file);
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), IsEmpty());
  ASSERT_THAT(read_back->series, SizeIs(2));
  EXPECT_EQ(read_back->series[0].recording.channels[0].samples, samples);
  EXPECT_EQ(read_back->series[1].kind, EcgSeries::Kind::beat);
  EXPECT_THAT(read_back->series[1].recording.channels[0].samples, ElementsAre(5, 80, -40, 3, 1));

  // A beat whose units are no multiple of the rhythm's cannot be given back exactly.
  auto sections = scp_sections(ecg, how);
  sections[5][0] = '\x01';
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-subtraction"));
}

TEST_F(Scp, lays_the_beat_fiducial_point_upon_fiducial_point) {
  const auto words = [](std::initializer_list<int> numbers) {
    ScpData data;
    for (const int number : numbers) data.u16(static_cast<std::uint16_t>(number));
    return data.bytes();
  };
  // Five samples of 2 ms, the second of which is the fiducial point. Beats at samples 3 and 7: of the first, samples 2
  // to 4 were subtracted; of the second, which begins with its fiducial point, 7 and 8; the third is of another type.
  std::map<unsigned, std::string> sections;
  sections[3] = ScpData().u8(1).u8(5).u32(1).u32(10).u8(1).bytes();
  ScpData beats;
  beats.u16(10).u16(2).u16(3);
  beats.u16(0).u32(2).u32(3).u32(4).u16(0).u32(7).u32(7).u32(8).u16(1).u32(0).u32(10).u32(0);
  sections[4] = beats.bytes();
  // The beat counts in 5,000 nV, the rhythm in 2,500.
  sections[5] = ScpData().u16(5'000).u16(2'000).u8(0).u8(0).u16(10).text(words({10, 20, 30, 40, 50})).bytes();
  sections[6] = ScpData().u16(2'500).u16(2'000).u8(0).u8(0).u16(20).bytes() + words({1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  const auto read_back = read(scp_file(sections));
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_THAT(read_back->series[0].recording.channels[0].samples, ElementsAre(1, 21, 41, 61, 1, 1, 41, 61, 1, 1));
}

TEST_F(Scp, refuses_bimodal_compression_and_shows_the_rest) {
  auto sections = scp_sections(two_leads(), {});
  sections[6][5] = 1;
  const auto read_back = read(scp_file(sections));
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), ElementsAre("scp-bimodal"));
  EXPECT_EQ(issues.all()[0].type, IssueType::not_supported);
  EXPECT_THAT(read_back->series, IsEmpty());
}

TEST_F(Scp, reads_global_measurements) {
  auto sections = scp_sections(two_leads(), {});
  ScpData data;
  data.u8(1).u8(1).u16(800).u16(29'999);
  // Onsets and offsets: P 100 to 200, QRS 260 to 350, T until 640; axes 45°, -30°, not known.
  data.u16(100).u16(200).u16(260).u16(350).u16(640).u16(45).u16(static_cast<std::uint16_t>(-30)).u16(999);
  data.u16(5).u16(6).u8(1).u8(2).u16(3).u16(4);  // one spike of a pacemaker
  data.u16(2).u8(0).u8(0).u16(75).u16(75).u16(412).u8(1).u16(0);
  sections[7] = data.bytes();
  const auto read_back = read(scp_file(sections));
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), IsEmpty());
  const auto of = [](const char* code, double value, const char* unit) {
    return EcgMeasurement{code, value, unit, ""};
  };
  EXPECT_THAT(read_back->series[0].measurements,
              ElementsAre(of("MDC_ECG_TIME_PD_RR", 800, "ms"), of("MDC_ECG_TIME_PD_P", 100, "ms"),
                          of("MDC_ECG_TIME_PD_PR", 160, "ms"), of("MDC_ECG_TIME_PD_QRS", 90, "ms"),
                          of("MDC_ECG_TIME_PD_QT", 380, "ms"), of("MDC_ECG_ANGLE_P_FRONT", 45, "deg"),
                          of("MDC_ECG_ANGLE_QRS_FRONT", -30, "deg"), of("MDC_ECG_HEART_RATE", 75, "/min"),
                          of("MDC_ECG_TIME_PD_QTc", 412, "ms")));
}

TEST_F(Scp, warns_of_wrong_checksums_and_reads_on) {
  std::string file = scp_file(scp_sections(two_leads(), {}));
  file[6] = static_cast<char>(file[6] ^ 1);
  const auto read_back = read(file);
  ASSERT_TRUE(read_back);
  EXPECT_THAT(ids(), ElementsAre("scp-crc", "scp-crc"));  // of section 0, and so of the file
  EXPECT_FALSE(issues.has_errors());
  EXPECT_THAT(read_back->series[0].recording.channels[0].samples, ElementsAre(0, 1, 0, 9, 300, -32'768, 7));
}

TEST_F(Scp, reads_what_is_left_of_a_file_that_was_cut) {
  const std::string file = scp_file(scp_sections(two_leads(), {}));
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto read_back = read(file.substr(0, size));
    if (!read_back) {
      EXPECT_EQ(read_back.error().code(), ErrorCode::malformed_input);
      continue;
    }
    EXPECT_FALSE(issues.empty()) << size;
  }
  ASSERT_TRUE(read(file.substr(0, file.size() - 3)));
  EXPECT_THAT(ids(), ElementsAre("scp-length", "scp-outside", "scp-short"));
  EXPECT_EQ(issues.all()[2].path, "section 6.lead[1]");
}

TEST_F(Scp, holds_every_length_against_what_is_there) {
  auto sections = scp_sections(two_leads(), {});
  sections[3][2] = 9;  // the first lead begins behind its end
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-lead"));
  sections = scp_sections(two_leads(), {});
  sections[3][9] = '\x7F';  // and here it ends after two thousand million samples
  EXPECT_EQ(read(scp_file(sections)).error().code(), ErrorCode::too_large);
  sections = scp_sections(two_leads(), {});
  sections[6][4] = 3;
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-coding"));
  sections = scp_sections(two_leads(), {});
  sections[2] = ScpData().u16(7).bytes();
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-tables"));
  sections.erase(3);
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-no-section"));
  EcgLimits limits;
  limits.max_samples = 13;
  EXPECT_EQ(read(scp_file(scp_sections(two_leads(), {})), limits).error().code(), ErrorCode::too_large);
  limits.max_bytes = 100;
  EXPECT_EQ(read(scp_file(scp_sections(two_leads(), {})), limits).error().code(), ErrorCode::too_large);
}

TEST_F(Scp, names_the_sections_that_it_does_not_read) {
  auto sections = scp_sections(two_leads(), {});
  sections[12] = "samples of days";
  ASSERT_TRUE(read(scp_file(sections)));
  EXPECT_THAT(ids(), ElementsAre("scp-unread"));
}

TEST_F(Scp, is_recognised_by_its_content) {
  std::string file = scp_file(scp_sections(two_leads(), {}));
  EXPECT_EQ(recognise(file), EcgFormat::scp);
  file.replace(16, 6, std::string(6, '\0'));  // the first edition has no mark
  EXPECT_EQ(recognise(file), EcgFormat::scp);
  EXPECT_EQ(recognise("100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n"), EcgFormat::none);
  EXPECT_EQ(recognise(""), EcgFormat::none);
  EXPECT_EQ(read("no ECG").error().code(), ErrorCode::malformed_input);
}

}  // namespace
}  // namespace meridian::signal
