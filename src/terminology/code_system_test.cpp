#include "terminology/code_system.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "terminology/code_system_builder.hpp"

namespace meridian::terminology {
namespace {

using ::testing::ElementsAre;

CodeSystemPtr built(CodeSystemBuilder& builder) {
  auto made = builder.build();
  EXPECT_TRUE(made.has_value());
  return made->system;
}

std::vector<std::string> codes(const CodeSystem& system, const Ranges& ranges) {
  std::vector<std::string> all;
  for (const Run run : ranges.runs()) {
    for (std::uint32_t n = run.begin; n < run.end; ++n) all.emplace_back(system.code(n));
  }
  return all;
}

TEST(CodeSystem, finds_codes_and_what_is_said_of_them) {
  CodeSystemBuilder builder({.url = "http://example.org/s", .version = "1"});
  const std::uint32_t fever = builder.add("fever", "Fever");
  builder.add_designation(fever, "zh-CN", "display", "发热");
  builder.add_property(fever, "site", ValueType::code, "body");
  builder.set_definition(fever, "hot");
  builder.set_abstract(fever, true);
  builder.set_active(builder.add("old", "Old"), false);
  const CodeSystemPtr system = built(builder);
  EXPECT_EQ(system->size(), 2U);
  const auto found = system->find("fever");
  ASSERT_TRUE(found);
  EXPECT_FALSE(system->find("Fever"));
  EXPECT_EQ(system->display(*found), "Fever");
  EXPECT_EQ(system->definition(*found), "hot");
  EXPECT_EQ(system->display_in(*found, "zh"), "发热");
  EXPECT_EQ(system->display_in(*found, "zh-TW"), "发热");
  EXPECT_EQ(system->display_in(*found, "de"), "Fever");
  EXPECT_EQ(system->property(*found, 0).value, "body");
  EXPECT_TRUE(system->is_abstract(*found));
  EXPECT_TRUE(system->is_active(*found));
  EXPECT_FALSE(system->is_active(*system->find("old")));
  EXPECT_TRUE(system->has_property("site"));
  EXPECT_FALSE(system->has_property("colour"));
}

TEST(CodeSystem, does_not_mind_letters_where_it_says_so) {
  CodeSystemBuilder builder({.url = "u", .is_case_sensitive = false});
  builder.add("mmHg", "a");
  builder.add("MMHG", "b");
  const CodeSystemPtr system = built(builder);
  EXPECT_EQ(system->size(), 1U);
  ASSERT_TRUE(system->find("MmHg"));
  EXPECT_EQ(system->display(*system->find("MmHg")), "a");
}

TEST(CodeSystem, numbers_a_tree_so_that_what_is_below_is_one_run) {
  CodeSystemBuilder builder({.url = "u"});
  builder.add_parent(builder.add("a1"), "a");  // before its parent comes
  builder.add("b");
  builder.add("a");
  builder.add_parent(builder.add("a2"), "a");
  builder.add_parent(builder.add("a11"), "a1");
  const CodeSystemPtr system = built(builder);
  const CodeNumber a = *system->find("a");
  ASSERT_EQ(system->below(a).size(), 1U);
  EXPECT_THAT(codes(*system, Ranges(system->below(a))), ElementsAre("a", "a1", "a11", "a2"));
  EXPECT_THAT(codes(*system, system->above(*system->find("a11"))), ElementsAre("a", "a1", "a11"));
  EXPECT_TRUE(system->subsumes(a, *system->find("a11")));
  EXPECT_FALSE(system->subsumes(*system->find("b"), *system->find("a11")));
}

TEST(CodeSystem, leaves_out_links_to_nowhere_and_circles) {
  CodeSystemBuilder builder({.url = "u"});
  builder.add_parent(builder.add("a"), "c");
  builder.add_parent(builder.add("b"), "a");
  builder.add_parent(builder.add("c"), "b");
  builder.add_parent(builder.add("d"), "d");
  builder.add_parent(builder.add("e"), "nowhere");
  const auto made = builder.build();
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->circles, 2U);
  EXPECT_EQ(made->unknown_parents, 1U);
  EXPECT_EQ(made->system->size(), 5U);
  EXPECT_FALSE(made->system->find("nowhere"));
}

TEST(CodeSystem, refuses_what_is_larger_than_its_limits) {
  CodeSystemBuilder builder({.url = "u"}, {.max_codes = 2});
  for (const char* code : {"a", "b", "c"}) builder.add(code);
  const auto made = builder.build();
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), ErrorCode::too_large);
}

// Random hierarchies with several parents, against a walk upwards.
TEST(CodeSystem, subsumes_as_a_walk_upwards_does) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const std::uint32_t count = 1 + random() % 40;
    const std::uint32_t density = random() % 4;
    CodeSystemBuilder builder({.url = "u"});
    std::vector<std::set<std::uint32_t>> above(count);
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t at = 0; at < count; ++at) order[at] = at;
    std::ranges::shuffle(order, random);  // children may come before their parents
    std::vector<std::vector<std::uint32_t>> parents(count);
    for (std::uint32_t at = 1; at < count; ++at) {
      for (std::uint32_t link = 0; link < density; ++link) {
        if (random() % 3 != 0) parents[at].push_back(random() % at);
      }
    }
    for (std::uint32_t at = 0; at < count; ++at) {
      above[at].insert(at);
      for (const std::uint32_t parent : parents[at]) above[at].insert(above[parent].begin(), above[parent].end());
    }
    for (const std::uint32_t at : order) {
      const std::uint32_t place = builder.add(std::to_string(at));
      for (const std::uint32_t parent : parents[at]) builder.add_parent(place, std::to_string(parent));
    }
    const CodeSystemPtr system = built(builder);
    ASSERT_EQ(system->size(), count);
    for (std::uint32_t low = 0; low < count; ++low) {
      const CodeNumber below = *system->find(std::to_string(low));
      const Ranges upwards = system->above(below);
      EXPECT_EQ(upwards.size(), above[low].size());
      for (std::uint32_t high = 0; high < count; ++high) {
        const CodeNumber ancestor = *system->find(std::to_string(high));
        const bool expected = above[low].contains(high);
        ASSERT_EQ(system->subsumes(ancestor, below), expected) << round << ": " << high << " over " << low;
        ASSERT_EQ(contains(system->below(ancestor), below), expected);
        ASSERT_EQ(upwards.contains(ancestor), expected);
      }
    }
  }
}

}  // namespace
}  // namespace meridian::terminology
