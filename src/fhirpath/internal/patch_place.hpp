// The items of one element in a document, as JSON, ready to be changed and written back.
//
// A primitive is two values in JSON: itself and, beside it, the object of its id and extensions. Lists of both are kept
// in step here, so that whoever changes a list does not think of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::fhirpath::internal {

/// One item of an element.
struct PatchItem {
  std::string value;      ///< JSON; empty: a primitive without value
  std::string companion;  ///< JSON object of a primitive's id and extensions; empty: none
};
PatchItem item_of(fhir::Node node);

struct PatchPlace {
  fhir::Node parent;
  std::string key;      ///< in JSON, as it is now; empty: there is none yet
  std::string new_key;  ///< as it will be; another one when the type of a choice changes
  bool is_list = false;
  std::vector<PatchItem> items;
};

/// The items of an element in `parent`. False when the parent's type does not have it.
bool find_place(fhir::Node parent, std::string_view name, PatchPlace& place);

/// The JSON Patch that makes the document's items those of the place.
std::string json_patch(const PatchPlace& place);

}  // namespace meridian::fhirpath::internal
