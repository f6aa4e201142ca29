// The table of interactions: what each path and method does. Routes, the capability statement and the OpenAPI document
// are made from it. Specification: https://hl7.org/fhir/R4/http.html#summary
#pragma once

#include <span>
#include <string_view>

#include "http/method.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

/// One row. Exactly one of `interaction` and `prompt` is set.
struct InteractionRow {
  http::Method method;
  std::string_view path;  ///< below the root: "/{type}/{id}"
  Interaction interaction;
  PromptInteraction prompt;
  /// For OpenAPI. Of interactions that the specification names, its code with what tells variants apart after a dot:
  /// "search-type.form"; of operations `operation.` and the name.
  std::string_view id;
  std::string_view summary;

  std::string_view code() const { return id.substr(0, id.find('.')); }
  /// "everything" of "/Patient/{id}/$everything"; "" of others.
  std::string_view operation() const {
    const std::size_t at = path.find('$');
    return at == path.npos ? std::string_view{} : path.substr(at + 1);
  }
};

std::span<const InteractionRow> interaction_table();

}  // namespace meridian::rest
