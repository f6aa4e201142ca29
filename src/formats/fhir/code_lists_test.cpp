#include "formats/fhir/code_lists.hpp"

#include <gtest/gtest.h>

namespace meridian::fhir {
namespace {

TEST(CodeLists, lists_members_that_the_schema_says_are_in) {
  const Schema& schema = Schema::r4();
  for (const ValueSetInfo& set : schema.value_sets()) {
    for (std::uint32_t at = 0; at < set.member_count; at += 1 + set.member_count / 8) {
      const CodeLists::Member member = CodeLists::r4().member(set.id, at);
      EXPECT_EQ(schema.contains(set.id, member.system, member.code), Membership::in) << set.url << " " << member.code;
    }
  }
}

TEST(CodeLists, gives_parents_that_subsume) {
  const Schema& schema = Schema::r4();
  std::size_t with_several = 0;
  for (const CodeSystemInfo& system : schema.code_systems()) {
    for (std::uint32_t at = 0; at < system.code_count; ++at) {
      const std::vector<std::uint32_t> parents = CodeLists::r4().parents(system.id, at);
      with_several += parents.size() > 1 ? 1 : 0;
      for (const std::uint32_t parent : parents) EXPECT_TRUE(schema.subsumes(system.id, parent, at)) << system.url;
    }
  }
  EXPECT_GT(with_several, 0U);
}

}  // namespace
}  // namespace meridian::fhir
