// Terms: how search values lie in the index, from both sides: what a resource writes, and what a condition looks up.
//
// Each parameter on a type has a few fields (index/entries.hpp), one a Facet. The layouts, byte for byte, with
// examples, stand at the top of terms.cpp. Both sides are made from the same functions, so that they cannot disagree;
// matching.hpp says what is right.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "index/entries.hpp"
#include "index/index.hpp"
#include "search/query.hpp"
#include "search/values.hpp"

namespace meridian::search {

class CodeSets;

enum class Facet : std::uint8_t {
  present,     ///< one empty term for a row that has any value: :missing
  value,       ///< the parameter's own terms
  by_system,   ///< of tokens: the system alone
  text,        ///< of tokens and references: words of display and text; of strings nothing
  identifier,  ///< of references: Reference.identifier as a token; of tokens: type of the identifier (:of-type)
  column,      ///< of date, number, quantity, reference: the column. Of quantities in base units where UCUM has them
  raw,         ///< of quantities: a column with the number as it stands
  several,     ///< one empty term for a row whose column cannot say it (several values, or one beyond the column's
               ///< precision): to be looked at
  cut,         ///< one empty term for a row with a value too long for a term: to be looked at
  all,         ///< of a type: one empty term for each of its rows
  contained,   ///< of a type: one empty term for a row, of whatever type, that contains a resource of it
};
index::FieldId field(fhir::TypeId type, const fhir::Schema& schema, std::string_view code, Facet facet);
/// The value of a reference column that stands for a resource, and of a resource's own `_id` column: hash of "Type/id".
std::uint64_t reference_key(std::string_view type, std::string_view id);

/// Extracts what the index is to know of a resource. One per thread. A value that cannot be read gives nothing and no
/// error: the resource stays findable by its others.
class Extractor {
 public:
  explicit Extractor(std::shared_ptr<const Parameters> parameters, const TimeZone& zone = {});
  ~Extractor();
  Extractor(Extractor&&) noexcept;
  /// `id` is the resource's, which its JSON may not hold yet.
  void extract(fhir::Node resource, std::string_view id, index::Entries& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How the index answers a condition: rows with a term in a range, united over the parts. Then, exactly,
///
///   found   = rows of the parts
///   edge    = rows of parts that are not sure, without those of sure parts
///   answer  = rows of sure parts
///           + rows of `edge` within one of `columns`, when there are any
///           + rows of `edge` (with `columns`: of those only what is under `several`) that matching says yes to
///           + rows under `doubtful` that matching says yes to
///
/// and of a negated probe all rows of the type but those. Who ignores sureness and columns and looks at everything
/// found when `is_exact` is false gets the same, slowly.
struct Probe {
  enum class Kind : std::uint8_t { terms, column };
  struct Part {
    Kind kind = Kind::terms;
    index::FieldId field{};
    std::string begin, end;   ///< terms: [begin, end); an empty end means exactly `begin`
    index::Bounds low, high;  ///< column
    bool is_sure = true;      ///< every row that it finds matches
    /// Not empty: of the terms in the range only those that hold it are meant (accepts()).
    std::string contains;
    bool at_end = false;  ///< … at the end of their text
  };
  std::vector<Part> parts;
  /// Column parts that decide about the rows of parts that are not sure.
  std::vector<Part> columns;
  /// Rows under this field's empty term have several values: `columns` cannot decide about them. 0 without columns.
  index::FieldId several{};
  /// `columns` asked of all rows of the type, and what is under `several` looked at, is the answer too: cheaper than
  /// `parts` when these would find a large part of the type, or when few candidates are left.
  bool columns_suffice = false;
  /// Rows under this field's empty term may match too and must be looked at (or be left out) by matching; 0 when there
  /// are none.
  index::FieldId doubtful{};
  bool is_negated = false;  ///< the rows wanted are those that are not found so (:not, :missing=true)
  bool is_exact = true;     ///< every part is sure
};

/// Of a part with `contains`: whether a term in its range is meant.
bool accepts(const Probe::Part& part, std::string_view term);

/// Of a condition without chain or _has, one Probe that stands for all its operands. Issues (as an Error with words for
/// the user) for operands that mean nothing: a date that is none, a number that is none. unsupported: `_lastUpdated`
/// (asked of the store), and modifiers that the kind of parameter does not have.
Result<Probe> probe(const Parameters& parameters, const Condition& condition, const CodeSets* code_sets,
                    const Reading& reading = {});

}  // namespace meridian::search
