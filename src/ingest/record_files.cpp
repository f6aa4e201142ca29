// RecordFiles: the records of a file, by what it is called.
#include <optional>

#include "base/input.hpp"
#include "formats/fhir/ndjson.hpp"
#include "formats/tree/json.hpp"
#include "formats/tree/xml.hpp"
#include "ingest/record_format.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::uint64_t kLargestTree = std::uint64_t{64} << 20;

std::string ending_of(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(dot);
}

/// A line that is broken is a message all the same: it waits as a dead letter.
Result<> split_lines(ByteSource& source, TakeMessage& take) {
  fhir::NdjsonReader reader(source);
  Issues issues;
  std::uint64_t lines = 0;
  while (std::optional<fhir::NdjsonLine> line = TRY(reader.next(issues))) {
    ++lines;
    take(std::string(line->text), "line " + std::to_string(line->number));
  }
  for (const Issue& issue : issues.all()) {
    if (issue.severity <= Severity::error) return fail(ErrorCode::too_large, text(issue, Language::english));
  }
  if (lines == 0) return fail(ErrorCode::malformed_input, "there is no record in the file");
  return {};
}

Result<> split_tree(const tree::Document& document, const Issues& issues, const std::string& each, bool is_array,
                    TakeMessage& take) {
  if (!document) {
    const Issue& fault = issues.all().back();
    return fail(ErrorCode::malformed_input,
                "line " + std::to_string(fault.position.line) + ": " + text(fault, Language::english));
  }
  const std::string path = each.empty() ? (is_array ? "item" : ".") : each;
  std::uint64_t number = 0;
  for (const tree::Element element : mapping::find_records(document, path)) {
    take(mapping::to_json(element), "record " + std::to_string(++number));
  }
  if (number == 0) return fail(ErrorCode::malformed_input, "there is nothing at \"" + path + "\" in the file");
  return {};
}

}  // namespace

Result<> RecordFiles::split(const std::string& path, const std::string& name, TakeMessage& take) const {
  const std::string ending = ending_of(name);
  if (ending == ".ndjson" || ending == ".jsonl") return split_lines(*TRY(open_input(path)), take);
  const bool is_json = ending == ".json";
  if (!is_json && ending != ".xml") {
    return fail(ErrorCode::malformed_input, "the name ends neither with .json, .ndjson nor .xml");
  }
  const auto source = TRY(open_input(path, {.max_bytes = kLargestTree}));
  const std::string bytes = TRY(read_all(*source, kLargestTree));
  Issues issues;
  const tree::Document document = is_json ? tree::read_json(bytes, {}, issues) : tree::read_xml(bytes, {}, issues);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool is_array = is_json && first != std::string::npos && bytes[first] == '[';
  return split_tree(document, issues, options_.each, is_array, take);
}

}  // namespace meridian::ingest
