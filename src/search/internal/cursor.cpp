#include "search/internal/cursor.hpp"

#include "base/base64.hpp"
#include "base/hash.hpp"

namespace meridian::search::internal {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 18;
constexpr std::size_t kTailBytes = 4;
constexpr std::size_t kMaxTextBytes = 64 * 1024;

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

std::uint64_t get(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

tl::unexpected<Error> refuse() {
  return fail(ErrorCode::invalid_argument, "the cursor is none of this search");
}

}  // namespace

std::string write_cursor(const Place& place, std::uint64_t order) {
  std::string bytes;
  bytes += kVersion;
  put(bytes, order, 8);
  put(bytes, place.row, 8);
  put(bytes, place.keys.size(), 1);
  for (const std::optional<std::string>& key : place.keys) {
    put(bytes, key.has_value() ? 1 : 0, 1);
    if (!key) continue;
    put(bytes, key->size(), 2);
    bytes += *key;
  }
  put(bytes, crc32c(bytes), kTailBytes);
  return to_base64(bytes, Base64::url);
}

Result<Place> read_cursor(std::string_view text, std::uint64_t order, std::size_t keys) {
  if (text.size() > kMaxTextBytes) return refuse();
  const auto decoded = from_base64(text, Base64::url);
  if (!decoded || decoded->size() < kHeadBytes + kTailBytes) return refuse();
  const std::string_view all = *decoded;
  std::string_view rest = all.substr(0, all.size() - kTailBytes);
  if (get(all.substr(rest.size())) != crc32c(rest) || rest[0] != kVersion) return refuse();
  if (get(rest.substr(1, 8)) != order || get(rest.substr(17, 1)) != keys) return refuse();
  Place place;
  place.row = get(rest.substr(9, 8));
  rest.remove_prefix(kHeadBytes);
  for (std::size_t i = 0; i < keys; ++i) {
    if (rest.empty()) return refuse();
    const char flag = rest[0];
    rest.remove_prefix(1);
    if (flag == 0) {
      place.keys.emplace_back();
      continue;
    }
    if (flag != 1 || rest.size() < 2) return refuse();
    const std::size_t size = get(rest.substr(0, 2));
    rest.remove_prefix(2);
    if (rest.size() < size) return refuse();
    place.keys.emplace_back(std::string(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  if (!rest.empty()) return refuse();
  return place;
}

}  // namespace meridian::search::internal
