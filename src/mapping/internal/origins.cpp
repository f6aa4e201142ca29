#include "mapping/internal/origins.hpp"

#include <algorithm>
#include <cstring>

#include "mapping/merge.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr char kVersion = 1;

void put_number(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

/// Reads what the functions above wrote; once something is wrong, all that follows is zero.
struct Reader {
  std::string_view bytes;
  bool is_good = true;

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    is_good = false;
    return 0;
  }
  std::uint16_t small() { return static_cast<std::uint16_t>(number()); }
  std::string text() {
    const std::uint64_t size = number();
    if (size > bytes.size()) is_good = false;
    if (!is_good) return {};
    std::string out(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return out;
  }
};

}  // namespace

std::string encode_origins(const std::vector<Entry>& entries) {
  std::vector<const Stamp*> stamps;
  std::string body;
  std::size_t count = 0;
  for (const Entry& entry : entries) {
    if (!entry.is_owned) continue;
    ++count;
    auto stamp = std::find_if(stamps.begin(), stamps.end(), [&](const Stamp* s) { return *s == entry.stamp; });
    if (stamp == stamps.end()) stamp = stamps.insert(stamps.end(), &entry.stamp);
    put_number(body, static_cast<std::uint64_t>(entry.kind));
    put_text(body, entry.key);
    put_number(body, static_cast<std::uint64_t>(stamp - stamps.begin()));
    put_number(body, (entry.is_deleted ? 1U : 0U) | static_cast<unsigned>(entry.rank) << 1);
    put_text(body, entry.origin.segment);
    for (const std::uint16_t n :
         {entry.origin.occurrence, entry.origin.field, entry.origin.repetition, entry.origin.component}) {
      put_number(body, n);
    }
    put_number(body, entry.items);
    if (entry.kind == SlotKind::timeline) put_text(body, entry.json);
  }
  std::string out(1, kVersion);
  put_number(out, stamps.size());
  for (const Stamp* stamp : stamps) {
    const auto time = static_cast<std::uint64_t>(stamp->time);
    put_number(out, time << 1 ^ (stamp->time < 0 ? ~std::uint64_t{0} : 0));
    put_text(out, stamp->control_id);
  }
  put_number(out, count);
  return out + body;
}

Result<std::vector<Entry>> decode_origins(std::string_view bytes) {
  std::vector<Entry> entries;
  if (bytes.empty()) return entries;
  if (bytes.front() != kVersion) return fail(ErrorCode::malformed_input, "these origins are of another version");
  Reader reader{bytes.substr(1)};
  std::vector<Stamp> stamps(std::min<std::uint64_t>(reader.number(), bytes.size()));
  for (Stamp& stamp : stamps) {
    const std::uint64_t time = reader.number();
    stamp.time = static_cast<std::int64_t>(time >> 1 ^ (~(time & 1) + 1));
    stamp.control_id = reader.text();
  }
  const std::uint64_t count = std::min<std::uint64_t>(reader.number(), bytes.size());
  for (std::uint64_t i = 0; i < count && reader.is_good; ++i) {
    Entry entry;
    entry.kind = static_cast<SlotKind>(std::min<std::uint64_t>(reader.number(), 4));
    entry.key = reader.text();
    const std::uint64_t stamp = reader.number();
    if (stamp >= stamps.size()) reader.is_good = false;
    if (reader.is_good) entry.stamp = stamps[stamp];
    const std::uint64_t flags = reader.number();
    entry.is_deleted = (flags & 1) != 0;
    entry.rank = static_cast<Rank>(std::min<std::uint64_t>(flags >> 1, 2));
    const std::string segment = reader.text();
    segment.copy(entry.origin.segment, 3);
    entry.origin.occurrence = reader.small();
    entry.origin.field = reader.small();
    entry.origin.repetition = reader.small();
    entry.origin.component = reader.small();
    entry.items = static_cast<std::uint32_t>(reader.number());
    if (entry.kind == SlotKind::timeline) entry.json = reader.text();
    entries.push_back(std::move(entry));
  }
  if (!reader.is_good || !reader.bytes.empty()) return fail(ErrorCode::malformed_input, "these origins are damaged");
  return entries;
}

}  // namespace meridian::mapping::internal

namespace meridian::mapping {

Result<std::vector<OriginEntry>> read_origins(std::string_view origins) {
  std::vector<OriginEntry> out;
  for (const internal::Entry& entry : TRY(internal::decode_origins(origins))) {
    out.push_back({entry.key, entry.stamp, entry.rank, entry.origin, entry.is_deleted});
  }
  return out;
}

}  // namespace meridian::mapping
