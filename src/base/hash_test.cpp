#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/hex.hpp"
#include "base/internal/crc32c.hpp"
#include "base/random.hpp"

namespace meridian {
namespace {

// https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
TEST(Crc32c, gives_the_examples_of_its_standard) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST(Crc32c, goes_on_from_what_came_before) {
  EXPECT_EQ(crc32c("56789", crc32c("1234")), crc32c("123456789"));
}

TEST(Crc32c, is_the_same_by_table_and_by_instruction) {
  if (!internal::has_crc32c_instruction()) GTEST_SKIP() << "this machine lacks the instruction";
  SeededRandom random(5);
  std::string bytes(300, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string_view part = std::string_view(bytes).substr(size % 8, size - size % 8);
    EXPECT_EQ(internal::crc32c_by_table(part, 7), internal::crc32c_by_instruction(part, 7));
  }
}

TEST(Hash64, gives_the_known_answers_of_xxh3) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2u);
  EXPECT_NE(hash64("a"), hash64("a", 1));
  EXPECT_NE(hash64("a"), hash64("b"));
}

// FIPS 180-4 examples
TEST(Sha256, gives_the_examples_of_its_standard) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, takes_its_input_in_pieces_and_begins_anew) {
  Sha256 hash;
  for (int i = 0; i < 2; ++i) {
    hash.update("a");
    hash.update("");
    hash.update("bc");
    EXPECT_EQ(hash.finish(), sha256("abc"));
  }
}

}  // namespace
}  // namespace meridian
