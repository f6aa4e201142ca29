#include "rest/value_set_operations.hpp"

#include <algorithm>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/outcome.hpp"
#include "rest/terminology_input.hpp"
#include "terminology/expansion.hpp"

namespace meridian::rest {
namespace {

using fhir::JsonWriter;
using terminology::ExpandedCode;

void write_some(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.key(key).string(value);
}

void write_contained(JsonWriter& json, const ExpandedCode& code) {
  json.begin_object();
  write_some(json, "system", code.system);
  if (code.is_abstract) json.key("abstract").boolean(true);
  if (code.is_inactive) json.key("inactive").boolean(true);
  write_some(json, "version", code.version);
  json.key("code").string(code.code);
  write_some(json, "display", code.display);
  if (!code.designations.empty()) {
    json.key("designation").begin_array();
    for (const terminology::Designation& one : code.designations) {
      json.begin_object();
      write_some(json, "language", one.language);
      if (!one.use.empty()) json.key("use").begin_object().key("code").string(one.use).end_object();
      json.key("value").string(one.value);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_used(JsonWriter& json, std::string_view name, std::string_view type, std::string_view value) {
  json.begin_object().key("name").string(name).key("value", type);
  if (type == "Integer" || type == "Boolean") {
    json.raw(value);
  } else {
    json.string(value);
  }
  json.end_object();
}

void write_parameters(JsonWriter& json, const TerminologyInput& input, const terminology::ExpansionRequest& request,
                      const TerminologyInput::Set& set) {
  json.key("parameter").begin_array();
  if (!request.filter.empty()) write_used(json, "filter", "String", request.filter);
  if (request.count) {
    write_used(json, "offset", "Integer", std::to_string(request.offset));
    write_used(json, "count", "Integer", std::to_string(*request.count));
  }
  write_used(json, "activeOnly", "Boolean", request.active_only ? "true" : "false");
  write_used(json, "excludeNested", "Boolean", "true");
  if (!input.text("displayLanguage").empty()) write_used(json, "displayLanguage", "Code", request.language);
  for (const terminology::SystemCodes& codes : set.codes->systems()) {
    if (!codes.known || codes.known->about().version.empty()) continue;
    write_used(json, "version", "Uri", codes.system + "|" + codes.known->about().version);
  }
  json.end_array();
}

Result<std::string> expanded(const Exchange& exchange) {
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  const TerminologyInput::Set set = TRY(input.value_set());
  terminology::ExpansionRequest request;
  request.filter = input.text("filter");
  request.language = input.language();
  request.offset = TRY(input.number("offset")).value_or(0);
  request.count = TRY(input.number("count"));
  request.active_only = input.is_set("activeOnly");
  request.with_designations = input.is_set("includeDesignations");
  request.max_codes = exchange.server->services.max_expansion;
  if (request.count) request.count = std::min(*request.count, request.max_codes);
  const terminology::Expansion expansion = TRY(terminology::expand(*set.codes, input.snapshot(), request));

  JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("ValueSet");
  write_some(json, "url", set.url);
  write_some(json, "version", set.version);
  write_some(json, "name", set.name);
  json.key("status").string("active");
  json.key("expansion").begin_object();
  json.key("identifier").string("urn:uuid:" + exchange.server->ids.next().to_string());
  json.key("timestamp").string(exchange.server->clock.now().to_string());
  json.key("total").number(static_cast<std::int64_t>(expansion.total));
  if (request.count) json.key("offset").number(static_cast<std::int64_t>(request.offset));
  write_parameters(json, input, request, set);
  if (!expansion.codes.empty()) {
    json.key("contains").begin_array();
    for (const ExpandedCode& code : expansion.codes) write_contained(json, code);
    json.end_array();
  }
  json.end_object();
  json.end_object();
  return std::move(json).take();
}

void write_match(JsonWriter& json, const terminology::Translated& one) {
  const terminology::Mapping& mapping = one.mapping;
  json.begin_object().key("name").string("match").key("part").begin_array();
  const std::string_view equivalence = mapping.equivalence;
  json.begin_object().key("name").string("equivalence");
  json.key("valueCode").string(equivalence.empty() ? "relatedto" : equivalence).end_object();
  if (!mapping.target_code.empty()) {
    json.begin_object().key("name").string("concept").key("valueCoding").begin_object();
    write_some(json, "system", mapping.target_system);
    json.key("code").string(mapping.target_code);
    write_some(json, "display", mapping.target_display);
    json.end_object().end_object();
  }
  if (!one.map.empty()) json.begin_object().key("name").string("source").key("valueUri").string(one.map).end_object();
  json.end_array().end_object();
}

Result<std::string> translated(const Exchange& exchange) {
  const TerminologyInput input = TRY(TerminologyInput::of(exchange));
  const terminology::ConceptMapPtr map = TRY(input.concept_map());
  const std::vector<SentCode> codes = TRY(input.codes());
  terminology::TranslationRequest request;
  request.target_system = input.text("targetsystem");
  if (map == nullptr) {
    request.source_set = input.text("source");
    request.target_set = input.text("target");
  }
  request.is_reverse = input.is_set("reverse");
  std::vector<terminology::Translated> found;
  for (const SentCode& code : codes) {
    request.code = code.view();
    for (terminology::Translated& one : terminology::translate(input.snapshot(), map.get(), request)) {
      found.push_back(std::move(one));
    }
  }
  const bool has_match =
      std::any_of(found.begin(), found.end(), [](const auto& one) { return terminology::is_match(one.mapping); });
  JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("Parameters");
  json.key("parameter").begin_array();
  json.begin_object().key("name").string("result").key("valueBoolean").boolean(has_match).end_object();
  for (const terminology::Translated& one : found) write_match(json, one);
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

http::Response respond(const Exchange& exchange, Result<std::string> made) {
  if (!made) return refuse(made.error(), exchange.representation);
  return answer(*std::move(made), exchange.representation);
}

}  // namespace

http::Response expand_value_set(const Exchange& exchange) {
  return respond(exchange, expanded(exchange));
}

http::Response translate_code(const Exchange& exchange) {
  return respond(exchange, translated(exchange));
}

}  // namespace meridian::rest
