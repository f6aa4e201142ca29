#include "base/check.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/log.hpp"

namespace meridian {
namespace {

std::atomic<std::uint64_t> bugs = 0;
std::atomic<int> tolerances = 0;

/// The path within the project, not on the machine that built it.
const char* within_project(const char* file) {
  const char* const inside = std::strstr(file, "/src/");
  return inside != nullptr ? inside + 1 : file;
}

}  // namespace

void stop_on_broken_invariant(const char* condition, const char* file, int line) {
  // Straight to standard error: nothing of ours is to be trusted any more. The log gets a moment to say what led here.
  flush_log(Duration::milliseconds(100));
  std::fprintf(stderr, "meridian stops: \"%s\" does not hold at %s:%d. Please report it.\n", condition,
               within_project(file), line);
  std::fflush(stderr);
  std::abort();
}

void report_bug(const char* message, const char* file, int line) {
  bugs.fetch_add(1, std::memory_order_relaxed);
  log_error("bug", {{"what", message}, {"file", within_project(file)}, {"line", line}});
#ifndef NDEBUG
  if (tolerances.load() == 0) {
    flush_log();
    std::abort();
  }
#endif
}

std::uint64_t reported_bugs() {
  return bugs.load(std::memory_order_relaxed);
}

BugTolerance::BugTolerance() {
  ++tolerances;
}
BugTolerance::~BugTolerance() {
  --tolerances;
}

}  // namespace meridian
