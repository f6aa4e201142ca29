#include "formats/table/archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "base/testing/temporary_folder.hpp"
#include "formats/table/testing/make_zip.hpp"

namespace meridian::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_zip;
using ::testing::Pair;

struct Members {
  std::vector<std::pair<std::string, std::string>> all;
  std::vector<std::string> issues;
  std::string error;
};

Members read_all_members(Result<std::unique_ptr<ArchiveReader>> opened) {
  Members out;
  Issues issues;
  if (!opened) {
    out.error = opened.error().message();
    return out;
  }
  for (;;) {
    const auto member = (*opened)->next(issues);
    if (!member) out.error = member.error().message();
    if (!member || !*member) break;
    const auto source = (*opened)->open_member();
    const auto bytes = source ? read_all(**source, std::uint64_t{1} << 30) : Result<std::string>(fail(source.error()));
    if (!bytes) out.error = bytes.error().message();
    out.all.emplace_back((*member)->name, bytes.value_or("?"));
  }
  for (const Issue& issue : issues.all()) out.issues.push_back(std::string(issue.message->id) + " at " + issue.path);
  return out;
}

Members read(std::string_view bytes, const ArchiveLimits& limits = {}) {
  return read_all_members(ArchiveReader::open(memory_source(bytes), limits));
}

/// One header of ustar and its bytes.
std::string tar_entry(const std::string& name, const std::string& bytes) {
  std::string block(512, '\0');
  block.replace(0, name.size(), name);
  const auto octal = [&](std::size_t at, std::size_t size, std::uint64_t value) {
    for (std::size_t i = size - 1; i-- > 0; value /= 8) block[at + i] = static_cast<char>('0' + value % 8);
  };
  octal(100, 8, 0644);
  octal(124, 12, bytes.size());
  block[156] = '0';
  block.replace(257, 8,
                std::string("ustar\0"
                            "00",
                            8));
  block.replace(148, 8, "        ");
  std::uint64_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  octal(148, 7, sum);
  return block + bytes + std::string((512 - bytes.size() % 512) % 512, '\0');
}

TEST(Archive, gives_the_members_of_a_zip_file) {
  const std::string inner = make_zip({{"x", "y"}});
  const Members members = read(make_zip({{"a.csv", "a,b\n"},
                                         {"folder/", ""},
                                         {"folder/b.csv", std::string(5000, 'x')},
                                         {"inner.zip", inner},
                                         {"数据.csv", ""}}));
  EXPECT_EQ(members.error, "");
  EXPECT_THAT(members.all, ElementsAre(Pair("a.csv", "a,b\n"), Pair("folder/b.csv", std::string(5000, 'x')),
                                       Pair("inner.zip", inner), Pair("数据.csv", "")));
  EXPECT_THAT(members.issues, IsEmpty());
}

TEST(Archive, refuses_names_that_could_leave_their_folder_and_goes_on) {
  const Members members = read(make_zip({{"../a", "1"},
                                         {"a/../../b", "2"},
                                         {"/etc/passwd", "3"},
                                         {"C:x", "4"},
                                         {"a\\b", "5"},
                                         {"a\nb", "6"},
                                         {"link", "/etc/passwd", false, true},
                                         {"a..b/..c", "7"}}));
  EXPECT_THAT(members.all, ElementsAre(Pair("a..b/..c", "7")));
  EXPECT_THAT(members.issues, ElementsAre("archive-unsafe-name at member 1", "archive-unsafe-name at member 2",
                                          "archive-unsafe-name at member 3", "archive-unsafe-name at member 4",
                                          "archive-unsafe-name at member 5", "archive-unsafe-name at member 6"));
}

TEST(Archive, refuses_encrypted_members_and_goes_on) {
  const Members members = read(make_zip({{"secret", "1", true}, {"plain", "2"}}));
  EXPECT_THAT(members.all, ElementsAre(Pair("plain", "2")));
  EXPECT_THAT(members.issues, ElementsAre("archive-encrypted at member 1"));
}

TEST(Archive, keeps_to_its_limits) {
  const std::string bomb = make_zip({{"zeros", std::string(std::size_t{4} << 20, '\0')}, {"x", "y"}});
  ArchiveLimits limits;
  limits.max_ratio = 100;
  Members members = read(bomb, limits);
  EXPECT_THAT(members.error, HasSubstr("max_ratio"));
  EXPECT_THAT(members.all, ElementsAre(Pair("zeros", "?"), Pair("x", "y")));
  limits = {};
  limits.max_member_bytes = 1000;
  EXPECT_THAT(read(bomb, limits).error, HasSubstr("max_member_bytes"));
  limits = {};
  limits.max_total_bytes = 1000;
  EXPECT_THAT(read(bomb, limits).error, HasSubstr("max_total_bytes"));
  limits = {};
  limits.max_members = 1;
  EXPECT_THAT(read(bomb, limits).error, HasSubstr("max_members"));
  limits = {};
  limits.max_archive_bytes = 100;
  EXPECT_NE(read(bomb, limits).error, "");
}

TEST(Archive, tells_of_damage_and_goes_on) {
  std::string bytes = make_zip({{"a", "some text that is stored or not"}, {"b", "2"}});
  bytes[40] = static_cast<char>(bytes[40] ^ 0x55);
  const Members members = read(bytes);
  EXPECT_NE(members.error, "");
  EXPECT_EQ(members.all.back(), std::make_pair(std::string("b"), std::string("2")));
  EXPECT_NE(read(bytes.substr(0, bytes.size() - 30)).error, "");
  EXPECT_NE(read("no archive").error, "");
  EXPECT_NE(read("").error, "");
}

TEST(Archive, gives_the_members_of_a_tar_file) {
  const std::string bytes = tar_entry("./a.csv", "1") + tar_entry("../b", "2") + tar_entry("c", std::string(600, 'x')) +
                            std::string(1024, '\0');
  const Members members = read(bytes);
  EXPECT_EQ(members.error, "");
  EXPECT_THAT(members.all, ElementsAre(Pair("a.csv", "1"), Pair("c", std::string(600, 'x'))));
  EXPECT_THAT(members.issues, ElementsAre("archive-unsafe-name at member 2"));
}

TEST(Archive, reads_a_zip_file_where_it_lies) {
  const meridian::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/a.zip";
  std::ofstream(path, std::ios::binary) << make_zip({{"a", "1"}});
  ArchiveLimits limits;
  limits.max_archive_bytes = 10;  // of memory, which is not needed
  EXPECT_THAT(read_all_members(ArchiveReader::open(path, limits)).all, ElementsAre(Pair("a", "1")));
  EXPECT_NE(read_all_members(ArchiveReader::open(folder.path() + "/none")).error, "");
}

TEST(Archive, reads_names_of_chinese_systems) {
  const Members members = read(make_zip({{"\xCA\xFD\xBE\xDD.csv", "1"}}));
  EXPECT_THAT(members.all, ElementsAre(Pair("数据.csv", "1")));
}

TEST(Archive, an_empty_zip_file_has_no_members) {
  const std::string empty("PK\x05\x06" + std::string(18, '\0'));
  const Members members = read(empty);
  EXPECT_EQ(members.error, "");
  EXPECT_THAT(members.all, IsEmpty());
}

}  // namespace
}  // namespace meridian::table
