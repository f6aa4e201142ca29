#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <cstdint>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "base/random.hpp"

namespace meridian {
namespace {

TEST(Bytes, are_loaded_and_stored_in_either_order) {
  const unsigned char bytes[] = {0xFF, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
  EXPECT_EQ(load_little<std::uint16_t>(bytes + 1), 0x0201);
  EXPECT_EQ(load_big<std::uint32_t>(bytes + 1), 0x01020304u);
  EXPECT_EQ(load_little<std::uint64_t>(bytes + 1), 0x0807060504030201u);
  EXPECT_EQ(load_big<std::uint8_t>(bytes), 0xFF);
  unsigned char out[8];
  store_big<std::uint32_t>(out, 0x01020304);
  EXPECT_EQ(load_little<std::uint32_t>(out), 0x04030201u);
  store_little<std::uint64_t>(out, 42);
  EXPECT_EQ(out[0], 42);
}

TEST(Hex, goes_there_and_back) {
  EXPECT_EQ(to_hex(std::string_view("\x00\xAB\x7F", 3)), "00ab7f");
  EXPECT_EQ(from_hex("00aB7F").value(), std::string("\x00\xAB\x7F", 3));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("0x12"));
}

// https://www.rfc-editor.org/rfc/rfc4648#section-10
TEST(Base64, gives_the_examples_of_its_standard) {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text).value(), bytes);
  }
}

TEST(Base64, has_a_form_for_addresses) {
  EXPECT_EQ(to_base64("\xFB\xFF\xFE", Base64::standard), "+//+");
  EXPECT_EQ(to_base64("\xFB\xFF\xFE", Base64::url), "-__-");
  EXPECT_EQ(to_base64("f", Base64::url), "Zg");
  EXPECT_EQ(from_base64("Zg", Base64::url).value(), "f");
}

TEST(Base64, refuses_second_spellings) {
  for (const char* text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zg==Zg==", "====", "Z===", "=", "Zm9-", "Z\xC3\xA9="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (const char* text : {"Zg==", "Z", "Zh", "Zm9/"}) EXPECT_FALSE(from_base64(text, Base64::url)) << text;
}

TEST(Base64, brings_any_bytes_back) {
  SeededRandom random(3);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    random.fill(std::as_writable_bytes(std::span(bytes)));
    for (const Base64 variant : {Base64::standard, Base64::url}) {
      EXPECT_EQ(from_base64(to_base64(bytes, variant), variant).value(), bytes);
    }
  }
}

}  // namespace
}  // namespace meridian
