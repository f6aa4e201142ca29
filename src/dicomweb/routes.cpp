#include "dicomweb/routes.hpp"

#include <utility>

#include "dicomweb/internal/capabilities.hpp"
#include "dicomweb/internal/frames.hpp"
#include "dicomweb/internal/metadata.hpp"
#include "dicomweb/internal/rendered.hpp"
#include "dicomweb/internal/retrieve.hpp"
#include "dicomweb/internal/search.hpp"
#include "dicomweb/internal/store.hpp"
#include "http/router.hpp"

namespace meridian::dicomweb {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::Router;
using internal::DicomWebPtr;

constexpr std::int64_t kTransferMilliseconds = 3'600'000;
constexpr std::uint64_t kMaxBody = std::uint64_t{1} << 40;  // each object is held to the archive's own limit

constexpr std::string_view kStudy = "/studies/{study}";
constexpr std::string_view kSeries = "/studies/{study}/series/{series}";
constexpr std::string_view kInstance = "/studies/{study}/series/{series}/instances/{instance}";

std::string path(std::string_view below, std::string_view resource = {}) {
  return std::string(internal::kDicomWebRoot).append(below).append(resource);
}

http::ApiDescription description(std::string id, std::string summary, const char* media_type) {
  http::ApiDescription api;
  api.operation_id = "dicomweb." + std::move(id);
  api.summary = std::move(summary);
  api.tags = {"DICOMweb"};
  api.responses = {{200, "As asked", {{media_type, {}}}}};
  return api;
}

void add_store(Router& router, const DicomWebPtr& web) {
  for (const auto& [pattern, id] : {std::pair(path("/studies"), "store"), std::pair(path(kStudy), "store.study")}) {
    http::ApiDescription api = description(id, "Store DICOM objects (STOW-RS)", "application/dicom+json");
    api.request_body = {{"multipart/related", {}}, {"application/dicom", {}}};
    api.responses = {{200, "All objects are safe", {{"application/dicom+json", {}}}},
                     {202, "Some are safe, some were refused", {{"application/dicom+json", {}}}},
                     {409, "All were refused", {{"application/dicom+json", {}}}},
                     {503, "None is safe: send them again", {}}};
    router
        .add_upload(Method::post, pattern,
                    [web](const Request& request, http::Responder responder) {
                      return internal::store_instances(web, request, std::move(responder));
                    })
        .max_body(kMaxBody)
        .time_limit_milliseconds(kTransferMilliseconds)
        .describe(std::move(api));
  }
}

void add_search(Router& router, const DicomWebPtr& web) {
  struct Row {
    std::string pattern;
    const char* id;
    imaging::Level level;
  };
  const Row rows[] = {{path("/studies"), "search.studies", imaging::Level::study},
                      {path("/series"), "search.series", imaging::Level::series},
                      {path("/instances"), "search.instances", imaging::Level::instance},
                      {path(kStudy, "/series"), "search.study.series", imaging::Level::series},
                      {path(kStudy, "/instances"), "search.study.instances", imaging::Level::instance},
                      {path(kSeries, "/instances"), "search.series.instances", imaging::Level::instance}};
  for (const Row& row : rows) {
    using In = http::ApiParameter::In;
    http::ApiDescription api =
        description(row.id, "Search studies, series or instances (QIDO-RS)", "application/dicom+json");
    api.parameters = {{In::query, "PatientID", "an attribute by keyword or tag, and what it must be"},
                      {In::query, "includefield", "attributes that the answer has besides; or all"},
                      {In::query, "fuzzymatching", "true: words of a name, from their beginning"},
                      {In::query, "limit", "at most so many"},
                      {In::query, "offset", "after so many"}};
    api.responses.push_back({204, "Nothing matches", {}});
    router
        .add(Method::get, row.pattern,
             [web, level = row.level](const Request& request) { return internal::search(*web, level, request); })
        .describe(std::move(api));
  }
}

using Answer = Response (*)(const DicomWebPtr&, const Request&);

void add_retrieve(Router& router, const DicomWebPtr& web) {
  struct Row {
    std::string pattern;
    const char* id;
    const char* summary;
    const char* media_type;
    Answer answer;
  };
  constexpr const char* kObjects = "multipart/related";
  constexpr const char* kJson = "application/dicom+json";
  constexpr const char* kPicture = "image/jpeg";
  const Row rows[] = {
      {path(kStudy), "retrieve.study", "Retrieve a study (WADO-RS)", kObjects, internal::retrieve},
      {path(kSeries), "retrieve.series", "Retrieve a series (WADO-RS)", kObjects, internal::retrieve},
      {path(kInstance), "retrieve.instance", "Retrieve an instance (WADO-RS)", kObjects, internal::retrieve},
      {path(kStudy, "/metadata"), "metadata.study", "Metadata of a study", kJson, internal::metadata},
      {path(kSeries, "/metadata"), "metadata.series", "Metadata of a series", kJson, internal::metadata},
      {path(kInstance, "/metadata"), "metadata.instance", "Metadata of an instance", kJson, internal::metadata},
      {path(kInstance, "/frames/{frames}"), "frames", "Frames of an instance", kObjects, internal::frames},
      {path(kInstance, "/bulkdata/{path...}"), "bulkdata", "Bulk data that metadata names", kObjects,
       internal::bulk_data},
      {path(kInstance, "/rendered"), "rendered.instance", "An instance as a picture", kPicture, internal::rendered},
      {path(kInstance, "/frames/{frames}/rendered"), "rendered.frames", "Frames as pictures", kPicture,
       internal::rendered},
      {path(kStudy, "/thumbnail"), "thumbnail.study", "A small picture of a study", kPicture, internal::thumbnail},
      {path(kSeries, "/thumbnail"), "thumbnail.series", "A small picture of a series", kPicture, internal::thumbnail},
      {path(kInstance, "/thumbnail"), "thumbnail.instance", "A small picture of an instance", kPicture,
       internal::thumbnail},
      {path(kInstance, "/frames/{frames}/thumbnail"), "thumbnail.frame", "A small picture of a frame", kPicture,
       internal::thumbnail},
  };
  for (const Row& row : rows) {
    router
        .add(Method::get, row.pattern,
             [web, answer = row.answer](const Request& request) { return answer(web, request); })
        .time_limit_milliseconds(kTransferMilliseconds)
        .describe(description(row.id, row.summary, row.media_type));
  }
}

void add_removal(Router& router, const DicomWebPtr& web) {
  for (const auto& [pattern, id] : {std::pair(kStudy, "delete.study"), std::pair(kSeries, "delete.series"),
                                    std::pair(kInstance, "delete.instance")}) {
    http::ApiDescription api = description(id, "Remove objects from the archive", "");
    api.responses = {{204, "They are gone", {}}, {404, "There are none", {}}};
    router
        .add(Method::delete_, path(pattern), [web](const Request& request) { return internal::remove(*web, request); })
        .describe(std::move(api));
  }
}

}  // namespace

void mount_dicomweb(http::Router& router, Services services) {
  const auto web = std::make_shared<const internal::DicomWeb>(internal::DicomWeb{std::move(services)});
  for (const Method method : {Method::get, Method::options}) {
    http::ApiDescription api = description(method == Method::get ? "capabilities" : "capabilities.options",
                                           "What DICOMweb offers here, and its limits", "application/json");
    router
        .add(method, std::string(internal::kDicomWebRoot),
             [web](const Request& request) { return internal::capabilities(*web, request); })
        .describe(std::move(api));
  }
  add_store(router, web);
  add_search(router, web);
  add_retrieve(router, web);
  add_removal(router, web);
}

}  // namespace meridian::dicomweb
