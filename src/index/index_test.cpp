#include "index/index.hpp"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "index/internal/layout.hpp"
#include "kv/testing/model_kv.hpp"

namespace meridian::index {
namespace {

constexpr std::array<kv::SpaceDefinition, 3> kSpaces = {{{"terms"}, {"columns"}, {"state"}}};
constexpr IndexSpaces kIndexSpaces = {kv::SpaceId{0}, kv::SpaceId{1}, kv::SpaceId{2}};
constexpr Tenant kTenant = 7;
constexpr FieldId kField{1};
constexpr FieldId kOwn{2};
constexpr FieldId kColumn{3};

class IndexTest : public ::testing::Test {
 protected:
  void open(IndexOptions options = {}) {
    index.reset();
    kv.reset();
    kv = std::move(*meridian::testing::open_model(kSpaces, disk));
    index = std::move(*Index::open(*kv, kIndexSpaces, options));
  }
  /// Every row stands under "all", under a term of its own and in the column; each tenth supersedes the last but one.
  static Entries entries_of(Row row, std::size_t padding = 0) {
    Entries entries;
    entries.add_term(kField, "all");
    entries.add_term(kField, "all");
    entries.add_term(kOwn, own(row, padding));
    entries.add_column(kColumn, row * 2, row * 2 + 1);
    return entries;
  }
  static std::string own(Row row, std::size_t padding = 0) {
    return std::to_string(1'000'000 + row) + std::string(padding, 'x');
  }
  static std::optional<Row> superseded_by(Row row) {
    return row % 10 == 9 ? std::optional<Row>(row - 2) : std::nullopt;
  }
  void append(Row first, Row end, std::size_t padding = 0) {
    for (Row row = first; row < end; ++row) {
      index->append(kTenant, row, entries_of(row, padding), superseded_by(row));
    }
  }
  static void expect_rows(const IndexView& view, Row end) {
    const Rows all = Rows::range(0, end);
    ASSERT_EQ(*view.with_term(kField, "all", {}), all);
    ASSERT_EQ(*view.with_terms(kOwn, "", "", {}), all);
    ASSERT_EQ(view.current().count(), end - end / 10);
    ASSERT_EQ(view.column_between(kColumn, all, {0, end}, {}, {})->count(), std::min<Row>(end, end / 2 + 1));
    Row next = 0;
    ASSERT_TRUE(view.visit_column(
        kColumn, all, [&](Row row, std::uint64_t low, std::uint64_t) { return row == next++ && low == row * 2; }, {}));
    ASSERT_EQ(next, end);
  }
  IndexView view(Row end) { return std::move(*index->view(kTenant, nullptr, {end, {}})); }

