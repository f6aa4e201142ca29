#include "formats/fhir/internal/tape_builder.hpp"

#include <algorithm>
#include <cstring>

#include "formats/fhir/internal/document_messages.hpp"
#include "formats/fhir/internal/json_scalar.hpp"

namespace meridian::fhir::internal {

namespace {

/// The member is a resourceType: its value is read and then forgotten.
constexpr std::uint8_t kTypeMember = 128;

}  // namespace

TapeBuilder::TapeBuilder(const Schema& schema, DocumentLimits limits)
    : schema_(schema), limits_(limits), keys_(schema) {}

// Whether a number or literal that ends here is not followed by more of the same word. Of white space only JSON's own
// counts here: the first stage takes a control character for a part of the word.
inline bool TapeBuilder::ends_scalar(Token at, std::uint32_t end) const {
  if (end == offset(at + 1)) return true;
  const char after = text_[end];
  return after == ' ' || after == '\n' || after == '\r' || after == '\t';
}

// Texts are visited in order, so one search through the text serves all of them.
inline bool TapeBuilder::has_escape(std::uint32_t begin, std::uint32_t end) {
  if (end <= next_backslash_) [[likely]]
    return false;
  if (next_backslash_ < begin) {
    const void* found = std::memchr(text_ + begin, '\\', size_ - begin);
    next_backslash_ = found == nullptr ? size_ : static_cast<std::uint32_t>(static_cast<const char*>(found) - text_);
  }
  return next_backslash_ < end;
}

bool TapeBuilder::build(std::string_view text, std::span<const std::uint32_t> tokens, TypeId root, Tape& tape,
                        Issues& issues) {
  text_ = text.data();
  size_ = static_cast<std::uint32_t>(text.size());
  begin_ = tokens.data();
  end_ = begin_ + tokens.size();
  next_backslash_ = 0;
  tape_ = &tape;
  issues_ = &issues;
  frames_.clear();
  unknown_members_.clear();
  nulls_.clear();
  ends_.clear();

  // Every value has a separator or an end of its own, but for those that are open when the text breaks off.
  const std::size_t most = std::min(tokens.size(), tokens.size() / 2 + limits_.max_depth) + 2;
  if (!tape.buffer.reserve(std::min<std::size_t>(most, limits_.max_nodes))) {
    fail(IssueType::too_costly, kNoMemory, 0);
    return false;
  }
  records_ = out_ = tape.buffer.data();
  limit_ = records_ + std::min<std::size_t>(most, limits_.max_nodes);
  tape.records = records_;
  if (!run(root)) return false;
  finish();
  return true;
}

bool TapeBuilder::run(TypeId root) {
  Member member;
  member.type = root;
  const bool takes_anything = root == TypeId::none;
  if (takes_anything) {
    member.flags = kUnknown;
    tape_->unknown_keys.push_back({0, 0, 0, false});
  } else {
    member.traits = keys_.traits_of(root);
  }
  const bool must_tell = (member.traits & kAnyResource) != 0;
  Token at = begin_;
  if (peek(at) == '{') {
    at = open_object(at, member);
  } else if (takes_anything && peek(at) == '[') {
    at = open_array(at, member);
  } else if (takes_anything || ((member.traits & kPrimitiveType) != 0 && peek(at) != '[')) {
    at = scalar(at, member);
  } else {
    fail(IssueType::structure, kNotAnObject, offset(at));
    return false;
  }
  while (at != nullptr && !frames_.empty()) at = frames_.back().is_array ? items(at) : members(at);
  if (at == nullptr) return false;
  if (at != end_) {
    fail(IssueType::structure, kTrailing, offset(at));
    return false;
  }
  if (must_tell && records_[0].type == TypeId::none) {
    bool is_first = false;
    told_type(begin_, is_first);
    if (told_name_.empty()) {
      fail(IssueType::structure, kNoResourceType, *begin_);
    } else {
      fail(IssueType::not_supported, kUnknownResourceType, *begin_, {told_name_, std::string(schema_.fhir_version())});
    }
    return false;
  }
  return true;
}

TapeBuilder::Token TapeBuilder::members(Token at) {
  Frame& frame = frames_.back();
  Member member;
  if (is_fresh_) {
    is_fresh_ = false;
    if (peek(at) == '}') return close_object() ? at + 1 : nullptr;
  } else {
    goto separator;
  }
  for (;;) {
    at = key(at, frame, member);
    if (at == nullptr) return nullptr;
    if (peek(at) != ':') return fail_expected(at, "\":\"");
    ++at;
    switch (peek(at)) {
      case '"':
        at = string_value(at, member);
        break;
      case '{':
        return open_object(at, member);
      case '[':
        return open_array(at, member);
      default:
        at = scalar(at, member);
    }
    if (at == nullptr) return nullptr;
    if ((member.traits & kTypeMember) != 0) --out_;
  separator:
    if (peek(at) != ',') {
      if (peek(at) != '}') return fail_expected(at, "\",\" / \"}\"");
      return close_object() ? at + 1 : nullptr;
    }
    ++at;
  }
}

TapeBuilder::Token TapeBuilder::items(Token at) {
  const Frame& frame = frames_.back();
  Member member = frame.member;
  const bool is_unknown = (member.flags & kUnknown) != 0;
  if (is_fresh_) {
    is_fresh_ = false;
    if (peek(at) == ']') {
      if (!is_unknown) note(FormFault::Kind::array_empty, frame.record);
      close_array();
      return at + 1;
    }
  } else {
    goto separator;
  }
  for (;;) {
    if (is_unknown) {
      UnknownKey same = tape_->unknown_keys[frame.first_unknown];
      same.node = count();
      tape_->unknown_keys.push_back(same);
    }
    switch (peek(at)) {
      case '"':
        at = string_value(at, member);
        break;
      case '{':
        return open_object(at, member);
      case '[':
        return open_array(at, member);
      default:
        at = scalar(at, member);
    }
    if (at == nullptr) return nullptr;
  separator:
    if (peek(at) != ',') {
      if (peek(at) != ']') return fail_expected(at, "\",\" / \"]\"");
      close_array();
      return at + 1;
    }
    ++at;
  }
}

// Keys

inline TapeBuilder::Token TapeBuilder::key(Token at, Frame& frame, Member& member) {
  if (peek(at) != '"') return fail_expected(at, "\"...\"");
  if (size_ - *at > KeyCache::kWords * 8) [[likely]] {
    const std::uint32_t entry = keys_.guess(frame.previous_key, text_ + *at + 1);
    if (entry != 0) [[likely]] {
      const KeyCache::Entry& found = keys_.entry(entry);
      const std::uint64_t bit = std::uint64_t{1} << (found.match.slot & 63U);
      if (found.match.slot >= 64 || (frame.seen & bit) != 0) return slow_key(at, frame, member);
      frame.seen |= bit;
      frame.previous_key = entry;
      member = {found.match.type, found.match.element, found.match.name, found.traits, 0};
      return at + 1;
    }
  }
  return slow_key(at, frame, member);
}

TapeBuilder::Token TapeBuilder::slow_key(Token at, Frame& frame, Member& member) {
  std::string_view name = string_at(at);
  std::uint32_t begin = *at + 1;
  const bool is_escaped = has_escape(begin, begin + static_cast<std::uint32_t>(name.size()));
  if (is_escaped) {
    begin = unescape_at(at, name);
    if (begin == 0) return nullptr;
    name = std::string_view(tape_->unescaped).substr(begin);
  }
  const TypeId type = frame.member.type;
  if (frame.is_resource && name == kResourceType) {
    if (frame.has_resource_type) {
      fail(IssueType::structure, kDuplicateKey, *at, {std::string(name)}, name);
      return nullptr;
    }
    if (peek(at + 2) != '"') return fail_expected(at + 2, "\"...\"");
    frame.has_resource_type = true;
    if (type_named(at + 2) != type) note(FormFault::Kind::resource_type_unknown, frame.record);
    member = {};
    member.traits = kPrimitiveType | kTypeMember;
    return at + 1;
  }
  if (type != TypeId::none) {
    if (const std::uint32_t entry = keys_.find(type, name, frame.previous_key); entry != 0) {
      const KeyCache::Entry& found = keys_.entry(entry);
      if (!mark_seen(at, frame, found.match.slot, name)) return nullptr;
      frame.previous_key = entry;
      member = {found.match.type, found.match.element, found.match.name, found.traits, 0};
      return at + 1;
    }
    if (name.starts_with('_')) {
      const std::uint32_t entry = keys_.find(type, name.substr(1), 0);
      const KeyCache::Entry& found = keys_.entry(entry);
      if (entry != 0 && (found.traits & kPrimitiveType) != 0) {
        frame.has_companions = true;
        const auto traits = static_cast<std::uint8_t>(found.traits & ~kPrimitiveType);
        member = {found.match.type, found.match.element, found.match.name, traits, kShadow};
        return at + 1;
      }
    }
  }
  const UnknownKey unknown{count(), begin, static_cast<std::uint32_t>(name.size()), is_escaped};
  tape_->unknown_keys.push_back(unknown);
  unknown_members_.push_back(unknown);
  member = {};
  member.flags = kUnknown;
  return at + 1;
}

bool TapeBuilder::mark_seen(Token at, Frame& frame, std::uint16_t slot, std::string_view name) {
  if (slot >= 64 && !frame.sees_more) {
    frame.sees_more = true;
    std::fill(std::begin(frame.seen_more), std::end(frame.seen_more), 0);
  }
  std::uint64_t& word = slot < 64 ? frame.seen : frame.seen_more[slot / 64 - 1];
  const std::uint64_t bit = std::uint64_t{1} << (slot & 63U);
  if ((word & bit) != 0) {
    fail(IssueType::structure, kDuplicateKey, *at, {std::string(name)}, name);
    return false;
  }
  word |= bit;
  return true;
}

// Values

inline Record* TapeBuilder::emit(const Member& member, JsonKind kind, std::uint32_t at, std::uint32_t extent) {
  if (out_ == limit_) [[unlikely]] {
    fail(IssueType::too_costly, kTooManyNodes, at, {std::to_string(limits_.max_nodes)});
    return nullptr;
  }
  *out_ = {member.type, member.element, member.name, kind, member.flags, at, extent};
  return out_++;
}

inline TapeBuilder::Token TapeBuilder::string_value(Token at, const Member& member) {
  const std::string_view raw = string_at(at);
  std::uint32_t begin = *at + 1;
  auto length = static_cast<std::uint32_t>(raw.size());
  Record* record = nullptr;
  if (!has_escape(begin, begin + length)) [[likely]] {
    record = emit(member, JsonKind::string, begin, length);
    if (record == nullptr) return nullptr;
  } else {
    begin = unescape_at(at, raw);
    if (begin == 0) return nullptr;
    length = static_cast<std::uint32_t>(tape_->unescaped.size()) - begin;
    record = emit(member, JsonKind::string, begin, length);
    if (record == nullptr) return nullptr;
    record->flags |= kEscaped;
  }
  if (member.traits != kPrimitiveType) [[unlikely]]
    note_shape(member, *record);
  return at + 1;
}

// Numbers and literals.
TapeBuilder::Token TapeBuilder::scalar(Token at, const Member& member) {
  const char first = peek(at);
  switch (first) {
    case '"':
      return string_value(at, member);
    case 't':
      return literal_value(at, member, "true", JsonKind::boolean);
    case 'f':
      return literal_value(at, member, "false", JsonKind::boolean);
    case 'n':
      return literal_value(at, member, "null", JsonKind::null);
    default:
      break;
  }
  if (first != '-' && static_cast<unsigned char>(first - '0') > 9) {
    if (at >= end_ || first == ',' || first == ':' || first == ']' || first == '}')
      return fail_expected(at, "\"...\" / 0 / {} / []");
    fail(IssueType::structure, kBadLiteral, *at);
    return nullptr;
  }
  const std::size_t length = number_length({text_ + *at, size_ - *at});
  if (length == 0 || !ends_scalar(at, *at + static_cast<std::uint32_t>(length))) {
    fail(IssueType::structure, kBadNumber, *at);
    return nullptr;
  }
  Record* record = emit(member, JsonKind::number, *at, static_cast<std::uint32_t>(length));
  if (record == nullptr) return nullptr;
  if (member.traits != kPrimitiveType) [[unlikely]]
    note_shape(member, *record);
  return at + 1;
}

TapeBuilder::Token TapeBuilder::literal_value(Token at, const Member& member, std::string_view literal, JsonKind kind) {
  const auto length = static_cast<std::uint32_t>(literal.size());
  if (std::string_view(text_, size_).substr(*at, length) != literal || !ends_scalar(at, *at + length)) {
    fail(IssueType::structure, kBadLiteral, *at);
    return nullptr;
  }
  Record* record = emit(member, kind, *at, length);
  if (record == nullptr) return nullptr;
  if (member.traits != kPrimitiveType || kind == JsonKind::null) [[unlikely]]
    note_shape(member, *record);
  return at + 1;
}

// Resolves the escapes of the string into the tape, behind its own place; 0 and an issue when they are wrong.
std::uint32_t TapeBuilder::unescape_at(Token at, std::string_view raw) {
  std::string& out = tape_->unescaped;
  const std::uint32_t place = *at + 1;
  char prefix[sizeof place];
  std::memcpy(prefix, &place, sizeof place);
  out.append(prefix, sizeof prefix);
  const std::size_t begin = out.size();
  const Unescaped result = unescape(raw, out);
  tape_->bases[1] = out.data();  // also when it failed: the path of the fault may show keys that lie there
  if (result.fault == EscapeFault::none) return static_cast<std::uint32_t>(begin);
  const Message& message = result.fault == EscapeFault::lone_surrogate    ? kLoneSurrogate
                           : result.fault == EscapeFault::bad_hexadecimal ? kBadHexadecimal
                                                                          : kUnknownEscape;
  fail(IssueType::structure, message, place + static_cast<std::uint32_t>(result.offset));
  return 0;
}

// Containers

TapeBuilder::Token TapeBuilder::push(Token at, const Member& member, JsonKind kind) {
  if (frames_.size() >= limits_.max_depth) {
    fail(IssueType::too_costly, kTooDeep, *at, {std::to_string(limits_.max_depth)});
    return nullptr;
  }
  const Record* record = emit(member, kind, *at, 0);
  if (record == nullptr) return nullptr;
  Frame& frame = frames_.emplace_back();
  frame.record = count() - 1;
  frame.member = member;
  frame.is_array = kind == JsonKind::array;
  is_fresh_ = true;
  return at + 1;
}

TapeBuilder::Token TapeBuilder::open_object(Token at, Member member) {
  const std::uint8_t traits = member.traits;
  bool type_is_first = false;
  if ((traits & kAnyResource) != 0) member.type = told_type(at, type_is_first);
  const Token next = push(at, member, JsonKind::object);
  if (next == nullptr) return nullptr;
  Frame& frame = frames_.back();
  frame.is_resource = (traits & (kAnyResource | kResource)) != 0 && member.type != TypeId::none;
  frame.has_resource_type = type_is_first && frame.is_resource;
  frame.previous_key = member.type == TypeId::none ? 0 : keys_.first(member.type);
  frame.first_unknown = static_cast<std::uint32_t>(unknown_members_.size());
  if ((traits & (kPrimitiveType | kRepeats)) != 0) note_shape(member, records_[frame.record]);
  if ((traits & kAnyResource) != 0 && !frame.is_resource && frames_.size() > 1) {
    note(FormFault::Kind::resource_type_unknown, frame.record);
  }
  if (!frame.has_resource_type) return next;
  is_fresh_ = false;
  return at + 4;  // after the brace, the key, the colon and the name
}

TapeBuilder::Token TapeBuilder::open_array(Token at, const Member& member) {
  Member array = member;
  array.flags |= kHidden;
  const Token next = push(at, array, JsonKind::array);
  if (next == nullptr) return nullptr;
  Frame& frame = frames_.back();
  frame.member = member;
  frame.member.flags |= kInArray;
  frame.member.traits &= static_cast<std::uint8_t>(~kRepeats);
  if ((member.flags & kUnknown) != 0) {
    frame.first_unknown = static_cast<std::uint32_t>(tape_->unknown_keys.size() - 1);
  } else if ((member.flags & kInArray) != 0) {
    note(FormFault::Kind::array_in_array, frame.record);
  } else if ((member.traits & kRepeats) == 0) {
    note(FormFault::Kind::array_not_expected, frame.record);
  }
  return next;
}

bool TapeBuilder::close_object() {
  const Frame& frame = frames_.back();
  Record& record = records_[frame.record];
  record.extent = count();
  if (frame.has_companions && !pair_companions(frame)) return false;
  if (unknown_members_.size() - frame.first_unknown > 1 && !check_unknown(frame)) return false;
  if (record.extent == frame.record + 1 && !frame.is_resource && (record.flags & kUnknown) == 0) {
    note(FormFault::Kind::object_empty, frame.record);
  }
  unknown_members_.resize(frame.first_unknown);
  frames_.pop_back();
  return true;
}

void TapeBuilder::close_array() {
  records_[frames_.back().record].extent = count();
  frames_.pop_back();
}

}  // namespace meridian::fhir::internal
