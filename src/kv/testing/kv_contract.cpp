#include <algorithm>
#include <map>
#include <thread>

#include "base/random.hpp"
#include "kv/testing/contract.hpp"

namespace meridian::testing {

using kv::Batch;
using kv::CacheUse;
using kv::Cursor;
using kv::Direction;
using kv::Durability;
using kv::Kv;
using kv::Range;
using kv::SpaceDefinition;
using kv::SpaceId;
using kv::View;

namespace {

using Keys = std::vector<std::string>;
using Entries = std::vector<std::pair<std::string, std::string>>;

std::string code(const auto& result) {
  return result ? "ok" : std::string(name(result.error().code()));
}

Keys keys(Cursor& cursor) {
  Keys found;
  for (; cursor.valid(); cursor.next()) found.emplace_back(cursor.key());
  EXPECT_TRUE(cursor.status());
  return found;
}
Keys keys(const View& view, SpaceId space, Range range, Direction direction = Direction::forward) {
  return keys(*view.scan(space, std::move(range), direction));
}
Entries entries(const View& view, SpaceId space) {
  Entries found;
  const auto cursor = view.scan(space, {});
  for (; cursor->valid(); cursor->next()) found.emplace_back(cursor->key(), cursor->value());
  EXPECT_TRUE(cursor->status());
  return found;
}

}  // namespace

// Tests that only want the model link this file too.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KvContract);

KvContract::KvContract() = default;
KvContract::~KvContract() = default;

std::span<const SpaceDefinition> KvContract::spaces() {
  static constexpr SpaceDefinition kSpaces[] = {
      {.name = "plain"}, {.name = "prefixed", .point_reads = true, .prefix = 4}, {.name = "cold", .is_cold = true}};
  return kSpaces;
}

std::string kv_case_name(const ::testing::TestParamInfo<KvCase>& info) {
  return info.param.name;
}

void KvContract::SetUp() {
  place_ = GetParam().make();
  reopen();
}

void KvContract::reopen() {
  kv_.reset();
  Result<std::unique_ptr<Kv>> opened = place_->open(spaces());
  ASSERT_TRUE(opened) << opened.error().message();
  kv_ = std::move(*opened);
}

void KvContract::put(SpaceId space, std::string_view key, std::string_view value) {
  Batch batch;
  batch.put(space, key, value);
  ASSERT_EQ(code(kv().commit(batch, Durability::written)), "ok");
}

void KvContract::put_all(SpaceId space, std::initializer_list<std::string> keys) {
  for (const std::string& key : keys) put(space, key, "v" + key);
}

std::string KvContract::get(SpaceId space, std::string_view key) {
  const auto value = kv().view()->get(space, key);
  if (!value) return code(value);
  return *value ? **value : "absent";
}

TEST_P(KvContract, gives_back_what_was_put_and_nothing_else) {
  put(kPlain, "a", "1");
  EXPECT_EQ(get(kPlain, "a"), "1");
  EXPECT_EQ(get(kPlain, "b"), "absent");
  EXPECT_EQ(get(kCold, "a"), "absent");
  put(kPlain, "a", "2");
  EXPECT_EQ(get(kPlain, "a"), "2");
}

TEST_P(KvContract, keeps_empty_values_apart_from_absent_ones) {
  put(kPlain, "a", "");
  EXPECT_EQ(get(kPlain, "a"), "");
  EXPECT_EQ(kv().view()->scan(kPlain, {})->value(), "");
}

TEST_P(KvContract, takes_any_bytes_as_keys_and_values) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  put(kPlain, all, all + all);
  put(kPlain, std::string(1, '\0'), "zero");
  EXPECT_EQ(get(kPlain, all), all + all);
  EXPECT_EQ(get(kPlain, std::string(1, '\0')), "zero");
  EXPECT_EQ(get(kPlain, std::string(2, '\0')), "absent");
}

