#include "index/internal/layout.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "index/internal/varint.hpp"

namespace meridian::index {

namespace {

template <typename T>
void append_big(std::string& key, T value) {
  char bytes[sizeof(T)];
  store_big(bytes, value);
  key.append(bytes, sizeof bytes);
}

tl::unexpected<Error> malformed() {
  return fail(ErrorCode::malformed_input, "a record of the index's state is damaged");
}

}  // namespace

std::string tenant_prefix(Tenant tenant) {
  std::string key;
  append_big(key, tenant);
  return key;
}

Tenant parse_tenant(std::string_view key) {
  return load_big<Tenant>(key.data());
}

std::string field_prefix(Tenant tenant, FieldId field) {
  std::string key;
  key.reserve(64);
  append_big(key, tenant);
  append_big(key, static_cast<std::uint64_t>(field));
  return key;
}

void append_term(std::string& key, std::string_view term) {
  for (std::size_t at = 0; at < term.size();) {
    const std::size_t zero = std::min(term.find('\0', at), term.size());
    key.append(term.substr(at, zero - at));
    if (zero < term.size()) key.append("\0\xFF", 2);
    at = zero + 1;
  }
  key.append("\0\x01", 2);
}

void append_row(std::string& key, Row row) {
  append_big(key, row);
}

std::string term_prefix(Tenant tenant, FieldId field, std::string_view term) {
  std::string key = field_prefix(tenant, field);
  append_term(key, term.substr(0, kMaxTermBytes));
  return key;
}

kv::Range term_range(Tenant tenant, FieldId field, std::string_view begin, std::string_view end) {
  kv::Range range = kv::Range::prefix(field_prefix(tenant, field));
  if (!begin.empty()) append_term(range.begin, begin);
  if (!end.empty()) {
    range.end = field_prefix(tenant, field);
    append_term(range.end, end);
  }
  return range;
}

std::optional<TermKey> parse_term_key(std::string_view key) {
  if (key.size() < kFieldPrefixBytes + 2 + kRowBytes) return std::nullopt;
  const std::string_view escaped = key.substr(kFieldPrefixBytes, key.size() - kFieldPrefixBytes - 2 - kRowBytes);
  return TermKey{escaped, load_big<std::uint64_t>(key.data() + key.size() - kRowBytes)};
}

std::string_view unescape(std::string_view escaped, std::string& buffer) {
  std::size_t zero = escaped.find('\0');
  if (zero == std::string_view::npos) return escaped;
  buffer.clear();
  std::size_t at = 0;
  while (zero != std::string_view::npos) {
    buffer.append(escaped.substr(at, zero + 1 - at));
    at = std::min(zero + 2, escaped.size());
    zero = escaped.find('\0', at);
  }
  buffer.append(escaped.substr(at));
  return buffer;
}

std::optional<Row> last_row(std::string_view key) {
  if (key.size() < kRowBytes) return std::nullopt;
  return load_big<std::uint64_t>(key.data() + key.size() - kRowBytes);
}

std::string chunk_key(Tenant tenant, Row first) {
  std::string key = tenant_prefix(tenant);
  key.push_back('c');
  append_row(key, first);
  return key;
}

std::string outline_key(Tenant tenant, Row first) {
  std::string key = tenant_prefix(tenant);
  key.push_back('h');
  append_row(key, first);
  return key;
}

std::string progress_key(Tenant tenant) {
  std::string key = tenant_prefix(tenant);
  key.push_back('g');
  return key;
}

std::string encode(const Progress& progress) {
  std::string bytes(16, '\0');
  store_little<std::uint64_t>(bytes.data(), progress.next_row);
  store_little<std::uint64_t>(bytes.data() + 8, progress.generation);
  return bytes;
}

Result<Progress> parse_progress(std::string_view bytes) {
  if (bytes.size() != 16) return malformed();
  return Progress{load_little<std::uint64_t>(bytes.data()), load_little<std::uint64_t>(bytes.data() + 8)};
}

std::string encode(const ChunkRecord& record) {
  std::string rows;
  record.rows.append_to(rows);
  std::string bytes;
  append_varint(bytes, rows.size());
  bytes += rows;
  Row previous = 0;
  for (const Succession& succession : record.successions) {
    append_varint(bytes, succession.newer - previous);
    append_varint(bytes, succession.newer - succession.older);
    previous = succession.newer;
  }
  return bytes;
}

Result<ChunkRecord> parse_chunk(std::string_view bytes) {
  const std::optional<std::uint64_t> size = take_varint(bytes);
  if (!size || *size > bytes.size()) return malformed();
  ChunkRecord record;
  record.rows = TRY(Rows::parse(bytes.substr(0, *size)));
  bytes.remove_prefix(*size);
  Row newer = 0;
  while (!bytes.empty()) {
    const std::optional<std::uint64_t> step = take_varint(bytes);
    const std::optional<std::uint64_t> distance = take_varint(bytes);
    if (!step || !distance || *step > UINT64_MAX - newer || *distance > newer + *step) return malformed();
    newer += *step;
    record.successions.push_back({newer, newer - *distance});
  }
  return record;
}

}  // namespace meridian::index
