#include "search/internal/hierarchies.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "search/internal/conditions.hpp"

namespace meridian::search::internal {

using fhir::SearchType;
using fhir::TypeId;

const Parameter* hierarchy_of(const Parameters& parameters, TypeId type) {
  constexpr std::array<std::string_view, 3> kCodes{"partof", "part-of", "parent"};
  for (const std::string_view code : kCodes) {
    const Parameter* parameter = parameters.find(type, code);
    if (parameter == nullptr || parameter->kind != SearchType::reference) continue;
    if (std::ranges::find(parameter->targets, type) != parameter->targets.end()) return parameter;
  }
  return nullptr;
}

std::vector<HierarchyPlace> hierarchy_places(const Parameters& parameters, const Parameter& reference,
                                             const ReferenceOperand& operand) {
  std::vector<HierarchyPlace> places;
  if (operand.id.empty()) return places;
  const fhir::Schema& schema = parameters.schema();
  const auto add = [&](TypeId type) {
    if (!is_resource(schema, type)) return;
    if (const Parameter* parent = hierarchy_of(parameters, type)) {
      places.push_back({std::string(schema.type(type).name) + "/" + operand.id, parent});
    }
  };
  if (!operand.type.empty()) {
    add(schema.find_type(operand.type));
  } else if (!reference.targets.empty()) {
    for (const TypeId type : reference.targets) add(type);
  } else {
    for (const fhir::TypeInfo& type : schema.types()) add(type.id);
  }
  return places;
}

bool is_version_below(std::string_view version, const ReferenceOperand& of) {
  if (!of.names_version) return true;
  if (!version.starts_with(of.version)) return false;
  return version.size() == of.version.size() || version[of.version.size()] == '.';
}

std::vector<std::string_view> versions_above(std::string_view version) {
  std::vector<std::string_view> out{{}};
  for (std::size_t dot = version.find('.'); dot != std::string_view::npos; dot = version.find('.', dot + 1)) {
    if (dot > 0) out.push_back(version.substr(0, dot));
  }
  if (!version.empty()) out.push_back(version);
  return out;
}

}  // namespace meridian::search::internal
