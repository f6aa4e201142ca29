// DicomWire: one side of an association's connection: PDUs read with every limit kept, messages written.
//
// Views of what was read hold until the next read. Reading is bounded in time: for the first byte of a PDU by the
// caller's deadline, from then on by a stall and by the whole PDU's time. What is written goes out in groups of PDUs,
// one write each. On the stream's loop only.
// Errors: malformed_input, too_large, timeout, cancelled, io_failure (the peer has gone).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "connect/dicom_object.hpp"
#include "connect/dicom_pdu.hpp"
#include "connect/dimse_message.hpp"
#include "http/executor.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace meridian::connect::internal {

struct DicomWireLimits {
  std::uint32_t max_pdu_bytes = 256 * 1024;  ///< of a P-DATA-TF that comes
  std::uint32_t associate_bytes = 1 << 20;   ///< of other PDUs
  std::uint32_t command_bytes = 64 * 1024;
  std::int64_t stall_ms = 30'000;
  std::int64_t pdu_ms = 300'000;
};

/// What came: a PDU's body, or one value of a P-DATA-TF.
struct WireEvent {
  PduType type = PduType::data;
  std::string_view body;
  DataValue value;
};

/// A command, or another PDU than P-DATA-TF that came in its stead.
struct WireCommand {
  PduType type = PduType::data;
  std::string body;
  std::uint8_t context = 0;
  DimseCommand command;
};

class DicomWire {
 public:
  DicomWire(net::Stream& stream, DicomWireLimits limits);

  net::Task<Result<WireEvent>> next(Deadline first_byte);
  /// What has come already; nothing when that is no whole PDU. Waits for nothing.
  std::optional<Result<WireEvent>> poll();
  net::Task<Result<WireCommand>> command(Deadline first_byte);
  /// The data set that belongs to a command, whole.
  net::Task<Result<std::string>> data_set(std::uint8_t context, std::uint64_t max_bytes);
  /// The next piece of it: a value of this context that is no command.
  net::Task<Result<DataValue>> piece(std::uint8_t context);

  /// What the peer can take: of its A-ASSOCIATE. False when that is too little for anything.
  bool set_peer_max(std::uint32_t bytes);
  net::Task<Result<>> send(std::string pdu);
  /// A command and, when it says that it has one, its data set. Where an executor is given, bytes are read on it.
  net::Task<Result<>> send(std::uint8_t context, const DimseCommand& command, const DicomBytes* data_set,
                           http::Executor* executor);

  net::Stream& stream() { return stream_; }
  std::uint64_t received() const { return received_; }
  std::uint64_t sent() const { return sent_; }

 private:
  std::optional<Result<WireEvent>> parse();
  std::optional<Result<WireEvent>> parse_head();
  void make_room();
  net::Task<Result<>> flush();

  net::Stream& stream_;
  const DicomWireLimits limits_;
  std::uint32_t peer_max_ = 16 * 1024;  // of a P-DATA-TF's body

  std::unique_ptr<char[]> in_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // of what was read and not yet taken
  std::size_t end_ = 0;
  std::optional<PduHead> head_;  // of the PDU that is being read
  std::size_t used_ = 0;         // bytes of the PDU whose views are out
  std::string_view values_;      // of the P-DATA-TF being taken apart
  std::string partial_command_;
  std::string out_;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
};

Error error_of(net::IoStatus status);

}  // namespace meridian::connect::internal
