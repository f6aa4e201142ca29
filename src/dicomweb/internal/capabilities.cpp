#include "dicomweb/internal/capabilities.hpp"

#include "formats/dicom/dictionary.hpp"
#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"

namespace meridian::dicomweb::internal {
namespace {

void strings(fhir::JsonWriter& json, std::string_view key, std::initializer_list<std::string_view> values) {
  json.key(key).begin_array();
  for (const std::string_view value : values) json.string(value);
  json.end_array();
}

void match_keys(fhir::JsonWriter& json) {
  json.key("matchKeys").begin_object();
  for (const auto& [name, level] :
       {std::pair("patient", imaging::Level::patient), std::pair("study", imaging::Level::study),
        std::pair("series", imaging::Level::series), std::pair("instance", imaging::Level::instance)}) {
    json.key(name).begin_array();
    for (const dicom::Tag tag : tags_of(level)) json.string(dicom::keyword(tag));
    if (level == imaging::Level::study) json.string("ModalitiesInStudy");
    json.end_array();
  }
  json.end_object();
}

}  // namespace

http::Response capabilities(const DicomWeb& web, const http::Request& request) {
  const imaging::ArchiveCounts counts = web.archive().counts();
  const Services& services = web.services;
  fhir::JsonWriter json;
  json.begin_object();
  json.key("service").string("DICOMweb");
  json.key("specification").string("https://dicom.nema.org/medical/dicom/current/output/html/part18.html");
  json.key("baseUrl").string(base_of(request, web));
  json.key("archive").begin_object();
  const auto number = [&json](const char* key, std::uint64_t value) {
    json.key(key).number(static_cast<std::int64_t>(value));
  };
  number("studies", counts.studies);
  number("series", counts.series);
  number("instances", counts.instances);
  number("bytes", counts.bytes);
  json.end_object();
  json.key("transactions").begin_object();
  strings(json, "store", {"POST /studies", "POST /studies/{study}"});
  strings(json, "search",
          {"GET /studies", "GET /series", "GET /instances", "GET /studies/{study}/series",
           "GET /studies/{study}/instances", "GET /studies/{study}/series/{series}/instances"});
  strings(json, "retrieve",
          {"GET /studies/{study}", "GET /studies/{study}/series/{series}",
           "GET /studies/{study}/series/{series}/instances/{instance}", "…/metadata", "…/frames/{list}",
           "…/bulkdata/{path}", "…/rendered", "…/frames/{list}/rendered", "…/thumbnail"});
  strings(json, "delete",
          {"DELETE /studies/{study}", "DELETE /studies/{study}/series/{series}",
           "DELETE /studies/{study}/series/{series}/instances/{instance}"});
  json.end_object();
  json.key("mediaTypes").begin_object();
  strings(json, "store", {"multipart/related; type=\"application/dicom\"", "application/dicom"});
  strings(json, "search", {"application/dicom+json"});
  strings(json, "retrieve", {"multipart/related; type=\"application/dicom\"", "application/dicom"});
  strings(json, "metadata", {"application/dicom+json"});
  strings(json, "frames",
          {"application/octet-stream", "image/jpeg", "image/jls", "image/jp2", "image/jpx", "image/jphc",
           "image/dicom-rle"});
  strings(json, "rendered", {"image/jpeg", "image/png"});
  json.end_object();
  strings(json, "transferSyntaxesWritten",
          {dicom::uids::kExplicitLittle, dicom::uids::kImplicitLittle, dicom::uids::kDeflated,
           dicom::uids::kExplicitBig, dicom::uids::kJpegLossless, dicom::uids::kRle});
  match_keys(json);
  json.key("limits").begin_object();
  number("searchResults", services.max_results);
  number("objectsInARequest", services.max_parts);
  number("framesInAList", services.max_frames);
  number("decodedBytes", services.max_decoded_bytes);
  number("viewport", services.max_viewport);
  json.end_object();
  json.end_object();
  return http::Response::json(std::move(json).take()).with("Cache-Control", "no-cache");
}

}  // namespace meridian::dicomweb::internal
