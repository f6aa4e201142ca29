#include "search/internal/prober.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/clock.hpp"
#include "search/internal/hierarchies.hpp"
#include "search/internal/reference_text.hpp"
#include "search/internal/term_bytes.hpp"

namespace meridian::search::internal {

using fhir::SearchType;

void Prober::add_exact(Facet facet, std::string term, bool is_sure) {
  if (term.size() > index::kMaxTermBytes) return;  // no row has it
  Probe::Part& part = probe_.parts.emplace_back();
  part.field = field_of(facet);
  part.begin = std::move(term);
  part.is_sure = is_sure;
}

void Prober::add_range(Facet facet, std::string begin, std::string end, bool is_sure) {
  Probe::Part& part = probe_.parts.emplace_back();
  part.field = field_of(facet);
  part.begin = std::move(begin);
  part.end = std::move(end);
  part.is_sure = is_sure;
}

Result<> Prober::refuse_modifier() const {
  return fail(ErrorCode::unsupported, "the parameter " + parameter_.code + " does not have this modifier");
}

Result<Probe> Prober::make() {
  if (!has_modifier(parameter_, condition_.modifier)) TRY(refuse_modifier());
  if (parameter_.code == "_lastUpdated") return fail(ErrorCode::unsupported, "_lastUpdated is not in the index");
  if (condition_.modifier == Modifier::missing) {
    TRY(add_missing());
    return std::move(probe_);
  }
  for (const Operand& operand : condition_.operands) TRY(add(operand));
  probe_.is_negated = condition_.modifier == Modifier::not_ || condition_.modifier == Modifier::not_in;
  finish();
  return std::move(probe_);
}

Result<> Prober::add(const Operand& operand) {
  if (looks_into_texts(parameter_)) return add_words(operand);
  switch (parameter_.kind) {
    case SearchType::string:
      return add_string(operand);
    case SearchType::token:
      return add_token(operand);
    case SearchType::reference:
      return add_reference(operand);
    case SearchType::uri:
      return add_uri(operand);
    case SearchType::date:
      return add_date(operand);
    case SearchType::number:
      return add_number(operand);
    case SearchType::quantity:
      return add_quantity(operand);
    case SearchType::composite:
      return add_composite(operand);
    case SearchType::special:
      return add_near(operand);
  }
  return {};
}

void Prober::finish() {
  probe_.is_exact = std::ranges::all_of(probe_.parts, [](const Probe::Part& part) { return part.is_sure; });
  if (!has_columns_) probe_.columns.clear();
  if (!probe_.columns.empty()) {
    probe_.several = field_of(Facet::several);
    // A quantity's column does not say its unit; where that is not asked for, and of the rest, it says all.
    probe_.columns_suffice = parameter_.kind != SearchType::quantity || is_any_unit_;
  }
  const bool can_be_cut = parameter_.kind != SearchType::date && parameter_.kind != SearchType::number &&
                          parameter_.kind != SearchType::special;
  if (can_be_cut) probe_.doubtful = field_of(Facet::cut);
}

// https://hl7.org/fhir/R4/search.html#modifiers
Result<> Prober::add_missing() {
  bool wants_missing = false;
  bool wants_present = false;
  for (const Operand& operand : condition_.operands) {
    (TRY(parse_missing(operand.text)) ? wants_missing : wants_present) = true;
  }
  if (wants_missing && wants_present) {
    Probe::Part& part = probe_.parts.emplace_back();
    part.field = field(parameter_.type, schema_, {}, Facet::all);
    return {};
  }
  add_exact(Facet::present, {});
  probe_.is_negated = wants_missing;
  return {};
}

void Prober::add_text_terms(Facet facet, std::string_view text) {
  const std::string_view folded = fold_text(text, arena_);
  if (!folded.empty()) add_range(facet, std::string(folded), after_prefix(folded));
}

// https://hl7.org/fhir/R4/search.html#string
Result<> Prober::add_string(const Operand& operand) {
  const std::string text = unescaped(operand.text);
  const std::string folded(fold_text(text, arena_));
  switch (condition_.modifier) {
    case Modifier::exact: {
      if (text.empty()) break;
      std::string term = folded;
      term.push_back(kEnd);
      if (text != folded) term.append(text);
      add_exact(Facet::value, std::move(term));
      break;
    }
    case Modifier::contains:
    case Modifier::ends_with: {
      if (folded.empty()) break;
      add_range(Facet::value, {}, std::string(1, '\xFF'));
      probe_.parts.back().contains = folded;
      probe_.parts.back().at_end = condition_.modifier == Modifier::ends_with;
      break;
    }
    case Modifier::equals:
      if (!folded.empty()) add_range(Facet::value, folded + kEnd, folded + kMark);
      break;
    default:
      add_text_terms(Facet::value, text);
      break;
  }
  return {};
}

// The four forms of https://hl7.org/fhir/R4/search.html#token
void Prober::add_token_terms(Facet facet, const TokenOperand& operand, const std::string& before, bool is_sure) {
  if (!is_plain(operand.system)) return;
  const bool is_id = parameter_.code == "_id";
  const std::string code = before + std::string(is_id ? operand.code : fold_code(operand.code, arena_)) + kEnd;
  if (!operand.names_system) {
    add_range(facet, code, after_prefix(code), is_sure);
    return;
  }
  add_exact(facet, code + operand.system, is_sure);
  const std::string implied = code + kMark;
  if (operand.system.empty()) {
    add_range(facet, implied, after_prefix(implied), is_sure);
  } else {
    add_exact(facet, implied + operand.system, is_sure);
  }
}

Result<> Prober::add_token(const Operand& operand) {
  switch (condition_.modifier) {
    case Modifier::text:
      add_text_terms(Facet::text, unescaped(operand.text));
      return {};
    case Modifier::in:
    case Modifier::not_in:
      return add_code_set(CodeSets::Relation::in, operand);
    case Modifier::above:
      return add_code_set(CodeSets::Relation::above, operand);
    case Modifier::below:
      return add_code_set(CodeSets::Relation::below, operand);
    case Modifier::of_type:
      return add_of_type(operand);
    default:
      break;
  }
  const TokenOperand token = parse_token(operand.text);
  if (!token.code.empty()) {
    add_token_terms(Facet::value, token, {}, true);
  } else if (!token.system.empty()) {
    add_exact(Facet::by_system, token.system);
  }
  return {};
}

Result<> Prober::add_code_set(CodeSets::Relation relation, const Operand& operand) {
  if (code_sets_ == nullptr) return fail(ErrorCode::unsupported, "there is no terminology to ask for a code's place");
  const std::vector<std::pair<std::string, std::string>> codes =
      TRY(code_sets_->codes(relation, unescaped(operand.text)));
  for (const auto& [system, code] : codes) {
    if (!code.empty()) add_token_terms(Facet::value, {true, system, code}, {}, true);
  }
  return {};
}

Result<> Prober::add_of_type(const Operand& operand) {
  const OfTypeOperand asked = TRY(parse_of_type(operand.text));
  std::string term(fold_code(asked.value, arena_));
  term.push_back(kEnd);
  term.append(asked.system).push_back(kEnd);
  term.append(fold_code(asked.code, arena_));
  add_exact(Facet::identifier, std::move(term));
  return {};
}

// https://hl7.org/fhir/R4/search.html#reference; of hierarchies the place itself, since the engine has spread them.
Result<> Prober::add_reference(const Operand& operand) {
  if (condition_.modifier == Modifier::text) {
    add_text_terms(Facet::text, unescaped(operand.text));
    return {};
  }
  if (condition_.modifier == Modifier::identifier) {
    const TokenOperand token = parse_token(operand.text);
    if (!token.code.empty()) {
      add_token_terms(Facet::identifier, token, {}, true);
    } else if (!token.system.empty()) {
      add_exact(Facet::by_system, token.system);
    }
    return {};
  }
  const ReferenceOperand asked = parse_reference(schema_, operand.text);
  if (!asked.id.empty()) {
    if (!is_plain(asked.id)) return {};
    const std::string id = asked.id + kEnd;
    if (asked.type.empty()) {
      add_range(Facet::value, id, after_prefix(id));
    } else {
      add_exact(Facet::value, id + asked.type);
    }
    return {};
  }
  if (asked.url.empty() || !is_plain(asked.url)) return {};
  const std::string url = kMark + asked.url + kEnd;
  if (condition_.modifier == Modifier::version_above && asked.names_version) {
    for (const std::string_view version : versions_above(asked.version))
      add_exact(Facet::value, url + std::string(version));
    return {};
  }
  if (condition_.modifier == Modifier::version_above) {
    add_exact(Facet::value, url);
    return {};
  }
  if (condition_.modifier == Modifier::version_below && asked.names_version) {
    const std::string finer = url + asked.version + '.';
    add_range(Facet::value, finer, after_prefix(finer));
  }
  if (asked.names_version) {
    add_exact(Facet::value, url + asked.version);
  } else {
    add_range(Facet::value, url, after_prefix(url));
  }
  return {};
}

// https://hl7.org/fhir/R4/search.html#uri
Result<> Prober::add_uri(const Operand& operand) {
  const std::string uri = unescaped(operand.text);
  if (uri.empty() || !is_plain(uri)) return {};
  const auto add_all_versions = [&](const std::string& one) { add_range(Facet::value, one + kEnd, one + kMark); };
  if (condition_.modifier == Modifier::below) {
    add_range(Facet::value, uri, after_prefix(uri));
    return {};
  }
  if (condition_.modifier == Modifier::above) {
    for (const std::string& above : uris_above(uri)) add_all_versions(above);
    return {};
  }
  add_all_versions(uri);
  const std::size_t bar = uri.find('|');
  if (bar != std::string::npos) add_exact(Facet::value, uri.substr(0, bar) + kEnd + uri.substr(bar + 1));
  return {};
}

void Prober::add_boxes(Scale scale, const std::vector<Box>& boxes, const std::string& before, bool is_sure) {
  for (const Box& box : boxes) {
    for (const TermRange& range : box_terms(scale, box)) {
      if (range.end.empty()) {
        add_exact(Facet::value, before + range.begin, range.is_sure && is_sure);
      } else {
        add_range(Facet::value, before + range.begin, before + range.end, range.is_sure && is_sure);
      }
    }
  }
}

void Prober::add_columns(Facet facet, const std::vector<Box>& boxes) {
  for (const Box& box : boxes) {
    Probe::Part& part = probe_.columns.emplace_back();
    part.kind = Probe::Kind::column;
    part.field = field_of(facet);
    part.low = box.low;
    part.high = box.high;
  }
}

namespace {

std::int64_t now_of(const Reading& reading) {
  return (reading.now ? *reading.now : system_clock().now()).microseconds();
}

}  // namespace

// https://hl7.org/fhir/R4/search.html#date
Result<> Prober::add_date(const Operand& operand) {
  DateValue date = TRY(parse_date(unescaped(operand.text), reading_.zone));
  if (operand.prefix == Prefix::ap) date = near_date(date, now_of(reading_));
  const std::vector<Box> searched =
      boxes(operand.prefix, Interval{date_coordinate(date.low), date_coordinate(date.high - 1)});
  add_boxes(Scale::date, searched, {}, true);
  add_columns(Facet::column, searched);
  return {};
}

// https://hl7.org/fhir/R4/search.html#number
Result<> Prober::add_number(const Operand& operand) {
  const NumberOperand number = TRY(parse_number(unescaped(operand.text)));
  const SearchedNumber searched = searched_number(operand.prefix, number);
  const std::vector<Box> found = boxes(operand.prefix, searched);
  add_boxes(Scale::number, found, {}, true);
  add_columns(Facet::column, found);
  has_columns_ = has_columns_ && searched.is_told_apart;
  return {};
}

Prober::QuantityPlace Prober::place(Prefix prefix, const QuantityOperand& operand, bool has_unit_terms) {
  QuantityPlace place;
  NumberOperand number = operand.number;
  if (operand.code.empty()) {
    append_any_unit(place.before);
  } else if (operand.system.empty()) {
    if (has_unit_terms) {
      append_unit(place.before, operand.code);
    } else {
      append_any_unit(place.before);
      place.is_sure = false;
    }
  } else {
    const CanonicalUnits::Scale* scale = operand.system == kUcum ? units_.find(operand.code) : nullptr;
    const std::optional<NumberOperand> converted = scale != nullptr ? in_base_units(number, *scale) : std::nullopt;
    if (converted) {
      append_dimension(place.before, scale->dimension);
      place.is_canonical = true;
      number = *converted;
    } else {
      append_system_unit(place.before, operand.system, operand.code);
    }
  }
  const SearchedNumber searched = searched_number(prefix, number);
  place.is_told_apart = searched.is_told_apart;
  place.boxes = boxes(prefix, searched);
  return place;
}

// https://hl7.org/fhir/R4/search.html#quantity
Result<> Prober::add_quantity(const Operand& operand) {
  const QuantityOperand asked = TRY(parse_quantity(operand.text));
  if (!is_plain(asked.system) || !is_plain(asked.code)) return {};
  const QuantityPlace found = place(operand.prefix, asked, true);
  add_boxes(Scale::number, found.boxes, found.before, found.is_sure);
  add_columns(found.is_canonical ? Facet::column : Facet::raw, found.boxes);
  const bool is_other_unit = !quantity_place_.empty() && quantity_place_ != found.before;
  has_columns_ = has_columns_ && found.is_told_apart && !is_other_unit;
  quantity_place_ = found.before;
  is_any_unit_ = asked.code.empty();  // of all operands, since those of other units use no columns
  return {};
}

// https://hl7.org/fhir/R4/location.html#search: the squares that the circle's box touches.
Result<> Prober::add_near(const Operand& operand) {
  const NearOperand near = TRY(parse_near(operand.text));
  constexpr double kKilometresPerDegree = 111.0;  // a little less than there are, so that the box is wide enough
  const double up = near.kilometres / kKilometresPerDegree;
  const double south = std::max(-90.0, near.centre.latitude - up);
  const double north = std::min(90.0, near.centre.latitude + up);
  const double widest = std::min(std::cos(south * std::numbers::pi / 180), std::cos(north * std::numbers::pi / 180));
  const double across = widest < 0.01 ? 360 : up / widest;
  const auto cell = [](double degrees) { return static_cast<int>(std::floor(degrees)); };
  const auto add_row = [&](int latitude, double west, double east) {
    std::string begin;
    std::string end;
    append_cell(begin, latitude, std::max(-180, cell(west)));
    append_cell(end, latitude, std::min(180, cell(east)) + 1);
    add_range(Facet::value, std::move(begin), std::move(end), false);
  };
  for (int latitude = cell(south); latitude <= cell(north); ++latitude) {
    const double west = near.centre.longitude - across;
    const double east = near.centre.longitude + across;
    if (across >= 180) {
      add_row(latitude, -180, 180);
      continue;
    }
    add_row(latitude, std::max(west, -180.0), std::min(east, 180.0));
    if (west < -180) add_row(latitude, west + 360, 180);
    if (east > 180) add_row(latitude, -180, east - 360);
  }
  return {};
}

// All words must be there: the longest is looked up, which is the rarest as a rule, and the rest looked at.
Result<> Prober::add_words(const Operand& operand) {
  const std::string text = unescaped(operand.text);
  std::vector<std::string_view> words;  // of the text, or of the arena
  split_words(text, arena_, words);
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.empty()) return {};
  const auto longest =
      std::ranges::max_element(words, [](std::string_view a, std::string_view b) { return a.size() < b.size(); });
  const std::string word(*longest);
  if (word.size() > kMaxWord) return {};
  const bool is_sure = words.size() == 1;
  if (is_one_ideograph(word)) {
    add_range(Facet::value, word, after_prefix(word), is_sure);  // alone it is the beginning of any two
  } else {
    add_exact(Facet::value, word, is_sure);
  }
  return {};
}

