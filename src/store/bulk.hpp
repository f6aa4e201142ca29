// BulkLoader: resources by the hundred thousand: NDJSON imports. Faster than commits, and as safe.
//
// Pieces are prepared by any number of threads (parse, check, extract, compress), then written as a chunk of rows with
// index lists of their own, in one commit a piece. Each piece is whole or not there after a crash; pieces before it
// stay. Ids are kept; a resource without one gets one. A resource that exists already becomes a new version, or is left
// out when it is equal; when it stands in a piece several times, the lines after the first make commits of their own.
// References are not checked. The Store outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "store/context.hpp"

namespace meridian::store {

class Store;

class BulkLoader {
 public:
  BulkLoader(Store& store, WriteContext context);
  ~BulkLoader();

  struct Fault {
    std::size_t line;  ///< of the piece, from 0, blank ones counted
    Issues issues;
  };
  struct Piece;  ///< prepared, not yet written
  struct Prepared {
    std::unique_ptr<Piece> piece;
    std::vector<Fault> faults;  ///< lines that are left out
    std::size_t resources = 0;
    Prepared();
    Prepared(Prepared&&) noexcept;
    Prepared& operator=(Prepared&&) noexcept;
    ~Prepared();
  };
  /// One resource a line, at most 65,536 lines and about 64 MB. Called by several threads at once.
  Prepared prepare(std::string_view ndjson);
  /// Durable and visible when it returns. Pieces are written in the order of the calls, by one thread at a time.
  Result<> write(Prepared&& prepared);
  /// The same, but the last two commits may still be under way when it returns: what became of them is told by a later
  /// call. After an error nothing more is written.
  Result<> write_behind(Prepared&& prepared);
  /// Waits for what write_behind() left under way.
  Result<> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::store
