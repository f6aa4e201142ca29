#include "mapping/internal/template_values.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/uuid.hpp"
#include "formats/cda/data_type.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr std::string_view kOid = "urn:oid:";
constexpr std::string_view kUuid = "urn:uuid:";

/// A `urn:oid:` or `urn:uuid:`, if it is sound.
std::string root_of(std::string_view urn) {
  if (urn.starts_with(kOid) && cda::is_oid(urn.substr(kOid.size()))) return std::string(urn.substr(kOid.size()));
  if (urn.starts_with(kUuid) && cda::is_uuid(urn.substr(kUuid.size()))) return std::string(urn.substr(kUuid.size()));
  return {};
}

bool is_of_urns(std::string_view system) {
  return system == "urn:ietf:rfc:3986";
}

}  // namespace

std::string_view child_text(fhir::Node node, std::string_view name) {
  const fhir::Node child = node.child(name);
  return child ? child.text() : std::string_view();
}

std::string v3_time(std::string_view text) {
  std::string out;
  const std::size_t clock = std::min(text.find('T'), text.size());
  for (const char c : text.substr(0, clock)) {
    if (c != '-') out += c;
  }
  std::string_view rest = clock < text.size() ? text.substr(clock + 1) : std::string_view();
  const bool is_utc = rest.ends_with('Z');
  if (is_utc) rest.remove_suffix(1);
  for (const char c : rest) {
    if (c != ':') out += c;
  }
  if (is_utc) out += "+0000";
  return cda::is_timestamp(out) ? out : std::string();
}

std::string v3_number(std::string_view text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const bool is_sound = text.size() > sign && text[sign] >= '0' && text[sign] <= '9' && text.back() >= '0' &&
                        text.back() <= '9' && text.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
                        std::count(text.begin(), text.end(), '.') <= 1 && text.find_last_of("+-") + 1 < text.size();
  if (!is_sound) return {};
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent == std::string_view::npos) {
    return text.find_first_of("+-", sign) == std::string_view::npos ? std::string(text) : std::string();
  }
  const std::string_view power = text.substr(exponent + 1);
  const std::size_t digits = power.starts_with('-') || power.starts_with('+') ? 1 : 0;
  const bool is_whole = power.find_first_not_of("0123456789", digits) == std::string_view::npos;
  const bool has_digits = text.substr(sign, exponent - sign).find_first_of("+-") == std::string_view::npos;
  return is_whole && has_digits ? std::string(text) : std::string();
}

std::string v3_system(std::string_view uri, const Oids& oids) {
  if (const auto known = oids.find(uri); known != oids.end()) return known->second;
  return root_of(uri);
}

std::string root_of_uri(std::string_view uri) {
  return Uuid::of_digest(sha256(uri)).to_string();
}

std::string v3_root(fhir::Node identifier, const Oids& oids) {
  const std::string_view system = child_text(identifier, "system");
  const std::string_view value = child_text(identifier, "value");
  if (is_of_urns(system)) {
    if (const std::string root = root_of(value); !root.empty()) return root;
  }
  if (system.empty()) return {};
  const std::string known = v3_system(system, oids);
  return known.empty() ? root_of_uri(system) : known;
}

std::string v3_extension(fhir::Node identifier, const Oids& oids) {
  const std::string_view system = child_text(identifier, "system");
  const std::string_view value = child_text(identifier, "value");
  if (is_of_urns(system) && v3_root(identifier, oids) == root_of(value)) return {};
  return std::string(value);
}

std::string uuid_of(fhir::Node resource) {
  const std::string_view id = child_text(resource, "id");
  if (cda::is_uuid(id)) return std::string(id);
  const std::string type(resource.schema().type(resource.type()).name);
  return root_of_uri(id.empty() ? type + '#' + std::to_string(resource.order()) : type + '/' + std::string(id));
}

}  // namespace meridian::mapping::internal
