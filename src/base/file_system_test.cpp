#include "base/file_system.hpp"

#include <gtest/gtest.h>
#include <cstdlib>

#include <filesystem>

#include "base/random.hpp"
#include "base/testing/fault_file_system.hpp"
#include "base/testing/temporary_folder.hpp"

namespace meridian {
namespace {

using testing::Fault;
using testing::FaultFileSystem;

std::string code(const auto& result) {
  return result ? "ok" : std::string(name(result.error().code()));
}

void write(FileSystem& files, const std::string& path, std::string_view bytes) {
  const auto file = files.open_writable(path, WriteMode::replace).value();
  ASSERT_TRUE(file->append(bytes));
  ASSERT_TRUE(file->sync());
}
std::string read(FileSystem& files, const std::string& path) {
  const Result<std::string> bytes = read_whole_file(files, path, 1'000'000);
  return bytes ? *bytes : std::string(name(bytes.error().code()));
}

/// What both the machine's files and the model must do, each in an empty folder.
class AnyFileSystem : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == "model") {
      files_ = &model_;
      folder_ = "/test";
      ASSERT_TRUE(files_->create_directory(folder_));
    } else {
      files_ = &system_files();
      folder_ = place_.path();
    }
  }
  FileSystem& files() { return *files_; }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  const std::string& folder() const { return folder_; }

 private:
  FaultFileSystem model_;
  testing::TemporaryFolder place_;
  FileSystem* files_ = nullptr;
  std::string folder_;
};

INSTANTIATE_TEST_SUITE_P(FileSystem, AnyFileSystem, ::testing::Values("machine", "model"),
                         [](const auto& which) { return std::string(which.param); });

TEST_P(AnyFileSystem, writes_and_reads_from_front_to_back) {
  write(files(), at("a"), "hello world");
  EXPECT_EQ(read(files(), at("a")), "hello world");
  const auto file = files().open_sequential(at("a")).value();
  ASSERT_TRUE(file->skip(6));
  std::string part(3, '\0');
  EXPECT_EQ(file->read(part).value(), 3u);
  EXPECT_EQ(part, "wor");
  EXPECT_EQ(files().size(at("a")).value(), 11u);
}

TEST_P(AnyFileSystem, knows_that_there_is_room) {
  EXPECT_GT(files().free_bytes(folder()).value(), 0u);
}

TEST_P(AnyFileSystem, reads_anywhere) {
  write(files(), at("a"), "0123456789");
  const auto file = files().open_random_access(at("a")).value();
  std::string part(4, '\0');
  EXPECT_EQ(file->read_at(5, part).value(), 4u);
  EXPECT_EQ(part, "5678");
  EXPECT_EQ(file->read_at(8, part).value(), 2u);
  EXPECT_EQ(file->read_at(100, part).value(), 0u);
}

TEST_P(AnyFileSystem, opens_for_writing_in_three_ways) {
  write(files(), at("a"), "one");
  EXPECT_EQ(code(files().open_writable(at("a"), WriteMode::create_new)), "conflict");
  const auto more = files().open_writable(at("a"), WriteMode::append).value();
  EXPECT_EQ(more->size(), 3u);
  ASSERT_TRUE(more->append("two"));
  EXPECT_EQ(more->size(), 6u);
  EXPECT_EQ(read(files(), at("a")), "onetwo");
  ASSERT_TRUE(more->truncate(4));
  ASSERT_TRUE(more->append("!"));
  ASSERT_TRUE(more->close());
  EXPECT_EQ(read(files(), at("a")), "onet!");
  write(files(), at("a"), "new");
  EXPECT_EQ(read(files(), at("a")), "new");
}

TEST_P(AnyFileSystem, streams_files_of_any_length) {
  for (const std::size_t length : {0U, 1U, 4096U, 5000U, 1U << 20U, (1U << 20U) + 1U, (3U << 20U) + 777U}) {
    std::string bytes(length, '\0');
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<char>(i * 31 + i / 257);
    const std::string path = at("streamed-" + std::to_string(length));
    {
      const auto file = files().open_streamed(path).value();
      const std::size_t first = length / 3;
      ASSERT_TRUE(file->append(std::string_view(bytes).substr(0, first)));
      ASSERT_TRUE(file->sync());  // and goes on behind it
      ASSERT_TRUE(file->append(std::string_view(bytes).substr(first)));
      EXPECT_EQ(file->size(), length);
      ASSERT_TRUE(length % 2 == 0 ? file->sync() : file->close());
    }
    EXPECT_EQ(read_whole_file(files(), path, 1 << 24).value() == bytes, true) << length;
    EXPECT_EQ(code(files().open_streamed(path)), "conflict");
  }
}

