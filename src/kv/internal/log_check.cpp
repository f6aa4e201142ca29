#include "kv/internal/log_check.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace meridian::kv {
namespace {

constexpr std::size_t kBlock = 32768;
constexpr std::size_t kHeader = 7;             // checksum, length, type
constexpr std::size_t kRecyclableHeader = 11;  // and the number of the log
constexpr std::size_t kMaxLog = std::size_t{4} << 30;

/// RocksDB stores checksums of checksums changed a little, so that a log within a log does not look right.
std::uint32_t unmask(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xa282ead8U;
  return (rotated >> 17) | (rotated << 15);
}

bool is_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

}  // namespace

std::optional<std::size_t> find_damage(std::string_view log) {
  std::size_t at = 0;
  while (at + kHeader <= log.size()) {
    const std::size_t left = kBlock - at % kBlock;
    if (left < kHeader) {  // the end of a block, too short for a record
      at += left;
      continue;
    }
    const std::size_t size = load_little<std::uint16_t>(log.data() + at + 4);
    const auto type = static_cast<unsigned char>(log[at + 6]);
    if (type == 0 && size == 0) {
      // Room that was never written. A file system that loses power may leave it at the end and nowhere else.
      if (is_zero(log.substr(at))) return std::nullopt;
      return at;
    }
    const bool is_recyclable = type >= 5 && type <= 8;
    const std::size_t header = is_recyclable || type == 11 ? kRecyclableHeader : kHeader;
    if (header + size > left) return at + header > log.size() ? std::nullopt : std::optional(at);
    if (at + header + size > log.size()) return std::nullopt;  // it just ends
    const std::string_view summed = log.substr(at + 6, header - 6 + size);
    if (crc32c(summed) != unmask(load_little<std::uint32_t>(log.data() + at))) {
      // A page that was made longer and lost its bytes reads as zeros to the end.
      return is_zero(log.substr(at + header + size - std::min<std::size_t>(size, 1))) ? std::nullopt
                                                                                      : std::optional(at);
    }
    at += header + size;
  }
  return std::nullopt;
}

Result<> check_logs(FileSystem& files, const std::string& folder) {
  for (const std::string& name : TRY(files.list(folder))) {
    if (!name.ends_with(".log")) continue;
    const std::string path = std::string(folder).append("/").append(name);
    const std::string log = TRY(read_whole_file(files, path, kMaxLog));
    if (const std::optional<std::size_t> damage = find_damage(log)) {
      return fail(ErrorCode::io_failure, path + ": damaged at byte " + std::to_string(*damage) +
                                             ": a record there does not match its checksum, and commits after it may "
                                             "have been acknowledged; restore the file or a backup");
    }
  }
  return {};
}

}  // namespace meridian::kv
