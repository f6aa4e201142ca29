#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "formats/table/testing/read_table.hpp"

namespace meridian::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_table;
using testing::read_table_slowly;
using ::testing::SizeIs;
using testing::WholeTable;

using Strings = std::vector<std::string>;

TEST(Delimited, reads_the_rows_of_rfc_4180) {
  const WholeTable table =
      read_table("id,name,note\r\n1,\"Li, Wei\",\"said \"\"no\"\"\"\r\n2,,\"two\r\nlines\"\r\n3,x,\r\n");
  EXPECT_EQ(table.error, "");
  EXPECT_THAT(table.columns, ElementsAre("id", "name", "note"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "Li, Wei", "said \"no\""}, Strings{"2", "", "two\r\nlines"},
                                      Strings{"3", "x", ""}));
  EXPECT_THAT(table.lines, ElementsAre(2, 3, 5));
  EXPECT_THAT(table.issues, IsEmpty());
}

TEST(Delimited, reads_the_same_by_few_bytes_at_a_time) {
  const std::string text = "id,name\r\n1,\"a \"\"b\"\"\r\nc\" \r\n\r\n2,\xE5\xBF\x83\r\n";
  const WholeTable table = read_table_slowly(text);
  EXPECT_EQ(table.rows, read_table(text).rows);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "a \"b\"\r\nc"}, Strings{"2", "心"}));
}

TEST(Delimited, takes_each_end_of_a_line) {
  for (const char* const end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const char* const part : {"a,b", "1,\"x", "y\"", "", "3,4"}) text.append(part).append(end);
    const WholeTable table = read_table(text);
    EXPECT_THAT(table.rows, ElementsAre(Strings{"1", std::string("x").append(end).append("y")}, Strings{"3", "4"}));
    EXPECT_THAT(table.lines, ElementsAre(2, 5));
    EXPECT_THAT(table.issues, IsEmpty());
  }
}

TEST(Delimited, keeps_a_lone_cr_where_lines_end_otherwise) {
  EXPECT_THAT(read_table("a,b\n1\rx,2\n").rows, ElementsAre(Strings{"1\rx", "2"}));
}

TEST(Delimited, needs_no_end_of_the_last_line) {
  EXPECT_THAT(read_table("a,b\n1,2").rows, ElementsAre(Strings{"1", "2"}));
  EXPECT_THAT(read_table("a,b\n1,\"2\"").rows, ElementsAre(Strings{"1", "2"}));
  EXPECT_THAT(read_table("a,b\n1,").rows, ElementsAre(Strings{"1", ""}));
  EXPECT_THAT(read_table("a,b\n1,2\n\x1A").rows, ElementsAre(Strings{"1", "2"}));
}

TEST(Delimited, an_empty_file_has_no_columns_and_no_rows) {
  for (const char* const text : {"", "\n\n", "\xEF\xBB\xBF"}) {
    const WholeTable table = read_table(text);
    EXPECT_EQ(table.error, "");
    EXPECT_THAT(table.columns, IsEmpty());
    EXPECT_THAT(table.rows, IsEmpty());
  }
}

TEST(Delimited, finds_the_delimiter_by_what_most_records_agree_on) {
  EXPECT_THAT(read_table("a;b\n1,5;2,5\n3,5;4,5\n").rows, ElementsAre(Strings{"1,5", "2,5"}, Strings{"3,5", "4,5"}));
  EXPECT_THAT(read_table("a\tb, c\n1\tx, y\n").columns, ElementsAre("a", "b, c"));
  EXPECT_THAT(read_table("a|b|c\n1|2;3|4\n").rows, ElementsAre(Strings{"1", "2;3", "4"}));
  EXPECT_THAT(read_table("a,b;c\n1,2\n3,4\n").columns, ElementsAre("a", "b;c"));
  EXPECT_THAT(read_table("\"a;x\",b\n\"1;\",2\n").columns, ElementsAre("a;x", "b"));
  EXPECT_THAT(read_table("only\n1;2\n").columns, ElementsAre("only"));
}

TEST(Delimited, believes_the_line_of_excel_that_names_the_delimiter) {
  const WholeTable table = read_table("sep=;\r\na,b;c\r\n1,2;3\r\n");
  EXPECT_THAT(table.columns, ElementsAre("a,b", "c"));
  EXPECT_THAT(table.lines, ElementsAre(3));
  TableOptions options;
  options.delimiter = ',';
  EXPECT_THAT(read_table("sep=;\na,b\n", options).columns, ElementsAre("a", "b"));
}

