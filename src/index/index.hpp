// Index: which rows have which terms, and what stands in their columns, at any snapshot.
//
// Rows come in two ways. append() puts one row into the *head*, which lies in memory only: after a crash whoever owns
// the rows appends again those from next_row() on, so a commit costs the index no write. When the head is full it
// becomes a *chunk* in the Kv: one posting list a term and one block a column for all its rows. Bulk loads build chunks
// themselves (ChunkBuilder), beside the head. Postings are never changed: that a row was superseded by a later version
// is one more fact (the *dead* of a view), and a view leaves out what it must not see: rows at or above its end, and
// rows in its holes (reserved by commits that had not happened).
//
// Layout in the Kv: internal/layout.hpp. Threads: append() of a tenant is called by one thread at a time (the
// sequencer), and so is flush(), but flush() may run beside append(): it writes what had come when it began. Everything
// else is called by any thread; a view too may be asked by several at once. Views go before the Index. Errors: those of
// the Kv; cancelled and timeout from long questions; malformed_input when what is on the disk is damaged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/stop.hpp"
#include "index/entries.hpp"
#include "index/rows.hpp"
#include "kv/kv.hpp"

namespace meridian::index {

using Tenant = std::uint32_t;

struct IndexSpaces {
  kv::SpaceId terms;
  kv::SpaceId columns;
  kv::SpaceId state;  ///< how far the chunks reach, which rows superseded which
};

struct IndexOptions {
  std::uint64_t head_rows = 32'768;        ///< flushed when it holds so many rows
  std::uint64_t head_bytes = 64ULL << 20;  ///< … or so many bytes
};

/// What a snapshot may see of a tenant's rows.
struct Visible {
  Row end = 0;                             ///< rows below
  std::vector<std::pair<Row, Row>> holes;  ///< [first, end) of rows that are not there for it, ascending
};

/// A closed interval of column values.
struct Bounds {
  std::uint64_t least = 0;
  std::uint64_t greatest = UINT64_MAX;
};

/// What a question may cost.
struct Patience {
  Deadline deadline;
  StopToken stop;
};

/// The index of one tenant at one snapshot. Answers hold visible rows only; superseded ones too, unless current() is
/// met with them.
class IndexView {
 public:
  IndexView(IndexView&&) noexcept;
  IndexView& operator=(IndexView&&) noexcept;
  ~IndexView();

  /// Rows that are not superseded by another visible row.
  const Rows& current() const;
  const Visible& visible() const;

  Result<Rows> with_term(FieldId field, std::string_view term, const Patience& patience) const;
  /// begin <= term < end; an empty end is the end of the field.
  Result<Rows> with_terms(FieldId field, std::string_view begin, std::string_view end, const Patience& patience) const;
  Result<Rows> with_any(FieldId field, std::span<const std::string> terms, const Patience& patience) const;
  /// Walks the terms in order or backwards, each term once with all its rows, until `visit` says false.
  using TermVisitor = Callback<bool(std::string_view term, const Rows& rows)>;
  Result<> visit_terms(FieldId field, std::string_view begin, std::string_view end, kv::Direction direction,
                       const TermVisitor& visit, const Patience& patience) const;
  /// About how many rows with_terms would give, for planning: counted while the range is small, else the greater of
  /// what a sample and the chunks' outlines say. A row with several of the terms counts several times, superseded or
  /// not.
  std::uint64_t estimate(FieldId field, std::string_view begin, std::string_view end) const;

  /// Of the candidates, those with a value whose low lies in `low` and whose high lies in `high`.
  Result<Rows> column_between(FieldId field, const Rows& candidates, Bounds low, Bounds high,
                              const Patience& patience) const;
  /// Each candidate that has a value, ascending by row, until `visit` says false.
  using ColumnVisitor = Callback<bool(Row row, std::uint64_t low, std::uint64_t high)>;
  Result<> visit_column(FieldId field, const Rows& candidates, const ColumnVisitor& visit,
                        const Patience& patience) const;
  /// The different (low) values of the candidates, ascending: for joins.
  Result<std::vector<std::uint64_t>> column_values(FieldId field, const Rows& candidates,
                                                   const Patience& patience) const;
  /// Of the candidates, those whose (low) value is in a sorted list: for joins.
  Result<Rows> column_in(FieldId field, const Rows& candidates, std::span<const std::uint64_t> sorted_values,
                         const Patience& patience) const;

 private:
  friend class Index;
  struct State;
  explicit IndexView(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A chunk in the making: rows of one span, in any order of fields, kept out of everybody's sight until written. One
/// thread.
class ChunkBuilder {
 public:
  ChunkBuilder(Tenant tenant, Row first);
  ~ChunkBuilder();
  ChunkBuilder(ChunkBuilder&&) noexcept;

  /// Rows ascend, from `first` on, gaps allowed, spanning at most 2^32; 65,536 rows are a good size.
  void add(Row row, const Entries& entries, std::optional<Row> supersedes = {});
  std::size_t memory_bytes() const;

 private:
  friend class Index;
  struct State;
  std::unique_ptr<State> state_;
};

class Index {
 public:
  static Result<std::unique_ptr<Index>> open(kv::Kv& kv, IndexSpaces spaces, IndexOptions options = {});
  ~Index();

  /// Every row below is in a chunk, or never will be: what is to be appended again after opening begins here.
  Row next_row(Tenant tenant) const;
  /// Rows ascend, and lie at or above next_row(). Only rows of commits that are safe on the disk, or will be before the
  /// next flush(): what flush() writes of others stays. Microseconds; it waits for no reader.
  void append(Tenant tenant, Row row, const Entries& entries, std::optional<Row> supersedes = {});
  bool wants_flush(Tenant tenant) const;
  /// Writes the head as a chunk, durably; next_row() becomes `up_to`, below which no row may come any more. Views made
  /// before keep what they see. After an error the rows are still there, and the next call tries again.
  Result<> flush(Tenant tenant, Row up_to);
  /// Writes a chunk that was built aside; its rows show once a view's Visible covers them. Durable when it returns. It
  /// does not move next_row(): whoever appends after a crash leaves out rows that chunk_rows() holds.
  Result<> add_chunk(ChunkBuilder chunk);
  /// Rows in chunks at or above next_row().
  Rows chunk_rows(Tenant tenant) const;

  /// Reads chunks through the given view of the Kv, or through one of its own: when none is given, or rows have gone
  /// from memory to the disk since it was made. What `visible` covers was appended or added before.
  Result<IndexView> view(Tenant tenant, std::shared_ptr<const kv::View> kv_view, Visible visible) const;

  struct Statistics {
    std::uint64_t head_rows;
    std::uint64_t head_bytes;
    std::uint64_t dead_rows;
    std::uint64_t disk_bytes;
  };
  Statistics statistics(Tenant tenant) const;
  /// Everything of a tenant; nobody may write to it meanwhile. Interrupted, it is to be repeated.
  Result<> erase(Tenant tenant);

 private:
  struct State;
  explicit Index(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::index
