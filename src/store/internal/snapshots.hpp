// Snapshots: what each tenant's readers may see: the present, and any commit of the past.
//
// A Horizon is a moment of a tenant: after its commit t. It sees the rows below its end, but not those in its holes:
// rows that large commits reserved and that were not committed then, or never. The sequencer publishes a new one when
// a commit has become safe; whoever reads takes it and, after it, a view of the Kv, which then holds all that the
// horizon sees. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "index/index.hpp"
#include "store/internal/layout.hpp"

namespace meridian::store {

struct SpanEntry {
  index::Row first = 0;
  Span span;
};
/// Ascending by row; never overlapping.
using SpanTable = std::vector<SpanEntry>;

struct Horizon {
  TenantId tenant;
  std::uint64_t commit = 0;
  Instant time;
  index::Visible visible;
  std::shared_ptr<const SpanTable> spans;
  std::shared_ptr<const TenantState> state;  ///< of the present; null for the past

  bool sees(index::Row row) const;
  /// The span that a row lies in; null when it is of a small commit.
  const Span* span_of(index::Row row) const;
};

/// The holes of a commit's horizon.
std::vector<std::pair<index::Row, index::Row>> holes(const SpanTable& spans, index::Row end, std::uint64_t commit);

/// A horizon and a view of the Kv that holds what it sees.
struct Snapshot {
  std::shared_ptr<const Horizon> horizon;
  std::shared_ptr<const kv::View> view;
};

class Snapshots {
 public:
  explicit Snapshots(const kv::Kv& kv) : kv_(kv) {}

  void publish(Horizon horizon);
  /// Of a tenant that nothing was written for: the empty one.
  std::shared_ptr<const Horizon> present(TenantId tenant) const;
  std::vector<TenantId> tenants() const;

  /// `at` empty: the present. not_found when there is no such commit yet.
  Result<Snapshot> take(TenantId tenant, std::optional<CommitNumber> at) const;

 private:
  const kv::Kv& kv_;
  mutable std::mutex mutex_;
  std::map<TenantId, std::shared_ptr<const Horizon>> present_;
};

}  // namespace meridian::store
