#include "kv/kv_log.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "kv/testing/places.hpp"

namespace meridian::testing {
namespace {

using kv::Batch;
using kv::Durability;
using kv::NewRecord;
using kv::SpaceDefinition;
using kv::SpaceId;

constexpr SpaceDefinition kSpaces[] = {{.name = "log"}};
constexpr SpaceId kSpace{0};
const kv::Partition kOrders{"orders", 0};

/// A log that owns the Kv it stands on.
class OwningLog final : public kv::Log {
 public:
  explicit OwningLog(std::unique_ptr<kv::Kv> kv)
      : kv_(std::move(kv)), log_(kv::make_kv_log(*kv_, kSpace, system_clock())) {}
  Result<std::uint64_t> append(const kv::Partition& partition, std::span<const NewRecord> records,
                               Durability durability) override {
    return log_->append(partition, records, durability);
  }
  Result<std::vector<kv::Record>> read(const kv::Partition& partition, std::uint64_t from, std::size_t max_records,
                                       std::size_t max_bytes) const override {
    return log_->read(partition, from, max_records, max_bytes);
  }
  Result<std::uint64_t> begin(const kv::Partition& partition) const override { return log_->begin(partition); }
  Result<std::uint64_t> end(const kv::Partition& partition) const override { return log_->end(partition); }
  Result<> trim(const kv::Partition& partition, std::uint64_t before) override { return log_->trim(partition, before); }

 private:
  std::unique_ptr<kv::Kv> kv_;
  std::unique_ptr<kv::Log> log_;
};

template <typename Place>
class LogPlace final : public PlaceUnderTest<kv::Log> {
 public:
  Result<std::unique_ptr<kv::Log>> open() override { return std::make_unique<OwningLog>(TRY(place_.open(kSpaces))); }

 private:
  Place place_;
};

template <typename Place>
std::unique_ptr<PlaceUnderTest<kv::Log>> make() {
  return std::make_unique<LogPlace<Place>>();
}

INSTANTIATE_TEST_SUITE_P(Kv, LogContract,
                         ::testing::Values(LogCase{"rocks", &make<RocksPlace>}, LogCase{"model", &make<ModelPlace>}),
                         log_case_name);

class KvLog : public ::testing::Test {
 protected:
  KvLog() { open(); }
  void open() {
    log_.reset();
    kv_ = place_.open(kSpaces).value();
    log_ = kv::make_kv_log(*kv_, kSpace, system_clock());
  }
  Result<std::uint64_t> append(kv::Log& log, std::string_view value) {
    const NewRecord record{{}, value};
    return log.append(kOrders, {&record, 1}, Durability::synced);
  }
  ModelPlace place_;
  std::unique_ptr<kv::Kv> kv_;
  std::unique_ptr<kv::Log> log_;
};

TEST_F(KvLog, finds_its_place_again_when_another_took_it) {
  const auto other = kv::make_kv_log(*kv_, kSpace, system_clock());
  EXPECT_EQ(append(*log_, "a").value(), 0u);
  EXPECT_EQ(append(*other, "b").value(), 1u);
  EXPECT_EQ(append(*log_, "c").value(), 2u);
  EXPECT_EQ(append(*other, "d").value(), 3u);
}

TEST_F(KvLog, leaves_no_gap_after_an_append_that_failed) {
  EXPECT_EQ(append(*log_, "a").value(), 0u);
  place_.disk().fail_at(1, ModelFault::busy);
  EXPECT_EQ(append(*log_, "b").error().code(), ErrorCode::busy);
  EXPECT_EQ(append(*log_, "c").value(), 1u);
  place_.disk().fail_at(1, ModelFault::unknown);
  EXPECT_EQ(append(*log_, "d").error().code(), ErrorCode::io_failure);
  place_.disk().crash();
  open();
  EXPECT_EQ(log_->end(kOrders).value(), 3u);
  EXPECT_EQ(append(*log_, "e").value(), 3u);
}

TEST_F(KvLog, finishes_a_trim_that_was_cut_short) {
  for (const char* value : {"a", "b", "c"}) ASSERT_TRUE(append(*log_, value));
  place_.disk().fail_at(2, ModelFault::lost);
  EXPECT_EQ(log_->trim(kOrders, 2).error().code(), ErrorCode::io_failure);
  place_.disk().crash();
  open();
  EXPECT_EQ(log_->begin(kOrders).value(), 2u);
  EXPECT_EQ(log_->end(kOrders).value(), 3u);
  ASSERT_TRUE(log_->trim(kOrders, 0));
  const auto view = kv_->view();
  std::size_t keys = 0;
  for (const auto cursor = view->scan(kSpace, {}); cursor->valid(); cursor->next()) ++keys;
  EXPECT_EQ(keys, 2u);  // where it begins, and the last record
}

TEST_F(KvLog, refuses_to_read_a_record_that_is_not_whole) {
  ASSERT_TRUE(append(*log_, "a"));
  const auto view = kv_->view();
  const std::string key(view->scan(kSpace, {})->key());
  Batch batch;
  batch.put(kSpace, key, "short");
  ASSERT_TRUE(kv_->commit(batch, Durability::synced));
  EXPECT_EQ(log_->read(kOrders, 0, 1, 1).error().code(), ErrorCode::io_failure);
}

}  // namespace
}  // namespace meridian::testing
