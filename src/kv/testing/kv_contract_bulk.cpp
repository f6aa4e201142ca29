// The contract of a Kv: loads, ranges, checkpoints, verification.
#include "base/random.hpp"
#include "kv/testing/contract.hpp"
#include "kv/testing/contract_words.hpp"

namespace meridian::testing {

using kv::Batch;
using kv::Durability;
using kv::Range;

void link_kv_contract_of_bulk() {}

TEST_P(KvContract, loads_few_entries_and_many) {
  put(kCold, "before", "1");
  for (const std::size_t count : {0u, 1u, 100u, 20'000u}) {
    Entries loaded;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(100'000 + i);
      loaded.emplace_back("load" + std::to_string(count) + "/" + number, std::string(100, 'x') + number);
    }
    ASSERT_EQ(code(kv().load(kCold, loaded)), "ok");
    ASSERT_EQ(code(kv().sync()), "ok");
    EXPECT_EQ(keys(*kv().view(), kCold, Range::prefix("load" + std::to_string(count) + "/")).size(), count);
    if (count > 0) {
      EXPECT_EQ(get(kCold, loaded.back().first), loaded.back().second);
    }
  }
  reopen();
  EXPECT_EQ(keys(*kv().view(), kCold, {}).size(), 20'102u);
  EXPECT_EQ(get(kCold, "before"), "1");
}

TEST_P(KvContract, leaves_views_alone_when_it_loads) {
  Entries loaded;
  for (int i = 10'000; i < 30'000; ++i) loaded.emplace_back(std::to_string(i), std::string(100, 'x'));
  const auto before = kv().view();
  ASSERT_EQ(code(kv().load(kPlain, loaded)), "ok");
  EXPECT_EQ(keys(*before, kPlain, {}), Keys{});
  EXPECT_EQ(keys(*kv().view(), kPlain, {}).size(), 20'000u);
}

TEST_P(KvContract, refuses_to_load_what_is_out_of_order) {
  EXPECT_EQ(code(kv().load(kPlain, Entries{{"b", ""}, {"a", ""}})), "invalid_argument");
  EXPECT_EQ(code(kv().load(kPlain, Entries{{"a", ""}, {"a", ""}})), "invalid_argument");
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), Keys{});
}

TEST_P(KvContract, changes_what_was_loaded) {
  Entries loaded;
  for (int i = 10'000; i < 30'000; ++i) loaded.emplace_back(std::to_string(i), std::string(100, 'x'));
  ASSERT_EQ(code(kv().load(kPlain, loaded)), "ok");
  put(kPlain, "10000", "new");
  Batch batch;
  batch.erase(kPlain, "10001");
  ASSERT_TRUE(kv().commit(batch, Durability::synced));
  EXPECT_EQ(get(kPlain, "10000"), "new");
  EXPECT_EQ(get(kPlain, "10001"), "absent");
  EXPECT_EQ(keys(*kv().view(), kPlain, {}).size(), 19'999u);
}

TEST_P(KvContract, erases_ranges_again_and_again) {
  put_all(kPlain, {"a", "b", "c", "d", "\xff\xff"});
  put(kCold, "b", "1");
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(code(kv().erase_range(kPlain, {"b", "d"})), "ok");
    EXPECT_EQ(keys(*kv().view(), kPlain, {}), (Keys{"a", "d", "\xff\xff"}));
  }
  put(kPlain, "c", "again");
  EXPECT_EQ(get(kPlain, "c"), "again");
  ASSERT_EQ(code(kv().erase_range(kPlain, {"c", "a"})), "ok");
  ASSERT_EQ(code(kv().erase_range(kPlain, {"d", ""})), "ok");
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), (Keys{"a", "c"}));
  ASSERT_EQ(code(kv().erase_range(kPlain, {})), "ok");
  ASSERT_EQ(code(kv().erase_range(kPlain, {})), "ok");
  ASSERT_EQ(code(kv().sync()), "ok");
  reopen();
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), Keys{});
  EXPECT_EQ(get(kCold, "b"), "1");
}

TEST_P(KvContract, takes_a_checkpoint_that_opens_as_equal) {
  put_all(kPlain, {"a", "b"});
  Entries loaded;
  for (int i = 10'000; i < 30'000; ++i) loaded.emplace_back(std::to_string(i), std::string(100, 'x'));
  ASSERT_EQ(code(kv().load(kCold, loaded)), "ok");
  const std::string folder = place().new_folder();
  ASSERT_EQ(code(kv().checkpoint(folder)), "ok");
  put(kPlain, "later", "1");
  EXPECT_EQ(code(kv().checkpoint(folder)), "conflict");

  auto copy = place().open_checkpoint(spaces(), folder);
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_EQ(entries(*(*copy)->view(), kPlain), (Entries{{"a", "va"}, {"b", "vb"}}));
  EXPECT_EQ(entries(*(*copy)->view(), kCold), loaded);
  Batch batch;
  batch.put(kPlain, "own", "1");
  EXPECT_EQ(code((*copy)->commit(batch, Durability::synced)), "ok");
  EXPECT_EQ(get(kPlain, "own"), "absent");
  EXPECT_EQ(get(kPlain, "later"), "1");
}

TEST_P(KvContract, finds_nothing_wrong_with_what_it_wrote) {
  put_all(kPlain, {"a", "b"});
  EXPECT_EQ(code(kv().verify()), "ok");
  reopen();
  EXPECT_EQ(code(kv().verify()), "ok");
}

TEST_P(KvContract, knows_about_how_much_a_range_takes) {
  Entries loaded;
  SeededRandom random(7);
  for (int i = 10'000; i < 30'000; ++i) {
    std::string value(200, '\0');
    random.fill(std::as_writable_bytes(std::span(value)));
    loaded.emplace_back(std::to_string(i), value);
  }
  ASSERT_EQ(code(kv().load(kPlain, loaded)), "ok");
  const std::uint64_t all = kv().disk_bytes(kPlain, {});
  EXPECT_GT(all, 2'000'000u);
  EXPECT_LT(kv().disk_bytes(kPlain, {"10000", "11000"}), all / 4);
  EXPECT_LT(kv().disk_bytes(kCold, {}), 100'000u);
}

}  // namespace meridian::testing
