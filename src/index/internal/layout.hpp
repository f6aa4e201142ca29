// The keys of the index in the Kv. Numbers in keys are big-endian, so that byte order is their order.
//
//   terms     tenant:4 field:8 term' row:8   -> posting list (internal/posting.hpp); row is its first one
//   columns   tenant:4 field:8 row:8         -> column block (internal/column_block.hpp); row is its first one
//   state     tenant:4 'c' row:8             -> chunk: which rows it holds, which rows they superseded; row is its
//   first
//             tenant:4 'h' row:8             -> the chunk's outline (internal/outline.hpp)
//             tenant:4 'g'                   -> next_row:8 generation:8 (little-endian): how far the head was written
//                                               away; how often a chunk was finished
//
//   term'  := each byte of the term, a 00 as 00 FF, and 00 01 at the end: keeps the order of terms, and no term' begins
//             another
//   chunk  := size (varint) rows (Rows::append_to) (step, newer less older)*, varints; a step is the newer row less
//             the newer row before
//
// A key's row is one that its chunk holds, and a row is in one finished chunk only, so two chunks never write one key,
// and a chunk that was not finished can only be overwritten by rows that are in it anyway.
//
// Example. Tenant 1, field 0x00000000000000F1, term "a\0b" of rows 7, 8, 9, 10 and 40:
//   key    00000001 00000000000000F1 61 00FF 62 0001 0000000000000007
//   value  01 03 1C 00
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/index.hpp"

namespace meridian::index {

inline constexpr std::size_t kFieldPrefixBytes = 12;
inline constexpr std::size_t kRowBytes = 8;

/// A row and the one that it superseded.
struct Succession {
  Row newer;
  Row older;
  bool operator==(const Succession&) const = default;
};

std::string tenant_prefix(Tenant tenant);
/// Of a key that is at least four bytes long.
Tenant parse_tenant(std::string_view key);
std::string field_prefix(Tenant tenant, FieldId field);
/// Appends term'.
void append_term(std::string& key, std::string_view term);
void append_row(std::string& key, Row row);
/// tenant field term' of a term cut to kMaxTermBytes.
std::string term_prefix(Tenant tenant, FieldId field, std::string_view term);
/// Of terms from `begin` on, before `end`; empty: the end of the field.
kv::Range term_range(Tenant tenant, FieldId field, std::string_view begin, std::string_view end);

struct TermKey {
  std::string_view escaped;  ///< term' without its end
  Row row;
};
/// Takes a key of the terms space apart.
std::optional<TermKey> parse_term_key(std::string_view key);
/// The term itself; `buffer` is used where something was escaped.
std::string_view unescape(std::string_view escaped, std::string& buffer);
/// The row at a key's end.
std::optional<Row> last_row(std::string_view key);

std::string chunk_key(Tenant tenant, Row first);
std::string outline_key(Tenant tenant, Row first);
std::string progress_key(Tenant tenant);

struct Progress {
  Row next_row = 0;
  std::uint64_t generation = 0;
};
std::string encode(const Progress& progress);
Result<Progress> parse_progress(std::string_view bytes);

struct ChunkRecord {
  Rows rows;
  std::vector<Succession> successions;  ///< ascending by newer
};
std::string encode(const ChunkRecord& record);
Result<ChunkRecord> parse_chunk(std::string_view bytes);

}  // namespace meridian::index
