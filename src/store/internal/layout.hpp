// Layout: which bytes a store keeps in its Kv. Never changed without a new kFormat and a row in the table of upgrades.
//
//   space       key                                     value
//   meta        "format"                                varint kFormat
//               "secret" · tenant                       32 bytes (Store::secret)
//   state       tenant                                  TenantState: how far it is, and what there is
//   commits     tenant · t                              CommitRecord: when, who, why, which rows
//   blocks      tenant · row                            RowBlock: the rows from that one on, and what each is
//   spans       tenant · row                            Span: rows reserved at once, and what became of them
//   pointers    tenant · type · id · ~row               Pointer: a version of a resource, the newest first
//   values      tenant · home · type · id · ~row        what it said (value_codec.hpp); of a resource that was deleted
//                                                       or went to another home: one byte
//   events      tenant · t                              what was purged or erased by that commit
//   erased      tenant · home                           the ledger: t of the erasure
//   notes       as of values                            what the writer of that version keeps beside it, sealed
//   terms, columns, index_state                         of the index (index/internal/layout.hpp)
//
//   tenant = 4 bytes, t, row = 8 bytes, big-endian; ~row = its complement; type, id, home = text and a zero byte
//
// Patient/7 of tenant 1, first written as row 5 by commit 3, is
//   commits   00000001 0000000000000003                                    time actor reason source, rows 5 to 6
//   blocks    00000001 0000000000000005                                    created "Patient" "7" "Patient/7" 1
//   pointers  00000001 "Patient\0" "7\0" fffffffffffffffa                  created 1 t=3 time hash "Patient/7"
//   values    00000001 "Patient/7\0" "Patient\0" "7\0" fffffffffffffffa    {"resourceType":"Patient"}, compressed
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "kv/kv.hpp"
#include "store/version.hpp"

namespace meridian::store {

inline constexpr std::uint64_t kFormat = 2;

namespace space {  // on disk: never renumbered
inline constexpr kv::SpaceId kMeta{0};
inline constexpr kv::SpaceId kState{1};
inline constexpr kv::SpaceId kCommits{2};
inline constexpr kv::SpaceId kBlocks{3};
inline constexpr kv::SpaceId kSpans{4};
inline constexpr kv::SpaceId kPointers{5};
inline constexpr kv::SpaceId kValues{6};
inline constexpr kv::SpaceId kEvents{7};
inline constexpr kv::SpaceId kErased{8};
inline constexpr kv::SpaceId kTerms{9};
inline constexpr kv::SpaceId kColumns{10};
inline constexpr kv::SpaceId kIndexState{11};
inline constexpr kv::SpaceId kNotes{12};
}  // namespace space

inline constexpr std::array<kv::SpaceDefinition, 13> kSpaces{{
    {.name = "meta"},
    {.name = "state"},
    {.name = "commits"},
    {.name = "blocks"},
    {.name = "spans"},
    {.name = "pointers"},
    {.name = "values", .point_reads = true},
    {.name = "events", .point_reads = true},
    {.name = "erased", .point_reads = true},
    {.name = "terms"},
    {.name = "columns"},
    {.name = "index_state"},
    {.name = "notes"},
}};

std::string tenant_key(TenantId tenant);
std::string number_key(TenantId tenant, std::uint64_t number);  ///< of t or row
std::string home_key(TenantId tenant, std::string_view home);
/// What the keys of all versions of a resource begin with; without an id, of a type.
std::string pointer_prefix(TenantId tenant, std::string_view type, std::string_view id = {});
std::string pointer_key(TenantId tenant, std::string_view type, std::string_view id, index::Row row);
std::string value_key(TenantId tenant, std::string_view home, std::string_view type, std::string_view id,
                      index::Row row);
/// What the keys of one resource's values in a home begin with.
std::string value_prefix(TenantId tenant, std::string_view home, std::string_view type, std::string_view id);
/// What the keys of a home's values of a type begin with.
std::string value_prefix(TenantId tenant, std::string_view home, std::string_view type);
/// A key behind all of a home's values, before those of the next home.
std::string after_home(TenantId tenant, std::string_view home);

/// A pointer's or value's key, taken apart; the views are into the key.
struct ParsedKey {
  std::string_view home;
  std::string_view type;
  std::string_view id;
  index::Row row = 0;
};
Result<ParsedKey> parse_pointer_key(std::string_view key);
Result<ParsedKey> parse_value_key(std::string_view key);

/// Where a value lies and whose it is.
struct Pointer {
  Change change = Change::created;
  std::uint64_t number = 0;
  std::uint64_t commit = 0;  ///< 0: of a span, which says
  Instant time;
  std::uint64_t hash = 0;  ///< of the value's text
  std::string home;

  std::string encode() const;
  static Result<Pointer> parse(std::string_view bytes);
};

struct CommitRecord {
  enum class Kind : std::uint8_t { rows = 0, events = 1 };  // on disk
  Kind kind = Kind::rows;
  Instant time;
  index::Row first = 0;
  index::Row count = 0;
  index::Row end = 0;          ///< rows reserved by it and all before it lie below
  std::uint64_t versions = 0;  ///< written by it and all before it
  std::string actor;
  std::string reason;
  std::string source;

  std::string encode() const;
  static Result<CommitRecord> parse(std::string_view bytes);
};

/// What one row is.
struct RowEntry {
  Change change = Change::created;
  bool is_purged = false;
  std::string type;
  std::string id;
  std::string home;
  std::uint64_t number = 0;
  index::Row supersedes = kNone;  ///< kNone: nothing
  static constexpr index::Row kNone = UINT64_MAX;
};

/// Consecutive rows of one commit.
struct RowBlock {
  static constexpr std::size_t kMaxRows = 64;
  std::uint64_t commit = 0;  ///< 0: of a span
  Instant time;
  std::vector<RowEntry> rows;

  std::string encode() const;
  static Result<RowBlock> parse(std::string_view bytes);
};

/// Rows that were reserved at once for a large commit or a piece of a bulk load.
struct Span {
  enum class Fate : std::uint8_t { staging = 0, committed = 1, hole = 2 };  // on disk
  Fate fate = Fate::staging;
  index::Row count = 0;
  std::uint64_t commit = 0;
  Instant time;

  std::string encode() const;
  static Result<Span> parse(std::string_view bytes);
};

/// A tenant after its last commit.
struct TenantState {
  std::uint64_t commit = 0;
  Instant time;
  index::Row next_row = 0;
  std::uint64_t versions = 0;
  struct Count {
    std::string type;
    std::uint64_t resources = 0;  ///< current ones
    std::uint64_t versions = 0;
  };
  std::vector<Count> counts;  ///< by type

  Count& of(std::string_view type);
  std::string encode() const;
  static Result<TenantState> parse(std::string_view bytes);
};

/// One of a commit's events.
struct Erasure {
  enum class Kind : std::uint8_t { versions = 1, resource = 2, home = 3 };  // on disk
  Kind kind = Kind::versions;
  std::string type;
  std::string id;
  std::string home;
};
std::string encode_erasures(const std::vector<Erasure>& erasures);
Result<std::vector<Erasure>> parse_erasures(std::string_view bytes);

}  // namespace meridian::store
