#include "imaging/internal/records.hpp"

#include <algorithm>

#include "search/query.hpp"

namespace meridian::imaging::internal {
namespace {

constexpr std::size_t kHeld = 4'000;

bool is_absence(ErrorCode code) {
  return code == ErrorCode::not_found || code == ErrorCode::gone || code == ErrorCode::forbidden;
}

/// The type and the id at the end of a reference; empty where it has none.
std::string_view local_part(std::string_view reference) {
  reference = reference.substr(0, reference.find("/_history/"));
  const std::size_t last = reference.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  const std::size_t before = reference.rfind('/', last - 1);
  return before == std::string_view::npos ? reference : reference.substr(before + 1);
}

}  // namespace

Result<search::Query> query_of(const store::Store& store, const store::ReadContext& context, std::string_view type,
                               const SearchPairs& pairs) {
  search::QueryRules rules;
  rules.strict = true;
  Issues issues;
  search::Query query =
      search::parse_query(*store.parameters(context.tenant), fhir::Schema::r4().find_type(type), pairs, rules, issues);
  if (issues.has_errors()) return fail(ErrorCode::internal, "a search of the worklist is not understood");
  return query;
}

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == ',' || c == '|' || c == '$' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

fhir::Node Records::read(std::string_view reference) {
  const std::string_view key = local_part(reference);
  if (key.empty()) return {};
  auto at = read_.find(key);
  if (at == read_.end()) {
    const std::size_t slash = key.find('/');
    Result<store::Version> version =
        store_.read(context_, {std::string(key.substr(0, slash)), std::string(key.substr(slash + 1))});
    if (!version && !is_absence(version.error().code()) && fault_) fault_ = fail(version.error());
    Issues ignored;
    at = read_.emplace(key, version ? parser_.parse(std::move(version->json), ignored) : fhir::Document()).first;
  }
  return at->second.has_root() ? at->second.root() : fhir::Node();
}

fhir::Node Records::target(fhir::Node reference, fhir::Node resource) {
  const std::string_view text = reference ? text_in(reference, "reference") : std::string_view();
  if (!text.starts_with('#')) return text.empty() ? fhir::Node() : read(text);
  for (const fhir::Node child : resource.children()) {
    if (child.key() == "contained" && text_in(child, "id") == text.substr(1)) return child;
  }
  return {};
}

std::vector<fhir::Node> Records::all(std::string_view type, SearchPairs pairs, std::uint32_t limit) {
  std::vector<fhir::Node> out;
  Result<search::Query> query = query_of(store_, context_, type, pairs);
  if (query) query->count = limit;
  Result<store::ResultPage> page = query ? store_.search(context_, *query) : fail(query.error());
  if (!page) {
    if (!is_absence(page.error().code()) && fault_) fault_ = fail(page.error());
    return out;
  }
  for (store::Found& found : page->entries) {
    Issues ignored;
    fhir::Document document = parser_.parse(std::move(found.version.json), ignored);
    if (!document.has_root()) continue;
    out.push_back(found_.emplace_back(std::move(document)).root());
  }
  return out;
}

fhir::Node Records::first(std::string_view type, SearchPairs pairs) {
  const std::vector<fhir::Node> found = all(type, std::move(pairs), 1);
  return found.empty() ? fhir::Node() : found[0];
}

Result<bool> Records::any(std::string_view type, const SearchPairs& pairs) {
  search::Query query = TRY(query_of(store_, context_, type, pairs));
  query.count = 1;
  const store::ResultPage page = TRY(store_.search(context_, query));
  return !page.entries.empty();
}

void Records::forget() {
  if (read_.size() + found_.size() < kHeld) return;
  read_.clear();
  found_.clear();
}

}  // namespace meridian::imaging::internal
