// Conditions of a search from their names and values: modifiers, chains, _has, prefixes, alternatives.
//
//   name   = "_has:" type ":" reference ":" name | head [ "." name ]      head = code [ ":" (modifier | type) ]
//   value  = alternative *( "," alternative )                            \, \$ \| \\ stand for themselves
//
// Specification: https://hl7.org/fhir/R4/search.html#modifiers, #chaining, #has
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "search/internal/query_messages.hpp"
#include "search/query.hpp"

namespace meridian::search::internal {

/// Why a condition cannot be taken. `is_unknown`: what it asks by does not exist, which lenient handling passes over.
struct Fault {
  IssueType type;
  const Message* message;
  std::vector<std::string> arguments;
  bool is_unknown = false;
};
template <typename T>
using Parsed = tl::expected<T, Fault>;

inline tl::unexpected<Fault> refuse(IssueType type, const Message& message, std::vector<std::string> arguments = {}) {
  return tl::unexpected<Fault>(Fault{type, &message, std::move(arguments), false});
}

template <typename T>
T value_of(Parsed<T>&& parsed) {
  if constexpr (!std::is_void_v<T>) return *std::move(parsed);
}
/// TRY, of a Parsed: its value, or its fault is handed to the caller.
#define PARSED(expression)                                                                                          \
  __extension__({                                                                                                   \
    auto parsed_value = (expression);                                                                               \
    if (!parsed_value) return tl::unexpected<::meridian::search::internal::Fault>(std::move(parsed_value).error()); \
    ::meridian::search::internal::value_of(std::move(parsed_value));                                                \
  })

std::string_view name(fhir::SearchType kind);  ///< "token"
/// Whether it is asked of with prefixes: numbers, dates, quantities.
bool has_prefixes(fhir::SearchType kind);
/// Whether resources of it exist.
bool is_resource(const fhir::Schema& schema, fhir::TypeId type);
fhir::TypeId find_resource(const fhir::Schema& schema, std::string_view name);
/// At separators that no backslash precedes; escapes are kept.
std::vector<std::string_view> split_unescaped(std::string_view text, char separator);

class ConditionParser {
 public:
  ConditionParser(const Parameters& parameters, const QueryRules& rules) : parameters_(parameters), rules_(rules) {}

  /// Of resources of `type`. The condition's `name` is as asked.
  Parsed<Condition> parse(fhir::TypeId type, std::string_view name, std::string_view value);
  /// What `_list=…` stands for: being an item of one of those lists.
  Parsed<Condition> in_lists(fhir::TypeId type, std::string_view value);

  Parsed<const Parameter*> find(fhir::TypeId type, std::string_view code) const;
  /// Types that a chain from the parameter may lead to.
  Parsed<std::vector<fhir::TypeId>> targets(const Parameter& reference, std::string_view type_name) const;
  /// Counts links and tests, so that no search grows beyond bounds.
  Parsed<void> spend();
  /// :above and :below of references are of hierarchies or of versions, as the operands say.
  Parsed<void> settle_hierarchy(Condition& condition) const;
  /// Whether the operands mean something to the parameter's kind.
  Parsed<void> check_values(const Condition& condition) const;

 private:
  Parsed<Condition> parse_at(fhir::TypeId type, std::string_view name, std::string_view value, std::uint32_t depth);
  Parsed<Condition> parse_has(fhir::TypeId type, std::string_view rest, std::string_view value, std::uint32_t depth);
  Parsed<Condition> parse_chain(fhir::TypeId type, std::string_view head, std::string_view rest, std::string_view value,
                                std::uint32_t depth);
  Parsed<Condition> parse_plain(fhir::TypeId type, std::string_view head, std::string_view value);
  Parsed<Operand> operand(const Parameter& parameter, Modifier modifier, std::string_view text) const;

  const Parameters& parameters_;
  const QueryRules& rules_;
  std::uint32_t spent_ = 0;
};

}  // namespace meridian::search::internal
