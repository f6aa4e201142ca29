#include "connect/internal/dicom_wire.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "connect/internal/on_executor.hpp"

namespace meridian::connect::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

constexpr std::size_t kReadAhead = 64 * 1024;
constexpr std::uint32_t kLeastPeerMax = 128;
constexpr std::uint32_t kMostSent = 256 * 1024;  // of one P-DATA-TF, whatever more the peer takes
constexpr std::size_t kGroupBytes = 256 * 1024;  // of PDUs in one write

}  // namespace

Error error_of(IoStatus status) {
  if (status == IoStatus::timed_out) return {ErrorCode::timeout, "the peer says or takes nothing"};
  if (status == IoStatus::cancelled) return {ErrorCode::cancelled, "the association is being cut"};
  return {ErrorCode::io_failure, "the connection ended within the association"};
}

DicomWire::DicomWire(net::Stream& stream, DicomWireLimits limits) : stream_(stream), limits_(limits) {}

bool DicomWire::set_peer_max(std::uint32_t bytes) {
  if (bytes != 0 && bytes < kLeastPeerMax) return false;
  peer_max_ = bytes == 0 ? kMostSent : std::min(bytes, kMostSent);
  return true;
}

void DicomWire::make_room() {
  const std::size_t held = end_ - begin_;
  const std::size_t wanted =
      std::max<std::size_t>(head_ ? kPduHeadBytes + std::size_t{head_->bytes} : 0, held) + kReadAhead;
  if (wanted <= capacity_) {
    if (begin_ == 0) return;
    std::memmove(in_.get(), in_.get() + begin_, held);
  } else {
    std::unique_ptr<char[]> larger(new char[wanted]);
    if (held > 0) std::memcpy(larger.get(), in_.get() + begin_, held);
    in_ = std::move(larger);
    capacity_ = wanted;
  }
  begin_ = 0;
  end_ = held;
}

std::optional<Result<WireEvent>> DicomWire::parse_head() {
  Result<PduHead> head = decode_pdu_head({in_.get() + begin_, end_ - begin_});
  if (!head) return Result<WireEvent>(fail(std::move(head).error()));
  const std::uint32_t most = head->type == PduType::data ? limits_.max_pdu_bytes : limits_.associate_bytes;
  if (head->bytes > most) {
    return Result<WireEvent>(fail(ErrorCode::too_large, "a PDU is larger than was agreed upon"));
  }
  head_ = *head;
  return std::nullopt;
}

/// What lies in the buffer; nothing when more must be read.
std::optional<Result<WireEvent>> DicomWire::parse() {
  while (true) {
    if (!values_.empty()) {
      Result<DataValue> value = take_data_value(values_);
      if (!value) return Result<WireEvent>(fail(std::move(value).error()));
      return WireEvent{PduType::data, {}, *value};
    }
    begin_ += std::exchange(used_, 0);
    if (!head_) {
      if (end_ - begin_ < kPduHeadBytes) return std::nullopt;
      if (auto refused = parse_head()) return refused;
    }
    const std::size_t whole = kPduHeadBytes + std::size_t{head_->bytes};
    if (end_ - begin_ < whole) return std::nullopt;
    const std::string_view body(in_.get() + begin_ + kPduHeadBytes, head_->bytes);
    const PduType type = head_->type;
    used_ = whole;
    head_.reset();
    if (type != PduType::data) return WireEvent{type, body, {}};
    values_ = body;
  }
}

Task<Result<WireEvent>> DicomWire::next(Deadline first_byte) {
  Deadline whole;
  while (true) {
    if (auto event = parse()) co_return *std::move(event);
    make_room();
    if (end_ == begin_) {
      stream_.set_deadline(first_byte);
    } else {
      if (!whole.is_set()) whole = Deadline::after_milliseconds(limits_.pdu_ms);
      stream_.set_deadline(Deadline::earlier(whole, Deadline::after_milliseconds(limits_.stall_ms)));
    }
    const IoResult got = co_await stream_.read_some(in_.get() + end_, capacity_ - end_);
    if (!got) co_return fail(error_of(got.status));
    end_ += got.bytes;
    received_ += got.bytes;
  }
}

std::optional<Result<WireEvent>> DicomWire::poll() {
  while (true) {
    if (auto event = parse()) return event;
    make_room();
    const net::Stream::Attempt attempt = stream_.try_read(in_.get() + end_, capacity_ - end_);
    if (attempt.result.status == IoStatus::would_block) return std::nullopt;
    if (!attempt.result) return Result<WireEvent>(fail(error_of(attempt.result.status)));
    end_ += attempt.result.bytes;
    received_ += attempt.result.bytes;
  }
}

