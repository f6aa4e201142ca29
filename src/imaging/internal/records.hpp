// Records: resources of one answer, read as somebody who asks, each once.
//
// What may not be seen, is not there, or is deleted is none; other faults of the store are kept, and end the answer.
// Documents live as long as this, or until forget(). One thread. Lifetime: the store outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/fhir/document.hpp"
#include "imaging/internal/node_text.hpp"
#include "store/store.hpp"

namespace meridian::imaging::internal {

using SearchPairs = std::vector<std::pair<std::string, std::string>>;

/// Of our own making: a parameter that is not understood is a fault of the program, and internal.
Result<search::Query> query_of(const store::Store& store, const store::ReadContext& context, std::string_view type,
                               const SearchPairs& pairs);
/// A value of a token or a reference as it stands in a query.
std::string escaped(std::string_view value);

class Records {
 public:
  Records(const store::Store& store, store::ReadContext context) : store_(store), context_(std::move(context)) {}

  /// "Patient/7", also as the end of an absolute URL or with a version; a null node where there is none.
  fhir::Node read(std::string_view reference);
  /// What a Reference leads to: a resource of the store, or one that its resource contains.
  fhir::Node target(fhir::Node reference, fhir::Node resource);
  /// The newest of a search that has one; a null node where nothing matches.
  fhir::Node first(std::string_view type, SearchPairs pairs);
  /// All of a search, as many as one page has.
  std::vector<fhir::Node> all(std::string_view type, SearchPairs pairs, std::uint32_t limit);
  Result<bool> any(std::string_view type, const SearchPairs& pairs);

  const store::Store& store() const { return store_; }
  const store::ReadContext& context() const { return context_; }
  /// The first fault of the store.
  const Result<>& fault() const { return fault_; }
  /// Lets go of what is held, when it is more than some thousand.
  void forget();

 private:
  const store::Store& store_;
  const store::ReadContext context_;
  fhir::DocumentParser parser_;
  std::map<std::string, fhir::Document, std::less<>> read_;  // an empty document: none
  std::vector<fhir::Document> found_;
  Result<> fault_;
};

}  // namespace meridian::imaging::internal
