// RecordFiles: the records of a file, by what it is called; those of an archive, file by file.
#include <optional>

#include "base/input.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/fhir/ndjson.hpp"
#include "formats/table/archive.hpp"
#include "formats/table/table_reader.hpp"
#include "formats/tree/json.hpp"
#include "formats/tree/xml.hpp"
#include "ingest/record_format.hpp"
#include "mapping/record.hpp"

namespace meridian::ingest {
namespace {

constexpr std::uint64_t kLargestTree = std::uint64_t{64} << 20;

/// In small letters, without what says that it is packed: ".csv" of "Lab.CSV.gz".
std::string ending_of(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? std::string() : name.substr(dot);
}

/// The first fault that kept something of a file from being given.
Result<> first_fault(const Issues& issues) {
  for (const Issue& issue : issues.all()) {
    if (issue.severity <= Severity::error) {
      return fail(ErrorCode::malformed_input,
                  (issue.path.empty() ? "" : issue.path + ": ") + text(issue, Language::english));
    }
  }
  return {};
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
  TRY(first_fault(issues));
  if (lines == 0) return fail(ErrorCode::malformed_input, "there is no record in the file");
  return {};
}

/// Empty values are left out.
std::string json_of(const std::vector<std::string>& columns, const table::Row& row) {
  fhir::JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < columns.size() && i < row.values.size(); ++i) {
    if (!row.values[i].empty()) json.key(columns[i]).string(row.values[i]);
  }
  json.end_object();
  return std::move(json).take();
}

/// A row that is broken is refused with the file, after all others were given: nobody knows what it said.
Result<> split_table(table::TableReader& table, Issues& issues, TakeMessage& take) {
  table::Row row;
  std::uint64_t rows = 0;
  while (TRY(table.next(row, issues))) {
    ++rows;
    if (!row.is_faulty) take(json_of(table.columns(), row), "line " + std::to_string(row.line));
  }
  TRY(first_fault(issues));
  if (rows == 0) return fail(ErrorCode::malformed_input, "there is no row in the table");
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

Result<> split_tree(ByteSource& source, bool is_json, const std::string& each, TakeMessage& take) {
  const std::string bytes = TRY(read_all(source, kLargestTree));
  Issues issues;
  const tree::Document document = is_json ? tree::read_json(bytes, {}, issues) : tree::read_xml(bytes, {}, issues);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool is_array = is_json && first != std::string::npos && bytes[first] == '[';
  return split_tree(document, issues, each, is_array, take);
}

/// What it is that is read once more, of an archive's members: a workbook may be read from its file, which is faster.
Result<> split_source(std::unique_ptr<ByteSource> source, const std::string& name, const RecordFileOptions& options,
                      TakeMessage& take) {
  const std::string ending = ending_of(name);
  if (ending == ".ndjson" || ending == ".jsonl") return split_lines(*source, take);
  if (ending == ".json" || ending == ".xml") return split_tree(*source, ending == ".json", options.each, take);
  Issues issues;
  const auto table = TRY(table::TableReader::open(std::move(source), options.table, issues));
  return split_table(*table, issues, take);
}

bool is_table(const std::string& ending) {
  return ending == ".csv" || ending == ".tsv" || ending == ".txt" || ending == ".dat" || ending == ".xlsx";
}
bool is_known(const std::string& ending) {
  return is_table(ending) || ending == ".json" || ending == ".xml" || ending == ".ndjson" || ending == ".jsonl";
}

/// What cannot be taken apart does not keep the others from it; it is said at the end.
Result<> split_archive(const std::string& path, const RecordFileOptions& options, TakeMessage& take) {
  const auto archive = TRY(table::ArchiveReader::open(path));
  Issues issues;
  Result<> done;
  std::uint64_t members = 0;
  while (const std::optional<table::ArchiveMember> member = TRY(archive->next(issues))) {
    if (!is_known(ending_of(member->name))) continue;
    ++members;
    TakeMessage within = [&take, &member](std::string content, std::string_view place) {
      take(std::move(content), member->name + ", " + std::string(place));
    };
    Result<> split = split_source(TRY(archive->open_member()), member->name, options, within);
    if (!split && done) done = fail(std::move(split).error().within(member->name));
  }
  if (!done) return done;
  TRY(first_fault(issues));
  if (members == 0) return fail(ErrorCode::malformed_input, "there is no table, JSON or XML in the archive");
  return {};
}

}  // namespace

Result<> RecordFiles::split(const std::string& path, const std::string& name, TakeMessage& take) const {
  const std::string ending = ending_of(name);
  if (ending == ".zip" || ending == ".tar" || ending == ".tgz") return split_archive(path, options_, take);
  if (!is_known(ending)) {
    return fail(ErrorCode::malformed_input,
                "the name ends with none of .csv, .tsv, .txt, .dat, .xlsx, .json, .ndjson, .xml, .zip, .tar");
  }
  if (!is_table(ending)) return split_source(TRY(open_input(path)), name, options_, take);
  Issues issues;
  const auto table = TRY(table::TableReader::open(path, options_.table, issues));
  return split_table(*table, issues, take);
}

}  // namespace meridian::ingest
