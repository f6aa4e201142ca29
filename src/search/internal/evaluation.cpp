#include "search/internal/evaluation.hpp"

#include <algorithm>
#include <utility>

#include "base/deadline.hpp"
#include "search/internal/ranges.hpp"
#include "search/internal/times.hpp"

namespace meridian::search::internal {

using fhir::TypeId;
using index::Rows;

Result<Rows> Evaluation::rows(TypeId type, const Filter& filter, const Rows* within) {
  std::vector<Item> items;
  TRY(collect(type, filter, true, items));
  return all(type, std::move(items), within);
}

Result<Rows> Evaluation::visible(TypeId type, const Filter& filter, const Rows* within) {
  std::vector<Item> items;
  TRY(collect(type, filter, false, items));
  if (setting_.visibility != nullptr) {
    if (const Filter* seen = TRY(setting_.visibility->of(type))) TRY(collect(type, *seen, true, items));
  }
  return all(type, std::move(items), within);
}

Result<const Rows*> Evaluation::base(TypeId type) {
  const auto found = bases_.find(type);
  if (found != bases_.end()) return &found->second;
  const index::FieldId every = field(type, setting_.parameters->schema(), "", Facet::all);
  Rows rows = TRY(setting_.view->with_term(every, "", *setting_.patience));
  rows &= setting_.view->current();
  return &bases_.emplace(type, std::move(rows)).first->second;
}

std::uint64_t Evaluation::type_size(TypeId type) {
  const auto known = sizes_.find(type);
  if (known != sizes_.end()) return known->second;
  const index::FieldId every = field(type, setting_.parameters->schema(), "", Facet::all);
  return sizes_[type] = setting_.view->estimate(every, "", std::string_view("\0", 1));
}

/// The filter's parts, when all of them must hold; otherwise the filter as one.
Result<void> Evaluation::collect(TypeId type, const Filter& filter, bool trusted, std::vector<Item>& items) {
  if (filter.kind != Filter::Kind::all) {
    Item item;
    item.filter = &filter;
    item.is_trusted = trusted;
    items.push_back(std::move(item));
    return {};
  }
  for (const Condition& condition : filter.conditions) items.push_back(TRY(item(type, condition, trusted)));
  for (const Filter& inner : filter.filters) TRY(collect(type, inner, trusted, items));
  return {};
}

Result<Evaluation::Item> Evaluation::item(TypeId type, const Condition& condition, bool trusted) {
  Item item;
  item.condition = &condition;
  item.is_trusted = trusted;
  const bool is_hierarchical = condition.parameter != nullptr && condition.chain.empty() &&
                               condition.parameter->kind == fhir::SearchType::reference &&
                               (condition.modifier == Modifier::above || condition.modifier == Modifier::below);
  if (is_hierarchical) {
    item.spread = TRY(spread(condition, trusted));
    item.condition = item.spread.get();
    item.probe = TRY(probe(*setting_.parameters, *item.condition, setting_.code_sets, *setting_.reading));
    item.expected = expect(type, item.probe);
    return item;
  }
  if (condition.chain.empty() && !condition.has && !is_last_updated(condition)) {
    item.probe = TRY(probe(*setting_.parameters, condition, setting_.code_sets, *setting_.reading));
    item.expected = expect(type, item.probe);
  } else {
    item.expected = TRY(expect(type, condition, 0));
  }
  return item;
}

std::uint64_t Evaluation::expect(TypeId type, const Probe& probe) {
  const std::uint64_t size = type_size(type);
  std::uint64_t found = 0;
  for (const Probe::Part& part : probe.parts) {
    if (part.kind == Probe::Kind::column) {
      found += size / 3;
    } else if (part.end.empty()) {
      found += setting_.view->estimate(part.field, part.begin, part.begin + '\0');
    } else {
      found += setting_.view->estimate(part.field, part.begin, part.end);
    }
  }
  found = std::min(found, size);
  return probe.is_negated ? size - found : found;
}

Result<std::uint64_t> Evaluation::expect(TypeId type, const Filter& filter, int depth) {
  const std::uint64_t size = type_size(type);
  std::uint64_t least = size;
  std::uint64_t sum = 0;
  const auto count = [&](std::uint64_t one) {
    least = std::min(least, one);
    sum += one;
  };
  for (const Condition& condition : filter.conditions) count(TRY(expect(type, condition, depth)));
  for (const Filter& inner : filter.filters) count(TRY(expect(type, inner, depth)));
  if (filter.kind == Filter::Kind::all) return least;
  sum = std::min(sum, size);
  return filter.kind == Filter::Kind::any ? sum : size - sum;
}

Result<std::uint64_t> Evaluation::expect(TypeId type, const Condition& condition, int depth) {
  const std::uint64_t size = type_size(type);
  if (is_last_updated(condition) || depth > 4) return size / 2;
  if (condition.has) return std::min(size, TRY(expect(condition.has->type, *condition.has->filter, depth + 1)));
  if (!condition.chain.empty()) {
    std::uint64_t sum = 0;
    for (const Condition::Link& link : condition.chain) {
      const std::uint64_t targets = type_size(link.type);
      if (targets == 0) continue;
      const std::uint64_t found = TRY(expect(link.type, *link.filter, depth + 1));
      sum += found * std::max<std::uint64_t>(1, size / targets);
    }
    return std::min(size, sum);
  }
  return expect(type, TRY(probe(*setting_.parameters, condition, setting_.code_sets, *setting_.reading)));
}

void Evaluation::join_ranges(std::vector<Item>& items) {
  const std::size_t count = items.size();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      if (i == j || items[i].condition == nullptr || items[j].condition == nullptr) continue;
      auto terms = terms_between(*items[i].condition, *items[j].condition, *setting_.reading);
      if (!terms) continue;
      Item pair;
      pair.condition = items[i].condition;
      pair.between = *std::move(terms);
      const index::FieldId values = field_of(*pair.condition->parameter, Facet::value);
      for (const TermRange& range : pair.between) {
        const std::string end = range.end.empty() ? range.begin + '\0' : range.end;
        pair.expected += setting_.view->estimate(values, range.begin, end);
      }
      const std::string_view single("\0", 1);
      pair.expected += setting_.view->estimate(field_of(*pair.condition->parameter, Facet::several), "", single);
      items.push_back(std::move(pair));
    }
  }
}

