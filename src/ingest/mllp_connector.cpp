#include "ingest/mllp_connector.hpp"

#include <utility>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/random.hpp"
#include "ingest/feed.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kHeadBytes = 4096;  // of a message, for its acknowledgement

std::string source_of(const connect::MllpPeer& peer) {
  std::string source = peer.address + ':' + std::to_string(peer.port);
  if (!peer.certificate_subject.empty()) source += ' ' + peer.certificate_subject;
  return source;
}

bool wants(AcceptWhen when, bool is_success) {
  return when == AcceptWhen::always || (is_success ? when == AcceptWhen::on_success : when == AcceptWhen::on_error);
}

std::vector<AckError> errors_of(const Outcome& outcome) {
  if (outcome.state == MessageState::done) return {};
  return {{outcome.path, outcome.text.empty() ? std::string(name(outcome.state)) : outcome.text}};
}

}  // namespace

MllpConnector::MllpConnector(Intake& intake)
    : intake_(intake),
      clock_(intake.services().clock != nullptr ? *intake.services().clock : system_clock()),
      ids_(clock_, system_random()) {}

Result<> MllpConnector::open(net::Io& io) {
  const auto receive = [this](connect::MllpMessage message, connect::MllpResponder responder) {
    this->receive(std::move(message), std::move(responder));
  };
  const Feed& feed = intake_.feed();
  Result<connect::MllpServer> server = connect::MllpServer::start(feed.mllp, io, receive, &clock_);
  if (!server) return fail(std::move(server).error().within("feed " + feed.name));
  server_ = *std::move(server);
  return {};
}

void MllpConnector::receive(connect::MllpMessage came, connect::MllpResponder responder) {
  std::string head = came.frame.content.substr(0, kHeadBytes);
  std::string source = source_of(responder.line()->peer());
  intake_.take(std::move(came.frame.content), std::move(source),
               came.frame.is_cut ? std::optional(too_large()) : std::nullopt,
               [this, head = std::move(head), responder = std::move(responder)](
                   const Arrival& arrival, const Result<Receipt>& receipt) mutable {
                 // What is not safe nobody is told of: the responder goes, the connection is cut, and the sender keeps
                 // it.
                 connect::MllpResponder here = std::move(responder);
                 if (receipt) acknowledge(arrival, *receipt, std::move(head), std::move(here));
               });
}

void MllpConnector::acknowledge(const Arrival& arrival, const Receipt& receipt, std::string head,
                                connect::MllpResponder responder) {
  const MessageHeader& header = arrival.header;
  if (!arrival.is_readable) {
    std::move(responder).answer(ack(head, header.is_enhanced() ? AckCode::cr : AckCode::ar,
                                    {{"", "the message cannot be read or is too large"}}));
  } else if (header.is_enhanced()) {
    if (header.application != AcceptWhen::absent && header.application != AcceptWhen::never) {
      tell_later(responder.line(), head, header.application, receipt.id.sequence);
    }
    if (header.accept == AcceptWhen::absent || wants(header.accept, true)) {
      std::move(responder).answer(ack(head, AckCode::ca));
    } else {
      std::move(responder).skip();
    }
  } else if (intake_.feed().acknowledge == AcknowledgeWhen::inbox) {
    std::move(responder).answer(ack(head, AckCode::aa));
  } else {
    answer_later(std::move(responder), std::move(head), receipt.id.sequence);
  }
  intake_.pipeline().note(Stage::acknowledge, static_cast<double>(steady_nanoseconds() - arrival.began) / 1e9, false);
}

void MllpConnector::answer_later(connect::MllpResponder responder, std::string head, std::uint64_t sequence) {
  auto kept = std::make_shared<connect::MllpResponder>(std::move(responder));
  intake_.pipeline().when_finished(sequence, [this, kept, head = std::move(head)](const Outcome& outcome) {
    const AckCode code = outcome.state == MessageState::done ? AckCode::aa : AckCode::ae;
    std::move(*kept).answer(ack(head, code, errors_of(outcome)));
  });
}

void MllpConnector::tell_later(std::shared_ptr<connect::MllpLine> line, std::string head, AcceptWhen when,
                               std::uint64_t sequence) {
  intake_.pipeline().when_finished(
      sequence, [this, line = std::move(line), head = std::move(head), when](const Outcome& outcome) {
        const bool is_success = outcome.state == MessageState::done;
        if (!wants(when, is_success)) return;
        line->send(ack(head, is_success ? AckCode::aa : AckCode::ae, errors_of(outcome)));
      });
}

std::string MllpConnector::ack(const std::string& head, AckCode code, const std::vector<AckError>& errors) {
  std::string id;
  for (const char c : ids_.next().to_string()) {
    if (c != '-' && id.size() < 20) id += c;
  }
  return make_ack(head, code, errors, id, clock_.now());
}

void MllpConnector::pause() {
  if (server_) server_->pause();
}
void MllpConnector::resume() {
  if (server_) server_->resume();
}
bool MllpConnector::drain(std::int64_t milliseconds) {
  return !server_ || server_->drain(milliseconds);
}
std::uint16_t MllpConnector::port() const {
  return server_ ? server_->port() : std::uint16_t{0};
}
connect::MllpServerCounts MllpConnector::counts() const {
  return server_ ? server_->counts() : connect::MllpServerCounts();
}

}  // namespace meridian::ingest
