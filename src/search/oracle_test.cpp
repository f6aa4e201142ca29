// The engine against brute force: random worlds, random searches, the same answers in the same order, page by page.
//
// MERIDIAN_ORACLE_QUERIES=100000 asks so many searches instead of the usual number; MERIDIAN_ORACLE_SEED chooses
// others.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "search/engine.hpp"
#include "search/testing/oracle_requests.hpp"
#include "search/testing/oracle_resources.hpp"
#include "search/testing/world.hpp"

namespace meridian::search {
namespace {

using index::Row;
using testing::BruteForce;
using testing::Dice;
using testing::OracleRequest;
using testing::World;

class Codes final : public CodeSets {
 public:
  Result<std::vector<std::pair<std::string, std::string>>> codes(Relation relation,
                                                                 std::string_view text) const override {
    if (text == "http://vs/missing") return fail(ErrorCode::not_found, "no such value set");
    if (relation == Relation::above)
      return std::vector<std::pair<std::string, std::string>>{{"http://loinc.org", "718-7"}};
    return std::vector<std::pair<std::string, std::string>>{{"http://loinc.org", "8480-6"}, {"http://other", "A1"}};
  }
};

/// Sees observations that are final, no organization's, and everything else.
class Blinkers final : public Visibility {
 public:
  explicit Blinkers(const Parameters& parameters) : parameters_(parameters) {
    Condition condition;
    condition.parameter = parameters.find(parameters.schema().find_type("Observation"), "status");
    condition.name = "status";
    condition.operands.push_back({Prefix::eq, "final", {}});
    final_.conditions.push_back(std::move(condition));
    nothing_.kind = Filter::Kind::any;
  }
  Result<const Filter*> of(fhir::TypeId type) const override {
    if (parameters_.schema().type(type).name == "Observation") return &final_;
    if (parameters_.schema().type(type).name == "Organization") return &nothing_;
    return nullptr;
  }

 private:
  const Parameters& parameters_;
  Filter final_;
  Filter nothing_;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string listed(const World& world, const std::vector<Row>& rows) {
  std::string out;
  for (const Row row : rows) out += world.address(row) + "#" + std::to_string(row) + " ";
  return out;
}

/// Every page of a search, one after another.
Result<std::vector<Row>> pages(const Engine& engine, World& world, const index::IndexView& view, Query query,
                               const Visibility* visibility, std::uint64_t& total) {
  std::vector<Row> all;
  for (;;) {
    const SearchPage page = TRY(engine.search(view, world, query, visibility, {}));
    if (page.matches.size() > query.count) return fail(ErrorCode::internal, "a page is too long");
    all.insert(all.end(), page.matches.begin(), page.matches.end());
    total = page.total.value_or(0);
    if (page.next.empty()) return all;
    if (page.matches.empty() || all.size() > 100'000) return fail(ErrorCode::internal, "pages do not end");
    query.cursor = page.next;
  }
}

TEST(Engine, answers_random_searches_as_brute_force_does) {
  const std::uint64_t wanted = setting("MERIDIAN_ORACLE_QUERIES", 10'000);
  std::uint64_t seed = setting("MERIDIAN_ORACLE_SEED", 20'260'801);
  const Parameters& parameters = *Parameters::r4();
  const Codes codes;
  // Small worlds would never go the ways of large ones.
  constexpr Tuning kLarge{2, 2, 2, 2, 4, 0};
  constexpr Tuning kMixed{3, 1, 0, 5, 20, 2};
  const std::array<Engine, 3> engines{Engine(Parameters::r4(), &codes), Engine(Parameters::r4(), &codes, {}, kLarge),
                                      Engine(Parameters::r4(), &codes, {}, kMixed)};
  const Blinkers blinkers(parameters);
  std::uint64_t asked = 0;
  std::uint64_t found_something = 0;
  std::uint64_t differences = 0;
  while (asked < wanted && differences < 10) {
    Dice dice(seed++);
    World world(Parameters::r4());
    for (std::size_t writes = 40 + dice.below(120); writes > 0; --writes) {
      testing::write_something(world, dice);
      if (dice.one_in(50)) world.flush();
    }
    const index::IndexView view = world.view();
    const Visibility* visibility = dice.one_in(3) ? &blinkers : nullptr;
    BruteForce brute(world, parameters, &codes, visibility);
    for (int i = 0; i < 200 && asked < wanted && differences < 10; ++i, ++asked) {
      const OracleRequest request = testing::make_request(dice);
      Issues issues;
      Query query = parse_query(parameters,
                                request.type.empty() ? fhir::TypeId::none : parameters.schema().find_type(request.type),
                                request.pairs, {}, issues);
      ASSERT_FALSE(issues.has_errors()) << request.text() << text(issues.all()[0], Language::english);
      query.compartment = request.compartment;
      std::uint64_t total = 0;
      const auto got = pages(engines[asked % engines.size()], world, view, query, visibility, total);
      const auto expected = brute.search(query);
      ASSERT_TRUE(expected.has_value()) << request.text() << expected.error().message();
      found_something += expected->empty() ? 0 : 1;
      if (got && *got == *expected && total == expected->size()) continue;
      ++differences;
      ADD_FAILURE() << "seed " << seed - 1 << ", engine " << asked % engines.size()
                    << (visibility != nullptr ? ", with blinkers" : "") << ": " << request.text() << "\n  got      "
                    << (got ? listed(world, *got) : got.error().message()) << "\n  expected "
                    << listed(world, *expected) << "\n  total " << total;
    }
  }
  EXPECT_GT(found_something, asked / 4) << "the searches are too narrow to show anything";
  RecordProperty("queries", std::to_string(asked));
}

}  // namespace
}  // namespace meridian::search
