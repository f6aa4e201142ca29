#include "rest/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meridian::rest {
namespace {

using ::testing::ElementsAre;

fhir::Document parsed(std::string text) {
  Issues issues;
  return fhir::DocumentParser().parse(std::move(text), issues);
}

TEST(Parameters, are_found_by_name) {
  const fhir::Document document = parsed(
      R"({"resourceType":"Parameters","parameter":[{"name":"a","valueCode":"x"},{"name":"b","valueUri":"1"},
          {"name":"b","valueUri":"2"},{"name":"r","resource":{"resourceType":"Patient"}},
          {"name":"p","part":[{"name":"q","valueInteger":3}]}]})");
  ASSERT_TRUE(Parameters::is(document.root()));
  const Parameters parameters(document.root());
  EXPECT_EQ(parameters.text("a"), "x");
  EXPECT_THAT(parameters.texts("b"), ElementsAre("1", "2"));
  EXPECT_TRUE(parameters.resource("r"));
  ASSERT_EQ(parameters.parts("p").size(), 1U);
  EXPECT_EQ(Parameters::name_of(parameters.parts("p")[0]), "q");
  EXPECT_EQ(Parameters::value_of(parameters.parts("p")[0]).text(), "3");
}

TEST(Parameters, that_are_not_there_are_empty) {
  const fhir::Document document = parsed(R"({"resourceType":"Parameters","parameter":[{"valueCode":"nameless"}]})");
  const Parameters parameters(document.root());
  EXPECT_FALSE(parameters.value("a"));
  EXPECT_FALSE(parameters.resource("a"));
  EXPECT_TRUE(parameters.parts("a").empty());
  EXPECT_TRUE(parameters.text("a").empty());
  EXPECT_TRUE(parameters.texts("a").empty());
  EXPECT_FALSE(Parameters::is(parsed(R"({"resourceType":"Patient"})").root()));
  EXPECT_FALSE(Parameters::is({}));
}

}  // namespace
}  // namespace meridian::rest
