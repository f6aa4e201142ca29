// Tape: where the nodes of a Document lie, and the inline half of document.hpp.
//
// One record of 16 bytes for each JSON value, in the order of the text, but for `resourceType`, which is its
// object's type:
//
//   record    = type element name (16 bits each) kind flags (8 each) offset extent (32 each)
//   kind      = a JsonKind
//   offset    = of a string's first character, of a container's bracket, of a literal's first character;
//               in the text after its byte order mark, or in `unescaped` when kEscaped is set
//   extent    = of containers the index after their last descendant; of values the length of their text
//   unescaped = { 32 bits: the string's offset in the text; the string with its escapes resolved }
//
// {"resourceType":"Patient","active":true,"name":[{"given":["A"]}]} is
//   0 Patient object ->5, 1 active boolean, 2 name array ->5, 3 name object ->5... with 4 given array, 5 "A".
//
// The items of an array carry its element. A node is *hidden*, not shown among children, when it stands for
// nothing of its own: the array itself, a `_name` object whose `name` is there (its *companion* then), a null.
// Tables beside the records, sorted by node, hold what few nodes have: companions and keys of unknown members.
#pragma once

#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::fhir::internal {

enum Flag : std::uint8_t {
  kHidden = 1,        // not a logical child: an array, a companion, a null without companion
  kHasCompanion = 2,  // a primitive whose id and extensions stand in a `_name` object
  kShadow = 4,        // it was written under `_name`
  kInArray = 8,       // an item of a JSON array
  kEscaped = 16,      // its text lies in `unescaped`
  kUnknown = 32,      // a member that the schema does not know; its key is in unknown_keys
};

struct Record {
  TypeId type;
  ElementId element;
  NameId name;
  JsonKind kind;
  std::uint8_t flags;
  std::uint32_t offset;
  std::uint32_t extent;
};
static_assert(sizeof(Record) == 16);

struct Companion {
  std::uint32_t primitive;
  std::uint32_t shadow;
};

struct UnknownKey {
  std::uint32_t node;
  std::uint32_t offset;
  std::uint32_t length;
  bool is_escaped;  // lies in `unescaped`
};

/// The records' memory: raw, since most of what is asked for is never touched.
class RecordBuffer {
 public:
  RecordBuffer() = default;
  RecordBuffer(const RecordBuffer&) = delete;
  RecordBuffer& operator=(const RecordBuffer&) = delete;
  RecordBuffer(RecordBuffer&& other) noexcept;
  RecordBuffer& operator=(RecordBuffer&& other) noexcept;
  ~RecordBuffer();

  /// At least this many records, their content not defined. False when there is no memory.
  bool reserve(std::size_t count);
  /// Gives back what lies beyond the first `count`.
  void shrink(std::size_t count);
  Record* data() const { return records_; }
  std::size_t capacity() const { return capacity_; }

 private:
  Record* records_ = nullptr;
  std::size_t capacity_ = 0;
};

struct Tape {
  const Record* records = nullptr;
  const char* bases[2] = {nullptr, nullptr};  // the text after its byte order mark; `unescaped`
  std::uint32_t count = 0;
  std::uint32_t skipped = 0;  // bytes of the byte order mark
  const Schema* schema = nullptr;
  RecordBuffer buffer;
  std::vector<Companion> companions;
  std::vector<UnknownKey> unknown_keys;
  std::vector<FormFault> faults;
  std::string unescaped;
  std::string owned_text;
  std::string_view source;

  static bool is_container(const Record& record) { return record.kind <= JsonKind::array; }
  /// The index after the node and all below it.
  std::uint32_t after(std::uint32_t index) const {
    const Record& record = records[index];
    return is_container(record) ? record.extent : index + 1;
  }
  /// The `_name` object of a primitive that has kHasCompanion.
  std::uint32_t companion_of(std::uint32_t primitive) const;
  /// The primitive that a `_name` object belongs to, or the object itself when it stands alone.
  std::uint32_t primitive_of(std::uint32_t shadow) const;
  std::string_view view(const UnknownKey& key) const {
    return {bases[key.is_escaped ? 1 : 0] + key.offset, key.length};
  }
  std::string_view unknown_key(std::uint32_t node) const;
  /// Where the node's value begins in the text after the byte order mark.
  std::uint32_t text_offset(std::uint32_t index) const;
  /// The first node at or after `at` that is a child to show, or `end`. With a name, only those of that name.
  std::uint32_t next_child(std::uint32_t at, std::uint32_t end, NameId wanted) const {
    while (at < end) {
      const Record& record = records[at];
      const bool fits = wanted == NameId::none || record.name == wanted;
      if (fits && (record.flags & kHidden) == 0) return at;
      at = fits && record.kind == JsonKind::array ? at + 1 : after(at);
    }
    return end;
  }
  const Record* next_record(const Record* at, const Record* end, NameId wanted) const;
  std::size_t memory_bytes() const;
  /// Empties it, its memory kept for the next text.
  void clear();
  static Node node(const Tape* tape, std::uint32_t index) { return {tape, index}; }
};

}  // namespace meridian::fhir::internal

