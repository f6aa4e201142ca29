#include "base/language.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

TEST(Language, is_read_from_tags_and_locales) {
  for (const char* text : {"zh", "zh-CN", "ZH-Hant-TW", "zh_CN.UTF-8"})
    EXPECT_EQ(parse_language(text), Language::chinese);
  for (const char* text : {"en", "EN-gb", "en.UTF-8"}) EXPECT_EQ(parse_language(text), Language::english);
  for (const char* text : {"", "z", "de", "zho", "english"}) EXPECT_EQ(parse_language(text), std::nullopt) << text;
}

TEST(Language, is_chosen_by_weight_and_then_by_order) {
  EXPECT_EQ(choose_language("zh-CN,zh;q=0.9,en;q=0.8"), Language::chinese);
  EXPECT_EQ(choose_language("zh;q=0.5, en;q=0.55"), Language::english);
  EXPECT_EQ(choose_language("de, zh;q=0.2"), Language::chinese);
  EXPECT_EQ(choose_language("en,zh"), Language::english);
  EXPECT_EQ(choose_language("zh , en"), Language::chinese);
}

TEST(Language, is_the_default_when_neither_is_wanted) {
  for (const char* text : {"", "de", "zh;q=0", "zh;q=2", "zh;q=x", "zh;level=1", ",,;,", "*"}) {
    EXPECT_EQ(choose_language(text, Language::english), Language::english) << text;
  }
  EXPECT_EQ(choose_language("fr", Language::chinese), Language::chinese);
  EXPECT_EQ(tag(Language::chinese), "zh");
}

}  // namespace
}  // namespace meridian
