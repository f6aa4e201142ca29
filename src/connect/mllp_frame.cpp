#include "connect/mllp_frame.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "connect/messages.hpp"

namespace meridian::connect {
namespace {

constexpr char kStart = '\x0b';
constexpr char kEnd = '\x1c';
constexpr std::size_t kHeaderName = 3;

/// Whether a message or a batch may begin so: the names of the header segments, and what they begin with.
bool begins_header(std::string_view bytes) {
  for (const std::string_view header : {"MSH", "FHS", "BHS"}) {
    if (header.starts_with(bytes.substr(0, kHeaderName))) return true;
  }
  return false;
}

std::size_t find(std::string_view bytes, char wanted) {
  const void* found = bytes.empty() ? nullptr : std::memchr(bytes.data(), wanted, bytes.size());
  return found == nullptr ? bytes.size() : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
}

}  // namespace

std::string_view name(MllpFault fault) {
  constexpr std::string_view kNames[kMllpFaults] = {
      "garbage-between", "missing-start", "missing-return", "separator-inside", "restarted", "too-large", "truncated"};
  return kNames[static_cast<std::size_t>(fault)];
}

Issue issue_of(const MllpDeviation& deviation) {
  struct Row {
    const Message* message;
    Severity severity;
    IssueType type;
  };
  static constexpr Row kRows[kMllpFaults] = {
      {&kGarbageBetween, Severity::warning, IssueType::structure},
      {&kMissingStart, Severity::warning, IssueType::structure},
      {&kMissingReturn, Severity::warning, IssueType::structure},
      {&kSeparatorInside, Severity::warning, IssueType::structure},
      {&kRestarted, Severity::warning, IssueType::structure},
      {&kTooLarge, Severity::error, IssueType::too_long},
      {&kTruncated, Severity::error, IssueType::structure},
  };
  const Row& row = kRows[static_cast<std::size_t>(deviation.fault)];
  return {row.severity, row.type, *row.message, {std::to_string(deviation.bytes)}};
}

std::optional<MllpFrame> MllpDecoder::take(std::string_view& bytes) {
  while (!bytes.empty()) {
    switch (state_) {
      case State::between:
        take_between(bytes);
        break;
      case State::within:
        take_within(bytes);
        break;
      case State::after_inner_start:
        take_after_inner_start(bytes);
        break;
      case State::after_end: {
        const char next = bytes.front();
        if (next == '\r') {
          bytes.remove_prefix(1);
          return complete();
        }
        if (next == '\n' || next == kStart) {
          deviate(MllpFault::missing_return);
          return complete();  // the line end, or the next frame's beginning, is met between the frames
        }
        deviate(MllpFault::separator_inside, 1);
        append({&kEnd, 1});
        state_ = State::within;
        break;
      }
    }
  }
  return std::nullopt;
}

std::optional<MllpFrame> MllpDecoder::pause() {
  if (state_ != State::after_end) return std::nullopt;
  deviate(MllpFault::missing_return);
  return complete();
}

std::optional<MllpFrame> MllpDecoder::finish() {
  if (state_ == State::after_end) return pause();
  if (state_ == State::between) {
    garbage_ += std::exchange(candidate_, {}).size();
    end_garbage();
  } else {
    drop_content(MllpFault::truncated);
  }
  return std::nullopt;
}

void MllpDecoder::take_between(std::string_view& bytes) {
  if (!may_begin_) {
    const std::size_t dropped = find(bytes, kStart);
    garbage_ += dropped;
    bytes.remove_prefix(dropped);
    if (bytes.empty()) return;
  }
  const char next = bytes.front();
  bytes.remove_prefix(1);
  if (next == kStart) {
    garbage_ += std::exchange(candidate_, {}).size();
    return begin();
  }
  if (candidate_.empty() && (next == '\r' || next == '\n')) return;
  candidate_ += next;
  if (!begins_header(candidate_)) {
    garbage_ += std::exchange(candidate_, {}).size();
    may_begin_ = false;
  } else if (candidate_.size() == kHeaderName) {
    deviate(MllpFault::missing_start);
    begin();
  }
}

void MllpDecoder::take_within(std::string_view& bytes) {
  std::size_t size = find(bytes, kEnd);
  size = find(bytes.substr(0, size), kStart);
  append(bytes.substr(0, size));
  bytes.remove_prefix(size);
  if (bytes.empty()) return;
  state_ = bytes.front() == kEnd ? State::after_end : State::after_inner_start;
  bytes.remove_prefix(1);
}

void MllpDecoder::take_after_inner_start(std::string_view& bytes) {
  candidate_ += bytes.front();
  if (begins_header(candidate_)) {
    bytes.remove_prefix(1);
    if (candidate_.size() < kHeaderName) return;
    drop_content(MllpFault::restarted);
    return begin();
  }
  // Not the beginning of a message; what did not fit is looked at again as content.
  candidate_.pop_back();
  deviate(MllpFault::separator_inside, 1);
  append({&kStart, 1});
  append(std::exchange(candidate_, {}));
  state_ = State::within;
}

void MllpDecoder::begin() {
  end_garbage();
  state_ = State::within;
  append(std::exchange(candidate_, {}));
}

void MllpDecoder::append(std::string_view bytes) {
  content_size_ += bytes.size();
  if (content_size_ <= limits_.content_bytes) {
    content_ += bytes;
    return;
  }
  const std::size_t kept = std::min(limits_.kept_of_too_large, limits_.content_bytes);
  if (content_.size() > kept) {
    content_.resize(kept);
    content_.shrink_to_fit();
  } else {
    content_ += bytes.substr(0, kept - content_.size());
  }
}

std::optional<MllpFrame> MllpDecoder::complete() {
  MllpFrame frame;
  frame.is_cut = content_size_ > limits_.content_bytes;
  if (frame.is_cut) deviate(MllpFault::too_large, content_size_);
  frame.content = std::exchange(content_, {});
  frame.deviations = std::exchange(deviations_, {});
  content_size_ = 0;
  state_ = State::between;
  may_begin_ = true;
  return frame;
}

void MllpDecoder::deviate(MllpFault fault, std::uint64_t bytes) {
  ++counts_[static_cast<std::size_t>(fault)];
  const auto at = std::ranges::find(deviations_, fault, &MllpDeviation::fault);
  if (at == deviations_.end()) {
    deviations_.push_back({fault, bytes});
  } else {
    at->bytes += bytes;
  }
}

void MllpDecoder::end_garbage() {
  if (garbage_ > 0) deviate(MllpFault::garbage_between, garbage_);
  garbage_ = 0;
}

void MllpDecoder::drop_content(MllpFault why) {
  deviate(why, content_size_);
  content_.clear();
  content_size_ = 0;
}

bool is_mllp_content(std::string_view content) {
  for (std::size_t at = 0; at < content.size(); ++at) {
    const std::string_view after = content.substr(at + 1);
    if (content[at] == kStart && after.size() >= kHeaderName && begins_header(after)) return false;
    if (content[at] == kEnd && !after.empty() && std::strchr("\r\n\x0b", after.front()) != nullptr) return false;
  }
  return true;
}

Result<std::string> mllp_frame(std::string_view content) {
  if (!is_mllp_content(content)) {
    return fail(ErrorCode::invalid_argument, "the message holds the marks of an MLLP frame");
  }
  std::string frame;
  frame.reserve(content.size() + 3);
  frame += kStart;
  frame += content;
  frame += kEnd;
  frame += '\r';
  return frame;
}

}  // namespace meridian::connect
