#include "search/engine.hpp"

#include <algorithm>
#include <utility>

#include "base/deadline.hpp"
#include "base/pool.hpp"
#include "search/internal/conditions.hpp"
#include "search/internal/evaluation.hpp"
#include "search/internal/includes.hpp"
#include "search/internal/order.hpp"

namespace meridian::search {

using fhir::TypeId;
using index::Row;
using index::Rows;

/// Lookers are kept from search to search: their memory and what they compiled is worth it.
struct Engine::State {
  std::shared_ptr<const Parameters> parameters;
  const CodeSets* code_sets;
  Reading reading;
  Tuning tuning;
  Pool<internal::Looker> idle{16};

  std::unique_ptr<internal::Looker> take() {
    return idle.take_or([this] { return std::make_unique<internal::Looker>(parameters, code_sets, reading); });
  }
};

namespace {

/// The filter for another type, when it knows the same parameters; nothing otherwise.
std::optional<Filter> rebind(const Parameters& parameters, TypeId type, const Filter& filter) {
  Filter bound = filter;
  for (Condition& condition : bound.conditions) {
    if (condition.parameter == nullptr || condition.parameter->type == type) continue;
    const Parameter* mine = parameters.find(type, condition.parameter->code);
    if (mine == nullptr || mine->kind != condition.parameter->kind) return std::nullopt;
    condition.parameter = mine;
  }
  for (Filter& inner : bound.filters) {
    auto again = rebind(parameters, type, inner);
    if (!again) return std::nullopt;
    inner = *std::move(again);
  }
  return bound;
}

/// https://hl7.org/fhir/R4/compartmentdefinition.html
Filter compartment_filter(const Parameters& parameters, const Query::Compartment& compartment, TypeId type) {
  Filter any;
  any.kind = Filter::Kind::any;
  const auto add = [&](const Parameter* parameter, std::string text) {
    Condition condition;
    condition.parameter = parameter;
    condition.name = parameter->code;
    condition.operands.push_back({Prefix::eq, std::move(text), {}});
    any.conditions.push_back(std::move(condition));
  };
  for (const Parameter* parameter : parameters.compartment(compartment.type, type)) {
    add(parameter, compartment.type + "/" + compartment.id);
  }
  if (parameters.schema().type(type).name == compartment.type) add(parameters.find(type, "_id"), compartment.id);
  return any;
}

class Search {
 public:
  Search(const internal::Setting& setting, const Query& query)
      : setting_(setting), evaluation_(setting), query_(query) {}

  Result<SearchPage> run() {
    choose_types();
    internal::Order order(setting_, types_, query_.sort);
    std::optional<internal::Place> after;
    if (!query_.cursor.empty()) after = TRY(internal::read_cursor(query_.cursor, order.hash(), order.keys()));
    const Rows matches = TRY(find());
    SearchPage page;
    page.total = matches.count();
    if (query_.count > 0 && query_.summary != Summary::count) {
      TRY(fill(matches, order, after, page));
      if (!query_.includes.empty()) TRY(include(page));
    }
    page.explanation = setting_.trace->take();
    return page;
  }

 private:
  void choose_types() {
    const Parameters& parameters = *setting_.parameters;
    if (query_.type != TypeId::none) {
      types_.push_back(query_.type);
      return;
    }
    for (const fhir::TypeInfo& info : parameters.schema().types()) {
      if (!internal::is_resource(parameters.schema(), info.id)) continue;
      const bool asked =
          query_.types.empty() || std::find(query_.types.begin(), query_.types.end(), info.id) != query_.types.end();
      if (asked && (evaluation_.type_size(info.id) > 0 || query_.contained != Contained::no)) {
        types_.push_back(info.id);
      }
    }
  }

  Result<Rows> find() {
    Rows found;
    for (const TypeId type : types_) {
      auto filter = rebind(*setting_.parameters, type, query_.filter);
      if (!filter) continue;
      if (query_.compartment) {
        filter->filters.push_back(compartment_filter(*setting_.parameters, *query_.compartment, type));
      }
      if (query_.contained != Contained::yes) found |= TRY(evaluation_.visible(type, *filter));
      if (query_.contained != Contained::no) found |= TRY(containers(type, *filter));
    }
    return found;
  }

