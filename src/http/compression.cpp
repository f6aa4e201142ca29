#include "http/compression.hpp"

#include <zlib.h>
#include <zstd.h>

#include "base/trim.hpp"
#include "http/headers.hpp"

namespace meridian::http {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr int kGzipLevel = 5;  // most of the gain at a third of the default's time
constexpr int kZstdLevel = 3;

// "q=0.5" as thousandths; a malformed weight counts as refusal.
int weight_of(std::string_view parameters) {
  const std::size_t equals = parameters.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(without_blanks(parameters.substr(0, equals)), "q"))
    return 1000;
  const std::string_view value = without_blanks(parameters.substr(equals + 1));
  if (value.empty() || value.size() > 5 || (value[0] != '0' && value[0] != '1')) return 0;
  int thousandths = (value[0] - '0') * 1000;
  if (value.size() > 1 && value[1] != '.') return 0;
  int unit = 100;
  for (std::size_t i = 2; i < value.size(); ++i, unit /= 10) {
    if (value[i] < '0' || value[i] > '9') return 0;
    thousandths += (value[i] - '0') * unit;
  }
  return thousandths > 1000 ? 0 : thousandths;
}

/// A compressor of either kind: add bytes, and flush or end.
class Compressor {
 public:
  enum class Then : unsigned char { go_on, flush, end };
  virtual ~Compressor() = default;
  virtual void add(std::string_view bytes, Then then, std::string& out) = 0;
};

class GzipCompressor final : public Compressor {
 public:
  GzipCompressor() { deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY); }
  ~GzipCompressor() override { deflateEnd(&stream_); }
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  void add(std::string_view bytes, Then then, std::string& out) override {
    do {
      const std::string_view piece = bytes.substr(0, 1 << 30);
      bytes.remove_prefix(piece.size());
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
      stream_.avail_in = static_cast<uInt>(piece.size());
      const bool last = bytes.empty();
      const int flush = !last || then == Then::go_on ? Z_NO_FLUSH : then == Then::flush ? Z_SYNC_FLUSH : Z_FINISH;
      do {
        const std::size_t had = out.size();
        out.resize(had + 16 * 1024);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
        stream_.avail_out = 16 * 1024;
        deflate(&stream_, flush);
        out.resize(out.size() - stream_.avail_out);
      } while (stream_.avail_out == 0);
    } while (!bytes.empty());
  }

 private:
  z_stream stream_{};
};

class ZstdCompressor final : public Compressor {
 public:
  ZstdCompressor() : context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, kZstdLevel);
  }
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }
  ZstdCompressor(const ZstdCompressor&) = delete;
  ZstdCompressor& operator=(const ZstdCompressor&) = delete;

  void add(std::string_view bytes, Then then, std::string& out) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    const ZSTD_EndDirective directive = then == Then::go_on   ? ZSTD_e_continue
                                        : then == Then::flush ? ZSTD_e_flush
                                                              : ZSTD_e_end;
    while (true) {
      const std::size_t had = out.size();
      out.resize(had + 16 * 1024);
      ZSTD_outBuffer to{out.data() + had, 16 * 1024, 0};
      const std::size_t left = ZSTD_compressStream2(context_, &to, &in, directive);
      out.resize(had + to.pos);
      if (ZSTD_isError(left) != 0) return;
      if (then == Then::go_on ? in.pos == in.size : left == 0) return;
    }
  }

 private:
  ZSTD_CCtx* context_;
};

std::unique_ptr<Compressor> make_compressor(Coding coding) {
  if (coding == Coding::gzip) return std::make_unique<GzipCompressor>();
  return std::make_unique<ZstdCompressor>();
}

class CompressedSource final : public BodySource {
 public:
  CompressedSource(std::unique_ptr<BodySource> plain, Coding coding)
      : plain_(std::move(plain)), compressor_(make_compressor(coding)) {}

  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& waker) override {
    piece_.clear();
    const Flow flow = TRY(plain_->pull(piece_, wanted, waker));
    // What is there when the source has no more for now is sent at once: an event stream must not lie in a buffer.
    const auto then = flow == Flow::end    ? Compressor::Then::end
                      : flow == Flow::wait ? Compressor::Then::flush
                                           : Compressor::Then::go_on;
    if (!piece_.empty() || flow == Flow::end) compressor_->add(piece_, then, out);
    return flow;
  }

 private:
  std::unique_ptr<BodySource> plain_;
  std::unique_ptr<Compressor> compressor_;
  std::string piece_;
};

