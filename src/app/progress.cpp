#include "app/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

namespace meridian::app {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr double kPatience = 1.0;  // work shorter than this needs no progress line
constexpr double kInterval = 0.1;

}  // namespace

Progress::Progress(std::string what, std::uint64_t total_bytes, Show show)
    : what_(std::move(what)),
      total_bytes_(total_bytes),
      shown_(show == Show::when_watched && isatty(STDERR_FILENO) == 1),
      started_(now()),
      next_draw_(started_ + kPatience) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::advance(std::uint64_t bytes_done, std::uint64_t items_done) {
  if (!shown_) return;
  const double time = now();
  if (time < next_draw_) return;
  next_draw_ = time + kInterval;
  drawn_ = true;
  fmt::print(stderr, "\r\033[K{}", line(what_, bytes_done, total_bytes_, items_done, time - started_));
  std::fflush(stderr);
}

std::string Progress::line(const std::string& what, std::uint64_t bytes_done, std::uint64_t total_bytes,
                           std::uint64_t items_done, double seconds) {
  std::string out = what;
  if (total_bytes > 0) {
    const auto percent = static_cast<double>(bytes_done) * 100.0 / static_cast<double>(total_bytes);
    out += fmt::format("  {:.0f} %  {} of {}", percent, human_bytes(bytes_done), human_bytes(total_bytes));
  } else {
    out += "  " + human_bytes(bytes_done);
  }
  if (seconds > 0) {
    const double bytes_a_second = static_cast<double>(bytes_done) / seconds;
    out += fmt::format("  {}/s", human_bytes(static_cast<std::uint64_t>(bytes_a_second)));
    out +=
        fmt::format("  {} items/s", human_count(static_cast<std::uint64_t>(static_cast<double>(items_done) / seconds)));
    if (total_bytes > bytes_done && bytes_a_second > 0) {
      out += fmt::format("  {:.0f} s left", static_cast<double>(total_bytes - bytes_done) / bytes_a_second);
    }
  }
  return out;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.5 && unit < 3) {
    value /= 1000;
    ++unit;
  }
  return value < 9.95 ? fmt::format("{:.1f} {}", value, kUnits[unit]) : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace meridian::app
