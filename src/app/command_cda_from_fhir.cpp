#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "formats/cda/validate.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "formats/tree/xml_writer.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/document_writer.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::app {
namespace {

/// Resources of an NDJSON file together, if that is what it is; what is in it becomes part of one Bundle.
constexpr std::size_t kMostNdjsonBytes = std::size_t{512} << 20;

/// The Bundle that a file holds, or one of the resources that stand in it.
Result<fhir::Document> bundle_of(const std::string& file, Issues& issues) {
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
  fhir::ReadResource resource;
  std::vector<std::string> resources;
  std::size_t bytes = 0;
  while (TRY(reader.next(resource, issues))) {
    resources.emplace_back(resource.document().source());
    bytes += resources.back().size();
    if (bytes > kMostNdjsonBytes)
      return fail(ErrorCode::too_large, "the file holds more than one patient's resources may");
  }
  fhir::DocumentParser parser;
  if (reader.form() == fhir::FileForm::ndjson) return parser.parse(mapping::collection_of(resources), issues);
  return parser.parse(resources.empty() ? std::string() : std::move(resources.front()), issues);
}

Result<> write_file(const std::string& path, std::string_view text) {
  Output output = path.empty() ? Output() : TRY(Output::to_file(path));
  output.write(text);
  return output.finish();
}

Result<int> convert(const CdaOptions& options, const CommonOptions& common) {
  Issues faults;
  const auto catalogue = mapping::Catalogue::open(options.mapping.folder, faults);
  for (const Issue& fault : faults.all()) complain(issue_line(fault.path, fault, common.language));
  if (!catalogue) return fail(catalogue.error());
  const std::string& file = options.files.front();
  Issues issues;
  const fhir::Document bundle = TRY(bundle_of(file, issues));
  if (issues.has_fatal()) {
    complain_of_faults(file, issues, common.language);
    return kFailed;
  }
  mapping::DocumentOptions document;
  document.id = options.id;
  document.time = options.time;
  document.patient = options.patient;
  mapping::DocumentWriter writer(*catalogue);
  mapping::WrittenDocument written = TRY(writer.write(options.kind, bundle, document));
  // What is given away is sound: the same rules as for what comes.
  Issues structure;
  cda::validate(written.document, structure);
  TRY(write_file(options.out, TRY(tree::write_xml(written.document, {"text"}))));
  issues.add_all(std::move(structure));
  issues.add_all(std::move(written.issues));
  if (!options.report.empty())
    TRY(write_file(options.report, validation::operation_outcome_json(issues, common.language) + "\n"));
  if (!common.quiet) complain_of(file, issues, common.language);
  return issues.has_errors() ? kFound : kOk;
}

}  // namespace

int run_cda_from_fhir(const CdaOptions& options, const CommonOptions& common) {
  const Result<int> code = convert(options, common);
  if (code) return *code;
  complain_of(options.files.front(), code.error());
  return kFailed;
}

}  // namespace meridian::app