  /// https://hl7.org/fhir/R4/search.html#contained
  Result<Rows> containers(TypeId type, const Filter& filter) {
    const index::FieldId holds = field(type, setting_.parameters->schema(), "", Facet::contained);
    Rows rows = TRY(setting_.view->with_term(holds, "", *setting_.patience));
    rows &= setting_.view->current();
    std::vector<std::pair<TypeId, Rows>> by_type;
    Result<void> outcome;
    rows.visit([&](const Row* batch, std::size_t count) {
      for (std::size_t i = 0; i < count && outcome; ++i) outcome = container(batch[i], type, filter, by_type);
      return outcome.has_value();
    });
    TRY(std::move(outcome));
    Rows found;
    for (const auto& [container_type, which] : by_type) {
      found |= TRY(evaluation_.visible(container_type, Filter(), &which));
    }
    return found;
  }

  Result<void> container(Row row, TypeId type, const Filter& filter, std::vector<std::pair<TypeId, Rows>>& by_type) {
    TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
    if (!TRY(setting_.looker->contains(row, type, filter))) return {};
    const TypeId own = TRY(setting_.documents->identify(row)).type;
    auto it = std::find_if(by_type.begin(), by_type.end(), [&](const auto& pair) { return pair.first == own; });
    if (it == by_type.end()) it = by_type.insert(by_type.end(), {own, Rows()});
    it->second.add(row);
    return {};
  }

  Result<void> fill(const Rows& matches, internal::Order& order, const std::optional<internal::Place>& after,
                    SearchPage& page) {
    const std::int64_t begin = steady_nanoseconds();
    const auto places = TRY(order.first(matches, std::size_t{query_.count} + 1, after));
    const std::size_t count = std::min<std::size_t>(places.size(), query_.count);
    for (std::size_t i = 0; i < count; ++i) page.matches.push_back(places[i].row);
    if (places.size() > count) page.next = internal::write_cursor(places[count - 1], order.hash());
    setting_.trace->step("page in order", matches.count(), count, steady_nanoseconds() - begin);
    return {};
  }

  Result<void> include(SearchPage& page) {
    const std::int64_t begin = steady_nanoseconds();
    TRY(internal::Includes(setting_, evaluation_).add(query_.includes, page));
    setting_.trace->step("included", page.included.size(), page.included.size(), steady_nanoseconds() - begin);
    return {};
  }

  internal::Setting setting_;
  internal::Evaluation evaluation_;
  const Query& query_;
  std::vector<TypeId> types_;
};

}  // namespace

Engine::Engine(std::shared_ptr<const Parameters> parameters, const CodeSets* code_sets, const Reading& reading,
               const Tuning& tuning)
    : state_(std::make_unique<State>()) {
  state_->parameters = std::move(parameters);
  state_->code_sets = code_sets;
  state_->reading = reading;
  state_->tuning = tuning;
}

Engine::~Engine() = default;

Result<SearchPage> Engine::search(const index::IndexView& view, Documents& documents, const Query& query,
                                  const Visibility* visibility, const index::Patience& patience) const {
  auto looker = state_->take();
  looker->begin(documents);
  internal::Trace trace(query.explain);
  const internal::Setting setting{
      &view,        &documents, state_->parameters.get(), state_->code_sets, &state_->reading, visibility, &patience,
      looker.get(), &trace,     &state_->tuning};
  auto page = Search(setting, query).run();
  state_->idle.give(std::move(looker));
  return page;
}

Result<Rows> Engine::rows(const index::IndexView& view, Documents& documents, TypeId type, const Filter& filter,
                          const index::Patience& patience) const {
  auto looker = state_->take();
  looker->begin(documents);
  internal::Trace trace(false);
  const internal::Setting setting{
      &view,        &documents, state_->parameters.get(), state_->code_sets, &state_->reading, nullptr, &patience,
      looker.get(), &trace,     &state_->tuning};
  auto rows = internal::Evaluation(setting).rows(type, filter);
  state_->idle.give(std::move(looker));
  return rows;
}

}  // namespace meridian::search
