#include "formats/astm/message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meridian::astm {
namespace {

std::vector<Order> read(std::string_view text, MessageLimits limits = {}) {
  Issues issues;
  return orders_of(text, limits, issues);
}

TEST(Orders, have_what_the_records_around_them_say) {
  const auto orders = read(
      "H|\\^&|||AU-1^5.2|||||||P||20240501083000\r"
      "P|1||88||Wang^Xiaoming||19700102|M\rC|1|I|of the patient\r"
      "O|1|S-4711^1||^^^GLU\\^^^NA|R||20240501080000||||||||Serum\rC|1|I|haemolytic\r"
      "R|1|^^^GLU^1|5.5|mmol/L|3.9-6.1|N||F||||20240501082900\rC|1|I|repeated\r"
      "R|2|^^^NA|140|mmol/L\r"
      "P|2|99\rO|1|S-4712||^^^K\rR|1|^^^K|4.1|mmol/L\rL|1|N\r");
  ASSERT_EQ(orders.size(), 2U);
  const Order& first = orders[0];
  EXPECT_EQ(first.sender, "AU-1");
  EXPECT_EQ(first.sent, "20240501083000");
  EXPECT_EQ(first.patient, "88");
  EXPECT_EQ(first.patient_name, "Wang Xiaoming");
  EXPECT_EQ(first.specimen, "S-4711");
  EXPECT_EQ(first.specimen_kind, "Serum");
  EXPECT_EQ(first.tests, (std::vector<std::string>{"GLU", "NA"}));
  EXPECT_EQ(first.comments, std::vector<std::string>{"haemolytic"});
  ASSERT_EQ(first.results.size(), 2U);
  EXPECT_EQ(first.results[0].test, "GLU");
  EXPECT_EQ(first.results[0].time, "20240501082900");
  EXPECT_EQ(first.results[0].comments, std::vector<std::string>{"repeated"});
  EXPECT_EQ(orders[1].patient, "99");
  EXPECT_EQ(orders[1].results[0].value, "4.1");
}

TEST(Orders, take_the_delimiters_that_the_header_names_and_resolve_escapes) {
  const auto orders = read("H!~*?!!!A*1\rO!1!S?F?1\rR!1!***K!a?S?b?R?c?E?d?X41?!\rL!1");
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].specimen, "S!1");
  EXPECT_EQ(orders[0].results[0].test, "K");
  EXPECT_EQ(orders[0].results[0].value, "a*b~c?dA");
}

TEST(Orders, of_results_without_an_order_are_one) {
  const auto orders = read("H|\\^&|||A\rP|1|88\rR|1|^^^K|4.1\rR|2|^^^NA|140\rL|1\r");
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].patient, "88");
  EXPECT_EQ(orders[0].results.size(), 2U);
}

TEST(Orders, say_when_the_analyser_asks) {
  const auto orders = read("H|\\^&|||A\rQ|1|^S-9||ALL\rL|1\r");
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_TRUE(orders[0].is_question);
  EXPECT_EQ(orders[0].specimen, "S-9");
}

TEST(Orders, say_what_is_not_of_a_patient) {
  const auto purposes = [](std::string_view text) {
    std::vector<Purpose> all;
    for (const Order& order : read(text)) all.push_back(order.purpose);
    return all;
  };
  using enum Purpose;
  EXPECT_EQ(purposes("H|\\^&\rP|1\rO|1|QC1||^^^K|||||||Q\rR|1|^^^K|4\rP|2\rO|1|S-1||^^^K|||||||N\rR|1|^^^K|4\rL|1"),
            (std::vector{control, patient}));
  for (const char* id : {"Q", "QR", "CR"}) {
    EXPECT_EQ(purposes("H|\\^&||||||||||" + std::string(id) + "\rP|1\rO|1|S\rR|1|^^^K|4\rL|1"), std::vector{control})
        << id;
  }
  for (const char* id : {"T", "D"}) {
    EXPECT_EQ(purposes("H|\\^&||||||||||" + std::string(id) + "\rP|1\rR|1|^^^K|4\rL|1"), std::vector{trial}) << id;
  }
  for (const char* id : {"P", "PR", ""}) {
    EXPECT_EQ(purposes("H|\\^&||||||||||" + std::string(id) + "\rP|1\rO|1|S\rR|1|^^^K|4\rL|1"), std::vector{patient})
        << id;
  }
}

TEST(Orders, are_none_of_a_text_without_a_header) {
  for (const char* text : {"", "\r", "P|1\r", "H|", "MSH|^~\\&|"}) {
    Issues issues;
    EXPECT_TRUE(orders_of(text, {}, issues).empty()) << text;
    EXPECT_TRUE(issues.has_errors());
  }
}

TEST(Orders, are_bounded_and_say_so) {
  constexpr std::string_view kText = "H|\\^&\rO|1|A\rO|2|B\r\r";
  Issues issues;
  EXPECT_EQ(orders_of(kText, {.max_records = 3}, issues).size(), 2U);
  EXPECT_FALSE(issues.has_errors());
  EXPECT_TRUE(orders_of(kText, {.max_records = 2}, issues).empty());
  EXPECT_TRUE(issues.has_fatal());
}

TEST(Orders, tell_of_records_and_escapes_that_are_none) {
  Issues issues;
  const auto orders = orders_of("H|\\^&\rZ|1\rR|1|^^^K|a&b&Q&\r", {}, issues);
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].results[0].value, "a&b&Q&");
  EXPECT_GE(issues.all().size(), 2U);
  EXPECT_EQ(issues.all().front().path, "record 2");
}

}  // namespace
}  // namespace meridian::astm
