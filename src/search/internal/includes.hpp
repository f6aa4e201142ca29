// Includes: what the resources of a page refer to (_include) and what refers to them (_revinclude), round by round for
// `:iterate`, until nothing new is found or the bound is reached. Specification:
// https://hl7.org/fhir/R4/search.html#include
#pragma once

#include <span>
#include <vector>

#include "search/internal/evaluation.hpp"

namespace meridian::search::internal {

class Includes {
 public:
  Includes(const Setting& setting, Evaluation& evaluation) : setting_(setting), evaluation_(evaluation) {}

  /// Fills `included` and `is_cut`.
  Result<void> add(std::span<const Include> includes, SearchPage& page);

 private:
  Result<void> forward(const Include& include, std::span<const index::Row> sources, index::Rows& found);
  Result<void> reverse(const Include& include, std::span<const index::Row> sources, index::Rows& found);
  Result<void> visible(fhir::TypeId type, index::Rows rows, index::Rows& found);

  Setting setting_;
  Evaluation& evaluation_;
};

}  // namespace meridian::search::internal
