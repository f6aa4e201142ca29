#include "ingest/testing/writes.hpp"

#include "base/hash.hpp"
#include "base/uuid.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::testing {
namespace {

Uuid uuid_of(std::string_view name) {
  return Uuid::of_digest(sha256(name));
}

}  // namespace

std::string id_of(std::string_view name) {
  return uuid_of(name).to_string();
}

mapping::Write write_of(std::string_view type, std::string_view name,
                        const std::vector<std::pair<std::string, std::string>>& elements, mapping::Stamp stamp) {
  const fhir::Schema& schema = fhir::Schema::r4();
  mapping::Write write(schema.find_type(type), uuid_of(name));
  write.set_stamp(std::move(stamp));
  for (const auto& [element, value] : elements) {
    mapping::Slot slot;
    const bool is_list = value.starts_with('[');
    const std::string key = is_list ? element + "@PID-5" : element;
    std::string json = is_list ? value.substr(1, value.size() - 2) : '"' + element;
    if (!is_list) json.append("\":").append(value);
    slot.key = key;
    slot.json = json;
    slot.kind = is_list ? mapping::SlotKind::source : mapping::SlotKind::element;
    slot.rank = mapping::Rank::owner;
    slot.element = schema.find_name(element);
    slot.items = 1;
    write.add(slot);
  }
  return write;
}

std::shared_ptr<const mapping::MergeRules> plain_rules() {
  return std::make_shared<const mapping::MergeRules>();
}

}  // namespace meridian::testing
