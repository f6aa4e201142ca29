// Lifetimes: which rows a tenant has, and which of them were superseded by which: what is current at any snapshot.
//
// A set of current rows is made from the last one that was asked for: the rows that one of the two snapshots sees and
// the other does not are worked in, with what they superseded, so that a view of the present costs a copy and what was
// committed since. Any thread may call anything; a view is told only of rows that were added before it was made.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_set>
#include <vector>

#include "index/internal/layout.hpp"

namespace meridian::index {

class Lifetimes {
 public:
  void add(Row row, std::optional<Row> supersedes);
  void add(const ChunkRecord& record);
  /// Rows that the snapshot sees, less those that it sees superseded.
  std::shared_ptr<const Rows> current(const Visible& visible) const;
  std::uint64_t dead_count() const;

 private:
  struct Known {
    Visible visible;
    std::shared_ptr<const Rows> rows;
  };
  void add_succession(const Succession& succession);
  Rows changed(const Known& base, const Visible& visible) const;
  bool is_superseded(Row older, const Visible& visible) const;  ///< the lock is held

  using Successions = std::vector<Succession>;  // ascending by newer
  /// Those from a row on. The lock is held.
  std::vector<std::shared_ptr<const Successions>> successions_from(Row least) const;

  mutable std::shared_mutex mutex_;
  Rows rows_;
  Rows dead_;
  std::unordered_set<Row> superseded_twice_;  // by a commit that never happened, and again
  // In pieces that never change, so that a reader takes them away and looks at them without the lock.
  std::vector<std::shared_ptr<const Successions>> sealed_;
  Successions recent_;

  mutable std::mutex known_mutex_;
  mutable std::vector<Known> known_;  // the latest ones asked for
};

/// first <= row < end
struct Span {
  Row first;
  Row end;
};
/// What a snapshot sees and another does not, ascending.
std::vector<Span> seen_only_by(const Visible& one, const Visible& other);
bool sees(const Visible& visible, Row row);

}  // namespace meridian::index
