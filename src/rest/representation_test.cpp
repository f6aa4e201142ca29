#include "rest/representation.hpp"

#include <gtest/gtest.h>

namespace meridian::rest {
namespace {

http::Request asking(std::string_view target, std::string_view accept = {}, std::string_view languages = {}) {
  http::Request request(http::Method::post, target);
  if (!accept.empty()) request.headers.add("Accept", accept);
  if (!languages.empty()) request.headers.add("Accept-Language", languages);
  return request;
}

TEST(Representation, is_json_when_nothing_is_asked_for) {
  const Representation representation = negotiate(asking("/fhir/$validate"));
  EXPECT_EQ(representation.answer, Form::json);
  EXPECT_EQ(representation.language, Language::english);
  EXPECT_TRUE(representation.acceptable);
}

TEST(Representation, follows_accept_by_quality) {
  EXPECT_EQ(form_of_accept("application/fhir+xml"), Form::xml);
  EXPECT_EQ(form_of_accept("text/html, application/xml;q=0.9, application/json;q=0.95"), Form::json);
  EXPECT_EQ(form_of_accept("application/fhir+json;q=0.1, application/fhir+xml;fhirVersion=4.0;q=0.2"), Form::xml);
  EXPECT_EQ(form_of_accept("text/html, */*;q=0.1"), Form::json);
  EXPECT_EQ(form_of_accept("APPLICATION/FHIR+XML"), Form::xml);
  EXPECT_EQ(form_of_accept(""), Form::json);
}

TEST(Representation, refuses_what_is_neither_json_nor_xml) {
  EXPECT_EQ(form_of_accept("text/turtle"), std::nullopt);
  EXPECT_EQ(form_of_accept("application/fhir+json;q=0"), std::nullopt);
  EXPECT_FALSE(negotiate(asking("/x", "text/turtle")).acceptable);
  EXPECT_FALSE(negotiate(asking("/x?_format=ttl", "application/fhir+json")).acceptable);
}

TEST(Representation, lets_format_win_over_accept) {
  EXPECT_EQ(negotiate(asking("/x?_format=xml", "application/fhir+json")).answer, Form::xml);
  EXPECT_EQ(negotiate(asking("/x?_format=application/fhir+xml")).answer, Form::xml);
  EXPECT_EQ(negotiate(asking("/x?_format=application/fhir%2Bxml")).answer, Form::xml);
  EXPECT_EQ(negotiate(asking("/x?_format=json", "application/fhir+xml")).answer, Form::json);
}

TEST(Representation, speaks_the_language_that_is_liked_best) {
  EXPECT_EQ(negotiate(asking("/x", {}, "zh-CN,zh;q=0.9,en;q=0.8")).language, Language::chinese);
  EXPECT_EQ(negotiate(asking("/x", {}, "en;q=0.1, zh")).language, Language::chinese);
  EXPECT_EQ(negotiate(asking("/x", {}, "fr, en-GB;q=0.5")).language, Language::english);
}

TEST(Representation, knows_the_media_types_of_bodies) {
  EXPECT_EQ(form_of_content_type("application/fhir+json; charset=utf-8"), Form::json);
  EXPECT_EQ(form_of_content_type("text/xml"), Form::xml);
  EXPECT_EQ(form_of_content_type("application/x-www-form-urlencoded"), std::nullopt);
}

TEST(Representation, writes_pretty_json_when_asked) {
  Representation pretty;
  pretty.pretty = true;
  EXPECT_EQ(answer(R"({"resourceType":"Patient","active":true})", pretty).body,
            "{\n  \"resourceType\": \"Patient\",\n  \"active\": true\n}");
}

TEST(Representation, answers_in_json_what_xml_cannot_hold) {
  Representation xml;
  xml.answer = Form::xml;
  const http::Response response = answer(R"({"resourceType":"Patient","language":"a\u0001"})", xml);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/fhir+json; charset=utf-8");
}

}  // namespace
}  // namespace meridian::rest
