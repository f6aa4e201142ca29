// Endpoint: where a data command's requests go: a server behind a URL, the server that holds the data folder (through
// the socket in it), or, when nobody holds it, a server of the command's own for as long as it runs. One way for all
// three, so that a command does the same whichever it is.
//
// One thread; blocks while the answer comes. Errors: not_found (no such folder), conflict (held by a process that does
// not answer), and those of http::Client.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "app/data_options.hpp"
#include "app/options.hpp"
#include "base/callback.hpp"
#include "base/result.hpp"
#include "http/client.hpp"

namespace meridian::app {

/// Of the socket in a data folder.
std::string socket_path(std::string_view data);

enum class Missing : std::uint8_t { refuse, create };

class Endpoint {
 public:
  /// `missing` says whether a data folder that is not there is made.
  static Result<Endpoint> open(const Place& place, const CommonOptions& common, Missing missing);
  Endpoint(Endpoint&&) noexcept;
  ~Endpoint();

  struct Request {
    http::Method method = http::Method::get;
    std::string path;  ///< "/fhir/Patient/1", "/api/v1/stats"; the tenant is added
    std::string content_type = {};
    std::string body = {};
    std::string prefer = {};
    Callback<std::string()> next_piece = {};  ///< of a body that is too long to be held
    Callback<bool(std::string_view)> on_body = {};
  };
  /// Any 2xx answer; the rest as an Error with the first words of the OperationOutcome or problem.
  Result<http::ClientResponse> call(Request request);
  /// Any complete answer.
  Result<http::ClientResponse> send(Request request);
  /// An absolute URL that the server gave, as a path for call().
  std::string path_of(std::string_view url) const;

 private:
  struct State;
  explicit Endpoint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::app
