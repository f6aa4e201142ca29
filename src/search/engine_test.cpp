#include "search/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "search/testing/world.hpp"

namespace meridian::search {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using testing::World;

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() : world(Parameters::r4()), engine(Parameters::r4(), nullptr) {
    put("Organization", "g0", R"("name":"Group")");
    put("Organization", "g1", R"("name":"House","partOf":{"reference":"Organization/g0"})");
    put("Patient", "p0", R"("gender":"male","managingOrganization":{"reference":"Organization/g1"})");
    put("Patient", "p1", R"("gender":"female")");
    for (int i = 0; i < 5; ++i) {
      put("Observation", "o" + std::to_string(i),
          R"("status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p)" + std::to_string(i % 2) + "\"}");
    }
  }
  void put(const std::string& type, const std::string& id, const std::string& members) {
    world.put(type, id, R"({"resourceType":")" + type + R"(","id":")" + id + "\"," + members + "}");
  }
  Query query(std::string_view type, const Pairs& request) {
    Issues issues;
    const Parameters& parameters = *Parameters::r4();
    Query parsed = parse_query(parameters, parameters.schema().find_type(type), request, {}, issues);
    EXPECT_TRUE(issues.empty());
    return parsed;
  }
  Result<SearchPage> run(const Query& query) {
    const index::IndexView view = world.view();
    return engine.search(view, world, query, visibility, {});
  }
  SearchPage search(std::string_view type, const Pairs& request) {
    auto page = run(query(type, request));
    EXPECT_TRUE(page.has_value());
    return page ? *std::move(page) : SearchPage();
  }
  std::string addresses(std::vector<index::Row> rows) {
    std::sort(rows.begin(), rows.end());
    std::string out;
    for (const index::Row row : rows) out += (out.empty() ? "" : " ") + world.address(row);
    return out;
  }

  World world;
  Engine engine;
  const Visibility* visibility = nullptr;
};

class NoPatients final : public Visibility {
 public:
  NoPatients() { nothing_.kind = Filter::Kind::any; }
  Result<const Filter*> of(fhir::TypeId type) const override {
    return type == Parameters::r4()->schema().find_type("Patient") ? &nothing_ : nullptr;
  }

 private:
  Filter nothing_;
};

TEST_F(EngineTest, gives_the_newest_first_and_the_exact_total) {
  const SearchPage page = search("Observation", {{"_count", "2"}});
  EXPECT_EQ(page.total, 5U);
  ASSERT_EQ(page.matches.size(), 2U);
  EXPECT_GT(page.matches[0], page.matches[1]);
  EXPECT_FALSE(page.next.empty());
}

TEST_F(EngineTest, counts_without_a_page_when_that_is_all_that_is_asked) {
  for (const Pairs& request : {Pairs{{"_summary", "count"}}, Pairs{{"_count", "0"}}}) {
    const SearchPage page = search("Observation", request);
    EXPECT_EQ(page.total, 5U);
    EXPECT_TRUE(page.matches.empty());
    EXPECT_TRUE(page.next.empty());
  }
}

