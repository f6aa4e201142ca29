#include "formats/hl7v2/message.hpp"

#include <unordered_map>

#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/text.hpp"

namespace meridian::hl7v2 {

using internal::offset_of;

std::string_view Value::unescaped(std::string_view leaf, std::string& buffer) const {
  buffer.clear();
  append_unescaped(buffer, leaf, tape_->separators);
  return buffer;
}

std::string Value::whole_text() const {
  std::string out;
  if (tape_ != nullptr) append_unescaped(out, raw(), tape_->separators);
  return out;
}

std::string_view Segment::name() const {
  return tape_ == nullptr ? std::string_view() : tape_->text.substr(record().begin, 3);
}

std::size_t Segment::field_count() const {
  if (tape_ == nullptr) return 0;
  const std::size_t marks = record(1).first_field - record().first_field;
  return record().is_header ? marks : marks - 1;
}

Field Segment::field(std::size_t number) const {
  if (number == 0 || number > field_count()) return {};
  const internal::SegmentRecord& segment = record();
  if (segment.is_header) {
    if (number == 1) {
      const std::uint32_t mark = tape_->fields[segment.first_field + 1];
      return Field(tape_, segment.begin + 3, segment.begin + 4, mark, mark);
    }
    --number;
  }
  const std::uint32_t before = tape_->fields[segment.first_field + number - 1];
  const std::uint32_t after = tape_->fields[segment.first_field + number];
  return Field(tape_, offset_of(tape_->marks[before]) + 1, offset_of(tape_->marks[after]), before + 1, after);
}

std::string_view Segment::raw() const {
  if (tape_ == nullptr) return {};
  const std::uint32_t end = offset_of(tape_->marks[tape_->fields[record(1).first_field - 1]]);
  return tape_->text.substr(record().begin, end - record().begin);
}

std::size_t Segment::offset() const {
  return tape_ == nullptr ? 0 : record().begin;
}

std::size_t Segment::occurrence() const {
  std::size_t count = 0;
  for (std::size_t i = 0; tape_ != nullptr && i <= index_; ++i) count += Segment(tape_, i).is(name()) ? 1U : 0U;
  return count;
}

Segment Message::segment(std::string_view name, std::size_t occurrence) const {
  for (const Segment each : segments()) {
    if (each.is(name) && --occurrence == 0) return each;
  }
  return {};
}

std::vector<std::uint32_t> occurrences(const Message& message) {
  std::unordered_map<std::string_view, std::uint32_t> counts;
  std::vector<std::uint32_t> out;
  out.reserve(message.segments().size());
  for (const Segment segment : message.segments()) out.push_back(++counts[segment.name()]);
  return out;
}

Header Message::header() const {
  return Header(segment("MSH"));
}

std::size_t Message::memory_bytes() const {
  if (tape_ == nullptr) return 0;
  return sizeof *tape_ + tape_->owned.capacity() +
         (tape_->marks.capacity() + tape_->fields.capacity()) * sizeof(std::uint32_t) +
         tape_->segments.capacity() * sizeof(internal::SegmentRecord);
}

namespace {

AckWanted ack_wanted(std::string_view code) {
  if (code == "AL") return AckWanted::always;
  if (code == "NE") return AckWanted::never;
  if (code == "ER") return AckWanted::on_error;
  if (code == "SU") return AckWanted::on_success;
  return AckWanted::absent;
}

/// Some senders pad codes with blanks.
std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text == "\"\"" ? std::string_view() : text;
}

}  // namespace

std::string_view Header::code(std::size_t field, std::size_t component) const {
  return trimmed(msh_.field(field).component(component).subcomponent(1).raw());
}

std::string_view Header::character_set(std::size_t repetition) const {
  return trimmed(msh_.field(18).repetition(repetition).component(1).subcomponent(1).raw());
}

AckWanted Header::accept_ack() const {
  return ack_wanted(code(15, 1));
}

AckWanted Header::application_ack() const {
  return ack_wanted(code(16, 1));
}

bool Header::is_enhanced_mode() const {
  return !code(15, 1).empty() || !code(16, 1).empty();
}

}  // namespace meridian::hl7v2