Result<Rows> Evaluation::between(const Item& item, const Rows* within) {
  if (within != nullptr && within->count() <= item.expected) return *within;
  const Parameter& parameter = *item.condition->parameter;
  const index::FieldId values = field_of(parameter, Facet::value);
  Rows found = TRY(setting_.view->with_term(field_of(parameter, Facet::several), "", *setting_.patience));
  for (const TermRange& range : item.between) {
    found |= range.end.empty() ? TRY(setting_.view->with_term(values, range.begin, *setting_.patience))
                               : TRY(setting_.view->with_terms(values, range.begin, range.end, *setting_.patience));
  }
  TRY(narrow(found, within));
  return found;
}

Result<Rows> Evaluation::all(TypeId type, std::vector<Item> items, const Rows* within) {
  join_ranges(items);
  for (Item& item : items) {
    if (item.filter != nullptr && items.size() > 1) item.expected = TRY(expect(type, *item.filter, 0));
  }
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.expected < b.expected; });
  std::optional<Rows> candidates;
  if (within != nullptr) candidates = *within;
  std::vector<std::pair<const Condition*, Rows>> open;
  for (const Item& item : items) {
    if (candidates && candidates->empty()) return Rows();
    TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
    const std::int64_t begin = setting_.trace->on() ? steady_nanoseconds() : 0;
    setting_.trace->enter();
    auto answered = answer(type, item, candidates ? &*candidates : nullptr);
    setting_.trace->leave();
    Answer answer = TRY(std::move(answered));
    if (setting_.trace->on()) {
      std::string what(setting_.parameters->schema().type(type).name);
      what += ' ';
      what += item.condition != nullptr ? item.condition->name : "(filter)";
      if (!item.between.empty()) what += " between two bounds";
      if (!answer.open.empty()) what += ", " + std::to_string(answer.open.count()) + " of them to be looked at";
      setting_.trace->step(what, item.expected, answer.sure.count() + answer.open.count(),
                           steady_nanoseconds() - begin);
    }
    candidates = std::move(answer.sure);
    if (answer.open.empty()) continue;
    *candidates |= answer.open;
    open.emplace_back(item.condition, std::move(answer.open));
  }
  if (!candidates) return *TRY(base(type));
  TRY(settle(*candidates, open));
  return *std::move(candidates);
}

