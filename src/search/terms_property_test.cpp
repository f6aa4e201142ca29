// Property: what the index answers, with the rows that it leaves open looked at, is what matching says of every
// resource.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/fhir/testing/documents.hpp"
#include "search/matching.hpp"
#include "search/terms.hpp"
#include "search/testing/entries_index.hpp"
#include "search/testing/random_resources.hpp"

namespace meridian::search {
namespace {

/// Made-up value sets: a few codes each.
class FewCodes : public CodeSets {
 public:
  Result<std::vector<std::pair<std::string, std::string>>> codes(Relation relation,
                                                                 std::string_view text) const override {
    if (text.size() % 7 == 0) return fail(ErrorCode::not_found, "this value set is not known");
    if (relation == Relation::in) return {{{"http://loinc.org", "8480-6"}, {"", "final"}, {"http://x.org/s", "abc"}}};
    return {{{"http://loinc.org", "8480-6"}, {"http://loinc.org", "8462-4"}}};
  }
};

std::string describe(const Condition& condition) {
  std::string out = condition.parameter->code + " modifier " + std::to_string(static_cast<int>(condition.modifier));
  for (const Operand& operand : condition.operands) {
    out += " [" + std::to_string(static_cast<int>(operand.prefix)) + " " + operand.text;
    for (const Operand& part : operand.components) {
      out += " $" + std::to_string(static_cast<int>(part.prefix)) + " " + part.text;
    }
    out += "]";
  }
  return out;
}

struct Difference {
  std::size_t conditions = 0;
  std::size_t answered = 0;
  std::size_t matches = 0;
};

/// Some resources of a type, indexed, and conditions asked of them both ways.
void compare_one_type(std::string_view name, std::uint64_t seed, int resources, int conditions, Difference& sum) {
  testing::RandomSearch random(seed);
  const Parameters& parameters = *Parameters::r4();
  const fhir::TypeId type = parameters.schema().find_type(name);
  Reading reading;
  reading.now = Instant::from_seconds(1'582'000'000);
  const FewCodes code_sets;
  Extractor extractor(Parameters::r4());
  Matcher matcher(parameters, &code_sets, nullptr, reading);

  std::vector<fhir::Document> documents;
  testing::EntriesIndex index;
  testing::EntriesIndex::RowSet all;
  for (int i = 0; i < resources; ++i) {
    documents.push_back(fhir::testing::parsed(random.resource(name, std::to_string(i))));
    ASSERT_TRUE(documents.back().has_root());
    index::Entries entries;
    extractor.extract(documents.back().root(), std::to_string(i), entries);
    index.add(static_cast<std::uint64_t>(i), entries);
    all.insert(static_cast<std::uint64_t>(i));
  }
  for (int i = 0; i < conditions; ++i) {
    const Condition condition = random.condition(parameters, type);
    ++sum.conditions;
    const Result<Probe> asked = probe(parameters, condition, &code_sets, reading);
    testing::EntriesIndex::RowSet expected;
    bool refused = false;
    for (const std::uint64_t row : all) {
      const Result<bool> matches = matcher.matches(documents[row].root(), condition);
      ASSERT_EQ(matches.has_value(), asked.has_value()) << name << "?" << describe(condition);
      if (!matches) {
        ASSERT_EQ(matches.error().code(), asked.error().code()) << name << "?" << describe(condition);
        refused = true;
        break;
      }
      if (*matches) expected.insert(row);
    }
    if (refused) continue;
    ++sum.answered;
    sum.matches += expected.size();
    // What is not negated is asked of matching as it is; of a negated condition, whether it would be found.
    const auto look = [&](std::uint64_t row) {
      Condition positive = condition;
      if (positive.modifier == Modifier::not_) positive.modifier = Modifier::none;
      if (positive.modifier == Modifier::not_in) positive.modifier = Modifier::in;
      return matcher.matches(documents[row].root(), positive).value();
    };
    const auto answer = index.answer(*asked, all, look);
    if (answer != expected) {
      std::string rows;
      for (const std::uint64_t row : all) {
        if (answer.contains(row) != expected.contains(row)) {
          rows += std::string(answer.contains(row) ? "\n too much: " : "\n missed: ") +
                  std::string(documents[row].source());
          break;
        }
      }
      FAIL() << name << "?" << describe(condition) << rows;
    }
    const bool is_column_kind = asked->columns_suffice && !asked->is_negated;
    if (is_column_kind) {
      ASSERT_EQ(index.answer_by_columns(*asked, look), expected) << name << "?" << describe(condition);
    }
  }
}

TEST(TermsProperty, the_index_answers_100000_random_conditions_as_matching_does) {
  Difference sum;
  std::uint64_t seed = 1;
  while (sum.conditions < 100'000 && !HasFatalFailure()) {
    for (const std::string_view name : testing::RandomSearch::types()) {
      compare_one_type(name, ++seed, 40, 500, sum);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GE(sum.conditions, 100'000U);
  EXPECT_GT(sum.answered, sum.conditions / 2);
  EXPECT_GT(sum.matches, sum.conditions);
}

}  // namespace
}  // namespace meridian::search
