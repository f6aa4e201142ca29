// Decompressing as a stream against the libraries' own calls for a whole buffer.
#include <benchmark/benchmark.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "base/input.hpp"

namespace meridian {
namespace {

const std::string& plain() {
  static const std::string text = [] {
    std::string out;
    for (unsigned i = 0; out.size() < (std::size_t{32} << 20); ++i) {
      out += R"({"resourceType":"Observation","id":")" + std::to_string(i * 2654435761U) +
             R"(","status":"final"})"
             "\n";
    }
    return out;
  }();
  return text;
}

const std::string& gzipped() {
  static const std::string packed = [] {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, plain().size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain().data()));
    stream.avail_in = static_cast<uInt>(plain().size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }();
  return packed;
}

const std::string& zstandard() {
  static const std::string packed = [] {
    std::string out(ZSTD_compressBound(plain().size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain().data(), plain().size(), 3));
    return out;
  }();
  return packed;
}

void count(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(plain().size()));
}

void stream(benchmark::State& state, const std::string& packed) {
  std::vector<char> buffer(std::size_t{1} << 20);
  for (auto _ : state) {
    auto source = decompress(memory_source(packed));
    std::size_t bytes = 0;
    for (;;) {
      const auto got = (*source)->read(buffer);
      if (!got || *got == 0) break;
      bytes += *got;
    }
    if (bytes != plain().size()) state.SkipWithError("wrong size");
  }
  count(state);
}

void gunzip_ours(benchmark::State& state) {
  stream(state, gzipped());
}
BENCHMARK(gunzip_ours)->Name("gunzip/ours")->Unit(benchmark::kMillisecond);

void gunzip_zlib(benchmark::State& state) {
  std::string out(plain().size(), '\0');
  for (auto _ : state) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 16);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped().data()));
    stream.avail_in = static_cast<uInt>(gzipped().size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (inflate(&stream, Z_FINISH) != Z_STREAM_END) state.SkipWithError("fault");
    inflateEnd(&stream);
  }
  count(state);
}
BENCHMARK(gunzip_zlib)->Name("gunzip/theirs:zlib-whole-buffer")->Unit(benchmark::kMillisecond);

void unzstd_ours(benchmark::State& state) {
  stream(state, zstandard());
}
BENCHMARK(unzstd_ours)->Name("unzstd/ours")->Unit(benchmark::kMillisecond);

void unzstd_zstd(benchmark::State& state) {
  std::string out(plain().size(), '\0');
  for (auto _ : state) {
    benchmark::DoNotOptimize(ZSTD_decompress(out.data(), out.size(), zstandard().data(), zstandard().size()));
  }
  count(state);
}
BENCHMARK(unzstd_zstd)->Name("unzstd/theirs:zstd-whole-buffer")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian
