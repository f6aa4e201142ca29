// The contract of a Kv: many threads at once, and whatever is done in any order.
#include <map>
#include <optional>
#include <thread>

#include "base/random.hpp"
#include "kv/testing/contract.hpp"
#include "kv/testing/contract_words.hpp"

namespace meridian::testing {

using kv::Batch;
using kv::Direction;
using kv::Durability;
using kv::Range;
using kv::SpaceId;
using kv::View;

void link_kv_contract_of_crowds() {}

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
