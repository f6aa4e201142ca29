// The embedded Kv beside the disk itself, and its group commit beside other ways to set RocksDB up.
//
// Every benchmark makes its own store in a temporary folder. `synced commits` is measured against the disk's limit: one
// thread that appends as many bytes to a plain file and syncs it, as often as it can, with what 64 committers give it
// between two syncs in one append.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/random.hpp"
#include "base/testing/temporary_folder.hpp"
#include "kv/kv_log.hpp"
#include "kv/rocks.hpp"

namespace meridian::kv {
namespace {

constexpr SpaceDefinition kSpaces[] = {{.name = "values", .point_reads = true, .prefix = 8}};
constexpr SpaceId kSpace{0};
constexpr int kThreads = 64;
constexpr std::size_t kValue = 400;
constexpr int kEntries = 1'000'000;

std::string key_of(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return "key" + std::string(12 - digits.size(), '0') + digits + "/of/one";
}

/// Half of it can be packed.
std::string value_of(Random& random) {
  std::string value(kValue, 'x');
  random.fill(std::as_writable_bytes(std::span(value).first(kValue / 2)));
  return value;
}

std::unique_ptr<Kv> open(const testing::TemporaryFolder& folder) {
  return open_rocks(kSpaces, {.folder = folder.path() + "/kv"}).value();
}

std::uint64_t load_all(Kv& kv, int entries = kEntries) {
  SeededRandom random(1);
  std::vector<std::pair<std::string, std::string>> piece;
  std::uint64_t bytes = 0;
  for (int i = 0; i < entries; ++i) {
    piece.emplace_back(key_of(static_cast<std::uint64_t>(i)), value_of(random));
    bytes += piece.back().first.size() + piece.back().second.size();
    if (piece.size() == 40'000 || i + 1 == entries) {
      if (!kv.load(kSpace, piece)) std::abort();
      piece.clear();
    }
  }
  if (!kv.sync()) std::abort();
  return bytes;
}

void load(benchmark::State& state) {
  for (auto _ : state) {
    const testing::TemporaryFolder folder;
    const auto kv = open(folder);
    state.SetBytesProcessed(state.bytes_processed() + static_cast<std::int64_t>(load_all(*kv)));
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

void load_by_commits(benchmark::State& state) {
  for (auto _ : state) {
    const testing::TemporaryFolder folder;
    const auto kv = open(folder);
    SeededRandom random(1);
    Batch batch;
    for (int i = 0; i < kEntries; ++i) {
      batch.put(kSpace, key_of(static_cast<std::uint64_t>(i)), value_of(random));
      if (batch.bytes() > (std::size_t{1} << 20) || i + 1 == kEntries) {
        if (!kv->commit(batch, Durability::written)) std::abort();
        batch.clear();
      }
    }
    if (!kv->sync()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * kEntries);
}

struct Loaded {
  testing::TemporaryFolder folder;
  std::unique_ptr<Kv> kv = open(folder);
  Loaded() { load_all(*kv); }
};
Loaded& loaded() {
  static Loaded loaded;
  return loaded;
}

void point_get(benchmark::State& state) {
  const auto view = loaded().kv->view();
  SeededRandom random(2);
  for (auto _ : state) benchmark::DoNotOptimize(view->get(kSpace, key_of(random.below(kEntries))));
  state.SetItemsProcessed(state.iterations());
}

void absent_get(benchmark::State& state) {
  const auto view = loaded().kv->view();
  SeededRandom random(2);
  for (auto _ : state) benchmark::DoNotOptimize(view->get(kSpace, key_of(random.below(kEntries)) + "x"));
  state.SetItemsProcessed(state.iterations());
}

void get_many(benchmark::State& state) {
  const auto view = loaded().kv->view();
  SeededRandom random(2);
  std::vector<std::string> keys(100);
  for (auto _ : state) {
    for (std::string& key : keys) key = key_of(random.below(kEntries));
    benchmark::DoNotOptimize(view->get_many(kSpace, keys));
  }
  state.SetItemsProcessed(state.iterations() * 100);
}

void scan(benchmark::State& state) {
  const auto view = loaded().kv->view();
  std::int64_t entries = 0;
  for (auto _ : state) {
    const auto cursor = view->scan(kSpace, {}, Direction::forward, CacheUse::pass);
    for (; cursor->valid(); cursor->next(), ++entries) benchmark::DoNotOptimize(cursor->value());
  }
  state.SetItemsProcessed(entries);
}

/// A hundred neighbours from anywhere: a patient's chart.
void short_scan(benchmark::State& state) {
  const auto view = loaded().kv->view();
  SeededRandom random(2);
  for (auto _ : state) {
    const std::uint64_t from = random.below(kEntries - 100);
    const auto cursor = view->scan(kSpace, {key_of(from), key_of(from + 100)});
    for (; cursor->valid(); cursor->next()) benchmark::DoNotOptimize(cursor->value());
  }
  state.SetItemsProcessed(state.iterations() * 100);
}

void make_view(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(loaded().kv->view());
  state.SetItemsProcessed(state.iterations());
}

/// 64 threads that do the same again and again for two seconds; how often they did.
template <typename Work>
std::int64_t by_many(Work work) {
  std::atomic<bool> stop = false;
  std::atomic<std::int64_t> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; !stop.load(std::memory_order_relaxed); ++i) {
        work(t, i);
        done.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return done;
}

void synced_commits(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto kv = open(folder);
  SeededRandom random(1);
  const std::string value = value_of(random);
  std::int64_t commits = 0;
  for (auto _ : state) {
    commits += by_many([&](int t, std::uint64_t i) {
      Batch batch;
      const std::string key = key_of(static_cast<std::uint64_t>(t) * 1'000'000 + i);
      batch.require_absent(kSpace, key + "/first");
      batch.put(kSpace, key, value);
      batch.put(kSpace, key + "/second", value);
      if (!kv->commit(batch, Durability::synced)) std::abort();
    });
  }
  state.SetItemsProcessed(commits);
}

/// What the disk can do: 64 threads hand records to whoever appends them all and syncs.
void synced_appends(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto file = system_files().open_writable(folder.path() + "/log", WriteMode::replace).value();
  SeededRandom random(1);
  const std::string record = value_of(random) + value_of(random) + std::string(100, 'h');
  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  std::uint64_t turn = 0;  // of the records that wait
  std::uint64_t safe = 0;  // turns before this one are
  bool is_writing = false;
  std::int64_t commits = 0;
  for (auto _ : state) {
    commits += by_many([&](int, std::uint64_t) {
      std::unique_lock lock(mutex);
      waiting += record;
      const std::uint64_t mine = turn;
      changed.wait(lock, [&] { return safe > mine || !is_writing; });
      if (safe > mine) return;
      is_writing = true;
      const std::string bytes = std::exchange(waiting, {});
      ++turn;
      lock.unlock();
      if (!file->append(bytes) || !file->sync()) std::abort();
      lock.lock();
      safe = turn;
      if (safe > mine + 1) std::abort();
      is_writing = false;
      changed.notify_all();
    });
  }
  state.SetItemsProcessed(commits);
}

void log_appends(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto kv = open(folder);
  const auto log = make_kv_log(*kv, kSpace, system_clock());
  SeededRandom random(1);
  const std::string value = value_of(random);
  std::int64_t appends = 0;
  for (auto _ : state) {
    appends += by_many([&](int, std::uint64_t) {
      const NewRecord record{"key", value};
      if (!log->append({"orders", 0}, {&record, 1}, Durability::synced)) std::abort();
    });
  }
  state.SetItemsProcessed(appends);
}

void register_all() {
  const auto once = [](const char* name, void (*function)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, function)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
  };
  once("kv synced commits, 64 threads/ours", &synced_commits);
  once("kv synced commits, 64 threads/theirs:plain file", &synced_appends);
  once("kv synced log appends, 64 threads/ours", &log_appends);
  once("kv load, 1M entries/ours", &load);
  once("kv load, 1M entries/theirs:commits", &load_by_commits);
  benchmark::RegisterBenchmark("kv get of one/ours", &point_get);
  benchmark::RegisterBenchmark("kv get of an absent one/ours", &absent_get);
  benchmark::RegisterBenchmark("kv get of 100/ours", &get_many);
  benchmark::RegisterBenchmark("kv scan of everything/ours", &scan)->UseRealTime();
  benchmark::RegisterBenchmark("kv scan of 100/ours", &short_scan);
  benchmark::RegisterBenchmark("kv view/ours", &make_view);
}
const bool kRegistered = (register_all(), true);

}  // namespace
}  // namespace meridian::kv