TEST_P(AnyFileSystem, says_what_is_not_there) {
  EXPECT_EQ(code(files().open_sequential(at("a"))), "not_found");
  EXPECT_EQ(code(files().open_random_access(at("a"))), "not_found");
  EXPECT_EQ(code(files().open_writable(at("no/a"), WriteMode::replace)), "not_found");
  EXPECT_EQ(code(files().size(at("a"))), "not_found");
  EXPECT_EQ(code(files().modified(at("a"))), "not_found");
  EXPECT_EQ(code(files().remove(at("a"))), "not_found");
  EXPECT_EQ(code(files().rename(at("a"), at("b"))), "not_found");
  EXPECT_EQ(code(files().list(at("a"))), "not_found");
  EXPECT_EQ(code(files().create_directory(at("a/b"))), "not_found");
  EXPECT_EQ(code(files().sync_directory(at("a"))), "not_found");
  EXPECT_FALSE(files().exists(at("a")).value());
}

TEST_P(AnyFileSystem, renames_links_lists_and_removes) {
  write(files(), at("a"), "A");
  write(files(), at("b"), "B");
  ASSERT_TRUE(files().rename(at("a"), at("b")));
  EXPECT_EQ(read(files(), at("b")), "A");
  EXPECT_FALSE(files().exists(at("a")).value());
  ASSERT_TRUE(files().link(at("b"), at("c")));
  EXPECT_EQ(code(files().link(at("b"), at("c"))), "conflict");
  ASSERT_TRUE(files().create_directory(at("d")));
  ASSERT_TRUE(files().create_directory(at("d")));
  EXPECT_EQ(code(files().create_directory(at("b"))), "conflict");
  write(files(), at("d/e"), "E");
  EXPECT_EQ(files().list(folder()).value(), (std::vector<std::string>{"b", "c", "d"}));
  EXPECT_EQ(code(files().remove_directory(at("d"))), "conflict");
  ASSERT_TRUE(files().remove(at("b")));
  EXPECT_EQ(read(files(), at("c")), "A");
  ASSERT_TRUE(files().remove(at("d/e")));
  ASSERT_TRUE(files().remove_directory(at("d")));
  ASSERT_TRUE(files().sync_directory(folder()));
  EXPECT_EQ(files().list(folder()).value(), std::vector<std::string>{"c"});
}

TEST_P(AnyFileSystem, locks_once) {
  {
    const auto held = files().lock(at("lock"));
    ASSERT_TRUE(held.has_value());
    EXPECT_EQ(code(files().lock(at("lock"))), "conflict");
  }
  EXPECT_EQ(code(files().lock(at("lock"))), "ok");
}

