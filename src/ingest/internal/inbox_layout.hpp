// How the inbox lies in its Kv.
//
//   messages   feed 00 sequence(8)                  -> head, sealed
//   contents   feed 00 sequence(8) piece(4)         -> the sealed content, in pieces of at most 1 MB
//   outcomes   feed 00 sequence(8)                  -> outcome, sealed; none: received, epoch 0
//   entries    'c' feed 00 hash(8)                  -> { content hash(16) sequence(8) } of a control id, oldest first
//              'k' feed 00 hash(8) sequence(8)      -> nothing; of an order key
//              's' feed 00 state(1) sequence(8)     -> nothing; received, dead and held alone
//              't' feed 00 type 00 sequence(8)      -> nothing
//              'f' feed                             -> nothing; that there is such a feed
//              'x'                                  -> salt(16)
// Numbers in keys are big endian, in values little endian. hash(8) is the beginning of SHA-256(salt, text), so that no
// key says who somebody is. A head and its first pieces are written by one commit; the pieces of a content above 1 MB
// are written before it, so that a head is never there without them.
//   example    messages  6C 61 62 00 | 00 00 00 00 00 00 00 11      lab/17
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ingest/inbox.hpp"
#include "kv/kv.hpp"

namespace meridian::ingest::internal {

inline constexpr kv::SpaceId kMessages{0};
inline constexpr kv::SpaceId kContents{1};
inline constexpr kv::SpaceId kOutcomes{2};
inline constexpr kv::SpaceId kEntries{3};
inline constexpr kv::SpaceDefinition kInboxSpaces[] = {{.name = "inbox_messages"},
                                                       {.name = "inbox_contents", .is_cold = true},
                                                       {.name = "inbox_outcomes", .point_reads = true},
                                                       {.name = "inbox_entries", .point_reads = true}};
inline constexpr std::size_t kPieceBytes = 1 << 20;
inline constexpr std::size_t kContentHashBytes = 16;

std::string feed_prefix(std::string_view feed);
std::string message_key(std::string_view feed, std::uint64_t sequence);
std::string content_key(std::string_view feed, std::uint64_t sequence, std::uint32_t piece);
std::string control_entry(std::string_view feed, std::string_view salt, std::string_view control_id);
std::string order_prefix(std::string_view feed, std::string_view salt, std::string_view order_key);
std::string state_prefix(std::string_view feed, MessageState state);
std::string type_prefix(std::string_view feed, std::string_view type);
/// The sequence within the value of a control id's entry, at that place.
std::uint64_t control_sequence(std::string_view value, std::size_t at);
/// That value without the entry of a message.
std::string without_sequence(std::string_view value, std::uint64_t sequence);
/// The sequence that any of these keys ends with.
std::uint64_t sequence_of(std::string_view key);
/// With the sequence behind it.
std::string with_sequence(std::string prefix, std::uint64_t sequence);

struct Head {
  InboxEntry entry;  // without id and outcome
  std::uint32_t pieces = 0;
  std::uint32_t checksum = 0;  // CRC-32C of the content
};
std::string encode(const Head& head);
Result<Head> decode_head(std::string_view bytes);
std::string encode(const Outcome& outcome);
Result<Outcome> decode_outcome(std::string_view bytes);

/// Whether messages in this state are listed under 's'.
constexpr bool is_listed(MessageState state) {
  return state == MessageState::received || state == MessageState::dead || state == MessageState::held;
}

}  // namespace meridian::ingest::internal
