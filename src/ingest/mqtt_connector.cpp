#include "ingest/mqtt_connector.hpp"

#include <utility>

#include "base/log.hpp"
#include "formats/fhir/json_writer.hpp"
#include "ingest/feed.hpp"
#include "ingest/intake.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestPassword = 65'535;  // of a CONNECT

}  // namespace
std::string with_topic(std::string payload, std::string_view topic) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = payload.find_first_not_of(kBlank);
  if (begin == std::string::npos || payload[begin] != '{') return payload;
  const std::size_t next = payload.find_first_not_of(kBlank, begin + 1);
  const bool is_empty = next == std::string::npos || payload[next] == '}';
  fhir::JsonWriter json;
  json.string(topic);
  payload.insert(begin + 1, "\"topic\":" + std::string(json.text()) + (is_empty ? "" : ","));
  return payload;
}

Result<> MqttConnector::open(net::Io& io) {
  const Feed& feed = intake_.feed();
  connect::MqttSubscriberOptions options = feed.mqtt;
  options.password = TRY(read_password(feed.password_file, kLongestPassword));
  auto subscriber = TRY(connect::MqttSubscriber::start(
      std::move(options), io, [this](connect::MqttMessage message, connect::MqttReceipt receipt) {
        take(std::move(message), std::move(receipt));
      }));
  log_info("feed listens to a broker", {{"feed", feed.name}, {"host", feed.mqtt.host}, {"port", feed.mqtt.port}});
  const std::lock_guard lock(mutex_);
  subscriber_ = std::move(subscriber);
  return {};
}

void MqttConnector::take(connect::MqttMessage message, connect::MqttReceipt receipt) {
  std::string source = "mqtt " + message.topic;
  intake_.take(with_topic(std::move(message.payload), message.topic), std::move(source), std::nullopt,
               [receipt = std::move(receipt)](const Arrival&, const Result<Receipt>& filed) mutable {
                 connect::MqttReceipt here = std::move(receipt);  // let go, the broker sends it again
                 if (filed) std::move(here).acknowledge();
               });
}

void MqttConnector::close() {
  std::unique_ptr<connect::MqttSubscriber> ending;
  const std::lock_guard lock(mutex_);
  ending = std::move(subscriber_);
}

void MqttConnector::pause() {
  const std::lock_guard lock(mutex_);
  if (subscriber_ != nullptr) subscriber_->pause();
}
void MqttConnector::resume() {
  const std::lock_guard lock(mutex_);
  if (subscriber_ != nullptr) subscriber_->resume();
}

connect::MllpServerCounts MqttConnector::counts() const {
  connect::MllpServerCounts counts;
  const std::lock_guard lock(mutex_);
  if (subscriber_ == nullptr) return counts;
  const connect::MqttSubscriberCounts known = subscriber_->counts();
  counts.connections_open = known.is_connected ? 1 : 0;
  counts.messages = known.messages;
  return counts;
}

std::string MqttConnector::fault() const {
  const std::lock_guard lock(mutex_);
  return subscriber_ != nullptr ? subscriber_->counts().fault : std::string();
}

}  // namespace meridian::ingest
