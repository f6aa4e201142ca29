// Evaluation: which rows satisfy a filter, at one snapshot, exactly.
//
// What must all hold is asked in the order of how few rows it is expected to leave; each question is asked only of the
// rows that are left. What the index leaves open (`Answer::open`) is looked at in documents at the end, when few are
// left. Chains and _has become sets of rows of the other type, joined by terms when few, by columns when many.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "search/engine.hpp"
#include "search/internal/hierarchies.hpp"
#include "search/internal/intervals.hpp"
#include "search/internal/looker.hpp"
#include "search/internal/trace.hpp"
#include "search/terms.hpp"

namespace meridian::search::internal {

/// Where and how a search is asked. What is pointed to lives longer.
struct Setting {
  const index::IndexView* view;
  Documents* documents;
  const Parameters* parameters;
  const CodeSets* code_sets;
  const Reading* reading;
  const Visibility* visibility;  ///< may be null
  const index::Patience* patience;
  Looker* looker;
  Trace* trace;
  const Tuning* tuning;
};

class Evaluation {
 public:
  explicit Evaluation(const Setting& setting) : setting_(setting) {}

  /// Current rows of the type that satisfy the filter, whoever asks.
  Result<index::Rows> rows(fhir::TypeId type, const Filter& filter, const index::Rows* within = nullptr);
  /// … and that may be seen. `within` holds current rows of the type only.
  Result<index::Rows> visible(fhir::TypeId type, const Filter& filter, const index::Rows* within = nullptr);
  /// Every current row of the type.
  Result<const index::Rows*> base(fhir::TypeId type);
  /// About how many there are.
  std::uint64_t type_size(fhir::TypeId type);
  /// Current rows of the resources "Type/id" of one type.
  Result<index::Rows> addressed(fhir::TypeId type, std::span<const std::string> ids);
  /// Current rows of the type that refer by the parameter to one of the addresses "Type/id".
  Result<index::Rows> referring(const Parameter& reference, std::vector<std::string> addresses,
                                const index::Rows* within);

 private:
  /// One thing of several that must hold.
  struct Item {
    const Condition* condition = nullptr;     // or a filter
    std::shared_ptr<const Condition> spread;  // what `condition` points to when a hierarchy stood in it
    const Filter* filter = nullptr;
    bool is_trusted = false;     // of the visibility itself: what it passes through need not be visible
    Probe probe;                 // of a plain condition
    std::uint64_t expected = 0;  // of a filter only where there is something to choose
    /// Of a pair of conditions (ranges.hpp), the first being `condition`: rows that alone can satisfy both.
    std::vector<TermRange> between;
  };
  /// Rows that satisfy, and rows of which it is not known yet.
  struct Answer {
    index::Rows sure;
    index::Rows open;
  };

  Result<index::Rows> all(fhir::TypeId type, std::vector<Item> items, const index::Rows* within);
  Result<void> collect(fhir::TypeId type, const Filter& filter, bool trusted, std::vector<Item>& items);
  Result<Item> item(fhir::TypeId type, const Condition& condition, bool trusted);
  void join_ranges(std::vector<Item>& items);
  Result<index::Rows> between(const Item& item, const index::Rows* within);
  Result<std::uint64_t> expect(fhir::TypeId type, const Filter& filter, int depth);
  Result<std::uint64_t> expect(fhir::TypeId type, const Condition& condition, int depth);
  std::uint64_t expect(fhir::TypeId type, const Probe& probe);

  Result<Answer> answer(fhir::TypeId type, const Item& item, const index::Rows* within);
  Result<Answer> probed(fhir::TypeId type, const Item& item, const index::Rows* within);
  Result<index::Rows> part(const Probe::Part& part, const index::Rows* within, fhir::TypeId type);
  Result<index::Rows> parts(const Probe& probe, bool sure, const index::Rows* within, fhir::TypeId type);
  Result<index::Rows> columns(const Probe& probe, const index::Rows& candidates);
  Result<index::Rows> times(fhir::TypeId type, const Condition& condition, const index::Rows* within);
  Result<index::Rows> joined_filter(fhir::TypeId type, const Filter& filter, bool trusted, const index::Rows* within);
  Result<void> settle(index::Rows& candidates, const std::vector<std::pair<const Condition*, index::Rows>>& open);
  Result<void> narrow(index::Rows& rows, const index::Rows* within) const;

  // evaluation_joins.cpp
  Result<index::Rows> chain(fhir::TypeId type, const Condition& condition, bool trusted, const index::Rows* within);
  Result<index::Rows> has(fhir::TypeId type, const Condition::Reverse& reverse, bool trusted,
                          const index::Rows* within);
  Result<std::optional<index::Rows>> reached_from(const index::Rows& sources, const Parameter& reference,
                                                  fhir::TypeId target);
  Result<index::Rows> leading_to(const Parameter& reference, fhir::TypeId target, const index::Rows& targets,
                                 const index::Rows* within);
  // evaluation_hierarchies.cpp
  Result<std::shared_ptr<const Condition>> spread(const Condition& condition, bool trusted);
  Result<std::set<std::string>> hierarchy(const HierarchyPlace& place, bool above, bool trusted);
  Result<index::Rows> hierarchy_step(const Parameter& parent, bool above, const std::vector<std::string>& addresses,
                                     bool trusted);

  Result<std::vector<std::uint64_t>> keys_of(const index::Rows& rows, index::FieldId column);
  index::FieldId field_of(const Parameter& parameter, Facet facet) const;
  Result<index::Rows> several_of(const Parameter& parameter, const index::Rows& within);

  Setting setting_;
  std::map<fhir::TypeId, index::Rows> bases_;
  std::map<fhir::TypeId, std::uint64_t> sizes_;
};

}  // namespace meridian::search::internal