TEST_P(KvContract, orders_keys_as_unsigned_bytes) {
  put_all(kPlain, {"\x80", "a", std::string(1, '\0'), "\xff\x01", "\x7f", "\xff", "ab", "b"});
  EXPECT_EQ(keys(*kv().view(), kPlain, {}),
            (Keys{std::string(1, '\0'), "a", "ab", "b", "\x7f", "\x80", "\xff", "\xff\x01"}));
}

TEST_P(KvContract, erases_and_does_not_mind_absent_keys) {
  put_all(kPlain, {"a", "b"});
  Batch batch;
  batch.erase(kPlain, "a");
  batch.erase(kPlain, "never");
  ASSERT_EQ(code(kv().commit(batch, Durability::synced)), "ok");
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), Keys{"b"});
}

TEST_P(KvContract, lets_later_words_on_a_key_win) {
  Batch batch;
  batch.put(kPlain, "a", "1");
  batch.erase(kPlain, "a");
  batch.put(kPlain, "a", "2");
  batch.put(kPlain, "b", "1");
  batch.erase(kPlain, "b");
  ASSERT_EQ(code(kv().commit(batch, Durability::synced)), "ok");
  EXPECT_EQ(get(kPlain, "a"), "2");
  EXPECT_EQ(get(kPlain, "b"), "absent");
}

TEST_P(KvContract, scans_a_range_forwards) {
  put_all(kPlain, {"a", "b", "c", "d"});
  const auto view = kv().view();
  EXPECT_EQ(keys(*view, kPlain, {"b", "d"}), (Keys{"b", "c"}));
  EXPECT_EQ(keys(*view, kPlain, {"aa", "cc"}), (Keys{"b", "c"}));
  EXPECT_EQ(keys(*view, kPlain, {"c", ""}), (Keys{"c", "d"}));
  EXPECT_EQ(keys(*view, kPlain, {"", "b"}), Keys{"a"});
  EXPECT_EQ(keys(*view, kPlain, {"e", ""}), Keys{});
  EXPECT_EQ(keys(*view, kPlain, {"b", "b"}), Keys{});
  EXPECT_EQ(keys(*view, kPlain, {"c", "b"}), Keys{});
}

TEST_P(KvContract, scans_a_range_backwards) {
  put_all(kPlain, {"a", "b", "c", "d"});
  const auto view = kv().view();
  EXPECT_EQ(keys(*view, kPlain, {}, Direction::backward), (Keys{"d", "c", "b", "a"}));
  EXPECT_EQ(keys(*view, kPlain, {"b", "d"}, Direction::backward), (Keys{"c", "b"}));
  EXPECT_EQ(keys(*view, kPlain, {"aa", "cc"}, Direction::backward), (Keys{"c", "b"}));
  EXPECT_EQ(keys(*view, kPlain, {"", "b"}, Direction::backward), Keys{"a"});
  EXPECT_EQ(keys(*view, kPlain, {"", "a"}, Direction::backward), Keys{});
  EXPECT_EQ(keys(*view, kPlain, {"c", "b"}, Direction::backward), Keys{});
}

TEST_P(KvContract, seeks_forwards_within_the_range) {
  put_all(kPlain, {"a", "c", "e", "g"});
  const auto view = kv().view();
  const auto cursor = view->scan(kPlain, {"c", "g"});
  const auto at = [&](std::string_view key) {
    cursor->seek(key);
    return cursor->valid() ? std::string(cursor->key()) : "end";
  };
  EXPECT_EQ(at("d"), "e");
  EXPECT_EQ(at("c"), "c");
  EXPECT_EQ(at("a"), "c");
  EXPECT_EQ(at(""), "c");
  EXPECT_EQ(at("f"), "end");
  EXPECT_EQ(at("g"), "end");
  EXPECT_EQ(at("z"), "end");
  EXPECT_EQ(at("e"), "e");
  cursor->next();
  EXPECT_FALSE(cursor->valid());
  EXPECT_TRUE(cursor->status());
}

