// Two passes: internal/scan.cpp finds the separators, the walk below makes segments and fields of them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/internal/scan.hpp"
#include "formats/hl7v2/message.hpp"
#include "formats/hl7v2/path.hpp"

namespace meridian::hl7v2 {

namespace {

using internal::kOffsetShift;
using internal::level_of;
using internal::offset_of;
using internal::Tape;

// A parser that has seen one huge message does not keep its memory for the small ones that follow.
constexpr std::size_t kKeptMarks = std::size_t{4} << 20;

constexpr std::size_t kContinuedLinesNoted = 100;

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}
bool is_alphanumeric(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool can_separate(char c) {
  return c > ' ' && c < '\x7F' && !is_alphanumeric(c) && c != '"';
}
bool is_header_name(std::string_view name) {
  return name == "MSH" || name == "FHS" || name == "BHS";
}

/// Where the first header segment begins: at the start, or after noise at a line's.
std::size_t find_header(std::string_view text) {
  constexpr std::string_view kNoise = " \t\r\n\v\0\xEF\xBB\xBF";
  const std::size_t first = std::min(text.find_first_not_of(std::string_view(kNoise.data(), 9)), text.size());
  const auto is_header_at = [text](std::size_t at) {
    return is_header_name(text.substr(at, 3)) && at + 3 < text.size() && !is_alphanumeric(text[at + 3]);
  };
  if (is_header_at(first)) return first;
  for (std::size_t at = text.find_first_of("\r\n", first); at != std::string_view::npos;
       at = text.find_first_of("\r\n", at + 1)) {
    if (is_header_at(at + 1)) return at + 1;
  }
  return std::string_view::npos;
}

/// The end of the text without what MLLP puts behind a message (FS CR).
std::size_t find_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of("\r\n");
  if (last == std::string_view::npos || text[last] != '\x1C') return text.size();
  return last;
}

class Walk {
 public:
  Walk(Tape& tape, std::vector<std::uint32_t>& raw, const MessageLimits& limits, Issues& issues)
      : tape_(tape), raw_(raw), limits_(limits), issues_(issues) {}

  bool run() {
    if (tape_.text.size() > std::min(limits_.max_bytes, internal::kMostBytes)) {
      return too_large("bytes", std::min(limits_.max_bytes, internal::kMostBytes));
    }
    const std::size_t begin = find_header(tape_.text);
    if (begin == std::string_view::npos) return fatal(faults::kNoHeader, {}, "MSH", 0);
    end_ = std::max(begin, find_end(tape_.text));
    text_ = tape_.text.substr(0, end_);
    note_outside(begin);
    if (!read_separators(begin)) return false;

    raw_.clear();
    const std::uint32_t escaped = internal::scan_separators(text_, begin + 3, tape_.separators, raw_);
    if (!is_line_end(text_.back())) {
      raw_.push_back(static_cast<std::uint32_t>(end_ << kOffsetShift) | escaped | internal::kSegmentEnd);
    }
    return make_segments(begin);
  }

 private:
  void note_outside(std::size_t begin) {
    // A byte order mark, blanks and the frame of MLLP are nobody's fault.
    if (begin > 8) {
      issues_.add({Severity::warning,
                   IssueType::structure,
                   faults::kTextBeforeHeader,
                   {std::to_string(begin)},
                   "MSH",
                   {begin, 0, 0}});
    }
  }

  /// MSH-1 and MSH-2. What MSH-2 lacks is assumed, where the usual character is free.
  bool read_separators(std::size_t begin) {
    const char field = begin + 3 < text_.size() ? text_[begin + 3] : '\r';
    if (!can_separate(field)) return fatal(faults::kFieldSeparatorUnusable, {}, "MSH-1", begin + 3);
    Separators& s = tape_.separators;
    s = {field, '\0', '\0', '\0', '\0', '\0'};
    struct Role {
      char Separators::* which;
      const char* name;
      char usual;
    };
    static constexpr Role kRoles[] = {{&Separators::component, "component", '^'},
                                      {&Separators::repetition, "repetition", '~'},
                                      {&Separators::escape, "escape", '\\'},
                                      {&Separators::subcomponent, "subcomponent", '&'},
                                      {&Separators::truncation, "truncation", '\0'}};
    const auto is_taken = [&s](char c) {
      return c == s.field || std::any_of(std::begin(kRoles), std::end(kRoles),
                                         [&s, c](const Role& role) { return s.*role.which == c; });
    };
    std::size_t role = 0;
    std::size_t at = begin + 4;
    for (; at < text_.size() && text_[at] != field && !is_line_end(text_[at]); ++at) {
      if (!can_separate(text_[at]) || is_taken(text_[at]) || role == std::size(kRoles)) {
        warn(faults::kSeparatorUnusable, {std::to_string(at - begin - 3)}, "MSH-2", at);
      } else {
        s.*kRoles[role++].which = text_[at];
      }
    }
    for (; role < 4; ++role) {
      if (is_taken(kRoles[role].usual)) continue;
      s.*kRoles[role].which = kRoles[role].usual;
      warn(faults::kSeparatorMissing, {kRoles[role].name, {kRoles[role].usual}}, "MSH-2", at);
    }
    return true;
  }

