#include "mapping/write.hpp"

namespace meridian::mapping {

std::strong_ordering Stamp::operator<=>(const Stamp& other) const {
  if (time != other.time) return time <=> other.time;
  if (control_id.size() != other.control_id.size()) return control_id.size() <=> other.control_id.size();
  return control_id <=> other.control_id;
}

std::string to_string(const Origin& origin) {
  if (origin.segment[0] == '\0') return {};
  std::string out = origin.segment;
  if (origin.occurrence != 0) out += '[' + std::to_string(origin.occurrence) + ']';
  if (origin.field != 0) out += '-' + std::to_string(origin.field);
  if (origin.repetition != 0) out += '[' + std::to_string(origin.repetition) + ']';
  if (origin.component != 0) out += '.' + std::to_string(origin.component);
  return out;
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
