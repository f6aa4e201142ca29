// The questions to a view that are answered from columns.
#include <algorithm>
#include <utility>

#include "index/internal/collector.hpp"
#include "index/internal/column_block.hpp"
#include "index/internal/value_set.hpp"
#include "index/internal/view_state.hpp"

namespace meridian::index {

namespace {

constexpr Row kSkip = 4 * kBlockSpan;  // a gap that is worth a seek

/// Those of the values that belong to candidates, as emit(row, low, high).
template <typename Emit>
void match(const ColumnValue* values, std::size_t count, const Rows& candidates, Emit&& emit) {
  for (std::size_t i = 0; i < count; ++i) {
    if (candidates.contains(values[i].row)) emit(values[i].row, values[i].low, values[i].high);
  }
}

/// Walks over ascending candidates, a batch at a time.
class CandidateWalk {
 public:
  explicit CandidateWalk(const Rows& rows) : rows_(rows) {}

  /// Calls emit(row) for those with first <= row <= last.
  template <typename Emit>
  void between(Row first, Row last, Emit&& emit) {
    // Blocks may overlap: back to where this one begins.
    while (at_ > 0 && batch_[at_ - 1] >= first) --at_;
    if (at_ == 0 && first < from_) restart(first);
    for (;;) {
      while (at_ < count_ && batch_[at_] < first) ++at_;
      for (; at_ < count_ && batch_[at_] <= last; ++at_) emit(batch_[at_]);
      if (at_ < count_ || !fill(first)) return;
    }
  }

 private:
  void restart(Row first) {
    at_ = count_ = 0;
    from_ = next_ = first;
  }
  bool fill(Row first) {
    next_ = std::max(next_, first);
    from_ = next_;
    at_ = 0;
    count_ = rows_.copy(next_, batch_);
    if (count_ != 0) next_ = batch_[count_ - 1] + 1;
    return count_ != 0;
  }

