// The register of devices and what is let in by it.
#include "ingest/device_format.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/hash.hpp"
#include "base/hex.hpp"
#include "ingest/device_connector.hpp"
#include "ingest/device_register.hpp"
#include "ingest/messages.hpp"
#include "ingest/series.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {
namespace {

const std::string kHash = to_hex(sha256("secret"));

std::shared_ptr<const DeviceList> list_of(const std::string& yaml) {
  std::vector<std::string> faults;
  std::shared_ptr<const DeviceList> list = DeviceList::parse(yaml, faults);
  for (const std::string& fault : faults) ADD_FAILURE() << fault;
  return list;
}

TEST(DeviceRegister, says_where_it_is_faulty) {
  for (const char* yaml :
       {"devices: 5", "other: []", "devices: [x]", "devices:\n  - {number: a}", "devices: [{kind: k}]",
        "devices: [{number: a, kind: k, key_sha256: ABC}]", "devices: [{number: a, kind: k, colour: red}]",
        "devices: [{number: a, kind: k}, {number: a, kind: k}]", "devices: [{number: a, kind: k, topic: \"a/#/b\"}]",
        "devices: [", "devices: [{number: a, kind: k, enabled: maybe}]"}) {
    std::vector<std::string> faults;
    EXPECT_EQ(DeviceList::parse(yaml, faults), nullptr) << yaml;
    ASSERT_FALSE(faults.empty()) << yaml;
    EXPECT_TRUE(faults.front().starts_with("registered.yaml:")) << faults.front();
  }
}

TEST(DeviceRegister, of_nothing_has_no_devices) {
  EXPECT_TRUE(list_of("")->all().empty());
  EXPECT_TRUE(list_of("devices:\n")->all().empty());
  EXPECT_TRUE(list_of("# none yet\n\n")->all().empty());
  EXPECT_EQ(DeviceRegister().list()->find("x"), nullptr);
}

TEST(Proof, is_the_key_or_certificate_that_was_shown_and_nothing_that_a_sender_may_choose) {
  RegisteredDevice device;
  EXPECT_TRUE(is_proven(device, "http 10.0.0.1"));
  device.key_sha256 = kHash;
  EXPECT_TRUE(is_proven(device, "http 10.0.0.1" + shown_by("secret", "ab")));
  EXPECT_TRUE(is_proven(device, "tcp ::1" + shown_by("secret", "") + " CN=x"));
  EXPECT_FALSE(is_proven(device, "http 10.0.0.1" + shown_by("other", "")));
  EXPECT_FALSE(is_proven(device, "http 10.0.0.1 CN=x key=" + kHash));
  EXPECT_FALSE(is_proven(device, "mqtt a key=" + kHash));
  EXPECT_FALSE(is_proven(device, "10.0.0.1:99 key=" + kHash));
  EXPECT_FALSE(is_proven(device, "http 10.0.0.1 certificate=" + kHash));
  EXPECT_TRUE(is_proven(device, "edit of lab/3"));
  device = {};
  device.certificate_sha256 = kHash;
  EXPECT_TRUE(is_proven(device, "http 10.0.0.1" + shown_by("any", kHash) + " CN=x"));
  EXPECT_FALSE(is_proven(device, "http 10.0.0.1" + shown_by("secret", "")));
}

TEST(Proof, is_the_topic_where_the_broker_sees_to_it) {
  RegisteredDevice device;
  device.topic = "ward/+/bed/12/#";
  EXPECT_TRUE(is_proven(device, "mqtt ward/3/bed/12/vitals"));
  EXPECT_TRUE(is_proven(device, "mqtt ward/3/bed/12"));
  EXPECT_FALSE(is_proven(device, "mqtt ward/3/bed/13/vitals"));
  EXPECT_FALSE(is_proven(device, "mqtt ward"));
  EXPECT_FALSE(is_proven(device, "http 10.0.0.1"));
}

class Kept final : public SeriesPort {
 public:
  Result<> take(SeriesBatch batch) const override {
    batches.push_back(std::move(batch));
    return {};
  }
  mutable std::vector<SeriesBatch> batches;
};

class DeviceMessages : public ::testing::Test {
 protected:
  void SetUp() override {
    Issues issues;
    catalogue = *mapping::Catalogue::open({}, issues);
    devices.put(
        list_of("devices:\n  - {number: T-9, kind: thermometer, where: Ward 3}\n  - {number: OX-1, kind: "
                "pulse-oximeter, key_sha256: " +
                kHash +
                "}\n  - {number: F-1, kind: none}\n  - {number: F-2, kind: thermometer, enabled: false}\n  - {number: "
                "M-7, kind: bedside-monitor}\n"));
    context.tenant_key = "test";
  }
  Writes map(std::string content, std::string source, std::string* code = nullptr) {
    const DeviceMapper mapper(catalogue, context, devices, &series);
    Message message;
    message.header = DeviceHeaderReader(catalogue, devices).read(content);
    type = message.header.type;
    message.content = std::move(content);
    message.source = std::move(source);
    message.arrived = *Instant::parse("2024-05-01T00:30:05Z");
    Issues issues;
    Writes writes = mapper.map(message, issues);
    for (const Issue& issue : issues.all()) {
      const bool says_why = issue.severity <= Severity::error || issue.message->id == kDeviceNotOfPatient.id;
      if (code != nullptr && says_why) *code = issue.message->id;
    }
    return writes;
  }
  std::shared_ptr<const mapping::Catalogue> catalogue;
  mapping::MappingContext context;
  DeviceRegister devices;
  Kept series;
  std::string type;
};

constexpr const char* kOximeter = R"({"serial":"OX-1","ts":1714523400,"patient":{"id":"88"},"spo2":96})";

TEST_F(DeviceMessages, of_registered_devices_become_resources) {
  EXPECT_EQ(map(R"({"id":"T-9","time":"2024-05-01T08:30:00+08:00","patient":"88","value":36.6})", "http ::1").size(),
            3U);
  EXPECT_EQ(type, "thermometer");
  EXPECT_EQ(map(kOximeter, "tcp 10.0.0.1" + shown_by("secret", "")).size(), 3U);
}

TEST_F(DeviceMessages, of_others_are_quarantined_until_they_are_admitted) {
  const std::string unknown = R"({"id":"T-10","time":"2024-05-01T08:30:00+08:00","value":36.6})";
  const std::pair<std::string, const char*> kCases[] = {{unknown, "device-unknown"},
                                                        {kOximeter, "device-unproven"},
                                                        {R"({"id":"F-1","value":1})", "device-no-kind"},
                                                        {R"({"id":"F-2","value":36})", "device-disabled"}};
  for (const auto& [content, expected] : kCases) {
    std::string code;
    EXPECT_TRUE(map(content, "tcp 10.0.0.1", &code).empty());
    EXPECT_EQ(code, expected);
    EXPECT_TRUE(is_quarantine(code));
  }
  devices.put(list_of("devices: [{number: T-10, kind: thermometer}]"));
  EXPECT_EQ(map(unknown, "tcp 10.0.0.1").size(), 2U);
}

TEST_F(DeviceMessages, that_say_nothing_are_dead_letters_but_not_quarantined) {
  std::string code;
  EXPECT_TRUE(map(R"({"colour":"red"})", "tcp ::1", &code).empty());
  EXPECT_EQ(code, "device-no-number");
  EXPECT_TRUE(map(R"({"id":"T-9","colour":"red"})", "tcp ::1", &code).empty());
  EXPECT_EQ(code, "device-nothing");
  EXPECT_FALSE(is_quarantine(code));
  EXPECT_FALSE(DeviceHeaderReader(catalogue, devices).read("{").is_readable);
}

TEST_F(DeviceMessages, with_waves_alone_make_nothing_and_give_them_to_the_port) {
  std::string code;
  EXPECT_TRUE(map(R"({"device":"M-7","time":"2024-05-01T08:30:00+08:00","waves":{"ecg_ii":[1,2,3]}})", "tcp ::1", &code)
                  .empty());
  EXPECT_EQ(code, "");
  ASSERT_EQ(series.batches.size(), 1U);
  EXPECT_EQ(series.batches.front().device, "M-7");
  EXPECT_EQ(series.batches.front().channels.front().samples, (std::vector<double>{1, 2, 3}));
}

TEST(AnalyserMessages, are_an_object_for_each_order_in_utf8_and_without_the_password) {
  Issues issues;
  const auto objects = orders_as_json(
      "H|\\^&||secret|AU\xE4\rP|1|88\rO|1|S1||^^^K\rR|1|^^^K|4.1|mmol/L\rO|2|S2||^^^NA\rR|1|^^^NA|140\rL|1\r", issues);
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(
      objects[0],
      R"({"header":{"sender":"AUä"},"patient":{"number":"88"},"order":{"specimen":"S1","tests":["K"]},"results":[{"test":"K","value":"4.1","unit":"mmol/L"}]})");
  EXPECT_FALSE(issues.has_errors());
  EXPECT_TRUE(orders_as_json("no header", issues).empty());
  EXPECT_TRUE(issues.has_errors());
}

TEST_F(DeviceMessages, of_controls_trials_and_questions_make_nothing) {
  devices.put(list_of("devices: [{number: AU-1, kind: chemistry-analyser}]"));
  const auto made = [this](const std::string& records) {
    Issues issues;
    const auto objects = orders_as_json(records, issues);
    EXPECT_EQ(objects.size(), 1U);
    std::string code;
    const std::size_t writes = map(objects.front(), "astm 10.0.0.1", &code).size();
    EXPECT_EQ(code, writes == 0 ? "device-not-of-patient" : "");
    return writes;
  };
  EXPECT_GT(made("H|\\^&|||AU-1\rP|1|88\rO|1|S1||^^^K\rR|1|^^^K|4.1|mmol/L\rL|1"), 0U);
  EXPECT_EQ(made("H|\\^&|||AU-1\rP|1|88\rO|1|QC||^^^K|||||||Q\rR|1|^^^K|4.1|mmol/L\rL|1"), 0U);
  EXPECT_EQ(made("H|\\^&|||AU-1|||||||T\rP|1|88\rO|1|S1||^^^K\rR|1|^^^K|4.1|mmol/L\rL|1"), 0U);
  EXPECT_EQ(made("H|\\^&|||AU-1\rQ|1|^S-9||ALL\rL|1"), 0U);
}

}  // namespace
}  // namespace meridian::ingest
