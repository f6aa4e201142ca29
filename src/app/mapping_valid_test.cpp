// What the mappings make of messages is valid FHIR, by our own validator: structure, codes of required sets,
// invariants. Over the sample messages of Microsoft's converter and a simulated stream; these may be absent.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/input.hpp"
#include "base/testing/paths.hpp"
#include "formats/fhir/document.hpp"
#include "formats/hl7v2/message.hpp"
#include "mapping/bundle.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/mapper.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

std::string file_text(const std::filesystem::path& path) {
  std::string text;
  auto source = open_input(path.string());
  std::string piece(std::size_t{1} << 16, '\0');
  while (source) {
    const Result<std::size_t> size = (*source)->read(piece);
    if (!size || *size == 0) break;
    text.append(piece, 0, *size);
  }
  std::replace(text.begin(), text.end(), '\n', '\r');
  return text;
}

std::vector<std::string> messages() {
  std::vector<std::string> out;
  if (const auto folder = testing::shared_data("hl7v2/microsoft-fhir-converter/samples")) {
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
      if (entry.path().extension() == ".hl7") out.push_back(file_text(entry.path()));
    }
  }
  if (const auto file = testing::shared_data("hl7v2/simhospital/docs/artifacts/messages.out")) {
    const std::string text = file_text(*file);
    for (std::size_t at = text.find("MSH|"); at != std::string::npos;) {
      const std::size_t next = text.find("\rMSH|", at);
      out.push_back(text.substr(at, next == std::string::npos ? next : next - at));
      at = next == std::string::npos ? next : next + 1;
    }
  }
  return out;
}

TEST(MappedMessages, are_valid_resources) {
  const std::vector<std::string> all = messages();
  if (all.empty()) GTEST_SKIP() << "the outside data is not here";
  Issues faults;
  const auto catalogue = mapping::Catalogue::open({}, faults);
  ASSERT_TRUE(catalogue);
  mapping::MappingContext context;
  context.tenant_key = "test";
  mapping::Mapper mapper(*catalogue, context);
  mapping::Merger merger((*catalogue)->merge_rules());
  validation::ValidatorOptions options;
  options.best_practice = validation::Check::off;
  const validation::Validator validator(fhir::Schema::r4(), nullptr, options);
  validation::ValidationSession session(validator);
  fhir::DocumentParser documents;
  hl7v2::MessageParser parser;
  std::size_t resources = 0;
  for (const std::string& text : all) {
    const hl7v2::Message message = parser.parse_borrowed(text, faults);
    if (!message) continue;
    for (const std::string& json : mapping::resources_of(mapper.map(message), merger)) {
      Issues issues;
      const fhir::Document document = documents.parse(json, issues);
      ASSERT_TRUE(document.has_root()) << json;
      session.validate(document, issues);
      ++resources;
      for (const Issue& issue : issues.all()) {
        EXPECT_GE(issue.severity, Severity::warning)
            << meridian::text(issue, Language::english) << " at " << issue.path << "\n"
            << json;
      }
    }
  }
  EXPECT_GT(resources, 10'000U);
}

}  // namespace
}  // namespace meridian::app