  const Rows& rows_;
  Row batch_[1024];
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  Row from_ = 0;  // what lies before the batch is gone
  Row next_ = 0;
};

/// Calls emit(row, low, high) for each candidate that a chunk has a value for; before each block, begin(row): nothing
/// below that row comes any more. Until one of them says false.
template <typename Begin, typename Emit>
Result<> walk_blocks(const kv::View& view, kv::SpaceId space, Tenant tenant, FieldId field, const Rows& candidates,
                     Pace& pace, Begin&& begin, Emit&& emit) {
  const std::optional<Row> least = candidates.at_or_after(0);
  const std::optional<Row> greatest = candidates.before(UINT64_MAX);
  if (!least || !greatest) return {};
  const std::string prefix = field_prefix(tenant, field);
  const auto key_of = [&](Row row) {
    std::string key = prefix;
    append_row(key, row);
    return key;
  };
  // A block that holds a row begins at most a block's span before it.
  const auto earliest = [](Row row) { return row < kBlockSpan ? 0 : row - (kBlockSpan - 1); };
  const std::unique_ptr<kv::Cursor> cursor = view.scan(space, {key_of(earliest(*least)), key_of(*greatest + 1)});
  CandidateWalk walk(candidates);
  while (cursor->valid()) {
    TRY(pace.step());
    const Row first = last_row(cursor->key()).value_or(0);
    const std::optional<Row> next = candidates.at_or_after(first);
    if (!next) break;
    if (*next - first >= kBlockSpan) {
      if (*next - first > kSkip) {
        cursor->seek(key_of(earliest(*next)));
      } else {
        cursor->next();
      }
      continue;
    }
    const ColumnBlock block = TRY(ColumnBlock::parse(first, cursor->value()));
    if (!begin(first)) return {};
    bool goes_on = true;
    walk.between(first, block.last(), [&](Row row) {
      const std::int32_t place = block.place_of(row);
      if (place < 0 || !goes_on) return;
      const std::uint64_t low = block.low(place);
      goes_on = emit(row, low, block.high(place, low));
    });
    if (!goes_on) return {};
    cursor->next();
  }
  return cursor->status();
}

/// The same for the heads, in no order.
template <typename Emit>
void walk_heads(const Heads& heads, FieldId field, const Rows& candidates, Emit&& emit) {
  for (const auto& head : heads) {
    const Head::Field* found = head->field(field);
    if (found == nullptr) continue;
    Head::visit_values(*found, [&](const ColumnValue* values, std::uint32_t count) {
      match(values, count, candidates, emit);
      return true;
    });
  }
}

}  // namespace

/// Candidates for which fits(low, high), chunks and heads together.
template <typename Fits>
Result<Rows> IndexView::State::column_where(FieldId field, const Rows& candidates, const Patience& patience,
                                            Fits&& fits) const {
  Collector collector;
  Pace pace(patience);
  const auto emit = [&](Row row, std::uint64_t low, std::uint64_t high) {
    if (fits(low, high)) collector.add(row);
    return true;
  };
  TRY(walk_blocks(*kv_view, spaces.columns, tenant->tenant, field, candidates, pace, [](Row) { return true; }, emit));
  walk_heads(heads, field, candidates, emit);
  Rows rows = collector.take();
  restrict(rows);
  return rows;
}

Result<Rows> IndexView::column_between(FieldId field, const Rows& candidates, Bounds low, Bounds high,
                                       const Patience& patience) const {
  return state_->column_where(field, candidates, patience, [&](std::uint64_t from, std::uint64_t to) {
    return from >= low.least && from <= low.greatest && to >= high.least && to <= high.greatest;
  });
}

Result<Rows> IndexView::column_in(FieldId field, const Rows& candidates, std::span<const std::uint64_t> sorted_values,
                                  const Patience& patience) const {
  if (sorted_values.empty()) return Rows();
  const ValueSet values(sorted_values);
  return state_->column_where(field, candidates, patience,
                              [&](std::uint64_t low, std::uint64_t) { return values.contains(low); });
}

Result<std::vector<std::uint64_t>> IndexView::column_values(FieldId field, const Rows& candidates,
                                                            const Patience& patience) const {
  // Many rows share few values, or most have their own: what was seen lately is not kept again, so that in the first
  // case little is left to sort. 0 is kept from the start's zeros by a flag.
  constexpr std::size_t kRecent = 2048;
  std::vector<std::uint64_t> recent(kRecent, 0);
  std::vector<std::uint64_t> values;
  bool has_zero = false;
  const auto emit = [&](Row row, std::uint64_t low, std::uint64_t) {
    std::uint64_t& seen = recent[(low * 0x9E3779B97F4A7C15u) >> 53];
    if (seen == low && low != 0) return true;
    if (!sees(state_->visible, row)) return true;
    if (low == 0) {
      has_zero = true;
      return true;
    }
    seen = low;
    values.push_back(low);
    return true;
  };
  Pace pace(patience);
  TRY(walk_blocks(
      *state_->kv_view, state_->spaces.columns, state_->tenant->tenant, field, candidates, pace,
      [](Row) { return true; }, emit));
  walk_heads(state_->heads, field, candidates, emit);
  if (has_zero) values.push_back(0);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

Result<> IndexView::visit_column(FieldId field, const Rows& candidates, const ColumnVisitor& visit,
                                 const Patience& patience) const {
  Pace pace(patience);
  // What waits for its turn, ascending: the heads' values, and those of blocks that a later block may come between.
  std::vector<ColumnValue> waiting;
  std::size_t turn = 0;
  std::optional<Row> last;
  const auto is_before = [](const ColumnValue& a, const ColumnValue& b) { return a.row < b.row; };
  const auto give_below = [&](Row end) {
    for (; turn < waiting.size() && waiting[turn].row < end; ++turn) {
      const ColumnValue& value = waiting[turn];
      if (last == value.row) continue;  // a head that was written meanwhile says what its chunk says
      last = value.row;
      if (!sees(state_->visible, value.row)) continue;
      if (!visit(value.row, value.low, value.high)) return false;
    }
    return true;
  };
  walk_heads(state_->heads, field, candidates,
             [&](Row row, std::uint64_t low, std::uint64_t high) { waiting.push_back({row, low, high}); });
  std::sort(waiting.begin(), waiting.end(), is_before);

  std::vector<ColumnValue> block;
  bool goes_on = true;
  const auto take_in = [&](Row next) {
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(turn));
    turn = 0;
    const auto middle = static_cast<std::ptrdiff_t>(waiting.size());
    waiting.insert(waiting.end(), block.begin(), block.end());
    std::inplace_merge(waiting.begin(), waiting.begin() + middle, waiting.end(), is_before);
    block.clear();
    return goes_on = give_below(next);
  };
  TRY(walk_blocks(*state_->kv_view, state_->spaces.columns, state_->tenant->tenant, field, candidates, pace, take_in,
                  [&](Row row, std::uint64_t low, std::uint64_t high) {
                    block.push_back({row, low, high});
                    return true;
                  }));
  if (goes_on && take_in(UINT64_MAX)) return {};
  return {};
}

}  // namespace meridian::index
