// Message: an HL7 v2 message (ER7, "pipes and hats") parsed into an immutable tree of views over its bytes.
//
//   MessageParser parser;
//   Message message = parser.parse(bytes, issues);
//   message.segment("PID").field(5).component(1).text();  // the family name
//
// Lenient: whenever an MSH can be read there is a tree, and what is odd on the way is an Issue with a path such as
// `OBX[3]-5`. Only without an MSH, or beyond a limit, is there none (a fatal Issue). Kept as they come: unknown and Z
// segments, empty segments, order, separators. Segments end with CR, LF or CR LF; a line that does not begin like a
// segment belongs to the value before it, line end included. Nothing is copied or changed: text() is what was given,
// byte by byte; builder.hpp changes a value in it.
//
// The bytes are UTF-8 or ASCII (charset.hpp makes them so), but for finding parts only the separators matter.
// A Message owns its bytes unless parsed by parse_borrowed(); moving it keeps its views valid. Threads: immutable;
// read from any. Memory: 4 bytes a separator, 4 a field, 12 a segment, besides the text.
// Specification: HL7 v2.5.1, chapter 2 (control), https://www.hl7.org/implement/standards/
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/hl7v2/value.hpp"

namespace meridian::hl7v2 {

class Header;
class Segments;

class Segment {
 public:
  Segment() = default;
  explicit operator bool() const { return tape_ != nullptr; }
  bool operator==(const Segment&) const = default;

  /// `PID`, `ZPI`; three characters, however odd.
  std::string_view name() const;
  bool is(std::string_view name) const { return this->name() == name; }
  /// How many fields stand in it; MSH-1 counts.
  std::size_t field_count() const;
  /// From 1; absent when there are fewer. MSH-1 is the separator itself.
  Field field(std::size_t number) const;
  /// Without its line end.
  std::string_view raw() const;
  std::size_t offset() const;                   ///< in Message::text()
  std::size_t index() const { return index_; }  ///< among all segments, from 0
  std::size_t occurrence() const;               ///< among those of its name, from 1: the n of OBX[n]

 private:
  friend class Segments;
  friend class Message;
  friend class Leaves;
  Segment(const internal::Tape* tape, std::size_t index) : tape_(tape), index_(static_cast<std::uint32_t>(index)) {}
  const internal::SegmentRecord& record(std::size_t after = 0) const { return tape_->segments[index_ + after]; }
  const internal::Tape* tape_ = nullptr;
  std::uint32_t index_ = 0;
};

class Segments {
 public:
  class iterator {
   public:
    using value_type = Segment;
    using difference_type = std::ptrdiff_t;
    Segment operator*() const { return Segment(tape_, index_); }
    iterator& operator++() { return ++index_, *this; }
    iterator operator++(int) { return iterator(tape_, index_++); }
    bool operator==(const iterator&) const = default;
    iterator() = default;

   private:
    friend class Segments;
    iterator(const internal::Tape* tape, std::size_t index) : tape_(tape), index_(index) {}
    const internal::Tape* tape_ = nullptr;
    std::size_t index_ = 0;
  };
  iterator begin() const { return {tape_, 0}; }
  iterator end() const { return {tape_, size()}; }
  bool empty() const { return size() == 0; }
  std::size_t size() const { return tape_ == nullptr || tape_->segments.empty() ? 0 : tape_->segments.size() - 1; }
  Segment operator[](std::size_t index) const { return Segment(tape_, index); }

 private:
  friend class Message;
  explicit Segments(const internal::Tape* tape) : tape_(tape) {}
  const internal::Tape* tape_;
};

class Message {
 public:
  Message() = default;

  /// Whether there is a tree.
  explicit operator bool() const { return !segments().empty(); }
  Segments segments() const { return Segments(tape_.get()); }
  /// The n-th of that name, from 1; a null segment (whose fields are all absent) when there are fewer.
  Segment segment(std::string_view name, std::size_t occurrence = 1) const;
  /// What MSH says about the message: header.hpp.
  Header header() const;
  Separators separators() const { return tape_ == nullptr ? Separators() : tape_->separators; }
  std::string_view text() const { return tape_ == nullptr ? std::string_view() : tape_->text; }
  std::size_t memory_bytes() const;  ///< what it holds, its own copy of the text included

 private:
  friend class MessageParser;
  std::unique_ptr<internal::Tape> tape_;
};

/// Segment::occurrence() of every segment, in one walk.
std::vector<std::uint32_t> occurrences(const Message& message);

/// Bounds on what one message may cost. What passes one is refused with an Issue that names it.
struct MessageLimits {
  static constexpr std::size_t kMostBytes = internal::kMostBytes;  ///< 256 MB, whatever max_bytes says
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_segments = 200'000;
  std::size_t max_fields = 2'000;        ///< in one segment
  std::size_t max_repetitions = 20'000;  ///< in one field
  bool operator==(const MessageLimits&) const = default;
};

/// Parses many messages, reusing its memory. One per thread.
class MessageParser {
 public:
  explicit MessageParser(MessageLimits limits = {});
  ~MessageParser();
  MessageParser(MessageParser&&) noexcept;
  MessageParser& operator=(MessageParser&&) noexcept;

  /// Takes over the text.
  Message parse(std::string text, Issues& issues);
  /// The text must outlive the message.
  Message parse_borrowed(std::string_view text, Issues& issues);
  /// Gives a message's memory back for the next one.
  void recycle(Message&& message);

 private:
  struct Scratch;
  std::unique_ptr<internal::Tape> take_tape();
  void fill(internal::Tape& tape, std::string_view text, Issues& issues);
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace meridian::hl7v2
