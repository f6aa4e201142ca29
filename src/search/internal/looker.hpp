// Looker: looks into documents where the index does not decide: matches conditions, reads references and what rows are
// sorted by.
//
// One thread and one search at a time; its memory is kept from search to search by the Engine's pool. Documents that
// were looked at lately are kept, since sorting and including come back to them.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "search/engine.hpp"
#include "search/terms.hpp"

namespace meridian::search::internal {

/// A relative reference, or the URL of a canonical one.
struct Reference {
  std::string type;
  std::string id;
  std::string url;
};

class Looker {
 public:
  Looker(const std::shared_ptr<const Parameters>& parameters, const CodeSets* code_sets, const Reading& reading);
  ~Looker();

  /// Before a search; `documents` is used until the next begin().
  void begin(Documents& documents);

  Result<bool> matches(index::Row row, std::span<const Condition* const> conditions);
  Result<void> references(index::Row row, const Parameter& parameter, std::vector<Reference>& out);
  /// "Patient/7"
  Result<std::string> address(index::Row row);
  /// The least or greatest term under a field that the row is indexed by; nothing when there is none.
  Result<std::optional<std::string>> term(index::Row row, index::FieldId field, bool greatest);
  /// The least beginning and the greatest end among the values of a parameter that a column cannot hold, as the column
  /// would write them; nothing when there are none.
  Result<std::optional<std::pair<std::uint64_t, std::uint64_t>>> column(index::Row row, const Parameter& parameter);
  /// Whether a contained resource of the type satisfies the filter, which has neither chains nor _has.
  Result<bool> contains(index::Row row, fhir::TypeId type, const Filter& filter);

  std::uint64_t loaded() const { return loaded_; }

 private:
  struct Held {
    index::Row row = 0;
    bool is_used = false;
    Documents::Identity identity;
    std::optional<fhir::Document> document;
    std::optional<index::Entries> entries;
  };
  static constexpr std::size_t kHeld = 128;

  Result<Held*> hold(index::Row row);
  Result<const index::Entries*> entries(Held& held);

  const Parameters& parameters_;
  Documents* documents_ = nullptr;
  Matcher matcher_;
  ValueReader reader_;
  Extractor extractor_;
  std::array<Held, kHeld> held_;
  std::uint64_t loaded_ = 0;
};

}  // namespace meridian::search::internal
