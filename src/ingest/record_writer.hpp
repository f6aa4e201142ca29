// RecordWriter: what messages say, laid over what the store holds, and committed.
//
// Each mapping::Write says a part of a resource; what is there already, and where each part of that came from (the note
// beside the version), decides what the next version is. Between the moment a version is handed to the store and the
// moment it is safe, later messages are laid over that version, not over the stored one: so messages that speak of the
// same ward do not wait for each other's sync. Each commit names the version it was laid over; when somebody else
// (a FHIR client) has written meanwhile it fails with precondition_failed or conflict, and whoever asked maps the
// message again.
//
// A resource whose content does not change gets no new version, only its note, in a commit of its own before the
// message's. That is safe: a note says that a message said this, which stays true whatever becomes of the message's
// own commit.
//
// One for all feeds of a store. Any thread; a call reads what it does not know, and may wait for another that lays a
// write over the same resource, but not for a commit. Memory: at most `cache_bytes` of resources that nobody is
// writing, and those under way.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mapping/write.hpp"
#include "store/store.hpp"

namespace meridian::mapping {
class MergeRules;
}

namespace meridian::ingest {

class RecordWriter {
 public:
  explicit RecordWriter(store::Store& store, std::uint64_t cache_bytes = std::uint64_t{32} << 20);
  /// When nothing is under way any more.
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  /// Commits the writes and `also` as one. `done` is called as by Store::commit; with `busy` also when an earlier
  /// commit of one of these resources failed and its end is still to be waited for.
  void commit(const store::WriteContext& context, std::shared_ptr<const mapping::MergeRules> rules,
              const std::vector<mapping::Write>& writes, store::Write also, store::CommitDone done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "Patient/0190…": the resource that a write is of.
store::ResourceKey key_of(const mapping::Write& write);

}  // namespace meridian::ingest
