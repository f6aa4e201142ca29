// What a view is made of.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "index/internal/tenant.hpp"

namespace meridian::index {

struct IndexView::State {
  kv::Kv& kv;
  IndexSpaces spaces;
  std::shared_ptr<const TenantState> tenant;
  std::shared_ptr<const kv::View> kv_view;
  Heads heads;
  Visible visible;
  mutable std::once_flag current_once;
  mutable std::shared_ptr<const Rows> current;

  template <typename Fits>
  Result<Rows> column_where(FieldId field, const Rows& candidates, const Patience& patience, Fits&& fits) const;

  /// Takes out what the snapshot must not see.
  void restrict(Rows& rows) const {
    rows.remove_range(visible.end, UINT64_MAX);
    rows.remove(UINT64_MAX);
    for (const auto& [first, end] : visible.holes) rows.remove_range(first, end);
  }
};

/// Asks now and then whether to go on.
class Pace {
 public:
  explicit Pace(const Patience& patience) : patience_(patience) {}
  Result<> step() {
    if (++steps_ % kStride != 0) return {};
    return keep_going(patience_.deadline, patience_.stop);
  }

 private:
  static constexpr std::uint32_t kStride = 256;
  const Patience& patience_;
  std::uint32_t steps_ = 0;
};

}  // namespace meridian::index
