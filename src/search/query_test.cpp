#include "search/query.hpp"

#include <gtest/gtest.h>

namespace meridian::search {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

class QueryTest : public testing::Test {
 protected:
  Query parse(std::string_view type, const Pairs& request) {
    issues = Issues();
    const Parameters& parameters = *Parameters::r4();
    return parse_query(parameters, type.empty() ? fhir::TypeId::none : parameters.schema().find_type(type), request,
                       rules, issues);
  }
  /// The only condition of a request of one parameter.
  Condition condition(std::string_view type, const std::string& name, const std::string& value) {
    Query query = parse(type, {{name, value}});
    EXPECT_TRUE(issues.empty()) << first();
    if (query.filter.conditions.size() != 1) {
      ADD_FAILURE() << name << " gives " << query.filter.conditions.size() << " conditions";
      return {};
    }
    return std::move(query.filter.conditions.front());
  }
  Filter filter(std::string_view type, const std::string& value) {
    Query query = parse(type, {{"_filter", value}});
    EXPECT_TRUE(issues.empty()) << first();
    if (query.filter.filters.size() != 1) {
      ADD_FAILURE() << value << " gives " << query.filter.filters.size() << " filters";
      return {};
    }
    return std::move(query.filter.filters.front());
  }
  /// "error search-value-invalid birthdate" of the first issue.
  std::string first() const {
    if (issues.empty()) return "";
    const Issue& issue = issues.all().front();
    return std::string(name(issue.severity)) + " " + std::string(issue.message->id) + " " + issue.path;
  }
  std::string fault(std::string_view type, const std::string& name, const std::string& value) {
    parse(type, {{name, value}});
    return first();
  }
  fhir::TypeId type(std::string_view name) const { return Parameters::r4()->schema().find_type(name); }

