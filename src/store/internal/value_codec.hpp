// ValueCodec: a version's text as the bytes of the space `values`, and back.
//
//   value    = deleted | moved | text
//   deleted  = 01                       the resource was deleted by this version
//   moved    = 02                       from this version on it lies in another home
//   text     = 03 body | 04 dictionary body        as it is, sealed; or compressed by zstd, then sealed
//   body     = size id_at meta_at sealed           varints; size of the text before compression (value_text.hpp)
//   pieces   = 05 size first                       a text of more than kPieceBytes: its beginning; what follows lies
//                                                  under the same key with four bytes more: 1, 2, 3 …
//
// Dictionaries have numbers and stay for ever (dictionaries.hpp); 0 is none. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "kv/kv.hpp"
#include "store/internal/value_text.hpp"
#include "store/ports.hpp"

namespace meridian::store {

inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

inline constexpr std::string_view kDeletedValue{"\x01", 1};
inline constexpr std::string_view kMovedValue{"\x02", 1};
/// Whether a value says only that there is nothing more here.
bool is_marker(std::string_view value);

class ValueCodec {
 public:
  explicit ValueCodec(Sealer& sealer);
  ~ValueCodec();

  /// Whole; put_value() cuts it into pieces.
  Result<std::string> encode(TenantId tenant, std::string_view home, const ValueText& value) const;
  /// io_failure when the bytes are damaged; gone when the home's key was destroyed.
  Result<ValueText> decode(TenantId tenant, std::string_view home, std::string_view value) const;
  /// Notes are sealed and no more.
  Result<std::string> seal(TenantId tenant, std::string_view home, std::string_view note) const;
  Result<std::string> unseal(TenantId tenant, std::string_view home, std::string_view sealed) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The n-th part of a value as it is stored, from 0, with its key; nothing beyond the last.
struct ValuePiece {
  std::string key;
  std::string bytes;
};
std::size_t piece_count(std::string_view value);
ValuePiece value_piece(std::string_view key, std::string_view value, std::size_t n);
/// What is stored under a value's key, whole; not_found when there is nothing.
Result<std::string> get_value(const kv::View& view, const std::string& key);
/// The rest of a value of which the first part is known.
Result<std::string> complete_value(const kv::View& view, std::string_view key, std::string_view first);

}  // namespace meridian::store