namespace meridian::fhir {

inline const Schema& Node::schema() const {
  return *tape_->schema;
}
inline TypeId Node::type() const {
  return tape_->records[index_].type;
}
inline ElementId Node::element() const {
  return tape_->records[index_].element;
}
inline NameId Node::name() const {
  return tape_->records[index_].name;
}
inline JsonKind Node::json_kind() const {
  return tape_->records[index_].kind;
}
inline bool Node::is_in_json_array() const {
  return (tape_->records[index_].flags & internal::kInArray) != 0;
}

inline ValueKind Node::value_kind() const {
  constexpr auto kBeforeString = static_cast<std::uint8_t>(JsonKind::null);
  const auto kind = static_cast<std::uint8_t>(tape_->records[index_].kind);
  return kind <= kBeforeString ? ValueKind::none : static_cast<ValueKind>(kind - kBeforeString);
}

inline std::string_view Node::text() const {
  const internal::Record& record = tape_->records[index_];
  if (record.kind <= JsonKind::null) return {};
  return {tape_->bases[(record.flags & internal::kEscaped) != 0 ? 1 : 0] + record.offset, record.extent};
}

inline Children Node::children(NameId name) const {
  Children children;
  children.tape_ = tape_;
  const std::uint32_t object =
      (tape_->records[index_].flags & internal::kHasCompanion) != 0 ? tape_->companion_of(index_) : index_;
  children.first_ = object + 1;
  children.end_ = tape_->after(object);
  children.wanted_ = name;
  return children;
}

// Inlined by force, all state in locals: a call would put it into memory.
[[gnu::always_inline]] inline Items Node::items(NameId name) const {
  using internal::Record;
  const Record* const records = tape_->records;
  const Record* const object = records + index_;
  if ((object->flags & internal::kHasCompanion) != 0) [[unlikely]]
    return scattered_items(name);
  Items items(tape_, object + 1, internal::Tape::is_container(*object) ? records + object->extent : object + 1);
  for (; items.at_ < items.end_ && items.at_->name != name; ++items.looked_) items.step();
  if (items.at_ >= items.end_) return items;
  const Record& record = *items.at_;
  if ((record.flags & internal::kShadow) != 0) [[unlikely]]
    return scattered_items(name);
  if (record.kind == JsonKind::array) {
    items.end_ = records + record.extent;
    ++items.at_;
  } else {
    items.end_ = items.at_ + 1;
  }
  items.skip_hidden();
  return items;
}

[[gnu::always_inline]] inline void Items::skip_hidden() {
  while (at_ < end_ && (at_->flags & internal::kHidden) != 0) step();
}
[[gnu::always_inline]] inline void Items::step() {
  at_ = internal::Tape::is_container(*at_) ? tape_->records + at_->extent : at_ + 1;
}
[[gnu::always_inline]] inline void Items::next() {
  ++looked_;
  step();
  if (scattered_ != NameId::none) [[unlikely]]
    at_ = tape_->next_record(at_, end_, scattered_);
  skip_hidden();
}
inline Items::operator bool() const {
  return at_ < end_;
}
inline Node Items::node() const {
  return internal::Tape::node(tape_, static_cast<std::uint32_t>(at_ - tape_->records));
}
inline TypeId Items::type() const {
  return at_->type;
}

inline Children Node::children() const {
  return children(NameId::none);
}
inline bool Node::has_children() const {
  return !children().empty();
}

inline Node Node::child(NameId name) const {
  const Children range = children(name);
  const Children::iterator first = range.begin();
  return first == range.end() ? Node{} : *first;
}

inline Node Children::iterator::operator*() const {
  return internal::Tape::node(tape_, at_);
}

inline Children::iterator& Children::iterator::operator++() {
  at_ = tape_->next_child(tape_->after(at_), end_, wanted_);
  return *this;
}

inline Children::iterator Children::iterator::operator++(int) {
  iterator before = *this;
  ++*this;
  return before;
}

inline bool Children::iterator::operator==(const iterator& other) const {
  return at_ == other.at_;
}

inline Children::iterator Children::begin() const {
  iterator it;
  it.tape_ = tape_;
  it.at_ = tape_->next_child(first_, end_, wanted_);
  it.end_ = end_;
  it.wanted_ = wanted_;
  return it;
}

inline Children::iterator Children::end() const {
  iterator it;
  it.tape_ = tape_;
  it.at_ = it.end_ = end_;
  it.wanted_ = wanted_;
  return it;
}

inline bool Document::has_root() const {
  return tape_ != nullptr && tape_->count > 0;
}
inline Node Document::root() const {
  return has_root() ? internal::Tape::node(tape_.get(), 0) : Node{};
}

}  // namespace meridian::fhir
