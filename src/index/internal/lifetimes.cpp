#include "index/internal/lifetimes.hpp"

#include <algorithm>

#include "index/internal/collector.hpp"

namespace meridian::index {

namespace {

constexpr std::size_t kKnown = 4;
constexpr std::size_t kRecent = 4096;

bool same(const Visible& a, const Visible& b) {
  return a.end == b.end && a.holes == b.holes;
}

/// Ascending spans that do not touch, of what a snapshot sees.
std::vector<Span> spans_of(const Visible& visible) {
  std::vector<Span> spans;
  Row at = 0;
  for (const auto& [first, end] : visible.holes) {
    const Row stop = std::min(first, visible.end);
    if (at < stop) spans.push_back({at, stop});
    at = std::max(at, end);
  }
  if (at < visible.end) spans.push_back({at, visible.end});
  return spans;
}

bool within(const std::vector<Span>& spans, Row row) {
  const auto after = std::upper_bound(spans.begin(), spans.end(), row,
                                      [](Row wanted, const Span& span) { return wanted < span.first; });
  return after != spans.begin() && row < std::prev(after)->end;
}

}  // namespace

std::vector<Span> seen_only_by(const Visible& one, const Visible& other) {
  const std::vector<Span> theirs = spans_of(other);
  std::vector<Span> only;
  auto their = theirs.begin();
  for (Span span : spans_of(one)) {
    while (span.first < span.end) {
      while (their != theirs.end() && their->end <= span.first) ++their;
      if (their == theirs.end() || their->first >= span.end) {
        only.push_back(span);
        break;
      }
      if (span.first < their->first) only.push_back({span.first, their->first});
      span.first = their->end;
    }
  }
  return only;
}

bool sees(const Visible& visible, Row row) {
  if (row >= visible.end) return false;
  const auto after = std::upper_bound(visible.holes.begin(), visible.holes.end(), row,
                                      [](Row wanted, const std::pair<Row, Row>& hole) { return wanted < hole.first; });
  return after == visible.holes.begin() || row >= std::prev(after)->second;
}

void Lifetimes::add_succession(const Succession& succession) {
  if (dead_.contains(succession.older)) superseded_twice_.insert(succession.older);
  dead_.add(succession.older);
}

void Lifetimes::add(Row row, std::optional<Row> supersedes) {
  const std::lock_guard lock(mutex_);
  rows_.add(row);
  if (!supersedes) return;
  add_succession({row, *supersedes});
  recent_.push_back({row, *supersedes});
  if (recent_.size() < kRecent) return;
  sealed_.push_back(std::make_shared<const Successions>(std::move(recent_)));
  recent_.clear();
}

void Lifetimes::add(const ChunkRecord& record) {
  const std::lock_guard lock(mutex_);
  rows_ |= record.rows;
  if (record.successions.empty()) return;
  for (const Succession& succession : record.successions) add_succession(succession);
  sealed_.push_back(std::make_shared<const Successions>(record.successions));
}

std::vector<std::shared_ptr<const Lifetimes::Successions>> Lifetimes::successions_from(Row least) const {
  std::vector<std::shared_ptr<const Successions>> found;
  for (const auto& piece : sealed_) {
    if (piece->back().newer >= least) found.push_back(piece);
  }
  if (!recent_.empty() && recent_.back().newer >= least) found.push_back(std::make_shared<const Successions>(recent_));
  return found;
}

std::uint64_t Lifetimes::dead_count() const {
  const std::shared_lock lock(mutex_);
  return dead_.count();
}

std::shared_ptr<const Rows> Lifetimes::current(const Visible& visible) const {
  Known base{{}, std::make_shared<const Rows>()};
  {
    const std::lock_guard lock(known_mutex_);
    for (const Known& known : known_) {
      if (same(known.visible, visible)) return known.rows;
    }
    if (!known_.empty()) base = known_.back();
  }
  auto made = std::make_shared<const Rows>(changed(base, visible));
  const std::lock_guard lock(known_mutex_);
  if (known_.size() == kKnown) known_.erase(known_.begin());
  known_.push_back({visible, made});
  return made;
}

Rows Lifetimes::changed(const Known& base, const Visible& visible) const {
  Rows rows = *base.rows;
  const std::vector<Span> gone = seen_only_by(base.visible, visible);
  const std::vector<Span> come = seen_only_by(visible, base.visible);
  Row least = UINT64_MAX;
  if (!gone.empty()) least = gone.front().first;
  if (!come.empty()) least = std::min(least, come.front().first);
  for (const Span& span : gone) rows.remove_range(span.first, span.end);

  std::vector<std::shared_ptr<const Successions>> pieces;
  {
    const std::shared_lock lock(mutex_);
    for (const Span& span : come) {
      Rows more = Rows::range(span.first, span.end);
      more &= rows_;
      rows |= more;
    }
    pieces = successions_from(least);
  }
  // A row below `least` can only have changed by what superseded it, and that is a row from `least` on; so can a row
  // that has come, since what supersedes it is newer still.
  Collector superseded;
  std::vector<Row> returning;
  for (const auto& piece : pieces) {
    const auto from = std::lower_bound(piece->begin(), piece->end(), least,
                                       [](const Succession& a, Row row) { return a.newer < row; });
    for (auto at = from; at != piece->end(); ++at) {
      if (sees(visible, at->newer)) {
        superseded.add(at->older);
      } else if (within(gone, at->newer) && sees(visible, at->older)) {
        returning.push_back(at->older);
      }
    }
  }
  if (!returning.empty()) {
    const std::shared_lock lock(mutex_);
    Rows back = Rows::of(returning);
    back &= rows_;
    rows |= back;
    for (const Row row : returning) {
      if (is_superseded(row, visible)) superseded.add(row);
    }
  }
  if (!superseded.empty()) rows -= superseded.take();
  return rows;
}

bool Lifetimes::is_superseded(Row older, const Visible& visible) const {
  if (!superseded_twice_.contains(older)) return false;
  const auto is_it = [&](const Succession& succession) {
    return succession.older == older && sees(visible, succession.newer);
  };
  return std::any_of(recent_.begin(), recent_.end(), is_it) ||
         std::any_of(sealed_.begin(), sealed_.end(),
                     [&](const auto& piece) { return std::any_of(piece->begin(), piece->end(), is_it); });
}

}  // namespace meridian::index
