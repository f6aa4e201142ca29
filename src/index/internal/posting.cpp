#include "index/internal/posting.hpp"

#include <bit>
#include <optional>

#include "index/internal/varint.hpp"

namespace meridian::index {

namespace {

enum class Form : std::uint8_t { steps = 0, runs = 1, bits = 2 };

constexpr std::size_t varint_bytes(std::size_t value) {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
}

tl::unexpected<Error> malformed() {
  return fail(ErrorCode::malformed_input, "a posting list is damaged");
}

Result<Row> collect_steps(Row first, std::string_view bytes, Collector& rows) {
  std::uint64_t offset = 0;
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const std::uint8_t* const end = at + bytes.size();
  while (at != end) {
    std::uint64_t step = *at++;
    for (unsigned shift = 7; step >> shift != 0; shift += 7) {
      // The bit that says "more" is the topmost of what was read so far: take it away, and add what follows.
      if (at == end || shift > 14) return malformed();
      step = (step & ((std::uint64_t{1} << shift) - 1)) | std::uint64_t{*at++} << shift;
    }
    offset += step;
    if (step == 0 || offset >= kMaxListSpan) return malformed();
    rows.add(first + offset);
  }
  return first + offset;
}

Result<Row> collect_runs(Row first, std::string_view bytes, Collector& rows) {
  std::uint64_t offset = 0;
  bool is_first = true;
  while (is_first || !bytes.empty()) {
    if (!is_first) {
      const std::optional<std::uint64_t> gap = take_varint(bytes);
      if (!gap || *gap >= kMaxListSpan) return malformed();
      offset += *gap + 2;
    }
    const std::optional<std::uint64_t> length = take_varint(bytes);
    if (!length || *length >= kMaxListSpan || offset + *length >= kMaxListSpan) return malformed();
    rows.add_range(first + offset, first + offset + *length + 1);
    offset += *length;
    is_first = false;
  }
  return first + offset;
}

Result<Row> collect_bits(Row first, std::string_view bytes, Collector& rows) {
  if (bytes.empty() || bytes.size() > kMaxListSpan / 8 || bytes.back() == 0 || (bytes.front() & 1) == 0) {
    return malformed();
  }
  rows.add_bits(first, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto top = static_cast<std::uint8_t>(bytes.back());
  return first + (bytes.size() - 1) * 8 + static_cast<unsigned>(std::bit_width(top)) - 1;
}

}  // namespace

bool PostingWriter::add(Row row) {
  if (offsets_.empty()) {
    first_ = row;
    offsets_.push_back(0);
    run_length_ = 1;
    return true;
  }
  const Row offset = row - first_;
  if (offset >= kMaxListSpan) return false;
  const auto step = static_cast<std::size_t>(offset - offsets_.back());
  step_bytes_ += varint_bytes(step);
  if (step == 1) {
    ++run_length_;
  } else {
    run_bytes_ += varint_bytes(run_length_ - 1) + varint_bytes(step - 2);
    run_length_ = 1;
  }
  offsets_.push_back(static_cast<std::uint16_t>(offset));
  return true;
}

void PostingWriter::clear() {
  offsets_.clear();
  step_bytes_ = run_bytes_ = run_length_ = 0;
}

void PostingWriter::append_to(std::string& bytes) const {
  if (offsets_.size() < 2) return;
  const std::size_t runs = run_bytes_ + varint_bytes(run_length_ - 1);
  const std::size_t bits = offsets_.back() / 8 + std::size_t{1};
  if (bits < step_bytes_ && bits < runs) {
    append_bits(bytes);
  } else if (runs < step_bytes_) {
    append_runs(bytes);
  } else {
    bytes.push_back(static_cast<char>(Form::steps));
    for (std::size_t i = 1; i < offsets_.size(); ++i) {
      append_varint(bytes, static_cast<std::uint64_t>(offsets_[i] - offsets_[i - 1]));
    }
  }
}

void PostingWriter::append_runs(std::string& bytes) const {
  bytes.push_back(static_cast<char>(Form::runs));
  for (std::size_t i = 0; i < offsets_.size();) {
    std::size_t end = i + 1;
    while (end < offsets_.size() && offsets_[end] == offsets_[end - 1] + 1) ++end;
    if (i != 0) append_varint(bytes, static_cast<std::uint64_t>(offsets_[i] - offsets_[i - 1] - 2));
    append_varint(bytes, end - i - 1);
    i = end;
  }
}

void PostingWriter::append_bits(std::string& bytes) const {
  bytes.push_back(static_cast<char>(Form::bits));
  const std::size_t start = bytes.size();
  bytes.resize(start + offsets_.back() / 8 + 1);
  for (const std::uint16_t offset : offsets_) {
    char& byte = bytes[start + offset / 8];
    byte = static_cast<char>(static_cast<std::uint8_t>(byte) | 1U << (offset % 8));
  }
}

Result<Row> collect_posting(Row first, std::string_view list, Collector& rows) {
  if (first > UINT64_MAX - kMaxListSpan) return malformed();
  if (list.empty()) {
    rows.add(first);
    return first;
  }
  const std::string_view body = list.substr(1);
  switch (static_cast<Form>(list.front())) {
    case Form::steps:
      if (body.empty()) return malformed();
      rows.add(first);
      return collect_steps(first, body, rows);
    case Form::runs:
      return collect_runs(first, body, rows);
    case Form::bits:
      return collect_bits(first, body, rows);
  }
  return malformed();
}

std::uint64_t count_posting(std::string_view list) {
  if (list.empty()) return 1;
  std::string_view body = list.substr(1);
  std::uint64_t count = 0;
  switch (static_cast<Form>(list.front())) {
    case Form::steps:
      for (const char byte : body) count += (static_cast<std::uint8_t>(byte) >> 7) ^ 1U;
      return count + 1;
    case Form::bits:
      for (const char byte : body) count += static_cast<unsigned>(std::popcount(static_cast<std::uint8_t>(byte)));
      return count;
    case Form::runs:
      for (bool is_length = true; !body.empty(); is_length = !is_length) {
        const std::optional<std::uint64_t> number = take_varint(body);
        if (!number) break;
        if (is_length) count += *number + 1;
      }
      return count;
  }
  return 0;
}

}  // namespace meridian::index
