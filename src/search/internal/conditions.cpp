#include "search/internal/conditions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/nearest.hpp"
#include "search/internal/hierarchies.hpp"
#include "search/internal/times.hpp"
#include "search/terms.hpp"

namespace meridian::search::internal {

using fhir::SearchType;
using fhir::TypeId;

namespace {

constexpr std::uint32_t kMaxParts = 512;  // links and tests of one search

constexpr std::array<std::pair<std::string_view, Prefix>, 9> kPrefixes{{{"eq", Prefix::eq},
                                                                        {"ne", Prefix::ne},
                                                                        {"gt", Prefix::gt},
                                                                        {"lt", Prefix::lt},
                                                                        {"ge", Prefix::ge},
                                                                        {"le", Prefix::le},
                                                                        {"sa", Prefix::sa},
                                                                        {"eb", Prefix::eb},
                                                                        {"ap", Prefix::ap}}};

constexpr std::uint32_t bit(SearchType kind) {
  return std::uint32_t{1} << static_cast<unsigned>(kind);
}
constexpr std::uint32_t kAnyKind = 0x1FF;

/// Which modifier goes with which kinds: https://hl7.org/fhir/R4/search.html#modifiers
struct ModifierRow {
  std::string_view name;
  Modifier modifier;
  std::uint32_t kinds;
};
constexpr std::array<ModifierRow, 11> kModifiers{{
    {"missing", Modifier::missing, kAnyKind},
    {"exact", Modifier::exact, bit(SearchType::string)},
    {"contains", Modifier::contains, bit(SearchType::string)},
    {"text", Modifier::text, bit(SearchType::token) | bit(SearchType::reference)},
    {"not", Modifier::not_, bit(SearchType::token)},
    {"above", Modifier::above, bit(SearchType::token) | bit(SearchType::uri) | bit(SearchType::reference)},
    {"below", Modifier::below, bit(SearchType::token) | bit(SearchType::uri) | bit(SearchType::reference)},
    {"in", Modifier::in, bit(SearchType::token)},
    {"not-in", Modifier::not_in, bit(SearchType::token)},
    {"of-type", Modifier::of_type, bit(SearchType::token)},
    {"identifier", Modifier::identifier, bit(SearchType::reference)},
}};

/// Whether the parameter is answered from elsewhere than values: it has no :missing.
bool is_text_search(const Parameter& parameter) {
  return parameter.code == "_text" || parameter.code == "_content";
}

Prefix take_prefix(SearchType kind, std::string_view& text) {
  if (!has_prefixes(kind) || text.size() < 3) return Prefix::eq;
  const char next = text[2];
  if ((next < '0' || next > '9') && next != '-' && next != '+' && next != '.') return Prefix::eq;
  for (const auto& [name, prefix] : kPrefixes) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(2);
    return prefix;
  }
  return Prefix::eq;
}

std::shared_ptr<const Filter> just(Condition condition) {
  Filter filter;
  filter.conditions.push_back(std::move(condition));
  return std::make_shared<const Filter>(std::move(filter));
}

}  // namespace

