#include "app/json_answer.hpp"

namespace meridian::app {

fhir::Document read_answer(const std::string& body) {
  Issues ignored;
  fhir::DocumentParser parser;
  return parser.parse_as(fhir::TypeId::none, body, ignored);
}

std::string member(const fhir::Node object, std::string_view key) {
  for (const fhir::Node one : object.children()) {
    if (one.key() == key && one.has_value()) return std::string(one.text());
  }
  return {};
}

}  // namespace meridian::app