TEST_P(KvContract, seeks_backwards_within_the_range) {
  put_all(kPlain, {"a", "c", "e", "g"});
  const auto view = kv().view();
  const auto cursor = view->scan(kPlain, {"c", "g"}, Direction::backward);
  const auto at = [&](std::string_view key) {
    cursor->seek(key);
    return cursor->valid() ? std::string(cursor->key()) : "end";
  };
  EXPECT_EQ(at("d"), "c");
  EXPECT_EQ(at("e"), "e");
  EXPECT_EQ(at("z"), "e");
  EXPECT_EQ(at("g"), "e");
  EXPECT_EQ(at("b"), "end");
  EXPECT_EQ(at("c"), "c");
  cursor->next();
  EXPECT_FALSE(cursor->valid());
}

TEST_P(KvContract, scans_by_prefix_also_where_bytes_are_at_their_highest) {
  put_all(kPlain, {"a", "a\xff", "a\xff\xff", "b", "\xff", "\xff\xff"});
  const auto view = kv().view();
  EXPECT_EQ(keys(*view, kPlain, Range::prefix("a")), (Keys{"a", "a\xff", "a\xff\xff"}));
  EXPECT_EQ(keys(*view, kPlain, Range::prefix("a\xff")), (Keys{"a\xff", "a\xff\xff"}));
  EXPECT_EQ(keys(*view, kPlain, Range::prefix("\xff")), (Keys{"\xff", "\xff\xff"}));
  EXPECT_EQ(keys(*view, kPlain, Range::prefix("")).size(), 6u);
}

TEST_P(KvContract, finds_everything_in_a_space_with_prefixes_whatever_the_range) {
  put_all(kPrefixed, {"a", "aaa", "aaaa", "aaaa1", "aaaa2", "aaab", "aaab1", "aaac1", "b", "bbbb1"});
  reopen();  // so that an engine with filters has written and read them
  put_all(kPrefixed, {"aaaa3", "aaab0"});
  const auto view = kv().view();
  const Keys all = {"a", "aaa", "aaaa", "aaaa1", "aaaa2", "aaaa3", "aaab", "aaab0", "aaab1", "aaac1", "b", "bbbb1"};
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = from; to <= all.size(); ++to) {
      const Range range{all[from], to == all.size() ? "" : all[to]};
      Keys expected(all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to));
      EXPECT_EQ(keys(*view, kPrefixed, range), expected) << range.begin << " to " << range.end;
      std::reverse(expected.begin(), expected.end());
      EXPECT_EQ(keys(*view, kPrefixed, range, Direction::backward), expected) << range.begin << " to " << range.end;
    }
  }
  EXPECT_EQ(keys(*view, kPrefixed, Range::prefix("aaaa")), (Keys{"aaaa", "aaaa1", "aaaa2", "aaaa3"}));
  EXPECT_EQ(keys(*view, kPrefixed, Range::prefix("aaaa"), Direction::backward),
            (Keys{"aaaa3", "aaaa2", "aaaa1", "aaaa"}));
  EXPECT_EQ(keys(*view, kPrefixed, Range::prefix("aaad")), Keys{});
  const auto cursor = view->scan(kPrefixed, Range::prefix("aaab"), Direction::forward, CacheUse::pass);
  cursor->seek("aaab01");
  EXPECT_EQ(keys(*cursor), Keys{"aaab1"});
}

TEST_P(KvContract, gets_many_in_their_order) {
  put_all(kPrefixed, {"aaaa", "bbbb", "cccc"});
  const Keys asked = {"cccc", "none", "aaaa", "cccc", "a"};
  const auto values = kv().view()->get_many(kPrefixed, asked).value();
  ASSERT_EQ(values.size(), 5u);
  EXPECT_EQ(values[0], "vcccc");
  EXPECT_EQ(values[1], std::nullopt);
  EXPECT_EQ(values[2], "vaaaa");
  EXPECT_EQ(values[3], "vcccc");
  EXPECT_EQ(values[4], std::nullopt);
  EXPECT_TRUE(kv().view()->get_many(kPrefixed, {})->empty());
}

