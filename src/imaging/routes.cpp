#include "imaging/routes.hpp"

#include <string>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "imaging/archive.hpp"
#include "imaging/dicom_nodes.hpp"
#include "imaging/study_keeper.hpp"

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

Response reload(DicomNodes& nodes) {
  const Result<std::vector<std::string>> changed = nodes.reload();
  if (!changed) return Response::problem(changed.error());
  fhir::JsonWriter out;
  out.begin_object().key("changed").begin_array();
  for (const std::string& name : *changed) out.string(name);
  out.end_array().end_object();
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

}  // namespace

void mount_dicom_nodes(http::Router& router, Archive& archive, DicomNodes& nodes, StudyKeeper& keeper) {
  router
      .add(Method::get, "/api/v1/dicom/nodes",
           [&archive, &nodes, &keeper](const Request&) { return show(archive, nodes, keeper); })
      .summary("Show the DICOM nodes, what the archive holds, and how far the record follows it")
      .tag("DICOM");
  router.add(Method::post, "/api/v1/dicom/nodes/_reload", [&nodes](const Request&) { return reload(nodes); })
      .summary("Put in force what the catalogue says of DICOM nodes now")
      .tag("DICOM");
  router.add(Method::post, "/api/v1/dicom/_verify", [&archive](const Request&) { return verify(archive); })
      .summary("Read every object of the archive and compare it with the index")
      .tag("DICOM")
      .time_limit_milliseconds(kVerifyMilliseconds);
}

}  // namespace meridian::imaging