  bool make_segments(std::size_t begin) {
    tape_.marks.reserve(raw_.size());
    begin_segment(begin);
    while (next_ < raw_.size()) {
      std::uint32_t mark = raw_[next_++];
      const std::uint32_t level = level_of(mark);
      if (level == internal::kSegmentEnd) {
        if (!end_line(mark)) return false;
        continue;
      }
      if (in_separators_ && level != internal::kField) continue;
      if (level == internal::kField) {
        if (!end_field(mark)) return false;
      } else if (level == internal::kRepetition && ++repetitions_ > limits_.max_repetitions) {
        return too_large("repetitions", limits_.max_repetitions);
      }
      tape_.marks.push_back(mark | carried_);
      carried_ = 0;
    }
    close();
    return true;
  }

  void begin_segment(std::size_t begin) {
    const std::string_view name = text_.substr(begin, 3);
    const bool is_header =
        is_header_name(name) && begin + 3 < text_.size() && text_[begin + 3] == tape_.separators.field;
    if (is_header && !tape_.segments.empty()) {
      issues_.add({Severity::error,
                   IssueType::structure,
                   faults::kSecondHeader,
                   {std::string(name)},
                   std::string(name),
                   {begin, 0, 0}});
    } else if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
      warn(faults::kSegmentName, {}, {}, begin);
    }
    tape_.segments.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(tape_.fields.size()), is_header});
    header_marks_ = is_header ? 1 : 0;
    in_separators_ = false;
    field_ = 0;
    repetitions_ = 1;
  }

  bool end_field(std::uint32_t& mark) {
    // In a header the first field separator is MSH-1, and MSH-2 follows, up to the next one.
    if (header_marks_ == 1) {
      header_marks_ = 2;
      in_separators_ = true;
    } else if (header_marks_ == 2) {
      header_marks_ = 0;
      in_separators_ = false;
      mark &= ~internal::kEscapedBit;
    }
    tape_.fields.push_back(static_cast<std::uint32_t>(tape_.marks.size()));
    repetitions_ = 1;
    return ++field_ <= limits_.max_fields || too_large("fields", limits_.max_fields);
  }

  /// A CR or LF: the end of a segment, or of a line within a value.
  bool end_line(std::uint32_t mark) {
    const std::size_t at = offset_of(mark);
    std::size_t next = at;
    while (next < end_ && is_line_end(text_[next])) ++next;
    if (next < end_ && !begins_segment(next)) {
      // Each costs a walk over the segments, to say which it is.
      if (++continued_lines_ <= kContinuedLinesNoted) warn(faults::kLineContinues, {}, here(), at);
      while (next_ < raw_.size() && offset_of(raw_[next_]) < next) ++next_;
      carried_ |= mark & internal::kEscapedBit;
      return true;
    }
    if (in_separators_) mark &= ~internal::kEscapedBit;
    note_line_end(at, next);
    while (next_ < raw_.size() && offset_of(raw_[next_]) < next) ++next_;
    tape_.fields.push_back(static_cast<std::uint32_t>(tape_.marks.size()));
    tape_.marks.push_back(mark | carried_);
    carried_ = 0;
    if (tape_.segments.size() > limits_.max_segments) return too_large("segments", limits_.max_segments);
    if (next < end_) {
      begin_segment(next);
    } else {
      next_ = raw_.size();
    }
    return true;
  }

  /// Three letters or digits, then a field separator or, in capitals, the end of the line.
  bool begins_segment(std::size_t at) const {
    if (end_ - at < 3 || !std::all_of(&text_[at], &text_[at] + 3, is_alphanumeric)) return false;
    if (at + 3 < end_ && text_[at + 3] == tape_.separators.field) return true;
    return (at + 3 == end_ || is_line_end(text_[at + 3])) && text_[at] >= 'A' && text_[at] <= 'Z' &&
           std::none_of(&text_[at], &text_[at] + 3, [](char c) { return c >= 'a' && c <= 'z'; });
  }

  void note_line_end(std::size_t at, std::size_t next) {
    if (line_end_noted_ || at == end_) return;
    const bool is_lf = text_[at] == '\n';
    const bool is_crlf = !is_lf && at + 1 < next && text_[at + 1] == '\n';
    if (!is_lf && !is_crlf) return;
    line_end_noted_ = true;
    issues_.add(
        {Severity::information, IssueType::structure, faults::kLineEnds, {is_lf ? "LF" : "CR LF"}, "MSH", {at, 0, 0}});
  }

  void close() {
    tape_.segments.push_back(
        {static_cast<std::uint32_t>(end_), static_cast<std::uint32_t>(tape_.fields.size()), false});
  }

  /// The field that is being read, for messages.
  std::string here() const {
    const std::string_view name = text_.substr(tape_.segments.back().begin, 3);
    Path path;
    path.segment = std::string(name);
    path.occurrence = 0;
    for (const internal::SegmentRecord& each : tape_.segments) {
      path.occurrence += text_.substr(each.begin, 3) == name ? 1U : 0U;
    }
    path.field = static_cast<std::uint32_t>(field_ + (tape_.segments.back().is_header ? 1U : 0U));
    return to_string(path);
  }

  void warn(const faults::Text& what, std::vector<std::string> arguments, std::string path, std::size_t at) {
    issues_.add({Severity::warning, IssueType::structure, what, std::move(arguments), std::move(path), {at, 0, 0}});
  }
  bool fatal(const faults::Text& what, std::vector<std::string> arguments, std::string path, std::size_t at) {
    issues_.add({Severity::fatal, IssueType::structure, what, std::move(arguments), std::move(path), {at, 0, 0}});
    return false;
  }
  bool too_large(const char* what, std::size_t limit) {
    const bool inside = !tape_.segments.empty();
    const std::size_t at = inside && next_ > 0 ? offset_of(raw_[next_ - 1]) : 0;
    issues_.add({Severity::fatal,
                 IssueType::too_long,
                 faults::kTooLarge,
                 {what, std::to_string(limit)},
                 inside ? here() : std::string("MSH"),
                 {at, 0, 0}});
    return false;
  }

  Tape& tape_;
  std::vector<std::uint32_t>& raw_;
  const MessageLimits& limits_;
  Issues& issues_;
  std::string_view text_;  // up to the end of the message
  std::size_t end_ = 0;
  std::size_t next_ = 0;        // in raw_
  std::uint32_t carried_ = 0;   // kEscapedBit of a line end that was none
  int header_marks_ = 0;        // in a header: 1 before its MSH-1, 2 before the end of its MSH-2
  bool in_separators_ = false;  // within MSH-2
  bool line_end_noted_ = false;
  std::size_t continued_lines_ = 0;
  std::size_t field_ = 0;
  std::size_t repetitions_ = 1;
};

}  // namespace

