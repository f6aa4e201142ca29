#include "formats/fhir/json.hpp"

#include <gtest/gtest.h>

#include "formats/fhir/testing/documents.hpp"

namespace meridian::fhir {
namespace {

using testing::parsed;

TEST(Json, writes_a_document_as_received_but_for_white_space) {
  const std::string compact =
      R"({"id":"a\u0041\"\\","resourceType":"Patient","foo":[null,{},[],1.00],"_birthDate":{"id":"x"},"birthDate":"1970"})";
  EXPECT_EQ(write_json(parsed(compact)), compact);
  const std::string pretty = write_json(parsed(compact), JsonStyle::pretty);
  EXPECT_EQ(pretty.substr(0, 60), "{\n  \"id\": \"a\\u0041\\\"\\\\\",\n  \"resourceType\": \"Patient\",\n  \"foo");
  EXPECT_EQ(write_json(parsed(pretty)), compact);
  EXPECT_EQ(write_json(parsed("\xEF\xBB\xBF\r\n" + pretty + "\n\t ")), compact);
}

TEST(Json, writes_a_part_of_a_document) {
  const Document document =
      parsed(R"({"resourceType":"Patient","name":[ {"given" : ["a" , "b"]} ],"multipleBirthInteger":2,"active":true})");
  EXPECT_EQ(write_json(document.root().child("name")), R"({"given":["a","b"]})");
  EXPECT_EQ(write_json(document.root().child("name").child("given")), R"("a")");
  EXPECT_EQ(write_json(document.root().child("multipleBirth")), "2");
  EXPECT_EQ(write_json(document.root().child("active")), "true");
  EXPECT_EQ(write_json(Node{}), "");
  EXPECT_EQ(write_json(Document{}), "");
}

TEST(Json, writes_empty_containers_on_one_line) {
  EXPECT_EQ(write_json(parsed("{\"resourceType\":\"Patient\",\"x\":{ },\"y\":[ ]}"), JsonStyle::pretty),
            "{\n  \"resourceType\": \"Patient\",\n  \"x\": {},\n  \"y\": []\n}");
}

TEST(Json, canonical_form_has_the_order_of_the_schema) {
  const Document document = parsed(
      R"({"_birthDate":{"id":"b"},"zzz":1,"birthDate":"1970","name":[{"given":["a",null],"_given":[null,{"id":"g"}],"use":"usual"}],"aaa":{"y":1,"x":2},"resourceType":"Patient","id":"p"})");
  EXPECT_EQ(
      write_canonical_json(document),
      R"({"resourceType":"Patient","id":"p","name":[{"use":"usual","given":["a",null],"_given":[null,{"id":"g"}]}],"birthDate":"1970","_birthDate":{"id":"b"},"zzz":1,"aaa":{"y":1,"x":2}})");
}

TEST(Json, equal_content_has_equal_canonical_bytes) {
  const std::string one =
      R"({"resourceType":"Patient","id":"p\u0041","active":true,"contained":[{"id":"c","resourceType":"Organization"}]})";
  const std::string other =
      "{ \"active\": true, \"contained\":[{\"resourceType\":\"Organization\",\"id\":\"c\"}],\n\"id\":\"pA\", "
      "\"resourceType\":\"Patient\" }";
  EXPECT_EQ(write_canonical_json(parsed(one)), write_canonical_json(parsed(other)));
  EXPECT_EQ(write_canonical_json(parsed(one).root().child("id")), "\"pA\"");
}

TEST(Json, canonical_form_keeps_the_digits_of_numbers) {
  EXPECT_EQ(write_canonical_json(parsed(R"({"resourceType":"Observation","valueQuantity":{"value":1.00}})")),
            R"({"resourceType":"Observation","valueQuantity":{"value":1.00}})");
}

TEST(Json, canonical_form_keeps_what_the_schema_does_not_expect) {
  const std::string text =
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Dragon","fire":[true,null]}}],"type":null,"foo":[]})";
  EXPECT_EQ(
      write_canonical_json(parsed(text)),
      R"({"resourceType":"Bundle","type":null,"entry":[{"resource":{"resourceType":"Dragon","fire":[true,null]}}],"foo":[]})");
}

}  // namespace
}  // namespace meridian::fhir
