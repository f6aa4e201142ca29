#include "http/openapi.hpp"

#include <set>

#include "http/response.hpp"
#include "http/router.hpp"

namespace meridian::http {
namespace {

std::string quoted(std::string_view text) {
  return '"' + json_escaped(text) + '"';
}

std::string lower_name(Method method) {
  std::string text(name(method));
  for (char& c : text) c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

// OpenAPI has no tail parameters: "{path...}" is shown as "{path}".
std::string path_of(std::string_view pattern) {
  std::string path(pattern);
  if (const std::size_t dots = path.find("...}"); dots != std::string::npos) path.erase(dots, 3);
  return path;
}

// The parameters that stand in the pattern, for those the route did not describe itself.
std::vector<std::string> path_names(std::string_view path) {
  std::vector<std::string> names;
  for (std::size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
  }
  return names;
}

std::string content(const std::vector<ApiContent>& all) {
  std::string out = "{";
  for (const ApiContent& one : all) {
    if (out.size() > 1) out += ',';
    out += quoted(one.media_type) + ":{";
    if (!one.schema.empty()) out += "\"schema\":" + one.schema;
    out += '}';
  }
  return out + '}';
}

std::string parameter(const ApiParameter& p) {
  constexpr std::string_view kPlaces[] = {"path", "query", "header"};
  std::string out = "{\"name\":" + quoted(p.name) + ",\"in\":\"";
  out += kPlaces[static_cast<std::size_t>(p.in)];
  out += '"';
  if (!p.description.empty()) out += ",\"description\":" + quoted(p.description);
  if (p.required || p.in == ApiParameter::In::path) out += ",\"required\":true";
  return out + ",\"schema\":" + (p.schema.empty() ? std::string("{}") : p.schema) + '}';
}

std::string parameters(const Route& route) {
  std::string out;
  const auto add = [&](const ApiParameter& p) { out += (out.empty() ? "" : ",") + parameter(p); };
  for (const std::string& in_path : path_names(path_of(route.pattern))) {
    ApiParameter described{ApiParameter::In::path, in_path, {}, true};
    for (const ApiParameter& p : route.api.parameters) {
      if (p.in == ApiParameter::In::path && p.name == in_path) described = p;
    }
    add(described);
  }
  for (const ApiParameter& p : route.api.parameters) {
    if (p.in != ApiParameter::In::path) add(p);
  }
  return out;
}

std::string operation(const Route& route) {
  const ApiDescription& api = route.api;
  std::string out = "{";
  if (!api.operation_id.empty()) out += "\"operationId\":" + quoted(api.operation_id) + ',';
  if (!api.summary.empty()) out += "\"summary\":" + quoted(api.summary) + ',';
  if (!api.description.empty()) out += "\"description\":" + quoted(api.description) + ',';
  if (!api.tags.empty()) {
    out += "\"tags\":[";
    for (const std::string& tag : api.tags) out += (&tag == api.tags.data() ? "" : ",") + quoted(tag);
    out += "],";
  }
  if (const std::string list = parameters(route); !list.empty()) out += "\"parameters\":[" + list + "],";
  if (!api.request_body.empty()) {
    out += "\"requestBody\":{\"required\":true,\"content\":" + content(api.request_body) + "},";
  }
  out += "\"responses\":{";
  bool first = true;
  for (const ApiResponse& response : api.responses) {
    if (!first) out += ',';
    first = false;
    out += quoted(std::to_string(response.status)) + ":{\"description\":" +
           quoted(response.description.empty() ? reason_phrase(response.status) : response.description);
    if (!response.content.empty()) out += ",\"content\":" + content(response.content);
    out += '}';
  }
  if (!first) out += ',';
  // Every route may fail, and then says so in one form.
  out += R"~("default":{"description":"A problem (RFC 9457)","content":{"application/problem+json":{}}}}})~";
  return out;
}

}  // namespace

std::string openapi_document(const Router& router, const ApiInfo& info) {
  std::string out =
      "{\"openapi\":\"3.1.0\",\"info\":{\"title\":" + quoted(info.title) + ",\"version\":" + quoted(info.version);
  if (!info.description.empty()) out += ",\"description\":" + quoted(info.description);
  out += "},\"servers\":[{\"url\":" + quoted(info.server_url) + "}],\"paths\":{";

  std::set<std::string> written;
  for (const auto& first : router.routes()) {
    const std::string path = path_of(first->pattern);
    if (first->api.hidden || !written.insert(path).second) continue;
    if (written.size() > 1) out += ',';
    out += quoted(path) + ":{";
    bool any = false;
    for (const auto& route : router.routes()) {
      if (route->api.hidden || path_of(route->pattern) != path) continue;
      if (any) out += ',';
      any = true;
      out += quoted(lower_name(route->method)) + ':' + operation(*route);
    }
    out += '}';
  }
  return out + "},\"components\":{\"schemas\":" + info.schemas + "}}";
}

}  // namespace meridian::http
