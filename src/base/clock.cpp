#include "base/clock.hpp"

#include <ctime>

namespace meridian {
namespace {

std::int64_t read(clockid_t which) {
  timespec time{};
  clock_gettime(which, &time);
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

class SystemClock final : public Clock {
 public:
  Instant now() const override { return Instant::from_microseconds(read(CLOCK_REALTIME)); }
  Duration steady() const override { return Duration::microseconds(read(CLOCK_MONOTONIC)); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace meridian
