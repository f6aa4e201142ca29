#include "connect/mqtt_packet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace meridian::connect {
namespace {

using ::testing::ElementsAre;

/// All packets of these bytes, given so many at once.
std::vector<MqttPacket> decode(std::string_view bytes, std::size_t at_once) {
  MqttDecoder decoder;
  std::vector<MqttPacket> packets;
  while (!bytes.empty()) {
    std::string_view some = bytes.substr(0, at_once);
    bytes.remove_prefix(some.size());
    while (!some.empty()) {
      Result<std::optional<MqttPacket>> packet = decoder.take(some);
      EXPECT_TRUE(packet);
      if (packet && *packet) packets.push_back(**packet);
    }
  }
  return packets;
}

TEST(MqttPacket, is_read_however_its_bytes_come) {
  const std::string large(300, 'x');
  const std::string bytes = mqtt_publish({"a/b", "1", 7, 1, true, false}) + mqtt_pingreq() + mqtt_puback(513) +
                            mqtt_publish({"a/c", large, 0, 0, false, true});
  for (const std::size_t at_once : {1U, 2U, 7U, 1000U}) {
    const std::vector<MqttPacket> packets = decode(bytes, at_once);
    ASSERT_EQ(packets.size(), 4U);
    const MqttPublish first = *read_publish(packets[0]);
    EXPECT_EQ(first.topic, "a/b");
    EXPECT_EQ(first.payload, "1");
    EXPECT_EQ(first.id, 7);
    EXPECT_EQ(first.qos, 1);
    EXPECT_TRUE(first.is_again);
    EXPECT_EQ(packets[1].type, MqttType::pingreq);
    EXPECT_EQ(read_id(packets[2]), 513);
    const MqttPublish last = *read_publish(packets[3]);
    EXPECT_EQ(last.payload, large);
    EXPECT_TRUE(last.is_retained);
  }
}

TEST(MqttPacket, has_the_bytes_that_the_specification_has) {
  MqttConnect hello;
  hello.client_id = "m";
  hello.user = "u";
  hello.password = "p";
  hello.keep_alive_seconds = 30;
  EXPECT_EQ(mqtt_connect(hello), std::string("\x10\x13\x00\x04MQTT\x04\xC0\x00\x1E\x00\x01m\x00\x01u\x00\x01p", 21));
  EXPECT_EQ(mqtt_subscribe(1, {"a/+", "#"}, 1), std::string("\x82\x0C\x00\x01\x00\x03"
                                                            "a/+\x01\x00\x01#\x01",
                                                            14));
  EXPECT_EQ(mqtt_puback(258), std::string("\x40\x02\x01\x02", 4));
}

TEST(MqttPacket, is_refused_when_it_is_too_long_or_no_packet) {
  const auto refused = [](std::string_view bytes) {
    MqttDecoder decoder({.packet_bytes = 100});
    const Result<std::optional<MqttPacket>> packet = decoder.take(bytes);
    return packet ? std::string() : std::string(name(packet.error().code()));
  };
  EXPECT_EQ(refused(std::string("\x30\x65", 2)), "too_large");
  EXPECT_EQ(refused(std::string("\x30\xFF\xFF\xFF\x7F", 5)), "too_large");
  EXPECT_EQ(refused(std::string("\x30\x80\x80\x80\x80", 5)), "malformed_input");
  EXPECT_EQ(refused(std::string("\x00\x00", 2)), "malformed_input");
  EXPECT_EQ(refused(std::string("\xF0\x00", 2)), "malformed_input");
}

TEST(MqttPacket, says_nothing_of_bodies_that_lie) {
  EXPECT_FALSE(read_publish({MqttType::publish, 2,
                             std::string("\x00\x05"
                                         "ab",
                                         4)}));
  EXPECT_FALSE(read_publish({MqttType::publish, 2,
                             std::string("\x00\x01"
                                         "a\x00\x00",
                                         5)}))
      << "number 0";
  EXPECT_FALSE(read_publish({MqttType::publish, 6,
                             std::string("\x00\x01"
                                         "a\x00\x01",
                                         5)}))
      << "quality 3";
  EXPECT_FALSE(read_publish({MqttType::publish, 0,
                             std::string("\x00\x02"
                                         "a#",
                                         4)}));
  EXPECT_FALSE(read_connack({MqttType::connack, 0, "x"}));
  EXPECT_FALSE(read_id({MqttType::puback, 0, "x"}));
  EXPECT_THAT(read_suback({MqttType::suback, 0, std::string("\x00\x01\x01\x80", 4)}), ElementsAre(1, 0x80));
}

TEST(MqttFilter, is_known_by_its_levels) {
  for (const char* good : {"a", "a/b", "+", "#", "a/+/c", "a/#", "/", "ward/病房/+"})
    EXPECT_TRUE(is_topic_filter(good)) << good;
  for (const char* bad : {"", "a+", "a/b#", "#/a", "a/#/b"}) EXPECT_FALSE(is_topic_filter(bad)) << bad;
}

TEST(MqttFilter, holds_the_topics_that_the_standard_says) {
  for (const auto& [filter, topic] : std::initializer_list<std::pair<const char*, const char*>>{{"a/b", "a/b"},
                                                                                                {"a/+", "a/b"},
                                                                                                {"a/+", "a/"},
                                                                                                {"a/#", "a"},
                                                                                                {"a/#", "a/b/c"},
                                                                                                {"#", "a/b"},
                                                                                                {"+/+", "/b"},
                                                                                                {"/+", "/b"},
                                                                                                {"$SYS/#", "$SYS/x"}}) {
    EXPECT_TRUE(is_topic_of(filter, topic)) << filter << ' ' << topic;
  }
  for (const auto& [filter, topic] : std::initializer_list<std::pair<const char*, const char*>>{{"a/b", "a"},
                                                                                                {"a/b", "a/b/c"},
                                                                                                {"a/+", "a"},
                                                                                                {"a/+", "a/b/c"},
                                                                                                {"+", "/b"},
                                                                                                {"a/#", "ab"},
                                                                                                {"#", "$SYS/x"},
                                                                                                {"+/x", "$SYS/x"}}) {
    EXPECT_FALSE(is_topic_of(filter, topic)) << filter << ' ' << topic;
  }
}

}  // namespace
}  // namespace meridian::connect
