#include "terminology/table_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/input.hpp"

namespace meridian::terminology {
namespace {

using ::testing::ElementsAre;
using Form = TableReader::Form;

std::vector<std::vector<std::string>> records(std::string_view text, Form form, Issues& issues) {
  const auto source = memory_source(text);
  TableReader reader(*source, form);
  std::vector<std::vector<std::string>> all;
  while (*reader.next(issues)) all.emplace_back(reader.fields().begin(), reader.fields().end());
  return all;
}

TEST(TableReader, splits_records_at_what_stands_between_fields) {
  Issues issues;
  EXPECT_THAT(records("a\tb\t\r\n\n1\t2", Form::tabs, issues),
              ElementsAre(ElementsAre("a", "b", ""), ElementsAre("1", "2")));
  EXPECT_THAT(records("a|b,c|\n", Form::bars, issues), ElementsAre(ElementsAre("a", "b,c", "")));
  EXPECT_THAT(records("\xEF\xBB\xBF"
                      "a\tb",
                      Form::lines, issues),
              ElementsAre(ElementsAre("a\tb")));
  EXPECT_TRUE(issues.empty());
}

TEST(TableReader, understands_quotes_that_hold_commas_quotes_and_line_ends) {
  Issues issues;
  EXPECT_THAT(records("\"a,b\",\"say \"\"x\"\"\",c\n\"two\nlines\",,\n", Form::commas, issues),
              ElementsAre(ElementsAre("a,b", "say \"x\"", "c"), ElementsAre("two\nlines", "", "")));
  EXPECT_TRUE(issues.empty());
}

TEST(TableReader, leaves_out_what_it_cannot_read_and_says_where) {
  Issues issues;
  const std::string text = "good\n\xFF\xFE\n" + std::string(TableReader::kMaxRecord + 1, 'x') + "\nlast\n";
  EXPECT_THAT(records(text, Form::tabs, issues), ElementsAre(ElementsAre("good"), ElementsAre("last")));
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_EQ(issues.all()[0].position.line, 2U);
  EXPECT_EQ(issues.all()[1].position.line, 3U);
  Issues quotes;
  EXPECT_THAT(records("\"a\"b,c\nx\n\"never", Form::commas, quotes), ElementsAre(ElementsAre("x")));
  EXPECT_EQ(quotes.size(), 2U);
}

TEST(TableReader, finds_columns_by_name) {
  const auto source = memory_source("b,a,c\n1,2,3\n");
  TableReader reader(*source, Form::commas);
  Issues issues;
  EXPECT_THAT(*reader.header({"a", "b"}, issues), ElementsAre(1U, 0U));
  EXPECT_EQ(reader.header({"none"}, issues).error().code(), ErrorCode::malformed_input);
}

}  // namespace
}  // namespace meridian::terminology
