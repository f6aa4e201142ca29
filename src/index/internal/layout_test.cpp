#include "index/internal/layout.hpp"

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "index/internal/column_block.hpp"
#include "index/internal/outline.hpp"
#include "index/internal/posting.hpp"

namespace meridian::index {
namespace {

using namespace std::string_literals;

TEST(Layout, writes_the_key_and_value_of_its_example) {
  std::string key = term_prefix(1, FieldId{0xF1}, "a\0b"s);
  append_row(key, 7);
  EXPECT_EQ(key,
            "\0\0\0\1\0\0\0\0\0\0\0\xF1"
            "a\0\xFF"
            "b\0\1\0\0\0\0\0\0\0\7"s);
  PostingWriter list;
  for (const Row row : {7, 8, 9, 10, 40}) EXPECT_TRUE(list.add(row));
  std::string value;
  list.append_to(value);
  EXPECT_EQ(value, "\1\3\34\0"s);
  const std::optional<TermKey> parsed = parse_term_key(key);
  ASSERT_TRUE(parsed);
  std::string buffer;
  EXPECT_EQ(unescape(parsed->escaped, buffer), "a\0b"s);
  EXPECT_EQ(parsed->row, 7);
}

TEST(Layout, writes_the_column_block_of_its_example) {
  std::string bytes;
  const ColumnValue values[] = {{7, 100, 100}, {8, 101, 101}, {9, 103, 103}};
  append_column_block(bytes, values);
  EXPECT_EQ(bytes, "\3\0\2\0\2\0d\0\0\0\0\0\0\0\x34\0\0\0\0\0\0\0\0"s);
}

TEST(Layout, keeps_the_order_of_terms_and_lets_none_begin_another) {
  SeededRandom random(1);
  const auto random_term = [&] {
    std::string term;
    for (std::uint64_t size = random.below(5); size > 0; --size)
      term.push_back(
          "\0\1\xFF"
          "a"[random.below(4)]);
    return term;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string a = random_term();
    const std::string b = random_term();
    std::string key_a;
    std::string key_b;
    append_term(key_a, a);
    append_term(key_b, b);
    ASSERT_EQ(a < b, key_a < key_b);
    ASSERT_EQ(a == b, key_b.starts_with(key_a));
    std::string buffer;
    ASSERT_EQ(unescape(std::string_view(key_a).substr(0, key_a.size() - 2), buffer), a);
  }
}

TEST(Layout, refuses_records_that_are_damaged) {
  const std::string chunk = encode(ChunkRecord{Rows::range(5, 100), {{50, 5}, {60, 7}}});
  const ChunkRecord parsed = *parse_chunk(chunk);
  EXPECT_EQ(parsed.rows, Rows::range(5, 100));
  EXPECT_THAT(parsed.successions, ::testing::ElementsAre(Succession{50, 5}, Succession{60, 7}));
  EXPECT_FALSE(parse_chunk(""));
  EXPECT_FALSE(parse_chunk(std::string_view(chunk).substr(0, 2)));
  EXPECT_FALSE(parse_chunk(std::string_view(chunk).substr(0, chunk.size() - 1)));
  EXPECT_FALSE(parse_chunk(encode(ChunkRecord{{}, {{5, 9}}})));
  EXPECT_FALSE(parse_progress("short"));
  EXPECT_FALSE(parse_term_key("short"));
}

TEST(Outline, keeps_the_middles_of_equal_parts) {
  FieldOutliner outliner(FieldId{9}, 800);
  for (int i = 0; i < 80; ++i) outliner.add("term " + std::to_string(10 + i), 10);
  Outline outline;
  outline.fields.push_back(outliner.take());
  EXPECT_EQ(outline.fields[0].middles.size(), Outline::kParts);
  EXPECT_EQ(outline.estimate(FieldId{9}, "", ""), 800);
  EXPECT_EQ(outline.estimate(FieldId{9}, "term 30", "term 50"), 200);
  EXPECT_EQ(outline.estimate(FieldId{9}, "term 30", "term 30a"), 0);
  EXPECT_EQ(outline.estimate(FieldId{8}, "", ""), 0);
  FieldOutliner small(FieldId{10}, 2);
  small.add(std::string(100, 'x'), 2);
  outline.fields.push_back(small.take());
  EXPECT_EQ(outline.estimate(FieldId{10}, std::string(100, 'x'), ""), 2);

  const std::string bytes = encode(outline);
  EXPECT_EQ(parse_outline(bytes)->fields, outline.fields);
  EXPECT_FALSE(parse_outline(std::string_view(bytes).substr(0, bytes.size() - 1)));
  EXPECT_FALSE(parse_outline(std::string_view(bytes).substr(0, 9)));
  EXPECT_FALSE(parse_outline("short"));
}

TEST(PostingList, takes_the_shortest_form) {
  const auto size_of = [](Row first, Row end, Row step) {
    PostingWriter list;
    for (Row row = first; row < end; row += step) EXPECT_TRUE(list.add(row));
    std::string bytes;
    list.append_to(bytes);
    Collector collector;
    EXPECT_EQ(collect_posting(list.first(), bytes, collector), list.last());
    EXPECT_EQ(count_posting(bytes), collector.take().count());
    return bytes.size();
  };
  EXPECT_EQ(size_of(9, 10, 1), 0);
  EXPECT_EQ(size_of(9, 11, 1), 2);
  EXPECT_EQ(size_of(0, 65'536, 1), 4);      // one run
  EXPECT_EQ(size_of(0, 65'536, 2), 8'193);  // bits
  EXPECT_EQ(size_of(0, 65'536, 100), 656);  // steps
  EXPECT_EQ(size_of(0, 65'536, 200), 655);  // steps of two bytes
}

TEST(PostingList, does_not_span_more_than_it_can_hold) {
  PostingWriter list;
  EXPECT_TRUE(list.add(1));
  EXPECT_TRUE(list.add(65'536));
  EXPECT_FALSE(list.add(65'537));
  EXPECT_EQ(list.last(), 65'536);
}

TEST(PostingList, refuses_what_no_writer_writes) {
  Collector collector;
  for (const std::string& bytes :
       {"\0"s, "\0\0"s, "\0\x80"s, "\0\xFF\xFF\xFF\x01"s, "\0\xFF\xFF\x04"s, "\1"s, "\1\x80"s, "\1\xFF\xFF\x04"s,
        "\1\1\xFF\xFF\x03"s, "\2"s, "\2\1\0"s, "\2\2"s, "\3\1"s}) {
    const Result<Row> collected = collect_posting(0, bytes, collector);
    ASSERT_FALSE(collected) << ::testing::PrintToString(bytes);
    EXPECT_EQ(collected.error().code(), ErrorCode::malformed_input);
  }
  EXPECT_FALSE(collect_posting(UINT64_MAX, "", collector));
}

}  // namespace
}  // namespace meridian::index
