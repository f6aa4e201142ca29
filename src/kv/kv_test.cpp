#include "kv/kv.hpp"

#include <gtest/gtest.h>

namespace meridian::kv {
namespace {

constexpr SpaceId kSpace{3};

TEST(Range, of_a_prefix_ends_before_the_first_other_key) {
  EXPECT_EQ(Range::prefix("ab").begin, "ab");
  EXPECT_EQ(Range::prefix("ab").end, "ac");
  EXPECT_EQ(Range::prefix("a\xff\xff").end, "b");
  EXPECT_EQ(Range::prefix("\x7f").end, "\x80");
}

TEST(Range, of_the_highest_bytes_and_of_nothing_ends_with_the_space) {
  EXPECT_EQ(Range::prefix("\xff\xff").end, "");
  EXPECT_EQ(Range::prefix("").end, "");
}

TEST(Batch, gives_its_entries_back_in_order) {
  Batch batch;
  batch.put(kSpace, "key", "value");
  batch.require_absent(kSpace, "other");
  batch.require_value(kSpace, "third", "is");
  batch.erase(kSpace, "fourth");
  ASSERT_EQ(batch.entries().size(), 4u);
  EXPECT_EQ(batch.key(batch.entries()[0]), "key");
  EXPECT_EQ(batch.value(batch.entries()[0]), "value");
  EXPECT_EQ(batch.entries()[1].kind, Batch::Entry::Kind::absent);
  EXPECT_EQ(batch.value(batch.entries()[2]), "is");
  EXPECT_EQ(batch.key(batch.entries()[3]), "fourth");
  EXPECT_EQ(batch.value(batch.entries()[3]), "");
  EXPECT_EQ(batch.bytes(), 8u + 5u + 7u + 6u);
}

TEST(Batch, is_empty_again_when_cleared) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.put(kSpace, "key", "value");
  EXPECT_FALSE(batch.empty());
  batch.clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0u);
}

}  // namespace
}  // namespace meridian::kv
