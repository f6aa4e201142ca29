#include "app/progress.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "app/output.hpp"

namespace meridian::app {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPatience{1000};  // work shorter than this needs no progress line
constexpr std::chrono::milliseconds kInterval{200};

}  // namespace

struct Progress::Drawing {
  std::string what;
  std::uint64_t total_bytes = 0;
  std::uint64_t bytes_of_files = 0;  // of those that are done
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> items{0};
  SteadyClock::time_point started = SteadyClock::now();
  std::mutex mutex;  // held while the terminal is written to
  std::condition_variable wake;
  bool is_over = false;
  bool is_drawn = false;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    std::chrono::milliseconds pause = kPatience;
    while (!wake.wait_for(lock, pause, [this] { return is_over; })) {
      const double seconds = std::chrono::duration<double>(SteadyClock::now() - started).count();
      is_drawn = true;
      fmt::print(stderr, "\r\033[K{}", line(what, bytes, total_bytes, items, seconds));
      std::fflush(stderr);
      pause = kInterval;
    }
  }

  void wipe() {
    if (!std::exchange(is_drawn, false)) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
  }
};

Progress::Progress(std::string what, std::uint64_t total_bytes, Show show) {
  if (show == Show::never || isatty(STDERR_FILENO) != 1) return;
  drawing_ = std::make_unique<Drawing>();
  drawing_->what = std::move(what);
  drawing_->total_bytes = total_bytes;
  drawing_->thread = std::thread([drawing = drawing_.get()] { drawing->run(); });
}

Progress::~Progress() {
  if (!drawing_) return;
  {
    const std::lock_guard lock(drawing_->mutex);
    drawing_->is_over = true;
  }
  drawing_->wake.notify_one();
  drawing_->thread.join();
  drawing_->wipe();
}

void Progress::advance(std::uint64_t bytes_of_file, std::uint64_t items) {
  if (!drawing_) return;
  drawing_->bytes = drawing_->bytes_of_files + bytes_of_file;
  drawing_->items = items;
}

void Progress::end_file(std::uint64_t bytes_of_file) {
  if (!drawing_) return;
  drawing_->bytes_of_files += bytes_of_file;
  drawing_->bytes = drawing_->bytes_of_files;
}

void Progress::print(Output& output, std::string_view text) {
  if (text.empty()) return;
  std::optional<Pause> pause;
  if (output.is_terminal()) pause.emplace(*this);
  output.write(text);
}

Progress::Pause::Pause(Progress& progress) : progress_(progress) {
  if (!progress_.drawing_) return;
  progress_.drawing_->mutex.lock();
  progress_.drawing_->wipe();
}

Progress::Pause::~Pause() {
  if (progress_.drawing_) progress_.drawing_->mutex.unlock();
}

std::string Progress::line(const std::string& what, std::uint64_t bytes_done, std::uint64_t total_bytes,
                           std::uint64_t items_done, double seconds) {
  const double bytes_a_second = seconds > 0 ? static_cast<double>(bytes_done) / seconds : 0;
  std::string out = what;
  if (total_bytes > 0 && bytes_done > 0) {
    const auto percent = static_cast<double>(bytes_done) * 100.0 / static_cast<double>(total_bytes);
    out += fmt::format("  {:.0f} %  {} of {}", percent, human_bytes(bytes_done), human_bytes(total_bytes));
  } else if (bytes_done > 0) {
    out += "  " + human_bytes(bytes_done);
  }
  if (bytes_a_second > 0) out += fmt::format("  {}/s", human_bytes(static_cast<std::uint64_t>(bytes_a_second)));
  if (items_done > 0 && seconds > 0) {
    out +=
        fmt::format("  {} items/s", human_count(static_cast<std::uint64_t>(static_cast<double>(items_done) / seconds)));
  }
  if (total_bytes > bytes_done && bytes_a_second > 0) {
    out += fmt::format("  {:.0f} s left", static_cast<double>(total_bytes - bytes_done) / bytes_a_second);
  } else {
    out += fmt::format("  {:.0f} s", seconds);
  }
  return out;
}

std::uint64_t total_size(const std::vector<std::string>& files) {
  std::uint64_t total = 0;
  for (const std::string& file : files) {
    if (file == "-") return 0;
    struct stat status{};
    if (stat(file.c_str(), &status) != 0) continue;  // told when it is opened
    if (!S_ISREG(status.st_mode)) return 0;
    total += static_cast<std::uint64_t>(status.st_size);
  }
  return total;
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes == 1) return "1 byte";
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
