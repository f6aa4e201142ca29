#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "search/internal/fold.hpp"
#include "search/internal/intervals.hpp"
#include "search/testing/world.hpp"

namespace meridian::testing {

using fhir::SearchType;
using fhir::TypeId;
using index::Row;
using search::Condition;
using search::Filter;
using search::Parameter;

namespace {

/// What a resource is sorted by in one key: a number or a text; nothing comes last.
struct SortValue {
  std::optional<double> number;
  std::optional<std::string> text;
  bool is_there() const { return number || text; }
};

int compare(const SortValue& a, const SortValue& b) {
  if (a.number && b.number) return *a.number < *b.number ? -1 : *a.number > *b.number ? 1 : 0;
  if (a.text && b.text) return a.text->compare(*b.text);
  return 0;
}

double of(const std::optional<Decimal>& decimal, double open) {
  return decimal ? std::strtod(decimal->to_string().c_str(), nullptr) : open;
}

}  // namespace

struct BruteForce::State {
  const World& world;
  const search::Parameters& parameters;
  const search::CodeSets* code_sets;
  const search::Visibility* visibility;
  std::vector<World::Resource> resources;
  std::vector<std::unique_ptr<search::Matcher>> matchers;  // by depth of chains
  std::size_t depth = 0;
  search::ValueReader reader;
  // What was found out of one search's filters, by the filter's address.
  std::map<std::pair<const Filter*, TypeId>, std::set<std::string>> satisfying;
  std::map<const Condition::Reverse*, std::set<std::string>> referred;
  // Of a parameter that leads upwards: from what may be seen to its parents.
  std::map<const Parameter*, std::vector<std::pair<std::string, std::string>>> parents;

  search::Matcher& matcher(BruteForce* references) {
    while (matchers.size() <= depth) {
      matchers.push_back(std::make_unique<search::Matcher>(parameters, code_sets, references));
    }
    return *matchers[depth];
  }

  Result<bool> matches(const World::Resource& resource, const Filter& filter, BruteForce* self) {
    search::Matcher& one = matcher(self);
    ++depth;
    auto result =
        one.matches(resource.document->root(), filter, {resource.id, Instant::from_microseconds(resource.time)});
    --depth;
    return result;
  }

  Result<bool> may_be_seen(const World::Resource& resource, BruteForce* self) {
    const Filter* seen = visibility != nullptr ? TRY(visibility->of(resource.type)) : nullptr;
    if (seen == nullptr) return true;
    return matches(resource, *seen, self);
  }

