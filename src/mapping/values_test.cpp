// Ids, identity cards, times, codes: the small conversions.
#include <gtest/gtest.h>

#include "mapping/china.hpp"
#include "mapping/internal/values.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::mapping {
namespace {

TEST(StableIds, are_hmacs_of_what_identifies) {
  const StableIds ids("key");
  const Uuid id = ids.id("Patient", "urn:id:HOSP", "1001");
  // HMAC-SHA-256 of "Patient\0urn:id:HOSP\0" "1001\0" "0" under "key", by Python's hmac.
  EXPECT_EQ(id.to_string(), "79ac42bd-bd30-8df3-8da1-a997496fb1b6");
  EXPECT_EQ(id.version(), 8);
  EXPECT_EQ(id, ids.id("Patient", "urn:id:HOSP", "1001"));
  EXPECT_NE(id, ids.id("Encounter", "urn:id:HOSP", "1001"));
  EXPECT_NE(id, ids.id("Patient", "urn:id:HOSP", "1001", 1));
  EXPECT_NE(id, StableIds(std::string(100, 'k')).id("Patient", "urn:id:HOSP", "1001"));
}

TEST(IdentityCard, is_read_when_its_check_digit_holds) {
  // The worked example of GB 11643-1999, appendix: 11010519491231002X.
  const auto card = read_identity_card("11010519491231002x");
  ASSERT_TRUE(card);
  EXPECT_EQ(card->number, "11010519491231002X");
  EXPECT_EQ(card->birth_date, "1949-12-31");
  EXPECT_TRUE(card->is_female);
  EXPECT_FALSE(read_identity_card("110105194912310021"));
  EXPECT_FALSE(read_identity_card("11010519491331002X"));
  EXPECT_FALSE(read_identity_card("1101051949123100"));
  EXPECT_FALSE(read_identity_card("1101051949123100AX"));
}

TEST(IdentityCard, of_fifteen_digits_is_the_number_that_took_its_place) {
  const auto card = read_identity_card("110105491231002");
  ASSERT_TRUE(card);
  EXPECT_EQ(card->number, "11010519491231002X");
}

TEST(Values, keep_the_precision_of_times) {
  const TimeZone zone = *TimeZone::find("Asia/Shanghai");
  EXPECT_EQ(internal::date_time("2024", zone), "2024");
  EXPECT_EQ(internal::date_time("202402", zone), "2024-02");
  EXPECT_EQ(internal::date_time("20240229", zone), "2024-02-29");
  EXPECT_EQ(internal::date_time("202402291530", zone), "2024-02-29T15:30:00+08:00");
  EXPECT_EQ(internal::date_time("20240229153059.1234", zone), "2024-02-29T15:30:59.1234+08:00");
  EXPECT_EQ(internal::date_time("20240229153059-0330", zone), "2024-02-29T15:30:59-03:30");
  EXPECT_EQ(internal::date("20240229153059"), "2024-02-29");
  EXPECT_EQ(internal::instant("2024", zone), "");
  EXPECT_EQ(internal::instant("20240229", zone), "2024-02-29T00:00:00+08:00");
}

TEST(Values, know_what_is_no_time_and_no_number) {
  const TimeZone zone;
  for (const char* text :
       {"", "20241301", "20230229", "2024022", "202402291", "today", "20240229+99", "20240229256000"}) {
    EXPECT_EQ(internal::date_time(text, zone), "") << text;
  }
  EXPECT_EQ(internal::number("+007.50"), "7.50");
  EXPECT_EQ(internal::number("-.5"), "-0.5");
  for (const char* text : {"", ".", "1e5", "1,5", "<5", "5 mg"}) EXPECT_EQ(internal::number(text), "") << text;
}

}  // namespace
}  // namespace meridian::mapping