  QueryRules rules;
  Issues issues;
};

TEST_F(QueryTest, reads_alternatives_and_keeps_their_escapes) {
  const Condition given = condition("Patient", "given", R"(a\,b,c\\,,d)");
  ASSERT_EQ(given.operands.size(), 3U);
  EXPECT_EQ(given.operands[0].text, R"(a\,b)");
  EXPECT_EQ(given.operands[1].text, R"(c\\)");
  EXPECT_EQ(given.operands[2].text, "d");
}

TEST_F(QueryTest, takes_prefixes_off_where_the_kind_has_them) {
  EXPECT_EQ(condition("Patient", "birthdate", "ge2000-01").operands[0].prefix, Prefix::ge);
  EXPECT_EQ(condition("Patient", "birthdate", "ge2000-01").operands[0].text, "2000-01");
  EXPECT_EQ(condition("Observation", "value-quantity", "lt-5.4||mg").operands[0].prefix, Prefix::lt);
  EXPECT_EQ(condition("Observation", "value-quantity", "lt-5.4||mg").operands[0].text, "-5.4||mg");
  EXPECT_EQ(condition("Patient", "family", "gt1").operands[0].prefix, Prefix::eq);
  EXPECT_EQ(condition("Patient", "family", "gt1").operands[0].text, "gt1");
}

TEST_F(QueryTest, reads_modifiers_that_go_with_the_kind) {
  EXPECT_EQ(condition("Patient", "family:exact", "Li").modifier, Modifier::exact);
  EXPECT_EQ(condition("Observation", "code:not-in", "http://x/vs").modifier, Modifier::not_in);
  EXPECT_EQ(condition("Patient", "identifier:of-type", "http://t|MR|12").modifier, Modifier::of_type);
  EXPECT_EQ(condition("Patient", "birthdate:missing", "true").modifier, Modifier::missing);
  const Condition typed = condition("Observation", "subject:Patient", "7,Patient/8");
  EXPECT_EQ(typed.modifier, Modifier::type);
  EXPECT_EQ(typed.operands[0].text, "Patient/7");
  EXPECT_EQ(typed.operands[1].text, "Patient/8");
}

TEST_F(QueryTest, refuses_modifiers_that_do_not_go_with_the_kind) {
  EXPECT_EQ(fault("Patient", "birthdate:exact", "2000"), "error search-modifier-unknown birthdate:exact");
  EXPECT_EQ(fault("Patient", "family:bold", "Li"), "error search-modifier-unknown family:bold");
  EXPECT_EQ(fault("Patient", "family:missing", "maybe"), "error search-value-expected family:missing");
}

TEST_F(QueryTest, passes_over_unknown_parameters_unless_strict) {
  Query query = parse("Patient", {{"brithdate", "2000"}, {"gender", "male"}});
  EXPECT_EQ(first(), "warning search-parameter-unknown brithdate");
  EXPECT_NE(text(issues.all()[0], Language::english).find("birthdate"), std::string::npos);
  EXPECT_EQ(query.filter.conditions.size(), 1U);
  EXPECT_EQ(query.understood, (Pairs{{"gender", "male"}}));
  rules.strict = true;
  EXPECT_EQ(fault("Patient", "brithdate", "2000"), "error search-parameter-unknown brithdate");
}

TEST_F(QueryTest, refuses_values_that_mean_nothing) {
  EXPECT_EQ(fault("Patient", "birthdate", "yesterday"), "error search-value-invalid birthdate");
  EXPECT_EQ(fault("Observation", "value-quantity", "much"), "error search-value-invalid value-quantity");
}

TEST_F(QueryTest, reads_composites_by_component) {
  const Condition pair = condition("Observation", "code-value-quantity", "http://loinc.org|8480-6$gt140");
  ASSERT_EQ(pair.operands.size(), 1U);
  ASSERT_EQ(pair.operands[0].components.size(), 2U);
  EXPECT_EQ(pair.operands[0].components[0].text, "http://loinc.org|8480-6");
  EXPECT_EQ(pair.operands[0].components[1].text, "140");
  EXPECT_EQ(pair.operands[0].components[1].prefix, Prefix::gt);
  EXPECT_EQ(fault("Observation", "code-value-quantity", "a"), "error search-components-wrong code-value-quantity");
}

TEST_F(QueryTest, follows_a_chain_to_the_types_that_know_the_parameter) {
  const Condition named = condition("Observation", "subject:Patient.name", "chen");
  ASSERT_EQ(named.chain.size(), 1U);
  EXPECT_EQ(named.chain[0].type, type("Patient"));
  EXPECT_EQ(named.chain[0].filter->conditions[0].parameter->code, "name");
  EXPECT_TRUE(named.operands.empty());
  EXPECT_EQ(named.name, "subject:Patient.name");
  // Patient, Group, Device and Location; a Group has no name to be searched by, nor birthdate but a Patient.
  EXPECT_EQ(condition("Observation", "subject.birthdate", "2000").chain.size(), 1U);
  const Condition deep = condition("Observation", "subject:Patient.organization.partof.name", "x");
  EXPECT_EQ(deep.chain[0].filter->conditions[0].chain[0].type, type("Organization"));
}

TEST_F(QueryTest, refuses_chains_that_lead_nowhere) {
  EXPECT_EQ(fault("Observation", "code.name", "x"), "error search-chain-not-reference code.name");
  EXPECT_EQ(fault("Observation", "subject:Medication.code", "x"), "error search-chain-target subject:Medication.code");
  EXPECT_EQ(fault("Observation", "subject:Person.x", "x"), "error search-chain-target subject:Person.x");
  EXPECT_EQ(fault("Observation", "subject.nothing", "x"), "warning search-parameter-unknown subject.nothing");
  std::string name = "organization";
  for (int i = 0; i < 9; ++i) name += ".partof";
  EXPECT_EQ(fault("Patient", name, "x").substr(0, 27), "error search-chain-too-long");
}

TEST_F(QueryTest, reads_has_at_any_depth_and_within_chains) {
  const Condition has = condition("Patient", "_has:Observation:patient:code", "1234");
  ASSERT_TRUE(has.has.has_value());
  EXPECT_EQ(has.parameter, nullptr);
  EXPECT_EQ(has.has->type, type("Observation"));
  EXPECT_EQ(has.has->reference->code, "patient");
  const Condition nested = condition("Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent", "Device/1");
  EXPECT_EQ(nested.has->filter->conditions[0].has->type, type("AuditEvent"));
  const Condition within = condition("Observation", "subject:Patient._has:Group:member:_id", "7");
  EXPECT_EQ(within.chain[0].filter->conditions[0].has->reference->code, "member");
  EXPECT_EQ(fault("Patient", "_has:Observation:code", "x"), "error search-has-malformed _has:Observation:code");
  EXPECT_EQ(fault("Patient", "_has:Observation:code:status", "x"),
            "error search-chain-not-reference _has:Observation:code:status");
}

TEST_F(QueryTest, takes_a_list_as_being_one_of_its_items) {
  const Condition list = condition("Patient", "_list", "42,List/43");
  ASSERT_TRUE(list.has.has_value());
  EXPECT_EQ(list.has->type, type("List"));
  EXPECT_EQ(list.has->reference->code, "item");
  EXPECT_EQ(list.has->filter->conditions[0].operands[1].text, "43");
  EXPECT_EQ(fault("Patient", "_list", "$current-problems"), "error search-parameter-not-supported _list");
  EXPECT_EQ(fault("Patient", "_list", "42,$current-problems"), "error search-parameter-not-supported _list");
}

TEST_F(QueryTest, takes_above_and_below_of_references_as_hierarchies_or_versions) {
  EXPECT_EQ(condition("Procedure", "location:below", "42").modifier, Modifier::below);
  EXPECT_EQ(condition("Organization", "partof:above", "Organization/1,2").modifier, Modifier::above);
  EXPECT_EQ(condition("QuestionnaireResponse", "questionnaire:below", "http://x.org/q|1").modifier,
            Modifier::version_below);
  EXPECT_EQ(condition("QuestionnaireResponse", "questionnaire:above", "http://x.org/q").modifier,
            Modifier::version_above);
  EXPECT_EQ(fault("Observation", "subject:Patient.general-practitioner:below", "Practitioner/1"),
            "error search-no-hierarchy subject:Patient.general-practitioner:below");
  EXPECT_EQ(fault("Procedure", "location:below", "42,http://x.org/Location/1"),
            "error search-hierarchy-mixed location:below");
}

TEST_F(QueryTest, knows_whether_value_sets_stand_in_it) {
  const auto names = [&](const std::string& name, const std::string& value) {
    return names_codes(parse("Observation", {{name, value}}).filter);
  };
  EXPECT_TRUE(names("code:in", "http://x.org/vs"));
  EXPECT_TRUE(names("subject:Patient._has:Condition:subject:code:below", "http://x.org|1"));
  EXPECT_TRUE(names("_filter", "status eq final and (code in http://x.org/vs)"));
  EXPECT_FALSE(names("code", "1"));
  EXPECT_FALSE(names("subject:Patient.organization:below", "1"));
}

TEST_F(QueryTest, reads_what_shapes_the_answer) {
  const Query query = parse("Observation", {{"_sort", "-date,code"},
                                            {"_sort", "_lastUpdated"},
                                            {"_count", "5"},
                                            {"_total", "accurate"},
                                            {"_summary", "text"},
                                            {"_elements", "status,code"},
                                            {"_include", "Observation:subject:Patient"},
                                            {"_include:iterate", "Patient:*"},
                                            {"_revinclude", "*"},
                                            {"_contained", "both"},
                                            {"_containedType", "contained"},
                                            {"_explain", "true"},
                                            {"_format", "json"},
                                            {"_cursor", "abc"}});
  EXPECT_TRUE(issues.empty()) << first();
  ASSERT_EQ(query.sort.size(), 3U);
  EXPECT_TRUE(query.sort[0].descending);
  EXPECT_EQ(query.sort[1].parameter->code, "code");
  EXPECT_EQ(query.sort[2].parameter, nullptr);
  EXPECT_EQ(query.count, 5U);
  EXPECT_EQ(query.total, Total::accurate);
  EXPECT_EQ(query.summary, Summary::text);
  EXPECT_EQ(query.elements, (std::vector<std::string>{"status", "code"}));
  ASSERT_EQ(query.includes.size(), 3U);
  EXPECT_EQ(query.includes[0].target, type("Patient"));
  EXPECT_TRUE(query.includes[1].iterate);
  EXPECT_EQ(query.includes[1].parameter, nullptr);
  EXPECT_TRUE(query.includes[2].reverse);
  EXPECT_EQ(query.includes[2].source, fhir::TypeId::none);
  EXPECT_EQ(query.contained, Contained::both);
  EXPECT_FALSE(query.contained_as_container);
  EXPECT_TRUE(query.explain);
  EXPECT_EQ(query.cursor, "abc");
  EXPECT_EQ(query.understood.size(), 13U);
  EXPECT_EQ(query.understood.back().first, "_format");
}

TEST_F(QueryTest, says_what_is_wrong_with_the_shape) {
  EXPECT_EQ(fault("Patient", "_count", "-1"), "error search-value-expected _count");
  EXPECT_EQ(fault("Patient", "_total", "perhaps"), "error search-value-expected _total");
  EXPECT_EQ(fault("Patient", "_include", "Patient"), "error search-include-malformed _include");
  EXPECT_EQ(fault("Patient", "_include", "Patient:gender"), "error search-include-malformed _include");
  EXPECT_EQ(fault("Patient", "_include", "Nothing:x"), "error search-type-unknown _include");
  EXPECT_EQ(fault("Patient", "_query", "x"), "error search-parameter-not-supported _query");
  EXPECT_EQ(fault("Patient", "_elements", "feathers"), "warning search-element-unknown _elements");
  EXPECT_EQ(fault("Observation", "_sort", "code-value-quantity"), "warning search-sort-not-possible _sort");
  parse("Patient", {{"_count", "5"}, {"_count", "6"}});
  EXPECT_EQ(first(), "warning search-parameter-twice _count");
}

TEST_F(QueryTest, holds_the_count_within_its_bound_and_says_so_in_the_self_link) {
  const Query query = parse("Patient", {{"_count", "99999999999999999999999"}});
  EXPECT_EQ(query.count, rules.max_count);
  EXPECT_EQ(query.understood, (Pairs{{"_count", "1000"}}));
}

TEST_F(QueryTest, searches_several_types_by_what_they_have_in_common) {
  const Query query = parse("", {{"_lastUpdated", "gt2020"}, {"_type", "Patient,Observation"}, {"_tag", "x|y"}});
  EXPECT_TRUE(issues.empty()) << first();
  EXPECT_EQ(query.types.size(), 2U);
  EXPECT_EQ(query.filter.conditions.size(), 2U);
  EXPECT_EQ(query.understood[1].first, "_type");
  parse("", {{"_type", "Patient,Observation"}, {"birthdate", "2000"}});
  EXPECT_EQ(first(), "warning search-parameter-not-common birthdate");
  parse("", {{"_id", "7"}});
  EXPECT_TRUE(issues.empty()) << first();
  EXPECT_EQ(fault("", "_type", "Patient,Nobody"), "error search-type-unknown _type");
}

TEST_F(QueryTest, bounds_parameters_and_values) {
  rules.max_parameters = 2;
  rules.max_operands = 3;
  parse("Patient", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  EXPECT_EQ(first(), "error search-parameters-too-many ");
  EXPECT_EQ(fault("Patient", "given", "a,b,c,d"), "error search-values-too-many given");
}

TEST_F(QueryTest, leaves_out_parameters_without_a_value) {
  const Query query = parse("Patient", {{"given", ""}, {"family", ","}});
  EXPECT_EQ(issues.warnings() + issues.errors(), 2U);
  EXPECT_TRUE(query.filter.empty());
}

TEST_F(QueryTest, reads_filters_from_left_to_right) {
  const Filter tree = filter("Patient", R"(given eq "peter" and birthdate ge 2014-10-10 or gender eq male)");
  EXPECT_EQ(tree.kind, Filter::Kind::any);
  ASSERT_EQ(tree.filters.size(), 2U);
  EXPECT_EQ(tree.filters[0].kind, Filter::Kind::all);
  EXPECT_EQ(tree.filters[0].filters[0].conditions[0].modifier, Modifier::equals);
  EXPECT_EQ(tree.filters[0].filters[1].conditions[0].operands[0].prefix, Prefix::ge);
  const Filter negated = filter("Patient", "not (gender eq male or active eq true)");
  EXPECT_EQ(negated.kind, Filter::Kind::none);
}

TEST_F(QueryTest, maps_comparisons_of_filters_to_conditions) {
  const auto of = [&](std::string_view type, const std::string& text) { return filter(type, text).conditions.at(0); };
  EXPECT_EQ(of("Patient", "name co \"pet\"").modifier, Modifier::contains);
  EXPECT_EQ(of("Patient", "name sw pet").modifier, Modifier::none);
  EXPECT_EQ(of("Patient", "name ew pet").modifier, Modifier::ends_with);
  EXPECT_EQ(of("Patient", "birthdate po 2014").operands[0].prefix, Prefix::overlaps);
  EXPECT_EQ(of("Patient", "birthdate pr true").operands[0].text, "false");
  EXPECT_EQ(of("Patient", "birthdate pr false").operands[0].text, "true");
  EXPECT_EQ(of("Observation", "code in http://x/vs").modifier, Modifier::in);
  EXPECT_EQ(of("Observation", "code ss http://s|1").modifier, Modifier::below);
  EXPECT_EQ(of("Observation", "subject re Patient/1").operands[0].text, "Patient/1");
  EXPECT_EQ(of("Patient", R"(name sw "a, b\\c")").operands[0].text, R"(a\, b\\c)");
  EXPECT_EQ(filter("Patient", "gender ne male").kind, Filter::Kind::none);
}

TEST_F(QueryTest, follows_paths_and_brackets_of_filters) {
  const Filter path = filter("Observation", "subject.name co pet");
  ASSERT_FALSE(path.conditions.empty());
  EXPECT_FALSE(path.conditions[0].chain.empty());
  const Filter bracket = filter("Observation", "subject[birthdate lt 2000 and gender eq male].name co pet");
  ASSERT_EQ(bracket.conditions.size(), 1U);
  ASSERT_EQ(bracket.conditions[0].chain.size(), 1U);
  EXPECT_EQ(bracket.conditions[0].chain[0].filter->filters.size(), 2U);
}

TEST_F(QueryTest, says_where_a_filter_cannot_be_read) {
  EXPECT_EQ(fault("Patient", "_filter", "name"), "error search-filter-malformed _filter");
  EXPECT_NE(text(issues.all()[0], Language::english).find("character 5"), std::string::npos);
  EXPECT_EQ(fault("Patient", "_filter", "(name eq x"), "error search-filter-malformed _filter");
  EXPECT_EQ(fault("Patient", "_filter", "name eq x y"), "error search-filter-malformed _filter");
  EXPECT_EQ(fault("Patient", "_filter", "name eq \"x"), "error search-filter-malformed _filter");
  EXPECT_EQ(fault("Patient", "_filter", "name gt x"), "error search-filter-comparison _filter");
  EXPECT_EQ(fault("Patient", "_filter", "nom eq x"), "warning search-parameter-unknown _filter");
  EXPECT_EQ(fault("Patient", "_filter", std::string(500, '(')), "error search-filter-too-large _filter");
}

}  // namespace
}  // namespace meridian::search
