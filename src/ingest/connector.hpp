// Connector: how the messages of a feed come to its intake: by MLLP, from files in a folder, from a broker, a database.
//
// open() begins, once; what then comes is given to the intake. While paused nothing is read; what was read goes on.
// close() ends it; it stays until what was asked of the pipeline for it has been answered. Threads: open() and look()
// by one at a time, the rest by any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "connect/mllp_server.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::ingest {

class Intake;

class Connector {
 public:
  virtual ~Connector() = default;
  /// Errors: io_failure (address in use), invalid_argument (certificates).
  virtual Result<> open(net::Io& io) = 0;
  /// Asked about once a second: takes what lies ready. What could not be taken is taken at the next look.
  virtual Result<> look() { return {}; }
  virtual void close() {}
  virtual void pause() {}
  virtual void resume() {}
  /// Stops reading, answers what was read; true when nothing had to be cut.
  virtual bool drain(std::int64_t /*milliseconds*/) { return true; }
  virtual std::uint16_t port() const { return 0; }  ///< 0: it does not listen
  virtual connect::MllpServerCounts counts() const { return {}; }
  /// Why nothing comes; empty when all is well.
  virtual std::string fault() const { return {}; }
};

/// The password of a feed that logs in somewhere: what its file says, without the line end; of no file, none.
/// too_large beyond the limit.
Result<std::string> read_password(const std::string& path, std::size_t limit);

/// For the feed's declaration; the intake outlives it. Null: an outbound feed, or one whose messages others bring.
std::unique_ptr<Connector> make_connector(Intake& intake);

}  // namespace meridian::ingest
