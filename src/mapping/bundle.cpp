#include "mapping/bundle.hpp"

#include "formats/fhir/json_writer.hpp"

namespace meridian::mapping {

std::vector<std::string> resources_of(const Mapped& mapped, Merger& merger) {
  std::vector<std::string> resources;
  for (const Write& write : mapped.writes) {
    // Over nothing there is nothing that could be unreadable.
    if (Result<Merged> merged = merger.merge({}, {}, write)) resources.push_back(std::move(merged->json));
  }
  return resources;
}

std::string bundle_of(const Mapped& mapped, Merger& merger, const fhir::Schema& schema) {
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("Bundle").key("type").string("transaction");
  if (!mapped.writes.empty()) json.key("entry").begin_array();
  for (const Write& write : mapped.writes) {
    const Result<Merged> merged = merger.merge({}, {}, write);
    if (!merged) continue;
    const std::string id = write.id().to_string();
    const std::string url = std::string(schema.type(write.type()).name) + '/' + id;
    json.begin_object().key("fullUrl").string("urn:uuid:" + id).key("resource").raw(merged->json);
    json.key("request").begin_object().key("method").string("PUT").key("url").string(url).end_object().end_object();
  }
  if (!mapped.writes.empty()) json.end_array();
  json.end_object();
  return std::move(json).take();
}

}  // namespace meridian::mapping
