#include "search/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "search/internal/conditions.hpp"
#include "search/internal/filter_language.hpp"

namespace meridian::search {

using fhir::SearchType;
using fhir::TypeId;
using internal::Fault;
using internal::Parsed;
using internal::refuse;

namespace {

constexpr std::size_t kMaxIncludes = 50;
constexpr std::size_t kMaxSortKeys = 16;

/// Takes a request pair by pair. What a pair means is put into the query only when all of it is understood.
class QueryParser {
 public:
  QueryParser(const Parameters& parameters, const QueryRules& rules, Issues& issues)
      : parameters_(parameters),
        schema_(parameters.schema()),
        rules_(rules),
        issues_(issues),
        conditions_(parameters, rules) {}

  Query parse(TypeId type, std::span<const std::pair<std::string, std::string>> request) {
    query_.type = type;
    query_.count = std::min(rules_.default_count, rules_.max_count);
    if (request.size() > rules_.max_parameters) {
      issues_.add({Severity::error,
                   IssueType::too_costly,
                   internal::kTooManyParameters,
                   {std::to_string(rules_.max_parameters)}});
      return std::move(query_);
    }
    // What the other names mean depends on the types.
    for (const auto& [name, value] : request) {
      if (name == "_type") take(name, value);
    }
    choose_representative();
    for (const auto& [name, value] : request) {
      if (name != "_type") take(name, value);
    }
    order_understood(request);
    return std::move(query_);
  }

 private:
  struct Control {
    std::string_view name;
    bool repeats;
    Parsed<void> (QueryParser::*take)(std::string_view name, std::string& value);
  };
  static const std::array<Control, 21> kControls;

  void take(const std::string& name, std::string value) {
    Parsed<void> taken = take_one(name, value);
    if (taken) {
      if (name != "_cursor") query_.understood.emplace_back(name, std::move(value));
      return;
    }
    complain(name, std::move(taken).error());
  }

  void complain(const std::string& name, Fault fault) {
    const Severity severity = fault.is_unknown && !rules_.strict ? Severity::warning : Severity::error;
    issues_.add({severity, fault.type, *fault.message, std::move(fault.arguments), name});
  }

  Parsed<void> take_one(const std::string& name, std::string& value) {
    const auto* control =
        std::find_if(kControls.begin(), kControls.end(), [&](const Control& each) { return each.name == name; });
    if (control == kControls.end()) return condition(name, value);
    if (value.empty()) return empty();
    if (!control->repeats) {
      const bool again = std::any_of(query_.understood.begin(), query_.understood.end(),
                                     [&](const auto& pair) { return pair.first == name; }) ||
                         (name == "_cursor" && !query_.cursor.empty());
      if (again) return tl::unexpected<Fault>(Fault{IssueType::invalid, &internal::kGivenTwice, {}, true});
    }
    return (this->*control->take)(name, value);
  }

  static tl::unexpected<Fault> empty() {
    return tl::unexpected<Fault>(Fault{IssueType::invalid, &internal::kEmptyValue, {}, true});
  }

  /// A search of several types is parsed for one of them; the others must know the same parameters.
  void choose_representative() {
    if (query_.type != TypeId::none) {
      representative_ = query_.type;
    } else if (!query_.types.empty()) {
      representative_ = query_.types.front();
      others_.assign(query_.types.begin() + 1, query_.types.end());
    } else {
      representative_ = internal::find_resource(schema_, "Basic");
      const TypeId domain = schema_.find_type("DomainResource");
      for (const fhir::TypeInfo& info : schema_.types()) {
        if (internal::is_resource(schema_, info.id) && schema_.is_a(info.id, domain)) others_.push_back(info.id);
      }
    }
  }

  Parsed<void> common(std::string_view name) const {
    const std::string_view code = name.substr(0, name.find_first_of(":."));
    if (code == "_has" || code == "_list") return {};
    const Parameter* mine = parameters_.find(representative_, code);
    for (const TypeId other : others_) {
      const Parameter* theirs = parameters_.find(other, code);
      if (mine != nullptr && (theirs == nullptr || theirs->kind != mine->kind)) {
        return tl::unexpected<Fault>(Fault{IssueType::not_supported,
                                           &internal::kNotCommon,
                                           {std::string(code), std::string(schema_.type(other).name)},
                                           true});
      }
    }
    return {};
  }

  Parsed<void> condition(std::string_view name, std::string_view value) {
    if (value.empty()) return empty();
    PARSED(common(name));
    Condition condition = PARSED(conditions_.parse(representative_, name, value));
    query_.filter.conditions.push_back(std::move(condition));
    return {};
  }

  Parsed<void> filter(std::string_view, std::string& value) {
    Filter filter = PARSED(internal::parse_filter(conditions_, rules_, representative_, value));
    query_.filter.filters.push_back(std::move(filter));
    return {};
  }

