#include "formats/fhir/internal/key_cache.hpp"

#include <new>

namespace meridian::fhir::internal {

KeyCache::KeyCache(const Schema& schema) : schema_(schema) {
  first_.reserve(schema.types().size());
  std::size_t count = 1;
  for (const TypeInfo& type : schema.types()) {
    first_.push_back(static_cast<std::uint32_t>(count));
    ++count;
    for (const ElementInfo& element : type.elements) count += element.types.size();
  }
  entries_.reset(static_cast<Entry*>(std::calloc(count, sizeof(Entry))));
  if (entries_ == nullptr) throw std::bad_alloc();
  // Text never holds a zero byte, so entry 0 fits nothing.
  for (std::uint64_t& mask : entries_.get()->mask) mask = ~std::uint64_t{0};
}

std::uint8_t KeyCache::traits_of(TypeId id) const {
  const TypeInfo& type = schema_.type(id);
  std::uint8_t traits = 0;
  if (type.kind == TypeKind::primitive) traits |= kPrimitiveType;
  if (type.kind == TypeKind::resource) traits |= type.is_abstract ? kAnyResource : kResource;
  return traits;
}

std::uint32_t KeyCache::find(TypeId type, std::string_view key, std::uint32_t previous) {
  const KeyMatch match = schema_.find_key(type, key);
  if (!match) return 0;
  // The value of a primitive is an element in the definitions but never a member in JSON.
  if (schema_.type(type).kind == TypeKind::primitive && key == "value") return 0;
  const auto index = static_cast<std::uint32_t>(first(type) + 1 + match.slot);
  Entry& entry = entries_.get()[index];
  if (!entry.is_learnt) {
    entry.match = match;
    entry.traits = traits_of(match.type);
    if (schema_.element(match.element).is_list()) entry.traits |= kRepeats;
    entry.is_learnt = true;
    char text[kWords * 8] = {};
    char mask[kWords * 8] = {};
    if (key.size() <= kLongestKey) {
      key.copy(text, key.size());
      text[key.size()] = '"';
      std::memset(mask, 0xFF, key.size() + 1);
    } else {
      std::memset(mask, 0xFF, sizeof mask);  // and a text of zeros: never guessed
    }
    std::memcpy(entry.text, text, sizeof text);
    std::memcpy(entry.mask, mask, sizeof mask);
  }
  Entry& before = entries_.get()[previous];
  if (previous != 0 && before.next[0] != index) {
    before.next[1] = before.next[0];
    before.next[0] = index;
  }
  return index;
}

}  // namespace meridian::fhir::internal
