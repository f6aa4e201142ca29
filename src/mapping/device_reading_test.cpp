// Readings of devices: clocks set right, units converted, values that cannot be true set apart, waves as series; and
// what is said of faulty kinds. What each kind of the catalogue makes is in catalog/devices/tests (examples_test.cpp).
#include "mapping/device_reading.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/time_zone.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/record.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

constexpr const char* kKind = R"(device: probe
title: {en: Probe, zh: 探头}
payload: {device: id, time: t, sequence: n, patient: p}
clock: {tolerance: 2m, stored: 1h, correct: RULE}
values:
  - {name: pressure, from: pressure, display: Pressure, loinc: 8480-6, unit: "mm[Hg]", unit_from: unit, plausible: [40, 300]}
  - {name: wave, from: wave, display: Wave, unit: mV, high_rate: 250}
)";

std::string with(std::string text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
  return text;
}

DeviceKind kind_of(const std::string& yaml) {
  Issues issues;
  std::optional<DeviceKind> kind = read_device_kind("devices/probe.yaml", yaml, issues);
  EXPECT_TRUE(kind) << (issues.all().empty() ? "" : text(issues.all().front(), Language::english));
  return kind.value_or(DeviceKind());
}

Instant at(const char* text) {
  return *Instant::parse(text);
}

struct Read {
  DeviceReading reading;
  Issues issues;
  std::string of(std::string_view name) const {
    return reading.record ? std::string(reading.record.root().child(name).text()) : std::string();
  }
};

Read read(const DeviceKind& kind, std::string_view json, const char* arrived = "2024-05-01T00:30:05Z") {
  Read out;
  Issues ignored;
  const tree::Document sent = read_record(json, ignored);
  out.reading = read_device(kind, sent, {"P-1", "ICU"}, TimeZone(), at(arrived), out.issues);
  return out;
}

TEST(DeviceReading, converts_what_is_sent_in_another_unit) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  EXPECT_EQ(read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":120,"unit":"mmHg"})").of("v_pressure"),
            "120");
  EXPECT_EQ(read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":16,"unit":"kPa"})").of("v_pressure"),
            "120.010201");
}

TEST(DeviceReading, sets_apart_what_cannot_be_true_and_keeps_what_was_sent) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  for (const char* pressure : {"999", "\"---\"", "12"}) {
    const Read out = read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":)" + std::string(pressure) + "}");
    EXPECT_EQ(out.of("v_pressure"), "");
    EXPECT_EQ(out.of("x_pressure"), "error");
    EXPECT_EQ(out.reading.implausible, 1U);
    EXPECT_NE(out.of("note").find("Pressure was sent as"), std::string::npos);
    EXPECT_FALSE(out.issues.has_errors());
  }
  const Read unknown = read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":120,"unit":"foo"})");
  EXPECT_EQ(unknown.of("x_pressure"), "error");
  const Read of_length = read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":120,"unit":"m"})");
  EXPECT_EQ(of_length.of("x_pressure"), "error");
}

TEST(DeviceReading, says_nothing_of_a_value_that_was_not_sent) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  const Read out = read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","pressure":null})");
  EXPECT_EQ(out.reading.values + out.reading.implausible, 0U);
  EXPECT_EQ(out.of("values"), "");
}

TEST(DeviceReading, believes_a_clock_within_its_tolerance_and_readings_kept_in_the_device) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  for (const char* time : {"2024-05-01T00:30:00Z", "2024-05-01T00:32:00Z", "2024-04-30T23:31:00Z"}) {
    const Read out = read(kind, R"({"id":"P-1","t":")" + std::string(time) + R"(","pressure":120})");
    EXPECT_FALSE(out.reading.is_clock_corrected) << time;
    EXPECT_EQ(out.reading.time, at(time));
  }
}

TEST(DeviceReading, takes_the_time_of_arrival_for_that_of_a_wrong_clock_and_says_so) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  for (const char* time : {R"("1970-01-01T00:00:07Z")", R"("2024-05-01T09:00:00Z")", R"("noon")", "null"}) {
    const Read out = read(kind, R"({"id":"P-1","pressure":120,"t":)" + std::string(time) + "}");
    EXPECT_TRUE(out.reading.is_clock_corrected) << time;
    EXPECT_EQ(out.reading.time, at("2024-05-01T00:30:05Z")) << time;
    EXPECT_NE(out.of("note").find("the time of arrival is taken"), std::string::npos);
  }
}

