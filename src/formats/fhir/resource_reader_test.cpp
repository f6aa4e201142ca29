#include "formats/fhir/resource_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zstd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace meridian::fhir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
  FileForm form = FileForm::empty;
  std::vector<std::string> types;
  std::vector<std::uint64_t> lines;
  Issues issues;
};

Read read(std::string_view text, ResourceReaderOptions options = {}) {
  Read out;
  auto reader = ResourceReader::from(memory_source(text), options);
  EXPECT_TRUE(reader.has_value());
  if (!reader) return out;
  out.form = reader->form();
  ReadResource resource;
  for (;;) {
    const Result<bool> more = reader->next(resource, out.issues);
    EXPECT_TRUE(more.has_value());
    if (!more || !*more) return out;
    const Node root = resource.document().root();
    out.types.emplace_back(root.schema().type(root.type()).name);
    out.lines.push_back(resource.line());
  }
}

TEST(ResourceReader, tells_a_file_by_its_content) {
  EXPECT_EQ(read("").form, FileForm::empty);
  EXPECT_EQ(read("\xEF\xBB\xBF \n").form, FileForm::empty);
  EXPECT_EQ(read(R"({"resourceType":"Patient"})").form, FileForm::json);
  EXPECT_EQ(read("{\"resourceType\":\"Patient\"}\n\n").form, FileForm::json);
  EXPECT_EQ(read("{\n  \"resourceType\": \"Patient\",\n  \"active\": true\n}\n").form, FileForm::json);
  EXPECT_EQ(read("{ \"name\": [\n{\"text\":\"a\"}],\n \"resourceType\": \"Patient\"}").form, FileForm::ndjson)
      << "looks like two objects; real files are not laid out so";
  EXPECT_EQ(read("{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Basic\"}").form, FileForm::ndjson);
  EXPECT_EQ(read("\n{\"resourceType\":\"Patient\"}\r\n\r\n{\"resourceType\":\"Basic\"}\r\n").form, FileForm::ndjson);
  EXPECT_EQ(read("{\"a\":\"}{\\\"\"}\n broken").form, FileForm::ndjson);
  EXPECT_EQ(read("<Patient xmlns=\"http://hl7.org/fhir\"/>").form, FileForm::xml);
  EXPECT_EQ(read("\xEF\xBB\xBF\n<Patient xmlns=\"http://hl7.org/fhir\"/>").form, FileForm::xml);
  EXPECT_EQ(read("[1]").form, FileForm::json);
}

TEST(ResourceReader, gives_a_single_resource_once) {
  const Read json = read(R"({"resourceType":"Patient"})");
  EXPECT_THAT(json.types, ElementsAre("Patient"));
  EXPECT_THAT(json.lines, ElementsAre(1));
  EXPECT_THAT(read("<Basic xmlns=\"http://hl7.org/fhir\"/>").types, ElementsAre("Basic"));
}

TEST(ResourceReader, gives_the_resources_of_ndjson_and_goes_on_after_faulty_ones) {
  const Read got = read("{\"resourceType\":\"Patient\"}\n\n{\"resourceType\":\n{\"resourceType\":\"Basic\"}\n");
  EXPECT_THAT(got.types, ElementsAre("Patient", "Basic"));
  EXPECT_THAT(got.lines, ElementsAre(1, 4));
  ASSERT_EQ(got.issues.size(), 1U);
  EXPECT_EQ(got.issues.all()[0].position.line, 3U);
  EXPECT_EQ(got.issues.all()[0].position.offset, 28U + 16U);
}

TEST(ResourceReader, reports_a_faulty_single_resource) {
  for (const char* text : {"{", "[]", "null", "<Patient", "{\"resourceType\":\"Nonsense\"}", "hello", "<html/>"}) {
    const Read got = read(text);
    EXPECT_THAT(got.types, IsEmpty()) << text;
    EXPECT_TRUE(got.issues.has_fatal()) << text;
  }
}

TEST(ResourceReader, reports_wide_encodings) {
  const std::string json = R"({"resourceType":"Patient"})";
  for (const std::string& text : {json, std::string("<Patient xmlns='http://hl7.org/fhir'/>")}) {
    for (const bool has_mark : {false, true}) {
      for (const bool is_big : {false, true}) {
        std::string wide = has_mark ? (is_big ? "\xFE\xFF" : "\xFF\xFE") : "";
        for (const char c : text) wide += is_big ? std::string{'\0', c} : std::string{c, '\0'};
        const Read got = read(wide);
        ASSERT_EQ(got.issues.size(), 1U) << text;
        EXPECT_THAT(meridian::text(got.issues.all()[0], Language::english), ::testing::HasSubstr("UTF-16"));
      }
    }
  }
}

TEST(ResourceReader, places_nodes_in_the_file) {
  Issues issues;
  ReadResource resource;

  const std::string lines = "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\",\"active\":true}\n";
  auto reader = ResourceReader::from(memory_source(lines)).value();
  ASSERT_TRUE(reader.next(resource, issues).value());
  ASSERT_TRUE(reader.next(resource, issues).value());
  Node active = resource.document().root().child("active");
  EXPECT_EQ(resource.in_file(active.position()), position_at(lines, lines.find("true")));

  const std::string xml = "<Patient xmlns=\"http://hl7.org/fhir\">\n  <active value=\"true\"/>\n</Patient>";
  auto xml_reader = ResourceReader::from(memory_source(xml)).value();
  ASSERT_TRUE(xml_reader.next(resource, issues).value());
  active = resource.document().root().child("active");
  EXPECT_EQ(resource.in_file(active.position()), position_at(xml, xml.find("<active")));
}

TEST(ResourceReader, keeps_to_the_limit_on_a_single_resource) {
  ResourceReaderOptions options;
  options.document.max_bytes = 20;
  auto reader = ResourceReader::from(memory_source(R"({"resourceType":"Patient"})"), options).value();
  ReadResource resource;
  Issues issues;
  EXPECT_EQ(reader.next(resource, issues).error().code(), ErrorCode::too_large);
}

TEST(ResourceReader, says_when_there_is_no_such_file) {
  EXPECT_EQ(ResourceReader::open("/nonexistent/file.json").error().code(), ErrorCode::not_found);
}

TEST(ResourceReader, opens_compressed_files_whatever_their_names) {
  char path[] = "/tmp/meridian_resource_XXXXXX";
  const int fd = ::mkstemp(path);
  ASSERT_GE(fd, 0);
  const std::string text = "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Basic\"}\n";
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  std::ofstream(path, std::ios::binary) << packed;
  auto reader = ResourceReader::open(path).value();
  EXPECT_EQ(reader.form(), FileForm::ndjson);
  EXPECT_EQ(reader.size(), packed.size());
  EXPECT_EQ(reader.consumed(), packed.size());
  ::close(fd);
  std::remove(path);
}

}  // namespace
}  // namespace meridian::fhir
