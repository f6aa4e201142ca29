// Value: a field, repetition, component or subcomponent of a parsed message, as a small view.
//
//   for (const Repetition id : pid.field(3)) use(id.component(1).text(), id.component(4).subcomponent(1).text());
//
// Fields, repetitions, components and subcomponents are numbered from 1, as the standard writes them. Asking for one
// that is not there gives an absent value, never an error, so that a chain needs no checks. A value that is not divided
// is its own first part, as the standard wants it: of `|A|`, component(1).subcomponent(1) is `A`. An empty value has no
// parts.
//
// Views are copied freely and live as long as their Message is alive. Threads: immutable.
// Specification: HL7 v2.5.1, chapter 2, 2.5.3 (fields), 2.7 (escape sequences: see text.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "formats/hl7v2/internal/tape.hpp"

namespace meridian::hl7v2 {

/// What a sender said about a value: nothing (`absent`, the segment ends before it), nothing (`empty`, `||`), that it
/// is to be deleted (`null`, `|""|`), or something.
enum class Presence : std::uint8_t { absent, empty, null, value };

class Value {
 public:
  Value() = default;

  Presence presence() const {
    if (tape_ == nullptr) return Presence::absent;
    const std::string_view bytes = raw();
    if (bytes.empty()) return Presence::empty;
    return bytes == "\"\"" ? Presence::null : Presence::value;
  }
  bool has_value() const { return presence() == Presence::value; }

  /// The bytes as they stand, separators and escapes in place.
  std::string_view raw() const {
    return tape_ == nullptr ? std::string_view() : tape_->text.substr(begin_, end_ - begin_);
  }
  /// Its first leaf without escapes: what the standard means where a value has more parts than the reader knows. Into
  /// the buffer only when there is an escape; a view into the message otherwise.
  std::string_view text(std::string& buffer) const {
    if (tape_ == nullptr) return {};
    const std::uint32_t mark = tape_->marks[first_];
    const std::uint32_t end = first_ == last_ ? end_ : internal::offset_of(mark);
    const std::string_view leaf = tape_->text.substr(begin_, end - begin_);
    return internal::is_escaped(mark) ? unescaped(leaf, buffer) : leaf;
  }
  std::string text() const {
    std::string buffer;
    return std::string(text(buffer));
  }
  /// All of it without escapes, separators as they stand: for texts whose sender forgot to escape them.
  std::string whole_text() const;

  bool is_leaf() const { return first_ == last_; }
  /// Where it begins in Message::text().
  std::size_t offset() const { return begin_; }

 protected:
  Value(const internal::Tape* tape, std::uint32_t begin, std::uint32_t end, std::uint32_t first, std::uint32_t last)
      : tape_(tape), begin_(begin), end_(end), first_(first), last_(last) {}
  std::string_view unescaped(std::string_view leaf, std::string& buffer) const;

  const internal::Tape* tape_ = nullptr;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t first_ = 0;  // the first mark within it
  std::uint32_t last_ = 0;   // the mark that ends it

 private:
  template <typename Part, std::uint32_t kLevel>
  friend class Parts;
  friend class Leaves;
};

/// The parts of a value, in order. Walking is linear in the value; at() walks too.
template <typename Part, std::uint32_t kLevel>
class Parts {
 public:
  class iterator {
   public:
    using value_type = Part;
    using difference_type = std::ptrdiff_t;
    Part operator*() const {
      const std::uint32_t end = at_ == last_ ? end_ : internal::offset_of(tape_->marks[at_]);
      return Part(tape_, begin_, end, first_, at_);
    }
    iterator& operator++() {
      if (at_ == last_) {
        tape_ = nullptr;
        return *this;
      }
      begin_ = internal::offset_of(tape_->marks[at_]) + 1;
      first_ = ++at_;
      seek();
      return *this;
    }
    iterator operator++(int) {
      iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const iterator& other) const {
      return tape_ == other.tape_ && (tape_ == nullptr || at_ == other.at_);
    }

   private:
    friend class Parts;
    void seek() {
      while (at_ != last_ && internal::level_of(tape_->marks[at_]) != kLevel) ++at_;
    }
    const internal::Tape* tape_ = nullptr;  // null at the end
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
    std::uint32_t first_ = 0;
    std::uint32_t at_ = 0;  // the mark that ends the part shown
    std::uint32_t last_ = 0;
  };

  explicit Parts(const Value& whole) : whole_(whole) {}

  iterator begin() const {
    iterator out;
    if (whole_.begin_ == whole_.end_) return out;
    out.tape_ = whole_.tape_;
    out.begin_ = whole_.begin_;
    out.end_ = whole_.end_;
    out.first_ = out.at_ = whole_.first_;
    out.last_ = whole_.last_;
    out.seek();
    return out;
  }
  iterator end() const { return {}; }
  bool empty() const { return whole_.begin_ == whole_.end_; }
  std::size_t size() const {
    if (empty()) return 0;
    std::size_t count = 1;
    for (std::uint32_t i = whole_.first_; i < whole_.last_; ++i) {
      count += internal::level_of(whole_.tape_->marks[i]) == kLevel ? 1U : 0U;
    }
    return count;
  }
  /// From 1; absent when there are fewer.
  Part at(std::size_t number) const {
    for (iterator i = begin(); i != end(); ++i) {
      if (--number == 0) return *i;
    }
    return {};
  }

 private:
  Value whole_;
};

class Subcomponent : public Value {
 public:
  Subcomponent() = default;

 private:
  template <typename Part, std::uint32_t kLevel>
  friend class Parts;
  using Value::Value;
};

class Component : public Value {
 public:
  using Range = Parts<Subcomponent, internal::kSubcomponent>;
  Component() = default;
  Range subcomponents() const { return Range(*this); }
  Subcomponent subcomponent(std::size_t number) const { return subcomponents().at(number); }
  Range::iterator begin() const { return subcomponents().begin(); }
  Range::iterator end() const { return {}; }

 private:
  template <typename Part, std::uint32_t kLevel>
  friend class Parts;
  using Value::Value;
};

class Repetition : public Value {
 public:
  using Range = Parts<Component, internal::kComponent>;
  Repetition() = default;
  Range components() const { return Range(*this); }
  Component component(std::size_t number) const { return components().at(number); }
  Range::iterator begin() const { return components().begin(); }
  Range::iterator end() const { return {}; }

 private:
  template <typename Part, std::uint32_t kLevel>
  friend class Parts;
  using Value::Value;
};

class Field : public Value {
 public:
  using Range = Parts<Repetition, internal::kRepetition>;
  Field() = default;
  Range repetitions() const { return Range(*this); }
  Repetition repetition(std::size_t number) const { return repetitions().at(number); }
  /// Of the first repetition.
  Component component(std::size_t number) const { return repetition(1).component(number); }
  Range::iterator begin() const { return repetitions().begin(); }
  Range::iterator end() const { return {}; }

 private:
  friend class Segment;
  friend class Leaves;
  using Value::Value;
};

}  // namespace meridian::hl7v2
