#include "search/internal/reference_text.hpp"

namespace meridian::search::internal {

std::string_view resource_type_named(const fhir::Schema& schema, std::string_view name) {
  const fhir::TypeId type = schema.find_type(name);
  if (type == fhir::TypeId::none || schema.type(type).kind != fhir::TypeKind::resource) return {};
  return schema.type(type).name;
}

void split_reference(const fhir::Schema& schema, std::string_view text, ReferenceValue& out) {
  if (text.empty() || text.front() == '#') return;
  constexpr std::string_view kHistory = "/_history/";
  text = text.substr(0, text.find(kHistory));
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    out.url = text;
    return;
  }
  const std::string_view before = text.substr(0, slash);
  const std::size_t start = before.rfind('/');
  const std::string_view type =
      resource_type_named(schema, start == std::string_view::npos ? before : before.substr(start + 1));
  const std::string_view id = text.substr(slash + 1);
  out.type = type;
  if (start == std::string_view::npos && !type.empty() && !id.empty()) {
    out.id = id;
  } else {
    out.url = text;
  }
}

}  // namespace meridian::search::internal
