#include "formats/hl7v2/continuation.hpp"

#include <algorithm>
#include <utility>

#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/header.hpp"

namespace meridian::hl7v2 {

namespace {

std::string sender_of(const Header& header) {
  std::string out(header.segment().field(3).raw());
  out += '\n';  // which cannot stand in a field
  out += header.segment().field(4).raw();
  return out;
}

void say(Issues& issues, const faults::Text& what, std::vector<std::string> arguments, std::string path) {
  issues.add({Severity::error, IssueType::processing, what, std::move(arguments), std::move(path)});
}

}  // namespace

bool is_continued(const Message& message) {
  return message.segment("DSC").field(1).has_value();
}

std::optional<Reassembly::Piece> Reassembly::take(std::string_view sender, std::string_view pointer) {
  const auto at = std::find_if(open_.begin(), open_.end(),
                               [&](const Piece& piece) { return piece.pointer == pointer && piece.sender == sender; });
  if (at == open_.end()) return std::nullopt;
  std::optional<Piece> piece(std::move(*at));
  open_.erase(at);
  return piece;
}

void Reassembly::make_room(Issues& issues) {
  std::size_t total = 0;
  for (const Piece& piece : open_) total += piece.bytes.size();
  while (open_.size() > limits_.max_open || total > limits_.max_total_bytes) {
    say(issues, faults::kContinuationGivenUp, {}, "DSC-1");
    total -= open_.front().bytes.size();
    open_.erase(open_.begin());
  }
}

std::optional<std::string> Reassembly::add(const Message& message, Issues& issues) {
  const Header header = message.header();
  const std::string_view pointer = header.continuation();
  const bool goes_on = is_continued(message);
  if (pointer.empty() && !goes_on) return std::string(message.text());

  Piece piece;
  piece.sender = sender_of(header);
  if (!pointer.empty()) {
    std::optional<Piece> before = take(piece.sender, pointer);
    if (!before) {
      say(issues, faults::kContinuationUnknown, {}, "MSH-14");
      return std::nullopt;
    }
    piece = std::move(*before);
  }
  const bool is_first = pointer.empty();
  bool was_cut = std::exchange(piece.is_cut, false);
  for (const Segment segment : message.segments()) {
    if (segment.is("DSC") || (segment.is("MSH") && !is_first)) continue;
    if (segment.is("ADD")) {
      // Empty, it says that the segment before it is cut; otherwise it is the rest of one.
      const std::string_view rest = segment.raw().substr(std::min<std::size_t>(4, segment.raw().size()));
      if (rest.empty()) {
        piece.is_cut = true;
        continue;
      }
      if (was_cut && piece.bytes.ends_with('\r')) piece.bytes.pop_back();
      piece.bytes += rest;
    } else {
      piece.bytes += segment.raw();
    }
    was_cut = false;
    piece.bytes += '\r';
  }
  if (piece.bytes.size() > limits_.max_bytes) {
    say(issues, faults::kTooLarge, {"bytes", std::to_string(limits_.max_bytes)}, "DSC-1");
    return std::nullopt;
  }
  if (!goes_on) return std::move(piece.bytes);
  piece.pointer = message.segment("DSC").field(1).component(1).raw();
  open_.push_back(std::move(piece));
  make_room(issues);
  return std::nullopt;
}

}  // namespace meridian::hl7v2
