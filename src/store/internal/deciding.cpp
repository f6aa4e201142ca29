#include "store/internal/deciding.hpp"

#include <algorithm>
#include <unordered_set>

namespace meridian::store {

namespace {

constexpr std::size_t kLookEvery = 256;  // writes between two looks at the deadline

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

/// What searches found must not make two writes of a commit one resource's, nor give two an identifier that is unique.
Result<> keep_apart(const PreparedWrite& write, std::unordered_set<std::string>& written,
                    std::unordered_set<std::string>& identifiers) {
  if (write.search && write.kind != WriteKind::create && !written.insert(text_of(write.key)).second) {
    return fail(ErrorCode::invalid_argument, "two conditions of the commit hold of the same resource");
  }
  for (const PreparedWrite::Identifier& identifier : write.identifiers) {
    if (!identifiers.insert(write.key.type + '|' + identifier.text).second) {
      return fail(ErrorCode::conflict, "two resources of the commit have an identifier that is unique");
    }
  }
  return {};
}

}  // namespace

std::string text_of(const ResourceKey& key) {
  return key.type + '/' + key.id;
}

Result<std::optional<Current>> Currents::find(const ResourceKey& key) const {
  if (const auto found = decided_.find(text_of(key)); found != decided_.end()) return found->second;
  std::optional<Located> located = TRY(find_current(snapshot_, key.type, key.id));
  if (!located) return std::nullopt;
  Pointer& pointer = located->pointer;
  return Current{key, located->row, pointer.change, pointer.number, pointer.hash, std::move(pointer.home), nullptr};
}

void Currents::put(Current current) {
  decided_[text_of(current.key)] = std::move(current);
}

bool Decider::can_decide(const Prepared& prepared, const Currents& currents) {
  if (currents.decided().empty()) return true;
  return std::none_of(prepared.writes.begin(), prepared.writes.end(),
                      [](const PreparedWrite& write) { return write.search && looks_around(*write.search); });
}

bool Decider::knows_targets(const Prepared& prepared) {
  return std::none_of(prepared.writes.begin(), prepared.writes.end(),
                      [](const PreparedWrite& write) { return write.search.has_value(); });
}

Result<std::vector<ResourceKey>> Decider::matches(const Currents& currents, const std::string& type,
                                                  const search::Filter& filter) const {
  const Snapshot& snapshot = currents.snapshot();
  std::vector<ResourceKey> found;
  const index::Rows rows = TRY(searching_.rows(snapshot, type, filter));
  for (std::optional<index::Row> row = rows.at_or_after(0); row; row = rows.at_or_after(*row + 1)) {
    const std::optional<RowFacts> facts = TRY(find_row(snapshot, *row));
    if (!facts) continue;
    ResourceKey key{facts->entry.type, facts->entry.id};
    // What the group has decided about it counts below.
    if (!currents.decided().contains(text_of(key))) found.push_back(std::move(key));
  }
  for (const auto& [text, current] : currents.decided()) {
    if (current.key.type != type || current.change == Change::deleted) continue;
    const fhir::Node root = current.pending->document.root();
    if (TRY(searching_.matches(snapshot.horizon->tenant, root, current.key.id, filter))) found.push_back(current.key);
  }
  return found;
}

/// https://hl7.org/fhir/R4/http.html#ccreate, https://hl7.org/fhir/R4/http.html#cond-update
Result<Decider::Target> Decider::find_target(TenantId tenant, PreparedWrite& write, const Currents& currents,
                                             Decision& decision) const {
  if (!write.search) return Target::known;
  const std::vector<ResourceKey> found = TRY(matches(currents, write.key.type, *write.search));
  write.found = found.empty() ? std::nullopt : std::optional(found[0]);
  if (found.size() > 1) {
    return fail(ErrorCode::precondition_failed,
                "the condition holds of " + std::to_string(found.size()) + " resources, not of one");
  }
  if (write.kind == WriteKind::create) {
    if (found.empty()) return Target::known;
    if (write.condition.refuses_match) {
      return fail(ErrorCode::precondition_failed, "a resource that satisfies the condition is there already");
    }
    const std::optional<Current> current = TRY(currents.find(found[0]));
    decision.outcomes.push_back({WriteStatus::existed, found[0], current ? current->number : 0});
    return Target::settled;
  }
  if (found.empty()) {
    if (!write.is_id_given) {
      if (write.kind != WriteKind::update) {
        decision.outcomes.push_back({WriteStatus::absent, write.key, 0});
        return Target::settled;
      }
      if (!write.has_new_id) TRY(preparation_.retarget(tenant, write, preparation_.new_id()));
      write.has_new_id = true;
    }
    return Target::known;
  }
  if (write.is_id_given && write.key.id != found[0].id) {
    return fail(ErrorCode::invalid_argument, "the condition holds of a resource with another id");
  }
  if (write.key.id != found[0].id) TRY(preparation_.retarget(tenant, write, found[0].id));
  return Target::known;
}

/// What must be so in other resources: identifiers that nobody else has, references that lead somewhere.
Result<> Decider::check_around(const Prepared& prepared, const PreparedWrite& write, const Currents& currents) const {
  for (const PreparedWrite::Identifier& identifier : write.identifiers) {
    for (const ResourceKey& other : TRY(matches(currents, write.key.type, identifier.search))) {
      if (other != write.key) return fail(ErrorCode::conflict, "another resource has an identifier that is unique");
    }
  }
  for (const ResourceKey& reference : write.references) {
    const auto is_written = [&](const PreparedWrite& other) {
      return other.key == reference && other.document.has_root();
    };
    if (std::any_of(prepared.writes.begin(), prepared.writes.end(), is_written)) continue;
    if (!is_alive(TRY(currents.find(reference)))) {
      return fail(ErrorCode::unprocessable, "a reference leads to a resource that is not there");
    }
  }
  return {};
}

Result<> Decider::decide_note(TenantId tenant, PreparedWrite& write, const Current& current, Decision& decision) const {
  if (write.note.empty()) return {};
  write.sealed = TRY(codec_.seal(tenant, current.home, write.note));
  decision.notes.push_back({value_key(tenant, current.home, current.key.type, current.key.id, current.row), &write});
  return {};
}

Result<> Decider::decide_write(Prepared& prepared, PreparedWrite& write, const Currents& currents,
                               Decision& decision) const {
  if (TRY(find_target(prepared.context.tenant, write, currents, decision)) == Target::settled) return {};
  std::optional<Current> current;
  if (!write.has_new_id) current = TRY(currents.find(write.key));
  TRY(check_condition(write.condition, current));
  TRY(check_around(prepared, write, currents));
  WriteOutcome outcome{WriteStatus::created, write.key, current ? current->number : 0};
  PlannedRow row;
  switch (write.kind) {
    case WriteKind::check:
      outcome.status = is_alive(current) ? WriteStatus::existed : WriteStatus::absent;
      decision.outcomes.push_back(std::move(outcome));
      return {};
    case WriteKind::note:
      outcome.status = is_alive(current) ? WriteStatus::unchanged : WriteStatus::absent;
      if (is_alive(current)) TRY(decide_note(prepared.context.tenant, write, *current, decision));
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
        if (TRY(says_the_same(write, *current, currents.snapshot(), codec_))) {
          outcome.status = WriteStatus::unchanged;
          TRY(decide_note(prepared.context.tenant, write, *current, decision));
          decision.outcomes.push_back(std::move(outcome));
          return {};
        }
        outcome.status = WriteStatus::updated;
        row.entry.change = Change::updated;
      }
      row.entry.home = write.home;
      break;
  }
  if (!write.note.empty()) write.sealed = TRY(codec_.seal(prepared.context.tenant, row.entry.home, write.note));
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
  decision.rows.push_back(std::move(row));
  decision.outcomes.push_back(std::move(outcome));
  return {};
}

