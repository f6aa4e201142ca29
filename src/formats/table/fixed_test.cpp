#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "formats/table/testing/read_table.hpp"

namespace meridian::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_table;
using testing::read_table_slowly;
using testing::WholeTable;

using Strings = std::vector<std::string>;

TableOptions widths(std::vector<std::uint32_t> widths) {
  TableOptions options;
  options.widths = std::move(widths);
  return options;
}

TEST(Fixed, cuts_lines_by_characters_and_trims) {
  const std::string text = "id  name  \n1   李伟  x\r\n\n22  a b\n333\n";
  const WholeTable table = read_table(text, widths({4, 6}));
  EXPECT_THAT(table.columns, ElementsAre("id", "name"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "李伟  x"}, Strings{"22", "a b"}, Strings{"333", ""}));
  EXPECT_THAT(table.lines, ElementsAre(2, 4, 5));
  EXPECT_THAT(table.issues, IsEmpty());
  EXPECT_EQ(read_table_slowly(text, widths({4, 6})).rows, table.rows);
}

TEST(Fixed, counts_cells_where_asked) {
  TableOptions options = widths({6, 4});
  options.widths_in_cells = true;
  options.has_header = false;
  options.columns = {"name", "age"};
  const WholeTable table = read_table("李伟  30\nLi    31\ne\u0301lan  32\n12345李 \n", options);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"李伟", "30"}, Strings{"Li", "31"}, Strings{"e\u0301lan", "32"},
                                      Strings{"12345李", ""}));
  EXPECT_THAT(table.issues, ElementsAre("table-across-widths at line 4, column name"));
  EXPECT_THAT(table.faulty, ElementsAre(4));
}

TEST(Fixed, says_what_lies_behind_the_last_column) {
  TableOptions options = widths({2, 2});
  options.has_header = false;
  const WholeTable table = read_table("ab\nabcdX\nabcd  \n", options);
  EXPECT_THAT(table.columns, ElementsAre("column_1", "column_2"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"ab", ""}, Strings{"ab", "cd"}, Strings{"ab", "cd"}));
  EXPECT_THAT(table.issues, ElementsAre("table-beyond-widths at line 2"));
}

TEST(Fixed, names_the_first_columns_as_asked) {
  TableOptions options = widths({2, 2});
  options.columns = {"id"};
  EXPECT_THAT(read_table("a b \n", options).columns, ElementsAre("id", "b"));
  options.has_header = false;
  EXPECT_THAT(read_table("a b \n", options).columns, ElementsAre("id", "column_2"));
  options.columns = {"id", "b", "c"};
  EXPECT_NE(read_table("a b \n", options).error, "");
}

TEST(Fixed, replaces_bytes_that_are_no_characters_and_drops_long_lines) {
  TableOptions options = widths({3, 3});
  options.has_header = false;
  options.charset = "UTF-8";
  options.limits.max_row_bytes = 100;
  const WholeTable table = read_table(
      "a\xFF"
      "b123\n" +
          std::string(500'000, 'x') + "\nabc123\n",
      options);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"a\uFFFDb", "123"}, Strings{"", ""}, Strings{"abc", "123"}));
  EXPECT_THAT(table.issues, ElementsAre("table-not-text at line 1", "table-long-row at line 2"));
}

TEST(Fixed, needs_widths) {
  TableOptions options;
  options.kind = TableKind::fixed;
  EXPECT_THAT(read_table("a", options).error, HasSubstr("widths"));
}

}  // namespace
}  // namespace meridian::table
