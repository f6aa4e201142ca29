#include "store/internal/deciding.hpp"

namespace meridian::store {

namespace {

std::string map_key(const ResourceKey& key) {
  return key.type + '/' + key.id;
}

bool is_alive(const std::optional<Current>& current) {
  return current && current->change != Change::deleted;
}

/// https://hl7.org/fhir/R4/http.html#concurrency, https://hl7.org/fhir/R4/http.html#cread
Result<> check_condition(const Condition& condition, const std::optional<Current>& current) {
  if (condition.must_be_absent && is_alive(current)) {
    return fail(ErrorCode::precondition_failed, "the resource is there already");
  }
  if (condition.version && (!is_alive(current) || current->number != *condition.version)) {
    return fail(ErrorCode::precondition_failed, is_alive(current)
                                                    ? "the present version is " + std::to_string(current->number)
                                                    : std::string("the resource is not there"));
  }
  return {};
}

/// Whether a write says what the current version says already, to the byte.
Result<bool> says_the_same(const PreparedWrite& write, const Current& current, const Snapshot& snapshot,
                           const ValueCodec& codec) {
  if (write.hash != current.hash || write.home != current.home) return false;
  const TenantId tenant = snapshot.horizon->tenant;
  const ValueText text = TRY(codec.decode(tenant, write.home, write.value));
  if (current.pending != nullptr) {
    return TRY(codec.decode(tenant, current.home, current.pending->value)).text == text.text;
  }
  const std::string key = value_key(tenant, current.home, write.key.type, write.key.id, current.row);
  return TRY(codec.decode(tenant, current.home, TRY(get_value(*snapshot.view, key)))).text == text.text;
}

Result<> decide_write(const PreparedWrite& write, const Currents& currents, const ValueCodec& codec,
                      Decision& decision) {
  std::optional<Current> current;
  if (!write.has_new_id) current = TRY(currents.find(write.key));
  TRY(check_condition(write.condition, current));
  WriteOutcome outcome{WriteStatus::created, write.key, current ? current->number : 0};
  PlannedRow row;
  switch (write.kind) {
    case WriteKind::check:
      outcome.status = is_alive(current) ? WriteStatus::existed : WriteStatus::absent;
      decision.outcomes.push_back(std::move(outcome));
      return {};
    case WriteKind::remove:
      if (!is_alive(current)) {
        outcome.status = WriteStatus::absent;
        decision.outcomes.push_back(std::move(outcome));
        return {};
      }
      outcome.status = WriteStatus::deleted;
      row.entry.change = Change::deleted;
      row.entry.home = current->home;
      break;
    case WriteKind::create:
      if (is_alive(current)) return fail(ErrorCode::conflict, "a resource with this id is there already");
      row.entry.home = write.home;
      break;
    case WriteKind::update:
      if (is_alive(current)) {
        if (TRY(says_the_same(write, *current, currents.snapshot(), codec))) {
          outcome.status = WriteStatus::unchanged;
          decision.outcomes.push_back(std::move(outcome));
          return {};
        }
        outcome.status = WriteStatus::updated;
        row.entry.change = Change::updated;
      }
      row.entry.home = write.home;
      break;
  }
  outcome.version = current ? current->number + 1 : 1;
  row.write = &write;
  row.entry.type = write.key.type;
  row.entry.id = write.key.id;
  row.entry.number = outcome.version;
  if (current) {
    row.entry.supersedes = current->row;
    row.old_home = current->home;
    row.was_alive = is_alive(current);
  }
  row.outcome = decision.outcomes.size();
  decision.rows.push_back(std::move(row));
  decision.outcomes.push_back(std::move(outcome));
  return {};
}

}  // namespace

Result<std::optional<Current>> Currents::find(const ResourceKey& key) const {
  if (const auto found = decided_.find(map_key(key)); found != decided_.end()) return found->second;
  std::optional<Located> located = TRY(find_current(snapshot_, key.type, key.id));
  if (!located) return std::nullopt;
  Pointer& pointer = located->pointer;
  return Current{located->row, pointer.change, pointer.number, pointer.hash, std::move(pointer.home), nullptr};
}

void Currents::put(const ResourceKey& key, Current current) {
  decided_[map_key(key)] = std::move(current);
}

tl::expected<Decision, CommitFailure> decide(const Prepared& prepared, const Currents& currents,
                                             const ValueCodec& codec) {
  Decision decision;
  decision.outcomes.reserve(prepared.writes.size());
  for (std::size_t i = 0; i < prepared.writes.size(); ++i) {
    Result<> done = decide_write(prepared.writes[i], currents, codec, decision);
    if (!done) return tl::unexpected(CommitFailure(std::move(done).error(), i));
  }
  return decision;
}

void apply(const Decision& decision, index::Row first, Currents& currents) {
  for (const PlannedRow& row : decision.rows) {
    currents.put({row.entry.type, row.entry.id},
                 {first++, row.entry.change, row.entry.number, row.write->hash, row.entry.home, row.write});
  }
}

}  // namespace meridian::store
