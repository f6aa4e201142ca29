#include "ingest/provenance.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "ingest/feeds.hpp"
#include "mapping/merge.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::ingest {
namespace {

using http::Request;
using http::Response;

void write_target(fhir::JsonWriter& json, const std::string& reference, const mapping::ElementOrigin& part) {
  const auto write_extension = [&json](const char* url, const std::string& value) {
    json.begin_object().key("url").string(url).key("valueString").string(value).end_object();
  };
  json.begin_object().key("extension").begin_array();
  write_extension("http://hl7.org/fhir/StructureDefinition/targetPath", part.path);
  if (const std::string place = to_string(part.origin); !place.empty()) {
    write_extension("urn:meridian:extension:message-place", place);
  }
  json.end_array().key("reference").string(reference).end_object();
}

Response answer(const Request& request, const store::Store& store, const Feeds& feeds,
                std::optional<std::uint64_t> version) {
  const store::ResourceKey key{std::string(request.path_parameter("type")), std::string(request.path_parameter("id"))};
  const store::ReadContext reader = store::local_reader();
  const Result<store::Noted> noted = version ? store.read_noted(reader, key, *version) : store.read_noted(reader, key);
  if (!noted) return Response::problem(noted.error());
  if (noted->version.change == store::Change::deleted) {
    return Response::problem(Error(ErrorCode::gone, "the resource was deleted"));
  }
  const auto rules = feeds.rules();
  if (!rules) return Response::problem(rules.error());
  Result<std::string> bundle = provenance_of(*noted, *rules);
  if (!bundle) return Response::problem(bundle.error());
  Response response = Response::json(*std::move(bundle));
  response.headers.set("Content-Type", "application/fhir+json");
  return response;
}

}  // namespace

Result<std::string> provenance_of(const store::Noted& noted, std::shared_ptr<const mapping::MergeRules> rules) {
  const store::Version& version = noted.version;
  const std::string reference = version.key.type + '/' + version.key.id + "/_history/" + std::to_string(version.number);
  std::map<mapping::Stamp, std::vector<mapping::ElementOrigin>, std::greater<>> by_message;
  if (!noted.note.empty()) {
    mapping::Merger merger(std::move(rules));
    const fhir::TypeId type = fhir::Schema::r4().find_type(version.key.type);
    for (mapping::ElementOrigin& part : TRY(merger.explain(type, version.json, noted.note))) {
      by_message[part.stamp].push_back(std::move(part));
    }
  }
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("Bundle").key("type").string("collection");
  if (!by_message.empty()) json.key("entry").begin_array();
  for (const auto& [stamp, parts] : by_message) {
    json.begin_object().key("resource").begin_object().key("resourceType").string("Provenance");
    json.key("target").begin_array();
    for (const mapping::ElementOrigin& part : parts) write_target(json, reference, part);
    json.end_array();
    json.key("occurredDateTime").string(Instant::from_microseconds(stamp.time).to_string());
    json.key("recorded").string(version.last_updated.to_string());
    json.key("agent").begin_array().begin_object().key("who").begin_object();
    json.key("display").string("sender of message " + stamp.control_id).end_object().end_object().end_array();
    json.key("entity").begin_array().begin_object().key("role").string("source").key("what").begin_object();
    json.key("identifier").begin_object().key("system").string("urn:meridian:message");
    json.key("value").string(stamp.control_id).end_object().end_object().end_object().end_array();
    json.end_object().end_object();
  }
  if (!by_message.empty()) json.end_array();
  json.end_object();
  return std::move(json).take();
}

void mount_provenance(http::Router& router, const store::Store& store, const Feeds& feeds) {
  router
      .add(http::Method::get, "/fhir/{type}/{id}/$provenance",
           [&store, &feeds](const Request& request) { return answer(request, store, feeds, std::nullopt); })
      .summary("Say which message and place each part of a resource came from")
      .tag("Feeds");
  router
      .add(http::Method::get, "/fhir/{type}/{id}/_history/{version}/$provenance",
           [&store, &feeds](const Request& request) {
             const std::string_view text = request.path_parameter("version");
             std::uint64_t version = 0;
             const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
             if (error != std::errc() || end != text.data() + text.size()) {
               return Response::problem(404, "a version is named by its number");
             }
             return answer(request, store, feeds, version);
           })
      .summary("Say which message and place each part of a version came from")
      .tag("Feeds");
}

}  // namespace meridian::ingest