TEST_F(EngineTest, refuses_cursors_that_it_did_not_make_for_this_order) {
  Query first = query("Observation", {{"_count", "2"}, {"_sort", "status"}});
  const std::string cursor = run(first)->next;
  ASSERT_FALSE(cursor.empty());
  Query other = query("Observation", {{"_sort", "-status"}});
  other.cursor = cursor;
  std::vector<std::string> hostile{"x", "AAAA", cursor + "A", cursor.substr(1), std::string(100'000, 'A')};
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'B' ? 'C' : 'B';
    if (changed != cursor) hostile.push_back(std::move(changed));
  }
  ASSERT_FALSE(run(other).has_value());
  EXPECT_EQ(run(other).error().code(), ErrorCode::invalid_argument);
  for (const std::string& text : hostile) {
    first.cursor = text;
    const auto page = run(first);
    ASSERT_FALSE(page.has_value()) << text.substr(0, 100);
    EXPECT_EQ(page.error().code(), ErrorCode::invalid_argument);
  }
}

TEST_F(EngineTest, includes_what_matches_refer_to) {
  EXPECT_EQ(addresses(search("Observation", {{"_id", "o0"}, {"_include", "Observation:subject"}}).included),
            "Patient/p0");
  EXPECT_EQ(addresses(search("Observation", {{"_id", "o0"}, {"_include", "*"}}).included), "Patient/p0");
  EXPECT_EQ(addresses(search("Observation", {{"_id", "o0"}, {"_include", "Observation:subject:Group"}}).included), "");
  EXPECT_EQ(addresses(search("Observation", {{"_id", "o0"}, {"_include", "Patient:organization"}}).included), "");
}

TEST_F(EngineTest, follows_what_was_included_when_told_to_iterate) {
  const Pairs request{{"_id", "o0"},
                      {"_include", "Observation:subject"},
                      {"_include:iterate", "Patient:organization"},
                      {"_include:iterate", "Organization:partof"}};
  EXPECT_EQ(addresses(search("Observation", request).included), "Organization/g0 Organization/g1 Patient/p0");
}

TEST_F(EngineTest, includes_what_refers_to_matches) {
  EXPECT_EQ(addresses(search("Patient", {{"_id", "p1"}, {"_revinclude", "Observation:subject"}}).included),
            "Observation/o1 Observation/o3");
  EXPECT_EQ(addresses(search("Organization", {{"_id", "g0"}, {"_revinclude:iterate", "*"}}).included),
            "Organization/g1 Patient/p0 Observation/o0 Observation/o2 Observation/o4");
}

TEST_F(EngineTest, hides_what_may_not_be_seen_from_matches_chains_and_includes) {
  const NoPatients blind;
  visibility = &blind;
  EXPECT_EQ(search("Patient", {}).total, 0U);
  EXPECT_EQ(search("Observation", {{"subject:Patient.gender", "male"}}).total, 0U);
  EXPECT_EQ(addresses(search("Observation", {{"_id", "o0"}, {"_include", "Observation:subject"}}).included), "");
  EXPECT_EQ(search("Observation", {}).total, 5U);
}

TEST_F(EngineTest, forgets_what_was_superseded_or_deleted) {
  put("Observation", "o0", R"("status":"amended","code":{"text":"x"})");
  world.remove("Observation", "o1");
  EXPECT_EQ(search("Observation", {}).total, 4U);
  EXPECT_EQ(addresses(search("Observation", {{"status", "amended"}}).matches), "Observation/o0");
  EXPECT_EQ(search("Observation", {{"subject", "Patient/p0"}}).total, 2U);
}

TEST_F(EngineTest, explains_its_steps) {
  const SearchPage page =
      search("Observation", {{"_explain", "true"}, {"status", "final"}, {"subject:Patient.gender", "male"}});
  EXPECT_NE(page.explanation.find("Observation status"), std::string::npos) << page.explanation;
  EXPECT_NE(page.explanation.find("subject:Patient.gender"), std::string::npos);
  EXPECT_NE(page.explanation.find("expected"), std::string::npos);
  EXPECT_TRUE(search("Observation", {}).explanation.empty());
}

TEST_F(EngineTest, walks_hierarchies_of_references_once_and_tells_of_it) {
  put("Location", "house", R"("name":"house")");
  put("Location", "ward", R"("partOf":{"reference":"Location/house"})");
  put("Location", "room", R"("partOf":{"reference":"Location/ward"})");
  put("Location", "ring", R"("partOf":{"reference":"Location/gnir"})");
  put("Location", "gnir", R"("partOf":{"reference":"Location/ring"})");
  for (const std::string place : {"house", "ward", "room", "ring"}) {
    put("Encounter", "in-" + place,
        R"("status":"finished","class":{"code":"AMB"},"location":[{"location":{"reference":"Location/)" + place +
            R"("}}])");
  }
  EXPECT_EQ(search("Encounter", {{"location:below", "house"}}).total, 3U);
  EXPECT_EQ(search("Encounter", {{"location:below", "Location/ward"}}).total, 2U);
  EXPECT_EQ(search("Encounter", {{"location:above", "Location/ward"}}).total, 2U);
  EXPECT_EQ(search("Encounter", {{"location:below", "ring"}}).total, 1U);
  EXPECT_EQ(search("Encounter", {{"location:below", "nowhere"}}).total, 0U);
  EXPECT_EQ(search("Location", {{"partof:below", "house"}}).total, 2U);
  EXPECT_EQ(search("Location", {{"partof:above", "ward"}}).total, 2U);
  const SearchPage page = search("Encounter", {{"_explain", "true"}, {"location:below", "house"}});
  EXPECT_NE(page.explanation.find("hierarchy of location:below"), std::string::npos) << page.explanation;
}

TEST_F(EngineTest, joins_the_items_of_lists_as_a_set) {
  put("List", "l", R"("status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p0"}},
      {"item":{"reference":"Observation/o1"}}])");
  EXPECT_EQ(addresses(search("Patient", {{"_list", "l"}}).matches), "Patient/p0");
  EXPECT_EQ(addresses(search("Observation", {{"_list", "List/l,none"}}).matches), "Observation/o1");
  const SearchPage page = search("Patient", {{"_explain", "true"}, {"_list", "l"}});
  EXPECT_NE(page.explanation.find("_list"), std::string::npos) << page.explanation;
}

TEST_F(EngineTest, stops_when_nobody_waits_any_more) {
  const index::IndexView view = world.view();
  StopSource stop;
  stop.request_stop();
  const auto page =
      engine.search(view, world, query("Observation", {{"status", "final"}}), nullptr, {{}, stop.token()});
  ASSERT_FALSE(page.has_value());
  EXPECT_EQ(page.error().code(), ErrorCode::cancelled);
}

TEST_F(EngineTest, finds_the_containers_of_contained_resources) {
  put("Observation", "holder",
      R"("status":"final","code":{"text":"x"},"contained":[{"resourceType":"Patient","id":"c","gender":"other"}])");
  EXPECT_EQ(addresses(search("Patient", {{"gender", "other"}, {"_contained", "true"}}).matches), "Observation/holder");
  EXPECT_EQ(search("Patient", {{"gender", "other"}}).total, 0U);
  EXPECT_EQ(search("Patient", {{"_contained", "both"}}).total, 3U);
}

TEST_F(EngineTest, gives_the_rows_of_a_filter) {
  const index::IndexView view = world.view();
  const Query parsed = query("Patient", {{"gender", "male"}});
  const auto rows = engine.rows(view, world, parsed.type, parsed.filter, {});
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ(rows->count(), 1U);
}

}  // namespace
}  // namespace meridian::search
