#include "store/internal/searching.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "store/internal/commits.hpp"

namespace meridian::store {

namespace {

/// The documents of a snapshot, for the engine. One call's.
class SnapshotDocuments final : public search::Documents {
 public:
  SnapshotDocuments(const Snapshot& snapshot, const ValueCodec& codec, const fhir::Schema& schema)
      : snapshot_(snapshot), codec_(codec), schema_(schema), parser_(schema) {}

  Result<Identity> identify(index::Row row) override {
    RowFacts facts = TRY(facts_of(row));
    return Identity{schema_.find_type(facts.entry.type), std::move(facts.entry.id)};
  }

  Result<std::optional<fhir::Document>> load(index::Row row) override {
    const RowFacts facts = TRY(facts_of(row));
    if (facts.entry.change == Change::deleted || facts.entry.is_purged) return std::nullopt;
    Located located;
    located.row = row;
    located.pointer = {facts.entry.change, facts.entry.number, facts.commit, facts.time, 0, facts.entry.home};
    Version version = TRY(load_version(snapshot_, codec_, {facts.entry.type, facts.entry.id}, located));
    Issues issues;
    fhir::Document document = parser_.parse(std::move(version.json), issues);
    if (!document.has_root()) return fail(ErrorCode::io_failure, "a stored value is damaged: run verify");
    return document;
  }

  Result<index::Rows> updated_between(std::int64_t from, std::int64_t to) override {
    const std::uint64_t first = from == INT64_MIN ? 1 : TRY(before(from)) + 1;
    const std::uint64_t last = to == INT64_MAX ? snapshot_.horizon->commit : TRY(before(to));
    index::Rows rows;
    if (first > last) return rows;
    // Between two small commits lie small commits only, and spans, whose own commits decide.
    const Horizon& horizon = *snapshot_.horizon;
    const index::Row begin = first == 1 ? 0 : TRY(get_commit(snapshot_, first - 1)).end;
    const index::Row end = TRY(get_commit(snapshot_, last)).end;
    if (begin < end) rows.add_range(begin, end);
    for (const SpanEntry& entry : *horizon.spans) {
      const bool is_in =
          entry.span.fate == Span::Fate::committed && entry.span.commit >= first && entry.span.commit <= last;
      const index::Rows span = index::Rows::range(entry.first, entry.first + entry.span.count);
      if (is_in) {
        rows |= span;
      } else {
        rows -= span;
      }
    }
    return rows;
  }

  Result<std::int64_t> updated_at(index::Row row) override { return TRY(facts_of(row)).time.microseconds(); }

 private:
  Result<RowFacts> facts_of(index::Row row) {
    std::optional<RowFacts> facts = TRY(find_row(snapshot_, row));
    if (!facts) return fail(ErrorCode::io_failure, "a row that the index knows is missing: run verify");
    return std::move(*facts);
  }
  Result<std::uint64_t> before(std::int64_t microseconds) {
    return last_commit_before(snapshot_, Instant::from_microseconds(microseconds));
  }

  const Snapshot& snapshot_;
  const ValueCodec& codec_;
  const fhir::Schema& schema_;
  fhir::DocumentParser parser_;
};

/// What the policy lets the context see, as the engine asks for it.
class PolicyVisibility final : public search::Visibility {
 public:
  explicit PolicyVisibility(const Showing& showing) : showing_(showing) { none_.kind = search::Filter::Kind::any; }

  Result<const search::Filter*> of(fhir::TypeId type) const override {
    const Permission* const permission = TRY(showing_.permission(type));
    if (permission == nullptr) return nullptr;
    if (permission->is_denied) return &none_;
    return permission->rows.empty() ? nullptr : &permission->rows;
  }