TEST(Delimited, skips_lines_above_the_header) {
  TableOptions options;
  options.skip = 2;
  const WholeTable table = read_table("Report; of \"today\n\na,b\n1,2\n", options);
  EXPECT_THAT(table.columns, ElementsAre("a", "b"));
  EXPECT_THAT(table.lines, ElementsAre(4));
  options.skip = 100;
  EXPECT_THAT(read_table("a,b\n1,2\n", options).columns, IsEmpty());
}

TEST(Delimited, names_each_column_once_and_none_nothing) {
  const WholeTable table = read_table(" x ,x,,x_2,\"two\nlines\",column_3\n");
  EXPECT_THAT(table.columns, ElementsAre("x", "x_3", "column_3_2", "x_2", "two lines", "column_3"));
}

TEST(Delimited, takes_names_in_place_of_the_header_and_where_there_is_none) {
  TableOptions options;
  options.columns = {"id", "dose"};
  WholeTable table = read_table("a,b\n1,2\n", options);
  EXPECT_THAT(table.columns, ElementsAre("id", "dose"));
  EXPECT_THAT(table.rows, SizeIs(1));
  EXPECT_THAT(table.issues, IsEmpty());
  table = read_table("a,b,c\n1,2,3\n", options);
  EXPECT_THAT(table.columns, ElementsAre("id", "dose", "c"));
  EXPECT_THAT(table.issues, ElementsAre("table-column-names"));
  options.has_header = false;
  EXPECT_THAT(read_table("a,b\n1,2\n", options).rows, ElementsAre(Strings{"a", "b"}, Strings{"1", "2"}));
  options.columns.clear();
  table = read_table("\na,\"b\"\"\"\n1,2\n", options);
  EXPECT_THAT(table.columns, ElementsAre("column_1", "column_2"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"a", "b\""}, Strings{"1", "2"}));
}

TEST(Delimited, fills_up_short_rows_and_says_so) {
  const WholeTable table = read_table("a,b,c\n1\n2,3\n");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "", ""}, Strings{"2", "3", ""}));
  EXPECT_THAT(table.issues, ElementsAre("table-too-few at line 2", "table-too-few at line 3"));
  EXPECT_THAT(table.faulty, IsEmpty());
}

TEST(Delimited, allows_delimiters_at_the_end_of_rows_and_no_more_values) {
  const WholeTable table = read_table("a,b\n1,2,\n1,2,,,\n1,2,3\n4,5\n");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "2"}, Strings{"1", "2"}, Strings{"1", "2"}, Strings{"4", "5"}));
  EXPECT_THAT(table.issues, ElementsAre("table-too-many at line 4"));
  EXPECT_THAT(table.faulty, ElementsAre(4));
}

TEST(Delimited, keeps_quotes_within_values) {
  const WholeTable table = read_table("a,b\n5\" needle,x\n\"12\" pipe\",y\n \"q,r\" ,z\n");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"5\" needle", "x"}, Strings{"12\" pipe", "y"}, Strings{"q,r", "z"}));
  EXPECT_THAT(table.issues, ElementsAre("table-inner-quote at line 3, column a"));
}

TEST(Delimited, an_open_quote_spoils_its_own_line_only) {
  // The end of the file, a quoted value behind, and an empty one behind, each tell.
  for (const char* const rest : {"3,x,4\n5,y,6\n", "3,\"x\",4\n5,y,6\n", "3,\"\",4\n5,\"\",6\n"}) {
    const WholeTable table = read_table(std::string("a,dose,c\n0,0,0\n1,\"abc,2\n") + rest);
    ASSERT_THAT(table.rows, SizeIs(4)) << rest;
    EXPECT_EQ(table.rows[1], (Strings{"1", "abc,2", ""}));
    EXPECT_EQ(table.rows[2][0], "3");
    EXPECT_EQ(table.rows[3][2], "6");
    EXPECT_THAT(table.issues, ElementsAre("table-open-quote at line 3, column dose"));
    EXPECT_THAT(table.faulty, ElementsAre(3));
    EXPECT_THAT(table.lines, ElementsAre(2, 3, 4, 5));
  }
}

TEST(Delimited, passes_over_lines_that_belong_to_a_broken_value_and_says_which) {
  const WholeTable table = read_table("a,b,c\n1,\"two\nlines \"and\" more\",2\n3,4,5\n");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", "two", ""}, Strings{"3", "4", "5"}));
  EXPECT_THAT(table.issues, ElementsAre("table-open-quote at line 2, column b", "table-passed-over at line 3"));
}

