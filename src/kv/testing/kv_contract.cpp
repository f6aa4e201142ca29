// The contract of a Kv: keys and values, views, commits and their conditions.
#include "kv/testing/contract.hpp"
#include "kv/testing/contract_words.hpp"

namespace meridian::testing {

using kv::Batch;
using kv::Durability;
using kv::Kv;
using kv::SpaceDefinition;
using kv::SpaceId;

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
  link_kv_contract_of_scans();
  link_kv_contract_of_bulk();
  link_kv_contract_of_crowds();
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

}  // namespace meridian::testing
