// View: which part of a resource is shown: _summary and _elements.
//
// What is left out is told by the tag SUBSETTED in meta.tag. Elements that are mandatory or modify the meaning, id and
// meta are always shown. Members go over as they stand. Specification: https://hl7.org/fhir/R4/search.html#summary,
// #elements
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "http/request.hpp"
#include "search/query.hpp"

namespace meridian::rest {

struct View {
  search::Summary summary = search::Summary::none;
  std::vector<std::string> elements;  ///< of the root; "Patient.name" and "name" mean the same for a Patient

  bool is_whole() const {
    return elements.empty() && (summary == search::Summary::none || summary == search::Summary::count);
  }
};

/// What the query says. A value of _summary that is none is an error.
View view_of(const http::Request& request, Issues& issues);

/// The JSON of a stored resource as it is to be shown.
std::string shown(std::string json, const View& view);

}  // namespace meridian::rest
