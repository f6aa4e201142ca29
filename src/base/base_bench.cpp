// Hot paths of base beside the best known other way to do the same.
#include <benchmark/benchmark.h>
#include <date/date.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <cstdlib>
#include <sstream>
#include <string>

#include "base/date_time.hpp"
#include "base/decimal.hpp"
#include "base/hash.hpp"
#include "base/internal/crc32c.hpp"
#include "base/metrics.hpp"
#include "base/thread_pool.hpp"

namespace {

using namespace meridian;

constexpr const char* kNumbers[] = {"1.00", "98.6", "120", "0.0034", "-12.50", "1234567.89"};
constexpr const char* kTimes[] = {"2015-02-07T13:28:17.239+02:00", "2024-02-29T08:00:00.000+08:00",
                                  "1999-12-31T23:59:59.999-05:00"};

void decimal_parse_ours(benchmark::State& state) {
  for (auto _ : state) {
    for (const char* text : kNumbers) benchmark::DoNotOptimize(Decimal::parse(text));
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(kNumbers));
}
BENCHMARK(decimal_parse_ours)->Name("decimal parse/ours");

void decimal_parse_strtod(benchmark::State& state) {
  for (auto _ : state) {
    for (const char* text : kNumbers) benchmark::DoNotOptimize(std::strtod(text, nullptr));
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(kNumbers));
}
BENCHMARK(decimal_parse_strtod)->Name("decimal parse/theirs:strtod");

using Rival = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<38>, boost::multiprecision::et_off>;

void decimal_sum_ours(benchmark::State& state) {
  const Decimal a = Decimal::parse("1234.56").value();
  const Decimal b = Decimal::parse("0.75").value();
  for (auto _ : state) {
    Decimal x = a;
    benchmark::DoNotOptimize(x);
    benchmark::DoNotOptimize(multiply(*add(x, b), b));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decimal_sum_ours)->Name("decimal add and multiply/ours");

void decimal_sum_boost(benchmark::State& state) {
  const Rival a("1234.56");
  const Rival b("0.75");
  for (auto _ : state) {
    Rival x = a;
    benchmark::DoNotOptimize(x);
    benchmark::DoNotOptimize(Rival((x + b) * b));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decimal_sum_boost)->Name("decimal add and multiply/theirs:boost cpp_dec_float");

void date_time_parse_ours(benchmark::State& state) {
  for (auto _ : state) {
    for (const char* text : kTimes) benchmark::DoNotOptimize(DateTime::parse_fhir(text));
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(kTimes));
}
BENCHMARK(date_time_parse_ours)->Name("dateTime parse/ours");

void date_time_parse_date(benchmark::State& state) {
  std::istringstream in;
  for (auto _ : state) {
    for (const char* text : kTimes) {
      in.clear();
      in.str(text);
      date::sys_time<std::chrono::milliseconds> time;
      std::chrono::minutes offset{};
      date::from_stream(in, "%FT%T%Ez", time, static_cast<std::string*>(nullptr), &offset);
      benchmark::DoNotOptimize(time);
    }
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(kTimes));
}
BENCHMARK(date_time_parse_date)->Name("dateTime parse/theirs:date from_stream");

void hash_ours(benchmark::State& state) {
  const std::string bytes(1024, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(hash64(bytes));
  state.SetBytesProcessed(state.iterations() * std::ssize(bytes));
}
BENCHMARK(hash_ours)->Name("hash of 1 KB/ours");

void hash_std(benchmark::State& state) {
  const std::string bytes(1024, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(std::hash<std::string>()(bytes));
  state.SetBytesProcessed(state.iterations() * std::ssize(bytes));
}
BENCHMARK(hash_std)->Name("hash of 1 KB/theirs:std hash");

void crc_ours(benchmark::State& state) {
  const std::string bytes(4096, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(bytes));
  state.SetBytesProcessed(state.iterations() * std::ssize(bytes));
}
BENCHMARK(crc_ours)->Name("crc32c of 4 KB/ours");

void crc_table(benchmark::State& state) {
  const std::string bytes(4096, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(internal::crc32c_by_table(bytes, 0));
  state.SetBytesProcessed(state.iterations() * std::ssize(bytes));
}
BENCHMARK(crc_table)->Name("crc32c of 4 KB/theirs:eight tables");

constexpr int kJobs = 10'000;

void pool_ours(benchmark::State& state) {
  for (auto _ : state) {
    std::atomic<int> done = 0;
    ThreadPool pool({"bench", 2, kJobs});
    for (int i = 0; i < kJobs; ++i) benchmark::DoNotOptimize(pool.try_submit([&done](Result<>) { ++done; }));
    pool.drain(Deadline());
  }
  state.SetItemsProcessed(state.iterations() * kJobs);
}
BENCHMARK(pool_ours)->Name("pool of 2 threads/ours")->UseRealTime();

void pool_asio(benchmark::State& state) {
  for (auto _ : state) {
    std::atomic<int> done = 0;
    boost::asio::thread_pool pool(2);
    for (int i = 0; i < kJobs; ++i) boost::asio::post(pool, [&done] { ++done; });
    pool.join();
  }
  state.SetItemsProcessed(state.iterations() * kJobs);
}
BENCHMARK(pool_asio)->Name("pool of 2 threads/theirs:asio thread_pool")->UseRealTime();

void counter(benchmark::State& state) {
  Metrics table;
  Counter& counted = table.counter({"meridian_bench", "A counter"});
  for (auto _ : state) counted.add();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(counter)->Name("counter/ours");

}  // namespace
