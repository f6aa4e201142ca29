#include "dicomweb/internal/search.hpp"

#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/query.hpp"

namespace meridian::dicomweb::internal {
namespace {

constexpr dicom::Tag kRetrieveUrl{0x0008, 0x1190};

Result<http::Response> answer(const DicomWeb& web, imaging::Level level, const http::Request& request) {
  if (!preferred(TRY(accepted(request)), {kDicomJson, "application/json"})) {
    return not_acceptable("what is found is told in application/dicom+json");
  }
  const imaging::InstanceKey above = TRY(key_of(request));
  SearchRequest asked = TRY(search_request(level, above, request.target.parameters, web.services.max_results));
  const std::unique_ptr<imaging::Matches> matches = TRY(web.archive().find(reader_of(request), std::move(asked.query)));
  const std::string base = base_of(request, web);
  std::string body = "[";
  std::uint64_t seen = 0;
  bool is_cut = false;
  while (std::optional<imaging::Match> match = TRY(matches->next())) {
    if (seen++ < asked.offset) continue;
    if (seen - asked.offset > asked.limit) {
      is_cut = true;
      break;
    }
    match->attributes.set(kRetrieveUrl, dicom::Vr::ur, url_of(base, match->key));
    if (body.size() > 1) body += ',';
    body += to_json(match->attributes);
  }
  const bool is_empty = body.size() == 1;
  body += ']';
  http::Response response = is_empty ? http::Response(204) : http::Response::bytes(kDicomJson, std::move(body));
  if (is_cut) {
    response.headers.set("Warning", warning("There are additional results that can be requested with offset."));
  }
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

}  // namespace

http::Response search(const DicomWeb& web, imaging::Level level, const http::Request& request) {
  return answered(answer(web, level, request));
}

}  // namespace meridian::dicomweb::internal