std::string_view name(SearchType kind) {
  constexpr std::array<std::string_view, 9> kNames{"number",    "date",     "string", "token",  "reference",
                                                   "composite", "quantity", "uri",    "special"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool has_prefixes(SearchType kind) {
  return kind == SearchType::number || kind == SearchType::date || kind == SearchType::quantity;
}

bool is_resource(const fhir::Schema& schema, TypeId type) {
  if (type == TypeId::none) return false;
  const fhir::TypeInfo& info = schema.type(type);
  return info.kind == fhir::TypeKind::resource && !info.is_abstract && !info.is_profile;
}

TypeId find_resource(const fhir::Schema& schema, std::string_view name) {
  const TypeId type = schema.find_type(name);
  return is_resource(schema, type) ? type : TypeId::none;
}

std::vector<std::string_view> split_unescaped(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

Parsed<void> ConditionParser::spend() {
  if (++spent_ > kMaxParts) return refuse(IssueType::too_costly, kChainTooWide);
  return {};
}

Parsed<const Parameter*> ConditionParser::find(TypeId type, std::string_view code) const {
  if (const Parameter* found = parameters_.find(type, code)) return found;
  std::vector<std::string_view> codes;
  for (const Parameter* parameter : parameters_.of(type)) codes.push_back(parameter->code);
  const std::string_view near = nearest(code, codes);
  std::string type_name(parameters_.schema().type(type).name);
  Fault fault{IssueType::not_supported, &kUnknownParameter, {std::move(type_name), std::string(code)}, true};
  if (!near.empty()) {
    fault.message = &kUnknownParameterNear;
    fault.arguments.emplace_back(near);
  }
  return tl::unexpected<Fault>(std::move(fault));
}

Parsed<std::vector<TypeId>> ConditionParser::targets(const Parameter& reference, std::string_view type_name) const {
  const fhir::Schema& schema = parameters_.schema();
  if (reference.kind != SearchType::reference) return refuse(IssueType::invalid, kNotAReference, {reference.code});
  std::vector<TypeId> all;
  for (const TypeId target : reference.targets) {
    if (is_resource(schema, target)) all.push_back(target);
  }
  if (!type_name.empty()) {
    const TypeId type = find_resource(schema, type_name);
    if (type == TypeId::none) return refuse(IssueType::invalid, kUnknownType, {std::string(type_name)});
    if (!all.empty() && std::find(all.begin(), all.end(), type) == all.end()) {
      return refuse(IssueType::invalid, kNotATarget, {reference.code, std::string(type_name)});
    }
    return std::vector<TypeId>{type};
  }
  if (all.empty()) {
    for (const fhir::TypeInfo& info : schema.types()) {
      if (is_resource(schema, info.id)) all.push_back(info.id);
    }
  }
  return all;
}

Parsed<Condition> ConditionParser::parse(TypeId type, std::string_view name, std::string_view value) {
  Parsed<Condition> condition = parse_at(type, name, value, 0);
  if (condition) condition->name = name;
  return condition;
}

Parsed<Condition> ConditionParser::parse_at(TypeId type, std::string_view name, std::string_view value,
                                            std::uint32_t depth) {
  if (depth > rules_.max_chain) {
    return refuse(IssueType::too_costly, kChainTooLong, {std::to_string(rules_.max_chain)});
  }
  if (auto paid = spend(); !paid) return tl::unexpected<Fault>(std::move(paid).error());
  if (name.starts_with("_has:")) return parse_has(type, name.substr(5), value, depth);
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos) return parse_chain(type, name.substr(0, dot), name.substr(dot + 1), value, depth);
  if (name == "_list") return in_lists(type, value);
  return parse_plain(type, name, value);
}

/// https://hl7.org/fhir/R4/search.html#has
Parsed<Condition> ConditionParser::parse_has(TypeId type, std::string_view rest, std::string_view value,
                                             std::uint32_t depth) {
  const std::size_t first = rest.find(':');
  const std::size_t second = first == std::string_view::npos ? first : rest.find(':', first + 1);
  if (second == std::string_view::npos) return refuse(IssueType::invalid, kMalformedHas);
  const std::string_view type_name = rest.substr(0, first);
  const TypeId other = find_resource(parameters_.schema(), type_name);
  if (other == TypeId::none) return refuse(IssueType::invalid, kUnknownType, {std::string(type_name)});
  const auto reference = find(other, rest.substr(first + 1, second - first - 1));
  if (!reference) return tl::unexpected<Fault>(reference.error());
  if (auto reached = targets(**reference, parameters_.schema().type(type).name); !reached) {
    return tl::unexpected<Fault>(std::move(reached).error());
  }
  auto inner = parse_at(other, rest.substr(second + 1), value, depth + 1);
  if (!inner) return inner;
  inner->name = rest.substr(second + 1);
  Condition condition;
  condition.has = Condition::Reverse{other, *reference, just(*std::move(inner))};
  return condition;
}

/// https://hl7.org/fhir/R4/search.html#chaining
Parsed<Condition> ConditionParser::parse_chain(TypeId type, std::string_view head, std::string_view rest,
                                               std::string_view value, std::uint32_t depth) {
  const std::size_t colon = head.find(':');
  const auto parameter = find(type, head.substr(0, colon));
  if (!parameter) return tl::unexpected<Fault>(parameter.error());
  const auto types = targets(**parameter, colon == std::string_view::npos ? "" : head.substr(colon + 1));
  if (!types) return tl::unexpected<Fault>(types.error());
  Condition condition;
  condition.parameter = *parameter;
  Fault last{IssueType::invalid, &kUnknownParameter, {}, true};
  for (const TypeId target : *types) {
    auto inner = parse_at(target, rest, value, depth + 1);
    if (!inner) {
      // A type that does not know the parameter is not meant; but what is wrong with a value is worth saying first.
      if (last.is_unknown) last = std::move(inner).error();
      if (last.type == IssueType::too_costly) return tl::unexpected<Fault>(std::move(last));
      continue;
    }
    inner->name = rest;
    condition.chain.push_back({target, just(*std::move(inner))});
  }
  if (condition.chain.empty()) return tl::unexpected<Fault>(std::move(last));
  return condition;
}

Parsed<Condition> ConditionParser::parse_plain(TypeId type, std::string_view head, std::string_view value) {
  const std::size_t colon = head.find(':');
  const auto found = find(type, head.substr(0, colon));
  if (!found) return tl::unexpected<Fault>(found.error());
  const Parameter& parameter = **found;
  Condition condition;
  condition.parameter = &parameter;
  std::string target;
  if (colon != std::string_view::npos) {
    const std::string_view modifier = head.substr(colon + 1);
    const auto* row =
        std::find_if(kModifiers.begin(), kModifiers.end(), [&](const auto& each) { return each.name == modifier; });
    if (row != kModifiers.end() && (row->kinds & bit(parameter.kind)) != 0 && !is_text_search(parameter)) {
      condition.modifier = row->modifier;
    } else if (parameter.kind == SearchType::reference && row == kModifiers.end()) {
      if (auto reached = targets(parameter, modifier); !reached) return tl::unexpected<Fault>(reached.error());
      condition.modifier = Modifier::type;
      target = std::string(modifier) + "/";
    } else {
      return refuse(IssueType::not_supported, kUnknownModifier,
                    {std::string(modifier), parameter.code, std::string(internal::name(parameter.kind))});
    }
  }
  if (value.empty()) return refuse(IssueType::invalid, kEmptyValue);
  if (condition.modifier == Modifier::missing) {
    if (value != "true" && value != "false") return refuse(IssueType::value, kExpectedValue, {"true, false"});
    condition.operands.push_back({Prefix::eq, std::string(value), {}});
    return condition;
  }
  for (const std::string_view alternative : split_unescaped(value, ',')) {
    if (alternative.empty()) continue;
    auto operand = this->operand(parameter, condition.modifier, alternative);
    if (!operand) return tl::unexpected<Fault>(std::move(operand).error());
    if (!target.empty() && operand->text.find('/') == std::string::npos) operand->text.insert(0, target);
    condition.operands.push_back(*std::move(operand));
    if (condition.operands.size() > rules_.max_operands) {
      return refuse(IssueType::too_costly, kTooManyValues, {std::to_string(rules_.max_operands)});
    }
  }
  if (condition.operands.empty()) return refuse(IssueType::invalid, kEmptyValue);
  if (parameter.kind == SearchType::reference) {
    if (auto settled = settle_hierarchy(condition); !settled) return tl::unexpected<Fault>(std::move(settled).error());
  }
  if (auto checked = check_values(condition); !checked) return tl::unexpected<Fault>(std::move(checked).error());
  return condition;
}

Parsed<Operand> ConditionParser::operand(const Parameter& parameter, Modifier modifier, std::string_view text) const {
  Operand operand;
  if (parameter.kind != SearchType::composite || modifier != Modifier::none) {
    operand.prefix = take_prefix(parameter.kind, text);
    operand.text = text;
    return operand;
  }
  const std::vector<std::string_view> parts = split_unescaped(text, '$');
  if (parts.size() != parameter.components.size()) {
    return refuse(IssueType::invalid, kWrongComponents, {std::to_string(parameter.components.size())});
  }
  operand.text = text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) return refuse(IssueType::invalid, kEmptyValue);
    std::string_view part = parts[i];
    Operand component;
    component.prefix = take_prefix(parameter.components[i].definition->kind, part);
    component.text = part;
    operand.components.push_back(std::move(component));
  }
  return operand;
}

