#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/testing/temporary_folder.hpp"
#include "formats/table/testing/make_workbook.hpp"
#include "formats/table/testing/read_table.hpp"

namespace meridian::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_workbook;
using testing::make_zip;
using testing::read_table;
using testing::read_table_file;
using ::testing::SizeIs;
using testing::WholeTable;

using Strings = std::vector<std::string>;

constexpr const char* kHeader =
    "<row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c><c r='B1' t='inlineStr'><is><t>b</t></is></c></row>";

WholeTable read_rows(const std::string& rows, const std::string& styles = {}, const std::string& properties = {}) {
  return read_table(make_workbook({.rows = kHeader + rows, .styles = styles, .properties = properties}));
}

TEST(Xlsx, reads_shared_and_inline_and_rich_text) {
  const WholeTable table = read_table(make_workbook(
      {.rows = "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
               "<row r='2'><c r='A2' t='s'><v> 2 </v></c><c r='B2' t='inlineStr'><is><r><t>x</t></r><r><t xml:space="
               "'preserve'> &lt;y&gt;</t></r></is></c></row>",
       .shared =
           "<si><t>姓名</t></si><si><r><rPr><b/></rPr><t>do</t></r><r><t>se</t></r><rPh sb='0' eb='1'><t>sound</t>"
           "</rPh></si><si><t>two_x000D_\nlines _x005F_x0041_</t></si>"}));
  EXPECT_EQ(table.error, "");
  EXPECT_THAT(table.columns, ElementsAre("姓名", "dose"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"two\r\nlines _x0041_", "x <y>"}));
  EXPECT_THAT(table.issues, IsEmpty());
}

TEST(Xlsx, gives_numbers_as_they_were_entered) {
  const WholeTable table = read_rows(
      "<row><c><v>1.1000000000000001</v></c><c><v>1.50</v></c></row><row><c><v>1.1010119900307E+17</v></c>"
      "<c><v>110101199003071234</v></c></row><row><c t='n'><v>1.0000000000000001E-5</v></c><c><v>-7</v></c></row>");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1.1", "1.50"}, Strings{"110101199003070000", "110101199003071234"},
                                      Strings{"0.00001", "-7"}));
}

TEST(Xlsx, reads_booleans_formulas_and_errors) {
  const WholeTable table = read_rows(
      "<row r='2'><c r='A2' t='b'><v>1</v></c><c r='B2' t='b'><f>A1</f><v>0</v></c></row>"
      "<row r='3'><c r='A3' t='str'><f>A2&amp;\"v\"</f><v>text</v></c><c r='B3'><f>1+1</f><v>2</v></c></row>"
      "<row r='4'><c r='A4' t='e'><v>#N/A</v></c><c r='B4' t='d'><v>2024-05-01</v></c></row>");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"true", "false"}, Strings{"text", "2"}, Strings{"", "2024-05-01"}));
  EXPECT_THAT(table.issues, ElementsAre("table-error-cell at line 4, column a"));
  EXPECT_THAT(table.faulty, IsEmpty());
}

const char* const kStyles =
    "<numFmts count='2'><numFmt numFmtId='164' formatCode='yyyy\"年\"m\"月\"d\"日\" h:mm'/><numFmt numFmtId='165' "
    "formatCode='0.0\" mmHg\"'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/>"
    "<xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='20'/><xf numFmtId='46'/><xf numFmtId='165'/></cellXfs>";

TEST(Xlsx, reads_dates_by_the_format_of_the_cell) {
  const WholeTable table = read_rows(
      "<row><c s='1'><v>45413</v></c><c s='2'><v>45413.354166666664</v></c></row>"
      "<row><c s='3'><v>0.35416666666666669</v></c><c s='4'><v>1.1041666666666667</v></c></row>"
      "<row><c s='5'><v>120.5</v></c><c s='1'><v>45413.5</v></c></row>"
      "<row><c s='1'><v>1</v></c><c s='1'><v>61</v></c></row>",
      kStyles);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"2024-05-01", "2024-05-01T08:30:00"}, Strings{"08:30:00", "PT26H30M"},
                                      Strings{"120.5", "2024-05-01T12:00:00"}, Strings{"1900-01-01", "1900-03-01"}));
  EXPECT_THAT(table.issues, IsEmpty());
}