Result<bool> Prober::add_second(const std::string& first, bool is_sure, const Parameter& second,
                                const Operand& operand) {
  switch (second.kind) {
    case SearchType::token: {
      const TokenOperand token = parse_token(operand.text);
      if (token.code.empty()) return token.system.empty();
      add_token_terms(Facet::value, token, first, is_sure);
      return true;
    }
    case SearchType::string: {
      const std::string begin = first + std::string(fold_text(unescaped(operand.text), arena_));
      if (begin.size() == first.size()) return true;
      if (begin.size() - first.size() >= kMaxComposite) return false;
      add_range(Facet::value, begin, after_prefix(begin), is_sure);
      return true;
    }
    case SearchType::number: {
      const NumberOperand number = TRY(parse_number(unescaped(operand.text)));
      add_boxes(Scale::number, boxes(operand.prefix, searched_number(operand.prefix, number)), first, is_sure);
      return true;
    }
    case SearchType::quantity: {
      const QuantityOperand asked = TRY(parse_quantity(operand.text));
      const QuantityPlace found = place(operand.prefix, asked, false);
      add_boxes(Scale::number, found.boxes, first + found.before, is_sure && found.is_sure);
      return true;
    }
    case SearchType::date: {
      DateValue date = TRY(parse_date(unescaped(operand.text), reading_.zone));
      if (operand.prefix == Prefix::ap) date = near_date(date, now_of(reading_));
      const Interval searched{date_coordinate(date.low), date_coordinate(date.high - 1)};
      add_boxes(Scale::date, boxes(operand.prefix, searched), first, is_sure);
      return true;
    }
    case SearchType::reference:
    case SearchType::uri:
    case SearchType::composite:
    case SearchType::special:
      return false;
  }
  return false;
}

