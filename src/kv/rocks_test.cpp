#include "kv/rocks.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/memory_budget.hpp"
#include "base/random.hpp"
#include "kv/testing/places.hpp"

namespace meridian::kv {
namespace {

using testing::TemporaryFolder;

constexpr SpaceId kSpace{0};
constexpr SpaceDefinition kSpaces[] = {{.name = "one"}, {.name = "two", .point_reads = true}};

template <typename Place>
std::unique_ptr<testing::KvUnderTest> make() {
  return std::make_unique<Place>();
}

}  // namespace
}  // namespace meridian::kv

namespace meridian::testing {
INSTANTIATE_TEST_SUITE_P(Rocks, KvContract, ::testing::Values(KvCase{"rocks", &kv::make<RocksPlace>}), kv_case_name);
}  // namespace meridian::testing

namespace meridian::kv {
namespace {

class Rocks : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Kv>> open(std::span<const SpaceDefinition> spaces = kSpaces, bool create = true) {
    return open_rocks(
        spaces,
        {.folder = at(""), .memory_bytes = 16 << 20, .create_if_missing = create, .flush_at_close = flush_at_close});
  }
  std::string at(const std::string& name) const { return folder_.path() + "/kv" + name; }
  bool flush_at_close = true;
  std::string outcome(const Result<std::unique_ptr<Kv>>& opened) const {
    return opened ? "ok" : std::string(name(opened.error().code()));
  }
  static std::string put(Kv& kv, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(kSpace, key, value);
    const Result<> done = kv.commit(batch, Durability::synced);
    return done ? "ok" : std::string(name(done.error().code()));
  }
  /// Random bytes, so that they take room.
  static std::vector<std::pair<std::string, std::string>> entries(int count) {
    SeededRandom random(3);
    std::vector<std::pair<std::string, std::string>> made;
    for (int i = 0; i < count; ++i) {
      std::string value(200, '\0');
      random.fill(std::as_writable_bytes(std::span(value)));
      made.emplace_back(std::to_string(100'000 + i), value);
    }
    return made;
  }
  std::string file_that_ends(const std::string& with) const {
    const std::vector<std::string> names = system_files().list(at("")).value();
    for (const std::string& name : names) {
      if (name.ends_with(with)) return at("/" + name);
    }
    return "";
  }
  static void flip_bit(const std::string& path, std::uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
    ASSERT_TRUE(file.good());
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(Rocks, is_not_found_where_nothing_is_and_nothing_may_be_made) {
  EXPECT_EQ(outcome(open(kSpaces, false)), "not_found");
  EXPECT_FALSE(system_files().exists(at("")).value());
  EXPECT_EQ(outcome(open()), "ok");
  EXPECT_EQ(outcome(open(kSpaces, false)), "ok");
}

TEST_F(Rocks, has_one_holder_at_a_time) {
  const auto first = open();
  EXPECT_EQ(outcome(open()), "conflict");
}

TEST_F(Rocks, refuses_a_format_that_it_does_not_know) {
  ASSERT_EQ(outcome(open()), "ok");
  ASSERT_TRUE(replace_file(system_files(), at("/MERIDIAN-KV"), "meridian kv 2\n"));
  const auto opened = open();
  ASSERT_EQ(outcome(opened), "unsupported");
  EXPECT_NE(opened.error().message().find("later release"), std::string::npos);
}

TEST_F(Rocks, refuses_a_space_that_it_does_not_know) {
  ASSERT_EQ(outcome(open()), "ok");
  const auto opened = open(std::span(kSpaces).first(1));
  ASSERT_EQ(outcome(opened), "unsupported");
  EXPECT_NE(opened.error().message().find("two"), std::string::npos);
}

TEST_F(Rocks, makes_spaces_that_are_new) {
  {
    const auto kv = open(std::span(kSpaces).first(1)).value();
    ASSERT_EQ(put(*kv, "a", "1"), "ok");
  }
  const auto kv = open().value();
  EXPECT_EQ(kv->view()->get(kSpace, "a").value(), "1");
  EXPECT_EQ(kv->view()->get(SpaceId{1}, "a").value(), std::nullopt);
}

TEST_F(Rocks, refuses_another_programs_database) {
  ASSERT_EQ(outcome(open()), "ok");
  ASSERT_TRUE(system_files().remove(at("/MERIDIAN-KV")));
  EXPECT_EQ(outcome(open()), "unsupported");
}

TEST_F(Rocks, refuses_to_begin_anew_beside_files_of_data) {
  {
    const auto kv = open().value();
    ASSERT_TRUE(kv->load(kSpace, entries(10'000)));
  }
  ASSERT_TRUE(system_files().remove(at("/CURRENT")));
  EXPECT_EQ(outcome(open()), "io_failure");
}

TEST_F(Rocks, reserves_its_memory_and_gives_it_back) {
  MemoryBudget budget(64 << 20);
  {
    const auto kv = open_rocks(kSpaces, {.folder = at(""), .memory = &budget, .memory_bytes = 16 << 20}).value();
    EXPECT_EQ(budget.used(), std::uint64_t{16} << 20);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(outcome(open_rocks(kSpaces, {.folder = at(""), .memory = &budget, .memory_bytes = 65 << 20})), "busy");
}

TEST_F(Rocks, names_the_data_file_with_a_flipped_bit) {
  const auto kv = open().value();
  ASSERT_TRUE(kv->load(kSpace, entries(10'000)));
  ASSERT_TRUE(kv->verify());
  const std::string file = file_that_ends(".sst");
  flip_bit(file, system_files().size(file).value() / 2);
  const Result<> verified = kv->verify();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code(), ErrorCode::io_failure);
  EXPECT_NE(verified.error().message().find(file.substr(file.rfind('/'))), std::string::npos)
      << verified.error().message();
  const auto view = kv->view();
  const auto cursor = view->scan(kSpace, {});
  while (cursor->valid()) cursor->next();
  EXPECT_FALSE(cursor->status());
}

TEST_F(Rocks, names_the_table_whose_own_description_is_damaged) {
  {
    const auto kv = open().value();
    ASSERT_TRUE(kv->load(kSpace, entries(50)));
    ASSERT_TRUE(kv->sync());
  }
  const std::string file = file_that_ends(".sst");
  const std::uint64_t size = system_files().size(file).value();
  std::size_t noticed = 0;
  for (std::uint64_t offset = size - 900; offset < size; offset += 7) {
    flip_bit(file, offset);
    const auto opened = open();
    const Result<> verified = opened ? (*opened)->verify() : Result<>(fail(opened.error()));
    if (!verified) {
      ++noticed;
      EXPECT_NE(verified.error().message().find(file), std::string::npos)
          << offset << ": " << verified.error().message();
    }
    flip_bit(file, offset);
  }
  EXPECT_GT(noticed, 80U);  // the rest of the footer is padding
  EXPECT_EQ(outcome(open()), "ok");
}

TEST_F(Rocks, names_the_log_with_a_flipped_bit_instead_of_forgetting_what_follows) {
  flush_at_close = false;
  {
    const auto kv = open().value();
    for (int i = 0; i < 10; ++i) ASSERT_EQ(put(*kv, std::to_string(i), std::string(1'000, 'x')), "ok");
  }
  const std::string log = file_that_ends(".log");
  flip_bit(log, 3'500);
  const auto opened = open();
  ASSERT_EQ(outcome(opened), "io_failure");
  EXPECT_NE(opened.error().message().find(log), std::string::npos);
  flip_bit(log, 3'500);
  EXPECT_EQ(open().value()->view()->get(kSpace, "9").value(), std::string(1'000, 'x'));
}

TEST_F(Rocks, opens_with_a_log_that_just_ends) {
  flush_at_close = false;
  {
    const auto kv = open().value();
    for (int i = 0; i < 3; ++i) ASSERT_EQ(put(*kv, std::to_string(i), std::string(1'000, 'x')), "ok");
  }
  const std::string log = file_that_ends(".log");
  const std::uint64_t size = system_files().size(log).value();
  ASSERT_TRUE(system_files().open_writable(log, WriteMode::append).value()->truncate(size - 100));
  const auto kv = open().value();
  EXPECT_NE(kv->view()->get(kSpace, "1").value(), std::nullopt);
  EXPECT_EQ(kv->view()->get(kSpace, "2").value(), std::nullopt);
}

TEST_F(Rocks, sweeps_loads_that_were_cut_short) {
  ASSERT_EQ(outcome(open()), "ok");
  ASSERT_TRUE(replace_file(system_files(), at("/load-7.sst"), "half"));
  ASSERT_EQ(outcome(open()), "ok");
  EXPECT_FALSE(system_files().exists(at("/load-7.sst")).value());
}

}  // namespace
}  // namespace meridian::kv
