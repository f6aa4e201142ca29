#include "index/rows.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "index/internal/collector.hpp"

namespace meridian::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Row> list(const Rows& rows) {
  std::vector<Row> all;
  rows.visit([&](const Row* batch, std::size_t count) {
    all.insert(all.end(), batch, batch + count);
    return true;
  });
  return all;
}

constexpr Row kHigh = Row{5} << 32;

TEST(Rows, holds_rows_on_both_sides_of_a_high_word) {
  Rows rows;
  for (const Row row : {kHigh, kHigh - 1, Row{3}, kHigh + 7}) rows.add(row);
  EXPECT_THAT(list(rows), ElementsAre(3, kHigh - 1, kHigh, kHigh + 7));
  EXPECT_EQ(rows.count(), 4);
  EXPECT_TRUE(rows.contains(kHigh));
  EXPECT_FALSE(rows.contains(0));
  rows.remove(3);
  rows.remove(4);
  rows.remove(kHigh * 2);
  EXPECT_THAT(list(rows), ElementsAre(kHigh - 1, kHigh, kHigh + 7));
}

TEST(Rows, takes_ranges_across_high_words_in_and_out) {
  Rows rows = Rows::range(kHigh - 3, kHigh + 3);
  EXPECT_EQ(rows.count(), 6);
  rows.remove_range(kHigh - 2, kHigh + 2);
  EXPECT_THAT(list(rows), ElementsAre(kHigh - 3, kHigh + 2));
  rows.remove_range(0, UINT64_MAX);
  EXPECT_TRUE(rows.empty());
  rows.add_range(7, 7);
  rows.remove_range(9, 2);
  EXPECT_TRUE(rows.empty());
  EXPECT_THAT(list(Rows::range(UINT64_MAX - 2, UINT64_MAX)), ElementsAre(UINT64_MAX - 2, UINT64_MAX - 1));
}

TEST(Rows, finds_the_neighbours_of_a_row) {
  const Rows rows = Rows::of(std::vector<Row>{10, 20, kHigh});
  EXPECT_EQ(rows.at_or_after(0), 10);
  EXPECT_EQ(rows.at_or_after(10), 10);
  EXPECT_EQ(rows.at_or_after(11), 20);
  EXPECT_EQ(rows.at_or_after(21), kHigh);
  EXPECT_EQ(rows.at_or_after(kHigh + 1), std::nullopt);
  EXPECT_EQ(rows.before(UINT64_MAX), kHigh);
  EXPECT_EQ(rows.before(kHigh), 20);
  EXPECT_EQ(rows.before(20), 10);
  EXPECT_EQ(rows.before(10), std::nullopt);
  EXPECT_EQ(rows.before(0), std::nullopt);
}

TEST(Rows, stops_a_visit_when_told_to) {
  const Rows rows = Rows::range(0, 5'000);
  std::size_t batches = 0;
  rows.visit([&](const Row*, std::size_t) { return ++batches < 2; });
  EXPECT_EQ(batches, 2);
}

TEST(Rows, is_left_empty_when_moved_from) {
  Rows rows = Rows::range(0, 10);
  Rows moved = std::move(rows);
  rows = Rows();
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(moved.count(), 10);
  Rows copy = moved;
  EXPECT_EQ(copy, moved);
  copy.add(10);
  EXPECT_FALSE(copy == moved);
}

/// Clusters, runs and single rows, on two high words.
std::set<Row> random_set(SeededRandom& random) {
  std::set<Row> rows;
  for (std::uint64_t parts = random.below(8); parts > 0; --parts) {
    Row at = random.below(3) == 0 ? kHigh - random.below(100'000) : random.below(300'000);
    const std::uint64_t step = 1 + random.below(random.below(2) == 0 ? 3 : 2'000);
    for (std::uint64_t count = random.below(4'000); count > 0; --count) {
      rows.insert(at);
      at += 1 + random.below(step);
    }
  }
  return rows;
}

TEST(Rows, combines_as_sets_do) {
  SeededRandom random(1);
  for (int round = 0; round < 60; ++round) {
    const std::set<Row> a = random_set(random);
    const std::set<Row> b = random_set(random);
    const Rows rows_a = Rows::of(std::vector<Row>(a.begin(), a.end()));
    const Rows rows_b = Rows::of(std::vector<Row>(b.rbegin(), b.rend()));
    ASSERT_EQ(list(rows_a), std::vector<Row>(a.begin(), a.end()));
    std::vector<Row> expected;
    Rows made = rows_a;
    made &= rows_b;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
    ASSERT_EQ(list(made), expected);
    ASSERT_EQ(rows_a.count_and(rows_b), expected.size());
    made = rows_a;
    made |= rows_b;
    expected.clear();
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
    ASSERT_EQ(list(made), expected);
    made = rows_a;
    made -= rows_b;
    expected.clear();
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
    ASSERT_EQ(list(made), expected);
    std::string bytes;
    made.append_to(bytes);
    ASSERT_EQ(*Rows::parse(bytes), made);
    made -= made;
    ASSERT_TRUE(made.empty());
  }
}

TEST(Rows, refuses_bytes_that_are_cut_or_changed_or_takes_them_for_other_rows) {
  std::string bytes;
  Rows rows = Rows::range(3, 90'000);
  rows.add(kHigh);
  rows.append_to(bytes);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const Result<Rows> cut = Rows::parse(std::string_view(bytes).substr(0, size));
    if (cut) {
      EXPECT_LT(cut->count(), rows.count());
    } else {
      EXPECT_EQ(cut.error().code(), ErrorCode::malformed_input);
    }
  }
  EXPECT_FALSE(Rows::parse("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"));
}

TEST(Collector, gathers_ranges_and_bits_beside_rows) {
  Collector collector;
  std::set<Row> expected;
  const auto add_range = [&](Row first, Row end) {
    collector.add_range(first, end);
    for (Row row = first; row < end; ++row) expected.insert(row);
  };
  add_range(5, 9);
  add_range(60, 70);
  const std::uint8_t bits[] = {0x81, 0, 0, 0, 0, 0, 0, 0x01, 0x10};
  collector.add_bits(100, bits, sizeof bits);
  for (const Row row : {100, 107, 156, 168}) expected.insert(row);
  EXPECT_THAT(list(collector.take()), ::testing::ElementsAreArray(expected));
  EXPECT_THAT(list(collector.take()), IsEmpty());
  expected.clear();
  add_range(65'000, 200'001);
  add_range(kHigh - 64, kHigh + 1);
  add_range(7, 7);
  collector.add(3);
  expected.insert(3);
  EXPECT_THAT(list(collector.take()), ::testing::ElementsAreArray(expected));
}

}  // namespace
}  // namespace meridian::index
