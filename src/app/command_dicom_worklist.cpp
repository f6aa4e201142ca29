// dicom worklist: what a modality would see: asked of the server that holds the data, or of one for as long as the
// command runs, or, as a modality does it, of a DICOM peer.
#include <string>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/dicom_answer.hpp"
#include "app/dicom_peer.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/json.hpp"
#include "http/target.hpp"
#include "imaging/worklist_query.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

using dicom::Tag;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Column {
  const char* title;
  const char* tag;
};
constexpr Column kColumns[] = {{"DATE", "00400002"},      {"TIME", "00400003"},    {"MODALITY", "00080060"},
                               {"STATION", "00400001"},   {"PATIENT", "00100010"}, {"ID", "00100020"},
                               {"ACCESSION", "00080050"}, {"STATUS", "00400020"},  {"PROCEDURE", "00321060"}};

// What a modality asks for (PS3.4, table K.6-1), beside what it looks for.
constexpr Tag kAsked[] = {{0x0008, 0x0050}, {0x0008, 0x0090}, {0x0010, 0x0010}, {0x0010, 0x0020}, {0x0010, 0x0030},
                          {0x0010, 0x0040}, {0x0020, 0x000D}, {0x0032, 0x1060}, {0x0040, 0x1001}, {0x0040, 0x1003}};

Result<Pairs> pairs_of(const DicomWorklistOptions& options) {
  Pairs pairs;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) pairs.emplace_back(name, value);
  };
  add("Modality", options.modality);
  add("ScheduledStationAETitle", options.station);
  add("ScheduledProcedureStepStartDate", options.date);
  add("PatientID", options.patient);
  add("AccessionNumber", options.accession);
  for (const std::string& key : options.keys) {
    const std::size_t equals = key.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(ErrorCode::invalid_argument, "what to look for is KEY=VALUE, not \"" + key + "\"");
    }
    pairs.emplace_back(key.substr(0, equals), key.substr(equals + 1));
  }
  return pairs;
}

/// A JSON array, as the server answers.
Result<std::string> asked_of_server(const DicomWorklistOptions& options, const CommonOptions& common,
                                    const Pairs& pairs) {
  std::string path = "/api/v1/dicom/worklist?limit=" + std::to_string(options.limit);
  for (const auto& [name, value] : pairs) {
    path += '&' + http::percent_encode(name) + '=' + http::percent_encode(value);
  }
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  return std::move(TRY(endpoint.call({.path = std::move(path)})).body);
}

imaging::Item item_of(const imaging::WorklistKeys& keys) {
  imaging::Item item;
  item.attributes = keys.query.keys;
  for (const imaging::WorklistKeySequence& one : keys.sequences) item.set(one.tag, {item_of(one.keys)});
  return item;
}

/// The same, of a peer.
Result<std::string> asked_of_peer(const DicomWorklistOptions& options, const Pairs& pairs) {
  imaging::WorklistKeys keys = TRY(imaging::worklist_keys(pairs));
  for (const Tag tag : kAsked) {
    if (keys.query.keys.find(tag) == nullptr) keys.set(tag, {});
  }
  imaging::WorklistKeys& step = keys.in(imaging::kStepSequence);
  for (const std::uint16_t element : {0x0001, 0x0002, 0x0003, 0x0006, 0x0007, 0x0009, 0x0010, 0x0011, 0x0020}) {
    if (step.query.keys.find({0x0040, element}) == nullptr) step.set({0x0040, element}, {});
  }
  if (step.query.keys.find({0x0008, 0x0060}) == nullptr) step.set({0x0008, 0x0060}, {});
  net::Io io;
  connect::DicomRequest request;
  request.sop_class = connect::uids::kWorklistFind;
  request.identifier = to_data_set(item_of(keys), true);
  const auto client = TRY(connect::DicomClient::open(TRY(client_options(options.peer)), io,
                                                     {{request.sop_class, {request.transfer_syntax}}}));
  std::string json = "[";
  std::uint32_t found = 0;
  const connect::DimseStatus status = TRY(client->find(request, [&](const std::string& set) {
    Issues issues;
    const Result<dicom::File> file = connect::read_data_set(set, request.transfer_syntax, dicom::Limits(), issues);
    if (file) json += (json.size() > 1 ? "," : "") + dicom::to_json(file->data_set());
    return ++found < options.limit;
  }));
  TRY(client->release());
  if (status.code != connect::dimse_status::kSuccess && status.code != connect::dimse_status::kCancel) {
    char code[8];
    std::snprintf(code, sizeof code, "%04X", status.code);
    return fail(ErrorCode::unprocessable, "the peer answered with status " + std::string(code));
  }
  return json + ']';
}

Result<int> list(const DicomWorklistOptions& options, const CommonOptions& common, Output& output) {
  const Pairs pairs = TRY(pairs_of(options));
  const std::string json =
      options.peer.to.empty() ? TRY(asked_of_server(options, common, pairs)) : TRY(asked_of_peer(options, pairs));
  const fhir::Document document = read_page(json);
  if (!document.has_root()) return fail(ErrorCode::malformed_input, "the answer cannot be read");
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : kColumns) rows[0].emplace_back(column.title);
  for (const fhir::Node step : document.root().children()) {
    std::vector<std::string> row;
    for (const Column& column : kColumns) {
      const fhir::Node attribute = find_below(step, column.tag);
      row.push_back(attribute ? plain(text_of(attribute)) : std::string());
    }
    rows.push_back(std::move(row));
  }
  if (options.format == Table::json) {
    output.line(json);
  } else if (rows.size() > 1) {
    output.write(table(rows));
  } else {
    complain("nothing matches");
  }
  return rows.size() > 1 ? kOk : kFound;
}

}  // namespace

int run_dicom_worklist(const DicomWorklistOptions& options, const CommonOptions& common) {
  Output output;
  const Result<int> done = list(options, common, output);
  const Result<> written = output.finish();
  if (!done) {
    complain(done.error().message());
    return done.error().code() == ErrorCode::invalid_argument ? kUsage : kFailed;
  }
  return written ? *done : kFailed;
}

}  // namespace meridian::app
