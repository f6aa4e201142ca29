#include "validation/testing/validated.hpp"

#include "formats/fhir/xml_reader.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation::testing {

Issues validated(const std::string& text, const Asked& asked) {
  const fhir::Schema& schema = fhir::Schema::r4();
  Issues issues;
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool is_xml = first != std::string::npos && text[first] == '<';
  const fhir::Document document =
      is_xml ? fhir::XmlReader(schema).read(text, issues) : fhir::DocumentParser(schema).parse(text, issues);
  const Validator validator(schema, asked.loaded, asked.options);
  ValidationSession(validator).validate(document, issues, asked.profiles);
  return issues;
}

std::string line(const Issue& issue) {
  std::string out(name(issue.severity));
  out.append(" ").append(issue.message->id);
  if (!issue.path.empty()) out.append(" ").append(issue.path);
  return out;
}

}  // namespace meridian::validation::testing
