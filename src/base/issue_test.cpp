#include "base/issue.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

constexpr Message kTooMany{"too-many", "{0} has {1} values, at most {2}", "{0}有{1}个值，最多{2}个"};

TEST(Issue, puts_its_arguments_into_the_message_of_either_language) {
  const Issue issue{Severity::error, IssueType::structure, kTooMany, {"Patient.birthDate", "2", "1"}};
  EXPECT_EQ(text(issue, Language::english), "Patient.birthDate has 2 values, at most 1");
  EXPECT_EQ(text(issue, Language::chinese), "Patient.birthDate有2个值，最多1个");
}

TEST(Issues, keeps_up_to_its_limit_and_counts_the_rest) {
  Issues issues(2);
  for (int i = 0; i < 5; ++i) issues.add({Severity::warning, IssueType::value, kTooMany});
  issues.add({Severity::error, IssueType::value, kTooMany});
  EXPECT_EQ(issues.size(), 2u);
  EXPECT_EQ(issues.dropped(), 4u);
  EXPECT_TRUE(issues.has_errors());
  EXPECT_EQ(issues.warnings(), 5u);
}

TEST(Issues, stay_counted_when_added_to_others) {
  Issues few(1);
  few.add({Severity::warning, IssueType::value, kTooMany});
  few.add({Severity::fatal, IssueType::value, kTooMany});
  Issues all;
  all.add_all(std::move(few));
  EXPECT_TRUE(all.has_fatal());
  EXPECT_EQ(all.errors(), 1u);
  EXPECT_EQ(all.size(), 1u);
  EXPECT_EQ(all.dropped(), 1u);
}

TEST(Position, counts_lines_and_columns_from_one) {
  EXPECT_EQ(position_at("ab\ncd", 4), (Position{4, 2, 2}));
  EXPECT_EQ(position_at("ab", 0), (Position{0, 1, 1}));
  EXPECT_EQ(position_at("a\n", 9), (Position{2, 2, 1}));
}

TEST(Position, counts_in_long_texts_as_in_short_ones) {
  const std::string text = std::string(300, '\n') + std::string(300, 'x') + "\n" + std::string(100, 'y');
  for (std::size_t offset = 0; offset <= text.size(); ++offset) {
    const std::size_t lines = offset <= 300 ? offset + 1 : offset <= 600 ? 301 : 302;
    const std::size_t column = offset <= 300 ? 1 : offset <= 600 ? offset - 299 : offset - 600;
    ASSERT_EQ(position_at(text, offset),
              (Position{offset, static_cast<std::uint32_t>(lines), static_cast<std::uint32_t>(column)}))
        << offset;
  }
}

}  // namespace
}  // namespace meridian
