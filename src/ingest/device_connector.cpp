#include "ingest/device_connector.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/utf8.hpp"
#include "formats/astm/link.hpp"
#include "formats/astm/message.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/tree/document.hpp"
#include "ingest/device_register.hpp"
#include "ingest/feed.hpp"
#include "ingest/intake.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;
constexpr std::size_t kLongestKeyLine = 4096;

class AstmProtocol final : public connect::DeviceProtocol {
 public:
  connect::DeviceEvent take(std::string_view& bytes) override {
    astm::LinkEvent found = link_.take(bytes);
    connect::DeviceEvent event;
    event.reply = std::move(found.reply);
    event.message = std::move(found.message);
    event.is_cut = found.is_broken_off;
    is_open_ = event.message && !found.is_terminated;
    return event;
  }
  std::string settle(bool is_safe) override { return is_open_ ? std::string() : link_.settle(is_safe); }
  bool is_idle() const override { return link_.is_idle(); }

 private:
  astm::LinkReceiver link_;
  bool is_open_ = false;  // the last message ended without a frame that could be answered
};

/// The key of a line that shows one: `{"key": "…"}` and nothing else.
std::optional<std::string> key_in(std::string_view line) {
  if (line.size() > kLongestKeyLine || line.find("\"key\"") == std::string_view::npos) return std::nullopt;
  Issues ignored;
  const tree::Document object = mapping::read_record(line, ignored);
  if (!object) return std::nullopt;
  const tree::Element first = object.root().first_child();
  if (!first.is("key") || first.next() || first.text().empty()) return std::nullopt;
  return std::string(first.text());
}

std::string source_of(const char* kind, const connect::DevicePeer& peer) {
  std::string source = std::string(kind) + ' ' + peer.address + shown_by(peer.key, peer.certificate_sha256);
  if (!peer.certificate_subject.empty()) source += ' ' + peer.certificate_subject;
  return source;
}

/// As UTF-8: what is none is taken for Latin-1.
std::string as_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

class Writer {
 public:
  std::string order(const astm::Order& order) {
    out_.begin_object();
    out_.key("header").begin_object();
    put("sender", order.sender);
    put("time", order.sent);
    out_.end_object().key("patient").begin_object();
    put("number", order.patient);
    put("name", order.patient_name);
    put("birth", order.birth);
    put("sex", order.sex);
    out_.end_object().key("order").begin_object();
    put("specimen", order.specimen);
    put("instrument_specimen", order.instrument_specimen);
    put("priority", order.priority);
    put("collected", order.collected);
    put("specimen_kind", order.specimen_kind);
    list("tests", order.tests);
    list("comments", order.comments);
    out_.end_object();
    if (order.is_question) out_.key("question").boolean(true);
    // Under another name what is not of a patient is no result to any kind of device.
    if (order.purpose == astm::Purpose::control) put("purpose", "control");
    if (order.purpose == astm::Purpose::trial) put("purpose", "trial");
    out_.key(order.purpose == astm::Purpose::patient ? "results" : "measured").begin_array();
    for (const astm::TestResult& one : order.results) result(one);
    out_.end_array().end_object();
    return std::move(out_).take();
  }

 private:
  void put(const char* name, const std::string& value) {
    if (!value.empty()) out_.key(name).string(as_utf8(value));
  }
  void list(const char* name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    out_.key(name).begin_array();
    for (const std::string& value : values) out_.string(as_utf8(value));
    out_.end_array();
  }
  void result(const astm::TestResult& result) {
    out_.begin_object();
    put("test", result.test);
    put("value", result.value);
    put("unit", result.unit);
    put("range", result.range);
    put("flag", result.flag);
    put("status", result.status);
    put("time", result.time);
    list("comments", result.comments);
    out_.end_object();
  }
  fhir::JsonWriter out_;
};

/// Of several messages that one answer is for: the last to be filed gives it.
class Together {
 public:
  Together(std::size_t count, connect::DeviceResponder responder) : open_(count), responder_(std::move(responder)) {}
  void filed(bool is_safe) {
    if (!is_safe) are_safe_ = false;
    if (--open_ == 0) std::move(responder_).answer(are_safe_);
  }

 private:
  std::atomic<std::size_t> open_;
  std::atomic<bool> are_safe_ = true;
  connect::DeviceResponder responder_;
};

}  // namespace

