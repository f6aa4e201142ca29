// The contract of a Kv: walks over ranges, in order and backwards.
#include <algorithm>

#include "kv/testing/contract.hpp"
#include "kv/testing/contract_words.hpp"

namespace meridian::testing {

using kv::CacheUse;
using kv::Direction;
using kv::Range;

void link_kv_contract_of_scans() {}

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

}  // namespace meridian::testing
