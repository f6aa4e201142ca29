// RocksDB on a disk that loses power, breaks and fills up.
#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"
#include "base/testing/fault_file_system.hpp"
#include "kv/rocks.hpp"

namespace meridian::kv {
namespace {

using testing::Fault;
using testing::FaultFileSystem;

constexpr SpaceId kFirst{0};
constexpr SpaceId kSecond{1};
constexpr SpaceDefinition kSpaces[] = {{.name = "first"}, {.name = "second", .point_reads = true, .prefix = 2}};
constexpr int kCommits = 30;

Result<std::unique_ptr<Kv>> open(FileSystem& files) {
  return open_rocks(kSpaces, {.folder = "/kv", .files = &files, .memory_bytes = 8 << 20, .flush_at_close = false});
}

std::string key_of(int number) {
  return std::to_string(1'000 + number);
}

/// Hard to pack, so that buffers fill and are flushed on the way.
const std::string& value_of(int number) {
  static std::map<int, std::string> values;
  std::string& value = values[number];
  if (value.empty()) {
    SeededRandom random(static_cast<std::uint64_t>(number));
    value.resize(90'000);
    random.fill(std::as_writable_bytes(std::span(value)));
  }
  return value;
}

/// Commits 0, 1, 2 … with a record in each space; every third is synced. How many are safe for sure.
int commit_some(FileSystem& files) {
  const Result<std::unique_ptr<Kv>> kv = open(files);
  if (!kv) return 0;
  int safe = 0;
  for (int i = 0; i < kCommits; ++i) {
    Batch batch;
    batch.put(kFirst, key_of(i), value_of(i));
    batch.put(kSecond, key_of(i), "");
    batch.require_absent(kFirst, key_of(i));
    const bool is_synced = i % 3 == 2;
    if (!(*kv)->commit(batch, is_synced ? Durability::synced : Durability::written)) return safe;
    if (is_synced) safe = i + 1;
  }
  return safe;
}

/// That the commits there are the first so many, whole, and at least as many as were safe.
void expect_beginning(Kv& kv, int safe, const std::string& when) {
  const auto view = kv.view();
  int there = 0;
  const auto cursor = view->scan(kFirst, {});
  for (; cursor->valid(); cursor->next(), ++there) {
    ASSERT_EQ(cursor->key(), key_of(there)) << when;
    ASSERT_TRUE(cursor->value() == value_of(there)) << when;
    ASSERT_EQ(view->get(kSecond, key_of(there)).value(), "") << when;
  }
  ASSERT_TRUE(cursor->status()) << when;
  EXPECT_GE(there, safe) << when;
  EXPECT_EQ(view->get(kSecond, key_of(there)).value(), std::nullopt) << when;
}

TEST(RocksCrash, keeps_every_synced_commit_and_only_whole_ones_when_the_power_goes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FaultFileSystem files;
    SeededRandom random(seed);
    const int safe = commit_some(files);
    ASSERT_EQ(safe, kCommits);
    if (seed == 0) {
      files.crash();
    } else {
      files.crash(random);
    }
    const auto kv = open(files);
    ASSERT_TRUE(kv) << kv.error().message();
    expect_beginning(**kv, safe, "seed " + std::to_string(seed));
  }
}

class RocksFault : public ::testing::TestWithParam<Fault> {};

INSTANTIATE_TEST_SUITE_P(
    Rocks, RocksFault, ::testing::Values(Fault::fail, Fault::tear, Fault::power_off), [](const auto& which) {
      return std::string(which.param == Fault::fail ? "fail" : which.param == Fault::tear ? "tear" : "power_off");
    });

TEST_P(RocksFault, keeps_every_synced_commit_wherever_a_call_fails) {
  FaultFileSystem all;
  ASSERT_EQ(commit_some(all), kCommits);
  // Flushes run beside commits, so a call is not the same one each time; what must hold holds for every one.
  for (std::size_t n = 1; n <= all.calls(); n += n < 60 ? 2 : 9) {
    FaultFileSystem files;
    SeededRandom random(n);
    files.fail_at(n, GetParam());
    const int safe = commit_some(files);
    files.crash(random);
    const auto kv = open(files);
    ASSERT_TRUE(kv) << "call " << n << ": " << kv.error().message();
    expect_beginning(**kv, safe, "call " + std::to_string(n));
    Batch batch;
    batch.put(kFirst, "after", "");
    EXPECT_TRUE((*kv)->commit(batch, Durability::synced));
  }
}

TEST(RocksCrash, keeps_what_was_loaded_and_synced) {
  FaultFileSystem files;
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 30; ++i) entries.emplace_back(key_of(i), value_of(i));
  {
    const auto kv = open(files).value();
    ASSERT_TRUE(kv->load(kFirst, entries));
    ASSERT_TRUE(kv->sync());
  }
  files.crash();
  const auto kv = open(files).value();
  const auto view = kv->view();
  for (const auto& [key, value] : entries) EXPECT_EQ(view->get(kFirst, key).value(), value);
}

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;

std::string put(Kv& kv, int number, Durability durability = Durability::synced) {
  Batch batch;
  batch.put(kFirst, key_of(number), value_of(number));
  batch.put(kSecond, key_of(number), "");
  const Result<> done = kv.commit(batch, durability);
  return done ? "ok" : std::string(name(done.error().code())) + ": " + done.error().message();
}

/// As a client does that is told to come again: a flush that began while the disk was full may still have to fail.
std::string put_again(Kv& kv, int number) {
  std::string outcome;
  for (int tries = 0; tries < 100; ++tries) {
    outcome = put(kv, number);
    if (!outcome.starts_with("busy: the disk is full")) break;
  }
  return outcome;
}

/// How many bytes the disk takes before it is full, when it fills.
class RocksFull : public ::testing::TestWithParam<std::uint64_t> {};

INSTANTIATE_TEST_SUITE_P(Rocks, RocksFull, ::testing::Values(0, 1'000, 100'000, 1'000'000, 2'000'000),
                         [](const auto& which) { return "after_" + std::to_string(which.param) + "_bytes"; });

TEST_P(RocksFull, refuses_writes_goes_on_reading_and_recovers_without_opening_again) {
  FaultFileSystem files;
  int next = 0;
  {
    const auto kv = open(files).value();
    for (int round = 0; round < 4; ++round) {
      files.set_room(GetParam());
      int refused = 0;
      for (int i = 0; i < 60 && refused < 3; ++i) {
        const std::string outcome = put(*kv, next, i % 2 == 0 ? Durability::synced : Durability::written);
        if (outcome == "ok") ++next;
        if (outcome != "ok") {
          ASSERT_TRUE(outcome.starts_with("busy: the disk is full")) << outcome;
          ++refused;
        }
      }
      EXPECT_EQ(refused, 3);
      expect_beginning(*kv, next, "while full");
      files.set_room(kPlenty);
      for (int i = 0; i < 4; ++i, ++next) ASSERT_EQ(put_again(*kv, next), "ok") << "round " << round;
      expect_beginning(*kv, next, "after");
    }
  }
  files.crash();
  expect_beginning(*open(files).value(), next, "after a crash");
}

TEST_P(RocksFull, forgets_nothing_when_the_power_goes_meanwhile) {
  FaultFileSystem files;
  int next = 0;
  {
    const auto kv = open(files).value();
    files.set_room(GetParam());
    while (next < 60 && put(*kv, next) == "ok") ++next;
  }
  files.crash();
  if (const auto full = open(files); full) {
    expect_beginning(**full, next, "still full");
  } else {
    EXPECT_EQ(full.error().code(), ErrorCode::busy) << full.error().message();
  }
  files.set_room(kPlenty);
  const auto kv = open(files).value();
  expect_beginning(*kv, next, "with room");
  EXPECT_EQ(put(*kv, next), "ok");
}

TEST(RocksFullDisk, refuses_a_load_and_takes_it_later) {
  FaultFileSystem files;
  const auto kv = open(files).value();
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 30; ++i) entries.emplace_back(key_of(i), value_of(i));
  files.set_room(1'000'000);
  const Result<> loaded = kv->load(kFirst, entries);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), ErrorCode::busy) << loaded.error().message();
  files.set_room(kPlenty);
  ASSERT_TRUE(kv->load(kFirst, entries));
  EXPECT_EQ(put(*kv, 50), "ok");
}

}  // namespace
}  // namespace meridian::kv
