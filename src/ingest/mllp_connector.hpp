// MllpConnector: HL7 v2 by MLLP, acknowledged.
//
// Original mode: AA once the message is safe, or, when the feed says so, once it is in the store (AE with an ERR for
// why not). Enhanced mode (MSH-15, MSH-16): CA once it is safe, and the application's AA or AE when it has ended, as a
// message of its own on the same connection. AR for what cannot be read or is too large: it is kept as a dead letter.
// When the inbox cannot take it the connection is cut, so that the sender keeps it and sends it again. A message that
// comes again is answered as the first was and changes nothing.
// Specification: HL7 v2.5.1 chapter 2.9.2 (original mode), 2.9.3 (enhanced mode).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "ingest/connector.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/intake.hpp"

namespace meridian::ingest {

class MllpConnector final : public Connector {
 public:
  explicit MllpConnector(Intake& intake);

  Result<> open(net::Io& io) override;
  void close() override { server_.reset(); }
  void pause() override;
  void resume() override;
  bool drain(std::int64_t milliseconds) override;
  std::uint16_t port() const override;
  connect::MllpServerCounts counts() const override;

 private:
  void receive(connect::MllpMessage came, connect::MllpResponder responder);
  void acknowledge(const Arrival& arrival, const Receipt& receipt, std::string head, connect::MllpResponder responder);
  void answer_later(connect::MllpResponder responder, std::string head, std::uint64_t sequence);
  void tell_later(std::shared_ptr<connect::MllpLine> line, std::string head, AcceptWhen when, std::uint64_t sequence);
  std::string ack(const std::string& head, AckCode code, const std::vector<AckError>& errors = {});

  Intake& intake_;
  const Clock& clock_;
  UuidMaker ids_;
  std::optional<connect::MllpServer> server_;
};

}  // namespace meridian::ingest
