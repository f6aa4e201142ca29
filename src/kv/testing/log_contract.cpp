#include <thread>
#include <vector>

#include "kv/testing/contract.hpp"

namespace meridian::testing {

using kv::Durability;
using kv::NewRecord;
using kv::Partition;
using kv::Record;

namespace {

const Partition kOrders{"orders", 0};

std::string code(const auto& result) {
  return result ? "ok" : std::string(name(result.error().code()));
}

std::string values(const kv::Log& log, const Partition& partition, std::uint64_t from, std::size_t records = 1'000,
                   std::size_t bytes = 1'000'000) {
  const Result<std::vector<Record>> read = log.read(partition, from, records, bytes);
  if (!read) return code(read);
  std::string text;
  for (const Record& record : *read) text += (text.empty() ? "" : " ") + std::to_string(record.offset) + record.value;
  return text;
}

std::uint64_t append(kv::Log& log, const Partition& partition, std::initializer_list<std::string_view> values) {
  std::vector<NewRecord> records;
  for (const std::string_view value : values) records.push_back({{}, value});
  const auto first = log.append(partition, records, Durability::written);
  EXPECT_TRUE(first) << first.error().message();
  return first.value_or(~std::uint64_t{0});
}

}  // namespace

std::string log_case_name(const ::testing::TestParamInfo<LogCase>& info) {
  return info.param.name;
}

void LogContract::SetUp() {
  place_ = GetParam().make();
  reopen();
}

void LogContract::reopen() {
  log_.reset();
  auto opened = place_->open();
  ASSERT_TRUE(opened) << opened.error().message();
  log_ = std::move(*opened);
}

TEST_P(LogContract, numbers_records_from_zero_without_gaps) {
  EXPECT_EQ(log().end(kOrders).value(), 0u);
  EXPECT_EQ(append(log(), kOrders, {"a"}), 0u);
  EXPECT_EQ(append(log(), kOrders, {"b", "c"}), 1u);
  EXPECT_EQ(append(log(), kOrders, {"d"}), 3u);
  EXPECT_EQ(log().begin(kOrders).value(), 0u);
  EXPECT_EQ(log().end(kOrders).value(), 4u);
  EXPECT_EQ(values(log(), kOrders, 0), "0a 1b 2c 3d");
}

TEST_P(LogContract, gives_records_back_with_key_and_time) {
  const std::string key("k\0y", 3);
  const std::string value("\xff\0v", 3);
  const NewRecord records[] = {{key, value}, {"", ""}};
  ASSERT_TRUE(log().append(kOrders, records, Durability::synced));
  const std::vector<Record> read = log().read(kOrders, 0, 10, 1'000).value();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].key, key);
  EXPECT_EQ(read[0].value, value);
  EXPECT_GT(read[0].time, Instant());
  EXPECT_EQ(read[1].key, "");
  EXPECT_EQ(read[1].value, "");
}

TEST_P(LogContract, reads_from_an_offset_as_much_as_asked_for) {
  append(log(), kOrders, {"aaaa", "bbbb", "cccc", "dddd"});
  EXPECT_EQ(values(log(), kOrders, 1), "1bbbb 2cccc 3dddd");
  EXPECT_EQ(values(log(), kOrders, 1, 2), "1bbbb 2cccc");
  EXPECT_EQ(values(log(), kOrders, 0, 10, 8), "0aaaa 1bbbb");
  EXPECT_EQ(values(log(), kOrders, 2, 10, 1), "2cccc");
  EXPECT_EQ(values(log(), kOrders, 4), "");
  EXPECT_EQ(values(log(), kOrders, 400), "");
  EXPECT_EQ(values(log(), kOrders, 0, 0), "");
}

TEST_P(LogContract, keeps_partitions_and_topics_apart) {
  append(log(), kOrders, {"a"});
  append(log(), {"orders", 1}, {"b"});
  append(log(), {"orders", 256}, {"c"});
  append(log(), {"orders.late", 0}, {"d"});
  append(log(), {"order", 0}, {"e"});
  EXPECT_EQ(values(log(), kOrders, 0), "0a");
  EXPECT_EQ(values(log(), {"orders", 1}, 0), "0b");
  EXPECT_EQ(values(log(), {"orders", 256}, 0), "0c");
  EXPECT_EQ(values(log(), {"orders.late", 0}, 0), "0d");
  EXPECT_EQ(values(log(), {"order", 0}, 0), "0e");
  EXPECT_EQ(values(log(), {"orders", 2}, 0), "");
}

TEST_P(LogContract, refuses_topics_that_are_not_named_right) {
  for (const char* topic : {"", "Orders", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(code(log().end({topic, 0})), "invalid_argument") << topic;
  }
  EXPECT_EQ(code(log().append({std::string(201, 'a'), 0}, {}, Durability::written)), "invalid_argument");
  EXPECT_EQ(code(log().append({std::string(200, 'a'), 0}, {}, Durability::written)), "ok");
}

TEST_P(LogContract, refuses_more_at_once_than_can_be_all_or_nothing) {
  const std::string large(kv::kMaxBatchBytes, 'x');
  const NewRecord records[] = {{"", "small"}, {"", large}};
  EXPECT_EQ(code(log().append(kOrders, records, Durability::written)), "too_large");
  EXPECT_EQ(log().end(kOrders).value(), 0u);
}

TEST_P(LogContract, says_where_it_is_when_nothing_is_appended) {
  append(log(), kOrders, {"a", "b"});
  EXPECT_EQ(log().append(kOrders, {}, Durability::synced).value(), 2u);
  EXPECT_EQ(log().end(kOrders).value(), 2u);
}

TEST_P(LogContract, forgets_what_is_trimmed_and_keeps_counting) {
  append(log(), kOrders, {"a", "b", "c"});
  append(log(), {"orders", 1}, {"x"});
  ASSERT_EQ(code(log().trim(kOrders, 2)), "ok");
  EXPECT_EQ(log().begin(kOrders).value(), 2u);
  EXPECT_EQ(values(log(), kOrders, 0), "not_found");
  EXPECT_EQ(values(log(), kOrders, 1), "not_found");
  EXPECT_EQ(values(log(), kOrders, 2), "2c");
  ASSERT_EQ(code(log().trim(kOrders, 1)), "ok");
  EXPECT_EQ(log().begin(kOrders).value(), 2u);
  ASSERT_EQ(code(log().trim(kOrders, 400)), "ok");
  EXPECT_EQ(log().begin(kOrders).value(), 3u);
  EXPECT_EQ(log().end(kOrders).value(), 3u);
  EXPECT_EQ(append(log(), kOrders, {"d"}), 3u);
  reopen();
  EXPECT_EQ(values(log(), kOrders, 3), "3d");
  EXPECT_EQ(values(log(), {"orders", 1}, 0), "0x");
}

TEST_P(LogContract, counts_on_after_it_is_opened_again_with_everything_trimmed) {
  append(log(), kOrders, {"a", "b"});
  ASSERT_EQ(code(log().trim(kOrders, 2)), "ok");
  reopen();
  EXPECT_EQ(log().begin(kOrders).value(), 2u);
  EXPECT_EQ(append(log(), kOrders, {"c"}), 2u);
  EXPECT_EQ(values(log(), kOrders, 2), "2c");
}

TEST_P(LogContract, takes_many_appenders_at_once_and_keeps_each_ones_records_together) {
  constexpr std::uint64_t kThreads = 8;
  constexpr std::uint64_t kEach = 25;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const std::string name(1, static_cast<char>('a' + t));
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const std::string first = name + std::to_string(i) + "first";
        const std::string second = name + std::to_string(i) + "second";
        const NewRecord records[] = {{name, first}, {name, second}};
        const auto offset = log().append(kOrders, records, i % 5 == 0 ? Durability::synced : Durability::written);
        EXPECT_TRUE(offset);
        if (!offset) return;
        const auto read = log().read(kOrders, *offset, 2, 1'000);
        EXPECT_TRUE(read && read->size() == 2 && (*read)[0].value == first && (*read)[1].value == second);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<Record> all = log().read(kOrders, 0, 1'000, 1'000'000).value();
  ASSERT_EQ(all.size(), kThreads * kEach * 2);
  std::vector<std::uint64_t> next(kThreads);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].offset, i);
    if (i % 2 == 1) continue;
    std::uint64_t& turn = next[static_cast<std::size_t>(all[i].key[0] - 'a')];
    EXPECT_EQ(all[i].value, all[i].key + std::to_string(turn++) + "first");
  }
}

}  // namespace meridian::testing
