#include "store/internal/snapshots.hpp"

#include <algorithm>

namespace meridian::store {

bool Horizon::sees(index::Row row) const {
  if (row >= visible.end) return false;
  const auto after = std::upper_bound(visible.holes.begin(), visible.holes.end(), row,
                                      [](index::Row wanted, const auto& hole) { return wanted < hole.first; });
  return after == visible.holes.begin() || row >= std::prev(after)->second;
}

const Span* Horizon::span_of(index::Row row) const {
  const auto after = std::upper_bound(spans->begin(), spans->end(), row,
                                      [](index::Row wanted, const SpanEntry& entry) { return wanted < entry.first; });
  if (after == spans->begin()) return nullptr;
  const SpanEntry& entry = *std::prev(after);
  return row < entry.first + entry.span.count ? &entry.span : nullptr;
}

std::vector<std::pair<index::Row, index::Row>> holes(const SpanTable& spans, index::Row end, std::uint64_t commit) {
  std::vector<std::pair<index::Row, index::Row>> found;
  for (const SpanEntry& entry : spans) {
    if (entry.first >= end) break;
    const bool is_seen = entry.span.fate == Span::Fate::committed && entry.span.commit <= commit;
    if (!is_seen) found.emplace_back(entry.first, entry.first + entry.span.count);
  }
  return found;
}

void Snapshots::publish(Horizon horizon) {
  const TenantId tenant = horizon.tenant;
  auto published = std::make_shared<const Horizon>(std::move(horizon));
  const std::lock_guard lock(mutex_);
  present_[tenant].swap(published);
}

std::shared_ptr<const Horizon> Snapshots::present(TenantId tenant) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = present_.find(tenant);
    if (found != present_.end()) return found->second;
  }
  Horizon empty;
  empty.tenant = tenant;
  empty.spans = std::make_shared<const SpanTable>();
  empty.state = std::make_shared<const TenantState>();
  return std::make_shared<const Horizon>(std::move(empty));
}

std::vector<TenantId> Snapshots::tenants() const {
  const std::lock_guard lock(mutex_);
  std::vector<TenantId> tenants;
  tenants.reserve(present_.size());
  for (const auto& [tenant, horizon] : present_) tenants.push_back(tenant);
  return tenants;
}

Result<Snapshot> Snapshots::take(TenantId tenant, std::optional<CommitNumber> at) const {
  // The horizon before the view: what it sees is then in the view.
  Snapshot snapshot{present(tenant), nullptr};
  snapshot.view = kv_.view();
  if (!at || at->value() == snapshot.horizon->commit) return snapshot;
  if (at->value() > snapshot.horizon->commit) return fail(ErrorCode::not_found, "there is no such commit yet");
  Horizon past;
  past.tenant = tenant;
  past.commit = at->value();
  past.spans = snapshot.horizon->spans;
  if (past.commit > 0) {
    const auto bytes = TRY(snapshot.view->get(space::kCommits, number_key(tenant, past.commit)));
    if (!bytes) return fail(ErrorCode::io_failure, "a commit's record is missing: run verify");
    const CommitRecord record = TRY(CommitRecord::parse(*bytes));
    past.time = record.time;
    past.visible.end = record.end;
    past.visible.holes = holes(*past.spans, record.end, past.commit);
  }
  snapshot.horizon = std::make_shared<const Horizon>(std::move(past));
  return snapshot;
}

}  // namespace meridian::store
