// MqttBroker: the other side of an MQTT subscriber for tests, which says and hears packets one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connect/mqtt_packet.hpp"

namespace meridian::connect::testing {

class MqttBroker {
 public:
  MqttBroker();
  ~MqttBroker();
  MqttBroker(const MqttBroker&) = delete;
  MqttBroker& operator=(const MqttBroker&) = delete;

  std::uint16_t port() const { return port_; }
  /// Waits for a client; the one before is cut off.
  void accept();
  void cut();
  /// The client's next packet; nothing when it has gone.
  std::optional<MqttPacket> next();
  /// The next one that is no PINGREQ.
  std::optional<MqttPacket> next_but_ping();
  void say(std::string_view bytes);

  /// Takes a client in: CONNECT answered, SUBSCRIBE granted. What it said of itself.
  std::string welcome(std::uint8_t granted = 1);
  void publish(std::string_view topic, std::string_view payload, std::uint16_t id, bool is_again = false);
  /// Of the next PUBACK; 0: the client has gone.
  std::uint16_t acknowledged();

 private:
  int listener_ = -1;
  int client_ = -1;
  std::uint16_t port_ = 0;
  MqttDecoder decoder_;
  std::string in_;
};

}  // namespace meridian::connect::testing