  SortValue value(const World::Resource& resource, const search::SortKey& key) {
    SortValue best;
    const auto take = [&](SortValue other) {
      if (!best.is_there() || (key.descending ? compare(other, best) > 0 : compare(other, best) < 0)) best = other;
    };
    if (key.parameter == nullptr) {
      best.number = static_cast<double>(resource.time);
      return best;
    }
    const Parameter* parameter = parameters.find(resource.type, key.parameter->code);
    if (parameter == nullptr) return best;
    reader.begin(resource.document->root(), resource.id);
    const search::Values& values = reader.read(*parameter);
    search::internal::Arena arena;
    for (const std::string_view text : values.strings) {
      std::string folded(search::internal::fold_text(text, arena));
      if (!folded.empty()) take({{}, folded});
    }
    for (const auto& token : values.tokens) {
      if (token.code.empty()) continue;
      take({{}, std::string(token.is_case_bound ? token.code : search::internal::fold_code(token.code, arena))});
    }
    for (const auto& date : values.dates) take({static_cast<double>(key.descending ? date.high : date.low), {}});
    for (const auto& number : values.numbers) {
      take({key.descending ? of(number.high, 1e300) : of(number.low, -1e300), {}});
    }
    for (const auto& quantity : values.quantities) {
      const auto& number = quantity.dimension.empty() ? quantity.number : quantity.canonical;
      take({key.descending ? of(number.high, 1e300) : of(number.low, -1e300), {}});
    }
    return best;
  }
};

BruteForce::BruteForce(const World& world, const search::Parameters& parameters, const search::CodeSets* code_sets,
                       const search::Visibility* visibility)
    : state_(new State{world,
                       parameters,
                       code_sets,
                       visibility,
                       world.current(),
                       {},
                       0,
                       search::ValueReader(parameters.schema()),
                       {},
                       {},
                       {}}) {}
BruteForce::~BruteForce() = default;

Result<std::vector<Row>> BruteForce::search(const search::Query& query) {
  state_->satisfying.clear();
  state_->referred.clear();
  std::vector<std::pair<std::vector<SortValue>, Row>> found;
  for (const World::Resource& resource : state_->resources) {
    if (query.type != TypeId::none && resource.type != query.type) continue;
    if (!query.types.empty() && std::find(query.types.begin(), query.types.end(), resource.type) == query.types.end()) {
      continue;
    }
    // A search of several types was parsed for one of them.
    Filter filter = query.filter;
    for (Condition& condition : filter.conditions) {
      if (condition.parameter != nullptr) {
        condition.parameter = state_->parameters.find(resource.type, condition.parameter->code);
      }
    }
    if (!TRY(state_->matches(resource, filter, this)) || !TRY(state_->may_be_seen(resource, this))) continue;
    if (query.compartment) {
      bool is_in = resource.address == query.compartment->type + "/" + query.compartment->id;
      state_->reader.begin(resource.document->root(), resource.id);
      for (const Parameter* parameter : state_->parameters.compartment(query.compartment->type, resource.type)) {
        for (const auto& reference : state_->reader.read(*parameter).references) {
          is_in = is_in || (reference.type == query.compartment->type && reference.id == query.compartment->id);
        }
      }
      if (!is_in) continue;
    }
    std::vector<SortValue> values;
    for (const search::SortKey& key : query.sort) values.push_back(state_->value(resource, key));
    found.emplace_back(std::move(values), resource.row);
  }
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    for (std::size_t i = 0; i < query.sort.size(); ++i) {
      const SortValue& x = a.first[i];
      const SortValue& y = b.first[i];
      if (x.is_there() != y.is_there()) return x.is_there();
      const int order = compare(x, y);
      if (order != 0) return query.sort[i].descending ? order > 0 : order < 0;
    }
    return a.second > b.second;
  });
  std::vector<Row> rows;
  for (const auto& [values, row] : found) rows.push_back(row);
  return rows;
}

Result<bool> BruteForce::satisfies(std::string_view reference, TypeId type, const Filter& filter) {
  const auto key = std::pair(&filter, type);
  if (!state_->satisfying.contains(key)) {
    std::set<std::string> all;
    for (const World::Resource& resource : state_->resources) {
      if (resource.type == type && TRY(state_->matches(resource, filter, this)) &&
          TRY(state_->may_be_seen(resource, this))) {
        all.insert(resource.address);
      }
    }
    state_->satisfying[key] = std::move(all);
  }
  return state_->satisfying[key].contains(std::string(reference));
}

Result<bool> BruteForce::referred_by(std::string_view reference, const Condition::Reverse& has) {
  if (!state_->referred.contains(&has)) {
    std::set<std::string> all;
    for (const World::Resource& resource : state_->resources) {
      if (resource.type != has.type || !TRY(state_->matches(resource, *has.filter, this)) ||
          !TRY(state_->may_be_seen(resource, this))) {
        continue;
      }
      state_->reader.begin(resource.document->root(), resource.id);
      for (const auto& one : state_->reader.read(*has.reference).references) {
        all.insert(std::string(one.type) + "/" + std::string(one.id));
      }
    }
    state_->referred[&has] = std::move(all);
  }
  return state_->referred[&has].contains(std::string(reference));
}

Result<std::set<std::string>> BruteForce::hierarchy(std::string_view reference, const Parameter& parent, bool above) {
  if (!state_->parents.contains(&parent)) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const World::Resource& resource : state_->resources) {
      if (resource.type != parent.type || !TRY(state_->may_be_seen(resource, this))) continue;
      state_->reader.begin(resource.document->root(), resource.id);
      for (const auto& one : state_->reader.read(parent).references) {
        if (one.type == state_->parameters.schema().type(parent.type).name && !one.id.empty()) {
          all.emplace_back(resource.address, std::string(one.type) + "/" + std::string(one.id));
        }
      }
    }
    state_->parents[&parent] = std::move(all);
  }
  std::set<std::string> found{std::string(reference)};
  for (std::size_t before = 0; before != found.size();) {
    before = found.size();
    for (const auto& [child, its_parent] : state_->parents[&parent]) {
      if (above ? found.contains(child) : found.contains(its_parent)) found.insert(above ? its_parent : child);
    }
  }
  return found;
}

}  // namespace meridian::testing