TEST_P(KvContract, keeps_a_view_undisturbed_by_later_commits) {
  put_all(kPlain, {"a", "b"});
  const auto before = kv().view();
  const auto cursor = before->scan(kPlain, {});
  put(kPlain, "a", "changed");
  put(kPlain, "aa", "new");
  Batch erasure;
  erasure.erase(kPlain, "b");
  ASSERT_TRUE(kv().commit(erasure, Durability::synced));
  EXPECT_EQ(keys(*cursor), (Keys{"a", "b"}));
  EXPECT_EQ(before->get(kPlain, "a").value(), "va");
  EXPECT_EQ(before->get(kPlain, "aa").value(), std::nullopt);
  EXPECT_EQ(keys(*before, kPlain, {}), (Keys{"a", "b"}));
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), (Keys{"a", "aa"}));
  ASSERT_TRUE(kv().erase_range(kPlain, {}));
  EXPECT_EQ(keys(*before, kPlain, {}), (Keys{"a", "b"}));
}

TEST_P(KvContract, commits_while_its_conditions_hold) {
  put(kPlain, "a", "1");
  put(kPlain, "empty", "");
  Batch batch;
  batch.require_value(kPlain, "a", "1");
  batch.require_value(kPlain, "empty", "");
  batch.require_absent(kPlain, "b");
  batch.require_absent(kCold, "a");
  batch.put(kPlain, "a", "2");
  batch.put(kPlain, "b", "1");
  ASSERT_EQ(code(kv().commit(batch, Durability::synced)), "ok");
  EXPECT_EQ(get(kPlain, "a"), "2");
  EXPECT_EQ(get(kPlain, "b"), "1");
}

TEST_P(KvContract, does_nothing_of_a_commit_whose_condition_does_not_hold) {
  put(kPlain, "a", "1");
  const auto attempt = [&](auto condition) {
    Batch batch;
    batch.put(kPlain, "x", "1");
    condition(batch);
    batch.put(kPlain, "y", "1");
    return code(kv().commit(batch, Durability::synced));
  };
  EXPECT_EQ(attempt([](Batch& batch) { batch.require_absent(kPlain, "a"); }), "conflict");
  EXPECT_EQ(attempt([](Batch& batch) { batch.require_value(kPlain, "a", "2"); }), "conflict");
  EXPECT_EQ(attempt([](Batch& batch) { batch.require_value(kPlain, "a", ""); }), "conflict");
  EXPECT_EQ(attempt([](Batch& batch) { batch.require_value(kPlain, "b", ""); }), "conflict");
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), Keys{"a"});
}

TEST_P(KvContract, looks_at_what_was_there_before_the_commit) {
  Batch batch;
  batch.put(kPlain, "a", "1");
  batch.require_absent(kPlain, "a");
  EXPECT_EQ(code(kv().commit(batch, Durability::synced)), "ok");
  EXPECT_EQ(code(kv().commit(batch, Durability::synced)), "conflict");
}

TEST_P(KvContract, takes_a_commit_of_conditions_alone_and_an_empty_one) {
  put(kPlain, "a", "1");
  Batch batch;
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(code(kv().commit(batch, Durability::synced)), "ok");
  batch.require_value(kPlain, "a", "1");
  EXPECT_FALSE(batch.empty());
  EXPECT_EQ(code(kv().commit(batch, Durability::written)), "ok");
  batch.clear();
  batch.require_absent(kPlain, "a");
  EXPECT_EQ(code(kv().commit(batch, Durability::written)), "conflict");
}

