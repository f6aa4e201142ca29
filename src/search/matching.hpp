// Matching: whether a resource satisfies a condition, straight from its document: what a search means.
//
// The index answers most questions; this one answers all, one resource at a time. The engine asks it of rows that the
// index leaves open; tests ask it of everything. Not thread-safe: one Matcher a thread, kept for all rows of a search,
// since its memory is reused. Specification: https://hl7.org/fhir/R4/search.html#ptypes
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "search/query.hpp"
#include "search/values.hpp"

namespace meridian::search {

/// Value sets and hierarchies of codes for :in :not-in :above :below. Implemented above (terminology).
class CodeSets {
 public:
  enum class Relation : std::uint8_t { in, above, below };
  virtual ~CodeSets() = default;
  /// Every code that `text` (a value set's URL or `system|code`) stands for, as system and code; not_found when it is
  /// not known, too_costly when it cannot be listed.
  virtual Result<std::vector<std::pair<std::string, std::string>>> codes(Relation relation,
                                                                         std::string_view text) const = 0;
};

/// The world outside one resource, asked by chains and _has: brute force in tests, the index in the engine.
class References {
 public:
  virtual ~References() = default;
  /// Whether some resource "Type/id" satisfies the filter, as that type.
  virtual Result<bool> satisfies(std::string_view reference, fhir::TypeId type, const Filter& filter) = 0;
  /// Whether some resource of the type that refers to `reference` by that parameter satisfies the filter.
  virtual Result<bool> referred_by(std::string_view reference, const Condition::Reverse& has) = 0;
  /// The addresses "Type/id" above or below one in the hierarchy of its type, of which `parent` leads upwards; itself
  /// among them.
  virtual Result<std::set<std::string>> hierarchy(std::string_view reference, const Parameter& parent, bool above) = 0;
};

/// What a stored document's own text may not say of it.
struct Version {
  std::string_view id;                  ///< empty: as the document says
  std::optional<Instant> last_updated;  ///< nothing: as the document says
};

/// A code set is asked of CodeSets once and then remembered: a Matcher lives no longer than a search.
class Matcher {
 public:
  /// What is given lives as long as the Matcher; the ports may be null, what needs them is then `unsupported`.
  Matcher(const Parameters& parameters, const CodeSets* code_sets, References* references, const Reading& reading = {});
  ~Matcher();
  Matcher(Matcher&&) noexcept;

  /// Errors: invalid_argument for an operand that means nothing, unsupported, and those of the ports.
  Result<bool> matches(fhir::Node resource, const Filter& filter, const Version& version = {});
  Result<bool> matches(fhir::Node resource, const Condition& condition, const Version& version = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::search
