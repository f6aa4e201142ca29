#include "validation/operation_outcome.hpp"

#include <algorithm>
#include <vector>

#include "formats/fhir/json_writer.hpp"
#include "validation/messages.hpp"

namespace meridian::validation {
namespace {

void place(fhir::JsonWriter& json, std::string_view extension, std::uint32_t value) {
  std::string url = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-";
  url += extension;
  json.begin_object().key("url").string(url).key("valueInteger").number(std::int64_t{value}).end_object();
}

void write(fhir::JsonWriter& json, const Issue& issue, Language language) {
  const bool has_place = issue.position.line > 0;
  json.begin_object();
  if (has_place) {
    json.key("extension").begin_array();
    place(json, "line", issue.position.line);
    place(json, "col", issue.position.column);
    json.end_array();
  }
  json.key("severity").string(name(issue.severity)).key("code").string(name(issue.type));
  json.key("details").begin_object().key("coding").begin_array().begin_object();
  json.key("system").string(kMessageSystem).key("code").string(issue.message->id).end_object().end_array();
  json.key("text").string(text(issue, language)).end_object();
  if (has_place) {
    json.key("diagnostics")
        .string("[" + std::to_string(issue.position.line) + "," + std::to_string(issue.position.column) + "]");
  }
  if (!issue.path.empty()) json.key("expression").begin_array().string(issue.path).end_array();
  json.end_object();
}

// What the bound on their number has left out, or that there is nothing to say.
std::vector<Issue> closing_words(const Issues& issues) {
  if (issues.dropped() > 0) {
    const Severity severity = issues.has_errors() ? Severity::error : Severity::warning;
    return {Issue(severity, IssueType::processing, kMoreIssues, {std::to_string(issues.dropped())})};
  }
  if (issues.empty()) return {Issue(Severity::information, IssueType::informational, kNoIssues)};
  return {};
}

}  // namespace

std::string operation_outcome_json(const Issues& issues, Language language) {
  fhir::JsonWriter json;
  json.begin_object().key("resourceType").string("OperationOutcome").key("issue").begin_array();
  for (const Issue& issue : issues.all()) write(json, issue, language);
  for (const Issue& issue : closing_words(issues)) write(json, issue, language);
  json.end_array().end_object();
  return std::move(json).take();
}

std::string plain_line(const Issue& issue, Language language) {
  std::string out(name(issue.severity));
  out.resize(std::max<std::size_t>(out.size(), 11), ' ');
  out += "  ";
  if (issue.position.line > 0) {
    out.append(std::to_string(issue.position.line)).append(":").append(std::to_string(issue.position.column));
    out += "  ";
  }
  if (!issue.path.empty()) out.append(issue.path).append("  ");
  out.append(text(issue, language)).append("  [").append(issue.message->id).append("]");
  return out;
}

std::string plain_text(const Issues& issues, Language language) {
  std::string out;
  for (const Issue& issue : issues.all()) out.append(plain_line(issue, language)).append("\n");
  for (const Issue& issue : closing_words(issues)) out.append(plain_line(issue, language)).append("\n");
  return out;
}

}  // namespace meridian::validation
