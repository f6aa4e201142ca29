// What is asked of a commit, and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/issue.hpp"
#include "formats/fhir/document.hpp"
#include "store/version.hpp"

namespace meridian::store {

enum class WriteKind : std::uint8_t {
  create,  ///< a new resource under an id that the store makes (or `key.id`, when given by an import that keeps ids)
  update,  ///< key.id: the next version, or the first (upsert)
  remove,  ///< no error when it is not there
  check,   ///< writes nothing, only its conditions must hold
  note,    ///< writes only its note, beside the version that is there
};

/// A resource's current state, or a search's result, that must hold at the moment of the commit.
struct Condition {
  std::optional<std::uint64_t> version;  ///< If-Match: the present version; conflict is precondition_failed
  bool must_be_absent = false;           ///< If-None-Match: *
  /// If-None-Exist and conditional updates: the parameters of a search on the type. What it finds decides, as R4 says
  /// for each kind: create: one match: nothing is written and the match is the outcome; several: precondition_failed.
  /// update and remove: one match is the target.
  std::optional<std::vector<std::pair<std::string, std::string>>> search;
  /// Of a create with a search: a match is precondition_failed instead of the outcome, since other writes of the commit
  /// refer to the id that was to be.
  bool refuses_match = false;
};

struct Write {
  WriteKind kind = WriteKind::create;
  ResourceKey key = {};
  fhir::Document document = {};  ///< none for remove and check
  Condition condition = {};
  /// Kept beside the version and not shown with it: what whoever writes wants to know when it writes again (where each
  /// part came from). An update that changes nothing writes its note all the same, beside the version that is there.
  std::string note = {};
};

struct CommitRequest {
  std::vector<Write> writes;  ///< of different resources each; all or nothing
};

enum class WriteStatus : std::uint8_t { created, updated, unchanged, deleted, existed, absent };

struct WriteOutcome {
  WriteStatus status = WriteStatus::created;
  ResourceKey key;
  std::uint64_t version = 0;
};

struct CommitOutcome {
  CommitNumber commit;  ///< 0 when nothing had to be written
  Instant time;
  std::vector<WriteOutcome> writes;  ///< one a write, in their order
};

/// Why a commit was refused: an error, which write was at fault, and what is wrong in its data.
struct CommitFailure {
  Error error;
  std::size_t write = 0;
  Issues issues;

  explicit CommitFailure(Error why, std::size_t which = 0, Issues faults = Issues())
      : error(std::move(why)), write(which), issues(std::move(faults)) {}
};

}  // namespace meridian::store
