// The tests that lie beside the mappings and the kinds of devices as data: catalog/mappings/**/tests,
// catalog/devices/tests. Messages, the sections of documents, or records in, what devices send, taken one after the
// other into a record; then what FHIRPath finds on the only resource of a type.
#include <gtest/gtest.h>

#include <string>

#include "formats/cda/testing/documents.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/internal/yaml_tree.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

void run(const std::string& path, const internal::YamlTree& example) {
  MappingContext context = testing::context();
  if (const internal::YamlTree* zone = example.find("zone")) {
    const Result<TimeZone> found = TimeZone::find(zone->text);
    ASSERT_TRUE(found) << path;
    context.zone = *found;
  }
  testing::Record record(context);
  const internal::YamlTree* messages = example.find("messages");
  const internal::YamlTree* sections = example.find("sections");
  const internal::YamlTree* records = example.find("records");
  ASSERT_TRUE(messages != nullptr || sections != nullptr || records != nullptr) << path;
  if (messages != nullptr && example.find("device") == nullptr) {
    for (const std::string& message : messages->texts()) record.take(message);
  } else if (const internal::YamlTree* device = example.find("device")) {
    const Result<Instant> arrived = Instant::parse(example.find("arrived")->text);
    ASSERT_TRUE(arrived) << path;
    for (const std::string& message : messages->texts()) record.take_device(device->text, message, *arrived);
  } else if (records != nullptr) {
    const internal::YamlTree* map = example.find("map");
    ASSERT_NE(map, nullptr) << path;
    for (const std::string& text : records->texts()) record.take_record(map->text, text);
  } else {
    for (const std::string& text : sections->texts()) record.take_document(cda::testing::document_of(text));
  }
  const internal::YamlTree* expected = example.find("expect");
  ASSERT_NE(expected, nullptr) << path;
  ASSERT_FALSE(expected->items.empty()) << path;
  for (const internal::YamlTree& item : expected->items) {
    ASSERT_TRUE(item.find("type") != nullptr && item.find("path") != nullptr && item.find("is") != nullptr)
        << path << ":" << item.line;
    const std::string resource = record.only(item.find("type")->text);
    EXPECT_EQ(testing::find(resource, item.find("path")->text), item.find("is")->text)
        << path << ":" << item.line << "\n"
        << resource;
  }
}

TEST(Examples, give_what_they_expect) {
  int examples = 0;
  for (const CatalogueFile& file : embedded_catalogue()) {
    if (file.path.find("/tests/") == std::string::npos) continue;
    Issues issues;
    const auto example = internal::read_yaml(file.path, file.text, issues);
    ASSERT_TRUE(example) << file.path;
    run(file.path, *example);
    ++examples;
  }
  EXPECT_GE(examples, 10);
}

}  // namespace
}  // namespace meridian::mapping
