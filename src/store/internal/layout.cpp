#include "store/internal/layout.hpp"

#include <algorithm>

#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::io_failure, std::string(what) + " is damaged: run verify");
}

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}
void put_time(std::string& out, Instant time) {
  put_varint(out, zigzag(time.microseconds()));
}
Instant take_time(TupleReader& reader) {
  return Instant::from_microseconds(unzigzag(reader.varint()));
}
bool is_change(std::uint8_t value) {
  return value >= static_cast<std::uint8_t>(Change::created) && value <= static_cast<std::uint8_t>(Change::deleted);
}

}  // namespace

std::string tenant_key(TenantId tenant) {
  std::string key;
  put_u32(key, tenant.value());
  return key;
}

std::string number_key(TenantId tenant, std::uint64_t number) {
  std::string key = tenant_key(tenant);
  put_u64(key, number);
  return key;
}

std::string home_key(TenantId tenant, std::string_view home) {
  std::string key = tenant_key(tenant);
  put_text(key, home);
  return key;
}

std::string pointer_prefix(TenantId tenant, std::string_view type, std::string_view id) {
  std::string key;
  key.reserve(type.size() + id.size() + 14);
  put_u32(key, tenant.value());
  put_text(key, type);
  if (!id.empty()) put_text(key, id);
  return key;
}

std::string pointer_key(TenantId tenant, std::string_view type, std::string_view id, index::Row row) {
  std::string key = pointer_prefix(tenant, type, id);
  put_descending(key, row);
  return key;
}

std::string value_key(TenantId tenant, std::string_view home, std::string_view type, std::string_view id,
                      index::Row row) {
  std::string key;
  key.reserve(home.size() + type.size() + id.size() + 15);
  put_u32(key, tenant.value());
  put_text(key, home);
  put_text(key, type);
  put_text(key, id);
  put_descending(key, row);
  return key;
}

std::string value_prefix(TenantId tenant, std::string_view home, std::string_view type, std::string_view id) {
  std::string key = value_prefix(tenant, home, type);
  put_text(key, id);
  return key;
}

std::string value_prefix(TenantId tenant, std::string_view home, std::string_view type) {
  std::string key = home_key(tenant, home);
  put_text(key, type);
  return key;
}

std::string after_home(TenantId tenant, std::string_view home) {
  std::string key = home_key(tenant, home);
  key.back() = 1;  // no text has a zero byte: what follows it here belongs to a longer home
  return key;
}

Result<ParsedKey> parse_pointer_key(std::string_view key) {
  TupleReader reader(key);
  ParsedKey parsed;
  reader.u32();
  parsed.type = reader.text();
  parsed.id = reader.text();
  parsed.row = reader.descending();
  if (!reader.at_end()) return damaged("a pointer's key");
  return parsed;
}

Result<ParsedKey> parse_value_key(std::string_view key) {
  TupleReader reader(key);
  ParsedKey parsed;
  reader.u32();
  parsed.home = reader.text();
  parsed.type = reader.text();
  parsed.id = reader.text();
  parsed.row = reader.descending();
  if (!reader.at_end()) return damaged("a value's key");
  return parsed;
}

std::string Pointer::encode() const {
  std::string out;
  out += static_cast<char>(change);
  put_varint(out, number);
  put_varint(out, commit);
  put_time(out, time);
  put_u64(out, hash);
  out += home;
  return out;
}

Result<Pointer> Pointer::parse(std::string_view bytes) {
  TupleReader reader(bytes);
  Pointer pointer;
  const std::uint8_t change = reader.u8();
  pointer.change = static_cast<Change>(change);
  pointer.number = reader.varint();
  pointer.commit = reader.varint();
  pointer.time = take_time(reader);
  pointer.hash = reader.u64();
  if (!reader.ok() || !is_change(change)) return damaged("a pointer");
  pointer.home = reader.rest();
  return pointer;
}

std::string CommitRecord::encode() const {
  std::string out;
  out += static_cast<char>(kind);
  put_time(out, time);
  put_varint(out, first);
  put_varint(out, count);
  put_varint(out, end);
  put_varint(out, versions);
  put_bytes(out, actor);
  put_bytes(out, reason);
  put_bytes(out, source);
  return out;
}

Result<CommitRecord> CommitRecord::parse(std::string_view bytes) {
  TupleReader reader(bytes);
  CommitRecord record;
  const std::uint8_t kind = reader.u8();
  record.kind = static_cast<Kind>(kind);
  record.time = take_time(reader);
  record.first = reader.varint();
  record.count = reader.varint();
  record.end = reader.varint();
  record.versions = reader.varint();
  record.actor = reader.bytes();
  record.reason = reader.bytes();
  record.source = reader.bytes();
  if (!reader.at_end() || kind > static_cast<std::uint8_t>(Kind::events)) return damaged("a commit's record");
  return record;
}

