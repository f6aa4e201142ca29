#include "store/internal/sequencer.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "store/internal/wakers.hpp"

namespace meridian::store {

struct Sequencer::Member {
  std::unique_ptr<Prepared> prepared;
  std::unique_ptr<StagedCommit> staged;  // of a large commit that is finished here
  Decision decision;
  index::Row first = 0;
  tl::expected<CommitOutcome, CommitFailure> outcome;
};

struct Sequencer::Group {
  struct Tenant {
    Tenant(Snapshot snapshot, TenantState before) : currents(std::move(snapshot)), state(std::move(before)) {
      spans = currents.snapshot().horizon->spans;
    }
    SpanTable& own_spans() {
      if (changed_spans == nullptr) {
        changed_spans = std::make_shared<SpanTable>(*spans);
        spans = changed_spans;
      }
      return *changed_spans;
    }
    Currents currents;
    TenantState state;
    std::shared_ptr<const SpanTable> spans;
    std::shared_ptr<SpanTable> changed_spans;
    bool is_changed = false;
  };
  std::vector<Member> members;
  std::vector<std::unique_ptr<StagedCommit>> begun;  // large commits whose rows are reserved here
  std::map<TenantId, Tenant> tenants;
  kv::Batch batch;

  Result<Tenant*> tenant(const Snapshots& snapshots, TenantId id) {
    auto found = tenants.find(id);
    if (found == tenants.end()) {
      Snapshot snapshot = TRY(snapshots.take(id, {}));
      const TenantState state = *snapshot.horizon->state;
      found = tenants.try_emplace(id, std::move(snapshot), state).first;
    }
    return &found->second;
  }
};

namespace {

std::string held_name(TenantId tenant, const std::string& type, const std::string& id) {
  return std::to_string(tenant.value()) + '/' + type + '/' + id;
}

}  // namespace

void Sequencer::submit(std::unique_ptr<Prepared> prepared) {
  const auto try_to_wait = [&] {
    const std::lock_guard lock(mutex_);
    const bool fits = waiting_bytes_ == 0 || waiting_bytes_ + prepared->bytes <= rules_.max_waiting_bytes;
    if (!fits || stopping_) return false;
    waiting_bytes_ += prepared->bytes;
    waiting_.push_back(std::move(prepared));
    return true;
  };
  if (try_to_wait()) return changed_.notify_one();
  CommitFailure busy(Error(ErrorCode::busy, "too many commits are waiting to be written"));
  parts_.delivery.add(std::move(prepared->done), tl::unexpected(std::move(busy)));
}

void Sequencer::finish_staged(std::unique_ptr<StagedCommit> staged) {
  {
    const std::lock_guard lock(mutex_);
    staged_.push_back(std::move(staged));
  }
  changed_.notify_one();
}

void Sequencer::submit_alone(Callback<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    alone_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void Sequencer::give_back(Waiting rest) {
  const std::lock_guard lock(mutex_);
  for (; !rest.empty(); rest.pop_back()) waiting_.push_front(std::move(rest.back()));
}

bool Sequencer::step() {
  Waiting taken;
  std::deque<std::unique_ptr<StagedCommit>> staged;
  {
    std::unique_lock lock(mutex_);
    if (!alone_.empty()) {
      const Callback<void()> work = std::move(alone_.front());
      alone_.pop_front();
      lock.unlock();
      work();
      return true;
    }
    if (!has_work()) return false;
    taken.swap(waiting_);
    staged.swap(staged_);
  }
  Group group;
  for (std::unique_ptr<StagedCommit>& commit : staged) add_staged(group, std::move(commit));
  while (!taken.empty() && add(group, taken.front())) taken.pop_front();
  give_back(std::move(taken));
  const Result<> written = write(group);
  finish(group, written);
  return true;
}

bool Sequencer::is_held(TenantId tenant, const ResourceKey& key) const {
  return held_.contains(held_name(tenant, key.type, key.id));
}

/// Whether a large commit has a resource that this one writes.
bool Sequencer::is_held(const Prepared& prepared, const Decision* decision) const {
  if (held_.empty()) return false;
  const TenantId tenant = prepared.context.tenant;
  const auto is_named = [&](const ResourceKey& key) { return held_.contains(held_name(tenant, key.type, key.id)); };
  if (decision == nullptr) {
    return std::any_of(prepared.writes.begin(), prepared.writes.end(),
                       [&](const PreparedWrite& write) { return !write.has_new_id && is_named(write.key); });
  }
  return std::any_of(decision->outcomes.begin(), decision->outcomes.end(),
                     [&](const WriteOutcome& outcome) { return is_named(outcome.key); });
}

/// False when it belongs to the next group.
bool Sequencer::add(Group& group, std::unique_ptr<Prepared>& prepared) {
  const auto refuse = [&](CommitFailure failure) {
    group.members.push_back({std::move(prepared), nullptr, {}, 0, tl::unexpected(std::move(failure))});
    return true;
  };
  if (broken_) return refuse(CommitFailure(*broken_));
  const WriteContext& context = prepared->context;
  if (Result<> wanted = keep_going(context.deadline, context.stop); !wanted) {
    return refuse(CommitFailure(std::move(wanted).error()));
  }
  const bool is_large = prepared->bytes > rules_.large_bytes || prepared->writes.size() > rules_.large_writes;
  const std::size_t adds = is_large ? 0 : prepared->bytes;
  if (!group.batch.empty() && (is_large || group.batch.bytes() + adds > kv::kMaxBatchBytes - kBatchMargin)) {
    return false;
  }
  if (is_held(*prepared, nullptr)) {
    parked_.push_back(std::move(prepared));
    return true;
  }
  Result<Group::Tenant*> found = group.tenant(parts_.snapshots, context.tenant);
  if (!found) return refuse(CommitFailure(std::move(found).error()));
  Group::Tenant& tenant = **found;
  if (!Decider::can_decide(*prepared, tenant.currents)) return false;
  auto decision = parts_.decider.decide(*prepared, tenant.currents);
  if (!decision) return refuse(std::move(decision).error());
  if (is_held(*prepared, &*decision)) {
    parked_.push_back(std::move(prepared));
    return true;
  }
  if (is_large && !decision->rows.empty()) {
    begin_large(group, std::move(prepared), std::move(*decision));
    return true;
  }
  Member member{std::move(prepared), nullptr, std::move(*decision), 0, CommitOutcome{}};
  CommitOutcome outcome{CommitNumber(0), tenant.state.time, std::move(member.decision.outcomes)};
  const std::vector<PlannedRow>& rows = member.decision.rows;
  if (!rows.empty()) {
    TenantState& state = tenant.state;
    member.first = state.next_row;
    state.commit += 1;
    state.time = std::max(state.time, parts_.clock.now());
    state.next_row += rows.size();
    count_rows(state, rows);
    tenant.is_changed = true;
    const TenantId id = member.prepared->context.tenant;
    put_rows(group.batch, id, rows, member.first, state.commit, state.time);
    group.batch.put(space::kCommits, number_key(id, state.commit),
                    commit_record(member.prepared->context, state, member.first, rows.size()).encode());
    apply(member.decision, member.first, tenant.currents);
    outcome.commit = CommitNumber(state.commit);
    outcome.time = state.time;
  }
  member.outcome = std::move(outcome);
  group.members.push_back(std::move(member));
  return true;
}

/// Reserves its rows; they are a hole until it is committed.
void Sequencer::begin_large(Group& group, std::unique_ptr<Prepared> prepared, Decision decision) {
  const TenantId id = prepared->context.tenant;
  Group::Tenant& tenant = group.tenants.at(id);
  auto staged = std::make_unique<StagedCommit>();
  staged->first = tenant.state.next_row;
  const Span span{Span::Fate::staging, decision.rows.size(), 0, {}};
  tenant.state.next_row += span.count;
  tenant.own_spans().push_back({staged->first, span});
  tenant.is_changed = true;
  group.batch.put(space::kSpans, number_key(id, staged->first), span.encode());
  for (const WriteOutcome& outcome : decision.outcomes) held_.insert(held_name(id, outcome.key.type, outcome.key.id));
  staged->decision = std::move(decision);
  staged->prepared = std::move(prepared);
  group.begun.push_back(std::move(staged));
}

/// Gives a large commit its number, or its rows up.
void Sequencer::add_staged(Group& group, std::unique_ptr<StagedCommit> staged) {
  const WriteContext& context = staged->prepared->context;
  const TenantId id = context.tenant;
  const index::Row count = staged->decision.rows.size();
  Member member{nullptr, nullptr, {}, staged->first, CommitOutcome{}};
  Result<Group::Tenant*> found = group.tenant(parts_.snapshots, id);
  if (broken_) staged->error = *broken_;
  if (!found) staged->error = found.error();
  if (!staged->error) {
    // What its searches found may have changed meanwhile.
    if (Result<> holds = parts_.decider.still_holds(*staged->prepared, (*found)->currents); !holds) {
      staged->error = std::move(holds).error();
    }
  }
  if (found) {
    Group::Tenant& tenant = **found;
    TenantState& state = tenant.state;
    Span span{Span::Fate::hole, count, 0, {}};
    if (!staged->error) {
      state.commit += 1;
      state.time = std::max(state.time, parts_.clock.now());
      count_rows(state, staged->decision.rows);
      span = {Span::Fate::committed, count, state.commit, state.time};
      group.batch.put(space::kCommits, number_key(id, state.commit),
                      commit_record(context, state, staged->first, count).encode());
      apply(staged->decision, staged->first, tenant.currents);
      member.outcome = CommitOutcome{CommitNumber(state.commit), state.time, staged->decision.outcomes};
    }
    for (SpanEntry& entry : tenant.own_spans()) {
      if (entry.first == staged->first) entry.span = span;
    }
    group.batch.put(space::kSpans, number_key(id, staged->first), span.encode());
    tenant.is_changed = true;
  }
  if (staged->error) member.outcome = tl::unexpected(CommitFailure(*staged->error));
  member.staged = std::move(staged);
  group.members.push_back(std::move(member));
}

Result<> Sequencer::write(Group& group) {
  if (group.batch.empty()) return {};
  if (broken_) return fail(*broken_);
  for (const auto& [id, tenant] : group.tenants) {
    if (tenant.is_changed) group.batch.put(space::kState, tenant_key(id), tenant.state.encode());
  }
  return parts_.kv.commit(group.batch, kv::Durability::synced);
}

void Sequencer::append_to_index(TenantId tenant, const Decision& decision, index::Row first) {
  struct Head {
    index::Index& index;
    TenantId tenant;
    void add(index::Row row, const index::Entries& entries, std::optional<index::Row> supersedes) {
      index.append(tenant.value(), row, entries, supersedes);
    }
  } head{parts_.index, tenant};
  for (const PlannedRow& row : decision.rows) add_to(head, row, first++);
}

void Sequencer::publish(TenantId tenant, TenantState state, std::shared_ptr<const SpanTable> spans) {
  Horizon horizon;
  horizon.tenant = tenant;
  horizon.commit = state.commit;
  horizon.time = state.time;
  horizon.visible = {state.next_row, holes(*spans, state.next_row, state.commit)};
  horizon.spans = std::move(spans);
  horizon.state = std::make_shared<const TenantState>(std::move(state));
  parts_.snapshots.publish(std::move(horizon));
}

void Sequencer::finish(Group& group, const Result<>& written) {
  if (!written && written.error().code() == ErrorCode::io_failure) {
    broken_ =
        Error(ErrorCode::io_failure, "writing failed and nothing more is written until the store is opened again");
  }
  if (written) {
    for (const Member& member : group.members) {
      if (member.prepared != nullptr && member.outcome) {
        append_to_index(member.prepared->context.tenant, member.decision, member.first);
      }
    }
    for (auto& [id, tenant] : group.tenants) {
      if (!tenant.is_changed) continue;
      const CommitNumber commit(tenant.state.commit);
      const bool is_new = commit.value() != tenant.currents.snapshot().horizon->commit;
      publish(id, std::move(tenant.state), std::move(tenant.spans));
      if (is_new) parts_.wakers.call(id, commit);
      if (parts_.index.wants_flush(id.value())) parts_.stager.flush(id);
    }
  }
  std::size_t bytes = 0;
  const auto release = [&](const StagedCommit& staged) {
    const TenantId tenant = staged.prepared->context.tenant;
    for (const WriteOutcome& outcome : staged.decision.outcomes) {
      held_.erase(held_name(tenant, outcome.key.type, outcome.key.id));
    }
    give_back(std::exchange(parked_, {}));
  };
  for (Member& member : group.members) {
    // What was refused on the ground of commits that did not happen is refused for their reason.
    if (!written) member.outcome = tl::unexpected(CommitFailure(written.error()));
    Prepared& prepared = member.staged != nullptr ? *member.staged->prepared : *member.prepared;
    bytes += prepared.bytes;
    if (member.staged != nullptr) {
      if (member.staged->error && !broken_) {
        // Nobody sees these rows; what is left of them when this fails is swept at the next start.
        static_cast<void>(
            sweep(parts_.kv, prepared.context.tenant, member.staged->first, member.staged->decision.rows.size()));
      }
      release(*member.staged);
    }
    parts_.delivery.add(std::move(prepared.done), std::move(member.outcome));
  }
  for (std::unique_ptr<StagedCommit>& begun : group.begun) {
    if (written) continue;
    bytes += begun->prepared->bytes;
    release(*begun);
    parts_.delivery.add(std::move(begun->prepared->done), tl::unexpected(CommitFailure(written.error())));
    begun.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= bytes;
    for (const Member& member : group.members) under_way_ -= member.staged != nullptr ? 1 : 0;
    for (const std::unique_ptr<StagedCommit>& begun : group.begun) under_way_ += begun != nullptr ? 1 : 0;
  }
  for (std::unique_ptr<StagedCommit>& begun : group.begun) {
    if (begun != nullptr) parts_.stager.add(std::move(begun));
  }
}

void Sequencer::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return has_work() || (stopping_ && under_way_ == 0); });
      if (!has_work()) return;
    }
    step();
  }
}

void Sequencer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

}  // namespace meridian::store
