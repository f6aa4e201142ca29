#include "base/internal/decompress.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace meridian::internal {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} << 10;

/// A zstd window larger than this is refused: it is memory that the file asks for.
constexpr int kMaxWindowLog = 27;

class Wrapped : public ByteSource {
 public:
  explicit Wrapped(Upstream upstream) : upstream_(std::move(upstream)) {}
  std::uint64_t consumed() const override { return upstream_.source().consumed(); }
  std::optional<std::uint64_t> size() const override { return upstream_.source().size(); }

 protected:
  Upstream upstream_;
};

class PlainSource final : public Wrapped {
 public:
  using Wrapped::Wrapped;

  Result<std::size_t> read(std::span<char> into) override {
    if (into.empty()) return std::size_t{0};
    const std::string_view have = TRY(upstream_.peek());
    const std::size_t count = std::min(into.size(), have.size());
    std::memcpy(into.data(), have.data(), count);
    upstream_.advance(count);
    return count;
  }
};

class GzipSource final : public Wrapped {
 public:
  using Wrapped::Wrapped;
  ~GzipSource() override { inflateEnd(&stream_); }

  // 15 + 16: the largest window, gzip's framing.
  bool start() { return inflateInit2(&stream_, 15 + 16) == Z_OK; }

  /// RFC 1952: "A gzip file consists of a series of members." Zero bytes after the last are padding (tapes).
  Result<std::size_t> read(std::span<char> into) override {
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), UINT32_MAX));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && wanted > 0) {
      const std::string_view have = TRY(upstream_.peek());
      if (have.empty()) {
        if (state_ == State::inside) return fail(ErrorCode::malformed_input, "the gzip stream is cut off");
        return std::size_t{0};
      }
      if (state_ != State::inside) {
        if (have[0] == '\0') {
          state_ = State::padding;
          upstream_.advance(std::min(have.find_first_not_of('\0'), have.size()));
          continue;
        }
        if (have[0] != '\x1f' || state_ == State::padding) {
          return fail(ErrorCode::malformed_input, "bytes that are not gzip follow the gzip stream");
        }
        if (inflateReset(&stream_) != Z_OK) return fail(ErrorCode::internal, "zlib cannot begin a member");
        state_ = State::inside;
      }
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(have.data()));
      stream_.avail_in = static_cast<uInt>(have.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      upstream_.advance(have.size() - stream_.avail_in);
      if (code == Z_STREAM_END) {
        state_ = State::between;
      } else if (code != Z_OK) {
        return fail(ErrorCode::malformed_input, "the gzip stream is damaged");
      }
    }
    return static_cast<std::size_t>(wanted - stream_.avail_out);
  }

 private:
  enum class State { inside, between, padding };
  z_stream stream_{};
  State state_ = State::inside;
};

class ZstdSource final : public Wrapped {
 public:
  using Wrapped::Wrapped;
  ~ZstdSource() override { ZSTD_freeDCtx(context_); }

  bool start() {
    context_ = ZSTD_createDCtx();
    return context_ != nullptr &&
           ZSTD_isError(ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxWindowLog)) == 0;
  }

  Result<std::size_t> read(std::span<char> into) override {
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos == 0 && out.size > 0) {
      const std::string_view have = TRY(upstream_.peek());
      // At the end of the input the decoder may still hold output; it asks for 0 bytes when a frame is whole.
      ZSTD_inBuffer in{have.data(), have.size(), 0};
      if (have.empty() && frame_is_whole_) return std::size_t{0};
      const std::size_t hint = ZSTD_decompressStream(context_, &out, &in);
      if (ZSTD_isError(hint) != 0) return fail(explain(hint));
      upstream_.advance(in.pos);
      frame_is_whole_ = hint == 0;
      if (have.empty() && out.pos == 0 && !frame_is_whole_) {
        return fail(ErrorCode::malformed_input, "the zstd stream is cut off");
      }
    }
    return out.pos;
  }

 private:
  static Error explain(std::size_t code) {
    const std::string reason = ZSTD_getErrorName(code);
    if (reason.find("memory") != std::string::npos) {
      return {ErrorCode::too_large,
              "the zstd stream asks for a window of more than 128 MB; compress it again without --long or --ultra"};
    }
    return {ErrorCode::malformed_input, "the zstd stream is damaged: " + reason};
  }

  ZSTD_DCtx* context_ = nullptr;
  bool frame_is_whole_ = true;
};

}  // namespace

Result<std::string_view> Upstream::peek() {
  if (begin_ == end_) {
    if (buffer_.size() < kBufferSize) buffer_.resize(kBufferSize);
    begin_ = 0;
    end_ = 0;
    end_ = TRY(source_->read(buffer_));
  }
  return std::string_view(buffer_).substr(begin_, end_ - begin_);
}

std::unique_ptr<ByteSource> plain_source(Upstream upstream) {
  return std::make_unique<PlainSource>(std::move(upstream));
}

Result<std::unique_ptr<ByteSource>> gzip_source(Upstream upstream) {
  auto source = std::make_unique<GzipSource>(std::move(upstream));
  if (!source->start()) return fail(ErrorCode::internal, "zlib cannot start");
  return source;
}

Result<std::unique_ptr<ByteSource>> zstd_source(Upstream upstream) {
  auto source = std::make_unique<ZstdSource>(std::move(upstream));
  if (!source->start()) return fail(ErrorCode::internal, "zstd cannot start");
  return source;
}

}  // namespace meridian::internal
