#include "formats/dicom/internal/inflate.hpp"

#include <zlib.h>

#include <algorithm>

namespace meridian::dicom::internal {
namespace {

constexpr std::size_t kStep = std::size_t{1} << 20;

template <typename End>
struct Guard {
  z_stream& stream;
  End end;
  ~Guard() { end(&stream); }
};
template <typename End>
Guard(z_stream&, End) -> Guard<End>;

Bytef* in(std::string_view bytes) {
  // zlib does not write there; its interface is older than const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

/// Turns the crank of inflate or deflate until its end.
template <typename Turn>
Result<std::string> pump(z_stream& stream, std::string_view bytes, std::uint64_t limit, Turn turn) {
  std::string out;
  std::size_t made = 0;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    if (stream.avail_in == 0 && !bytes.empty()) {
      const std::size_t part = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
      stream.next_in = in(bytes);
      stream.avail_in = static_cast<uInt>(part);
      bytes.remove_prefix(part);
    }
    if (made == out.size())
      out.resize(std::min<std::uint64_t>(limit + 1, out.size() + std::max(kStep, out.size() / 2)));
    const std::size_t room = std::min<std::size_t>(out.size() - made, std::size_t{1} << 30);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + made);
    stream.avail_out = static_cast<uInt>(room);
    state = turn(&stream, bytes.empty());
    made += room - stream.avail_out;
    if (made > limit) return fail(ErrorCode::too_large, "the data set inflates beyond max_inflated_bytes");
    if (state != Z_OK && state != Z_STREAM_END) {
      return fail(ErrorCode::malformed_input, "the deflated data set is damaged");
    }
  }
  out.resize(made);
  return out;
}

}  // namespace

Result<std::string> inflate(std::string_view bytes, std::uint64_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return fail(ErrorCode::internal, "zlib cannot begin");
  const Guard guard{stream, [](z_stream* s) { inflateEnd(s); }};
  // Without input and output left to give, zlib answers Z_BUF_ERROR: a stream that is cut.
  return pump(stream, bytes, limit, [](z_stream* s, bool) { return ::inflate(s, Z_NO_FLUSH); });
}

Result<std::string> deflate(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorCode::internal, "zlib cannot begin");
  }
  const Guard guard{stream, [](z_stream* s) { deflateEnd(s); }};
  return pump(stream, bytes, UINT64_MAX - 1,
              [](z_stream* s, bool is_last) { return ::deflate(s, is_last ? Z_FINISH : Z_NO_FLUSH); });
}

}  // namespace meridian::dicom::internal
