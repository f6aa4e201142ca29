#include "terminology/testing/shelf.hpp"

#include <gtest/gtest.h>

namespace meridian::terminology::testing {

std::string_view diseases_json() {
  return R"({"resourceType":"CodeSystem","url":"http://example.org/diseases","version":"2.1","name":"Diseases",
    "status":"active","content":"complete","caseSensitive":true,"language":"en",
    "valueSet":"http://example.org/diseases/all","concept":[
    {"code":"disease","display":"Disease","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
      {"code":"infection","display":"Infection","concept":[
        {"code":"pneumonia","display":"Pneumonia","definition":"An inflamed lung",
         "designation":[{"language":"zh-CN","use":{"code":"display"},"value":"肺炎"}],
         "property":[{"code":"parent","valueCode":"lung"},{"code":"place","valueCode":"chest"}]},
        {"code":"sepsis","display":"Sepsis","designation":[{"language":"zh-CN","value":"脓毒症"}]}]},
      {"code":"lung","display":"Disease of the lung","concept":[{"code":"asthma","display":"Asthma"}]}]},
    {"code":"grippe","display":"Grippe","property":[{"code":"status","valueCode":"retired"}]}]})";
}

std::string_view value_set_json() {
  return R"({"resourceType":"ValueSet","url":"http://example.org/infections","version":"1","status":"active",
    "compose":{"include":[
      {"system":"http://example.org/diseases","filter":[{"property":"concept","op":"descendent-of","value":"infection"}]},
      {"system":"http://example.org/diseases","concept":[{"code":"asthma","display":"Asthma, any"}]}]}})";
}

std::string_view concept_map_json() {
  return R"({"resourceType":"ConceptMap","url":"http://example.org/map","status":"active",
    "sourceUri":"http://example.org/infections","targetUri":"http://example.org/letters/all","group":[
    {"source":"http://example.org/diseases","target":"http://example.org/letters","element":[
      {"code":"pneumonia","target":[{"code":"P","display":"P as in pneumonia","equivalence":"wider"}]},
      {"code":"sepsis","target":[{"equivalence":"unmatched"}]}],
     "unmapped":{"mode":"fixed","code":"X","display":"something else"}}]})";
}

void put(Library& library, const std::string& place, std::string_view json) {
  Issues issues;
  const fhir::Document document = fhir::DocumentParser().parse(std::string(json), issues);
  ASSERT_TRUE(document.has_root());
  const Result<> done = library.put(place, document.root(), issues);
  ASSERT_TRUE(done.has_value()) << done.error().message();
}

}  // namespace meridian::terminology::testing
