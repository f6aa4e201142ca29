// OperationClient: asks the FHIR operations as a client would, without sockets; for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/fhir/document.hpp"
#include "http/router.hpp"
#include "rest/routes.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/profiles.hpp"
#include "validation/validator.hpp"

namespace meridian::rest::testing {

/// What came back.
struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string allow;
  http::Headers headers;

  std::string header(std::string_view name) const { return std::string(headers.get(name)); }
  /// What a FHIRPath expression finds in a JSON body: "a,b".
  std::string value(std::string_view expression) const;

  /// `error code-not-in-value-set Patient.gender [3,13]`, one line an issue: of a body that is an OperationOutcome in
  /// JSON.
  std::string issues() const;
};

class OperationClient {
 public:
  using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

  /// The validator knows these definitions besides the specification's.
  explicit OperationClient(std::shared_ptr<validation::Profiles> profiles = nullptr,
                           std::uint32_t fhirpath_milliseconds = 5'000);

  Reply post(std::string_view target, std::string body, const Fields& fields = {}) const;
  Reply ask(http::Method method, std::string_view target, std::string body = {}, const Fields& fields = {}) const;

 private:
  validation::Validator validator_;
  validation::EmbeddedTerminology terminology_;
  http::Router router_;
};

}  // namespace meridian::rest::testing
