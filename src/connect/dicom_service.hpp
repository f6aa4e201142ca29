// DicomHandler: what stands behind a DicomServer: what it keeps, finds and gives out.
//
// The server calls on its executor's threads, for one association one call at a time; calls may wait for disks. What
// an operation gave (a sink, matches, objects) is used in the same way, and dropped when the peer cancels or goes. The
// handler outlives the server. Errors that are given back become statuses (status_of); their messages reach the log
// and never the peer.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part04.html annexes A to C, J
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "connect/dicom_object.hpp"
#include "connect/dimse_message.hpp"
#include "net/tls.hpp"

namespace meridian::connect {

enum class DicomService : std::uint8_t { none, echo, store, find, move, get, commitment };
/// What an abstract syntax (its UID) asks for; SOP classes of storage are those of PS3.4, annex B, and private ones.
DicomService service_of(std::string_view uid);

struct DicomPeer {
  std::string address;
  std::uint16_t port = 0;
  bool is_encrypted = false;
  std::string certificate_subject;  ///< RFC 2253; empty when the peer showed none
  std::string certificate_sha256;   ///< lower-case hexadecimal
  std::string calling;              ///< AE titles
  std::string called;
  std::uint64_t association = 0;  ///< its number in this server, from 1
};

/// The promise of one status. Moves; from any thread. Destroyed unused: a processing failure.
class DicomReply {
 public:
  DicomReply() = default;
  explicit DicomReply(Callback<void(DimseStatus)> to) : to_(std::move(to)) {}
  DicomReply(DicomReply&&) noexcept = default;
  DicomReply& operator=(DicomReply&&) = delete;
  ~DicomReply();
  void give(DimseStatus status) &&;

 private:
  Callback<void(DimseStatus)> to_;
};

/// Takes one data set, in pieces as they come. Destroyed before finish(): the peer broke off.
class DicomSink {
 public:
  virtual ~DicomSink() = default;
  virtual Result<> append(std::string_view bytes) = 0;
  /// All has come. The reply is given when the object is safe, from whatever thread, perhaps after the sink has gone.
  virtual void finish(DicomReply reply) = 0;
};

/// Data sets that match, one at a time; nothing after the last.
class DicomMatches {
 public:
  virtual ~DicomMatches() = default;
  virtual Result<std::optional<std::string>> next() = 0;
};

/// Objects to be given out, one at a time; nothing after the last.
class DicomObjects {
 public:
  virtual ~DicomObjects() = default;
  virtual std::uint32_t count() const = 0;
  virtual std::vector<DicomKind> kinds() const = 0;  ///< of all of them, each once
  virtual Result<std::optional<DicomObject>> next() = 0;
};

/// Whom C-MOVE sends to.
struct DicomDestination {
  std::string host;
  std::uint16_t port = 0;
  std::string title;
  bool tls = false;
  net::TlsClientOptions certificates;
};

struct DicomMove {
  DicomDestination to;
  std::unique_ptr<DicomObjects> objects;
};

struct DicomQuery {
  const DicomPeer& peer;
  std::string sop_class;
  std::string transfer_syntax;  ///< of the identifier, and of what matches: explicit or implicit VR, little endian
  std::string identifier;       ///< a data set's bytes; of storage commitment: the action's information
};

/// What storage commitment found: event type 1 (all are kept) or 2 (some are not), and the event's information.
struct DicomCommitment {
  std::uint16_t event_type = 1;
  std::string information;
};

class DicomHandler {
 public:
  virtual ~DicomHandler() = default;
  /// Quick: asked on a loop's thread, for each context that a peer proposes.
  virtual bool offers(DicomService service) const = 0;

  virtual Result<std::unique_ptr<DicomSink>> store(const DicomPeer& peer, const DicomKind& kind,
                                                   const std::string& sop_instance);
  virtual Result<std::unique_ptr<DicomMatches>> find(const DicomQuery& query);
  /// not_found: the destination's title is not known.
  virtual Result<DicomMove> move(const DicomQuery& query, const std::string& destination);
  virtual Result<std::unique_ptr<DicomObjects>> get(const DicomQuery& query);
  virtual Result<DicomCommitment> commit(const DicomQuery& query);
};

DimseStatus status_of(const Error& error);

namespace uids {
inline constexpr std::string_view kPatientRootFind = "1.2.840.10008.5.1.4.1.2.1.1";
inline constexpr std::string_view kPatientRootMove = "1.2.840.10008.5.1.4.1.2.1.2";
inline constexpr std::string_view kPatientRootGet = "1.2.840.10008.5.1.4.1.2.1.3";
inline constexpr std::string_view kStudyRootFind = "1.2.840.10008.5.1.4.1.2.2.1";
inline constexpr std::string_view kStudyRootMove = "1.2.840.10008.5.1.4.1.2.2.2";
inline constexpr std::string_view kStudyRootGet = "1.2.840.10008.5.1.4.1.2.2.3";
inline constexpr std::string_view kWorklistFind = "1.2.840.10008.5.1.4.31";
inline constexpr std::string_view kStorageCommitment = "1.2.840.10008.1.20.1";
inline constexpr std::string_view kStorageCommitmentInstance = "1.2.840.10008.1.20.1.1";
}  // namespace uids

}  // namespace meridian::connect
