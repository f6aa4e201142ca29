// Prober: makes the Probe of a condition, an operand at a time. One condition each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/internal/canonical_units.hpp"
#include "search/internal/fold.hpp"
#include "search/internal/intervals.hpp"
#include "search/internal/operands.hpp"
#include "search/matching.hpp"
#include "search/terms.hpp"

namespace meridian::search::internal {

class Prober {
 public:
  Prober(const Parameters& parameters, const Condition& condition, const CodeSets* code_sets, const Reading& reading)
      : parameters_(parameters),
        schema_(parameters.schema()),
        condition_(condition),
        parameter_(*condition.parameter),
        code_sets_(code_sets),
        reading_(reading) {}

  Result<Probe> make();

 private:
  Result<> add(const Operand& operand);
  Result<> add_missing();
  Result<> add_string(const Operand& operand);
  Result<> add_token(const Operand& operand);
  Result<> add_code_set(CodeSets::Relation relation, const Operand& operand);
  Result<> add_of_type(const Operand& operand);
  Result<> add_reference(const Operand& operand);
  Result<> add_uri(const Operand& operand);
  Result<> add_date(const Operand& operand);
  Result<> add_number(const Operand& operand);
  Result<> add_quantity(const Operand& operand);
  Result<> add_near(const Operand& operand);
  Result<> add_words(const Operand& operand);
  Result<> add_composite(const Operand& operand);
  Result<> refuse_modifier() const;

  /// The last component of a composite after `first`; false when it cannot be said in terms.
  Result<bool> add_second(const std::string& first, bool is_sure, const Parameter& second, const Operand& operand);
  void add_token_terms(Facet facet, const TokenOperand& operand, const std::string& before, bool is_sure);
  void add_text_terms(Facet facet, std::string_view text);
  void add_boxes(Scale scale, const std::vector<Box>& boxes, const std::string& before, bool is_sure);
  void add_columns(Facet facet, const std::vector<Box>& boxes);
  /// Where a quantity's terms begin, and whether it is asked in base units.
  struct QuantityPlace {
    std::string before;
    std::vector<Box> boxes;
    bool is_canonical = false;
    bool is_told_apart = true;
    bool is_sure = true;
  };
  QuantityPlace place(Prefix prefix, const QuantityOperand& operand, bool has_unit_terms);

  index::FieldId field_of(Facet facet) const { return field(parameter_.type, schema_, parameter_.code, facet); }
  void add_exact(Facet facet, std::string term, bool is_sure = true);
  void add_range(Facet facet, std::string begin, std::string end, bool is_sure = true);
  void finish();

  const Parameters& parameters_;
  const fhir::Schema& schema_;
  const Condition& condition_;
  const Parameter& parameter_;
  const CodeSets* code_sets_;
  const Reading& reading_;
  Arena arena_;
  CanonicalUnits units_;
  Probe probe_;
  bool has_columns_ = true;     // that decide about every part that is not sure
  std::string quantity_place_;  // of the operand before: columns cannot decide between two units
  bool is_any_unit_ = false;    // that quantities are asked for in
};

/// Whether a modifier means something to that kind of parameter. https://hl7.org/fhir/R4/search.html#modifiers
bool has_modifier(const Parameter& parameter, Modifier modifier);
/// Whether it is one of the two that look into texts.
bool looks_into_texts(const Parameter& parameter);
SearchedNumber searched_number(Prefix prefix, const NumberOperand& number);
/// The number in base units, rounded as values are; nothing when it cannot be converted.
std::optional<NumberOperand> in_base_units(const NumberOperand& number, const CanonicalUnits::Scale& scale);
/// The URIs of which `uri` is below, itself first: each of its paths with and without the slash at the end.
std::vector<std::string> uris_above(std::string_view uri);

}  // namespace meridian::search::internal