  Parsed<void> types(std::string_view, std::string& value) {
    std::vector<TypeId> types;
    for (const std::string_view name : internal::split_unescaped(value, ',')) {
      if (name.empty()) continue;
      const TypeId type = internal::find_resource(schema_, name);
      if (type == TypeId::none) return refuse(IssueType::invalid, internal::kUnknownType, {std::string(name)});
      if (query_.type != TypeId::none && type != query_.type) {
        return refuse(IssueType::invalid, internal::kNotSupported, {std::string(name)});
      }
      if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
    }
    if (types.empty()) return empty();
    query_.types = std::move(types);
    return {};
  }

  /// https://hl7.org/fhir/R4/search.html#sort
  Parsed<void> sort(std::string_view name, std::string& value) {
    std::string taken;
    for (const std::string_view part : internal::split_unescaped(value, ',')) {
      if (part.empty()) continue;
      SortKey key;
      key.descending = part.starts_with('-');
      const std::string_view code = key.descending ? part.substr(1) : part;
      if (auto found = sort_parameter(code); !found) {
        complain(std::string(name), std::move(found).error());
        continue;
      } else {
        key.parameter = *found;
      }
      if (query_.sort.size() >= kMaxSortKeys) {
        return refuse(IssueType::too_costly, internal::kTooManyValues, {std::to_string(kMaxSortKeys)});
      }
      query_.sort.push_back(key);
      if (!taken.empty()) taken += ',';
      taken += part;
    }
    if (taken.empty()) return empty();
    value = std::move(taken);
    return {};
  }

  Parsed<const Parameter*> sort_parameter(std::string_view code) {
    if (code == "_lastUpdated") return nullptr;
    PARSED(common(code));
    const Parameter* parameter = PARSED(conditions_.find(representative_, code));
    if (parameter->kind == SearchType::composite || parameter->kind == SearchType::special || code == "_text" ||
        code == "_content") {
      return tl::unexpected<Fault>(Fault{IssueType::not_supported, &internal::kNotSortable, {std::string(code)}, true});
    }
    return parameter;
  }

  Parsed<void> count(std::string_view, std::string& value) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (error == std::errc::result_out_of_range) {
      count = UINT64_MAX;
    } else if (error != std::errc() || end != value.data() + value.size()) {
      return refuse(IssueType::value, internal::kExpectedValue, {"0, 1, 2 …"});
    }
    query_.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, rules_.max_count));
    value = std::to_string(query_.count);
    return {};
  }

  /// https://hl7.org/fhir/R4/search.html#include
  Parsed<void> include(std::string_view name, std::string& value) {
    Include include;
    include.reverse = name.starts_with("_rev");
    include.iterate = name.find(':') != std::string_view::npos;
    const std::vector<std::string_view> parts = split(value, ':');
    if (value == "*") {
      query_.includes.push_back(include);
      return {};
    }
    if (parts.size() < 2 || parts.size() > 3) return refuse(IssueType::invalid, internal::kMalformedInclude);
    include.source = internal::find_resource(schema_, parts[0]);
    if (include.source == TypeId::none) {
      return refuse(IssueType::invalid, internal::kUnknownType, {std::string(parts[0])});
    }
    if (parts[1] != "*") {
      include.parameter = PARSED(conditions_.find(include.source, parts[1]));
      if (include.parameter->kind != SearchType::reference) {
        return refuse(IssueType::invalid, internal::kMalformedInclude);
      }
    }
    if (parts.size() == 3) {
      include.target = internal::find_resource(schema_, parts[2]);
      if (include.target == TypeId::none) {
        return refuse(IssueType::invalid, internal::kUnknownType, {std::string(parts[2])});
      }
    }
    if (query_.includes.size() >= kMaxIncludes) {
      return refuse(IssueType::too_costly, internal::kTooManyValues, {std::to_string(kMaxIncludes)});
    }
    query_.includes.push_back(include);
    return {};
  }

  static std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
      const std::size_t end = text.find(separator);
      parts.push_back(text.substr(0, end));
      if (end == std::string_view::npos) return parts;
      text.remove_prefix(end + 1);
    }
  }

  template <typename T, std::size_t N>
  static Parsed<T> one_of(std::string_view value, const std::array<std::pair<std::string_view, T>, N>& choices) {
    std::string all;
    for (const auto& [name, choice] : choices) {
      if (name == value) return choice;
      all += all.empty() ? "" : ", ";
      all += name;
    }
    return refuse(IssueType::value, internal::kExpectedValue, {all});
  }

  Parsed<void> total(std::string_view, std::string& value) {
    constexpr std::array<std::pair<std::string_view, Total>, 3> kChoices{
        {{"none", Total::none}, {"estimate", Total::estimate}, {"accurate", Total::accurate}}};
    query_.total = PARSED(one_of(value, kChoices));
    return {};
  }

  Parsed<void> summary(std::string_view, std::string& value) {
    constexpr std::array<std::pair<std::string_view, Summary>, 5> kChoices{{{"true", Summary::true_},
                                                                            {"text", Summary::text},
                                                                            {"data", Summary::data},
                                                                            {"count", Summary::count},
                                                                            {"false", Summary::none}}};
    query_.summary = PARSED(one_of(value, kChoices));
    return {};
  }

  /// https://hl7.org/fhir/R4/search.html#elements
  Parsed<void> elements(std::string_view name, std::string& value) {
    std::string taken;
    for (const std::string_view element : internal::split_unescaped(value, ',')) {
      if (element.empty()) continue;
      if (query_.type != TypeId::none &&
          schema_.find_element(query_.type, element.substr(0, element.find('.'))) == nullptr) {
        complain(std::string(name), {IssueType::invalid,
                                     &internal::kUnknownElement,
                                     {std::string(schema_.type(query_.type).name), std::string(element)},
                                     true});
        continue;
      }
      query_.elements.emplace_back(element);
      taken += taken.empty() ? "" : ",";
      taken += element;
    }
    if (taken.empty()) return empty();
    value = std::move(taken);
    return {};
  }

  Parsed<void> contained(std::string_view, std::string& value) {
    constexpr std::array<std::pair<std::string_view, Contained>, 3> kChoices{
        {{"false", Contained::no}, {"true", Contained::yes}, {"both", Contained::both}}};
    query_.contained = PARSED(one_of(value, kChoices));
    return {};
  }

  Parsed<void> contained_type(std::string_view, std::string& value) {
    constexpr std::array<std::pair<std::string_view, bool>, 2> kChoices{{{"container", true}, {"contained", false}}};
    query_.contained_as_container = PARSED(one_of(value, kChoices));
    return {};
  }

  Parsed<void> cursor(std::string_view, std::string& value) {
    query_.cursor = value;
    return {};
  }

  Parsed<void> explain(std::string_view, std::string& value) {
    constexpr std::array<std::pair<std::string_view, bool>, 2> kChoices{{{"true", true}, {"false", false}}};
    query_.explain = PARSED(one_of(value, kChoices));
    return {};
  }

  /// Of the answer's form: whoever writes the answer looks at it.
  Parsed<void> form(std::string_view, std::string&) { return {}; }

  Parsed<void> unsupported(std::string_view name, std::string&) {
    return refuse(IssueType::not_supported, internal::kNotSupported, {std::string(name)});
  }

  /// `_type` was taken first; the self link says everything in the order of the request.
  void order_understood(std::span<const std::pair<std::string, std::string>> request) {
    auto& understood = query_.understood;
    if (understood.empty() || understood.front().first != "_type") return;
    std::size_t before = 0;
    std::size_t matched = 1;
    for (const auto& pair : request) {
      if (pair.first == "_type") break;
      if (matched < understood.size() && understood[matched].first == pair.first) {
        ++matched;
        ++before;
      }
    }
    std::rotate(understood.begin(), understood.begin() + 1,
                understood.begin() + 1 + static_cast<std::ptrdiff_t>(before));
  }

  const Parameters& parameters_;
  const fhir::Schema& schema_;
  const QueryRules& rules_;
  Issues& issues_;
  internal::ConditionParser conditions_;
  Query query_;
  TypeId representative_ = TypeId::none;
  std::vector<TypeId> others_;
};