// https://hl7.org/fhir/R4/search.html#composite
Result<> Prober::add_composite(const Operand& operand) {
  const std::vector<Parameter::Component>& components = parameter_.components;
  if (components.size() < 2 || operand.components.size() != components.size()) {
    return fail(ErrorCode::invalid_argument, "a value of " + parameter_.code + " needs " +
                                                 std::to_string(components.size()) + " parts, joined by $");
  }
  for (std::size_t i = 0; i < components.size(); ++i) {
    TRY(check_operand(components[i].definition->kind, operand.components[i].text, reading_.zone));
  }
  has_columns_ = false;
  const Parameter& first = *components[0].definition;
  const bool is_sure = components.size() == 2;
  std::string begin;
  bool is_first_sure = true;
  if (first.kind == SearchType::token) {
    const TokenOperand token = parse_token(operand.components[0].text);
    const std::string code(fold_code(token.code, arena_));
    if (!code.empty()) {
      const bool has_system = !token.system.empty();
      begin = (has_system ? 'b' : 'a') + code + kEnd;
      if (has_system) begin.append(token.system).push_back(kEnd);
      is_first_sure = has_system || !token.names_system;
    }
  } else if (first.kind == SearchType::reference) {
    const ReferenceOperand asked = parse_reference(schema_, operand.components[0].text);
    if (!asked.id.empty()) {
      begin = (asked.type.empty() ? 'a' : 'b') + asked.id + kEnd;
      if (!asked.type.empty()) begin.append(asked.type).push_back(kEnd);
    } else if (!asked.url.empty()) {
      begin = 'b' + asked.url + kEnd + kEnd;
      is_first_sure = !asked.names_version;
    }
  }
  if (begin.empty()) {
    add_exact(Facet::present, {}, false);
    return {};
  }
  const bool is_said =
      TRY(add_second(begin, is_sure && is_first_sure, *components[1].definition, operand.components[1]));
  if (!is_said) add_range(Facet::value, begin, after_prefix(begin), false);
  return {};
}

}  // namespace meridian::search::internal

namespace meridian::search {

bool accepts(const Probe::Part& part, std::string_view term) {
  if (part.contains.empty()) return true;
  const std::size_t end = term.find(internal::kEnd);
  const std::string_view text = term.substr(0, end);
  if (!part.at_end) return text.find(part.contains) != std::string_view::npos;
  return end != std::string_view::npos && text.ends_with(part.contains);
}

Result<Probe> probe(const Parameters& parameters, const Condition& condition, const CodeSets* code_sets,
                    const Reading& reading) {
  if (condition.parameter == nullptr || !condition.chain.empty() || condition.has) {
    return fail(ErrorCode::invalid_argument, "a chain and _has are not asked of one field of the index");
  }
  return internal::Prober(parameters, condition, code_sets, reading).make();
}

}  // namespace meridian::search