  std::shared_ptr<meridian::testing::ModelDisk> disk = std::make_shared<meridian::testing::ModelDisk>();
  std::unique_ptr<kv::Kv> kv;
  std::unique_ptr<Index> index;
};

TEST_F(IndexTest, asks_to_be_flushed_when_the_head_holds_enough_rows_or_bytes) {
  open({.head_rows = 10, .head_bytes = 1 << 20});
  EXPECT_FALSE(index->wants_flush(kTenant));
  append(0, 9);
  EXPECT_FALSE(index->wants_flush(kTenant));
  append(9, 10);
  EXPECT_TRUE(index->wants_flush(kTenant));
  ASSERT_TRUE(index->flush(kTenant, 10));
  EXPECT_FALSE(index->wants_flush(kTenant));
  EXPECT_EQ(index->statistics(kTenant).head_bytes, 0);
  EXPECT_EQ(index->statistics(kTenant).dead_rows, 1);
  open({.head_rows = 1'000'000, .head_bytes = 1 << 20});
  append(10, 2'000, 1'000);
  EXPECT_TRUE(index->wants_flush(kTenant));
}

TEST_F(IndexTest, keeps_tenants_apart_and_forgets_one_when_told) {
  open();
  append(0, 100);
  index->append(kTenant + 1, 5, entries_of(5));
  ASSERT_TRUE(index->flush(kTenant, 100));
  ASSERT_TRUE(index->flush(kTenant + 1, 6));
  EXPECT_EQ(*index->view(kTenant + 1, nullptr, {100, {}})->with_term(kField, "all", {}), Rows::range(5, 6));
  ASSERT_TRUE(index->erase(kTenant));
  EXPECT_TRUE(view(100).with_term(kField, "all", {})->empty());
  EXPECT_EQ(index->next_row(kTenant), 0);
  open();
  EXPECT_TRUE(view(100).current().empty());
  EXPECT_EQ(index->next_row(kTenant + 1), 6);
}

TEST_F(IndexTest, estimates_large_ranges_from_outlines_and_common_terms_from_a_sample) {
  open();
  for (Row first = 0; first < 300'000; first += 1'000) {
    ChunkBuilder chunk(kTenant, first);
    for (Row row = first; row < first + 1'000; row += 20) chunk.add(row, entries_of(row));
    ASSERT_TRUE(index->add_chunk(std::move(chunk)));
  }
  open();
  append(300'000, 300'100);
  const IndexView all = view(300'100);
  EXPECT_EQ(all.estimate(kOwn, own(40), own(240)), 10);
  EXPECT_EQ(all.estimate(kOwn, own(300'000), own(300'050)), 50);
  const auto is_near = [](std::uint64_t estimated, std::uint64_t truth) {
    return estimated > truth * 3 / 4 && estimated < truth * 4 / 3;
  };
  EXPECT_PRED2(is_near, all.estimate(kOwn, "", ""), 15'100);
  EXPECT_PRED2(is_near, all.estimate(kOwn, own(100'000), own(200'000)), 5'000);
  EXPECT_PRED2(is_near, all.estimate(kField, "all", std::string("all\0", 4)), 15'100);
  EXPECT_EQ(all.estimate(kColumn, "", ""), 0);
}

TEST_F(IndexTest, looks_at_no_more_of_a_term_than_it_may_have) {
  open();
  Entries entries;
  entries.add_term(kField, std::string(2'000, 'x'));
  index->append(kTenant, 0, entries);
  EXPECT_EQ(view(1).with_term(kField, std::string(kMaxTermBytes, 'x'), {})->count(), 1);
  ASSERT_TRUE(index->flush(kTenant, 1));
  EXPECT_EQ(view(1).with_term(kField, std::string(3'000, 'x'), {})->count(), 1);
  EXPECT_EQ(view(1).with_any(kField, std::vector<std::string>{std::string(3'000, 'x')}, {})->count(), 1);
}

TEST_F(IndexTest, ends_long_questions_when_their_time_is_over_or_nobody_waits) {
  open();
  append(0, 2'000);
  ASSERT_TRUE(index->flush(kTenant, 2'000));
  const IndexView whole = view(2'000);
  const Patience late{Deadline::at_nanoseconds(1), {}};
  EXPECT_EQ(whole.with_terms(kOwn, "", "", late).error().code(), ErrorCode::timeout);
  StopSource stop;
  stop.request_stop();
  const Patience gone{{}, stop.token()};
  const auto visit = [](std::string_view, const Rows&) { return true; };
  EXPECT_EQ(whole.visit_terms(kOwn, "", "", kv::Direction::forward, visit, gone).error().code(), ErrorCode::cancelled);
}

TEST_F(IndexTest, says_so_when_what_it_reads_is_damaged) {
  open();
  append(0, 10);
  ASSERT_TRUE(index->flush(kTenant, 10));
  kv::Batch batch;
  std::string key = term_prefix(kTenant, kField, "all");
  append_row(key, 0);
  batch.put(kIndexSpaces.terms, key, "\x07");
  key = field_prefix(kTenant, kColumn);
  append_row(key, 0);
  batch.put(kIndexSpaces.columns, key, "short");
  ASSERT_TRUE(kv->commit(batch, kv::Durability::synced));
  EXPECT_EQ(view(10).with_term(kField, "all", {}).error().code(), ErrorCode::malformed_input);
  EXPECT_EQ(view(10).column_between(kColumn, Rows::range(0, 10), {}, {}, {}).error().code(),
            ErrorCode::malformed_input);
  batch.clear();
  batch.put(kIndexSpaces.state, chunk_key(kTenant, 0), "\xFF");
  ASSERT_TRUE(kv->commit(batch, kv::Durability::synced));
  EXPECT_EQ(Index::open(*kv, kIndexSpaces, {}).error().code(), ErrorCode::malformed_input);
}

// A flush that is stopped at any of its batches, and then done again, perhaps cut otherwise, loses nothing.
TEST_F(IndexTest, loses_nothing_when_a_flush_fails_at_any_batch) {
  constexpr Row kRows = 4'000;
  constexpr std::size_t kPadding = 900;
  std::size_t batches = 0;
  for (bool is_done = false; !is_done; ++batches) {
    disk = std::make_shared<meridian::testing::ModelDisk>();
    open();
    append(0, kRows, kPadding);
    disk->fail_at(batches + 1, meridian::testing::ModelFault::lost);
    const IndexView before = view(kRows);
    is_done = index->flush(kTenant, kRows).has_value();
    ASSERT_NO_FATAL_FAILURE(expect_rows(before, kRows));
    ASSERT_NO_FATAL_FAILURE(expect_rows(view(kRows), kRows));
    disk->crash(disk->unsynced());
    open();
    ASSERT_EQ(index->next_row(kTenant), is_done ? kRows : 0);
    if (is_done) continue;
    append(0, kRows / 3, kPadding);
    ASSERT_TRUE(index->flush(kTenant, kRows / 3));
    append(kRows / 3, kRows, kPadding);
    ASSERT_NO_FATAL_FAILURE(expect_rows(view(kRows), kRows));
    ASSERT_TRUE(index->flush(kTenant, kRows));
    open();
    ASSERT_NO_FATAL_FAILURE(expect_rows(view(kRows), kRows));
  }
  EXPECT_GT(batches, 4);
}

TEST_F(IndexTest, tries_again_to_write_a_head_that_could_not_be_written) {
  open();
  append(0, 50);
  disk->fail_at(1, meridian::testing::ModelFault::busy);
  EXPECT_EQ(index->flush(kTenant, 50).error().code(), ErrorCode::busy);
  append(50, 100);
  EXPECT_EQ(index->statistics(kTenant).head_rows, 100);
  ASSERT_NO_FATAL_FAILURE(expect_rows(view(100), 100));
  ASSERT_TRUE(index->flush(kTenant, 100));
  ASSERT_NO_FATAL_FAILURE(expect_rows(view(100), 100));
  open();
  ASSERT_NO_FATAL_FAILURE(expect_rows(view(100), 100));
}

TEST_F(IndexTest, tells_which_rows_above_the_end_of_the_heads_chunks_are_there_already) {
  open();
  append(0, 10);
  ASSERT_TRUE(index->flush(kTenant, 10));
  ChunkBuilder chunk(kTenant, 20);
  chunk.add(20, entries_of(20));
  chunk.add(22, entries_of(22), 3);
  ASSERT_TRUE(index->add_chunk(std::move(chunk)));
  ASSERT_TRUE(index->add_chunk(ChunkBuilder(kTenant, 30)));  // with nothing in it
  EXPECT_EQ(index->chunk_rows(kTenant), Rows::of(std::vector<Row>{20, 22}));
  open();
  EXPECT_EQ(index->chunk_rows(kTenant), Rows::of(std::vector<Row>{20, 22}));
  EXPECT_FALSE(view(30).current().contains(3));
  EXPECT_TRUE(index->view(kTenant, nullptr, {30, {{20, 30}}})->current().contains(3));
  ASSERT_TRUE(index->flush(kTenant, 21));
  EXPECT_EQ(index->chunk_rows(kTenant), Rows::of(std::vector<Row>{22}));
}

TEST_F(IndexTest, answers_readers_while_rows_come_and_heads_are_written) {
  open();
  constexpr Row kRows = 3'000;
  std::atomic<Row> end = 0;
  std::thread appender([&] {
    for (Row row = 0; row < kRows; ++row) {
      index->append(kTenant, row, entries_of(row), superseded_by(row));
      end.store(row + 1, std::memory_order_release);
    }
  });
  std::thread flusher([&] {
    Row written = 0;
    while (written < kRows) {
      const Row now = end.load(std::memory_order_acquire);
      if (now < kRows && now - written < 200) {
        std::this_thread::yield();
        continue;
      }
      ASSERT_TRUE(index->flush(kTenant, now));
      written = now;
    }
  });
  std::vector<std::thread> readers;
  readers.reserve(2);
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (Row seen = 0; seen < kRows;) {
        std::shared_ptr<const kv::View> kv_view = kv->view();
        seen = end.load(std::memory_order_acquire);
        const Result<IndexView> now = index->view(kTenant, std::move(kv_view), {seen, {}});
        ASSERT_TRUE(now);
        ASSERT_NO_FATAL_FAILURE(expect_rows(*now, seen));
      }
    });
  }
  appender.join();
  flusher.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(index->next_row(kTenant), kRows);
  open();
  ASSERT_NO_FATAL_FAILURE(expect_rows(view(kRows), kRows));
}

}  // namespace
}  // namespace meridian::index
