// What the index holds in memory of one tenant.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "index/internal/head.hpp"
#include "index/internal/lifetimes.hpp"
#include "index/internal/outline.hpp"

namespace meridian::index {

using Outlines = std::vector<std::shared_ptr<const Outline>>;
using Heads = std::vector<std::shared_ptr<const Head>>;

struct TenantState {
  explicit TenantState(Tenant number) : tenant(number), active(std::make_shared<Head>()) {}

  const Tenant tenant;
  Lifetimes lifetimes;

  std::mutex appending;   // one append, or the change of the active head
  std::mutex flushing;    // one flush
  std::mutex publishing;  // one writer of the progress

  mutable std::shared_mutex mutex;  // what follows; to change `active` takes `appending` too
  std::shared_ptr<Head> active;
  Heads frozen;  // full, and not written yet; oldest first
  std::uint64_t frozen_rows = 0;
  std::uint64_t frozen_bytes = 0;
  std::uint64_t active_bytes = 0;
  std::uint64_t active_rows = 0;
  Progress progress;
  std::shared_ptr<const Outlines> outlines = std::make_shared<Outlines>();
  Rows chunk_rows;  // from progress.next_row on

  /// `mutex` is held.
  void add_outlines(const Outlines& more) {
    auto all = std::make_shared<Outlines>(*outlines);
    all->insert(all->end(), more.begin(), more.end());
    outlines = std::move(all);
  }
};

}  // namespace meridian::index
