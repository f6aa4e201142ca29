#include "store/internal/homes.hpp"

#include <algorithm>

#include "store/internal/nodes.hpp"

namespace meridian::store {

namespace {

struct Row {
  std::string_view type;
  std::string_view paths;
};
constexpr Row kTable[] = {
#define MERIDIAN_HOME(type, paths) {#type, paths},
#include "store/home_table.def"
#undef MERIDIAN_HOME
};

constexpr bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
constexpr bool is_id_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// The parts of a text between separators.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The id of the first patient that a path from a node leads to; empty when there is none.
std::string_view first_patient(fhir::Node node, const std::vector<fhir::NameId>& path, std::size_t step,
                               fhir::NameId reference) {
  if (step == path.size()) {
    const std::optional<LocalReference> local = parse_local_reference(child_text(node, reference));
    return local && local->type == "Patient" ? local->id : std::string_view();
  }
  for (const fhir::Node child : node.children(path[step])) {
    const std::string_view id = first_patient(child, path, step + 1, reference);
    if (!id.empty()) return id;
  }
  return {};
}

}  // namespace

bool is_resource_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), is_id_character);
}

std::optional<LocalReference> parse_local_reference(std::string_view reference) {
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || slash == 0) return {};
  const std::string_view type = reference.substr(0, slash);
  std::string_view id = reference.substr(slash + 1);
  if (const std::size_t end = id.find('/'); end != std::string_view::npos) {
    if (!id.substr(end).starts_with("/_history/")) return {};
    id = id.substr(0, end);
  }
  if (!std::all_of(type.begin(), type.end(), is_letter) || !is_resource_id(id)) return {};
  return LocalReference{type, id};
}

Homes::Homes(const fhir::Schema& schema)
    : paths_(schema.types().size()), patient_(schema.find_type("Patient")), reference_(schema.find_name("reference")) {
  for (const Row& row : kTable) {
    const fhir::TypeId type = schema.find_type(row.type);
    if (type == fhir::TypeId::none) continue;
    for (const std::string_view path : split(row.paths, ' ')) {
      Path& names = paths_[static_cast<std::size_t>(type)].emplace_back();
      for (const std::string_view name : split(path, '.')) names.push_back(schema.find_name(name));
    }
  }
}

std::string Homes::home(fhir::Node resource, std::string_view id) const {
  if (resource.type() == patient_) return "Patient/" + std::string(id);
  for (const Path& path : paths_[static_cast<std::size_t>(resource.type())]) {
    const std::string_view patient = first_patient(resource, path, 0, reference_);
    if (!patient.empty()) return "Patient/" + std::string(patient);
  }
  return std::string(kSharedHome);
}

}  // namespace meridian::store
