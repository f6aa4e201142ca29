// DocumentWriter: one patient's FHIR resources become a CDA document: C-CDA R2.1, International Patient Summary.
//
//   auto catalogue = TRY(Catalogue::open({}));                             // once; shared
//   DocumentWriter writer(catalogue);                                      // one per thread, kept
//   WrittenDocument written = TRY(writer.write("ccd", bundle, {}));       // a tree, and what it does not say
//   std::string xml = TRY(tree::write_xml(written.document, {"text"}));
//
// What a document is made of is decided by catalog/mappings/to-cda alone (docs/mapping.md, "Documents out of records").
// The same Bundle and options give the same document. What the Bundle says and the document does not is an Issue
// (Severity::information): one for each element of a kind, with how often and where first.
// Errors: not_found, no document is called so; unprocessable, it is no Bundle, or not of one patient; too_large.
// Lifetime: WrittenDocument owns all it holds. Threads: one at a time; the Catalogue is shared.
// Specification: HL7 CDA R2 IG: C-CDA Templates for Clinical Notes R2.1; HL7 CDA R2 IPS;
// https://build.fhir.org/ig/HL7/ccda-on-fhir/
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "formats/tree/document.hpp"

namespace meridian::mapping {

class Catalogue;

struct DocumentOptions {
  std::string id = {};       ///< of the document, a UUID; empty: one of the Bundle's content
  std::string time = {};     ///< when it was made; empty: as Composition, Bundle or the newest version say
  std::string patient = {};  ///< the id of the Patient whose document it is; empty: the only one
  std::uint32_t max_elements = 1'000'000;
};

struct WrittenDocument {
  tree::Document document;
  Issues issues;
};

class DocumentWriter {
 public:
  explicit DocumentWriter(std::shared_ptr<const Catalogue> catalogue);
  ~DocumentWriter();
  DocumentWriter(DocumentWriter&&) noexcept;
  DocumentWriter& operator=(DocumentWriter&&) noexcept;

  /// Names of the documents that the catalogue can make, sorted.
  std::vector<std::string_view> kinds() const;
  Result<WrittenDocument> write(std::string_view kind, const fhir::Document& bundle, const DocumentOptions& options);

 private:
  std::shared_ptr<const Catalogue> catalogue_;
};

/// Resources one after another as a collection Bundle, for DocumentWriter: of NDJSON.
std::string collection_of(const std::vector<std::string>& resources);

}  // namespace meridian::mapping