struct MessageParser::Scratch {
  MessageLimits limits;
  std::vector<std::uint32_t> raw;
  std::unique_ptr<Tape> spare;
};

MessageParser::MessageParser(MessageLimits limits) : scratch_(std::make_unique<Scratch>()) {
  scratch_->limits = limits;
}
MessageParser::~MessageParser() = default;
MessageParser::MessageParser(MessageParser&&) noexcept = default;
MessageParser& MessageParser::operator=(MessageParser&&) noexcept = default;

Message MessageParser::parse(std::string text, Issues& issues) {
  Message message;
  message.tape_ = take_tape();
  message.tape_->owned = std::move(text);
  fill(*message.tape_, message.tape_->owned, issues);
  return message;
}

Message MessageParser::parse_borrowed(std::string_view text, Issues& issues) {
  Message message;
  message.tape_ = take_tape();
  fill(*message.tape_, text, issues);
  return message;
}

std::unique_ptr<internal::Tape> MessageParser::take_tape() {
  return scratch_->spare != nullptr ? std::move(scratch_->spare) : std::make_unique<Tape>();
}

void MessageParser::fill(Tape& tape, std::string_view text, Issues& issues) {
  tape.text = text;
  if (!Walk(tape, scratch_->raw, scratch_->limits, issues).run()) {
    tape.marks.clear();
    tape.fields.clear();
    tape.segments.clear();
  }
  if (scratch_->raw.capacity() > kKeptMarks) scratch_->raw = {};
}

void MessageParser::recycle(Message&& message) {
  std::unique_ptr<Tape> tape = std::move(message.tape_);
  if (tape == nullptr || tape->marks.capacity() > kKeptMarks) return;
  tape->clear();
  scratch_->spare = std::move(tape);
}

}  // namespace meridian::hl7v2
