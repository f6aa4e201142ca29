// MqttSubscriber: takes what a broker has on some topics, and acknowledges it when its owner says that it is safe.
//
//   auto subscriber = TRY(MqttSubscriber::start(options, io, [](MqttMessage message, MqttReceipt receipt) { … }));
//
// Quality of service 1, and a session that the broker keeps: what was not acknowledged comes again, after a broken
// connection or a crash too. Acknowledgements go out in the order in which messages came (MQTT-4.6.0-2). At most so
// many messages are handed on and not acknowledged; then nothing more is read. A receipt that is let go without a word
// ends the connection, so that the broker sends again. The connection is made again after a pause that grows, with
// chance in it. Handler: on a loop's thread, one at a time; quick. Receipts: any thread, and after the subscriber has
// gone too. Errors of start(): invalid_argument. Specification:
// https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "connect/mqtt_packet.hpp"
#include "net/tls.hpp"

namespace meridian {
class Random;
}
namespace meridian::net {
class Io;
}

namespace meridian::connect {

struct MqttSubscriberOptions {
  std::string host;
  std::uint16_t port = 1883;
  bool tls = false;
  net::TlsClientOptions certificates;
  std::string client_id;  ///< one of each subscriber: the broker keeps what waits under it
  std::string user;       ///< empty: none
  std::string password;
  std::vector<std::string> filters;  ///< `ward/+/vitals`
  MqttLimits limits;
  std::uint16_t keep_alive_seconds = 30;
  std::uint32_t unacknowledged = 2000;
  std::int64_t connect_ms = 10'000;  ///< for the name, the connection, TLS and the broker's word, each
  std::int64_t retry_first_ms = 500;
  std::int64_t retry_most_ms = 60'000;
};

struct MqttMessage {
  std::string topic;
  std::string payload;
  bool is_again = false;  ///< the broker has sent it before
};

class MqttReceipt {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void acknowledge(std::uint64_t number) = 0;
    virtual void abandon() = 0;
  };
  MqttReceipt() = default;
  MqttReceipt(std::shared_ptr<Target> target, std::uint64_t number) : target_(std::move(target)), number_(number) {}
  MqttReceipt(MqttReceipt&&) noexcept = default;
  MqttReceipt& operator=(MqttReceipt&& other) noexcept;
  ~MqttReceipt();
  void acknowledge() &&;

 private:
  std::shared_ptr<Target> target_;
  std::uint64_t number_ = 0;
};

struct MqttSubscriberCounts {
  bool is_connected = false;
  std::uint64_t connections = 0;  ///< made so far
  std::uint64_t messages = 0;
  std::string fault;  ///< why the last connection could not be made, or ended
};

class MqttSubscriber {
 public:
  using Handler = Callback<void(MqttMessage, MqttReceipt)>;

  static Result<std::unique_ptr<MqttSubscriber>> start(MqttSubscriberOptions options, net::Io& io, Handler handler,
                                                       Random* random = nullptr);
  /// Ends the connection; the handler is not called afterwards.
  ~MqttSubscriber();
  MqttSubscriber(const MqttSubscriber&) = delete;
  MqttSubscriber& operator=(const MqttSubscriber&) = delete;

  /// While paused nothing is read; the broker keeps it.
  void pause();
  void resume();
  MqttSubscriberCounts counts() const;

 private:
  struct State;
  explicit MqttSubscriber(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::connect
