// CHECK and REPORT_BUG: what to do about a fault of our own.
//
//   CHECK(index < size_);                     going on would do harm: says where, and stops the program
//   REPORT_BUG("the cache holds no root");    going on is safe: counts, logs and goes on; stops a debug build,
//                                             which is what tests run in
//
// Neither is for input, which is never our fault: that is a Result or an Issue. A message never holds patient data.
// Any thread may use both.
#pragma once

#include <cstdint>

namespace meridian {

[[noreturn]] void stop_on_broken_invariant(const char* condition, const char* file, int line);
void report_bug(const char* message, const char* file, int line);

/// How many bugs were reported since the program began; `meridian_bugs_total` among the metrics.
std::uint64_t reported_bugs();

/// While one lives, a debug build goes on after REPORT_BUG as a release build does. For tests of what happens then.
class BugTolerance {
 public:
  BugTolerance();
  ~BugTolerance();
  BugTolerance(const BugTolerance&) = delete;
  BugTolerance& operator=(const BugTolerance&) = delete;
};

}  // namespace meridian

#define CHECK(condition)                               \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::meridian::stop_on_broken_invariant(#condition, __FILE__, __LINE__))

#define REPORT_BUG(message) ::meridian::report_bug(message, __FILE__, __LINE__)