// entry = varint(change | purged << 2 | same_type << 3 | same_home << 4), [type], id, [home], number, supersedes + 1
std::string RowBlock::encode() const {
  std::string out;
  put_varint(out, commit);
  put_time(out, time);
  put_varint(out, rows.size());
  const RowEntry* before = nullptr;
  for (const RowEntry& row : rows) {
    const bool same_type = before != nullptr && before->type == row.type;
    const bool same_home = before != nullptr && before->home == row.home;
    out += static_cast<char>(static_cast<unsigned>(row.change) | (row.is_purged ? 4U : 0U) | (same_type ? 8U : 0U) |
                             (same_home ? 16U : 0U));
    if (!same_type) put_bytes(out, row.type);
    put_bytes(out, row.id);
    if (!same_home) put_bytes(out, row.home);
    put_varint(out, row.number);
    put_varint(out, row.supersedes + 1);
    before = &row;
  }
  return out;
}

Result<RowBlock> RowBlock::parse(std::string_view bytes) {
  TupleReader reader(bytes);
  RowBlock block;
  block.commit = reader.varint();
  block.time = take_time(reader);
  const std::uint64_t count = reader.varint();
  if (count > kMaxRows) return damaged("a block of rows");
  block.rows.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    RowEntry row;
    const std::uint8_t flags = reader.u8();
    if (!is_change(flags & 3) || (i == 0 && (flags & 24) != 0)) return damaged("a block of rows");
    row.change = static_cast<Change>(flags & 3);
    row.is_purged = (flags & 4) != 0;
    row.type = (flags & 8) != 0 ? block.rows.back().type : std::string(reader.bytes());
    row.id = reader.bytes();
    row.home = (flags & 16) != 0 ? block.rows.back().home : std::string(reader.bytes());
    row.number = reader.varint();
    row.supersedes = reader.varint() - 1;
    block.rows.push_back(std::move(row));
  }
  if (!reader.at_end()) return damaged("a block of rows");
  return block;
}

std::string Span::encode() const {
  std::string out;
  out += static_cast<char>(fate);
  put_varint(out, count);
  put_varint(out, commit);
  put_time(out, time);
  return out;
}

Result<Span> Span::parse(std::string_view bytes) {
  TupleReader reader(bytes);
  Span span;
  const std::uint8_t fate = reader.u8();
  span.fate = static_cast<Fate>(fate);
  span.count = reader.varint();
  span.commit = reader.varint();
  span.time = take_time(reader);
  if (!reader.at_end() || fate > static_cast<std::uint8_t>(Fate::hole)) return damaged("a span of rows");
  return span;
}

TenantState::Count& TenantState::of(std::string_view type) {
  const auto at = std::lower_bound(counts.begin(), counts.end(), type,
                                   [](const Count& count, std::string_view name) { return count.type < name; });
  if (at != counts.end() && at->type == type) return *at;
  return *counts.insert(at, Count{.type = std::string(type)});
}

std::string TenantState::encode() const {
  std::string out;
  put_varint(out, commit);
  put_time(out, time);
  put_varint(out, next_row);
  put_varint(out, versions);
  put_varint(out, counts.size());
  for (const Count& count : counts) {
    put_bytes(out, count.type);
    put_varint(out, count.resources);
    put_varint(out, count.versions);
  }
  return out;
}

Result<TenantState> TenantState::parse(std::string_view bytes) {
  TupleReader reader(bytes);
  TenantState state;
  state.commit = reader.varint();
  state.time = take_time(reader);
  state.next_row = reader.varint();
  state.versions = reader.varint();
  const std::uint64_t count = reader.varint();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Count entry;
    entry.type = reader.bytes();
    entry.resources = reader.varint();
    entry.versions = reader.varint();
    state.counts.push_back(std::move(entry));
  }
  if (!reader.at_end()) return damaged("a tenant's state");
  return state;
}

std::string encode_erasures(const std::vector<Erasure>& erasures) {
  std::string out;
  put_varint(out, erasures.size());
  for (const Erasure& erasure : erasures) {
    out += static_cast<char>(erasure.kind);
    put_bytes(out, erasure.type);
    put_bytes(out, erasure.id);
    put_bytes(out, erasure.home);
  }
  return out;
}

Result<std::vector<Erasure>> parse_erasures(std::string_view bytes) {
  TupleReader reader(bytes);
  std::vector<Erasure> erasures;
  const std::uint64_t count = reader.varint();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Erasure erasure;
    const std::uint8_t kind = reader.u8();
    if (kind < 1 || kind > 3) return damaged("an erasure");
    erasure.kind = static_cast<Erasure::Kind>(kind);
    erasure.type = reader.bytes();
    erasure.id = reader.bytes();
    erasure.home = reader.bytes();
    erasures.push_back(std::move(erasure));
  }
  if (!reader.at_end()) return damaged("an erasure");
  return erasures;
}

}  // namespace meridian::store
