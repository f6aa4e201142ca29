#include "store/internal/value_codec.hpp"

#include <zstd.h>

#include <vector>

#include "store/internal/dictionaries.hpp"
#include "store/internal/layout.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

enum class Form : std::uint8_t { deleted = 1, moved = 2, plain = 3, zstd = 4, pieces = 5 };  // on disk

constexpr int kLevel = 3;
constexpr std::size_t kMaxText = std::size_t{1} << 30;
constexpr std::size_t kWorthIt = 64;  // shorter texts are not compressed

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::io_failure, "a stored value is damaged: run verify");
}

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
struct FreeDictionary {
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};

// A thread's own, kept as long as it lives: making one costs more than most values.
ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> context = [] {
    std::unique_ptr<ZSTD_CCtx, FreeCompressor> made(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(made.get(), ZSTD_c_dictIDFlag, 0);
    return made;
  }();
  return context.get();
}
ZSTD_DCtx* decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  return context.get();
}

}  // namespace

bool is_marker(std::string_view value) {
  return value == kDeletedValue || value == kMovedValue;
}

struct ValueCodec::State {
  Sealer* sealer;
  std::uint32_t number = 0;  // of the dictionary to compress with
  std::unique_ptr<ZSTD_CDict, FreeDictionary> compressing;
  std::vector<std::unique_ptr<ZSTD_DDict, FreeDictionary>> decompressing;  // by number - 1
};

ValueCodec::ValueCodec(Sealer& sealer) : state_(std::make_unique<State>()) {
  state_->sealer = &sealer;
  for (const Dictionary& dictionary : dictionaries()) {
    state_->decompressing.emplace_back(ZSTD_createDDict(dictionary.bytes.data(), dictionary.bytes.size()));
    state_->number = dictionary.number;
    state_->compressing.reset(ZSTD_createCDict(dictionary.bytes.data(), dictionary.bytes.size(), kLevel));
  }
}

ValueCodec::~ValueCodec() = default;

Result<std::string> ValueCodec::encode(TenantId tenant, std::string_view home, const ValueText& value) const {
  if (value.text.size() > kMaxText) return fail(ErrorCode::too_large, "a resource has at most 1 GiB");
  std::string packed;
  std::size_t size = 0;
  if (value.text.size() >= kWorthIt) {
    packed.resize(ZSTD_compressBound(value.text.size()));
    ZSTD_CCtx* const context = compressor();
    ZSTD_CCtx_refCDict(context, state_->compressing.get());
    size = ZSTD_compress2(context, packed.data(), packed.size(), value.text.data(), value.text.size());
    if (ZSTD_isError(size) != 0) size = 0;
  }
  const bool is_packed = size != 0 && size < value.text.size();
  if (is_packed) packed.resize(size);
  const std::string sealed =
      TRY(state_->sealer->seal(tenant, home, is_packed ? std::string_view(packed) : std::string_view(value.text)));
  std::string out;
  out.reserve(sealed.size() + 16);
  out += static_cast<char>(is_packed ? Form::zstd : Form::plain);
  if (is_packed) put_varint(out, state_->number);
  put_varint(out, value.text.size());
  put_varint(out, value.id_at);
  put_varint(out, value.meta_at);
  return out += sealed;
}

Result<ValueText> ValueCodec::decode(TenantId tenant, std::string_view home, std::string_view value) const {
  TupleReader reader(value);
  const auto form = static_cast<Form>(reader.u8());
  if (form != Form::plain && form != Form::zstd) return damaged();
  const std::uint64_t number = form == Form::zstd ? reader.varint() : 0;
  const std::uint64_t size = reader.varint();
  ValueText text;
  text.id_at = static_cast<std::uint32_t>(reader.varint());
  text.meta_at = static_cast<std::uint32_t>(reader.varint());
  if (!reader.ok() || size > kMaxText || text.id_at > size || text.meta_at > size) return damaged();
  std::string plain = TRY(state_->sealer->open(tenant, home, reader.rest()));
  if (form == Form::plain) {
    text.text = std::move(plain);
  } else {
    if (number > state_->decompressing.size()) {
      return fail(ErrorCode::unsupported, "a value needs a dictionary of a newer version of this program");
    }
    text.text.resize(size);
    ZSTD_DCtx* const context = decompressor();
    ZSTD_DCtx_refDDict(context, number == 0 ? nullptr : state_->decompressing[number - 1].get());
    const std::size_t got =
        ZSTD_decompressDCtx(context, text.text.data(), text.text.size(), plain.data(), plain.size());
    if (ZSTD_isError(got) != 0 || got != size) return damaged();
  }
  if (text.text.size() != size) return damaged();
  return text;
}

Result<std::string> ValueCodec::seal(TenantId tenant, std::string_view home, std::string_view note) const {
  return state_->sealer->seal(tenant, home, note);
}

Result<std::string> ValueCodec::unseal(TenantId tenant, std::string_view home, std::string_view sealed) const {
  return state_->sealer->open(tenant, home, sealed);
}

namespace {

std::string piece_key(std::string_view key, std::size_t n) {
  std::string out(key);
  if (n > 0) put_u32(out, static_cast<std::uint32_t>(n));
  return out;
}

}  // namespace

std::size_t piece_count(std::string_view value) {
  return value.size() <= kPieceBytes ? 1 : (value.size() + kPieceBytes - 1) / kPieceBytes;
}

ValuePiece value_piece(std::string_view key, std::string_view value, std::size_t n) {
  std::string bytes;
  if (n == 0 && value.size() > kPieceBytes) {
    bytes += static_cast<char>(Form::pieces);
    put_varint(bytes, value.size());
  }
  bytes += value.substr(n * kPieceBytes, kPieceBytes);
  return {piece_key(key, n), std::move(bytes)};
}

Result<std::string> complete_value(const kv::View& view, std::string_view key, std::string_view first) {
  if (first.empty() || static_cast<Form>(first[0]) != Form::pieces) return std::string(first);
  TupleReader reader(first);
  reader.u8();
  const std::uint64_t size = reader.varint();
  if (!reader.ok() || size > 2 * kMaxText) return damaged();
  std::string value(reader.rest());
  for (std::size_t n = 1; value.size() < size; ++n) {
    const std::optional<std::string> piece = TRY(view.get(space::kValues, piece_key(key, n)));
    if (!piece || piece->empty()) return damaged();
    value += *piece;
  }
  if (value.size() != size) return damaged();
  return value;
}

Result<std::string> get_value(const kv::View& view, const std::string& key) {
  std::optional<std::string> first = TRY(view.get(space::kValues, key));
  if (!first) return fail(ErrorCode::not_found, "no such value");
  if (first->empty() || static_cast<Form>((*first)[0]) != Form::pieces) return std::move(*first);
  return complete_value(view, key, *first);
}

}  // namespace meridian::store