TEST(Delimited, gives_up_passing_over_after_a_thousand_lines) {
  std::string text = "a,b\n1,\"x\n";
  for (int i = 0; i < 1500; ++i) text += "lonely\n";
  const WholeTable table = read_table(text);
  EXPECT_THAT(table.rows, SizeIs(501));
  EXPECT_EQ(table.issues[1], "table-passed-over at line 3");
}

TEST(Delimited, gives_each_line_of_a_file_in_which_no_quote_is_closed) {
  std::string text = "a,b\n";
  for (int i = 0; i < 20'000; ++i) text += i % 2 == 0 ? "x,\"y\n" : "z,\"\"\"\"w\n";
  const WholeTable table = read_table(text);
  ASSERT_THAT(table.rows, SizeIs(20'000));
  EXPECT_THAT(table.faulty, SizeIs(20'000));
  EXPECT_EQ(table.rows[2], (Strings{"x", "y"}));
  EXPECT_EQ(table.rows[3], (Strings{"z", "\"\"w"}));
}

TEST(Delimited, leaves_out_what_is_longer_than_the_limits_and_goes_on) {
  TableOptions options;
  options.limits.max_row_bytes = 100;
  options.limits.max_value_bytes = 20;
  const std::string row(200, 'x');
  const std::string value(50, 'y');
  const WholeTable table = read_table("a,b\n" + row + ",1\n" + value + ",2\n\"" + row + "\",3\nz,4\n", options);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"", ""}, Strings{"", "2"}, Strings{"", ""}, Strings{"z", "4"}));
  EXPECT_THAT(table.issues, ElementsAre("table-long-row at line 2", "table-long-value at line 3, column a",
                                        "table-long-row at line 4"));
  EXPECT_THAT(read_table(row, options).error, HasSubstr("max_row_bytes"));
  options.limits.max_columns = 2;
  EXPECT_THAT(read_table("a,b,c\n", options).error, HasSubstr("max_columns"));
}

TEST(Delimited, a_row_longer_than_any_buffer_is_dropped_to_its_end) {
  TableOptions options;
  options.limits.max_row_bytes = 300'000;
  const WholeTable table = read_table("a,b\n1," + std::string(3'000'000, 'x') + "\n2,y\n", options);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"", ""}, Strings{"2", "y"}));
}

TEST(Delimited, replaces_bytes_that_are_no_characters) {
  std::string text = "a,b\n";
  for (int i = 0; i < 30; ++i) text += "心,x\n";
  const WholeTable table = read_table(text + "\xFF\xFEz,\"q\"\"\xE5\"\n1,2\n");
  EXPECT_EQ(table.rows[30], (Strings{"\uFFFD\uFFFDz", "q\"\uFFFD"}));
  EXPECT_THAT(table.faulty, ElementsAre(32));
  EXPECT_THAT(table.issues, ElementsAre("table-not-text at line 32, column a", "table-not-text at line 32, column b"));
}

TEST(Delimited, refuses_impossible_options) {
  TableOptions options;
  options.delimiter = '"';
  EXPECT_NE(read_table("a", options).error, "");
  options.delimiter = '\n';
  EXPECT_NE(read_table("a", options).error, "");
  options = {};
  options.charset = "klingon";
  EXPECT_THAT(read_table("a", options).error, HasSubstr("klingon"));
}

TEST(Delimited, reads_without_quotes_where_there_are_none) {
  TableOptions options;
  options.quote = 0;
  options.delimiter = '\t';
  EXPECT_THAT(read_table("a\tb\n\"1\t2\"\n", options).rows, ElementsAre(Strings{"\"1", "2\""}));
}

TEST(Delimited, reads_what_was_written_whatever_it_is) {
  std::mt19937 random(7);
  const std::string_view pieces[] = {"a", "\"", ",", "\n", "\r\n", " ", "心", ";", "'", "xyz"};
  for (int round = 0; round < 200; ++round) {
    std::string text = "a,b,c\n";
    std::vector<Strings> rows;
    const std::size_t count = random() % 200;
    for (std::size_t r = 0; r < count; ++r) {
      Strings& row = rows.emplace_back(3);
      for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t n = random() % 40; n > 0; --n) row[c] += pieces[random() % std::size(pieces)];
        text += c == 0 ? "\"" : ",\"";
        for (const char byte : row[c]) text += byte == '"' ? std::string("\"\"") : std::string(1, byte);
        text += '"';
      }
      text += "\n";
    }
    TableOptions options;
    options.delimiter = ',';
    const WholeTable table = read_table(text, options);
    ASSERT_EQ(table.rows, rows);
    ASSERT_THAT(table.issues, IsEmpty());
  }
}

}  // namespace
}  // namespace meridian::table
