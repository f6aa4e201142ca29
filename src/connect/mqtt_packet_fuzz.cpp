// Property: whatever packets some bytes hold, they are the same however the bytes come, keep the limit, and written
// again give the bytes that were read, as far as lengths were written shortest.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "connect/mqtt_packet.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Read {
  std::vector<meridian::connect::MqttPacket> packets;
  bool is_broken = false;
};

Read read(std::string_view bytes, std::size_t at_once) {
  using namespace meridian;
  connect::MqttDecoder decoder({.packet_bytes = 5000});
  Read out;
  while (!bytes.empty()) {
    std::string_view some = bytes.substr(0, at_once);
    bytes.remove_prefix(some.size());
    while (!some.empty()) {
      Result<std::optional<connect::MqttPacket>> packet = decoder.take(some);
      if (!packet) {
        out.is_broken = true;
        return out;
      }
      if (*packet) out.packets.push_back(**std::move(packet));
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian::connect;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, size + 1);
  const Read pieces = read(bytes, 1 + size % 7);
  require(whole.is_broken == pieces.is_broken && whole.packets.size() == pieces.packets.size());
  for (std::size_t i = 0; i < whole.packets.size(); ++i) {
    const MqttPacket& packet = whole.packets[i];
    require(packet.type == pieces.packets[i].type && packet.body == pieces.packets[i].body);
    require(packet.body.size() <= 5000);
    const std::string again = mqtt_packet(packet.type, packet.flags, packet.body);
    const Read once = read(again, again.size());
    require(once.packets.size() == 1 && once.packets[0].body == packet.body && once.packets[0].flags == packet.flags);
    if (const auto publish = read_publish(packet)) {
      const Read same = read(mqtt_publish(*publish), 100'000);
      require(same.packets.size() == 1 && same.packets[0].body == packet.body);
      require(publish->qos == 0 || publish->id != 0);
    }
    read_connack(packet);
    read_suback(packet);
    read_id(packet);
  }
  return 0;
}