TEST(Xlsx, reads_dates_from_1904) {
  const WholeTable table =
      read_rows("<row><c s='1'><v>43951</v></c><c s='1'><v>0</v></c></row>", kStyles, "<workbookPr date1904='1'/>");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"2024-05-01", "1904-01-01"}));
}

TEST(Xlsx, a_number_that_is_no_date_stays_a_number) {
  const WholeTable table = read_rows(
      "<row r='2'><c s='1'><v>60</v></c><c s='1'><v>-1</v></c></row><row r='3'><c s='1'><v>0</v></c><c s='2'><v>1e9</v>"
      "</c></row>",
      kStyles);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"60", "-1"}, Strings{"0", "1000000000"}));
  EXPECT_THAT(table.issues, SizeIs(4));
  EXPECT_EQ(table.issues[0], "table-bad-date at line 2, column a");
}

TEST(Xlsx, gives_rows_with_gaps_and_hidden_rows_and_leaves_out_empty_ones) {
  const WholeTable table = read_rows(
      "<row r='3' hidden='1'><c r='B3'><v>1</v></c></row><row r='4'><c r='A4' s='0'/></row><row r='9'><c><v>2</v></c>"
      "<c><v>3</v></c></row>");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"", "1"}, Strings{"2", "3"}));
  EXPECT_THAT(table.lines, ElementsAre(3, 9));
}

TEST(Xlsx, a_value_beyond_the_columns_and_one_that_is_none_are_faults_of_their_rows) {
  const WholeTable table = read_rows(
      "<row r='2'><c r='A2'><v>1</v></c><c r='D2'><v>4</v></c></row><row r='3'><c "
      "t='s'><v>7</v></c><c><v>x</v></c></row>"
      "<row r='4'><c t='b'><v>yes</v></c><c><v>4</v></c></row>");
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1", ""}, Strings{"", ""}, Strings{"", "4"}));
  EXPECT_THAT(table.faulty, ElementsAre(2, 3, 4));
  EXPECT_THAT(table.issues, ElementsAre("table-too-many at line 2", "table-bad-cell at line 3, column a",
                                        "table-bad-cell at line 3, column b", "table-bad-cell at line 4, column a"));
}

TEST(Xlsx, finds_a_sheet_by_its_name_and_passes_over_charts) {
  testing::WorkbookParts parts{.rows = kHeader, .second_rows = "<row><c><v>5</v></c></row>"};
  TableOptions options;
  options.sheet = "第二";
  EXPECT_THAT(read_table(make_workbook(parts), options).columns, ElementsAre("5"));
  options.sheet = "third";
  EXPECT_THAT(read_table(make_workbook(parts), options).error, HasSubstr("name"));
  parts.sheet_is = "chartsheet";
  EXPECT_THAT(read_table(make_workbook(parts)).columns, ElementsAre("5"));
}

TEST(Xlsx, takes_names_and_skips_rows_as_asked) {
  TableOptions options;
  options.skip = 1;
  options.has_header = false;
  options.columns = {"x"};
  const WholeTable table =
      read_table(make_workbook({.rows = std::string(kHeader) +
                                        "<row r='2'><c><v>1</v></c></row><row r='3'><c><v>2</v></c></row>"}),
                 options);
  EXPECT_THAT(table.columns, ElementsAre("x"));
  EXPECT_THAT(table.rows, ElementsAre(Strings{"1"}, Strings{"2"}));
}

TEST(Xlsx, an_empty_sheet_is_an_empty_table) {
  const WholeTable table = read_table(make_workbook({}));
  EXPECT_EQ(table.error, "");
  EXPECT_THAT(table.columns, IsEmpty());
}

