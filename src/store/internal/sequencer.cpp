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
  std::vector<std::unique_ptr<StagedCommit>> begun;  // large commits that the Stager gets when this is written
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
    --under_way_;
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
    // One large commit ends a group: none after it has to see what it wrote.
    for (bool is_last = false; !is_last && !staged_.empty(); staged_.pop_front()) {
      is_last = staged_.front()->step == StagedCommit::Step::write;
      staged.push_back(std::move(staged_.front()));
    }
  }
  Group group;
  while (!taken.empty() && add(group, taken.front())) taken.pop_front();
  give_back(std::move(taken));
  for (std::unique_ptr<StagedCommit>& commit : staged) add_staged(group, std::move(commit));
  const Result<> written = write(group);
  finish(group, written);
  return true;
}

bool Sequencer::is_held(TenantId tenant, const ResourceKey& key) const {
  return !large_.empty() && is_held(tenant, text_of(key));
}

bool Sequencer::is_held(TenantId tenant, const std::string& key) const {
  return std::any_of(large_.begin(), large_.end(), [&](const Prepared* large) {
    return large->context.tenant == tenant && large->keys.contains(key);
  });
}

/// Whether a large commit has a resource that this one writes.
bool Sequencer::is_held(const Prepared& prepared, const Decision* decision) const {
  if (large_.empty()) return false;
  const TenantId tenant = prepared.context.tenant;
  if (decision == nullptr) {
    return std::any_of(prepared.keys.begin(), prepared.keys.end(),
                       [&](const std::string& key) { return is_held(tenant, key); });
  }
  return std::any_of(decision->outcomes.begin(), decision->outcomes.end(),
                     [&](const WriteOutcome& outcome) { return is_held(tenant, text_of(outcome.key)); });
}

void Sequencer::release(const Prepared& prepared) {
  std::erase(large_, &prepared);
  give_back(std::exchange(parked_, {}));
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
  const bool is_decided_apart = is_large && Decider::knows_targets(*prepared);
  const std::size_t adds = is_large ? 0 : prepared->bytes;
  const bool needs_a_group = is_large && !is_decided_apart;
  if (!group.batch.empty() && (needs_a_group || group.batch.bytes() + adds > kv::kMaxBatchBytes - kBatchMargin)) {
    return false;
  }
  if (is_held(*prepared, nullptr)) {
    parked_.push_back(std::move(prepared));
    return true;
  }
  if (is_decided_apart) {
    begin_large(group, std::move(prepared), std::nullopt);
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
  for (const PlannedNote& note : member.decision.notes) put_note(group.batch, note);
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

/// Holds its resources.
void Sequencer::begin_large(Group& group, std::unique_ptr<Prepared> prepared, std::optional<Decision> decision) {
  large_.push_back(prepared.get());
  auto staged = std::make_unique<StagedCommit>();
  staged->prepared = std::move(prepared);
  if (!decision) {
    group.begun.push_back(std::move(staged));
    return;
  }
  for (const WriteOutcome& outcome : decision->outcomes) staged->prepared->keys.insert(text_of(outcome.key));
  staged->decision = *std::move(decision);
  reserve(group, std::move(staged));
}

/// Reserves the rows of what is decided; they are a hole until it is committed.
void Sequencer::reserve(Group& group, std::unique_ptr<StagedCommit> staged) {
  staged->step = StagedCommit::Step::write;
  const TenantId id = staged->prepared->context.tenant;
  Group::Tenant& tenant = group.tenants.at(id);
  staged->first = tenant.state.next_row;
  const Span span{Span::Fate::staging, staged->decision.rows.size(), 0, {}};
  tenant.state.next_row += span.count;
  tenant.own_spans().push_back({staged->first, span});
  tenant.is_changed = true;
  group.batch.put(space::kSpans, number_key(id, staged->first), span.encode());
  group.begun.push_back(std::move(staged));
}

/// Takes a large commit to its next step: rows, when it has been decided; its number, when it has been written; or its
/// end, and what it had is given up.
void Sequencer::add_staged(Group& group, std::unique_ptr<StagedCommit> staged) {
  const WriteContext& context = staged->prepared->context;
  const TenantId id = context.tenant;
  const index::Row count = staged->decision.rows.size();
  Result<Group::Tenant*> found = group.tenant(parts_.snapshots, id);
  if (!found) staged->failure = CommitFailure(found.error());
  if (broken_) staged->failure = CommitFailure(*broken_);
  const bool is_written = staged->step == StagedCommit::Step::write;
  if (!staged->failure && !is_written && count > 0) return reserve(group, std::move(staged));
  if (!staged->failure && is_written) {
    // What its searches found may have changed meanwhile.
    if (Result<> holds = parts_.decider.still_holds(*staged->prepared, (*found)->currents); !holds) {
      staged->failure = CommitFailure(std::move(holds).error());
    }
  }
  Member member{nullptr, nullptr, {}, staged->first, CommitOutcome{}};
  if (!staged->failure) {
    member.outcome = CommitOutcome{CommitNumber(0), (*found)->state.time, std::move(staged->decision.outcomes)};
  } else {
    member.outcome = tl::unexpected(*staged->failure);
  }
  if (found && is_written) {
    Group::Tenant& tenant = **found;
    TenantState& state = tenant.state;
    Span span{Span::Fate::hole, count, 0, {}};
    if (!staged->failure) {
      state.commit += 1;
      state.time = std::max(state.time, parts_.clock.now());
      count_rows(state, staged->decision.rows);
      span = {Span::Fate::committed, count, state.commit, state.time};
      group.batch.put(space::kCommits, number_key(id, state.commit),
                      commit_record(context, state, staged->first, count).encode());
      member.outcome->commit = CommitNumber(state.commit);
      member.outcome->time = state.time;
    }
    for (SpanEntry& entry : tenant.own_spans()) {
      if (entry.first == staged->first) entry.span = span;
    }
    group.batch.put(space::kSpans, number_key(id, staged->first), span.encode());
    tenant.is_changed = true;
  }
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
  for (Member& member : group.members) {
    // What was refused on the ground of commits that did not happen is refused for their reason.
    if (!written) member.outcome = tl::unexpected(CommitFailure(written.error()));
    Prepared& prepared = member.staged != nullptr ? *member.staged->prepared : *member.prepared;
    bytes += prepared.bytes;
    if (member.staged != nullptr) {
      if (member.staged->step == StagedCommit::Step::write && member.staged->failure && !broken_) {
        // Nobody sees these rows; what is left of them when this fails is swept at the next start.
        static_cast<void>(
            sweep(parts_.kv, prepared.context.tenant, member.staged->first, member.staged->decision.rows.size()));
      }
      release(prepared);
    }
    parts_.delivery.add(std::move(prepared.done), std::move(member.outcome));
  }
  for (std::unique_ptr<StagedCommit>& begun : group.begun) {
    if (written) continue;
    bytes += begun->prepared->bytes;
    release(*begun->prepared);
    parts_.delivery.add(std::move(begun->prepared->done), tl::unexpected(CommitFailure(written.error())));
    begun.reset();
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= bytes;
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
