// DICOMweb: parameters of searches, media types and bodies to store, from anywhere.
//
// The first byte chooses which. A search that is accepted asks for no more than its limits; a body is taken the same
// however it is cut, and what it stores is given out bit for bit.
#include <cstdint>
#include <cstdlib>
#include <future>
#include <string>

#include "base/testing/temporary_folder.hpp"
#include "dicomweb/internal/frames.hpp"
#include "dicomweb/internal/media.hpp"
#include "dicomweb/internal/query.hpp"
#include "dicomweb/routes.hpp"
#include "http/router.hpp"
#include "imaging/archive.hpp"

using namespace meridian;            // a fuzzer speaks of nothing else
using namespace meridian::dicomweb;  // likewise

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

struct Server {
  Server() {
    imaging::ArchiveOptions options;
    options.folder = folder.path() + "/archive";
    options.key = "fuzz";
    archive = *imaging::Archive::open(std::move(options));
    Services services;
    services.archive = archive.get();
    services.on_conflict = imaging::OnConflict::replace;
    mount_dicomweb(router, std::move(services));
  }
  testing::TemporaryFolder folder;
  std::unique_ptr<imaging::Archive> archive;
  http::Router router;
};

struct Mailbox : http::Responder::Target {
  std::promise<http::Response> promise;
  void send(http::Response response) override { promise.set_value(std::move(response)); }
};

void search(std::string_view query) {
  const auto parameters = http::parse_query(query);
  if (!parameters) return;
  for (const imaging::Level level : {imaging::Level::study, imaging::Level::series, imaging::Level::instance}) {
    const auto asked = dicomweb::internal::search_request(level, {"1.2"}, *parameters, 100);
    if (!asked) continue;
    expect(asked->limit <= 100 && asked->query.keys.all().size() <= 300);
    expect(asked->query.keys.value({0x0020, 0x000D}) == "1.2");
  }
}

void media(std::string_view text) {
  http::Request request(http::Method::get, "/");
  if (!http::is_field_value(text)) return;
  request.headers.add("Accept", text);
  const auto ranges = dicomweb::internal::accepted(request);
  if (!ranges) return;
  double last = 1;
  for (const dicomweb::internal::MediaRange& range : *ranges) {
    expect(range.quality > 0 && range.quality <= last);
    last = range.quality;
  }
}

void frames(std::string_view text) {
  const auto list = dicomweb::internal::frame_list(text, 9, 5);
  if (!list) return;
  expect(!list->empty() && list->size() <= 5);
  for (const std::uint32_t frame : *list) expect(frame >= 1 && frame <= 9);
}

int status_of_body(Server& server, std::string_view body, std::size_t step) {
  http::Request request(http::Method::post, "/dicomweb/studies");
  request.headers.add("Content-Type", "multipart/related; type=\"application/dicom\"; boundary=b");
  const http::Router::Match match = server.router.match(request);
  const auto mailbox = std::make_shared<Mailbox>();
  auto answer = mailbox->promise.get_future();
  auto sink = match.route->upload(std::move(request), http::Responder(mailbox));
  for (std::size_t at = 0; at < body.size(); at += step) {
    if (!(*sink)->write(body.substr(at, step), http::Waker())) return 400;
  }
  (*sink)->finish();
  return answer.get().status;
}

void store_body(std::string_view body) {
  static Server server;
  const int whole = status_of_body(server, body, body.size() + 1);
  const int cut = status_of_body(server, body, 7);
  expect(whole == cut);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      search(rest);
      break;
    case 1:
      media(rest);
      break;
    case 2:
      frames(rest);
      break;
    default:
      store_body(rest);
  }
  return 0;
}