/// Looks at the candidates of which something is open.
Result<void> Evaluation::settle(Rows& candidates, const std::vector<std::pair<const Condition*, Rows>>& open) {
  Rows doubtful;
  for (const auto& [condition, rows] : open) doubtful |= rows;
  doubtful &= candidates;
  if (doubtful.empty()) return {};
  const std::int64_t begin = steady_nanoseconds();
  Result<void> outcome;
  std::vector<const Condition*> conditions;
  Rows refused;
  doubtful.visit([&](const index::Row* rows, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      outcome = keep_going(setting_.patience->deadline, setting_.patience->stop);
      if (!outcome) return false;
      conditions.clear();
      for (const auto& [condition, which] : open) {
        if (which.contains(rows[i])) conditions.push_back(condition);
      }
      const Result<bool> matches = setting_.looker->matches(rows[i], conditions);
      if (!matches) {
        outcome = fail(matches.error());
        return false;
      }
      if (!*matches) refused.add(rows[i]);
    }
    return true;
  });
  TRY(std::move(outcome));
  candidates -= refused;
  if (setting_.trace->on()) {
    const std::uint64_t looked = doubtful.count();
    setting_.trace->step("documents looked at", looked, looked - refused.count(), steady_nanoseconds() - begin);
  }
  return {};
}

Result<void> Evaluation::narrow(Rows& rows, const Rows* within) const {
  rows &= within != nullptr ? *within : setting_.view->current();
  return {};
}

Result<Evaluation::Answer> Evaluation::answer(TypeId type, const Item& item, const Rows* within) {
  Answer answer;
  if (!item.between.empty()) {
    answer.sure = TRY(between(item, within));
  } else if (item.filter != nullptr) {
    answer.sure = TRY(joined_filter(type, *item.filter, item.is_trusted, within));
  } else if (item.condition->has) {
    answer.sure = TRY(has(type, *item.condition->has, item.is_trusted, within));
  } else if (!item.condition->chain.empty()) {
    answer.sure = TRY(chain(type, *item.condition, item.is_trusted, within));
  } else if (is_last_updated(*item.condition)) {
    answer.sure = TRY(times(type, *item.condition, within));
  } else {
    return probed(type, item, within);
  }
  return answer;
}

/// Of `any` and `none`: each part is settled by itself.
Result<Rows> Evaluation::joined_filter(TypeId type, const Filter& filter, bool trusted, const Rows* within) {
  Rows found;
  const auto add = [&](std::vector<Item> items) -> Result<void> {
    found |= TRY(all(type, std::move(items), within));
    return {};
  };
  for (const Condition& condition : filter.conditions) {
    std::vector<Item> items;
    items.push_back(TRY(item(type, condition, trusted)));
    TRY(add(std::move(items)));
  }
  for (const Filter& inner : filter.filters) {
    std::vector<Item> items;
    TRY(collect(type, inner, trusted, items));
    TRY(add(std::move(items)));
  }
  if (filter.kind == Filter::Kind::any) return found;
  Rows others = within != nullptr ? *within : *TRY(base(type));
  others -= found;
  return others;
}

Result<Rows> Evaluation::times(TypeId type, const Condition& condition, const Rows* within) {
  Rows found;
  for (const TimeSpan& span : TRY(time_spans(condition, *setting_.reading))) {
    found |= TRY(setting_.documents->updated_between(span.from, span.to));
  }
  found &= within != nullptr ? *within : *TRY(base(type));
  return found;
}

Result<Rows> Evaluation::part(const Probe::Part& part, const Rows* within, TypeId type) {
  const index::IndexView& view = *setting_.view;
  const index::Patience& patience = *setting_.patience;
  Rows found;
  if (part.kind == Probe::Kind::column) {
    return view.column_between(part.field, within != nullptr ? *within : *TRY(base(type)), part.low, part.high,
                               patience);
  }
  if (!part.contains.empty()) {
    const auto visit = [&](std::string_view term, const Rows& rows) {
      if (accepts(part, term)) found |= rows;
      return true;
    };
    TRY(view.visit_terms(part.field, part.begin, part.end, kv::Direction::forward, visit, patience));
  } else if (part.end.empty()) {
    found = TRY(view.with_term(part.field, part.begin, patience));
  } else {
    found = TRY(view.with_terms(part.field, part.begin, part.end, patience));
  }
  TRY(narrow(found, within));
  return found;
}