std::vector<std::string> orders_as_json(std::string_view text, Issues& issues) {
  std::vector<std::string> objects;
  for (const astm::Order& order : astm::orders_of(text, {}, issues)) objects.push_back(Writer().order(order));
  return objects;
}

Result<> DeviceConnector::open(net::Io& io) {
  const Feed& feed = intake_.feed();
  connect::DeviceServerOptions options;
  options.name = feed.name;
  options.host = feed.mllp.host;
  options.port = feed.mllp.port;
  options.tls = feed.mllp.tls;
  options.certificates = feed.mllp.certificates;
  options.connections = std::min(options.connections, feed.mllp.connections);
  options.connections_per_address = std::min(options.connections_per_address, feed.mllp.connections_per_address);
  const bool is_astm = feed.kind == ConnectorKind::astm;
  const auto make = [is_astm, has_answers = feed.has_answers]() -> std::unique_ptr<connect::DeviceProtocol> {
    if (is_astm) return std::make_unique<AstmProtocol>();
    return connect::line_protocol(kLongestLine, has_answers);
  };
  const auto handle = [this, is_astm](std::string message, bool is_cut, connect::DevicePeer& peer,
                                      connect::DeviceResponder responder) {
    if (is_astm) return take_records(std::move(message), is_cut, peer, std::move(responder));
    take_line(std::move(message), is_cut, peer, std::move(responder));
  };
  Result<connect::DeviceServer> server = connect::DeviceServer::start(std::move(options), io, make, handle);
  if (!server) return fail(std::move(server).error().within("feed " + feed.name));
  server_ = *std::move(server);
  return {};
}

void DeviceConnector::take_line(std::string line, bool is_cut, connect::DevicePeer& peer,
                                connect::DeviceResponder responder) {
  if (std::optional<std::string> key = is_cut ? std::nullopt : key_in(line)) {
    peer.key = *std::move(key);
    return std::move(responder).answer(true);
  }
  intake_.take(std::move(line), source_of("tcp", peer), is_cut ? std::optional(too_large()) : std::nullopt,
               [responder = std::move(responder)](const Arrival&, const Result<Receipt>& receipt) mutable {
                 std::move(responder).answer(receipt.has_value());
               });
}

void DeviceConnector::take_records(std::string text, bool is_broken_off, const connect::DevicePeer& peer,
                                   connect::DeviceResponder responder) {
  const std::string source = source_of("astm", peer);
  std::optional<Refusal> refusal;
  std::vector<std::string> messages;
  if (is_broken_off) {
    refusal = Refusal{"astm-broken-off", "the analyser broke the message off; what came of it whole was kept",
                      "see whether the analyser sent it again; if not, have it send the sample's results again"};
  } else {
    Issues faults;
    messages = orders_as_json(text, faults);
    if (messages.empty()) {
      const auto fatal = std::ranges::find(faults.all(), Severity::fatal, &Issue::severity);
      refusal =
          Refusal{"astm-unreadable",
                  fatal == faults.all().end() ? "too much of it is wrong" : meridian::text(*fatal, Language::english),
                  "look at the analyser's settings: it is to send as CLSI LIS2-A2 says"};
    }
  }
  if (refusal) {
    messages.clear();
    messages.push_back(std::move(text));
  }
  const auto together = std::make_shared<Together>(messages.size(), std::move(responder));
  for (std::string& message : messages) {
    intake_.take(std::move(message), source, refusal,
                 [together](const Arrival&, const Result<Receipt>& receipt) { together->filed(receipt.has_value()); });
  }
}

void DeviceConnector::pause() {
  if (server_) server_->pause();
}
void DeviceConnector::resume() {
  if (server_) server_->resume();
}
bool DeviceConnector::drain(std::int64_t milliseconds) {
  return !server_ || server_->drain(milliseconds);
}
std::uint16_t DeviceConnector::port() const {
  return server_ ? server_->port() : std::uint16_t{0};
}

connect::MllpServerCounts DeviceConnector::counts() const {
  connect::MllpServerCounts counts;
  if (!server_) return counts;
  const connect::DeviceServerCounts known = server_->counts();
  counts.connections_accepted = known.accepted;
  counts.connections_refused = known.refused;
  counts.connections_open = known.open;
  counts.connections_cut = known.cut;
  counts.messages = known.messages;
  counts.bytes = known.bytes;
  counts.answers = known.answers;
  return counts;
}

}  // namespace meridian::ingest
