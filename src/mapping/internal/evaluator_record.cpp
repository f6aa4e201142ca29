// The part of the evaluator that knows records: rows of tables and objects, which other people's programs wrote.
#include <algorithm>

#include "mapping/internal/evaluator.hpp"
#include "mapping/internal/record_value.hpp"

namespace meridian::mapping::internal {

void Evaluator::run_record(const MessageMap& map, const tree::Document& record, std::string_view id, Issues& issues) {
  begin(issues);
  document_ = &record;
  is_record_ = true;
  record_id_ = id;
  seen_around_.assign(plan_.places.size(), {});
  place_parts(map);
  make_from_elements(map);
  fill_from_elements();
}

/// What is made of a record is known in all of it; what is made of a part of it, in the part.
void Evaluator::place_parts(const MessageMap& map) {
  grouping_.assign_document();
  instance_of_.assign(document_->element_count() + std::size_t{1}, 0);
  for (std::uint32_t i = 2; i <= document_->element_count(); ++i) {
    const tree::Element element = document_->element(i);
    const int outer = instance_of_[element.parent().number()];
    const std::vector<Action>& actions = map.groups[0].actions;
    const bool is_part = !element.name().empty() &&
                         std::any_of(actions.begin(), actions.end(),
                                     [element](const Action& action) { return action.element == element.name(); });
    instance_of_[i] = is_part ? grouping_.add(outer, false) : outer;
  }
}

/// A number, and whose it is.
bool Evaluator::attempt_value(const IdentityTry& attempt, fhir::TypeId type, const Scope& scope,
                              const std::string& kind, Uuid& id) {
  const std::string number(trimmed(text(attempt.of, scope)));
  if (number.empty()) return false;
  const std::string whose = attempt.system == kNone
                                ? default_authority()
                                : authority(plan_.texts[static_cast<std::size_t>(attempt.system)], {}, {});
  id = make_id(type, whose, kind + number);
  return true;
}

/// Nothing: as for any other value.
std::optional<bool> Evaluator::convert_of_record(const Row& row, std::string_view text, std::string& out,
                                                 bool& is_literal) {
  const auto put = [&](const std::string& time) {
    out = primitive(row.target.primitive, time.empty() ? text : time, context_.zone, is_literal);
    return !out.empty() || !trimmed(text).empty();
  };
  switch (row.convert) {
    case Convert::day_first:
      return put(compact_time(text, DateOrder::day_first));
    case Convert::month_first:
      return put(compact_time(text, DateOrder::month_first));
    case Convert::epoch:
      return put(time_of_epoch(text));
    case Convert::comparator:
      out = read_measured(text).comparator;
      return !out.empty();
    case Convert::measured:
      out = read_measured(text).number;
      is_literal = row.target.primitive == fhir::Primitive::decimal;
      return !out.empty();
    case Convert::words:
      out = read_measured(text).number.empty() ? trimmed(text) : std::string_view();
      return !out.empty();
    case Convert::whose:
      out = default_authority();
      return true;
    case Convert::automatic:
      break;
    default:
      return std::nullopt;
  }
  switch (row.codes == kNone ? row.target.primitive : fhir::Primitive::none) {
    case fhir::Primitive::date:
    case fhir::Primitive::date_time:
    case fhir::Primitive::instant:
      return put(compact_time(text, DateOrder::year_first));
    default:
      return std::nullopt;
  }
}

}  // namespace meridian::mapping::internal
