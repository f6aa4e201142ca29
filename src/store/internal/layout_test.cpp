#include "store/internal/layout.hpp"

#include <gtest/gtest.h>

#include "base/hex.hpp"

namespace meridian::store {
namespace {

TEST(Layout, keys_are_as_the_worked_example_says) {
  const TenantId tenant(1);
  EXPECT_EQ(to_hex(number_key(tenant, 3)), "000000010000000000000003");
  EXPECT_EQ(pointer_key(tenant, "Patient", "7", 5),
            std::string("\0\0\0\1Patient\0", 12) + std::string("7\0", 2) + "\xff\xff\xff\xff\xff\xff\xff\xfa");
  const std::string key = value_key(tenant, "Patient/7", "Patient", "7", 5);
  const auto parsed = parse_value_key(key);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->home, "Patient/7");
  EXPECT_EQ(parsed->type, "Patient");
  EXPECT_EQ(parsed->id, "7");
  EXPECT_EQ(parsed->row, 5U);
}

TEST(Layout, keys_order_newer_rows_first_and_ids_that_begin_alike_apart) {
  const TenantId tenant(1);
  EXPECT_LT(pointer_key(tenant, "Patient", "7", 6), pointer_key(tenant, "Patient", "7", 5));
  EXPECT_LT(pointer_key(tenant, "Patient", "7", 0), pointer_key(tenant, "Patient", "7-", UINT64_MAX));
  EXPECT_LT(pointer_key(tenant, "Patient", "z", 0), pointer_key(TenantId(2), "Account", "a", 0));
}

TEST(Layout, records_come_back_as_they_went) {
  const Pointer pointer{Change::updated, 300, 0, Instant::from_microseconds(-5), 0xFEDCBA9876543210, "Patient/7"};
  const Pointer back = *Pointer::parse(pointer.encode());
  EXPECT_EQ(back.change, Change::updated);
  EXPECT_EQ(back.number, 300U);
  EXPECT_EQ(back.time, pointer.time);
  EXPECT_EQ(back.hash, pointer.hash);
  EXPECT_EQ(back.home, "Patient/7");

  RowBlock block{.commit = 9, .time = Instant::from_seconds(1), .rows = {}};
  block.rows.push_back({Change::created, false, "Patient", "7", "Patient/7", 1, RowEntry::kNone});
  block.rows.push_back({Change::deleted, true, "Patient", "8", "Patient/7", 4, 0});
  block.rows.push_back({Change::updated, false, "Basic", "8", "shared", 4, 77});
  const RowBlock rows = *RowBlock::parse(block.encode());
  ASSERT_EQ(rows.rows.size(), 3U);
  EXPECT_EQ(rows.rows[0].supersedes, RowEntry::kNone);
  EXPECT_TRUE(rows.rows[1].is_purged);
  EXPECT_EQ(rows.rows[1].supersedes, 0U);
  EXPECT_EQ(rows.rows[1].home, "Patient/7");
  EXPECT_EQ(rows.rows[2].type, "Basic");
  EXPECT_EQ(rows.rows[2].supersedes, 77U);
}

TEST(Layout, damaged_records_are_errors_not_surprises) {
  TenantState state;
  state.of("Patient").versions = 3;
  CommitRecord record;
  record.actor = "Practitioner/7";
  RowBlock block;
  block.rows.resize(2);
  block.rows[0].type = block.rows[1].type = "Patient";
  const std::string whole[] = {state.encode(), record.encode(), block.encode(), Span{}.encode(),
                               encode_erasures({{Erasure::Kind::home, "", "", "Patient/7"}})};
  for (const std::string& bytes : whole) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const std::string cut = bytes.substr(0, size);
      EXPECT_FALSE(&bytes == &whole[0] && TenantState::parse(cut));
      EXPECT_FALSE(&bytes == &whole[1] && CommitRecord::parse(cut));
      EXPECT_FALSE(&bytes == &whole[2] && RowBlock::parse(cut));
      EXPECT_FALSE(&bytes == &whole[3] && Span::parse(cut));
      EXPECT_FALSE(&bytes == &whole[4] && parse_erasures(cut));
    }
  }
  EXPECT_FALSE(Pointer::parse(std::string("\x09\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", 12)));
  EXPECT_FALSE(parse_value_key("short"));
}

}  // namespace
}  // namespace meridian::store
