#include "kv/internal/disk_reserve.hpp"

#include <algorithm>

namespace meridian::kv {

bool DiskReserve::give_up() {
  const std::lock_guard lock(mutex_);
  mark_full();
  return files_.remove(path_).has_value();
}

Result<> DiskReserve::refill() {
  const std::lock_guard lock(mutex_);
  const Result<std::uint64_t> held = files_.size(path_);
  if (!held && held.error().code() != ErrorCode::not_found) return fail(held.error());
  const bool is_whole = held && *held == bytes_;
  const std::uint64_t needed = waiting_ + (is_whole ? 0 : bytes_);
  if (TRY(files_.free_bytes(path_.substr(0, path_.find_last_of('/')))) < needed) {
    return fail(ErrorCode::busy, "the disk is full: " + std::to_string(needed >> 20) +
                                     " MB must be free before anything is written again");
  }
  if (!is_whole) {
    // Written, not just made longer: only blocks that are there can be given back.
    const std::string zeros(std::size_t{1} << 18, '\0');
    const std::unique_ptr<WritableFile> file = TRY(files_.open_writable(path_, WriteMode::replace));
    while (file->size() < bytes_) {
      TRY(file->append(
          std::string_view(zeros).substr(0, std::min<std::uint64_t>(zeros.size(), bytes_ - file->size()))));
    }
    TRY(file->close());
  }
  is_used_.store(false, std::memory_order_release);
  return {};
}

}  // namespace meridian::kv
