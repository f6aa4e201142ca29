#include "mapping/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/time_zone.hpp"
#include "formats/tree/xml.hpp"
#include "mapping/internal/record_value.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

using internal::compact_time;
using internal::DateOrder;
using internal::read_measured;
using ::testing::ElementsAre;

TEST(RecordValue, reads_times_as_people_and_programs_write_them) {
  const auto time = [](std::string_view text) { return compact_time(text, DateOrder::year_first); };
  EXPECT_EQ(time("2024-01-31"), "20240131");
  EXPECT_EQ(time("2024/1/5"), "20240105");
  EXPECT_EQ(time("2024年1月5日"), "20240105");
  EXPECT_EQ(time("2024-01"), "202401");
  EXPECT_EQ(time("2024-01-31T15:30:00.250+08:00"), "20240131153000.250+0800");
  EXPECT_EQ(time(" 2024-01-31 15:30 "), "20240131153000");
  EXPECT_EQ(time("2024-01-31 15:30:07Z"), "20240131153007+0000");
  EXPECT_EQ(time("2024年1月31日 下午3:30"), "20240131153000");
  EXPECT_EQ(time("2024年1月31日15时30分20秒"), "20240131153020");
  EXPECT_EQ(time("2024/1/31 12:05 AM"), "20240131000500");
  EXPECT_EQ(time("20240131153000"), "20240131153000");
  EXPECT_EQ(compact_time("31.01.2024 09:05", DateOrder::day_first), "20240131090500");
  EXPECT_EQ(compact_time("1/31/2024 3:30 PM", DateOrder::month_first), "20240131153000");
  EXPECT_EQ(compact_time("2024-01-31", DateOrder::day_first), "20240131");
  for (const char* text : {"31.01.2024", "yesterday", "2024-01-31 at noon", "", "2024-01-31 15", "24-1-31"}) {
    EXPECT_EQ(time(text), "") << text;
  }
}

TEST(RecordValue, reads_seconds_and_milliseconds_since_1970) {
  EXPECT_EQ(internal::time_of_epoch("0"), "19700101000000+0000");
  EXPECT_EQ(internal::time_of_epoch("1706686200"), "20240131073000+0000");
  EXPECT_EQ(internal::time_of_epoch("1706686200250"), "20240131073000.250+0000");
  EXPECT_EQ(internal::time_of_epoch("-5"), "");
  EXPECT_EQ(internal::time_of_epoch("99999999999999999"), "");
  EXPECT_EQ(internal::time_of_epoch("now"), "");
}

TEST(RecordValue, tells_a_measured_number_from_words) {
  EXPECT_EQ(read_measured("5.40").number, "5.40");
  EXPECT_EQ(read_measured("<0.5").comparator, "<");
  EXPECT_EQ(read_measured("≥ 100").comparator, ">=");
  EXPECT_EQ(read_measured("≥ 100").number, "100");
  EXPECT_EQ(read_measured("1,234.5").number, "1234.5");
  EXPECT_EQ(read_measured("1,5").number, "");
  EXPECT_EQ(read_measured("1,2345").number, "");
  EXPECT_EQ(read_measured("positive").number, "");
  EXPECT_EQ(read_measured("<trace").comparator, "");
}

RecordHeader header(std::string_view map, std::string_view json) {
  Issues issues;
  const tree::Document record = read_record(json, issues);
  EXPECT_TRUE(record);
  return read_record_header(*testing::catalogue(), map, record, testing::context().zone);
}

TEST(RecordHeader, says_what_the_map_names) {
  const RecordHeader found =
      header("lab-results", R"({"patient_no": "7", "order_no": "S1", "reported": "2024-05-01 08:00"})");
  EXPECT_EQ(found.id, "");
  EXPECT_THAT(found.order, ElementsAre("7"));
  EXPECT_EQ(found.time, 1714521600000000);
  EXPECT_EQ(header("lab-results", R"({"reported": "soon"})").time, std::nullopt);
  EXPECT_TRUE(has_record_map(*testing::catalogue(), "lab-results"));
  EXPECT_FALSE(has_record_map(*testing::catalogue(), "ADT_A01"));
}

TEST(Record, knows_the_patient_of_messages_by_the_same_number) {
  MappingContext context = testing::context();
  context.default_authority = "urn:oid:1.2.3";
  testing::Record record(context);
  record.take("MSH|^~\\&|LIS||||20240501||ADT^A08|1|P|2.5\nPID|1||7||Wang^Ming||19700101|M\nPV1|1|O");
  ASSERT_EQ(record.all("Patient").size(), 1U);
  record.take_record("lab-results", R"({"patient_no": "7", "order_no": "S1", "loinc": "718-7", "value": "13.1"})");
  EXPECT_EQ(record.all("Patient").size(), 1U);
  EXPECT_EQ(record.all("Observation").size(), 1U);
}

TEST(Record, keeps_results_apart_and_takes_the_same_one_once) {
  testing::Record record;
  const char* row = R"({"patient_no": "7", "order_no": "S1", "test_code": "HGB", "value": "13.1", "unit": "g/dL"})";
  record.take_record("lab-results", row);
  const std::size_t versions = record.versions();
  record.take_record("lab-results", row);
  EXPECT_EQ(record.versions(), versions);
  record.take_record("lab-results",
                     R"({"patient_no": "7", "order_no": "S2", "test_code": "HGB", "value": "negative"})");
  ASSERT_EQ(record.all("Observation").size(), 2U);
  std::string values;
  for (const std::string& one : record.all("Observation")) values += testing::find(one, "value.ofType(string)");
  EXPECT_EQ(values, "negative");
}

TEST(Record, says_what_it_cannot_convert_and_where) {
  testing::Record record;
  const Mapped mapped =
      record.take_record("lab-results", R"({"patient_no": "7", "order_no": "1", "value": "5", "collected": "soon"})");
  ASSERT_EQ(mapped.issues.all().size(), 1U);
  EXPECT_EQ(mapped.issues.all().front().path, "record/collected");
  EXPECT_EQ(to_string(origin_of_element(3, kOfRecord)), "REC#3");
}

TEST(Record, is_kept_as_json_whatever_it_came_as) {
  Issues issues;
  const tree::Document xml = tree::read_xml(
      "<r xmlns='urn:x'><p:no xmlns:p='urn:y'>7</p:no><test code='GLU' unit='mmol/L'>5.4</test><test/></r>", {},
      issues);
  ASSERT_TRUE(xml);
  const std::string json = to_json(xml.root());
  EXPECT_EQ(json, R"({"no":"7","test":[{"code":"GLU","unit":"mmol/L","text":"5.4"},""]})");
  const tree::Document record = read_record(json, issues);
  EXPECT_EQ(to_json(record.root()), json);
}

}  // namespace
}  // namespace meridian::mapping