Parsed<void> ConditionParser::settle_hierarchy(Condition& condition) const {
  if (condition.modifier != Modifier::above && condition.modifier != Modifier::below) return {};
  std::size_t urls = 0;
  for (const Operand& operand : condition.operands) {
    const ReferenceOperand asked = parse_reference(parameters_.schema(), operand.text);
    if (!asked.url.empty()) {
      ++urls;
    } else if (hierarchy_places(parameters_, *condition.parameter, asked).empty()) {
      return refuse(IssueType::not_supported, kNoHierarchy, {condition.parameter->code, operand.text});
    }
  }
  if (urls == 0) return {};
  if (urls != condition.operands.size()) return refuse(IssueType::invalid, kMixedHierarchy);
  condition.modifier = condition.modifier == Modifier::above ? Modifier::version_above : Modifier::version_below;
  return {};
}

Parsed<void> ConditionParser::check_values(const Condition& condition) const {
  switch (condition.modifier) {
    case Modifier::in:
    case Modifier::not_in:
    case Modifier::above:
    case Modifier::below:
      return {};  // what these stand for is known when the search runs
    default:
      break;
  }
  if (is_last_updated(condition)) {
    if (const auto spans = time_spans(condition, {}); !spans) {
      return refuse(IssueType::value, kBadValue, {spans.error().message()});
    }
    return {};
  }
  if (const auto probed = probe(parameters_, condition, nullptr); !probed) {
    return refuse(IssueType::value, kBadValue, {probed.error().message()});
  }
  return {};
}

/// https://hl7.org/fhir/R4/search.html#list
Parsed<Condition> ConditionParser::in_lists(TypeId type, std::string_view value) {
  static_cast<void>(type);
  std::string ids;
  for (std::string_view list : split_unescaped(value, ',')) {
    // https://hl7.org/fhir/R4/lifecycle.html#current
    if (list.starts_with('$')) {
      return refuse(IssueType::not_supported, kNotSupported, {"_list=" + std::string(list.substr(0, 40))});
    }
    if (list.starts_with("List/")) list.remove_prefix(5);
    if (list.empty()) continue;
    if (!ids.empty()) ids += ',';
    ids += list;
  }
  const TypeId list = find_resource(parameters_.schema(), "List");
  const auto item = list == TypeId::none ? Parsed<const Parameter*>(refuse(IssueType::invalid, kUnknownType, {"List"}))
                                         : find(list, "item");
  if (!item) return tl::unexpected<Fault>(item.error());
  auto inner = parse_plain(list, "_id", ids);
  if (!inner) return inner;
  inner->name = "_id";
  Condition condition;
  condition.has = Condition::Reverse{list, *item, just(*std::move(inner))};
  return condition;
}

}  // namespace meridian::search::internal
