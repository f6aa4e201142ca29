#include "ingest/provenance.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "http/router.hpp"
#include "ingest/feeds.hpp"
#include "mapping/merge.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::ingest {
namespace {

using http::json_escaped;
using http::Request;
using http::Response;

std::string extension(const char* url, const std::string& value) {
  return R"({"url":")" + std::string(url) + R"(","valueString":")" + json_escaped(value) + "\"}";
}

std::string target_of(const std::string& reference, const mapping::ElementOrigin& part) {
  std::string extensions = extension("http://hl7.org/fhir/StructureDefinition/targetPath", part.path);
  if (const std::string place = to_string(part.origin); !place.empty()) {
    extensions += ',' + extension("urn:meridian:extension:message-place", place);
  }
  return R"({"extension":[)" + extensions + R"(],"reference":")" + reference + "\"}";
}

Response answer(const Request& request, const store::Store& store,
                const std::shared_ptr<const mapping::MergeRules>& rules, std::optional<std::uint64_t> version) {
  const store::ResourceKey key{std::string(request.path_parameter("type")), std::string(request.path_parameter("id"))};
  const store::ReadContext reader = store::local_reader();
  const Result<store::Noted> noted = version ? store.read_noted(reader, key, *version) : store.read_noted(reader, key);
  if (!noted) return Response::problem(noted.error());
  if (noted->version.change == store::Change::deleted) {
    return Response::problem(Error(ErrorCode::gone, "the resource was deleted"));
  }
  Result<std::string> bundle = provenance_of(*noted, rules);
  if (!bundle) return Response::problem(bundle.error());
  Response response = Response::json(*std::move(bundle));
  response.headers.set("Content-Type", "application/fhir+json");
  return response;
}

}  // namespace

Result<std::string> provenance_of(const store::Noted& noted, std::shared_ptr<const mapping::MergeRules> rules) {
  const store::Version& version = noted.version;
  const std::string reference = version.key.type + '/' + version.key.id + "/_history/" + std::to_string(version.number);
  std::map<mapping::Stamp, std::string, std::greater<>> targets;
  if (!noted.note.empty()) {
    mapping::Merger merger(std::move(rules));
    const fhir::TypeId type = fhir::Schema::r4().find_type(version.key.type);
    for (const mapping::ElementOrigin& part : TRY(merger.explain(type, version.json, noted.note))) {
      std::string& list = targets[part.stamp];
      list += (list.empty() ? "" : ",") + target_of(reference, part);
    }
  }
  std::string entries;
  for (const auto& [stamp, list] : targets) {
    const std::string message = json_escaped(stamp.control_id);
    entries += entries.empty() ? "" : ",";
    entries += R"({"resource":{"resourceType":"Provenance","target":[)" + list + R"(],"occurredDateTime":")" +
               Instant::from_microseconds(stamp.time).to_string() + R"(","recorded":")" +
               version.last_updated.to_string() + R"(","agent":[{"who":{"display":"sender of message )" + message +
               R"("}}],"entity":[{"role":"source","what":{"identifier":{"system":"urn:meridian:message","value":")" +
               message + R"("}}}]}})";
  }
  return R"({"resourceType":"Bundle","type":"collection")" + (entries.empty() ? "" : ",\"entry\":[" + entries + ']') +
         '}';
}

void mount_provenance(http::Router& router, const store::Store& store, const Feeds& feeds) {
  router
      .add(http::Method::get, "/fhir/{type}/{id}/$provenance",
           [&store, &feeds](const Request& request) { return answer(request, store, feeds.rules(), std::nullopt); })
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
             return answer(request, store, feeds.rules(), version);
           })
      .summary("Say which message and place each part of a version came from")
      .tag("Feeds");
}

}  // namespace meridian::ingest
