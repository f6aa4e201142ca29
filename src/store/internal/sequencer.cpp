#include "store/internal/sequencer.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "store/internal/wakers.hpp"

namespace meridian::store {

struct Sequencer::Member {
  std::unique_ptr<Prepared> prepared;
  tl::expected<CommitOutcome, CommitFailure> outcome;
};

struct Sequencer::Group {
  struct Tenant {
    Tenant(Snapshot snapshot, TenantState before) : currents(std::move(snapshot)), state(std::move(before)) {}
    Currents currents;
    TenantState state;
    bool is_changed = false;
  };
  std::vector<Member> members;
  std::map<TenantId, Tenant> tenants;
  kv::Batch batch;
};

void Sequencer::submit(std::unique_ptr<Prepared> prepared) {
  {
    const std::lock_guard lock(mutex_);
    const bool fits = waiting_.empty() || waiting_bytes_ + prepared->bytes <= max_waiting_bytes_;
    if (fits && !stopping_) {
      waiting_bytes_ += prepared->bytes;
      waiting_.push_back(std::move(prepared));
    }
  }
  if (prepared != nullptr) {
    CommitFailure busy(Error(ErrorCode::busy, "too many commits are waiting to be written"));
    parts_.delivery.add(std::move(prepared->done), tl::unexpected(std::move(busy)));
    return;
  }
  changed_.notify_one();
}

std::deque<std::unique_ptr<Prepared>> Sequencer::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Sequencer::give_back(std::deque<std::unique_ptr<Prepared>> rest) {
  const std::lock_guard lock(mutex_);
  for (; !rest.empty(); rest.pop_back()) waiting_.push_front(std::move(rest.back()));
}

bool Sequencer::step() {
  std::deque<std::unique_ptr<Prepared>> taken = take();
  if (taken.empty()) return false;
  Group group;
  while (!taken.empty() && add(group, taken.front())) taken.pop_front();
  std::size_t bytes = 0;
  for (const Member& member : group.members) bytes += member.prepared->bytes;
  {
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= bytes;
  }
  give_back(std::move(taken));
  const Result<> written = write(group);
  finish(group, written);
  return true;
}

/// False when it belongs to the next group.
bool Sequencer::add(Group& group, std::unique_ptr<Prepared>& prepared) {
  const auto refuse = [&](CommitFailure failure) {
    group.members.push_back({std::move(prepared), tl::unexpected(std::move(failure))});
    return true;
  };
  if (broken_) return refuse(CommitFailure(*broken_));
  const WriteContext& context = prepared->context;
  if (Result<> wanted = keep_going(context.deadline, context.stop); !wanted) {
    return refuse(CommitFailure(std::move(wanted).error()));
  }
  if (!group.batch.empty() && group.batch.bytes() + prepared->bytes > kv::kMaxBatchBytes - kBatchMargin) return false;

  auto found = group.tenants.find(context.tenant);
  if (found == group.tenants.end()) {
    Result<Snapshot> snapshot = parts_.snapshots.take(context.tenant, {});
    if (!snapshot) return refuse(CommitFailure(std::move(snapshot).error()));
    const TenantState state = *snapshot->horizon->state;
    found = group.tenants.try_emplace(context.tenant, std::move(*snapshot), state).first;
  }
  Group::Tenant& tenant = found->second;
  auto decision = decide(*prepared, tenant.currents, parts_.codec);
  if (!decision) return refuse(std::move(decision).error());
  CommitOutcome outcome{CommitNumber(0), tenant.state.time, std::move(decision->outcomes)};
  if (!decision->rows.empty()) {
    TenantState& state = tenant.state;
    const index::Row first = state.next_row;
    state.commit += 1;
    state.time = std::max(state.time, parts_.clock.now());
    state.next_row += decision->rows.size();
    count_rows(state, decision->rows);
    tenant.is_changed = true;
    put_rows(group.batch, context.tenant, decision->rows, first, state.commit, state.time);
    group.batch.put(space::kCommits, number_key(context.tenant, state.commit),
                    commit_record(context, state, first, decision->rows.size()).encode());
    apply(*decision, first, tenant.currents);
    outcome.commit = CommitNumber(state.commit);
    outcome.time = state.time;
  }
  group.members.push_back({std::move(prepared), std::move(outcome)});
  return true;
}

Result<> Sequencer::write(Group& group) {
  if (group.batch.empty()) return {};
  for (const auto& [id, tenant] : group.tenants) {
    if (tenant.is_changed) group.batch.put(space::kState, tenant_key(id), tenant.state.encode());
  }
  return parts_.kv.commit(group.batch, kv::Durability::synced);
}

void Sequencer::finish(Group& group, const Result<>& written) {
  if (written) {
    for (auto& [id, tenant] : group.tenants) {
      if (!tenant.is_changed) continue;
      const Horizon& before = *tenant.currents.snapshot().horizon;
      Horizon horizon;
      horizon.tenant = id;
      horizon.commit = tenant.state.commit;
      horizon.time = tenant.state.time;
      horizon.visible = {tenant.state.next_row, holes(*before.spans, tenant.state.next_row, tenant.state.commit)};
      horizon.spans = before.spans;
      horizon.state = std::make_shared<const TenantState>(std::move(tenant.state));
      parts_.snapshots.publish(horizon);
      parts_.wakers.call(id, CommitNumber(horizon.commit));
    }
  } else if (written.error().code() == ErrorCode::io_failure) {
    broken_ =
        Error(ErrorCode::io_failure, "writing failed and nothing more is written until the store is opened again");
  }
  for (Member& member : group.members) {
    // What was refused on the ground of commits that did not happen is refused for their reason.
    if (!written) member.outcome = tl::unexpected(CommitFailure(written.error()));
    parts_.delivery.add(std::move(member.prepared->done), std::move(member.outcome));
  }
}

void Sequencer::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
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
