// What is made of DICOM files is valid FHIR, by our own validator. Over the DICOM files of the outside data, which may
// be absent.
#include <gtest/gtest.h>

#include "formats/dicom/file.hpp"
#include "formats/dicom/testing/shared_files.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/imaging.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

TEST(MappedImages, are_valid_resources) {
  const auto& files = dicom::testing::shared_files();
  if (files.empty()) GTEST_SKIP() << "the DICOM files are not here: dicom/*.tar.zst";
  mapping::ImagingContext context;
  context.tenant_key = "test";
  mapping::ImagingStudies studies(context);
  std::size_t taken = 0;
  for (const auto& shared : files) {
    Issues issues;
    const auto file = dicom::read_file(shared.bytes, {}, issues);
    if (file && studies.add(file->data_set(), issues)) ++taken;
  }
  EXPECT_GE(taken, 150U);
  validation::ValidatorOptions options;
  options.best_practice = validation::Check::off;
  const validation::Validator validator(fhir::Schema::r4(), nullptr, options);
  validation::ValidationSession session(validator);
  fhir::DocumentParser documents;
  std::size_t resources = 0;
  for (const std::string& json : studies.resources()) {
    Issues issues;
    const fhir::Document document = documents.parse(json, issues);
    ASSERT_TRUE(document.has_root()) << json;
    session.validate(document, issues);
    ++resources;
    for (const Issue& issue : issues.all()) {
      // Modalities that DICOM has got since R4's list of its codes was made.
      const bool is_newer = !issue.arguments.empty() && (issue.arguments[0] == "ANN" || issue.arguments[0] == "RWV");
      if (issue.path.ends_with("modality[0].code") || issue.path.ends_with("modality.code")) {
        if (is_newer) continue;
      }
      EXPECT_GE(issue.severity, Severity::warning)
          << issue.path << ": " << text(issue, Language::english) << ' ' << json;
    }
  }
  EXPECT_GE(resources, 60U);
}

}  // namespace
}  // namespace meridian::app