tl::expected<Decision, CommitFailure> Decider::decide(Prepared& prepared, const Currents& currents) const {
  Decision decision;
  decision.outcomes.reserve(prepared.writes.size());
  std::unordered_set<std::string> written;
  std::unordered_set<std::string> identifiers;
  for (std::size_t i = 0; i < prepared.writes.size(); ++i) {
    Result<> done;
    if (i % kLookEvery == kLookEvery - 1) done = keep_going(prepared.context.deadline, prepared.context.stop);
    if (done) done = decide_write(prepared, prepared.writes[i], currents, decision);
    if (done) done = keep_apart(prepared.writes[i], written, identifiers);
    if (!done) return tl::unexpected(CommitFailure(std::move(done).error(), i));
  }
  return decision;
}

Result<> Decider::still_holds(const Prepared& prepared, const Currents& currents) const {
  for (const PreparedWrite& write : prepared.writes) {
    if (!write.search && write.identifiers.empty() && write.references.empty()) continue;
    TRY(keep_going(prepared.context.deadline, prepared.context.stop));
    TRY(check_around(prepared, write, currents));
    if (!write.search) continue;
    const std::vector<ResourceKey> found = TRY(matches(currents, write.key.type, *write.search));
    const bool is_same = write.found ? found.size() == 1 && found[0] == *write.found : found.empty();
    if (!is_same) {
      return fail(ErrorCode::conflict, "what a condition holds of changed while the commit was being written");
    }
  }
  return {};
}

void apply(const Decision& decision, index::Row first, Currents& currents) {
  for (const PlannedRow& row : decision.rows) {
    currents.put({{row.entry.type, row.entry.id},
                  first++,
                  row.entry.change,
                  row.entry.number,
                  row.write->hash,
                  row.entry.home,
                  row.write});
  }
}

}  // namespace meridian::store
