#include "base/stop.hpp"

namespace meridian {

Result<> keep_going(const Deadline& deadline, const StopToken& stop) {
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the work was called off before it was done");
  if (deadline.has_passed()) return fail(ErrorCode::timeout, "the work was not done before its deadline");
  return {};
}

}  // namespace meridian
