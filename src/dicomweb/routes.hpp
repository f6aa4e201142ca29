// DICOMweb: the archive over HTTP: mount_dicomweb() puts it into an http::Router, at /dicomweb.
//
//   STOW-RS  POST   /studies, /studies/{study}
//   QIDO-RS  GET    /studies, /series, /instances and those below a study or a series
//   WADO-RS  GET    /studies/{study}[/series/{series}[/instances/{instance}]] and, below them, /metadata,
//   /frames/{list},
//                   /bulkdata/{path}, /rendered, /thumbnail
//            DELETE the same three
//            GET    /dicomweb: what there is, with its limits
//
// Objects stream: one that comes is handed to the archive piece by piece, one that goes out as it lies on the disk is
// read as the socket takes it. Only where pixels are decoded, or an object is written in another transfer syntax, is
// it in memory, one at a time for each request. Answers say no more than what was asked, errors nothing of a patient.
// Threads: handlers run on the server's executor, any number at once. The services outlive the router.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#chapter_10
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "imaging/archive.hpp"

namespace meridian::http {
class Executor;
class Router;
}  // namespace meridian::http

namespace meridian::dicomweb {

struct Services {
  imaging::Archive* archive = nullptr;
  http::Executor* executor = nullptr;  ///< where an answer is made ready once objects are safe; null: right there
  std::string base_url = {};           ///< "https://example.org" in front of URLs; empty: as the client says (Host)
  imaging::OnConflict on_conflict = imaging::OnConflict::refuse;
  std::size_t max_results = 1'000;                           ///< of one search
  std::size_t max_parts = 50'000;                            ///< objects of one request to store
  std::size_t max_frames = 10'000;                           ///< of one list of frames
  std::uint64_t max_decoded_bytes = std::uint64_t{1} << 30;  ///< of an object that is read whole
  std::uint32_t max_viewport = 8'192;                        ///< rows and columns of what is rendered
};

void mount_dicomweb(http::Router& router, Services services);

}  // namespace meridian::dicomweb
