// Preparation: all of a commit that needs no order: checks, homes, ids, index entries, compression. Done by the
// caller's thread; the sequencer then has little to do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "index/entries.hpp"
#include "store/commit.hpp"
#include "store/internal/homes.hpp"
#include "store/internal/searching.hpp"
#include "store/internal/value_codec.hpp"
#include "store/store.hpp"

namespace meridian {
class UuidMaker;
}

namespace meridian::store {

struct PreparedWrite {
  WriteKind kind = WriteKind::create;
  ResourceKey key;
  Condition condition;
  bool is_id_given = false;              ///< by the caller
  bool has_new_id = false;               ///< made by us: nobody can have it yet
  std::optional<search::Filter> search;  ///< of the condition
  std::optional<ResourceKey> found;      ///< what it found when the write was decided
  struct Identifier {
    std::string text;       ///< "system|value"
    search::Filter search;  ///< for it
  };
  std::vector<Identifier> identifiers;  ///< which nobody else may have
  std::vector<ResourceKey> references;  ///< what must be there
  fhir::Document document;
  std::string home;
  std::string value;       ///< as it is stored
  std::string note;        ///< to be kept beside it
  std::string sealed;      ///< the note as it is stored, once decided
  std::uint64_t hash = 0;  ///< of its text
  index::Entries entries;
};

struct Prepared {
  WriteContext context;
  std::vector<PreparedWrite> writes;
  std::unordered_set<std::string> keys;  ///< "Type/id" of each write whose id is known
  CommitDone done;
  std::size_t bytes = 0;  ///< about what it will write
};

inline constexpr std::size_t kMaxWrites = 1'000'000;

class Preparation {
 public:
  Preparation(const ValueCodec& codec, const Homes& homes, const Searching& searching, const ParameterSets& parameters,
              const StoreOptions& options, UuidMaker& ids)
      : codec_(codec), homes_(homes), searching_(searching), parameters_(parameters), options_(options), ids_(ids) {}

  tl::expected<std::unique_ptr<Prepared>, CommitFailure> prepare(const WriteContext& context, CommitRequest request);

  /// One write of it; the document moves on into `out`.
  Result<> prepare_write(const WriteContext& context, Write& write, PreparedWrite& out, Issues& issues) const;
  /// Gives a write another id, since its search found one, or a new one.
  Result<> retarget(TenantId tenant, PreparedWrite& write, std::string id) const;
  std::string new_id() const;

 private:
  Result<> prepare_conditions(const WriteContext& context, PreparedWrite& out, Issues& issues) const;
  Result<> prepare_content(TenantId tenant, PreparedWrite& out) const;
  Result<> find_unique_identifiers(TenantId tenant, PreparedWrite& out) const;

  const ValueCodec& codec_;
  const Homes& homes_;
  const Searching& searching_;
  const ParameterSets& parameters_;
  const StoreOptions& options_;
  UuidMaker& ids_;
};

}  // namespace meridian::store
