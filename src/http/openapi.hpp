// openapi_document(): the OpenAPI 3.1 description of a Router, made from what each Route says of itself.
// https://spec.openapis.org/oas/v3.1.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meridian::http {

class Router;

struct ApiParameter {
  enum class In : unsigned char { path, query, header };
  In in = In::query;
  std::string name;
  std::string description;
  bool required = false;
  std::string schema = R"({"type":"string"})";  ///< JSON Schema, as JSON
};

struct ApiContent {
  std::string media_type;  ///< "application/fhir+json"
  std::string schema;      ///< JSON Schema, as JSON; `{"$ref":"#/components/schemas/Parameters"}`; may be empty
};

struct ApiResponse {
  int status = 200;
  std::string description;
  std::vector<ApiContent> content;
};

/// What a route says of itself.
struct ApiDescription {
  std::string operation_id;
  std::string summary;
  std::string description;
  std::vector<std::string> tags;
  std::vector<ApiParameter> parameters;
  std::vector<ApiContent> request_body;
  std::vector<ApiResponse> responses;
  bool hidden = false;  ///< left out of the document
};

struct ApiInfo {
  std::string title;
  std::string version;
  std::string description;
  std::string server_url = "/";
  /// `"name": schema` members of components.schemas, as a JSON object.
  std::string schemas = "{}";
};

std::string openapi_document(const Router& router, const ApiInfo& info);

}  // namespace meridian::http