 private:
  const Showing& showing_;
  search::Filter none_;
};

/// "snapshot.rest", of which the rest is the engine's own.
Result<std::pair<std::uint64_t, std::string>> split_cursor(const std::string& cursor) {
  const std::size_t dot = cursor.find('.');
  std::uint64_t snapshot = 0;
  const char* const end = cursor.data() + std::min(dot, cursor.size());
  const auto [stop, error] = std::from_chars(cursor.data(), end, snapshot);
  if (dot == std::string::npos || error != std::errc() || stop != end) {
    return fail(ErrorCode::invalid_argument, "this is no cursor of a search");
  }
  return std::pair{snapshot, cursor.substr(dot + 1)};
}

}  // namespace

bool looks_around(const search::Filter& filter) {
  const auto asks = [](const search::Condition& condition) { return !condition.chain.empty() || condition.has; };
  return std::any_of(filter.conditions.begin(), filter.conditions.end(), asks) ||
         std::any_of(filter.filters.begin(), filter.filters.end(), looks_around);
}

std::shared_ptr<const search::Engine> Searching::engine(TenantId tenant) const {
  std::shared_ptr<const search::Parameters> parameters = parameters_.of(tenant);
  const std::lock_guard lock(mutex_);
  Kept& kept = engines_[tenant];
  if (kept.parameters != parameters) {
    kept.engine = std::make_shared<const search::Engine>(parameters, code_sets_);
    kept.parameters = std::move(parameters);
  }
  return kept.engine;
}

Result<ResultPage> Searching::search(const Snapshots& snapshots, const Showing& showing, const ReadContext& context,
                                     const search::Query& query, const index::Rows* known) const {
  std::optional<CommitNumber> at = context.at;
  search::Query asked = query;
  if (!query.cursor.empty()) {
    auto [number, rest] = TRY(split_cursor(query.cursor));
    at = CommitNumber(number);
    asked.cursor = std::move(rest);
  }
  const Snapshot snapshot = TRY(snapshots.take(context.tenant, at));
  const index::IndexView view = TRY(index_.view(context.tenant.value(), snapshot.view, snapshot.horizon->visible));
  SnapshotDocuments documents(snapshot, codec_, fhir::Schema::r4());
  const PolicyVisibility visibility(showing);
  search::SearchPage found = TRY(engine(context.tenant)
                                     ->search(view, documents, asked, showing.is_open() ? nullptr : &visibility,
                                              {context.deadline, context.stop}));
  ResultPage page;
  page.total = found.total;
  page.snapshot = CommitNumber(snapshot.horizon->commit);
  page.explanation = std::move(found.explanation);
  if (!found.next.empty()) page.next = std::to_string(snapshot.horizon->commit) + '.' + found.next;
  const auto add = [&](index::Row row, bool is_included) -> Result<> {
    TRY(keep_going(context.deadline, context.stop));
    if (known != nullptr && known->contains(row)) return {};
    const std::optional<RowFacts> facts = TRY(find_row(snapshot, row));
    if (!facts || facts->entry.change == Change::deleted || facts->entry.is_purged) return {};
    Located located;
    located.row = row;
    located.pointer = {facts->entry.change, facts->entry.number, facts->commit, facts->time, 0, facts->entry.home};
    Version version = TRY(load_version(snapshot, codec_, {facts->entry.type, facts->entry.id}, located));
    if (TRY(showing.show(version))) page.entries.push_back({std::move(version), is_included});
    return {};
  };
  page.entries.reserve(found.matches.size() + found.included.size());
  for (const index::Row row : found.matches) TRY(add(row, false));
  for (const index::Row row : found.included) TRY(add(row, true));
  return page;
}

Result<search::Filter> Searching::parse(TenantId tenant, std::string_view type,
                                        const std::vector<std::pair<std::string, std::string>>& request,
                                        Issues& issues) const {
  const auto parameters = parameters_.of(tenant);
  search::QueryRules rules;
  rules.strict = true;
  search::Query query = search::parse_query(*parameters, parameters->schema().find_type(type), request, rules, issues);
  if (issues.has_errors()) return fail(ErrorCode::invalid_argument, "the condition is no search that can be run");
  if (query.filter.empty()) {
    return fail(ErrorCode::precondition_failed, "the condition holds of every resource: it must say more");
  }
  return std::move(query.filter);
}

Result<index::Rows> Searching::rows(const Snapshot& snapshot, std::string_view type,
                                    const search::Filter& filter) const {
  const fhir::Schema& schema = fhir::Schema::r4();
  const TenantId tenant = snapshot.horizon->tenant;
  const index::IndexView view = TRY(index_.view(tenant.value(), snapshot.view, snapshot.horizon->visible));
  SnapshotDocuments documents(snapshot, codec_, schema);
  return engine(tenant)->rows(view, documents, schema.find_type(type), filter, {});
}

Result<bool> Searching::matches(TenantId tenant, fhir::Node resource, std::string_view id,
                                const search::Filter& filter) const {
  const auto parameters = parameters_.of(tenant);
  search::Matcher matcher(*parameters, code_sets_, nullptr);
  search::Version version;
  version.id = id;
  return matcher.matches(resource, filter, version);
}

}  // namespace meridian::store
