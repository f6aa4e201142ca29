#include "rest/capability_statement.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "base/version.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/interaction_table.hpp"
#include "rest/internal/fhir_server.hpp"
#include "search/parameters.hpp"

namespace meridian::rest {
namespace {

using fhir::JsonWriter;

std::string_view kind_name(fhir::SearchType kind) {
  constexpr std::array<std::string_view, 9> kNames{"number",    "date",     "string", "token",  "reference",
                                                   "composite", "quantity", "uri",    "special"};
  return kNames[static_cast<std::size_t>(kind)];
}

void write_codes(JsonWriter& json, std::string_view key, const std::set<std::string_view>& codes) {
  json.key(key).begin_array();
  for (const std::string_view code : codes) json.begin_object().key("code").string(code).end_object();
  json.end_array();
}

/// Interactions of a resource or of the system, by the codes that CapabilityStatement has for them.
std::set<std::string_view> interactions(bool of_system) {
  constexpr std::array<std::string_view, 9> kOfType{
      "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type"};
  constexpr std::array<std::string_view, 4> kOfSystem{"transaction", "batch", "search-system", "history-system"};
  std::set<std::string_view> codes;
  for (const InteractionRow& row : interaction_table()) {
    const bool fits = of_system ? std::count(kOfSystem.begin(), kOfSystem.end(), row.code()) > 0
                                : std::count(kOfType.begin(), kOfType.end(), row.code()) > 0;
    if (fits) codes.insert(row.code());
  }
  if (of_system && codes.contains("transaction")) codes.insert("batch");
  return codes;
}

/// Where an operation is found: "" for the system, "Patient" for a type, "*" for every type.
struct Operation {
  std::string place;
  std::string name;
  bool operator<(const Operation& other) const { return std::tie(place, name) < std::tie(other.place, other.name); }
};

std::set<Operation> operations(const FhirServer& server) {
  std::set<Operation> found;
  const auto add = [&](std::string_view path) {
    const std::size_t dollar = path.find('$');
    if (dollar == path.npos) return;
    std::string_view place = path.substr(1, dollar > 1 ? dollar - 1 : 0);
    place = place.substr(0, place.find('/'));
    std::string_view name = path.substr(dollar + 1);
    name = name.substr(0, name.find('/'));
    found.insert({std::string(place == "{type}" ? "*" : place), std::string(name)});
  };
  for (const InteractionRow& row : interaction_table()) add(row.path);
  for (const std::string& path : server.other_operations) add(path);
  return found;
}

/// HL7's definition where the operation is its own.
std::string definition_of(const Operation& operation, const std::string& base) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kDefinitions{{
      {"validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"},
      {"meta", "http://hl7.org/fhir/OperationDefinition/Resource-meta"},
      {"meta-add", "http://hl7.org/fhir/OperationDefinition/Resource-meta-add"},
      {"meta-delete", "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete"},
      {"lastn", "http://hl7.org/fhir/OperationDefinition/Observation-lastn"},
      {"stats", "http://hl7.org/fhir/OperationDefinition/Observation-stats"},
      {"lookup", "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup"},
      {"subsumes", "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes"},
      {"expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"},
      {"translate", "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate"},
      {"closure", "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure"},
  }};
  if (operation.name == "everything" || operation.name == "validate-code") {
    return "http://hl7.org/fhir/OperationDefinition/" + operation.place + "-" + operation.name;
  }
  if (operation.name == "export") {
    const std::string level = operation.place.empty() ? "" : operation.place == "Group" ? "group-" : "patient-";
    return "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/" + level + "export";
  }
  for (const auto& [name, url] : kDefinitions) {
    if (name == operation.name) return std::string(url);
  }
  return base + "/OperationDefinition/" + operation.name;
}

void write_operations(JsonWriter& json, const std::set<Operation>& all, std::string_view place,
                      const std::string& base) {
  bool has_begun = false;
  for (const Operation& operation : all) {
    const bool is_everywhere = operation.place == "*" && !place.empty();
    if (operation.place != place && !is_everywhere) continue;
    if (!std::exchange(has_begun, true)) json.key("operation").begin_array();
    json.begin_object();
    json.key("name").string(operation.name);
    json.key("definition").string(definition_of({std::string(place), operation.name}, base));
    json.end_object();
  }
  if (has_begun) json.end_array();
}

void write_search(JsonWriter& json, const search::Parameters& parameters, fhir::TypeId type) {
  const fhir::Schema& schema = parameters.schema();
  const std::string_view name = schema.type(type).name;
  std::vector<std::string> includes;
  const auto of_type = parameters.of(type);
  for (const search::Parameter* parameter : of_type) {
    if (parameter->kind == fhir::SearchType::reference) includes.push_back(std::string(name) + ":" + parameter->code);
  }
  json.key("searchInclude").begin_array().string("*");
  for (const std::string& include : includes) json.string(include);
  json.end_array();
  json.key("searchParam").begin_array();
  for (const search::Parameter* parameter : of_type) {
    json.begin_object();
    json.key("name").string(parameter->code);
    if (!parameter->url.empty()) json.key("definition").string(parameter->url);
    json.key("type").string(kind_name(parameter->kind));
    json.end_object();
  }
  json.end_array();
}

void write_resource(JsonWriter& json, const search::Parameters& parameters, const fhir::TypeInfo& type,
                    const std::set<Operation>& all, const std::string& base) {
  json.begin_object();
  json.key("type").string(type.name);
  json.key("profile").string(type.url);
  write_codes(json, "interaction", interactions(false));
  json.key("versioning").string("versioned-update");
  json.key("readHistory").boolean(true);
  json.key("updateCreate").boolean(true);
  json.key("conditionalCreate").boolean(true);
  json.key("conditionalRead").string("full-support");
  json.key("conditionalUpdate").boolean(true);
  json.key("conditionalDelete").string("single");
  json.key("referencePolicy").begin_array().string("literal").string("logical").string("local").end_array();
  write_search(json, parameters, type.id);
  write_operations(json, all, type.name, base);
  json.end_object();
}

void write_rest(JsonWriter& json, const search::Parameters& parameters, const std::set<Operation>& all,
                const std::string& base) {
  const fhir::Schema& schema = parameters.schema();
  json.key("rest").begin_array().begin_object();
  json.key("mode").string("server");
  json.key("resource").begin_array();
  for (const fhir::TypeInfo& type : schema.types()) {
    if (type.kind != fhir::TypeKind::resource || type.is_abstract || type.is_profile) continue;
    write_resource(json, parameters, type, all, base);
  }
  json.end_array();
  write_codes(json, "interaction", interactions(true));
  write_operations(json, all, "", base);
  json.key("compartment").begin_array();
  for (const fhir::CompartmentInfo& compartment : schema.compartments()) {
    // "patient", "relatedPerson": the ids that HL7 gave its definitions.
    std::string name(schema.type(compartment.type).name);
    name.front() = static_cast<char>(name.front() | 0x20);
    json.string("http://hl7.org/fhir/CompartmentDefinition/" + name);
  }
  json.end_array();
  json.end_object().end_array();
}

}  // namespace

http::Response show_capabilities(const Exchange& exchange) {
  const FhirServer& server = *exchange.server;
  const auto parameters = server.store().parameters(exchange.context.reader.tenant);
  JsonWriter json;
  json.begin_object();
  json.key("resourceType").string("CapabilityStatement");
  json.key("status").string("active");
  json.key("date").string(server.started.to_string());
  json.key("kind").string("instance");
  json.key("software").begin_object();
  json.key("name").string("Meridian");
  json.key("version").string(kVersion);
  json.end_object();
  json.key("implementation").begin_object();
  json.key("description").string("Meridian, a data and decision platform for hospitals");
  json.key("url").string(exchange.base);
  json.end_object();
  json.key("fhirVersion").string(parameters->schema().fhir_version());
  json.key("format").begin_array().string("application/fhir+json").string("application/fhir+xml").end_array();
  json.key("patchFormat").begin_array();
  for (const char* form : {"application/json-patch+json", "application/merge-patch+json", "application/fhir+json",
                           "application/fhir+xml"}) {
    json.string(form);
  }
  json.end_array();
  write_rest(json, *parameters, operations(server), exchange.base);
  json.end_object();
  return answer(std::move(json).take(), exchange.representation);
}

}  // namespace meridian::rest
