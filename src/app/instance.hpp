// Instance: one running Meridian: the store of a data folder, what works on it, the routes, and the server in front.
//
// `serve` holds one until it is told to stop; a data command holds one as long as it runs (endpoint.hpp). This is the
// one place where modules are put together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/issue.hpp"
#include "base/result.hpp"
#include "http/server.hpp"

namespace meridian::store {
class Store;
}

namespace meridian::app {

inline constexpr std::string_view kArchiveFolder = "archive";  ///< of DICOM objects, within the data folder

class Instance {
 public:
  /// Opens the folder, which is made when it is not there, and listens. Errors: conflict (another process holds the
  /// folder), io_failure, invalid_argument (a setting).
  static Result<std::unique_ptr<Instance>> start(const Config& config, Language language, const std::string& data,
                                                 std::vector<http::ListenAddress> listen);
  /// Finishes what is under way, for as long as http.drain_time says, then closes the store.
  ~Instance();

  /// Takes messages of the declared feeds, and objects of DICOM nodes. Errors: io_failure (an address is in use),
  /// invalid_argument (certificates).
  Result<> listen();

  http::Server& server();
  store::Store& store();

 private:
  struct State;
  explicit Instance(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::app