TEST_P(KvContract, refuses_what_is_too_large_and_takes_what_is_just_not) {
  Batch large;
  const std::string value(kv::kMaxBatchBytes - 1, 'v');
  large.put(kPlain, "k", value);
  EXPECT_EQ(code(kv().commit(large, Durability::written)), "ok");
  EXPECT_EQ(get(kPlain, "k"), value);
  large.put(kPlain, "l", "");
  EXPECT_EQ(code(kv().commit(large, Durability::written)), "too_large");
  EXPECT_EQ(get(kPlain, "l"), "absent");

  Batch key;
  key.put(kPlain, std::string(kv::kMaxKeyBytes, 'k'), "");
  EXPECT_EQ(code(kv().commit(key, Durability::written)), "ok");
  key.put(kPlain, std::string(kv::kMaxKeyBytes + 1, 'k'), "");
  EXPECT_EQ(code(kv().commit(key, Durability::written)), "too_large");
}

TEST_P(KvContract, refuses_empty_keys_and_unknown_spaces) {
  Batch empty;
  empty.put(kPlain, "", "v");
  EXPECT_EQ(code(kv().commit(empty, Durability::written)), "invalid_argument");
  Batch elsewhere;
  elsewhere.put(SpaceId{77}, "k", "v");
  EXPECT_EQ(code(kv().commit(elsewhere, Durability::written)), "invalid_argument");
  EXPECT_EQ(code(kv().load(kPlain, Entries{{"", "v"}})), "invalid_argument");
}

TEST_P(KvContract, holds_what_it_held_after_it_is_closed_and_opened) {
  put_all(kPlain, {"a", "b"});
  Batch batch;
  batch.put(kCold, "c", "1");
  batch.erase(kPlain, "b");
  ASSERT_TRUE(kv().commit(batch, Durability::synced));
  put(kPrefixed, "last", "written only");
  reopen();
  EXPECT_EQ(keys(*kv().view(), kPlain, {}), Keys{"a"});
  EXPECT_EQ(get(kCold, "c"), "1");
  EXPECT_EQ(get(kPrefixed, "last"), "written only");
}

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

TEST_P(KvContract, counts_right_when_many_increment_with_conditions) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  put(kPlain, "counter", "0");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      for (int done = 0; done < kEach;) {
        const std::string before = get(kPlain, "counter");
        Batch batch;
        batch.require_value(kPlain, "counter", before);
        batch.put(kPlain, "counter", std::to_string(std::stoi(before) + 1));
        const Result<> result = kv().commit(batch, Durability::written);
        if (result) ++done;
        if (!result && result.error().code() != ErrorCode::conflict) return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(get(kPlain, "counter"), std::to_string(kThreads * kEach));
}

