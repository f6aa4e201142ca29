// The rarer half of TapeBuilder: resources that tell their type late, `_name` members, duplicate unknown keys,
// and faults.
#include <algorithm>

#include "formats/fhir/internal/document_messages.hpp"
#include "formats/fhir/internal/json_scalar.hpp"
#include "formats/fhir/internal/tape_builder.hpp"

namespace meridian::fhir::internal {

// resourceType

// The type that an object says it is. Mostly its first key says so. Malformed text is left to the pass.
TypeId TapeBuilder::told_type(Token object, bool& is_first) {
  told_name_.clear();
  for (Token at = object + 1; peek(at) == '"' && peek(at + 1) == ':';) {
    const Token value = at + 2;
    std::string_view name = string_at(at);
    std::string resolved;
    if (name.find('\\') != std::string_view::npos && unescape(name, resolved).fault == EscapeFault::none)
      name = resolved;
    if (name == kResourceType) {
      is_first = at == object + 1 && peek(value) == '"';
      return peek(value) == '"' ? type_named(value) : TypeId::none;
    }
    Token last = value;
    if (peek(value) == '{' || peek(value) == '[') {
      if (ends_.empty()) find_ends();
      last = begin_ + ends_[static_cast<std::size_t>(value - begin_)];
      if (last <= value) break;  // it has no end
    }
    if (peek(last + 1) != ',') break;
    at = last + 2;
  }
  return TypeId::none;
}

TypeId TapeBuilder::type_named(Token at) {
  const std::string_view raw = string_at(at);
  told_name_.clear();
  if (unescape(raw, told_name_).fault != EscapeFault::none) return TypeId::none;
  constexpr std::size_t kShown = 64;
  if (told_name_.size() > kShown) told_name_.resize(kShown);
  const TypeId type = schema_.find_type(told_name_);
  return type != TypeId::none && (keys_.traits_of(type) & kResource) != 0 ? type : TypeId::none;
}

// For every container its last token, for the whole text at once: nested resources that all tell their type
// late would otherwise be skipped through once for each that encloses them.
void TapeBuilder::find_ends() {
  ends_.assign(static_cast<std::size_t>(end_ - begin_), 0);
  std::vector<std::uint32_t> open;
  for (Token at = begin_; at != end_; ++at) {
    const char c = text_[*at];
    const auto index = static_cast<std::uint32_t>(at - begin_);
    if (c == '{' || c == '[') {
      open.push_back(index);
    } else if (c == '}' || c == ']') {
      if (open.empty()) return;
      ends_[open.back()] = index;
      open.pop_back();
    }
  }
}

// Companions: https://hl7.org/fhir/R4/json.html#primitive

bool TapeBuilder::pair_companions(const Frame& frame) {
  siblings_.clear();
  for (std::uint32_t at = frame.record + 1; at < count(); at = tape_->after(at)) {
    const Record& record = records_[at];
    if (record.element == ElementId::none) continue;
    const auto key = (static_cast<std::uint32_t>(record.element) << 16U) | static_cast<std::uint32_t>(record.type);
    siblings_.push_back({key, at, (record.flags & kShadow) != 0});
  }
  std::sort(siblings_.begin(), siblings_.end(), [](const Sibling& a, const Sibling& b) {
    if (a.key != b.key) return a.key < b.key;
    return a.is_shadow != b.is_shadow ? b.is_shadow : a.record < b.record;
  });
  for (std::size_t i = 0; i + 1 < siblings_.size(); ++i) {
    const Sibling& one = siblings_[i];
    const Sibling& next = siblings_[i + 1];
    if (one.key != next.key || !next.is_shadow) continue;
    if (one.is_shadow) {
      const std::string name = "_" + std::string(schema_.name(records_[next.record].name));
      fail(IssueType::structure, kDuplicateKey, records_[next.record].offset, {name}, name);
      return false;
    }
    join(one.record, next.record);
  }
  return true;
}

// `name` and `_name`: both plain, or both arrays of which each item has its companion at the same place.
void TapeBuilder::join(std::uint32_t primitive, std::uint32_t shadow) {
  const bool in_arrays = records_[primitive].kind == JsonKind::array;
  if (in_arrays != (records_[shadow].kind == JsonKind::array)) {
    note(FormFault::Kind::companion_not_matching, shadow);
    return;
  }
  if (!in_arrays) {
    join_one(primitive, shadow);
    return;
  }
  const std::uint32_t primitives_end = tape_->after(primitive);
  const std::uint32_t shadows_end = tape_->after(shadow);
  std::uint32_t one = primitive + 1;
  std::uint32_t other = shadow + 1;
  while (one < primitives_end && other < shadows_end) {
    join_one(one, other);
    one = tape_->after(one);
    other = tape_->after(other);
  }
  if (one < primitives_end || other < shadows_end) note(FormFault::Kind::companion_not_matching, shadow);
}

void TapeBuilder::join_one(std::uint32_t primitive, std::uint32_t shadow) {
  if (records_[shadow].kind != JsonKind::object || Tape::is_container(records_[primitive])) return;
  records_[primitive].flags |= kHasCompanion;
  records_[primitive].flags &= static_cast<std::uint8_t>(~kHidden);
  records_[shadow].flags |= kHidden;
  tape_->companions.push_back({primitive, shadow});
}

// Duplicates among the keys that the schema does not know. Sorted, so that a huge object of them stays cheap.
bool TapeBuilder::check_unknown(const Frame& frame) {
  const auto begin = unknown_members_.begin() + frame.first_unknown;
  const auto end = unknown_members_.end();
  std::sort(begin, end, [this](const UnknownKey& a, const UnknownKey& b) {
    const int order = tape_->view(a).compare(tape_->view(b));
    return order != 0 ? order < 0 : a.node < b.node;
  });
  const auto twice = std::adjacent_find(
      begin, end, [this](const UnknownKey& a, const UnknownKey& b) { return tape_->view(a) == tape_->view(b); });
  if (twice == end) return true;
  const std::string name(tape_->view(twice[1]));
  fail(IssueType::structure, kDuplicateKey, tape_->text_offset(twice[1].node), {name}, name);
  return false;
}

void TapeBuilder::finish() {
  Tape& tape = *tape_;
  tape.count = count();
  std::sort(tape.companions.begin(), tape.companions.end(),
            [](const Companion& a, const Companion& b) { return a.primitive < b.primitive; });
  for (const std::uint32_t null : nulls_) {
    if ((records_[null].flags & kHasCompanion) == 0) note(FormFault::Kind::null_not_expected, null);
  }
}

// Faults

void TapeBuilder::note(FormFault::Kind kind, std::uint32_t record) {
  constexpr std::size_t kMost = 1000;
  if (tape_->faults.size() < kMost) tape_->faults.push_back({kind, Tape::node(tape_, record)});
}

// A value that is not simply a primitive where one belongs.
void TapeBuilder::note_shape(const Member& member, Record& record) {
  const auto index = static_cast<std::uint32_t>(&record - records_);
  const bool is_object = record.kind == JsonKind::object;
  const bool is_shadow = (member.flags & kShadow) != 0;
  const bool is_item = (member.flags & kInArray) != 0;
  if (record.kind == JsonKind::null) record.flags |= kHidden;
  if ((member.flags & kUnknown) != 0 || member.element == ElementId::none) return;
  if ((member.traits & kRepeats) != 0) note(FormFault::Kind::array_expected, index);
  if (record.kind == JsonKind::null) {
    if (is_shadow && is_item) return;
    if (is_item && (member.traits & kPrimitiveType) != 0) {
      nulls_.push_back(index);
    } else {
      note(FormFault::Kind::null_not_expected, index);
    }
  } else if (is_shadow && !is_object) {
    record.flags |= kHidden;
    note(FormFault::Kind::companion_not_matching, index);
  } else if (is_object && (member.traits & kPrimitiveType) != 0) {
    note(FormFault::Kind::object_not_expected, index);
  } else if (!is_object && !is_shadow && (member.traits & kPrimitiveType) == 0) {
    note(FormFault::Kind::object_expected, index);
  }
}

void TapeBuilder::fail(IssueType type, const Message& message, std::uint32_t at, std::vector<std::string> arguments,
                       std::string_view child) {
  const std::size_t offset = at + tape_->skipped;
  issues_->add({Severity::fatal, type, message, std::move(arguments), path(child), position_at(tape_->source, offset)});
}

TapeBuilder::Token TapeBuilder::fail_expected(Token at, std::string_view what) {
  if (at < end_) {
    fail(IssueType::structure, kExpected, *at, {std::string(what)});
  } else {
    fail(IssueType::structure, kTruncated, size_, {std::string(what)});
  }
  return nullptr;
}

// From the containers that are open, since the tape is not whole yet.
std::string TapeBuilder::path(std::string_view child) const {
  std::string path;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const Record& record = records_[frames_[i].record];
    if (i > 0 && frames_[i - 1].is_array) {
      std::size_t index = 0;
      for (std::uint32_t at = frames_[i - 1].record + 1; at < frames_[i].record; at = tape_->after(at)) ++index;
      path += '[' + std::to_string(index) + ']';
      continue;
    }
    if (i > 0) path += '.';
    if (record.name != NameId::none) {
      path += schema_.name(record.name);
    } else if (i > 0) {
      path += tape_->unknown_key(frames_[i].record);
    } else if (record.type != TypeId::none) {
      path += schema_.type(record.type).name;
    }
  }
  if (!child.empty()) {
    if (!path.empty()) path += '.';
    path += child;
  }
  return path;
}

}  // namespace meridian::fhir::internal
