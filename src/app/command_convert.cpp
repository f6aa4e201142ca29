#include <optional>
#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "formats/fhir/json.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "formats/fhir/xml_writer.hpp"

namespace meridian::app {
namespace {

/// Notes each fault on standard error; says whether one of them is an error.
bool report(const std::string& file, const Issues& issues, Language language) {
  for (const Issue& issue : issues.all()) {
    std::string place = file;
    if (issue.position.line > 0) {
      place += ":" + std::to_string(issue.position.line) + ":" + std::to_string(issue.position.column);
    }
    complain(place + ": " + std::string(name(issue.severity)) + ": " + (issue.path.empty() ? "" : issue.path + ": ") +
             text(issue, language));
  }
  return issues.has_errors();
}

std::string converted(const fhir::Document& document, const ConvertOptions& options, bool one_a_line, Issues& issues) {
  if (options.to == FhirSyntax::xml) {
    std::string xml;
    const bool pretty = options.style == Style::pretty && !one_a_line;
    fhir::write_xml(document, pretty ? fhir::XmlLayout::pretty : fhir::XmlLayout::compact, xml, issues);
    return xml;
  }
  if (options.style == Style::canonical) return fhir::write_canonical_json(document);
  const bool pretty = options.style == Style::pretty && !one_a_line;
  return fhir::write_json(document, pretty ? fhir::JsonStyle::pretty : fhir::JsonStyle::compact);
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
  Issues issues;
  std::uint64_t count = 0;
  bool faulty = false;
  for (;;) {
    const bool more = TRY(reader.next(resource, issues));
    if (more) {
      std::string text = converted(resource.document(), options, one_a_line, issues);
      if (text.empty() || text.back() != '\n') text += '\n';
      output.write(text);
      progress.advance(reader.consumed(), ++count);
    }
    faulty = report(options.file, issues, common.language) || faulty;
    issues.clear();
    if (!more || output.is_broken()) break;
  }
  // A single resource that cannot be read leaves no empty file behind; of a stream what could be read is kept.
  if (count == 0) {
    if (!faulty) return fail(ErrorCode::malformed_input, "there is no resource in it");
    return kFound;
  }
  TRY(output.finish());
  return faulty ? kFound : kOk;
}

}  // namespace

int run_convert(const ConvertOptions& options, const CommonOptions& common) {
  const Result<int> exit_code = convert(options, common);
  if (exit_code) return *exit_code;
  complain(options.file + ": " + exit_code.error().message());
  return kFailed;
}

}  // namespace meridian::app
