// The stages of the pipeline, as a table of contents.
#include <algorithm>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/uuid.hpp"
#include "formats/fhir/document.hpp"
#include "ingest/internal/pipeline_state.hpp"
#include "ingest/messages.hpp"
#include "ingest/record_writer.hpp"
#include "store/store.hpp"

namespace meridian::ingest {

const std::array<Pipeline::State::Row, 7> Pipeline::State::kTable = {{
    {Stage::parse, &State::parse},
    {Stage::route, &State::route},
    {Stage::map, &State::map},
    {Stage::resolve, &State::resolve},
    {Stage::check, &State::check},
    {Stage::commit, &State::commit},
    {Stage::forward, &State::forward},
}};

std::string marker_id(const MessageId& id, std::uint32_t epoch) {
  return Uuid::of_digest(sha256("meridian inbox " + id.to_string() + ' ' + std::to_string(epoch))).to_string();
}

bool is_type_wanted(const std::vector<std::string>& types, std::string_view type) {
  return types.empty() || std::ranges::any_of(types, [type](std::string_view wanted) {
           return wanted.ends_with('*') ? type.starts_with(wanted.substr(0, wanted.size() - 1)) : type == wanted;
         });
}

namespace {

/// The target of the marker must be a resource; what was removed is one too.
std::string marker_json(const Message& message, const std::string& id, const Writes& writes) {
  std::string targets;
  for (const mapping::Write& write : writes) {
    if (write.is_transient()) continue;
    const store::ResourceKey key = key_of(write);
    if (!targets.empty()) targets += ',';
    targets += R"({"reference":")" + key.type + '/' + key.id + "\"}";
  }
  return R"({"resourceType":"Provenance","id":")" + id + R"(","target":[)" + targets + R"(],"recorded":")" +
         message.arrived.to_string() + R"(","agent":[{"who":{"display":"feed/)" + message.id.feed +
         R"("}}],"entity":[{"role":"source","what":{"identifier":{"system":"urn:meridian:inbox","value":")" +
         message.id.to_string() + R"("}}}]})";
}

store::Write marker_of(const Message& message, std::uint32_t epoch, const Writes& writes) {
  store::Write write;
  write.kind = store::WriteKind::update;
  write.key = {"Provenance", marker_id(message.id, epoch)};
  write.condition.must_be_absent = true;
  Issues issues;
  write.document = fhir::DocumentParser().parse(marker_json(message, write.key.id, writes), issues);
  return write;
}

store::WriteContext context_of(const Message& message) {
  store::WriteContext context;
  context.actor.id = "feed/" + message.id.feed;
  context.source = context.actor.id;
  context.purpose = "TREAT";
  return context;
}

}  // namespace

// 1. Can it be read at all?
Pipeline::State::Step Pipeline::State::parse(Work& work) {
  if (work.message.header.is_readable) return Step::next;
  work.issues.add({Severity::fatal, IssueType::structure, kUnreadable});
  return Step::dead;
}

// 2. Is it for this feed to work on?
Pipeline::State::Step Pipeline::State::route(Work& work) {
  return is_type_wanted(options.types, work.message.header.type) ? Step::next : Step::finished;
}

// 3. What does it mean?
Pipeline::State::Step Pipeline::State::map(Work& work) {
  work.issues.clear();
  work.writes = services.mapper->map(work.message, work.issues);
  return work.issues.has_errors() ? Step::dead : Step::next;
}

// 4. Whose is it?
Pipeline::State::Step Pipeline::State::resolve(Work& work) {
  services.resolver->resolve(work.message, work.writes, work.issues);
  return work.issues.has_errors() ? Step::dead : Step::next;
}

// 5. Is it good enough?
Pipeline::State::Step Pipeline::State::check(Work& work) {
  services.gate->check(work.message, work.writes, work.issues);
  return work.issues.has_errors() ? Step::dead : Step::next;
}

// 6. Into the store, with the marker that makes it happen once.
Pipeline::State::Step Pipeline::State::commit(Work& work) {
  if (std::ranges::all_of(work.writes, &mapping::Write::is_transient)) return Step::next;
  const store::WriteContext context = context_of(work.message);
  if (work.is_marker_to_be_looked_at) {
    work.is_marker_to_be_looked_at = false;
    store::ReadContext reader;
    reader.actor = context.actor;
    const auto found = services.store->read(reader, {"Provenance", marker_id(work.message.id, work.epoch)});
    if (found) {
      work.commit = found->commit.value();
      return Step::next;  // it had been committed before a crash
    }
    if (found.error().code() != ErrorCode::not_found && found.error().code() != ErrorCode::gone) {
      work.is_marker_to_be_looked_at = true;
      return Step::try_again;
    }
    if (++work.conflicts > options.conflict_tries) {
      work.issues.add({Severity::error, IssueType::conflict, kConflicts, {std::to_string(options.conflict_tries)}});
      return Step::dead;
    }
  }
  const std::uint64_t sequence = work.message.id.sequence;
  begin_turn();
  services.record->commit(context, services.mapper->rules(), work.writes,
                          marker_of(work.message, work.epoch, work.writes),
                          [this, sequence](tl::expected<store::CommitOutcome, store::CommitFailure> answer) {
                            committed(sequence, std::move(answer));
                          });
  return Step::waits;
}

// 7. To whoever else is to have it.
Pipeline::State::Step Pipeline::State::forward(Work& work) {
  if (services.forwarder == nullptr) return Step::next;
  begin_turn();
  services.forwarder->forward(work.message, [this, sequence = work.message.id.sequence](Forwarded said, Issues issues) {
    forwarded(sequence, said, std::move(issues));
  });
  return Step::waits;
}

// By any thread, in the turn that `forward` began: quick.
void Pipeline::State::forwarded(std::uint64_t sequence, Forwarded said, Issues issues) {
  std::unique_lock lock(mutex);
  Work& work = *works.at(sequence);
  lock.unlock();
  switch (said) {
    case Forwarded::done:
      return finish(work, MessageState::done);
    case Forwarded::failed:
      return retry(work);
    case Forwarded::refused:
      work.issues.add_all(std::move(issues));
      stages[static_cast<std::size_t>(Stage::forward)].add_fault();
      return finish(work, MessageState::dead);
  }
}

// On the store's sequencer, in the turn that `commit` began: quick.
void Pipeline::State::committed(std::uint64_t sequence,
                                tl::expected<store::CommitOutcome, store::CommitFailure> answer) {
  std::unique_lock lock(mutex);
  Work& work = *works.at(sequence);
  lock.unlock();
  if (answer) {
    work.commit = answer->commit.value();
    work.at = Stage::forward;
    return services.forwarder != nullptr ? go_on(work) : finish(work, MessageState::done);
  }
  store::CommitFailure& failure = answer.error();
  switch (failure.error.code()) {
    case ErrorCode::conflict:
    case ErrorCode::precondition_failed:
      work.is_marker_to_be_looked_at = true;
      return go_on(work);
    case ErrorCode::busy:
    case ErrorCode::timeout:
    case ErrorCode::cancelled:
    case ErrorCode::io_failure:
      return retry(work);
    default:
      work.issues.add_all(std::move(failure.issues));
      if (!work.issues.has_errors()) {
        work.issues.add({Severity::error, IssueType::processing, kNotCommitted, {failure.error.message()}});
      }
      stages[static_cast<std::size_t>(Stage::commit)].add_fault();
      return finish(work, MessageState::dead);
  }
}

}  // namespace meridian::ingest