Task<Result<WireCommand>> DicomWire::command(Deadline first_byte) {
  partial_command_.clear();
  std::uint8_t context = 0;
  Deadline deadline = first_byte;
  while (true) {
    Result<WireEvent> event = co_await next(deadline);
    if (!event) co_return fail(std::move(event).error());
    WireCommand got;
    got.type = event->type;
    if (event->type != PduType::data) {
      got.body = std::string(event->body);
      co_return got;
    }
    const DataValue& value = event->value;
    if (!value.is_command || (!partial_command_.empty() && value.context != context)) {
      co_return fail(ErrorCode::malformed_input, "a piece of a data set stands where a command belongs");
    }
    context = value.context;
    if (partial_command_.size() + value.bytes.size() > limits_.command_bytes) {
      co_return fail(ErrorCode::too_large, "a command is too large");
    }
    partial_command_ += value.bytes;
    deadline = Deadline::after_milliseconds(limits_.stall_ms);
    if (!value.is_last) continue;
    Result<DimseCommand> command = decode_command(partial_command_);
    if (!command) co_return fail(std::move(command).error());
    got.context = context;
    got.command = *std::move(command);
    co_return got;
  }
}

Task<Result<DataValue>> DicomWire::piece(std::uint8_t context) {
  Result<WireEvent> event = co_await next(Deadline::after_milliseconds(limits_.stall_ms));
  if (!event) co_return fail(std::move(event).error());
  if (event->type == PduType::abort) co_return fail(ErrorCode::io_failure, "the peer aborted the association");
  if (event->type != PduType::data || event->value.is_command || event->value.context != context) {
    co_return fail(ErrorCode::malformed_input, "a message's data set is broken off by something else");
  }
  co_return event->value;
}

Task<Result<std::string>> DicomWire::data_set(std::uint8_t context, std::uint64_t max_bytes) {
  std::string whole;
  while (true) {
    const Result<DataValue> value = co_await piece(context);
    if (!value) co_return fail(value.error());
    if (whole.size() + value->bytes.size() > max_bytes) {
      co_return fail(ErrorCode::too_large, "an identifier is too large");
    }
    whole += value->bytes;
    if (value->is_last) co_return whole;
  }
}

Task<Result<>> DicomWire::flush() {
  stream_.set_deadline(Deadline::after_milliseconds(limits_.stall_ms));
  std::string_view left = out_;
  while (!left.empty()) {
    const IoResult written = co_await stream_.write_some(left);
    if (!written) co_return fail(error_of(written.status));
    left.remove_prefix(written.bytes);
    stream_.set_deadline(Deadline::after_milliseconds(limits_.stall_ms));
  }
  sent_ += out_.size();
  out_.clear();
  co_return Result<>{};
}

Task<Result<>> DicomWire::send(std::string pdu) {
  out_ += pdu;
  co_return co_await flush();
}

Task<Result<>> DicomWire::send(std::uint8_t context, const DimseCommand& command, const DicomBytes* data_set,
                               http::Executor* executor) {
  const std::size_t most = peer_max_ - kPdvHeadBytes;
  const auto open_pdu = [&](bool is_command, bool is_last, std::size_t size) {
    append_pdu_head(out_, {PduType::data, static_cast<std::uint32_t>(size + kPdvHeadBytes)});
    append_data_value_head(out_, {context, is_command, is_last, {}}, static_cast<std::uint32_t>(size));
  };
  std::string encoded = encode(command);
  for (std::string_view left = encoded; !left.empty();) {
    const std::string_view part = left.substr(0, most);
    left.remove_prefix(part.size());
    open_pdu(true, left.empty(), part.size());
    out_ += part;
  }
  const std::uint64_t size = command.has_data_set && data_set != nullptr ? data_set->size() : 0;
  for (std::uint64_t at = 0; command.has_data_set && (at < size || size == 0);) {
    // One group of PDUs: its bytes are read where waiting for a disk harms nobody.
    Result<> is_read;
    bool is_at_end = false;
    auto fill = [&] {
      do {
        const std::size_t part = std::min<std::uint64_t>(most, size - at);
        is_at_end = at + part == size;
        open_pdu(false, is_at_end, part);
        const std::size_t from = out_.size();
        out_.resize(from + part);
        if (part > 0) is_read = data_set->read(at, {out_.data() + from, part});
        at += part;
      } while (is_read && !is_at_end && out_.size() + most < kGroupBytes);
    };
    co_await on_executor(executor, stream_.loop(), fill);
    if (!is_read) co_return is_read;
    Result<> flushed = co_await flush();
    if (!flushed) co_return flushed;
    if (is_at_end) co_return Result<>{};
  }
  co_return co_await flush();
}

}  // namespace meridian::connect::internal
