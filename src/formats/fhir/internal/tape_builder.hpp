// TapeBuilder: one pass over the tokens of a JSON text, making the records of a Tape.
//
// Every token is looked at once and every key is looked up in the type of its object, so the work is linear in
// the text; what could be worse is bounded by sorting (unknown keys of one object, `_name` members). Depth is
// bounded by a stack of frames, one for each open container; nothing recurses.
//
// A resource that tells its resourceType late needs its type before its members are read: then, and only then,
// the ends of all containers are found once for the whole text, and the object's members are skipped through.
//
// Functions that take `at`, a place among the tokens, return the place after what they read, or nullptr when
// they have reported a fault.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/fhir/internal/key_cache.hpp"
#include "formats/fhir/internal/tape.hpp"

namespace meridian::fhir::internal {

inline constexpr std::string_view kResourceType = "resourceType";

/// The last character at or before `at` that is not white space. There is one: a closing quote. Between it and the next
/// token nothing else can stand, so one comparison will do.
inline const char* back_over_space(const char* at, const char* begin) {
  constexpr std::uint64_t kSpaces = 0x2020202020202020;
  while (static_cast<unsigned char>(*at) <= ' ') {
    std::uint64_t word = 0;
    if (at - begin >= 8) std::memcpy(&word, at - 7, sizeof word);
    at -= word == kSpaces ? 8 : 1;
  }
  return at;
}

class TapeBuilder {
 public:
  TapeBuilder(const Schema& schema, DocumentLimits limits);

  /// Fills the tape, whose schema, bases and source are set. `text` is what follows the byte order mark; `root` is
  /// the type of the whole, or the abstract Resource when the text is to tell it. False, and a fatal issue, when
  /// the text has a fault.
  bool build(std::string_view text, std::span<const std::uint32_t> tokens, TypeId root, Tape& tape, Issues& issues);

 private:
  using Token = const std::uint32_t*;

  /// What a value will be: the ids and flags of its record, and the traits of its type.
  struct Member {
    TypeId type = TypeId::none;
    ElementId element = ElementId::none;
    NameId name = NameId::none;
    std::uint8_t traits = 0;
    std::uint8_t flags = 0;
  };

  /// An open container.
  struct Frame {
    std::uint32_t record;
    Member member;  // of an array: what its items are; of an object: itself
    bool is_array;
    bool is_resource;             // a resourceType belongs here
    bool has_resource_type;       // and has been read
    bool has_companions;          // a `_name` member stands here
    bool sees_more;               // seen_more is in use
    std::uint32_t previous_key;   // entry of the key cache
    std::uint32_t first_unknown;  // of an object: into unknown_members_; of an array: into the tape's unknown_keys
    std::uint64_t seen;           // slots of the keys met, 0 to 63
    std::uint64_t seen_more[7];   // 64 to 511
  };

  struct Sibling {
    std::uint32_t key;  // element and type
    std::uint32_t record;
    bool is_shadow;
  };

  // Tokens. Beyond the last one every look is allowed and sees nothing.
  char peek(Token at) const { return at < end_ ? text_[*at] : '\0'; }
  std::uint32_t offset(Token at) const { return at < end_ ? *at : size_; }
  std::string_view string_at(Token at) const;
  bool ends_scalar(Token at, std::uint32_t end) const;
  bool has_escape(std::uint32_t begin, std::uint32_t end);
  std::uint32_t count() const { return static_cast<std::uint32_t>(out_ - records_); }

  // The pass.
  bool run(TypeId root);
  Token members(Token at);
  Token items(Token at);
  Token key(Token at, Frame& frame, Member& member);
  Token slow_key(Token at, Frame& frame, Member& member);
  bool mark_seen(Token at, Frame& frame, std::uint16_t slot, std::string_view key);
  Token scalar(Token at, const Member& member);
  Token string_value(Token at, const Member& member);
  std::uint32_t unescape_at(Token at, std::string_view raw);
  Token literal_value(Token at, const Member& member, std::string_view literal, JsonKind kind);
  Record* emit(const Member& member, JsonKind kind, std::uint32_t at, std::uint32_t extent);
  Token open_object(Token at, Member member);
  Token open_array(Token at, const Member& member);
  Token push(Token at, const Member& member, JsonKind kind);
  bool close_object();
  void close_array();

  // resourceType.
  TypeId told_type(Token object, bool& is_first);
  TypeId type_named(Token at);
  void find_ends();

  // When an object ends: companions and duplicates.
  bool pair_companions(const Frame& frame);
  void join(std::uint32_t primitive, std::uint32_t shadow);
  void join_one(std::uint32_t primitive, std::uint32_t shadow);
  bool check_unknown(const Frame& frame);
  void finish();

  // Faults.
  void note(FormFault::Kind kind, std::uint32_t record);
  void note_shape(const Member& member, Record& record);
  void fail(IssueType type, const Message& message, std::uint32_t at, std::vector<std::string> arguments = {},
            std::string_view child = {});
  Token fail_expected(Token at, std::string_view what);
  std::string path(std::string_view child) const;

  const Schema& schema_;
  DocumentLimits limits_;
  KeyCache keys_;

  // Of the text being read.
  const char* text_ = nullptr;
  std::uint32_t size_ = 0;
  Token begin_ = nullptr;
  Token end_ = nullptr;
  std::uint32_t next_backslash_ = 0;
  bool is_fresh_ = false;  // the container at the top has just been opened
  Record* records_ = nullptr;
  Record* out_ = nullptr;
  Record* limit_ = nullptr;
  Tape* tape_ = nullptr;
  Issues* issues_ = nullptr;

  // Scratch, kept between texts.
  std::vector<Frame> frames_;
  std::vector<UnknownKey> unknown_members_;  // of the objects that are open
  std::vector<std::uint32_t> nulls_;         // those that a companion may explain
  std::vector<Sibling> siblings_;
  std::vector<std::uint32_t> ends_;  // by token: of containers, their last token
  std::string told_name_;            // the last resourceType asked about
};

// The text of the string whose opening quote is the token, escapes as they stand. Only white space lies between
// its closing quote and the next token, so the end is found from there.
inline std::string_view TapeBuilder::string_at(Token at) const {
  const char* const begin = text_ + *at + 1;
  const char* const next = text_ + offset(at + 1);
  const char* const quote = back_over_space(next - 1, begin);
  return {begin, static_cast<std::size_t>(quote - begin)};
}

}  // namespace meridian::fhir::internal