/// The rows of all parts that are sure, or of all that are not.
Result<Rows> Evaluation::parts(const Probe& probe, bool sure, const Rows* within, TypeId type) {
  Rows found;
  // Single terms of one field are asked for together.
  std::vector<std::string> terms;
  for (std::size_t i = 0; i < probe.parts.size(); ++i) {
    const Probe::Part& part = probe.parts[i];
    if (part.is_sure != sure) continue;
    const bool is_term = part.kind == Probe::Kind::terms && part.end.empty() && part.contains.empty();
    if (!is_term) {
      found |= TRY(this->part(part, within, type));
      continue;
    }
    terms.push_back(part.begin);
    const bool goes_on = i + 1 < probe.parts.size() && probe.parts[i + 1].kind == Probe::Kind::terms &&
                         probe.parts[i + 1].is_sure == sure && probe.parts[i + 1].field == part.field &&
                         probe.parts[i + 1].end.empty() && probe.parts[i + 1].contains.empty();
    if (goes_on) continue;
    Rows rows = terms.size() == 1 ? TRY(setting_.view->with_term(part.field, terms.front(), *setting_.patience))
                                  : TRY(setting_.view->with_any(part.field, terms, *setting_.patience));
    TRY(narrow(rows, within));
    found |= rows;
    terms.clear();
  }
  return found;
}

Result<Rows> Evaluation::columns(const Probe& probe, const Rows& candidates) {
  Rows found;
  if (candidates.empty()) return found;
  for (const Probe::Part& part : probe.columns) {
    found |= TRY(setting_.view->column_between(part.field, candidates, part.low, part.high, *setting_.patience));
  }
  return found;
}

/// See Probe in search/terms.hpp for what its parts mean.
Result<Evaluation::Answer> Evaluation::probed(TypeId type, const Item& item, const Rows* within) {
  const Probe& probe = item.probe;
  Answer answer;
  const std::uint64_t size = type_size(type);
  const std::uint64_t left = within != nullptr ? within->count() : size;
  std::uint64_t expected = probe.is_negated ? size - std::min(size, item.expected) : item.expected;
  bool scans = false;
  for (const Probe::Part& part : probe.parts) scans = scans || !part.contains.empty();
  if (scans) expected = std::max(expected, size / 4);
  if (within != nullptr && !probe.columns_suffice && left <= setting_.tuning->few_sources &&
      left * setting_.tuning->look_cost < expected) {
    answer.open = *within;  // fewer than the index would have to walk over
    return answer;
  }
  const Rows* candidates = within;
  if (probe.columns_suffice && (within != nullptr ? left < expected : expected > size / 3)) {
    if (candidates == nullptr) candidates = TRY(base(type));
    answer.sure = TRY(columns(probe, *candidates));
    if (probe.several != index::FieldId{}) {
      answer.open = TRY(setting_.view->with_term(probe.several, "", *setting_.patience));
      answer.open &= *candidates;
    }
  } else {
    answer.sure = TRY(parts(probe, true, within, type));
    if (!probe.is_exact) {
      Rows edge = TRY(parts(probe, false, within, type));
      edge -= answer.sure;
      if (!probe.columns.empty()) {
        answer.sure |= TRY(columns(probe, edge));
        if (probe.several != index::FieldId{} && !edge.empty()) {
          answer.open = TRY(setting_.view->with_term(probe.several, "", *setting_.patience));
          answer.open &= edge;
        }
      } else {
        answer.open = std::move(edge);
      }
    }
  }
  if (probe.doubtful != index::FieldId{}) {
    Rows doubtful = TRY(setting_.view->with_term(probe.doubtful, "", *setting_.patience));
    TRY(narrow(doubtful, candidates));
    answer.open |= doubtful;
  }
  answer.open -= answer.sure;
  if (probe.is_negated) {
    Rows others = candidates != nullptr ? *candidates : *TRY(base(type));
    others -= answer.sure;
    others -= answer.open;
    answer.sure = std::move(others);
    if (candidates == nullptr) answer.open &= *TRY(base(type));
  }
  return answer;
}

}  // namespace meridian::search::internal