const std::array<QueryParser::Control, 21> QueryParser::kControls{{
    {"_type", false, &QueryParser::types},
    {"_filter", true, &QueryParser::filter},
    {"_sort", true, &QueryParser::sort},
    {"_count", false, &QueryParser::count},
    {"_include", true, &QueryParser::include},
    {"_include:iterate", true, &QueryParser::include},
    {"_include:recurse", true, &QueryParser::include},
    {"_revinclude", true, &QueryParser::include},
    {"_revinclude:iterate", true, &QueryParser::include},
    {"_revinclude:recurse", true, &QueryParser::include},
    {"_total", false, &QueryParser::total},
    {"_summary", false, &QueryParser::summary},
    {"_elements", true, &QueryParser::elements},
    {"_contained", false, &QueryParser::contained},
    {"_containedType", false, &QueryParser::contained_type},
    {"_cursor", false, &QueryParser::cursor},
    {"_explain", false, &QueryParser::explain},
    {"_format", true, &QueryParser::form},
    {"_pretty", true, &QueryParser::form},
    {"_query", true, &QueryParser::unsupported},
    {"_score", true, &QueryParser::unsupported},
}};

}  // namespace

bool names_codes(const Filter& filter) {
  const auto is_one = [](const Condition& condition) {
    if (condition.has && names_codes(*condition.has->filter)) return true;
    if (std::ranges::any_of(condition.chain, [](const auto& link) { return names_codes(*link.filter); })) return true;
    if (condition.parameter == nullptr || condition.parameter->kind != SearchType::token) return false;
    return condition.modifier == Modifier::in || condition.modifier == Modifier::not_in ||
           condition.modifier == Modifier::above || condition.modifier == Modifier::below;
  };
  return std::ranges::any_of(filter.conditions, is_one) || std::ranges::any_of(filter.filters, names_codes);
}

Query parse_query(const Parameters& parameters, TypeId type,
                  std::span<const std::pair<std::string, std::string>> request, const QueryRules& rules,
                  Issues& issues) {
  return QueryParser(parameters, rules, issues).parse(type, request);
}

}  // namespace meridian::search
