#include "base/memory_budget.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <deque>
#include <mutex>

namespace meridian {

struct MemoryBudget::Accounts {
  std::mutex mutex;
  std::deque<internal::MemoryEntry> entries;  // which never move
};

MemoryBudget::MemoryBudget(std::uint64_t limit_bytes) : limit_(limit_bytes), accounts_(new Accounts) {}
MemoryBudget::~MemoryBudget() {
  delete accounts_;
}

MemoryAccount MemoryBudget::account(std::string_view name) {
  const std::lock_guard lock(accounts_->mutex);
  for (internal::MemoryEntry& entry : accounts_->entries) {
    if (entry.name == name) return MemoryAccount(&entry);
  }
  internal::MemoryEntry& entry = accounts_->entries.emplace_back();
  entry.budget = this;
  entry.name = name;
  return MemoryAccount(&entry);
}

std::vector<MemoryBudget::Row> MemoryBudget::table() const {
  const std::lock_guard lock(accounts_->mutex);
  std::vector<Row> rows;
  rows.reserve(accounts_->entries.size());
  for (const internal::MemoryEntry& entry : accounts_->entries) {
    rows.push_back({entry.name, entry.bytes.load(), entry.peak.load()});
  }
  return rows;
}

Result<> MemoryBudget::take(internal::MemoryEntry& entry, std::uint64_t bytes) {
  std::uint64_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ || used > limit_ - bytes) {
      return fail(ErrorCode::busy, entry.name + " needs " + std::to_string(bytes) + " bytes more, but " +
                                       std::to_string(used) + " of the memory limit of " + std::to_string(limit_) +
                                       " are in use");
    }
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  const std::uint64_t now = entry.bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::uint64_t peak = entry.peak.load(std::memory_order_relaxed);
  while (peak < now && !entry.peak.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
  }
  return {};
}

void MemoryBudget::give_back(internal::MemoryEntry& entry, std::uint64_t bytes) {
  entry.bytes.fetch_sub(bytes, std::memory_order_relaxed);
  used_.fetch_sub(bytes, std::memory_order_relaxed);
}

Result<MemoryReservation> MemoryAccount::reserve(std::uint64_t bytes) const {
  TRY(entry_->budget->take(*entry_, bytes));
  return MemoryReservation(entry_, bytes);
}

Result<> MemoryReservation::resize(std::uint64_t bytes) {
  if (entry_ == nullptr) return fail(ErrorCode::internal, "an empty reservation belongs to no account");
  if (bytes > bytes_) {
    TRY(entry_->budget->take(*entry_, bytes - bytes_));
  } else {
    entry_->budget->give_back(*entry_, bytes_ - bytes);
  }
  bytes_ = bytes;
  return {};
}

void MemoryReservation::release() {
  if (entry_ != nullptr) entry_->budget->give_back(*entry_, bytes_);
  entry_ = nullptr;
  bytes_ = 0;
}

std::uint64_t resident_bytes() {
  // https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html: size, then resident, in pages
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128];
  const ssize_t size = ::read(file, text, sizeof text);
  ::close(file);
  const std::string_view fields(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::size_t space = fields.find(' ');
  if (space == std::string_view::npos) return 0;
  std::uint64_t pages = 0;
  std::from_chars(fields.data() + space + 1, fields.data() + fields.size(), pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace meridian
