#include "formats/astm/link.hpp"

#include <utility>

namespace meridian::astm {
namespace {

constexpr char kStx = '\x02';
constexpr char kEtx = '\x03';
constexpr char kEot = '\x04';
constexpr char kEnq = '\x05';
constexpr char kAck = '\x06';
constexpr char kNak = '\x15';
constexpr char kEtb = '\x17';
constexpr std::size_t kTail = 4;  // checksum, CR LF

char after(char number) {
  return number == '7' ? '0' : static_cast<char>(number + 1);
}

/// The first letter of the last record; `open` is that of one which went before and goes on.
char last_kind(std::string_view text, char open) {
  while (text.ends_with('\r') || text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t end = text.find_last_of("\r\n");
  if (end != std::string_view::npos) return text[end + 1];
  return open != '\0' || text.empty() ? open : text.front();
}

}  // namespace

std::string checksum(std::string_view frame) {
  unsigned sum = 0;
  for (const char c : frame) sum += static_cast<unsigned char>(c);
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {kDigits[sum / 16 % 16], kDigits[sum % 16]};
}

std::string frames_of(std::string_view message, std::size_t most_text) {
  std::string out(1, kEnq);
  char number = '1';
  while (!message.empty()) {
    const std::size_t end = message.find('\r');
    std::string_view record = message.substr(0, end == std::string_view::npos ? end : end + 1);
    message.remove_prefix(record.size());
    while (!record.empty()) {
      const std::string_view part = record.substr(0, most_text);
      record.remove_prefix(part.size());
      std::string frame(1, number);
      frame.append(part) += record.empty() ? kEtx : kEtb;
      out.append(1, kStx).append(frame).append(checksum(frame)).append("\r\n");
      number = after(number);
    }
  }
  return out + kEot;
}

// Control characters other than those of the link do not stand in a frame's text (LIS01-A2, 6.6), so ENQ and EOT mean
// what they say wherever they come: a sender whose frame was broken off waits, gives up and starts again.
LinkEvent LinkReceiver::take(std::string_view& bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (c == kEnq) return finish(Phase::between, std::string(1, kAck));
    if (c == kEot && phase_ != Phase::idle) return finish(Phase::idle, {});
    switch (phase_) {
      case Phase::idle:
        break;  // what stands between messages means nothing
      case Phase::between:
        if (c != kStx) break;
        frame_.clear();
        tail_.clear();
        phase_ = Phase::frame;
        break;
      case Phase::frame:
        if (c == kStx) {  // the one before was broken off
          frame_.clear();
        } else if (frame_.size() >= limits_.frame_bytes) {
          ++counts_.too_large;
          phase_ = Phase::between;
          return damaged();
        } else {
          frame_ += c;
          if (c == kEtx || c == kEtb) phase_ = Phase::checksum;
        }
        break;
      case Phase::checksum:
        tail_ += c;
        if (tail_.size() < kTail) break;
        phase_ = Phase::between;
        return end_frame();
    }
  }
  return {};
}

LinkEvent LinkReceiver::damaged() {
  ++counts_.damaged;
  is_refused_ = true;
  return {std::string(1, kNak), {}};
}

LinkEvent LinkReceiver::end_frame() {
  const bool is_whole = frame_.size() >= 2 && tail_.substr(2) == "\r\n" && tail_.substr(0, 2) == checksum(frame_);
  if (!is_whole) return damaged();
  const char number = frame_.front();
  const char before = expected_ == '0' ? '7' : static_cast<char>(expected_ - 1);
  if (number != expected_ && has_frame_ && number == before) {
    ++counts_.repeated;
    return {std::string(1, kAck), {}};
  }
  if (number != expected_) return damaged();
  std::string text = frame_.substr(1, frame_.size() - 2);
  if (text_.size() + text.size() > limits_.message_bytes) {
    ++counts_.too_large;
    return damaged();
  }
  ++counts_.frames;
  is_refused_ = false;
  const bool ends_record = frame_.back() == kEtx;
  if (ends_record && !text.ends_with('\r')) text += '\r';
  const char kind = last_kind(text, open_kind_);
  if (ends_record && kind == 'L') {
    is_settled_ = false;
    return {{}, text_ + text, true};
  }
  text_ += text;
  is_record_open_ = !ends_record;
  open_kind_ = ends_record || text.ends_with('\r') || text.ends_with('\n') ? '\0' : kind;
  has_frame_ = true;
  expected_ = after(expected_);
  return {std::string(1, kAck), {}};
}

std::string LinkReceiver::settle(bool is_safe) {
  if (is_settled_) return {};
  is_settled_ = true;
  is_refused_ = !is_safe;
  if (!is_safe) return std::string(1, kNak);
  text_.clear();
  is_record_open_ = false;
  open_kind_ = '\0';
  has_frame_ = true;
  expected_ = after(expected_);
  return std::string(1, kAck);
}

/// Of what was said without an end. It is whole only where the sender ended it between two records that were taken.
LinkEvent LinkReceiver::finish(Phase next, std::string reply) {
  LinkEvent event{std::move(reply), {}};
  if (is_settled_ && !text_.empty()) {
    const bool is_within_frame = phase_ == Phase::frame || phase_ == Phase::checksum;
    event.is_broken_off = next == Phase::between || is_within_frame || is_refused_ || is_record_open_;
    if (event.is_broken_off) ++counts_.broken_off;
    event.message = std::move(text_);
  }
  frame_.clear();
  tail_.clear();
  text_.clear();
  expected_ = '1';
  is_record_open_ = false;
  open_kind_ = '\0';
  has_frame_ = false;
  is_settled_ = true;
  is_refused_ = false;
  phase_ = next;
  return event;
}

}  // namespace meridian::astm
