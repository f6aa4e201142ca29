#include "app/endpoint.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <utility>

#include "app/instance.hpp"
#include "app/settings.hpp"
#include "base/file_system.hpp"
#include "base/log.hpp"
#include "formats/fhir/document.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

constexpr std::int64_t kLongestAnswerMs = 6LL * 3600 * 1000;  // a verification or a back-up takes as long as it takes

/// Whether somebody listens behind a socket file; one that a killed server left behind refuses.
bool is_answered(const std::string& path) {
  sockaddr_un room{};
  if (path.size() >= sizeof room.sun_path) return false;
  room.sun_family = AF_UNIX;
  std::memcpy(room.sun_path, path.data(), path.size());
  const int handle = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return false;
  const bool connected = ::connect(handle, reinterpret_cast<const sockaddr*>(&room), sizeof room) == 0;
  ::close(handle);
  return connected;
}

/// The words of an OperationOutcome, a problem, or nothing.
std::string words_of(const std::string& body) {
  Issues ignored;
  fhir::DocumentParser parser;
  const fhir::Document document = parser.parse_as(fhir::TypeId::none, body, ignored);
  if (!document.has_root()) return {};
  const fhir::Node root = document.root();
  if (const fhir::Node detail = root.child("detail")) return std::string(detail.text());
  // Without a type a document knows its members by key only.
  for (const fhir::Node member : root.children()) {
    if (member.key() == "detail") return std::string(member.text());
    if (member.key() != "issue") continue;
    std::string details;
    std::string diagnostics;
    for (const fhir::Node part : member.children()) {
      if (part.key() == "diagnostics") diagnostics = std::string(part.text());
      if (part.key() != "details") continue;
      for (const fhir::Node word : part.children()) {
        if (word.key() == "text") details = std::string(word.text());
      }
    }
    return details.empty() ? diagnostics : details;
  }
  return {};
}

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
      return ErrorCode::invalid_argument;
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::forbidden;
    case 404:
      return ErrorCode::not_found;
    case 409:
      return ErrorCode::conflict;
    case 410:
      return ErrorCode::gone;
    case 412:
      return ErrorCode::precondition_failed;
    case 413:
      return ErrorCode::too_large;
    case 422:
      return ErrorCode::unprocessable;
    case 429:
    case 503:
    case 507:
      return ErrorCode::busy;
    case 501:
      return ErrorCode::unsupported;
    default:
      return ErrorCode::internal;
  }
}

}  // namespace

struct Endpoint::State {
  std::string base;    // "http://host:port" or "unix:/path:"
  std::string tenant;  // "" or "/t/name"
  Language language = Language::english;
  std::unique_ptr<Instance> own;
  std::unique_ptr<net::Io> io;
  std::optional<http::Client> client;
};

Endpoint::Endpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}
Endpoint::Endpoint(Endpoint&&) noexcept = default;
Endpoint::~Endpoint() = default;

std::string socket_path(std::string_view data) {
  return std::string(data) + "/meridian.sock";
}

Result<Endpoint> Endpoint::open(const Place& place, const CommonOptions& common, Missing missing) {
  auto state = std::make_unique<State>();
  state->language = common.language;
  if (!place.tenant.empty()) state->tenant = "/t/" + place.tenant;
  if (!place.server.empty()) {
    std::string_view url = place.server;
    while (url.ends_with('/')) url.remove_suffix(1);
    if (url.ends_with("/fhir")) url.remove_suffix(5);
    TRY(http::parse_url(std::string(url) + "/"));
    state->base = url;
  } else if (is_answered(socket_path(place.data))) {
    state->base = "unix:" + socket_path(place.data) + ":";
  } else {
    if (missing == Missing::refuse && !TRY(system_files().exists(place.data))) {
      return fail(ErrorCode::not_found, "there is no data folder " + place.data +
                                            "; name one with --data DIR, or a server with --server URL");
    }
    const Config config = TRY(load_config(common));
    LogOptions log;  // a command tells people what happened by itself
    log.level = LogLevel::error;
    configure_log(log);
    http::ListenAddress listen;
    listen.unix_path = socket_path(place.data);
    state->own = TRY(Instance::start(config, common.language, place.data, {listen}));
    state->base = "unix:" + socket_path(place.data) + ":";
  }
  state->io = std::make_unique<net::Io>(net::IoOptions{.threads = 1});
  http::ClientOptions options;
  options.allowed_reach = http::AllowedReach::anywhere;
  options.total_ms = kLongestAnswerMs;
  options.stall_ms = kLongestAnswerMs;
  options.max_body_bytes = std::uint64_t{1} << 31;
  options.user_agent = "meridian";
  state->client = TRY(http::Client::create(std::move(options), *state->io));
  return Endpoint(std::move(state));
}

Result<http::ClientResponse> Endpoint::send(Request request) {
  http::ClientRequest out;
  out.method = request.method;
  out.url = state_->base + state_->tenant + request.path;
  out.headers.set("Accept", "application/fhir+json, application/json;q=0.9, */*;q=0.1");
  out.headers.set("Accept-Language", state_->language == Language::chinese ? "zh" : "en");
  if (!request.content_type.empty()) out.headers.set("Content-Type", request.content_type);
  if (!request.prefer.empty()) out.headers.set("Prefer", request.prefer);
  out.body = std::move(request.body);
  out.next_piece = std::move(request.next_piece);
  out.on_body = std::move(request.on_body);
  return state_->client->fetch(std::move(out));
}

Result<http::ClientResponse> Endpoint::call(Request request) {
  http::ClientResponse response = TRY(send(std::move(request)));
  if (response.status / 100 == 2) return response;
  std::string words = words_of(response.body);
  if (words.empty()) words = "the server answered " + std::to_string(response.status);
  return fail(code_of(response.status), std::move(words));
}

std::string Endpoint::path_of(std::string_view url) const {
  // scheme://host/path, or a path already
  std::size_t at = url.find("://");
  if (at != std::string_view::npos) {
    at = url.find('/', at + 3);
    url = at == std::string_view::npos ? std::string_view("/") : url.substr(at);
  }
  if (!state_->tenant.empty() && url.starts_with(state_->tenant + "/")) url.remove_prefix(state_->tenant.size());
  return std::string(url);
}

}  // namespace meridian::app
