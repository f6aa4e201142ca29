// DicomServer: listens for DICOM peers and does for each what its handler offers: echo, store, find, move, get, storage
// commitment.
//
//   DicomServer server = TRY(DicomServer::start(options, io, executor, handler));
//
// An association is a coroutine on one loop; what may wait (disks, the handler) runs on the executor, so that
// associations cost memory, not threads. A data set goes to the sink of the handler in pieces, while the next is not
// read before: so a sender is slowed. Operations of one association are done one after another; more than one at a time
// is not agreed to. Transfer syntaxes are accepted as they come: of storage the first proposed that formats/dicom
// knows, of others the first without coding. Results are pulled one at a time and stop at C-CANCEL. Peers that are
// silent, slow, or send what is no DICOM are aborted. The executor's queue should take as many as there may be
// associations: what it does not take is done on the loops.
// Lifetime: io, executor and handler outlive the server. drain() then destruction; destruction alone cuts.
// Errors: invalid_argument (options, certificates), io_failure (address in use).
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part08.html#chapter_9,
// https://dicom.nema.org/medical/dicom/current/output/html/part07.html; TLS: connect/mllp_server.hpp
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connect/dicom_service.hpp"

namespace meridian::net {
class Io;
}
namespace meridian::http {
class Executor;
}

namespace meridian::connect {

/// Who may ask for associations.
struct DicomKnownPeer {
  std::string title;
  std::string address;             ///< empty: from anywhere
  std::string certificate_sha256;  ///< empty: any that the authorities have signed
};

struct DicomServerOptions {
  std::string name = "dicom";      ///< the label of its metrics
  std::string host = "127.0.0.1";  ///< an address, not a name
  std::uint16_t port = 0;          ///< 0: any free one
  bool tls = false;
  net::TlsServerOptions certificates;

  std::vector<std::string>
      titles;  ///< its own AE titles; the first is what it calls itself. Empty: MERIDIAN, any called
  std::vector<DicomKnownPeer> peers;  ///< empty: anybody

  std::uint32_t associations = 256;
  std::uint32_t associations_per_address = 64;
  std::uint32_t max_pdu_bytes = 256 * 1024;  ///< what peers are told; each association holds about as much
  std::uint32_t command_bytes = 64 * 1024;
  std::uint64_t identifier_bytes = 4 << 20;
  std::uint64_t object_bytes = std::uint64_t{16} << 30;

  std::int64_t handshake_ms = 10'000;
  std::int64_t request_ms = 30'000;  ///< ARTIM: for the A-ASSOCIATE-RQ to come, and for a peer that was told to go
  std::int64_t idle_ms = 900'000;    ///< between two messages
  std::int64_t stall_ms = 30'000;    ///< without a byte within a message, or without one taken
  std::int64_t pdu_ms = 300'000;     ///< from a PDU's first byte to its last
};

struct DicomServerCounts {
  std::uint64_t associations_accepted = 0;
  std::uint64_t associations_rejected = 0;
  std::uint64_t associations_aborted = 0;  ///< by either side, or broken
  std::uint64_t connections_refused = 0;   ///< one too many, or no TLS handshake
  std::uint64_t connections_open = 0;
  std::uint64_t objects_received = 0;
  std::uint64_t objects_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t operations = 0;  ///< of every kind
};

class DicomServer {
 public:
  static Result<DicomServer> start(DicomServerOptions options, net::Io& io, http::Executor& executor,
                                   DicomHandler& handler);
  DicomServer(DicomServer&&) noexcept;
  DicomServer& operator=(DicomServer&&) noexcept;
  ~DicomServer();

  std::uint16_t port() const;
  DicomServerCounts counts() const;
  /// Reads the certificate files again; connections made from now on use them. On error the old ones stay.
  Result<> reload_certificates();
  /// Stops accepting, lets the operation that each association is at come to its end, cuts what is left after
  /// `milliseconds`. Waits for that on the calling thread. True when nothing had to be cut.
  bool drain(std::int64_t milliseconds);

 private:
  struct State;
  explicit DicomServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::connect
