// How fast files are read, told as JSON, and decoded. One slice of a CT: 512 × 512 pixels of 16 bits.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "formats/dicom/json.hpp"
#include "formats/dicom/testing/bytes.hpp"
#include "formats/dicom/write.hpp"

namespace meridian::dicom {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the bytes of files

constexpr std::uint32_t kSide = 512;

/// A slice as scanners write it: some hundred elements, smooth pixels with noise.
std::string slice() {
  std::string body = element(0x00080005, "CS", "ISO_IR 100") + element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") +
                     element(0x00080018, "UI", "1.2.3.4");
  for (std::uint32_t i = 0; i < 60; ++i) body += element(0x00091010 + i, "LO", "a private value of a vendor");
  body += element(0x00100010, "PN", "Doe^Jane");
  for (std::uint32_t i = 0; i < 20; ++i) {
    body +=
        element(0x0018A000 + i, "SQ", item(element(0x00080100, "SH", "T-1") + element(0x00080104, "LO", "a meaning")));
  }
  body += element(0x00280002, "US", little_16(1)) + element(0x00280004, "CS", "MONOCHROME2") +
          element(0x00280010, "US", little_16(kSide)) + element(0x00280011, "US", little_16(kSide)) +
          element(0x00280100, "US", little_16(16)) + element(0x00280101, "US", little_16(16)) +
          element(0x00280102, "US", little_16(15)) + element(0x00280103, "US", little_16(0));
  std::string pixels;
  std::uint32_t noise = 1;
  for (std::uint32_t i = 0; i < kSide * kSide; ++i) {
    noise = noise * 1'664'525 + 1'013'904'223;
    pixels += little_16(1000 + (i % kSide) + (i / kSide) / 2 + (noise >> 28));
  }
  return explicit_file(body + element(0x7FE00010, "OW", pixels));
}

File read(const std::string& bytes) {
  Issues issues;
  auto file = read_file(bytes, {}, issues);
  if (!file) std::abort();
  return std::move(*file);
}

void read_slice(benchmark::State& state) {
  const std::string bytes = slice();
  for (auto _ : state) benchmark::DoNotOptimize(read(bytes).data_set().elements.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(read_slice);

void slice_to_json(benchmark::State& state) {
  const File file = read(slice());
  for (auto _ : state) benchmark::DoNotOptimize(to_json(file.data_set()).size());
}
BENCHMARK(slice_to_json);

void decode(benchmark::State& state, std::string_view uid) {
  Issues issues;
  const auto coded = transcode(read(slice()), uid, {}, issues);
  if (!coded) std::abort();
  const File file = read(*coded);
  for (auto _ : state) benchmark::DoNotOptimize(decode_frame(file, 0, {}, issues)->bytes.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSide * kSide * 2));
}
BENCHMARK_CAPTURE(decode, native, uids::kExplicitLittle);
BENCHMARK_CAPTURE(decode, rle, uids::kRle);
BENCHMARK_CAPTURE(decode, jpeg_lossless, uids::kJpegLossless);

void encode(benchmark::State& state, std::string_view uid) {
  const File file = read(slice());
  Issues issues;
  for (auto _ : state) benchmark::DoNotOptimize(transcode(file, uid, {}, issues)->size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kSide * kSide * 2));
}
BENCHMARK_CAPTURE(encode, explicit_little, uids::kExplicitLittle);
BENCHMARK_CAPTURE(encode, rle, uids::kRle);
BENCHMARK_CAPTURE(encode, jpeg_lossless, uids::kJpegLossless);

}  // namespace
}  // namespace meridian::dicom
