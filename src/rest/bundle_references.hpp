// BundleReferences: what the links within a transaction's resources become.
//
// A fullUrl of an entry that is created (urn:uuid:…, or any URL) becomes the id that the resource gets; `Type?search`
// becomes the one resource that it finds. Replaced are Reference.reference, elements of type uri, url, oid and uuid,
// and href and src in the narrative. Specification: https://hl7.org/fhir/R4/http.html#trules
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::rest {

class BundleReferences {
 public:
  /// What stands at `full_url` will be at `path` ("Patient/0190…").
  void add(std::string full_url, std::string path);

  /// Finds the path for "Patient?identifier=…"; an error when that is not one.
  using Find = Callback<Result<std::string>(std::string_view)>;
  void find_by(Find find) { find_ = std::move(find); }

  /// The resource's text (within its bundle) with its links replaced. `full_url` of its own entry: relative references
  /// are seen from there. Errors: unprocessable for a urn: that no entry has; those of Find.
  Result<std::string> resolved(std::string_view bundle_text, fhir::Node resource, std::string_view full_url);

 private:
  struct Change {
    std::size_t offset;  // of the string's quote in the bundle's text
    std::string text;    // a JSON string
  };
  Result<> walk(fhir::Node node, std::size_t depth);
  Result<> look_at_reference(fhir::Node node);
  void look_at_narrative(fhir::Node node);
  const std::string* path_of(std::string_view link) const;
  void change(fhir::Node node, std::string_view text);

  std::unordered_map<std::string, std::string> paths_;
  std::unordered_map<std::string, std::string> found_;
  Find find_;
  // Of the resource at hand:
  std::string root_;  // "http://example.org/fhir/" of its fullUrl
  std::vector<Change> changes_;
};

}  // namespace meridian::rest
