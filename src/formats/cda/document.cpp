#include "formats/cda/document.hpp"

#include <string>

#include "formats/cda/faults.hpp"
#include "formats/tree/xml.hpp"

namespace meridian::cda {
namespace {

constexpr tree::Namespace kNamespaces[] = {
    {"urn:hl7-org:v3", "", "cda"},
    {"urn:hl7-org:sdtc", "sdtc", "sdtc"},
    {"http://www.w3.org/2001/XMLSchema-instance", "xsi", "xsi"},
};

}  // namespace

Document parse_document(std::string_view bytes, const CdaLimits& limits, Issues& issues) {
  tree::XmlOptions options;
  options.limits = limits;
  options.namespaces = kNamespaces;
  options.mixed = "text";  // narrative
  Document document = tree::read_xml(bytes, options, issues);
  if (!document) return document;
  const std::string_view name = document.root().name();
  if (name.find(':') != std::string_view::npos && !name.starts_with("sdtc:")) {
    issues.add({Severity::fatal, IssueType::structure, faults::kNotCda, {std::string(name.substr(0, 60))}});
    return {};
  }
  if (!is_whole(document)) {
    issues.add({Severity::warning, IssueType::structure, faults::kFragment, {std::string(name.substr(0, 60))}});
  }
  return document;
}

}  // namespace meridian::cda
