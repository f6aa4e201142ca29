#include "base/tar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <vector>

#include "base/testing/paths.hpp"

namespace meridian {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// A header block, with the content and its padding after it.
std::string entry(const std::string& name, const std::string& content, char type = '0',
                  const std::string& prefix = "") {
  std::string block(512, '\0');
  block.replace(0, name.size(), name);
  block.replace(100, 7, "0000644");
  char size[13];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  block.replace(124, 11, size);
  block.replace(148, 8, "        ");
  block[156] = type;
  block.replace(257, 8, std::string("ustar\00000", 8));
  block.replace(345, prefix.size(), prefix);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  block.replace(148, 7, std::string(digits, 7));
  block += content;
  block.resize((block.size() + 511) / 512 * 512, '\0');
  return block;
}

std::string pax(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

std::string end() {
  return std::string(1024, '\0');
}

Result<std::map<std::string, std::string>> files(const std::string& archive, TarLimits limits = {}) {
  auto source = memory_source(archive);
  TarReader tar(*source, limits);
  std::map<std::string, std::string> out;
  while (auto found = TRY(tar.next())) out[found->name] = TRY(tar.read_entry());
  return out;
}

TEST(Tar, reads_files_one_after_another) {
  const auto found = files(entry("package/a.json", "{}") + entry("package/empty", "") +
                           entry("package/big", std::string(1000, 'x')) + end());
  ASSERT_TRUE(found.has_value()) << found.error().message();
  EXPECT_THAT(*found, UnorderedElementsAre(Pair("package/a.json", "{}"), Pair("package/empty", ""),
                                           Pair("package/big", std::string(1000, 'x'))));
}

TEST(Tar, skips_what_was_not_read) {
  const std::string archive = entry("a", std::string(700, 'a')) + entry("b", "bb") + end();
  auto source = memory_source(archive);
  TarReader tar(*source);
  EXPECT_EQ(tar.next().value()->name, "a");
  char some[10];
  EXPECT_EQ(tar.read(some).value(), 10U);
  EXPECT_EQ(tar.next().value()->name, "b");
  EXPECT_EQ(tar.read_entry().value(), "bb");
  EXPECT_FALSE(tar.next().value().has_value());
  EXPECT_FALSE(tar.next().value().has_value());
}

TEST(Tar, knows_the_long_names_of_ustar_pax_and_gnu) {
  const std::string long_name(300, 'n');
  const auto found = files(entry("b.json", "1", '0', "package/deep") +
                           entry("PaxHeader", pax("mtime", "1.5") + pax("path", "统一/" + long_name), 'x') +
                           entry("short", "2") + entry("././@LongLink", long_name + '\0', 'L') + entry("short", "3") +
                           entry("comment", pax("comment", "git"), 'g') + entry("././@LongLink", "target", 'K') +
                           entry("last", "4") + end());
  ASSERT_TRUE(found.has_value()) << found.error().message();
  EXPECT_THAT(*found, UnorderedElementsAre(Pair("package/deep/b.json", "1"), Pair("统一/" + long_name, "2"),
                                           Pair(long_name, "3"), Pair("last", "4")));
}

TEST(Tar, takes_the_size_from_a_pax_record) {
  // What the header itself states, 5 bytes, is too small.
  std::string archive = entry("PaxHeader", pax("size", "600"), 'x') + entry("big", std::string(5, 'x'));
  archive.resize(archive.size() - 512);
  archive += std::string(600, 'y');
  archive.resize((archive.size() + 511) / 512 * 512, '\0');
  const auto found = files(archive + end());
  ASSERT_TRUE(found.has_value()) << found.error().message();
  EXPECT_THAT(*found, UnorderedElementsAre(Pair("big", std::string(600, 'y'))));
}

TEST(Tar, passes_over_links_folders_and_devices) {
  const auto found = files(entry("link", "", '2') + entry("folder/", "", '5') + entry("device", "", '3') +
                           entry("../../etc/passwd", "only a name", '0') + end());
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(*found, UnorderedElementsAre(Pair("../../etc/passwd", "only a name")));
}

TEST(Tar, accepts_an_archive_without_its_end_marks) {
  EXPECT_EQ(files(entry("a", "1")).value().size(), 1U);
  EXPECT_EQ(files("").value().size(), 0U);
}

TEST(Tar, reports_a_truncated_archive) {
  const std::string whole = entry("a", std::string(700, 'a'));
  for (const std::size_t length : {std::size_t{100}, std::size_t{600}, std::size_t{1211}}) {
    const auto found = files(whole.substr(0, length));
    ASSERT_FALSE(found.has_value()) << length;
    EXPECT_EQ(found.error().code(), ErrorCode::malformed_input);
    EXPECT_THAT(found.error().message(), HasSubstr("cut off"));
  }
}

TEST(Tar, reports_a_damaged_header) {
  std::string archive = entry("a", "1");
  archive[0] = 'b';
  EXPECT_THAT(files(archive).error().message(), HasSubstr("checksum"));
  for (const char* bad : {"5 path", "99 path=a\n", "x path=a\n", "3 \n", "10 path=ab", "9 pathab\n"}) {
    EXPECT_EQ(files(entry("h", bad, 'x') + entry("a", "1") + end()).error().code(), ErrorCode::malformed_input) << bad;
  }
  EXPECT_EQ(files(entry("h", pax("size", "12x"), 'x') + entry("a", "1")).error().code(), ErrorCode::malformed_input);
}

TEST(Tar, keeps_to_its_limits) {
  const std::string archive = entry("a", "123456") + entry("b", "") + end();
  TarLimits limits;
  limits.max_entries = 1;
  EXPECT_EQ(files(archive, limits).error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_entry_bytes = 5;
  EXPECT_EQ(files(archive, limits).error().code(), ErrorCode::too_large);
  limits = {};
  limits.max_total_bytes = 1100;
  EXPECT_EQ(files(archive, limits).error().code(), ErrorCode::too_large);
}

TEST(Tar, does_not_believe_a_size_that_the_archive_only_claims) {
  // 8 GB by the header's digits, a few bytes in fact.
  std::string archive = entry("a", "1");
  archive.replace(124, 11, "77777777777");
  unsigned sum = 0;
  archive.replace(148, 8, "        ");
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(archive[i]);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  archive.replace(148, 7, std::string(digits, 7));
  TarLimits limits;
  limits.max_entry_bytes = limits.max_total_bytes = std::uint64_t{1} << 40;
  EXPECT_THAT(files(archive, limits).error().message(), HasSubstr("cut off"));
}

}  // namespace
}  // namespace meridian