bool is_compressible(std::string_view type) {
  type = without_blanks(type.substr(0, type.find(';')));
  if (type.starts_with("text/")) return true;
  if (type.ends_with("+json") || type.ends_with("+xml")) return true;
  for (const std::string_view known :
       {"application/json", "application/xml", "application/javascript", "application/x-ndjson", "application/ndjson",
        "application/wasm", "application/x-www-form-urlencoded", "application/openmetrics-text"}) {
    if (type == known) return true;
  }
  return false;
}

class Bounds {
 public:
  Bounds(std::uint64_t max_bytes, std::uint32_t max_ratio) : max_bytes_(max_bytes), max_ratio_(max_ratio) {}
  void came_in(std::size_t bytes) { in_ += bytes; }
  Result<> went_out(std::size_t bytes) {
    constexpr std::uint64_t kAlwaysAllowed = 1 << 20;
    out_ += bytes;
    if (out_ > max_bytes_) return fail(ErrorCode::too_large, "the body is too large when decompressed");
    if (out_ > kAlwaysAllowed && out_ / max_ratio_ > in_) {
      return fail(ErrorCode::too_large, "the body grows too much when decompressed");
    }
    return {};
  }

 private:
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::uint64_t max_bytes_;
  std::uint32_t max_ratio_;
};

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor(std::uint64_t max_bytes, std::uint32_t max_ratio) : bounds_(max_bytes, max_ratio) {
    inflateInit2(&stream_, 15 + 16);
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }
  GzipDecompressor(const GzipDecompressor&) = delete;
  GzipDecompressor& operator=(const GzipDecompressor&) = delete;

  Result<> write(std::string_view bytes, std::string& out) override {
    bounds_.came_in(bytes.size());
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (stream_.avail_in > 0 || full_) {
      if (ended_) {
        // Members may follow one another (RFC 1952 section 2.2).
        inflateReset(&stream_);
        ended_ = false;
      }
      const std::size_t had = out.size();
      out.resize(had + kPiece);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      stream_.avail_out = kPiece;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t got = kPiece - stream_.avail_out;
      out.resize(had + got);
      TRY(bounds_.went_out(got));
      full_ = stream_.avail_out == 0 && status != Z_STREAM_END;
      if (status == Z_STREAM_END) {
        ended_ = true;
      } else if (status == Z_BUF_ERROR) {
        full_ = false;
        break;
      } else if (status != Z_OK) {
        return fail(ErrorCode::malformed_input, "the body is not valid gzip");
      }
    }
    return {};
  }

  Result<> finish() override {
    if (!ended_) return fail(ErrorCode::malformed_input, "the gzip body is cut short");
    return {};
  }

 private:
  z_stream stream_{};
  Bounds bounds_;
  bool ended_ = false;
  bool full_ = false;  // the last output was full: more may lie inside
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor(std::uint64_t max_bytes, std::uint32_t max_ratio)
      : context_(ZSTD_createDCtx()), bounds_(max_bytes, max_ratio) {
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, 23);  // 8 MB, as RFC 9659 has it
  }
  ~ZstdDecompressor() override { ZSTD_freeDCtx(context_); }
  ZstdDecompressor(const ZstdDecompressor&) = delete;
  ZstdDecompressor& operator=(const ZstdDecompressor&) = delete;

  Result<> write(std::string_view bytes, std::string& out) override {
    bounds_.came_in(bytes.size());
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      if (at_start_ && !is_frame_start(bytes[in.pos]))
        return fail(ErrorCode::malformed_input, "the body is not valid zstd");
      const std::size_t had = out.size();
      out.resize(had + kPiece);
      ZSTD_outBuffer to{out.data() + had, kPiece, 0};
      const std::size_t status = ZSTD_decompressStream(context_, &to, &in);
      out.resize(had + to.pos);
      if (ZSTD_isError(status) != 0) return fail(ErrorCode::malformed_input, "the body is not valid zstd");
      TRY(bounds_.went_out(to.pos));
      at_start_ = ended_ = status == 0;
      full = to.pos == kPiece && !ended_;
    }
    return {};
  }

  Result<> finish() override {
    if (!ended_) return fail(ErrorCode::malformed_input, "the zstd body is cut short");
    return {};
  }

 private:
  // The first byte of RFC 8878's magic numbers. The library also reads what zstd was before its standard, with code
  // that nobody looks after any more.
  static bool is_frame_start(char byte) { return byte == 0x28 || (static_cast<unsigned char>(byte) & 0xf0) == 0x50; }

  ZSTD_DCtx* context_;
  Bounds bounds_;
  bool at_start_ = true;  // of a frame
  bool ended_ = false;
};

