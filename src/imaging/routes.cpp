#include "imaging/routes.hpp"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "imaging/archive.hpp"
#include "imaging/dicom_nodes.hpp"
#include "imaging/study_keeper.hpp"
#include "imaging/worklist.hpp"

namespace meridian::imaging {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::int64_t kVerifyMilliseconds = 24 * 3'600'000;

void write(fhir::JsonWriter& out, const DicomNodeState& state) {
  const DicomNode& node = state.node;
  out.begin_object();
  out.key("node").string(node.name).key("title").string(node.title_english).key("title_zh").string(node.title_chinese);
  out.key("state").string(!node.is_enabled ? "disabled" : state.port == 0 ? "not listening" : "running");
  out.key("listen").string(node.server.host + ':' + std::to_string(state.port != 0 ? state.port : node.server.port));
  out.key("tls").boolean(node.server.tls).key("titles").begin_array();
  for (const std::string& title : node.server.titles) out.string(title);
  out.end_array().key("peers").begin_array();
  for (const connect::DicomKnownPeer& peer : node.server.peers) out.string(peer.title);
  out.end_array().key("on_conflict").string(node.on_conflict == OnConflict::refuse ? "refuse" : "replace");
  const connect::DicomServerCounts& counts = state.counts;
  out.key("connections").number(counts.connections_open).key("accepted").number(counts.associations_accepted);
  out.key("rejected").number(counts.associations_rejected).key("aborted").number(counts.associations_aborted);
  out.key("refused").number(counts.connections_refused).key("operations").number(counts.operations);
  out.key("objects_received").number(counts.objects_received).key("objects_sent").number(counts.objects_sent);
  out.key("bytes_received").number(counts.bytes_received).key("bytes_sent").number(counts.bytes_sent);
  out.end_object();
}

Response show(const Archive& archive, const DicomNodes& nodes, const StudyKeeper& keeper) {
  fhir::JsonWriter out;
  out.begin_object().key("nodes").begin_array();
  for (const DicomNodeState& state : nodes.all()) write(out, state);
  const ArchiveCounts counts = archive.counts();
  out.end_array().key("archive").begin_object();
  out.key("studies").number(counts.studies).key("series").number(counts.series);
  out.key("instances").number(counts.instances).key("bytes").number(counts.bytes).end_object();
  const StudyKeeperCounts kept = keeper.counts();
  out.key("imaging_studies").begin_object();
  out.key("written").number(kept.written).key("faults").number(kept.faults).key("up_to_date").boolean(kept.behind == 0);
  out.end_object().end_object();
  return Response::json(std::move(out).take());
}

Response reload(DicomNodes& nodes, Worklist& worklist) {
  const Result<bool> is_other_worklist = worklist.reload();
  if (!is_other_worklist) return Response::problem(is_other_worklist.error());
  const Result<std::vector<std::string>> changed = nodes.reload();
  if (!changed) return Response::problem(changed.error());
  fhir::JsonWriter out;
  out.begin_object().key("changed").begin_array();
  for (const std::string& name : *changed) out.string(name);
  out.end_array().key("worklist").boolean(*is_other_worklist).end_object();
  return Response::json(std::move(out).take());
}

Response verify(const Archive& archive) {
  std::string last;
  const auto faults = archive.verify([&](std::string_view progress) { last = progress; });
  if (!faults) return Response::problem(faults.error());
  fhir::JsonWriter out;
  out.begin_object().key("faults").begin_array();
  for (const std::string& fault : *faults) out.string(fault);
  out.end_array().key("note").string(last).end_object();
  return Response::json(std::move(out).take());
}

constexpr std::uint64_t kMostSteps = 10'000;

/// `limit` and the AE title that asks; all other parameters are keys.
Result<std::string> steps_asked_for(const Worklist& worklist, const Request& request) {
  std::uint64_t limit = kMostSteps;
  WorklistRequest asked;
  std::vector<std::pair<std::string, std::string>> keys;
  for (const auto& [name, value] : request.target.parameters) {
    if (name == "caller") {
      asked.caller = value;
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
      if (error != std::errc() || end != value.data() + value.size() || limit == 0 || limit > kMostSteps) {
        return fail(ErrorCode::invalid_argument, "\"limit\" is a number from 1 to 10000");
      }
    } else {
      keys.emplace_back(name, value);
    }
  }
  asked.keys = TRY(worklist_keys(keys));
  asked.returns_all = true;
  store::ReadContext reader = store::local_reader();
  reader.deadline = request.deadline;
  reader.stop = request.stop;
  const auto steps = TRY(worklist.find(std::move(reader), std::move(asked)));
  std::string body = "[";
  for (std::uint64_t i = 0; i < limit; ++i) {
    const std::optional<Item> item = TRY(steps->next());
    if (!item) break;
    if (body.size() > 1) body += ',';
    body += to_json(*item);
  }
  return body + ']';
}

Response steps(const Worklist& worklist, const Request& request) {
  Result<std::string> body = steps_asked_for(worklist, request);
  if (!body) return Response::problem(body.error());
  Response response = Response::bytes("application/dicom+json", *std::move(body));
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

}  // namespace

void mount_dicom_nodes(http::Router& router, Archive& archive, DicomNodes& nodes, StudyKeeper& keeper,
                       Worklist& worklist) {
  router
      .add(Method::get, "/api/v1/dicom/nodes",
           [&archive, &nodes, &keeper](const Request&) { return show(archive, nodes, keeper); })
      .summary("Show the DICOM nodes, what the archive holds, and how far the record follows it")
      .tag("DICOM");
  router
      .add(Method::post, "/api/v1/dicom/nodes/_reload",
           [&nodes, &worklist](const Request&) { return reload(nodes, worklist); })
      .summary("Put in force what the catalogue says of DICOM nodes and of the worklist now")
      .tag("DICOM");
  router
      .add(Method::get, "/api/v1/dicom/worklist",
           [&worklist](const Request& request) { return steps(worklist, request); })
      .summary("List the scheduled procedure steps that a modality would see")
      .tag("DICOM");
  router.add(Method::post, "/api/v1/dicom/_verify", [&archive](const Request&) { return verify(archive); })
      .summary("Read every object of the archive and compare it with the index")
      .tag("DICOM")
      .time_limit_milliseconds(kVerifyMilliseconds);
}

}  // namespace meridian::imaging
