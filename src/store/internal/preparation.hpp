// Preparation: all of a commit that needs no order: checks, homes, ids, index entries, compression. Done by the
// caller's thread; the sequencer then has little to do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "index/entries.hpp"
#include "store/commit.hpp"
#include "store/internal/homes.hpp"
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
  bool has_new_id = false;  ///< made by us: nobody can have it yet
  fhir::Document document;
  std::string home;
  std::string value;       ///< as it is stored
  std::uint64_t hash = 0;  ///< of its text
  index::Entries entries;
};

struct Prepared {
  WriteContext context;
  std::vector<PreparedWrite> writes;
  CommitDone done;
  std::size_t bytes = 0;  ///< about what it will write
};

inline constexpr std::size_t kMaxWrites = 1'000'000;

class Preparation {
 public:
  Preparation(const ValueCodec& codec, const Homes& homes, const WriteCheck* check, UuidMaker& ids)
      : codec_(codec), homes_(homes), check_(check), ids_(ids) {}

  tl::expected<std::unique_ptr<Prepared>, CommitFailure> prepare(const WriteContext& context, CommitRequest request);

 private:
  Result<> prepare_write(const WriteContext& context, Write& write, PreparedWrite& out, Issues& issues);

  const ValueCodec& codec_;
  const Homes& homes_;
  const WriteCheck* check_;
  UuidMaker& ids_;
};

}  // namespace meridian::store