class PlainDecompressor final : public Decompressor {
 public:
  explicit PlainDecompressor(std::uint64_t max_bytes) : bounds_(max_bytes, 1) {}
  Result<> write(std::string_view bytes, std::string& out) override {
    bounds_.came_in(bytes.size());
    TRY(bounds_.went_out(bytes.size()));
    out.append(bytes);
    return {};
  }
  Result<> finish() override { return {}; }

 private:
  Bounds bounds_;
};

}  // namespace

std::string_view name(Coding coding) {
  constexpr std::string_view kNames[] = {"identity", "gzip", "zstd"};
  return kNames[static_cast<std::size_t>(coding)];
}

std::optional<Coding> coding_named(std::string_view name) {
  if (name.empty() || equals_ignoring_case(name, "identity")) return Coding::identity;
  if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) return Coding::gzip;
  if (equals_ignoring_case(name, "zstd")) return Coding::zstd;
  return std::nullopt;
}

// https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
Coding negotiate_coding(std::string_view accept_encoding) {
  int zstd = -1;
  int gzip = -1;
  int identity = -1;
  int any = -1;
  while (!accept_encoding.empty()) {
    const std::size_t comma = accept_encoding.find(',');
    const std::string_view one = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(comma == std::string_view::npos ? accept_encoding.size() : comma + 1);
    const std::size_t semicolon = one.find(';');
    const std::string_view coding = without_blanks(one.substr(0, semicolon));
    const int weight = semicolon == std::string_view::npos ? 1000 : weight_of(one.substr(semicolon + 1));
    if (coding == "*") any = weight;
    if (equals_ignoring_case(coding, "gzip") || equals_ignoring_case(coding, "x-gzip")) gzip = weight;
    if (equals_ignoring_case(coding, "zstd")) zstd = weight;
    if (equals_ignoring_case(coding, "identity")) identity = weight;
  }
  if (zstd < 0) zstd = any > 0 ? any : 0;
  if (gzip < 0) gzip = any > 0 ? any : 0;
  if (zstd > 0 && zstd >= gzip && zstd >= identity) return Coding::zstd;
  if (gzip > 0 && gzip >= identity) return Coding::gzip;
  return Coding::identity;
}

std::string compress(Coding coding, std::string_view bytes) {
  if (coding == Coding::identity) return std::string(bytes);
  std::string out;
  make_compressor(coding)->add(bytes, Compressor::Then::end, out);
  return out;
}

void compress(Response& response, std::string_view accept_encoding, std::size_t min_bytes) {
  if (!response.allow_compression || response.status < 200 || response.status == 204 || response.status == 206 ||
      response.status == 304) {
    return;
  }
  if (!response.source && response.body.size() < min_bytes) return;
  if (response.headers.contains("Content-Encoding") || !is_compressible(response.headers.get("Content-Type"))) return;
  // A problem may still be said in another form (Router::tell_problems), and is short.
  if (response.headers.get("Content-Type") == "application/problem+json") return;
  if (list_contains(response.headers.joined("Cache-Control"), "no-transform")) return;
  // What could have been compressed differs by this field, whether it was or not.
  if (!list_contains(response.headers.joined("Vary"), "Accept-Encoding"))
    response.headers.add("Vary", "Accept-Encoding");
  const Coding coding = negotiate_coding(accept_encoding);
  if (coding == Coding::identity) return;
  if (response.source) {
    response.source = std::make_unique<CompressedSource>(std::move(response.source), coding);
    response.source_size.reset();
  } else {
    response.body = compress(coding, response.body);
  }
  response.headers.add("Content-Encoding", name(coding));
  // Other bytes must not carry the same strong tag (RFC 9110 section 8.8.3.3); a weak one still says the same.
  if (const auto tag = response.headers.find("ETag"); tag && tag->starts_with('"')) {
    response.headers.set("ETag", "W/" + std::string(*tag));
  }
}

std::unique_ptr<Decompressor> make_decompressor(Coding coding, std::uint64_t max_bytes, std::uint32_t max_ratio) {
  switch (coding) {
    case Coding::gzip:
      return std::make_unique<GzipDecompressor>(max_bytes, max_ratio);
    case Coding::zstd:
      return std::make_unique<ZstdDecompressor>(max_bytes, max_ratio);
    case Coding::identity:
      break;
  }
  return std::make_unique<PlainDecompressor>(max_bytes);
}

Result<std::string> decompress(Coding coding, std::string_view bytes, std::uint64_t max_bytes,
                               std::uint32_t max_ratio) {
  const std::unique_ptr<Decompressor> decompressor = make_decompressor(coding, max_bytes, max_ratio);
  std::string out;
  TRY(decompressor->write(bytes, out));
  TRY(decompressor->finish());
  return out;
}

}  // namespace meridian::http
