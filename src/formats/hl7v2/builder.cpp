#include "formats/hl7v2/builder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "formats/hl7v2/text.hpp"

namespace meridian::hl7v2 {

namespace {

bool is_header(std::string_view name) {
  return name == "MSH" || name == "FHS" || name == "BHS";
}

/// Bytes taken from a message may hold line ends that its sender did not escape.
std::string without_line_ends(std::string_view bytes) {
  std::string out(bytes);
  std::replace_if(out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return out;
}

}  // namespace

MessageBuilder& MessageBuilder::segment(std::string_view name) {
  finish_segment();
  name_ = name;
  return *this;
}

MessageBuilder& MessageBuilder::set(Place place, std::string_view text) {
  std::string bytes;
  append_escaped(bytes, text, separators_);
  return raw(place, bytes);
}

MessageBuilder& MessageBuilder::raw(Place place, std::string_view bytes) {
  const std::uint32_t first = is_header(name_) ? 3 : 1;
  const std::uint32_t most = std::max({place.field, place.repetition, place.component, place.subcomponent});
  if (place.field < first || most > kMostPlaces || place.repetition * place.component * place.subcomponent == 0 ||
      name_.empty()) {
    ok_ = false;
    return *this;
  }
  const auto at = std::find_if(items_.begin(), items_.end(), [&](const Item& each) { return each.place == place; });
  Item& item = at != items_.end() ? *at : items_.emplace_back(Item{place, {}});
  item.bytes = without_line_ends(bytes);
  return *this;
}

MessageBuilder& MessageBuilder::copy(const Segment& segment) {
  finish_segment();
  out_ += segment.raw();
  out_ += '\r';
  return *this;
}

void MessageBuilder::finish_segment() {
  if (name_.empty()) return;
  out_ += name_;
  Place now{.field = 0};
  if (is_header(name_)) {
    (out_ += separators_.field) += separators_.encoding_characters();
    now.field = 2;
  }
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.place < b.place; });
  for (const Item& item : items_) {
    const Place& next = item.place;
    if (next.field != now.field) {
      out_.append(next.field - now.field, separators_.field);
      now = {.field = next.field};
    }
    if (next.repetition != now.repetition) {
      out_.append(next.repetition - now.repetition, separators_.repetition);
      now = {.field = now.field, .repetition = next.repetition};
    }
    if (next.component != now.component) {
      out_.append(next.component - now.component, separators_.component);
      now.component = next.component;
      now.subcomponent = 1;
    }
    out_.append(next.subcomponent - now.subcomponent, separators_.subcomponent);
    now.subcomponent = next.subcomponent;
    out_ += item.bytes;
  }
  out_ += '\r';
  items_.clear();
  name_.clear();
}

std::string MessageBuilder::take() && {
  finish_segment();
  return std::move(out_);
}

namespace {

/// Puts a text where a path leads, making what is missing on the way.
class Replacement {
 public:
  Replacement(const Message& message, std::string_view text) : separators_(message.separators()), all_(message.text()) {
    append_escaped(bytes_, text, separators_);
  }

  std::string in_segment(const Segment& segment, const Path& path) {
    if (path.field > segment.field_count()) {
      // Behind the last field; a header's name counts as its first.
      const std::size_t count = segment.field_count();
      return put(segment.offset() + segment.raw().size(), 0,
                 std::string(path.field - count, separators_.field) + missing(path, 0));
    }
    const Field field = segment.field(path.field);
    if (path.repetition == 0 && path.component == 0) return put(field, bytes_);
    const std::uint32_t repetition = path.repetition == 0 ? 1 : path.repetition;
    const std::size_t there = field.repetitions().size();
    if (repetition > there) {
      const std::size_t existing = std::max<std::size_t>(there, 1);
      return put(end_of(field), 0, std::string(repetition - existing, separators_.repetition) + missing(path, 1));
    }
    return in_repetition(field.repetition(repetition), path);
  }

 private:
  std::string in_repetition(const Repetition& repetition, const Path& path) {
    if (path.component == 0) return put(repetition, bytes_);
    const std::size_t there = repetition.components().size();
    if (path.component > there) {
      const std::size_t existing = std::max<std::size_t>(there, 1);
      return put(end_of(repetition), 0,
                 std::string(path.component - existing, separators_.component) + missing(path, 2));
    }
    const Component component = repetition.component(path.component);
    if (path.subcomponent == 0) return put(component, bytes_);
    const std::size_t parts = component.subcomponents().size();
    if (path.subcomponent > parts) {
      const std::size_t existing = std::max<std::size_t>(parts, 1);
      return put(end_of(component), 0, std::string(path.subcomponent - existing, separators_.subcomponent) + bytes_);
    }
    return put(component.subcomponent(path.subcomponent), bytes_);
  }

  /// What stands at a path below a part that is new: 0 a field, 1 a repetition, 2 a component.
  std::string missing(const Path& path, int level) const {
    std::string out;
    const auto lead = [&out](std::uint32_t number, char separator) {
      if (number > 1) out.append(number - 1, separator);
    };
    if (level < 1) lead(path.repetition, separators_.repetition);
    if (level < 2) lead(path.component, separators_.component);
    lead(path.subcomponent, separators_.subcomponent);
    return out + bytes_;
  }

  static std::size_t end_of(const Value& value) { return value.offset() + value.raw().size(); }
  std::string put(const Value& value, std::string_view bytes) const {
    return put(value.offset(), value.raw().size(), bytes);
  }
  std::string put(std::size_t offset, std::size_t length, std::string_view bytes) const {
    std::string out(all_);
    return out.replace(offset, length, bytes);
  }

  Separators separators_;
  std::string_view all_;
  std::string bytes_;
};

}  // namespace

Result<std::string> with_text(const Message& message, const Path& path, std::string_view text) {
  const auto numbers = std::array{path.field, path.repetition, path.component, path.subcomponent};
  if (path.field == 0 || std::any_of(numbers.begin(), numbers.end(),
                                     [](std::uint32_t number) { return number > MessageBuilder::kMostPlaces; })) {
    return fail(ErrorCode::invalid_argument, to_string(path) + " does not name one field");
  }
  if (is_header(path.segment) && path.field < 3) {
    return fail(ErrorCode::invalid_argument, "the separators of a message cannot be changed so");
  }
  const Segment segment = message.segment(path.segment, path.occurrence);
  if (!segment) return fail(ErrorCode::not_found, "the message has no segment " + path.segment);
  return Replacement(message, text).in_segment(segment, path);
}

}  // namespace meridian::hl7v2