TEST_P(AnyFileSystem, reads_a_whole_file_up_to_a_limit) {
  write(files(), at("a"), std::string(200'000, 'x'));
  EXPECT_EQ(read_whole_file(files(), at("a"), 200'000)->size(), 200'000u);
  EXPECT_EQ(code(read_whole_file(files(), at("a"), 199'999)), "too_large");
}

TEST_P(AnyFileSystem, replaces_a_file) {
  ASSERT_TRUE(replace_file(files(), at("a"), "one"));
  ASSERT_TRUE(replace_file(files(), at("a"), "two"));
  EXPECT_EQ(read(files(), at("a")), "two");
}

TEST(FaultFileSystem, forgets_bytes_that_were_not_synced) {
  FaultFileSystem files;
  const auto file = files.open_writable("/a", WriteMode::replace).value();
  ASSERT_TRUE(file->append("safe"));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(files.sync_directory("/"));
  ASSERT_TRUE(file->append(" and not"));
  files.crash();
  EXPECT_EQ(read(files, "/a"), "safe");
  EXPECT_EQ(code(file->append("stale")), "io_failure");
}

TEST(FaultFileSystem, forgets_names_that_were_not_synced) {
  FaultFileSystem files;
  write(files, "/old", "bytes");
  ASSERT_TRUE(files.sync_directory("/"));
  write(files, "/new", "synced, but its name is not");
  ASSERT_TRUE(files.rename("/old", "/renamed"));
  files.crash();
  EXPECT_EQ(read(files, "/new"), "not_found");
  EXPECT_EQ(read(files, "/renamed"), "not_found");
  EXPECT_EQ(read(files, "/old"), "bytes");
  ASSERT_TRUE(files.remove("/old"));
  files.crash();
  EXPECT_EQ(read(files, "/old"), "bytes");
  ASSERT_TRUE(files.remove("/old"));
  ASSERT_TRUE(files.sync_directory("/"));
  files.crash();
  EXPECT_EQ(read(files, "/old"), "not_found");
}

TEST(FaultFileSystem, a_folder_takes_what_is_in_it_to_its_new_name) {
  FaultFileSystem files;
  ASSERT_TRUE(files.create_directory("/old"));
  write(files, "/old/a", "bytes");
  ASSERT_TRUE(files.sync_directory("/old"));
  ASSERT_TRUE(files.sync_directory("/"));
  ASSERT_TRUE(files.rename("/old", "/new"));
  EXPECT_EQ(read(files, "/new/a"), "bytes");
  EXPECT_EQ(read(files, "/old/a"), "not_found");
  files.crash();
  EXPECT_EQ(read(files, "/new/a"), "not_found");
  EXPECT_EQ(read(files, "/old/a"), "bytes");
  ASSERT_TRUE(files.rename("/old", "/new"));
  ASSERT_TRUE(files.sync_directory("/"));
  files.crash();
  EXPECT_EQ(read(files, "/new/a"), "bytes");
  EXPECT_FALSE(*files.exists("/old"));
}

TEST(FaultFileSystem, fails_or_tears_the_call_that_was_asked_for) {
  FaultFileSystem files;
  const auto file = files.open_writable("/a", WriteMode::replace).value();
  files.fail_at(2, Fault::fail);
  EXPECT_TRUE(file->append("12"));
  EXPECT_EQ(code(file->append("34")), "io_failure");
  EXPECT_TRUE(file->append("56"));
  EXPECT_EQ(read(files, "/a"), "1256");
  files.fail_at(1, Fault::tear);
  EXPECT_EQ(code(file->append("7890")), "io_failure");
  EXPECT_TRUE(file->sync());
  EXPECT_EQ(read(files, "/a"), "125678");
  files.fail_at(1, Fault::power_off);
  EXPECT_EQ(code(file->sync()), "io_failure");
  EXPECT_EQ(code(file->sync()), "io_failure");
  EXPECT_EQ(code(files.exists("/a")), "io_failure");
  files.crash();
  EXPECT_EQ(code(files.exists("/a")), "ok");
}

TEST(FaultFileSystem, lets_locks_go_at_a_crash) {
  FaultFileSystem files;
  const auto held = files.lock("/lock");
  files.crash();
  EXPECT_EQ(code(files.lock("/lock")), "ok");
}

// What the two together are for: a promise about durability, checked at every place where the power can fail.
TEST(MakeFolder, leaves_a_folder_whose_name_a_crash_does_not_forget) {
  FaultFileSystem files;
  ASSERT_TRUE(make_folder(files, "/a"));
  ASSERT_TRUE(make_folder(files, "/a/c"));
  ASSERT_TRUE(make_folder(files, "/a"));
  ASSERT_TRUE(files.create_directory("/b"));
  files.crash();
  EXPECT_TRUE(files.exists("/a/c").value());
  EXPECT_FALSE(files.exists("/b").value());
}

TEST(ReplaceFile, leaves_the_old_or_the_new_wherever_the_power_fails) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::size_t n = 1;; ++n) {
      FaultFileSystem files;
      SeededRandom random(seed);
      ASSERT_TRUE(replace_file(files, "/a", "old"));
      files.fail_at(n, Fault::power_off);
      const bool was_done = replace_file(files, "/a", "new").has_value();
      seed == 0 ? files.crash() : files.crash(random);
      const std::string bytes = read(files, "/a");
      if (was_done) {
        EXPECT_EQ(bytes, "new");
        EXPECT_GT(n, 4u);
        break;
      }
      EXPECT_TRUE(bytes == "old" || bytes == "new") << bytes << " at call " << n << ", seed " << seed;
    }
  }
}

TEST(FaultFileSystem, is_busy_while_it_is_full_and_works_again_after) {
  FaultFileSystem files;
  const auto file = files.open_writable("a", WriteMode::replace).value();
  write(files, "b", "12345");
  files.set_room(2);
  EXPECT_EQ(code(file->append("1234")), "busy");
  EXPECT_EQ(read(files, "a"), "12");
  EXPECT_EQ(files.free_bytes("a").value(), 0u);
  ASSERT_EQ(code(files.remove("b")), "ok");
  EXPECT_EQ(files.free_bytes("a").value(), 5u);
  EXPECT_EQ(code(file->append("3")), "ok");
  EXPECT_EQ(read(files, "a"), "123");
}

}  // namespace
}  // namespace meridian
