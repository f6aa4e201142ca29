#include "base/input.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/testing/temporary_folder.hpp"

namespace meridian {
namespace {

using ::testing::HasSubstr;

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

/// Gives out a byte at a time.
class Trickle final : public ByteSource {
 public:
  explicit Trickle(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::span<char> into) override {
    if (into.empty() || at_ == bytes_.size()) return std::size_t{0};
    into[0] = bytes_[at_++];
    return std::size_t{1};
  }
  std::uint64_t consumed() const override { return at_; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

Result<std::string> unpack(std::string_view bytes, InputLimits limits = {}) {
  auto source = TRY(decompress(memory_source(bytes), limits));
  return read_all(*source, std::uint64_t{1} << 30);
}

std::string sample() {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  return text;
}

TEST(Input, passes_plain_bytes_through) {
  EXPECT_EQ(unpack("").value(), "");
  EXPECT_EQ(unpack("a").value(), "a");
  EXPECT_EQ(unpack("hello, world").value(), "hello, world");
}

TEST(Input, recognises_gzip_and_zstd_by_their_first_bytes) {
  EXPECT_EQ(unpack(gzip(sample())).value(), sample());
  EXPECT_EQ(unpack(zstd(sample())).value(), sample());
  EXPECT_EQ(unpack(gzip("")).value(), "");
  EXPECT_EQ(unpack(zstd("")).value(), "");
}

TEST(Input, reads_on_through_members_and_frames) {
  EXPECT_EQ(unpack(gzip("one ") + gzip("") + gzip("two")).value(), "one two");
  EXPECT_EQ(unpack(zstd("one ") + zstd("") + zstd("two")).value(), "one two");
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(unpack(skippable + zstd("two")).value(), "two");
  EXPECT_EQ(unpack(gzip("padded") + std::string(512, '\0')).value(), "padded");
}

TEST(Input, does_not_depend_on_how_the_bytes_arrive) {
  for (const std::string& packed : {gzip(sample()) + gzip("end"), zstd(sample()) + zstd("end"), sample() + "end"}) {
    auto source = decompress(std::make_unique<Trickle>(packed)).value();
    std::string out;
    char buffer[7];
    for (;;) {
      const std::size_t count = source->read(buffer).value();
      if (count == 0) break;
      out.append(buffer, count);
    }
    EXPECT_EQ(out, sample() + "end");
  }
}

TEST(Input, reports_a_stream_that_is_cut_off) {
  for (const std::string& whole : {gzip(sample()), zstd(sample())}) {
    for (const std::size_t length : {std::size_t{5}, whole.size() / 2, whole.size() - 1}) {
      const auto result = unpack(whole.substr(0, length));
      ASSERT_FALSE(result.has_value()) << length;
      EXPECT_EQ(result.error().code(), ErrorCode::malformed_input);
      EXPECT_THAT(result.error().message(), HasSubstr("cut off"));
    }
  }
}

TEST(Input, reports_damage) {
  std::string bad = gzip(sample());
  bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 0x55);
  EXPECT_EQ(unpack(bad).error().code(), ErrorCode::malformed_input);

  bad = zstd("hello");
  bad += "and more";
  EXPECT_EQ(unpack(bad).error().code(), ErrorCode::malformed_input);

  EXPECT_THAT(unpack(gzip("hello") + "and more").error().message(), HasSubstr("follow"));
  EXPECT_THAT(unpack(gzip("hello") + std::string(3, '\0') + "x").error().message(), HasSubstr("follow"));
}

TEST(Input, stops_at_the_limit_on_bytes) {
  InputLimits limits;
  limits.max_bytes = 100;
  EXPECT_EQ(unpack(gzip(std::string(100, 'x')), limits).value().size(), 100U);
  EXPECT_EQ(unpack(gzip(std::string(101, 'x')), limits).error().code(), ErrorCode::too_large);
  EXPECT_EQ(unpack(std::string(101, 'x'), limits).error().code(), ErrorCode::too_large);
}

TEST(Input, stops_at_the_limit_on_the_ratio) {
  InputLimits limits;
  limits.max_ratio = 100;
  const std::string bomb(std::size_t{64} << 20, '0');
  const auto result = unpack(zstd(bomb), limits);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::too_large);
  EXPECT_EQ(unpack(zstd(bomb)).value().size(), bomb.size());
}

TEST(Input, read_all_keeps_to_its_limit) {
  auto source = memory_source("12345");
  EXPECT_EQ(read_all(*source, 4).error().code(), ErrorCode::too_large);
  source = memory_source("12345");
  EXPECT_EQ(read_all(*source, 5).value(), "12345");
}

TEST(Input, refuses_a_zstd_window_that_would_take_too_much_memory) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
  const std::string bytes = sample();
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  // Streamed, so that the frame does not know its content's size and keeps the window it was told.
  ZSTD_outBuffer packed{out.data(), out.size(), 0};
  ZSTD_inBuffer plain{bytes.data(), bytes.size(), 0};
  ZSTD_compressStream2(context, &packed, &plain, ZSTD_e_continue);
  ZSTD_compressStream2(context, &packed, &plain, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  out.resize(packed.pos);
  const auto result = unpack(out);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::too_large);
}

class InputFile : public ::testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/file"; }
  testing::TemporaryFolder folder_;
};

TEST_F(InputFile, tells_how_far_it_has_come) {
  const std::string packed = gzip(sample());
  std::ofstream(path(), std::ios::binary) << packed;
  auto source = open_input(path()).value();
  EXPECT_EQ(source->size(), packed.size());
  EXPECT_EQ(read_all(*source, std::uint64_t{1} << 30).value(), sample());
  EXPECT_EQ(source->consumed(), packed.size());
}

TEST_F(InputFile, says_why_it_cannot_be_opened) {
  EXPECT_EQ(open_input(path()).error().code(), ErrorCode::not_found);
  EXPECT_THAT(open_input(path()).error().message(), HasSubstr(path()));
  EXPECT_EQ(open_input(folder_.path()).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(open_input(path() + "/below").error().code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace meridian