TEST(Xlsx, keeps_to_its_limits) {
  std::string shared;
  std::string rows = kHeader;
  for (int i = 0; i < 30'000; ++i) shared += "<si><t>the same text again and again</t></si>";
  for (int i = 0; i < 30'000; ++i) rows += "<row><c><v>1</v></c><c><v>1</v></c></row>";
  const std::string bytes = make_workbook({.rows = rows, .shared = shared});
  TableOptions options;
  options.limits.max_shared_bytes = 100'000;
  EXPECT_THAT(read_table(bytes, options).error, HasSubstr("max_shared_bytes"));
  options = {};
  options.limits.max_unpacked_bytes = 500'000;
  EXPECT_THAT(read_table(bytes, options).error, HasSubstr("max_unpacked_bytes"));
  options = {};
  options.limits.max_ratio = 20;
  EXPECT_THAT(read_table(bytes, options).error, HasSubstr("max_ratio"));
  options = {};
  options.limits.max_archive_bytes = 100;
  EXPECT_NE(read_table(bytes, options).error, "");
  options = {};
  options.limits.max_columns = 1;
  EXPECT_THAT(read_table(bytes, options).error, HasSubstr("max_columns"));
  EXPECT_THAT(read_table(bytes).rows, SizeIs(30'000));
}

TEST(Xlsx, leaves_long_values_and_rows_empty_and_goes_on) {
  TableOptions options;
  options.limits.max_value_bytes = 10;
  options.limits.max_row_bytes = 15;
  const auto cell = [](const std::string& text) { return "<c t='str'><v>" + text + "</v></c>"; };
  const WholeTable table = read_table(
      make_workbook({.rows = kHeader + ("<row r='2'>" + cell(std::string(11, 'x')) + cell("y") + "</row><row r='3'>") +
                             cell("123456789") + cell("123456789") + "</row><row r='4'>" + cell("1") + "</row>"}),
      options);
  EXPECT_THAT(table.rows, ElementsAre(Strings{"", "y"}, Strings{"", ""}, Strings{"1", ""}));
  EXPECT_THAT(table.issues, ElementsAre("table-long-value at line 2, column a", "table-long-row at line 3"));
}

TEST(Xlsx, refuses_what_is_no_workbook) {
  EXPECT_THAT(read_table(make_zip({{"a.txt", "x"}})).error, HasSubstr("no workbook"));
  EXPECT_THAT(read_table(std::string("PK\x03\x04 and nothing else")).error, HasSubstr("zip"));
  EXPECT_THAT(read_table(std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) + "old").error, HasSubstr(".xls"));
  EXPECT_THAT(read_rows("<row><c><v>1</c></row>").error, HasSubstr("mismatched tag"));
  EXPECT_THAT(read_table(make_zip({{"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY e 'x'>]><workbook/>"}})).error,
              HasSubstr("document type"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<x>";
  EXPECT_THAT(read_rows(deep).error, HasSubstr("nested"));
  EXPECT_THAT(read_rows("<row x='" + std::string(3'000'000, 'y') + "'/>").error, HasSubstr("tag"));
}

TEST(Xlsx, reads_a_workbook_that_another_program_wrote) {
  const meridian::testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/book.xlsx";
  lxw_workbook* book = workbook_new(path.c_str());
  lxw_worksheet* sheet = workbook_add_worksheet(book, "检验");
  lxw_format* date = workbook_add_format(book);
  format_set_num_format(date, "yyyy-mm-dd hh:mm:ss");
  worksheet_write_string(sheet, 0, 0, "编号", nullptr);
  worksheet_write_string(sheet, 0, 1, "time", nullptr);
  worksheet_write_string(sheet, 0, 2, "value", nullptr);
  lxw_datetime when{2024, 2, 29, 23, 59, 59.5};
  for (lxw_row_t row = 1; row <= 500; ++row) {
    worksheet_write_string(sheet, row, 0, ("P" + std::to_string(row)).c_str(), nullptr);
    worksheet_write_datetime(sheet, row, 1, &when, date);
    worksheet_write_number(sheet, row, 2, row * 0.1, nullptr);
  }
  worksheet_merge_range(sheet, 501, 0, 501, 1, "merged", nullptr);
  ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);

  const WholeTable table = read_table_file(path);
  EXPECT_EQ(table.error, "");
  EXPECT_THAT(table.columns, ElementsAre("编号", "time", "value"));
  ASSERT_THAT(table.rows, SizeIs(501));
  EXPECT_EQ(table.rows[0], (Strings{"P1", "2024-02-29T23:59:59.500", "0.1"}));
  EXPECT_EQ(table.rows[499][2], "50");
  EXPECT_EQ(table.rows[500], (Strings{"merged", "", ""}));

  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(read_table(bytes).rows, table.rows);
}

}  // namespace
}  // namespace meridian::table
