#include "dicomweb/internal/common.hpp"

#include <array>

#include "base/hex.hpp"
#include "base/random.hpp"

namespace meridian::dicomweb::internal {
namespace {

// The error code has no status of its own; refusal() gives it 406.
constexpr std::string_view kNotAcceptable = "not acceptable: ";

}  // namespace

bool is_uid(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<imaging::InstanceKey> key_of(const http::Request& request) {
  imaging::InstanceKey key;
  for (const auto& [name, into] :
       {std::pair("study", &key.study), std::pair("series", &key.series), std::pair("instance", &key.instance)}) {
    *into = request.path_parameter(name);
    if (!into->empty() && !is_uid(*into)) {
      return fail(ErrorCode::invalid_argument, std::string("the ") + name + " in the path is no UID");
    }
  }
  return key;
}

store::ReadContext reader_of(const http::Request& request) {
  store::ReadContext reader = store::local_reader();
  reader.deadline = request.deadline;
  reader.stop = request.stop;
  return reader;
}

std::string source_of(const http::Request& request) {
  return "dicomweb/" + request.peer.address;
}

std::string base_of(const http::Request& request, const DicomWeb& web) {
  std::string base = web.services.base_url;
  if (base.empty()) {
    base = request.peer.encrypted ? "https://" : "http://";
    const std::string_view host = request.host();
    base += host.empty() ? std::string_view("localhost") : host;
  }
  return base.append(kDicomWebRoot);
}

std::string url_of(const std::string& base, const imaging::InstanceKey& key) {
  std::string url = base + "/studies/" + key.study;
  if (!key.series.empty()) url += "/series/" + key.series;
  if (!key.instance.empty()) url += "/instances/" + key.instance;
  return url;
}

std::string warning(std::string_view text) {
  return "299 meridian \"" + std::string(text) + '"';
}

std::string new_boundary() {
  std::array<std::byte, 16> bytes;
  system_random().fill(bytes);
  return "meridian-" + to_hex(bytes);
}

Error not_decoded(const Error& error) {
  if (error.code() == ErrorCode::malformed_input) return {ErrorCode::unprocessable, "its pixels cannot be decoded"};
  if (error.code() == ErrorCode::unsupported) return {ErrorCode::unprocessable, error.message()};
  return error;
}

tl::unexpected<Error> not_acceptable(std::string_view what) {
  return fail(ErrorCode::unsupported, std::string(kNotAcceptable).append(what));
}

http::Response refusal(const Error& error) {
  const std::string_view message = error.message();
  if (error.code() == ErrorCode::unsupported && message.starts_with(kNotAcceptable)) {
    return http::Response::problem(406, message.substr(kNotAcceptable.size()));
  }
  return http::Response::problem(error);
}

}  // namespace meridian::dicomweb::internal
