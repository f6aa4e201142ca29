#include "rest/export_job.hpp"

#include <algorithm>

#include "base/trim.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/history_interaction.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/operation_input.hpp"

namespace meridian::rest {
namespace {

using fhir::Node;

void write_list(fhir::JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
  json.key(key).begin_array();
  for (const std::string& one : list) json.string(one);
  json.end_array();
}

std::string text_in(Node node, std::string_view name) {
  for (const Node child : node.children()) {
    if (child.key() == name) return std::string(child.text());
  }
  return {};
}

std::vector<std::string> list_in(Node node, std::string_view name) {
  std::vector<std::string> list;
  for (const Node child : node.children()) {
    if (child.key() == name) list.emplace_back(child.text());
  }
  return list;
}

/// The values of a parameter that takes a list or is repeated.
std::vector<std::string> values_of(const OperationInput& input, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string_view list : input.texts(name)) {
    for (const std::string_view one : split(list, ',')) {
      if (!without_blanks(one).empty()) values.emplace_back(without_blanks(one));
    }
  }
  return values;
}

std::vector<std::string> all_types() {
  std::vector<std::string> types;
  for (const fhir::TypeInfo& type : fhir::Schema::r4().types()) {
    if (resource_type(type.name) == type.id && !type.is_profile) types.emplace_back(type.name);
  }
  return types;
}

}  // namespace

std::vector<std::string> compartment_types(std::string_view compartment) {
  const fhir::Schema& schema = fhir::Schema::r4();
  std::vector<std::string> types;
  for (const fhir::CompartmentInfo& one : schema.compartments()) {
    if (schema.type(one.type).name != compartment) continue;
    for (const fhir::CompartmentMember& member : one.members) {
      std::string name(schema.type(member.type).name);
      if (std::find(types.begin(), types.end(), name) == types.end()) types.push_back(std::move(name));
    }
  }
  if (std::find(types.begin(), types.end(), compartment) == types.end()) types.emplace_back(compartment);
  return types;
}

bool ExportJob::has_written(std::string_view type) const {
  return std::any_of(files.begin(), files.end(), [&](const File& file) { return file.type == type; });
}

std::string ExportJob::to_json() const {
  fhir::JsonWriter json;
  json.begin_object();
  json.key("id").string(id);
  json.key("tenant").string(std::to_string(tenant));
  json.key("level").string(std::to_string(static_cast<int>(level)));
  json.key("group").string(group);
  json.key("request").string(request);
  json.key("commit").string(std::to_string(commit));
  json.key("time").string(time.to_string());
  if (since) json.key("since").string(since->to_string());
  write_list(json, "types", types);
  write_list(json, "filters", filters);
  write_list(json, "elements", elements);
  json.key("state").string(std::to_string(static_cast<int>(state)));
  json.key("error").string(error);
  json.key("files").begin_array();
  for (const File& file : files) json.string(file.type + " " + std::to_string(file.count));
  json.end_array();
  json.end_object();
  return std::move(json).take();
}

Result<ExportJob> ExportJob::parse(std::string text) {
  Issues issues;
  const fhir::Document document = fhir::DocumentParser().parse_as(fhir::TypeId::none, std::move(text), issues);
  const auto broken = [] { return fail(ErrorCode::malformed_input, "the record of an export is damaged"); };
  if (!document.has_root()) return broken();
  const Node root = document.root();
  ExportJob job;
  job.id = text_in(root, "id");
  const auto number = [&](std::string_view name) { return whole_number(text_in(root, name)); };
  const auto tenant = number("tenant");
  const auto level = number("level");
  const auto commit = number("commit");
  const auto state = number("state");
  if (!is_id(job.id) || !tenant || !level || *level > 2 || !commit || !state || *state > 2) return broken();
  job.tenant = static_cast<std::uint32_t>(*tenant);
  job.level = static_cast<ExportLevel>(*level);
  job.group = text_in(root, "group");
  job.request = text_in(root, "request");
  job.commit = *commit;
  job.time = TRY(Instant::parse(text_in(root, "time")));
  if (const std::string since = text_in(root, "since"); !since.empty()) job.since = TRY(Instant::parse(since));
  job.types = list_in(root, "types");
  job.filters = list_in(root, "filters");
  job.elements = list_in(root, "elements");
  job.state = static_cast<ExportState>(*state);
  job.error = text_in(root, "error");
  for (const std::string& file : list_in(root, "files")) {
    const std::size_t space = file.find(' ');
    const auto count = whole_number(std::string_view(file).substr(std::min(space, file.size() - 1) + 1));
    if (!count || resource_type(file.substr(0, space)) == fhir::TypeId::none) return broken();
    job.files.push_back({file.substr(0, space), *count});
  }
  return job;
}

Result<ExportJob> export_asked(const Exchange& exchange, ExportLevel level) {
  const OperationInput input = TRY(OperationInput::of(exchange));
  ExportJob job;
  job.id = exchange.server->ids.next().to_string();
  job.tenant = exchange.context.reader.tenant.value();
  job.level = level;
  job.group = level == ExportLevel::group ? std::string(exchange.id()) : std::string();
  job.request = exchange.base + exchange.request.target.path.substr(fhir_root(exchange.request).size());
  if (!exchange.request.target.query.empty()) job.request += "?" + exchange.request.target.query;
  job.commit = exchange.server->store().last_commit(exchange.context.reader.tenant).value();
  job.time = exchange.server->clock.now();
  if (const auto format = input.text("_outputFormat")) {
    if (*format != "application/fhir+ndjson" && *format != "application/fhir ndjson" &&
        *format != "application/ndjson" && *format != "ndjson") {
      return fail(ErrorCode::invalid_argument, "_outputFormat can be application/fhir+ndjson alone");
    }
  }
  if (const auto since = input.text("_since")) {
    job.since = moment_of(*since);
    if (!job.since) return fail(ErrorCode::invalid_argument, "_since is no moment");
  }
  const std::vector<std::string> possible = level == ExportLevel::system ? all_types() : compartment_types("Patient");
  job.types = values_of(input, "_type");
  for (const std::string& type : job.types) {
    if (std::find(possible.begin(), possible.end(), type) == possible.end()) {
      return fail(ErrorCode::invalid_argument, "_type names a type that is not exported at this level");
    }
  }
  if (job.types.empty()) job.types = possible;
  for (const std::string_view filter : input.texts("_typeFilter")) {
    if (resource_type(filter.substr(0, filter.find('?'))) == fhir::TypeId::none || filter.find('?') == filter.npos) {
      return fail(ErrorCode::invalid_argument, "_typeFilter is written Type?search, repeated for several");
    }
    job.filters.emplace_back(filter);
  }
  job.elements = values_of(input, "_elements");
  return job;
}

}  // namespace meridian::rest
