#include "base/strong_id.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <unordered_set>

namespace meridian {
namespace {

using TenantId = StrongId<struct TenantIdTag>;
using FeedId = StrongId<struct FeedIdTag>;
using Name = StrongId<struct NameTag, std::string>;

// Misuse does not compile.
static_assert(!std::is_convertible_v<int, TenantId>);
static_assert(!std::is_convertible_v<TenantId, FeedId>);
static_assert(!std::is_constructible_v<TenantId, FeedId>);
static_assert(!std::is_convertible_v<TenantId, std::uint64_t>);
static_assert(sizeof(TenantId) == sizeof(std::uint64_t));

TEST(StrongId, is_ordered_and_hashed_by_its_value) {
  EXPECT_LT(TenantId(1), TenantId(2));
  EXPECT_EQ(TenantId(), TenantId(0));
  std::unordered_set<Name> names{Name("a"), Name("b"), Name("a")};
  EXPECT_EQ(names.size(), 2u);
}

}  // namespace
}  // namespace meridian
