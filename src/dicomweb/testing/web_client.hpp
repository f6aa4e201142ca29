// An archive in a folder of its own with DICOMweb in front of it, asked without sockets.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/testing/temporary_folder.hpp"
#include "dicomweb/routes.hpp"
#include "http/router.hpp"
#include "imaging/archive.hpp"

namespace meridian::dicomweb::testing {

struct WebReply {
  int status = 0;
  http::Headers headers;
  std::string body;
  bool is_whole = true;  ///< the body did not end in an error
};

/// One part of a multipart body.
struct WebPart {
  http::Headers headers;
  std::string body;
};

class WebClient {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  explicit WebClient(Services services = {}, imaging::ArchiveOptions options = {});

  imaging::Archive& archive() { return *archive_; }
  WebReply get(std::string_view target, std::string_view accept = {}, Fields fields = {});
  WebReply remove(std::string_view target);
  WebReply ask(http::Method method, std::string_view target, std::string body, const Fields& fields);
  /// In pieces of so many bytes.
  WebReply post(std::string_view target, std::string_view content_type, std::string_view body,
                std::size_t piece = 1000);
  /// As multipart/related; type="application/dicom".
  WebReply store(const std::vector<std::string>& files, std::string_view target = "/dicomweb/studies");

  const http::Router& router() const { return router_; }

 private:
  meridian::testing::TemporaryFolder folder_;
  std::unique_ptr<imaging::Archive> archive_;
  http::Router router_;
};

/// The parts of a reply that is multipart; fails the test where it is none.
std::vector<WebPart> parts_of(const WebReply& reply);

}  // namespace meridian::dicomweb::testing
