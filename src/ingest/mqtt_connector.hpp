// MqttConnector: what a broker has on the feed's topics. A message is acknowledged to the broker when it is safe; what
// could not be made safe comes again. An object gets its topic as its first member, `topic`.
// Specification: MQTT 3.1.1.
#pragma once

#include <memory>
#include <mutex>

#include "connect/mqtt_subscriber.hpp"
#include "ingest/connector.hpp"

namespace meridian::ingest {

class MqttConnector final : public Connector {
 public:
  explicit MqttConnector(Intake& intake) : intake_(intake) {}

  Result<> open(net::Io& io) override;
  void close() override;
  void pause() override;
  void resume() override;
  connect::MllpServerCounts counts() const override;
  std::string fault() const override;

 private:
  void take(connect::MqttMessage message, connect::MqttReceipt receipt);

  Intake& intake_;
  mutable std::mutex mutex_;  // of the pointer
  std::unique_ptr<connect::MqttSubscriber> subscriber_;
};

/// `{"topic":"ward/3",…}` from an object; others as they are.
std::string with_topic(std::string payload, std::string_view topic);

}  // namespace meridian::ingest
