// The control packets of MQTT 3.1.1 that a subscriber sends and is sent.
//
//   MqttDecoder decoder(limits);
//   while (auto packet = TRY(decoder.take(bytes))) …          // bytes is what is left to look at
//
// Bounds: the length of a packet, checked from its second byte on. Values; free of threads.
// Specification: https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace meridian::connect {

/// Section 2.2.1.
enum class MqttType : std::uint8_t {
  connect = 1,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
};

struct MqttPacket {
  MqttType type = MqttType::pingreq;
  std::uint8_t flags = 0;  ///< the lower half of the first byte
  std::string body;        ///< what follows the length
};

struct MqttLimits {
  std::uint32_t packet_bytes = 4 << 20;  ///< of a body
};

class MqttDecoder {
 public:
  explicit MqttDecoder(MqttLimits limits = {}) : limits_(limits) {}
  /// The next whole packet; takes what it has looked at off the front of `bytes`. Nothing: more is needed. Errors:
  /// malformed_input, too_large; then there is no way on.
  Result<std::optional<MqttPacket>> take(std::string_view& bytes);

 private:
  MqttLimits limits_;
  std::string head_;  // first byte and length, as far as they came
  std::uint32_t length_ = 0;
  bool has_length_ = false;
  std::string body_;
};

struct MqttConnect {
  std::string client_id;
  std::string user;  ///< empty: none
  std::string password;
  std::uint16_t keep_alive_seconds = 30;
  bool is_clean = false;  ///< the broker is to forget what waited for this client
};

/// Section 3.2.2.3; 0 is success.
struct MqttConnack {
  bool has_session = false;
  std::uint8_t code = 0;
};

struct MqttPublish {
  std::string_view topic;  ///< both into the packet
  std::string_view payload;
  std::uint16_t id = 0;  ///< of QoS 1 and 2
  std::uint8_t qos = 0;
  bool is_again = false;  ///< DUP
  bool is_retained = false;
};

// Texts longer than 65,535 bytes cannot be written: they are the caller's to refuse.
std::string mqtt_connect(const MqttConnect& connect);
std::string mqtt_subscribe(std::uint16_t id, const std::vector<std::string>& filters, std::uint8_t qos);
std::string mqtt_publish(const MqttPublish& publish);
std::string mqtt_puback(std::uint16_t id);
std::string mqtt_pingreq();
/// Any packet of that type and body.
std::string mqtt_packet(MqttType type, std::uint8_t flags, std::string_view body);

// Nothing: the body is not what it must be.
std::optional<MqttConnack> read_connack(const MqttPacket& packet);
std::optional<MqttPublish> read_publish(const MqttPacket& packet);
/// The number of a PUBACK or SUBACK.
std::optional<std::uint16_t> read_id(const MqttPacket& packet);
/// What a SUBACK grants for each filter: 0 to 2, or 0x80: refused.
std::vector<std::uint8_t> read_suback(const MqttPacket& packet);

/// Section 3.2.2.3, for people.
std::string_view connack_text(std::uint8_t code);

/// Whether it may be subscribed to (section 4.7): `ward/+/vitals`, `ward/#`.
bool is_topic_filter(std::string_view filter);
/// Whether it holds the topic: `+` stands for one level, `#` for all that follow; neither begins one of the broker's
/// own.
bool is_topic_of(std::string_view filter, std::string_view topic);

}  // namespace meridian::connect
