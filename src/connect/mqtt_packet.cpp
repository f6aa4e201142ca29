#include "connect/mqtt_packet.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace meridian::connect {
namespace {

constexpr std::size_t kLongestText = 65'535;

void put_number(std::string& out, std::uint16_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  text = text.substr(0, kLongestText);
  put_number(out, static_cast<std::uint16_t>(text.size()));
  out += text;
}

bool take_number(std::string_view& bytes, std::uint16_t& number) {
  if (bytes.size() < 2) return false;
  number = static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
  bytes.remove_prefix(2);
  return true;
}

bool take_text(std::string_view& bytes, std::string_view& text) {
  std::uint16_t size = 0;
  if (!take_number(bytes, size) || bytes.size() < size) return false;
  text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

/// Section 2.2: a byte of type and flags, then the length, seven bits a byte, the lowest first, in at most four.
Result<std::optional<MqttPacket>> MqttDecoder::take(std::string_view& bytes) {
  while (!has_length_ && !bytes.empty()) {
    head_ += bytes.front();
    bytes.remove_prefix(1);
    if (head_.size() == 1) {
      const int type = static_cast<unsigned char>(head_[0]) >> 4;
      if (type == 0 || type == 15) return fail(ErrorCode::malformed_input, "the first byte begins no MQTT packet");
      continue;
    }
    const auto last = static_cast<unsigned char>(head_.back());
    length_ |= static_cast<std::uint32_t>(last & 0x7F) << (7 * (head_.size() - 2));
    has_length_ = (last & 0x80) == 0;
    if (!has_length_ && head_.size() == 5) return fail(ErrorCode::malformed_input, "the length has more than 4 bytes");
    if (length_ > limits_.packet_bytes) {
      return fail(ErrorCode::too_large, "a packet is larger than " + std::to_string(limits_.packet_bytes) + " bytes");
    }
  }
  if (!has_length_) return std::optional<MqttPacket>();
  const std::string_view more = bytes.substr(0, length_ - body_.size());
  body_ += more;
  bytes.remove_prefix(more.size());
  if (body_.size() < length_) return std::optional<MqttPacket>();
  MqttPacket packet;
  packet.type = static_cast<MqttType>(static_cast<unsigned char>(head_[0]) >> 4);
  packet.flags = static_cast<std::uint8_t>(head_[0] & 0x0F);
  packet.body = std::exchange(body_, {});
  head_.clear();
  length_ = 0;
  has_length_ = false;
  return std::optional(std::move(packet));
}

std::string mqtt_packet(MqttType type, std::uint8_t flags, std::string_view body) {
  std::string out(1, static_cast<char>(static_cast<int>(type) << 4 | flags));
  std::size_t length = body.size();
  do {
    const auto part = static_cast<unsigned char>(length & 0x7F);
    length >>= 7;
    out += static_cast<char>(length > 0 ? part | 0x80 : part);
  } while (length > 0);
  out += body;
  return out;
}

std::string mqtt_connect(const MqttConnect& connect) {
  std::string body;
  put_text(body, "MQTT");
  body += '\x04';  // 3.1.1
  int flags = connect.is_clean ? 0x02 : 0;
  if (!connect.user.empty()) flags |= 0x80;
  if (!connect.user.empty() && !connect.password.empty()) flags |= 0x40;
  body += static_cast<char>(flags);
  put_number(body, connect.keep_alive_seconds);
  put_text(body, connect.client_id);
  if (!connect.user.empty()) put_text(body, connect.user);
  if (!connect.user.empty() && !connect.password.empty()) put_text(body, connect.password);
  return mqtt_packet(MqttType::connect, 0, body);
}

std::string mqtt_subscribe(std::uint16_t id, const std::vector<std::string>& filters, std::uint8_t qos) {
  std::string body;
  put_number(body, id);
  for (const std::string& filter : filters) {
    put_text(body, filter);
    body += static_cast<char>(qos);
  }
  return mqtt_packet(MqttType::subscribe, 2, body);
}

std::string mqtt_publish(const MqttPublish& publish) {
  std::string body;
  put_text(body, publish.topic);
  if (publish.qos > 0) put_number(body, publish.id);
  body += publish.payload;
  const int flags = (publish.is_again ? 8 : 0) | publish.qos << 1 | (publish.is_retained ? 1 : 0);
  return mqtt_packet(MqttType::publish, static_cast<std::uint8_t>(flags), body);
}

std::string mqtt_puback(std::uint16_t id) {
  std::string body;
  put_number(body, id);
  return mqtt_packet(MqttType::puback, 0, body);
}

std::string mqtt_pingreq() {
  return mqtt_packet(MqttType::pingreq, 0, {});
}

std::optional<MqttConnack> read_connack(const MqttPacket& packet) {
  if (packet.type != MqttType::connack || packet.body.size() != 2) return std::nullopt;
  return MqttConnack{(packet.body[0] & 1) != 0, static_cast<std::uint8_t>(packet.body[1])};
}

std::optional<MqttPublish> read_publish(const MqttPacket& packet) {
  if (packet.type != MqttType::publish) return std::nullopt;
  MqttPublish publish;
  publish.qos = static_cast<std::uint8_t>(packet.flags >> 1 & 3);
  publish.is_again = (packet.flags & 8) != 0;
  publish.is_retained = (packet.flags & 1) != 0;
  std::string_view rest = packet.body;
  if (publish.qos == 3 || !take_text(rest, publish.topic) || publish.topic.empty()) return std::nullopt;
  if (publish.topic.find_first_of(std::string_view("+#\0", 3)) != std::string_view::npos) return std::nullopt;
  if (publish.qos > 0 && (!take_number(rest, publish.id) || publish.id == 0)) return std::nullopt;
  publish.payload = rest;
  return publish;
}

std::optional<std::uint16_t> read_id(const MqttPacket& packet) {
  std::string_view rest = packet.body;
  std::uint16_t id = 0;
  return take_number(rest, id) ? std::optional(id) : std::nullopt;
}

std::vector<std::uint8_t> read_suback(const MqttPacket& packet) {
  std::vector<std::uint8_t> granted;
  for (std::size_t i = 2; i < packet.body.size(); ++i) granted.push_back(static_cast<std::uint8_t>(packet.body[i]));
  return granted;
}

std::string_view connack_text(std::uint8_t code) {
  switch (code) {
    case 0:
      return "accepted";
    case 1:
      return "the broker does not speak MQTT 3.1.1";
    case 2:
      return "the broker does not take this client's name";
    case 3:
      return "the broker is not ready";
    case 4:
      return "the broker does not take this user and password";
    case 5:
      return "the broker does not let this client in";
    default:
      return "the broker refused, and did not say why";
  }
}

bool is_topic_filter(std::string_view filter) {
  if (filter.empty() || filter.size() > kLongestText || !is_valid_utf8(filter) ||
      filter.find('\0') != std::string_view::npos) {
    return false;
  }
  while (true) {
    const std::size_t end = filter.find('/');
    const std::string_view level = filter.substr(0, end);
    const bool is_last = end == std::string_view::npos;
    if (level.find('#') != std::string_view::npos && (level != "#" || !is_last)) return false;
    if (level.find('+') != std::string_view::npos && level != "+") return false;
    if (is_last) return true;
    filter.remove_prefix(end + 1);
  }
}

bool is_topic_of(std::string_view filter, std::string_view topic) {
  const bool is_of_broker = topic.starts_with('$');
  if (is_of_broker && (filter.starts_with('+') || filter.starts_with('#'))) return false;
  while (true) {
    const std::size_t f = filter.find('/');
    const std::size_t t = topic.find('/');
    const std::string_view level = filter.substr(0, f);
    if (level == "#") return true;
    if (level != "+" && level != topic.substr(0, t)) return false;
    if (t == std::string_view::npos) {
      return f == std::string_view::npos || filter.substr(f) == "/#";
    }
    if (f == std::string_view::npos) return false;
    filter.remove_prefix(f + 1);
    topic.remove_prefix(t + 1);
  }
}

}  // namespace meridian::connect
