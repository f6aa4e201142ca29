#include "connect/testing/mqtt_broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace meridian::connect::testing {

MqttBroker::MqttBroker() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* at = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, at, size) != 0 || ::listen(listener_, 4) != 0) std::abort();
  if (::getsockname(listener_, at, &size) != 0) std::abort();
  port_ = ntohs(address.sin_port);
}

MqttBroker::~MqttBroker() {
  cut();
  ::close(listener_);
}

void MqttBroker::accept() {
  cut();
  client_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  decoder_ = MqttDecoder();
  in_.clear();
}

void MqttBroker::cut() {
  if (client_ >= 0) ::close(client_);
  client_ = -1;
}

std::optional<MqttPacket> MqttBroker::next() {
  while (true) {
    std::string_view rest = in_;
    Result<std::optional<MqttPacket>> packet = decoder_.take(rest);
    in_.erase(0, in_.size() - rest.size());
    if (!packet) return std::nullopt;
    if (*packet) return *std::move(packet);
    char room[4096];
    const ssize_t got = ::recv(client_, room, sizeof room, 0);
    if (got <= 0) return std::nullopt;
    in_.append(room, static_cast<std::size_t>(got));
  }
}

std::optional<MqttPacket> MqttBroker::next_but_ping() {
  while (std::optional<MqttPacket> packet = next()) {
    if (packet->type != MqttType::pingreq) return packet;
    say(mqtt_packet(MqttType::pingresp, 0, {}));
  }
  return std::nullopt;
}

void MqttBroker::say(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string MqttBroker::welcome(std::uint8_t granted) {
  accept();
  const std::optional<MqttPacket> hello = next();
  say(mqtt_packet(MqttType::connack, 0, std::string_view("\0\0", 2)));
  const std::optional<MqttPacket> wish = next();
  if (!hello || !wish) return {};
  std::string answer = wish->body.substr(0, 2);
  answer += static_cast<char>(granted);
  say(mqtt_packet(MqttType::suback, 0, answer));
  return hello->body + wish->body;
}

void MqttBroker::publish(std::string_view topic, std::string_view payload, std::uint16_t id, bool is_again) {
  say(mqtt_publish({topic, payload, id, static_cast<std::uint8_t>(id == 0 ? 0 : 1), is_again, false}));
}

std::uint16_t MqttBroker::acknowledged() {
  const std::optional<MqttPacket> packet = next_but_ping();
  return packet && packet->type == MqttType::puback ? read_id(*packet).value_or(0) : std::uint16_t{0};
}

}  // namespace meridian::connect::testing
