// FHIR XML to a typed Document, and back, against pugixml parsing the same text into its untyped tree; and NDJSON
// split into lines against getline.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "base/input.hpp"
#include "formats/fhir/ndjson.hpp"
#include "formats/fhir/xml_reader.hpp"
#include "formats/fhir/xml_writer.hpp"

namespace meridian::fhir {
namespace {

/// One Observation as hospitals send it.
std::string observation(int number) {
  const std::string n = std::to_string(number);
  return R"({"resourceType":"Observation","id":"obs-)" + n +
         R"(","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},"status":"final",)"
         R"("category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",)"
         R"("code":"vital-signs","display":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org",)"
         R"("code":"85354-9","display":"Blood Pressure"}],"text":"Blood Pressure"},)"
         R"("subject":{"reference":"urn:uuid:057aa36e-b892-9964-75b9-ffb46b09)" +
         n +
         R"("},"effectiveDateTime":"2012-05-01T08:15:30+02:00","issued":"2012-05-01T08:15:30.123+02:00",)"
         R"("component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":"Diastolic"}]},)"
         R"("valueQuantity":{"value":)" +
         std::to_string(60 + number % 40) +
         R"(.50,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},)"
         R"({"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic"}]},)"
         R"("valueQuantity":{"value":118,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]})";
}

constexpr int kResources = 5000;

const std::string& bundle_json() {
  static const std::string text = [] {
    std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (int i = 0; i < kResources; ++i)
      out += (i == 0 ? R"({"resource":)" : R"(,{"resource":)") + observation(i) + "}";
    return out + "]}";
  }();
  return text;
}

const std::string& bundle_xml() {
  static const std::string text = [] {
    Issues issues;
    std::string out;
    write_xml(DocumentParser().parse(bundle_json(), issues), XmlLayout::pretty, out, issues);
    return out;
  }();
  return text;
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void xml_to_document_ours(benchmark::State& state) {
  const std::string& xml = bundle_xml();
  XmlReader reader;
  for (auto _ : state) {
    Issues issues;
    Document document = reader.read(xml, issues);
    if (!document.has_root() || !issues.empty()) state.SkipWithError("faults");
    benchmark::DoNotOptimize(document.node_count());
    reader.recycle(std::move(document));
  }
  count(state, xml.size());
}
BENCHMARK(xml_to_document_ours)->Name("xml_to_document/ours")->Unit(benchmark::kMillisecond);

void xml_to_document_pugixml(benchmark::State& state) {
  const std::string& xml = bundle_xml();
  for (auto _ : state) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) state.SkipWithError("faults");
    benchmark::DoNotOptimize(document.first_child());
  }
  count(state, xml.size());
}
BENCHMARK(xml_to_document_pugixml)->Name("xml_to_document/theirs:pugixml-parse-only")->Unit(benchmark::kMillisecond);

void document_to_xml_ours(benchmark::State& state) {
  Issues issues;
  const Document document = DocumentParser().parse(bundle_json(), issues);
  std::string xml;
  for (auto _ : state) {
    xml.clear();
    write_xml(document, XmlLayout::compact, xml, issues);
    benchmark::DoNotOptimize(xml.data());
  }
  count(state, xml.size());
}
BENCHMARK(document_to_xml_ours)->Name("document_to_xml/ours")->Unit(benchmark::kMillisecond);

void document_to_xml_pugixml(benchmark::State& state) {
  pugi::xml_document document;
  document.load_buffer(bundle_xml().data(), bundle_xml().size());
  struct Text final : pugi::xml_writer {
    void write(const void* data, std::size_t size) override { out.append(static_cast<const char*>(data), size); }
    std::string out;
  } text;
  for (auto _ : state) {
    text.out.clear();
    document.save(text, "", pugi::format_raw, pugi::encoding_utf8);
    benchmark::DoNotOptimize(text.out.data());
  }
  count(state, text.out.size());
}
BENCHMARK(document_to_xml_pugixml)->Name("document_to_xml/theirs:pugixml")->Unit(benchmark::kMillisecond);

const std::string& lines() {
  static const std::string text = [] {
    std::string out;
    for (int i = 0; i < 4 * kResources; ++i) out += observation(i) + "\n";
    return out;
  }();
  return text;
}

void ndjson_lines_ours(benchmark::State& state) {
  for (auto _ : state) {
    auto source = memory_source(lines());
    NdjsonReader reader(*source);
    Issues issues;
    std::size_t bytes = 0;
    for (auto line = reader.next(issues); line && *line; line = reader.next(issues)) bytes += (*line)->text.size();
    benchmark::DoNotOptimize(bytes);
  }
  count(state, lines().size());
}
BENCHMARK(ndjson_lines_ours)->Name("ndjson_lines/ours")->Unit(benchmark::kMillisecond);

void ndjson_lines_getline(benchmark::State& state) {
  for (auto _ : state) {
    std::istringstream in(lines());
    std::size_t bytes = 0;
    for (std::string line; std::getline(in, line);) bytes += line.size();
    benchmark::DoNotOptimize(bytes);
  }
  count(state, lines().size());
}
BENCHMARK(ndjson_lines_getline)->Name("ndjson_lines/theirs:getline")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::fhir