TEST_P(KvContract, gives_a_name_to_one_of_many_who_want_it) {
  constexpr int kThreads = 8;
  std::vector<int> won(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &won] {
      for (int i = 0; i < 50; ++i) {
        Batch batch;
        batch.require_absent(kPlain, "name" + std::to_string(i));
        batch.put(kPlain, "name" + std::to_string(i), std::to_string(t));
        batch.put(kCold, "of" + std::to_string(t) + "/" + std::to_string(i), "");
        if (kv().commit(batch, Durability::written)) ++won[static_cast<std::size_t>(t)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(keys(*kv().view(), kPlain, {}).size(), 50u);
  int all = 0;
  for (int t = 0; t < kThreads; ++t) {
    all += won[static_cast<std::size_t>(t)];
    EXPECT_EQ(keys(*kv().view(), kCold, Range::prefix("of" + std::to_string(t) + "/")).size(),
              static_cast<std::size_t>(won[static_cast<std::size_t>(t)]));
  }
  EXPECT_EQ(all, 50);
}

TEST_P(KvContract, shows_commits_of_other_threads_whole) {
  std::thread writer([this] {
    for (int i = 1; i <= 200; ++i) {
      Batch batch;
      for (const char* key : {"a", "b", "c"}) batch.put(kPlain, key, std::to_string(i));
      batch.put(kCold, "d", std::to_string(i));
      if (!kv().commit(batch, Durability::written)) return;
    }
  });
  for (std::string last; last != "200";) {
    const auto view = kv().view();
    last = view->get(kCold, "d").value().value_or("absent");
    for (const char* key : {"a", "b", "c"}) {
      const std::string value = view->get(kPlain, key).value().value_or("absent");
      if (value != last) {
        ADD_FAILURE() << key << " is " << value << " when d is " << last;
        last = "200";
      }
    }
  }
  writer.join();
}

TEST_P(KvContract, agrees_with_a_map_whatever_is_done_to_it) {
  using Map = std::map<std::string, std::string>;
  SeededRandom random(GetParam().name[0]);
  const auto any_key = [&] {
    std::string key(1 + random.below(6), '\0');
    for (char& c : key) c = "\0ab\xff"[random.below(4)];
    return key;
  };
  const auto any_range = [&] {
    return Range{random.below(4) == 0 ? "" : any_key(), random.below(4) == 0 ? "" : any_key()};
  };
  const auto end_of = [](const Map& map, const Range& range) {
    if (range.end.empty()) return map.end();
    return range.end <= range.begin ? map.lower_bound(range.begin) : map.lower_bound(range.end);
  };
  std::map<SpaceId, Map> maps;
  const auto compare = [&](const View& view, std::map<SpaceId, Map>& expected) {
    for (const SpaceId space : {kPlain, kPrefixed, kCold}) {
      const Map& map = expected[space];
      const Range range = any_range();
      Keys inside;
      for (auto at = map.lower_bound(range.begin); at != end_of(map, range); ++at) inside.push_back(at->first);
      ASSERT_EQ(keys(view, space, range), inside);
      const auto cursor = view.scan(space, range, Direction::backward);
      const std::string target = any_key();
      cursor->seek(target);
      Keys below;
      for (auto at = inside.rbegin(); at != inside.rend(); ++at) {
        if (*at <= target) below.push_back(*at);
      }
      ASSERT_EQ(keys(*cursor), below);
      const std::string one = any_key();
      const auto value = view.get(space, one).value();
      const auto found = map.find(one);
      ASSERT_EQ(value, found == map.end() ? std::nullopt : std::optional(found->second));
    }
  };
  std::unique_ptr<View> old = kv().view();
  std::map<SpaceId, Map> old_maps = maps;
  for (int step = 0; step < 1'500; ++step) {
    const SpaceId space{static_cast<std::uint8_t>(random.below(3))};
    if (random.below(12) == 0) {
      const Range range = any_range();
      ASSERT_EQ(code(kv().erase_range(space, range)), "ok");
      maps[space].erase(maps[space].lower_bound(range.begin), end_of(maps[space], range));
      continue;
    }
    if (random.below(200) == 0) {
      old.reset();
      reopen();
      old = kv().view();
      old_maps = maps;
    }
    std::map<SpaceId, Map> after = maps;
    bool holds = true;
    Batch batch;
    for (std::uint64_t i = 0; i < 1 + random.below(5); ++i) {
      const SpaceId into{static_cast<std::uint8_t>(random.below(3))};
      const std::string key = any_key();
      const auto found = maps[into].find(key);
      switch (random.below(8)) {
        case 0:
          batch.require_absent(into, key);
          holds = holds && found == maps[into].end();
          break;
        case 1:
          batch.require_value(into, key, "v7");
          holds = holds && found != maps[into].end() && found->second == "v7";
          break;
        case 2:
          batch.erase(into, key);
          after[into].erase(key);
          break;
        default: {
          const std::string value = random.below(5) == 0 ? "" : "v" + std::to_string(random.below(10));
          batch.put(into, key, value);
          after[into][key] = value;
        }
      }
    }
    ASSERT_EQ(code(kv().commit(batch, Durability::written)), holds ? "ok" : "conflict");
    if (holds) maps = after;
    ASSERT_NO_FATAL_FAILURE(compare(*kv().view(), maps)) << "step " << step;
    ASSERT_NO_FATAL_FAILURE(compare(*old, old_maps)) << "step " << step;
    if (random.below(100) == 0) {
      old = kv().view();
      old_maps = maps;
    }
  }
}

}  // namespace meridian::testing
