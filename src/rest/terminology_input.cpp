#include "rest/terminology_input.hpp"

#include <utility>

#include "formats/fhir/json.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "terminology/definitions.hpp"
#include "terminology/follower.hpp"
#include "terminology/service.hpp"

namespace meridian::rest {
namespace {

std::string text_of(fhir::Node node, std::string_view name) {
  const fhir::Node child = node.child(name);
  return std::string(child && child.has_value() ? child.text() : std::string_view());
}

SentCode code_of(fhir::Node coding) {
  return {text_of(coding, "system"), text_of(coding, "version"), text_of(coding, "code"), text_of(coding, "display")};
}

std::string canonical(std::string_view url, std::string_view version) {
  std::string text(url);
  if (!version.empty() && url.find('|') == url.npos) text.append("|").append(version);
  return text;
}

}  // namespace

Result<TerminologyInput> TerminologyInput::of(const Exchange& exchange) {
  const StoreServices& services = exchange.server->services;
  if (services.terminology == nullptr) return fail(ErrorCode::unsupported, "this server has no terminology");
  if (services.definitions != nullptr) TRY(services.definitions->catch_up());
  TerminologyInput made(exchange);
  made.input_ = TRY(OperationInput::of(exchange));
  made.snapshot_ = services.terminology->snapshot();
  return made;
}

Result<std::optional<std::uint32_t>> TerminologyInput::number(std::string_view name) const {
  const auto given = input_.text(name);
  if (!given) return std::optional<std::uint32_t>();
  const auto value = whole_number(*given);
  if (!value || *value > UINT32_MAX) {
    return fail(ErrorCode::invalid_argument, std::string(name) + " must be a number that is not negative");
  }
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(*value));
}

std::string TerminologyInput::language() const {
  if (const std::string_view asked = text("displayLanguage"); !asked.empty()) return std::string(asked);
  return exchange_->representation.language == Language::chinese ? "zh" : "";
}

Result<std::vector<SentCode>> TerminologyInput::codes(std::string_view suffix) const {
  std::vector<SentCode> found;
  const std::string tail(suffix);
  if (const fhir::Node coding = input_.node("coding" + tail)) {
    found.push_back(code_of(coding));
  } else if (const fhir::Node concept_node = suffix.empty() ? input_.node("codeableConcept") : fhir::Node()) {
    for (const fhir::Node one : concept_node.children(concept_node.schema().find_name("coding"))) {
      found.push_back(code_of(one));
    }
  } else if (const std::string_view code = text("code" + tail); !code.empty()) {
    const std::string_view version = text("systemVersion").empty() ? text("version") : text("systemVersion");
    found.push_back(
        {std::string(text("system")), std::string(version), std::string(code), std::string(text("display"))});
  } else if (const std::string_view token = text("coding" + tail); !token.empty()) {
    // In a query a coding is written as a token.
    const std::size_t bar = token.rfind('|');
    found.push_back({std::string(bar == token.npos ? std::string_view() : token.substr(0, bar)),
                     {},
                     std::string(bar == token.npos ? token : token.substr(bar + 1)),
                     std::string(text("display"))});
  }
  if (found.empty() || found.front().code.empty()) {
    return fail(ErrorCode::invalid_argument, "a code is missing: give code" + tail + " with system, or coding" + tail);
  }
  return found;
}

Result<std::optional<fhir::Document>> TerminologyInput::given(std::string_view type, std::string_view parameter) const {
  if (const std::string_view id = exchange_->id(); !id.empty()) {
    const store::Version version =
        TRY(exchange_->server->store().read(exchange_->context.reader, {std::string(type), std::string(id)}));
    Issues issues;
    fhir::Document document = fhir::DocumentParser().parse(version.json, issues);
    if (!document.has_root()) return fail(ErrorCode::unprocessable, "the stored resource cannot be read");
    return std::optional<fhir::Document>(std::move(document));
  }
  const fhir::Node resource = input_.resource(parameter);
  if (!resource) return std::optional<fhir::Document>();
  Issues issues;
  fhir::Document document = fhir::DocumentParser().parse(fhir::write_json(resource), issues);
  if (!document.has_root()) return fail(ErrorCode::unprocessable, "the resource that was sent cannot be read");
  return std::optional<fhir::Document>(std::move(document));
}

Result<std::string> TerminologyInput::system() const {
  const std::optional<fhir::Document> resource = TRY(given("CodeSystem", "codeSystem"));
  if (resource) {
    const std::string url = text_of(resource->root(), "url");
    if (url.empty()) return fail(ErrorCode::unprocessable, "the code system has no url");
    return canonical(url, text_of(resource->root(), "version"));
  }
  const std::string_view url = text("url").empty() ? text("system") : text("url");
  return canonical(url, text("version"));
}

Result<TerminologyInput::Set> TerminologyInput::value_set() const {
  Set made;
  const std::optional<fhir::Document> resource = TRY(given("ValueSet", "valueSet"));
  if (resource) {
    if (type_name(resource->root()) != "ValueSet")
      return fail(ErrorCode::invalid_argument, "valueSet must be a ValueSet");
    const terminology::ValueSet set = terminology::read_value_set(resource->root());
    made.url = set.url;
    made.version = set.version;
    made.name = set.name;
    made.codes = std::make_shared<const terminology::CodeSet>(TRY(terminology::compose(set, *snapshot_)));
    return made;
  }
  if (text("url").empty()) return fail(ErrorCode::invalid_argument, "a value set is missing: give url, or valueSet");
  const std::string asked = canonical(text("url"), text("valueSetVersion"));
  made.codes = TRY(snapshot_->code_set(asked));
  made.url = asked.substr(0, asked.find('|'));
  if (asked.size() > made.url.size()) made.version = asked.substr(made.url.size() + 1);
  if (const terminology::ValueSetPtr defined = snapshot_->definition(asked)) {
    made.version = defined->version;
    made.name = defined->name;
  }
  return made;
}

Result<terminology::ConceptMapPtr> TerminologyInput::concept_map() const {
  const std::optional<fhir::Document> resource = TRY(given("ConceptMap", "conceptMap"));
  if (resource) {
    if (type_name(resource->root()) != "ConceptMap") {
      return fail(ErrorCode::invalid_argument, "conceptMap must be a ConceptMap");
    }
    return terminology::read_concept_map(resource->root());
  }
  if (text("url").empty()) return terminology::ConceptMapPtr();
  const std::string asked = canonical(text("url"), text("conceptMapVersion"));
  terminology::ConceptMapPtr found = snapshot_->concept_map(asked);
  if (!found) return fail(ErrorCode::not_found, "there is no concept map " + asked);
  return found;
}

}  // namespace meridian::rest
