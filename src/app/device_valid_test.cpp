// What every kind of device in the catalogue makes of its example is valid FHIR, by our own validator.
#include <gtest/gtest.h>

#include <string>

#include "formats/fhir/document.hpp"
#include "mapping/bundle.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/device_reading.hpp"
#include "mapping/mapper.hpp"
#include "mapping/record.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

/// What stands behind a member at the beginning of a line.
std::string member(const std::string& yaml, const std::string& name) {
  const std::size_t at = yaml.find('\n' + name);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + 1 + name.size();
  return yaml.substr(begin, yaml.find('\n', begin) - begin);
}

TEST(DeviceReadings, are_valid_resources) {
  Issues faults;
  const auto catalogue = mapping::Catalogue::open({}, faults);
  ASSERT_TRUE(catalogue);
  mapping::MappingContext context;
  context.tenant_key = "test";
  context.default_authority = "urn:oid:1.2.3";
  mapping::Mapper mapper(*catalogue, context);
  mapping::Merger merger((*catalogue)->merge_rules());
  validation::ValidatorOptions options;
  options.best_practice = validation::Check::off;
  const validation::Validator validator(fhir::Schema::r4(), nullptr, options);
  validation::ValidationSession session(validator);
  fhir::DocumentParser documents;
  std::size_t resources = 0;
  for (const mapping::CatalogueFile& file : mapping::embedded_catalogue()) {
    if (!file.path.starts_with("devices/tests/")) continue;
    const mapping::DeviceKind* kind = (*catalogue)->device_kind(member(file.text, "device: "));
    ASSERT_NE(kind, nullptr) << file.path;
    const std::string message = member(file.text, "  - '");
    Issues issues;
    const tree::Document sent = mapping::read_record(message.substr(0, message.size() - 1), issues);
    ASSERT_TRUE(sent) << file.path;
    const auto reading = mapping::read_device(*kind, sent, {mapping::device_number(*kind, sent), "Ward 3"},
                                              context.zone, *Instant::parse("2024-05-01T00:30:05Z"), issues);
    ASSERT_TRUE(reading.record) << file.path;
    const std::string map = kind->record_map();
    const mapping::Mapped mapped = mapper.map(std::string_view(map), reading.record, {0, "1"});
    for (const std::string& json : mapping::resources_of(mapped, merger)) {
      Issues found;
      const fhir::Document document = documents.parse(json, found);
      ASSERT_TRUE(document.has_root()) << json;
      session.validate(document, found);
      ++resources;
      for (const Issue& issue : found.all()) {
        EXPECT_GE(issue.severity, Severity::warning)
            << file.path << ": " << meridian::text(issue, Language::english) << " at " << issue.path << "\n"
            << json;
      }
    }
  }
  EXPECT_GE(resources, 48U);
}

}  // namespace
}  // namespace meridian::app
