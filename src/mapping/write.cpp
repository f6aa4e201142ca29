#include "mapping/write.hpp"

#include <algorithm>
#include <iterator>

namespace meridian::mapping {

std::strong_ordering Stamp::operator<=>(const Stamp& other) const {
  if (time != other.time) return time <=> other.time;
  if (control_id.size() != other.control_id.size()) return control_id.size() <=> other.control_id.size();
  return control_id <=> other.control_id;
}

std::string to_string(const Origin& origin) {
  if (origin.segment[0] == '\0') return {};
  std::string out = origin.segment;
  if (const std::uint32_t number = element_of(origin); number != 0) return out + '#' + std::to_string(number);
  if (origin.occurrence != 0) out += '[' + std::to_string(origin.occurrence) + ']';
  if (origin.field != 0) out += '-' + std::to_string(origin.field);
  if (origin.repetition != 0) out += '[' + std::to_string(origin.repetition) + ']';
  if (origin.component != 0) out += '.' + std::to_string(origin.component);
  return out;
}

Origin origin_of_element(std::uint32_t number, const char (&of)[4]) {
  Origin origin;
  std::copy(std::begin(of), std::end(of), origin.segment);
  origin.occurrence = static_cast<std::uint16_t>(number & 0xFFFF);
  origin.repetition = static_cast<std::uint16_t>(number >> 16);
  return origin;
}

std::uint32_t element_of(const Origin& origin) {
  const std::string_view of = origin.segment;
  if (of != kOfDocument && of != kOfRecord) return 0;
  return std::uint32_t{origin.repetition} << 16 | origin.occurrence;
}

Slot Write::slot(std::size_t index) const {
  const Place& place = slots_[index];
  const std::string_view text = text_;
  Slot slot = place.slot;
  slot.key = text.substr(place.key, place.key_size);
  slot.json = text.substr(place.key + place.key_size, place.json_size);
  return slot;
}

void Write::add(const Slot& slot) {
  slots_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(slot.key.size()),
                    static_cast<std::uint32_t>(slot.json.size()), slot});
  text_ += slot.key;
  text_ += slot.json;
}

}  // namespace meridian::mapping
