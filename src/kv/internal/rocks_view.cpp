#include "kv/internal/rocks_view.hpp"

#include <utility>

#include "kv/internal/rocks_status.hpp"

namespace meridian::kv {
namespace {

using rocksdb::Slice;

Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
std::string_view view_of(const Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

class RocksCursor final : public Cursor {
 public:
  RocksCursor(const RocksParts& parts, SpaceId space, Range range, Direction direction, CacheUse cache,
              const rocksdb::Snapshot* snapshot)
      : range_(std::move(range)), direction_(direction), begin_(range_.begin), end_(range_.end) {
    const std::size_t index = static_cast<std::size_t>(space);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.fill_cache = cache == CacheUse::keep;
    // Bounds are slices that the iterator looks at all its life.
    if (!range_.begin.empty()) options.iterate_lower_bound = &begin_;
    if (!range_.end.empty()) options.iterate_upper_bound = &end_;
    // Filters of prefixes may only be asked when nothing outside the prefix is wanted; going backwards begins at the
    // upper bound, which has another prefix. RocksDB's own guess (auto_prefix_mode) misses keys shorter than a prefix.
    options.total_order_seek = direction == Direction::backward || !shares_prefix(range_, parts.prefixes[index]);
    if (range_.end.empty() || range_.begin < range_.end) {
      iterator_.reset(parts.database->NewIterator(options, parts.families[index]));
      first();
    }
  }

  bool valid() const override { return iterator_ != nullptr && iterator_->Valid(); }
  std::string_view key() const override { return view_of(iterator_->key()); }
  std::string_view value() const override { return view_of(iterator_->value()); }
  void next() override {
    if (direction_ == Direction::forward) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
  }
  void seek(std::string_view key) override {
    if (iterator_ == nullptr) return;
    if (direction_ == Direction::forward) {
      if (key <= range_.begin) return first();
      // Past the end there is nothing; RocksDB takes no target there in prefix mode.
      iterator_->Seek(range_.end.empty() || key < range_.end ? slice(key) : end_);
    } else {
      if (!range_.end.empty() && key >= range_.end) return first();
      iterator_->SeekForPrev(slice(key));
    }
  }
  Result<> status() const override {
    if (iterator_ == nullptr) return {};
    return result_of(iterator_->status());
  }

 private:
  void first() {
    if (direction_ == Direction::backward) {
      iterator_->SeekToLast();
    } else if (range_.begin.empty()) {
      iterator_->SeekToFirst();
    } else {
      iterator_->Seek(begin_);
    }
  }

  Range range_;
  Direction direction_;
  Slice begin_;
  Slice end_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

bool shares_prefix(const Range& range, std::size_t prefix) {
  if (prefix == 0 || range.begin.size() < prefix || range.end.empty()) return false;
  const Range same = Range::prefix(std::string_view(range.begin).substr(0, prefix));
  return same.end.empty() || range.end <= same.end;
}

Result<std::optional<std::string>> RocksView::get(SpaceId space, std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::optional<std::string> value(std::in_place);
  const rocksdb::Status status =
      parts_.database->Get(options, parts_.families[static_cast<std::size_t>(space)], slice(key), &*value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return fail(error_of(status));
  return value;
}

Result<std::vector<std::optional<std::string>>> RocksView::get_many(SpaceId space,
                                                                    std::span<const std::string> keys) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const std::vector<Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  parts_.database->MultiGet(options, parts_.families[static_cast<std::size_t>(space)], slices.size(), slices.data(),
                            values.data(), statuses.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return fail(error_of(statuses[i]));
    found[i] = values[i].ToString();
  }
  return found;
}

std::unique_ptr<Cursor> RocksView::scan(SpaceId space, Range range, Direction direction, CacheUse cache) const {
  return std::make_unique<RocksCursor>(parts_, space, std::move(range), direction, cache, snapshot_);
}

}  // namespace meridian::kv
