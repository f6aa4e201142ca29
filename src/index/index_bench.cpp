// The index over RocksDB: building it, and asking it at five million rows.
#include <benchmark/benchmark.h>
#include <roaring/roaring.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/random.hpp"
#include "base/testing/temporary_folder.hpp"
#include "index/index.hpp"
#include "index/internal/collector.hpp"
#include "kv/rocks.hpp"

namespace meridian {
namespace {

using index::FieldId;
using index::Row;
using index::Rows;

constexpr std::array<kv::SpaceDefinition, 3> kSpaces = {
    {{.name = "terms", .prefix = 12}, {.name = "columns", .prefix = 12}, {.name = "state"}}};
constexpr index::IndexSpaces kIndexSpaces = {kv::SpaceId{0}, kv::SpaceId{1}, kv::SpaceId{2}};

class Disk {
 public:
  Disk() {
    kv_ = std::move(*kv::open_rocks(kSpaces, {.folder = folder_.path() + "/kv"}));
    index_ = std::move(*index::Index::open(*kv_, kIndexSpaces));
  }
  ~Disk() {
    index_.reset();
    kv_.reset();
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  index::Index& index() { return *index_; }

 private:
  testing::TemporaryFolder folder_;
  std::unique_ptr<kv::Kv> kv_;
  std::unique_ptr<index::Index> index_;
};

/// What a search parameter each makes of an Observation: 25 terms, of which 5 are nearly its own, and 6 columns.
void describe(Row row, SeededRandom& random, index::Entries& entries) {
  entries.clear();
  char term[48];
  const auto add = [&](std::uint64_t field, const char* kind, std::uint64_t value) {
    const int size = std::snprintf(term, sizeof term, "http://example.org/%s|%llx", kind,
                                   static_cast<unsigned long long>(value * 0x9E3779B97F4A7C15ULL));
    entries.add_term(FieldId{field * 0x9E3779B97F4A7C15ULL}, {term, static_cast<std::size_t>(size)});
  };
  for (std::uint64_t i = 0; i < 3; ++i) add(i, "own", row * 8 + i);
  for (std::uint64_t i = 3; i < 7; ++i) add(i, "patient", row / 20 * 8 + i);
  for (std::uint64_t i = 7; i < 15; ++i) add(i, "code", random.below(500));
  for (std::uint64_t i = 15; i < 25; ++i) add(i, "few", random.below(5));
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::uint64_t value = i < 3 ? 1'500'000'000'000 + random.below(std::uint64_t{1} << 38) : random.next();
    entries.add_column(FieldId{(100 + i) * 0x9E3779B97F4A7C15ULL}, value, value);
  }
}

std::vector<index::Entries> described(std::size_t count) {
  SeededRandom random(1);
  std::vector<index::Entries> rows(count);
  for (std::size_t row = 0; row < count; ++row) describe(row, random, rows[row]);
  return rows;
}

void append_to_the_head(benchmark::State& state) {
  const std::vector<index::Entries> rows = described(32'768);
  Disk disk;
  std::int64_t done = 0;
  index::Tenant tenant = 0;
  for (auto _ : state) {
    if (done % 32'768 == 0) {
      state.PauseTiming();
      if (tenant != 0) (void)disk.index().erase(tenant);
      ++tenant;
      state.ResumeTiming();
    }
    const auto row = static_cast<Row>(done++ % 32'768);
    disk.index().append(tenant, row, rows[row]);
  }
  state.SetItemsProcessed(done);
}
BENCHMARK(append_to_the_head)->Iterations(65'536);

void append_to_a_map_of_vectors(benchmark::State& state) {
  const std::vector<index::Entries> rows = described(32'768);
  std::map<std::string, std::vector<Row>> map;
  std::int64_t done = 0;
  for (auto _ : state) {
    const auto row = static_cast<Row>(done++ % 32'768);
    if (row == 0) map.clear();
    for (const auto& term : rows[row].terms()) {
      std::string key(reinterpret_cast<const char*>(&term.field), sizeof term.field);
      key += rows[row].term(term);
      map[std::move(key)].push_back(row);
    }
  }
  state.SetItemsProcessed(done);
}
BENCHMARK(append_to_a_map_of_vectors)->Iterations(65'536);

void flush_a_full_head(benchmark::State& state) {
  const std::vector<index::Entries> rows = described(32'768);
  Disk disk;
  Row next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (const index::Entries& entries : rows) disk.index().append(1, next++, entries);
    state.ResumeTiming();
    if (!disk.index().flush(1, next)) state.SkipWithError("flush");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(next));
}
BENCHMARK(flush_a_full_head)->Unit(benchmark::kMillisecond)->Iterations(4);

void build_and_write_chunks(benchmark::State& state) {
  const std::vector<index::Entries> rows = described(65'536);
  Disk disk;
  Row next = 0;
  std::size_t memory = 0;
  for (auto _ : state) {
    index::ChunkBuilder chunk(1, next);
    for (const index::Entries& entries : rows) chunk.add(next++, entries);
    memory = chunk.memory_bytes();
    if (state.range(0) != 0 && !disk.index().add_chunk(std::move(chunk))) state.SkipWithError("add_chunk");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(next));
  state.counters["chunk_MB"] = static_cast<double>(memory) / 1e6;
}
BENCHMARK(build_and_write_chunks)->ArgName("write")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->Iterations(4);

constexpr Row kManyRows = 5'000'000;
constexpr FieldId kOneInFifty{1};
constexpr FieldId kManyTerms{2};
constexpr FieldId kDate{3};
constexpr FieldId kReference{4};

/// Five million rows, every tenth superseded by the next but one.
Disk& many_rows() {
  static const std::unique_ptr<Disk> disk = [] {
    auto made = std::make_unique<Disk>();
    SeededRandom random(2);
    index::Entries entries;
    for (Row row = 0; row < kManyRows;) {
      index::ChunkBuilder chunk(1, row);
      for (const Row end = std::min<Row>(row + 65'536, kManyRows); row < end; ++row) {
        entries.clear();
        if (random.below(50) == 0) entries.add_term(kOneInFifty, "http://loinc.org|718-7");
        // Each term in few chunks: as names or dates in text are.
        const std::string term = "term " + std::to_string(1'000'000 + row / 1'000 * 6 + random.below(6));
        entries.add_term(kManyTerms, term);
        const std::uint64_t date = 1'600'000'000'000 + random.below(std::uint64_t{1} << 38);
        entries.add_column(kDate, date, date + 86'400'000);
        const std::uint64_t reference = row / 20 * 0x9E3779B97F4A7C15ULL;
        entries.add_column(kReference, reference, reference);
        chunk.add(row, entries, row % 10 == 9 ? std::optional<Row>(row - 2) : std::nullopt);
      }
      if (!made->index().add_chunk(std::move(chunk))) std::abort();
    }
    // A head on top.
    for (Row row = kManyRows; row < kManyRows + 10'000; ++row) {
      entries.clear();
      entries.add_term(kManyTerms, "term " + std::to_string(row));
      made->index().append(1, row, entries);
    }
    return made;
  }();
  return *disk;
}

index::IndexView view_of(Row end) {
  return std::move(*many_rows().index().view(1, nullptr, {end, {}}));
}

void one_term_of_100000_rows(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  std::uint64_t rows = 0;
  for (auto _ : state) rows = view.with_term(kOneInFifty, "http://loinc.org|718-7", {})->count();
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(one_term_of_100000_rows)->Unit(benchmark::kMillisecond);

void a_range_of_30000_terms(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  std::uint64_t rows = 0;
  for (auto _ : state) rows = view.with_terms(kManyTerms, "", "", {})->count();
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(a_range_of_30000_terms)->Unit(benchmark::kMillisecond);

void walk_30000_terms(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  std::uint64_t terms = 0;
  for (auto _ : state) {
    terms = 0;
    (void)view.visit_terms(kManyTerms, "", "", kv::Direction::forward,
                           [&](std::string_view, const Rows&) { return ++terms != 0; }, {});
  }
  state.counters["terms"] = static_cast<double>(terms);
}
BENCHMARK(walk_30000_terms)->Unit(benchmark::kMillisecond);

void estimate_a_range(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  std::uint64_t rows = 0;
  for (auto _ : state) rows = view.estimate(kManyTerms, "term 101", "term 102");
  state.counters["estimated"] = static_cast<double>(rows);
  state.counters["true"] = static_cast<double>(view.with_terms(kManyTerms, "term 101", "term 102", {})->count());
}
BENCHMARK(estimate_a_range)->Unit(benchmark::kMicrosecond);

Rows some_of(Row end, std::uint64_t one_in) {
  SeededRandom random(3);
  Rows rows;
  for (Row row = random.below(one_in); row < end; row += 1 + random.below(2 * one_in - 1)) rows.add(row);
  return rows;
}

void dates_of_100000_in_1000000(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  const Rows candidates = some_of(1'000'000, 10);
  std::uint64_t rows = 0;
  for (auto _ : state) {
    rows = view.column_between(kDate, candidates, {1'600'000'000'000, 1'700'000'000'000}, {}, {})->count();
  }
  state.counters["candidates"] = static_cast<double>(candidates.count());
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(dates_of_100000_in_1000000)->Unit(benchmark::kMillisecond);

void dates_of_all_5000000(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  std::uint64_t rows = 0;
  for (auto _ : state) {
    rows = view.column_between(kDate, view.current(), {1'600'000'000'000, 1'601'000'000'000}, {}, {})->count();
  }
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(dates_of_all_5000000)->Unit(benchmark::kMillisecond);

void join_1000_references_with_100000(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  const Rows candidates = some_of(1'000'000, 10);
  std::vector<std::uint64_t> values;
  values.reserve(1'000);
  for (std::uint64_t i = 0; i < 1'000; ++i) values.push_back(i * 50 * 0x9E3779B97F4A7C15ULL);
  std::sort(values.begin(), values.end());
  std::uint64_t rows = 0;
  for (auto _ : state) rows = view.column_in(kReference, candidates, values, {})->count();
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(join_1000_references_with_100000)->Unit(benchmark::kMillisecond);

void visit_100_values_among_5000000(benchmark::State& state) {
  const index::IndexView view = view_of(kManyRows);
  const Rows candidates = some_of(kManyRows, 50'000);
  std::uint64_t rows = 0;
  for (auto _ : state) {
    rows = 0;
    (void)view.visit_column(kDate, candidates, [&](Row, std::uint64_t, std::uint64_t) { return ++rows != 0; }, {});
  }
  state.counters["rows"] = static_cast<double>(rows);
}
BENCHMARK(visit_100_values_among_5000000)->Unit(benchmark::kMillisecond);

void make_a_view_after_a_commit(benchmark::State& state) {
  Row end = kManyRows;
  for (auto _ : state) {
    end = end == kManyRows + 10'000 ? kManyRows : end + 1;
    benchmark::DoNotOptimize(view_of(end).current().empty());
  }
}
BENCHMARK(make_a_view_after_a_commit)->Unit(benchmark::kMicrosecond);

void current_of_an_old_snapshot(benchmark::State& state) {
  bool is_old = false;
  for (auto _ : state) {
    is_old = !is_old;
    // Never the same one again, so that none is found ready made.
    static Row moved = 0;
    benchmark::DoNotOptimize(view_of(is_old ? 1'000'000 + ++moved : kManyRows - ++moved).current().empty());
  }
}
BENCHMARK(current_of_an_old_snapshot)->Unit(benchmark::kMicrosecond);

void gather_random_rows(benchmark::State& state) {
  SeededRandom random(4);
  std::vector<Row> rows(1'000'000);
  for (Row& row : rows) row = random.below(kManyRows);
  for (auto _ : state) {
    index::Collector collector;
    for (const Row row : rows) collector.add(row);
    benchmark::DoNotOptimize(collector.take().empty());
  }
}
BENCHMARK(gather_random_rows)->Unit(benchmark::kMillisecond);

void gather_random_rows_in_croaring(benchmark::State& state) {
  SeededRandom random(4);
  std::vector<std::uint32_t> rows(1'000'000);
  for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(random.below(kManyRows));
  for (auto _ : state) {
    roaring_bitmap_t* bitmap = roaring_bitmap_create();
    roaring_bitmap_add_many(bitmap, rows.size(), rows.data());
    benchmark::DoNotOptimize(bitmap);
    roaring_bitmap_free(bitmap);
  }
}
BENCHMARK(gather_random_rows_in_croaring)->Unit(benchmark::kMillisecond);

void visit_every_row(benchmark::State& state) {
  const Rows rows = some_of(kManyRows, 5);
  for (auto _ : state) {
    Row sum = 0;
    rows.visit([&](const Row* batch, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) sum += batch[i];
      return true;
    });
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rows.count()) * state.iterations());
}
BENCHMARK(visit_every_row)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian
