#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/messages.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "formats/fhir/xml_writer.hpp"

namespace meridian::app {
namespace {

/// The resource in the other form, with a line end.
std::string converted(const fhir::Document& document, const ConvertOptions& options, bool one_a_line, Issues& issues) {
  if (options.to == FhirSyntax::xml) {
    std::string xml;
    const bool pretty = options.style == Style::pretty && !one_a_line;
    fhir::write_xml(document, pretty ? fhir::XmlLayout::pretty : fhir::XmlLayout::compact, xml, issues);
    return xml.ends_with('\n') ? xml : xml + '\n';
  }
  if (options.style == Style::canonical) return fhir::write_canonical_json(document) + '\n';
  const bool pretty = options.style == Style::pretty && !one_a_line;
  return fhir::write_json(document, pretty ? fhir::JsonStyle::pretty : fhir::JsonStyle::compact) + '\n';
}

Result<int> convert(const ConvertOptions& options, const CommonOptions& common) {
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(options.file));
  const bool one_a_line = reader.form() == fhir::FileForm::ndjson;
  if (one_a_line && options.to == FhirSyntax::xml) {
    return fail(ErrorCode::invalid_argument,
                "an NDJSON file holds many resources, an XML file one; convert them one by one");
  }
  Output output = options.out.empty() || options.out == "-" ? Output() : TRY(Output::to_file(options.out));
  Progress progress("converting", reader.size().value_or(0),
                    common.quiet ? Progress::Show::never : Progress::Show::when_watched);
  fhir::ReadResource resource;
  std::uint64_t count = 0;
  bool is_faulty = false;
  for (bool more = true; more && !output.is_broken();) {
    Issues issues;
    more = TRY(reader.next(resource, issues));
    const std::string text = more ? converted(resource.document(), options, one_a_line, issues) : std::string();
    if (more) progress.advance(reader.consumed(), ++count);
    if (!more && count == 0 && issues.empty()) issues.add({Severity::error, IssueType::structure, kNoResource});
    is_faulty = is_faulty || issues.has_errors();
    if (issues.empty() && !output.is_terminal()) {
      output.write(text);
      continue;
    }
    const Progress::Pause pause(progress);
    output.write(text);
    complain_of(options.file, issues, common.language);
  }
  // A single resource that cannot be read leaves no empty file behind; of a stream what could be read is kept.
  if (count > 0) TRY(output.finish());
  return is_faulty ? kFound : kOk;
}

}  // namespace

int run_convert(const ConvertOptions& options, const CommonOptions& common) {
  const Result<int> exit_code = convert(options, common);
  if (exit_code) return *exit_code;
  complain_of(options.file, exit_code.error());
  return kFailed;
}

}  // namespace meridian::app
