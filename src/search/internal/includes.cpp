#include "search/internal/includes.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace meridian::search::internal {

using fhir::SearchType;
using fhir::TypeId;
using index::Row;
using index::Rows;

Result<void> Includes::add(std::span<const Include> includes, SearchPage& page) {
  Rows seen = Rows::of(page.matches);
  std::vector<Row> sources = page.matches;
  for (bool first = true; !sources.empty() && !page.is_cut; first = false) {
    std::vector<Row> fresh;
    for (const Include& include : includes) {
      if (!first && !include.iterate) continue;
      TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
      Rows found;
      TRY(include.reverse ? reverse(include, sources, found) : forward(include, sources, found));
      found -= seen;
      found.visit([&](const Row* rows, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
          if (page.included.size() == kMaxIncluded) {
            page.is_cut = true;
            return false;
          }
          page.included.push_back(rows[i]);
          fresh.push_back(rows[i]);
        }
        return true;
      });
      seen |= found;
    }
    sources = std::move(fresh);
  }
  return {};
}

Result<void> Includes::visible(TypeId type, Rows rows, Rows& found) {
  if (!rows.empty()) found |= TRY(evaluation_.visible(type, Filter(), &rows));
  return {};
}

Result<void> Includes::forward(const Include& include, std::span<const Row> sources, Rows& found) {
  const fhir::Schema& schema = setting_.parameters->schema();
  std::map<TypeId, std::vector<std::string>> wanted;
  std::map<TypeId, std::vector<std::string>> canonical;
  std::vector<Reference> references;
  for (const Row row : sources) {
    const TypeId type = TRY(setting_.documents->identify(row)).type;
    if (include.source != TypeId::none && include.source != type) continue;
    for (const Parameter* parameter : setting_.parameters->of(type)) {
      if (parameter->kind != SearchType::reference) continue;
      if (include.parameter != nullptr && parameter->code != include.parameter->code) continue;
      references.clear();
      TRY(setting_.looker->references(row, *parameter, references));
      for (Reference& one : references) {
        const TypeId target = one.type.empty() ? TypeId::none : schema.find_type(one.type);
        if (!one.url.empty()) {
          for (const TypeId each : parameter->targets) {
            if (include.target == TypeId::none || include.target == each) canonical[each].push_back(one.url);
          }
        } else if (target != TypeId::none && (include.target == TypeId::none || include.target == target)) {
          wanted[target].push_back(std::move(one.id));
        }
      }
    }
  }
  for (const auto& [type, ids] : wanted) TRY(visible(type, TRY(evaluation_.addressed(type, ids)), found));
  for (auto& [type, urls] : canonical) {
    const Parameter* url = setting_.parameters->find(type, "url");
    if (url == nullptr || url->kind != SearchType::uri) continue;
    Condition condition;
    condition.parameter = url;
    condition.name = "url";
    for (std::string& text : urls) condition.operands.push_back({Prefix::eq, std::move(text), {}});
    Filter filter;
    filter.conditions.push_back(std::move(condition));
    found |= TRY(evaluation_.visible(type, filter));
  }
  return {};
}

Result<void> Includes::reverse(const Include& include, std::span<const Row> sources, Rows& found) {
  const fhir::Schema& schema = setting_.parameters->schema();
  std::map<TypeId, std::vector<std::string>> addresses;
  for (const Row row : sources) {
    const Documents::Identity identity = TRY(setting_.documents->identify(row));
    if (include.target != TypeId::none && include.target != identity.type) continue;
    addresses[identity.type].push_back(std::string(schema.type(identity.type).name) + "/" + identity.id);
  }
  std::vector<TypeId> types;
  if (include.source != TypeId::none) {
    types.push_back(include.source);
  } else {
    for (const fhir::TypeInfo& info : schema.types()) types.push_back(info.id);
  }
  for (const TypeId type : types) {
    if (setting_.parameters->of(type).empty() || evaluation_.type_size(type) == 0) continue;
    Rows rows;
    for (const Parameter* parameter : setting_.parameters->of(type)) {
      if (parameter->kind != SearchType::reference) continue;
      if (include.parameter != nullptr && parameter->code != include.parameter->code) continue;
      for (const auto& [target, texts] : addresses) {
        const auto& targets = parameter->targets;
        if (!targets.empty() && std::find(targets.begin(), targets.end(), target) == targets.end()) continue;
        rows |= TRY(evaluation_.referring(*parameter, texts, nullptr));
      }
    }
    TRY(visible(type, std::move(rows), found));
  }
  return {};
}

}  // namespace meridian::search::internal
