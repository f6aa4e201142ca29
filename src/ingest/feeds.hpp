// Feeds: all declared feeds of a data folder, the inbox that they share, and what looks after it.
//
//   auto feeds = TRY(Feeds::start({.folder = data, .catalog = data + "/catalog"}, services));
//   TRY(feeds->listen(io));
//
// What the catalogue says is looked at every few seconds: a feed whose declaration changed, or any when a mapping did,
// is ended and started anew; what is declared wrongly changes nothing, and fault() says why. Any thread, once started.
// Lifetime: the store, ports and Io outlive it; drain(), then destruction.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "ingest/comparison.hpp"
#include "ingest/device_register.hpp"
#include "ingest/feed_service.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {

struct FeedsOptions {
  std::string folder;   ///< the inbox lies in it
  std::string catalog;  ///< of feeds and mappings, as the project's own; what is not there declares none
  int threads = 2;
};

struct FeedsServices {
  store::Store* store = nullptr;
  net::Io* io = nullptr;  ///< for destinations
  MemoryBudget* memory = nullptr;
  store::Sealer* sealer = nullptr;
  const IdentityResolver* resolver = nullptr;
  const QualityGate* gate = nullptr;
};

/// Names of feeds.
struct FeedChanges {
  std::vector<std::string> started;  ///< anew, too
  std::vector<std::string> stopped;
};

class Feeds {
 public:
  /// Errors: invalid_argument (a line for each fault in a declaration or a mapping), and those of the inbox.
  static Result<std::unique_ptr<Feeds>> start(FeedsOptions options, FeedsServices services);
  ~Feeds();
  Feeds(const Feeds&) = delete;
  Feeds& operator=(const Feeds&) = delete;

  /// All that are enabled. Errors: io_failure (address in use), invalid_argument (certificates).
  Result<> listen(net::Io& io);
  bool drain(std::int64_t milliseconds);

  /// The devices that are known.
  const DeviceRegister& devices() const;
  /// Registers a device, and works again on what of it is quarantined; how many messages. Errors: invalid_argument (no
  /// such kind; the register cannot be read), conflict (its number is there already), io_failure.
  Result<std::uint64_t> admit(const RegisteredDevice& device);
  /// Null: nothing has needed mappings yet, or they have faults.
  std::shared_ptr<const mapping::Catalogue> mappings() const;

  /// In the order of their names; also those that are not enabled.
  std::vector<std::shared_ptr<FeedService>> all() const;
  /// Of the mappings in force.
  Result<std::shared_ptr<const mapping::MergeRules>> rules() const;
  std::shared_ptr<FeedService> find(std::string_view name) const;  ///< null: no such feed; not to be kept
  /// Puts in force what the catalogue says now. Errors as of start(); then all goes on as before, except feeds that
  /// could not be started anew.
  Result<FeedChanges> reload();
  /// Why what the catalogue says is not in force; empty when it is.
  std::string fault() const;
  /// The inbox, as it is now, in a folder that is not there yet; none where there is no inbox.
  Result<> checkpoint(const std::string& folder) const;
  static constexpr std::string_view kInboxFolder = "inbox/kv";  ///< that of a checkpoint, within the data folder
  /// What a feed's messages would become with these files in the place of those of the mappings in force.
  /// Errors: those of compare(); unprocessable (a line for each fault in the files).
  Result<Comparison> compare(const FeedService& feed, InboxQuery query,
                             std::vector<mapping::CatalogueFile> files) const;

 private:
  struct State;
  explicit Feeds(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::ingest
