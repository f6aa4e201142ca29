// :above and :below of references: the hierarchy is walked, a step a level, and what was found takes the operands'
// place.
#include <set>
#include <utility>

#include "base/deadline.hpp"
#include "search/internal/evaluation.hpp"
#include "search/internal/hierarchies.hpp"

namespace meridian::search::internal {

using index::Rows;

namespace {

constexpr std::size_t kMaxPlaces = 20'000;  // of one hierarchy

}  // namespace

/// The rows of the hierarchy's type that lead to one of the addresses (below), or are at them (above), and may be seen.
Result<Rows> Evaluation::hierarchy_step(const Parameter& parent, bool above, const std::vector<std::string>& addresses,
                                        bool trusted) {
  Rows found;
  if (above) {
    std::vector<std::string> ids;
    ids.reserve(addresses.size());
    for (const std::string& address : addresses) ids.push_back(address.substr(address.find('/') + 1));
    found = TRY(addressed(parent.type, ids));
  } else {
    found = TRY(referring(parent, addresses, nullptr));
  }
  if (trusted || found.empty()) return found;
  return visible(parent.type, Filter{}, &found);
}

Result<std::set<std::string>> Evaluation::hierarchy(const HierarchyPlace& place, bool above, bool trusted) {
  std::set<std::string> all{place.address};
  std::vector<std::string> frontier{place.address};
  const std::string_view type_name = setting_.parameters->schema().type(place.parent->type).name;
  while (!frontier.empty()) {
    TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
    const Rows rows = TRY(hierarchy_step(*place.parent, above, frontier, trusted));
    frontier.clear();
    Result<void> outcome;
    const auto add = [&](std::string address) {
      if (all.insert(address).second) frontier.push_back(std::move(address));
    };
    rows.visit([&](const index::Row* batch, std::size_t count) {
      for (std::size_t i = 0; i < count && outcome; ++i) {
        outcome = [&]() -> Result<void> {
          if (!above) {
            add(TRY(setting_.looker->address(batch[i])));
            return {};
          }
          std::vector<Reference> parents;
          TRY(setting_.looker->references(batch[i], *place.parent, parents));
          for (const Reference& one : parents) {
            if (one.type == type_name && !one.id.empty()) add(one.type + "/" + one.id);
          }
          return {};
        }();
      }
      return outcome.has_value();
    });
    TRY(std::move(outcome));
    if (all.size() > kMaxPlaces) {
      return fail(ErrorCode::too_costly, "more than " + std::to_string(kMaxPlaces) + " resources are part of " +
                                             place.address + "; ask for less of them");
    }
  }
  return all;
}

/// A plain condition on every place that the operands stand for.
Result<std::shared_ptr<const Condition>> Evaluation::spread(const Condition& condition, bool trusted) {
  const bool above = condition.modifier == Modifier::above;
  const std::int64_t begin = setting_.trace->on() ? steady_nanoseconds() : 0;
  auto plain = std::make_shared<Condition>(condition);
  plain->modifier = Modifier::none;
  std::set<std::string> all;
  for (const Operand& operand : condition.operands) {
    const ReferenceOperand asked = parse_reference(setting_.parameters->schema(), operand.text);
    for (const HierarchyPlace& place : hierarchy_places(*setting_.parameters, *condition.parameter, asked)) {
      setting_.trace->enter();
      auto found = hierarchy(place, above, trusted);
      setting_.trace->leave();
      all.merge(TRY(std::move(found)));
    }
  }
  const std::size_t places = all.size();
  for (std::string address : all) plain->operands.push_back({Prefix::eq, std::move(address), {}});
  if (setting_.trace->on()) {
    setting_.trace->step("hierarchy of " + condition.name, condition.operands.size(), places,
                         steady_nanoseconds() - begin);
  }
  return plain;
}

}  // namespace meridian::search::internal