TEST(DeviceReading, takes_off_the_quarters_of_an_hour_of_another_zone) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "offset"));
  const Read ahead = read(kind, R"({"id":"P-1","t":"2024-05-01T08:30:00Z","pressure":120})");
  EXPECT_EQ(ahead.reading.time, at("2024-05-01T00:30:00Z"));
  EXPECT_NE(ahead.of("note").find("-480 minutes"), std::string::npos);
  const Read behind = read(kind, R"({"id":"P-1","t":"2024-04-30T18:45:30Z","pressure":120})");
  EXPECT_EQ(behind.reading.time, at("2024-05-01T00:30:30Z"));
  const Read neither = read(kind, R"({"id":"P-1","t":"2024-05-01T08:37:00Z","pressure":120})");
  EXPECT_EQ(neither.reading.time, at("2024-05-01T00:30:05Z"));
}

TEST(DeviceReading, refuses_a_wrong_clock_where_the_kind_says_so) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "refuse"));
  const Read out = read(kind, R"({"id":"P-1","t":"2024-05-01T08:30:00Z","pressure":120})");
  EXPECT_FALSE(out.reading.record);
  EXPECT_TRUE(out.issues.has_errors());
}

TEST(DeviceReading, gives_waves_as_series) {
  const DeviceKind kind = kind_of(with(kKind, "RULE", "arrival"));
  const Read out = read(kind, R"({"id":"P-1","t":"2024-05-01T00:30:00Z","wave":[0.5,-1,"x"]})");
  ASSERT_EQ(out.reading.series.size(), 1U);
  const DeviceSeries& series = out.reading.series.front();
  EXPECT_EQ(series.channel, "wave");
  EXPECT_EQ(series.rate, Decimal(250));
  ASSERT_EQ(series.samples.size(), 3U);
  EXPECT_EQ(series.samples[1], -1);
  EXPECT_NE(series.samples[2], series.samples[2]);  // no number
  EXPECT_EQ(out.of("values"), "");
}

TEST(DeviceKind, says_where_it_is_faulty) {
  const std::pair<const char*, const char*> kFaults[] = {
      {"loinc: 8480-6", "loinc: 8480-7"},        {"unit: \"mm[Hg]\"", "unit: mmHgg"},
      {"plausible: [40, 300]", "plausible: 40"}, {"plausible: [40, 300]", "plausible: [300, 40]"},
      {"from: pressure", "from: \"a[\""},        {"unit_from: unit", "sent: kg"},
      {"tolerance: 2m", "tolerance: soon"},      {"correct: arrival", "correct: never"},
      {"high_rate: 250", "high_rate: 0"},        {"name: wave", "name: pressure"},
      {"payload: {device: id, ", "payload: {"},  {"title:", "titel:"}};
  const std::string good = with(kKind, "RULE", "arrival");
  for (const auto& [what, by] : kFaults) {
    Issues issues;
    EXPECT_FALSE(read_device_kind("devices/probe.yaml", with(good, what, by), issues)) << by;
    ASSERT_TRUE(issues.has_errors()) << by;
    EXPECT_EQ(issues.all().front().path, "devices/probe.yaml");
    EXPECT_GT(issues.all().front().position.line, 0U);
  }
}

TEST(DeviceKind, of_the_catalogue_are_at_least_twenty_each_with_an_example) {
  const std::vector<DeviceKind>& kinds = testing::catalogue()->device_kinds();
  EXPECT_GE(kinds.size(), 20U);
  const std::vector<CatalogueFile> files = embedded_catalogue();
  for (const DeviceKind& kind : kinds) {
    std::string example = "devices/tests/" + kind.name + ".yaml";
    for (char& c : example) c = c == '-' ? '_' : c;
    EXPECT_TRUE(std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.path == example; }))
        << kind.name;
    EXPECT_TRUE(has_record_map(*testing::catalogue(), kind.record_map())) << kind.name;
  }
}

}  // namespace
}  // namespace meridian::mapping
