#include "ingest/feeds.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "base/thread_pool.hpp"
#include "ingest/destination.hpp"
#include "ingest/device_format.hpp"
#include "ingest/message_format.hpp"
#include "ingest/messages.hpp"
#include "ingest/quarantine.hpp"
#include "ingest/record_writer.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {
namespace {

constexpr auto kBetweenLooks = std::chrono::seconds(1);  // at folders
constexpr int kLooksBetweenReloads = 5;
constexpr int kLooksBetweenSweeps = 60;
constexpr std::int64_t kStopMilliseconds = 5'000;
constexpr std::size_t kQueue = 4096;

/// The mappings of the program, with these files in the place of theirs.
Result<std::shared_ptr<const mapping::Catalogue>> open_mappings(std::vector<mapping::CatalogueFile> others) {
  std::vector<mapping::CatalogueFile> files = mapping::embedded_catalogue();
  put_over(files, std::move(others));
  Issues faults;
  auto catalogue = mapping::Catalogue::from_files(files, faults);
  if (catalogue) return *std::move(catalogue);
  std::string lines = "the mappings have faults:";
  for (const Issue& fault : faults.all()) {
    lines += '\n' + fault.path + ':' + std::to_string(fault.position.line) + ": " + text(fault, Language::english);
  }
  return fail(ErrorCode::unprocessable, std::move(lines));
}

/// Of outbound feeds, whose messages become nothing in the record.
class NothingMapper final : public Mapper {
 public:
  std::shared_ptr<const mapping::MergeRules> rules() const override { return nullptr; }
  Writes map(const Message& /*message*/, Issues& /*issues*/) const override { return {}; }
};

/// A feed at work with what it works by, in the order in which they are made.
struct Running {
  Feed declared;
  bool is_routed = false;  // an outbound feed takes its messages
  MessageFormat format;
  std::unique_ptr<Forwarder> forwarder;
  std::shared_ptr<FeedService> service;
};

bool takes_from(const Feed& outbound, const std::string& name) {
  return outbound.destination && outbound.is_enabled && std::ranges::find(outbound.from, name) != outbound.from.end();
}

/// What the folder says, whether it is in force or not.
struct Declared {
  std::vector<Feed> feeds;
  std::vector<mapping::CatalogueFile> mappings;  // in the place of the program's own, kinds of devices too
  std::string devices;                           // the register
  bool operator==(const Declared&) const = default;
};

Result<Declared> read_declared(const std::string& catalog) {
  Declared declared;
  declared.feeds = TRY(read_feeds(catalog + "/feeds"));
  const std::string mappings = catalog + "/mappings";
  if (TRY(system_files().exists(mappings))) declared.mappings = TRY(mapping::read_catalogue(mappings));
  declared.devices = TRY(read_register_text(catalog));
  put_over(declared.mappings, TRY(mapping::read_device_kinds(catalog + "/devices")));
  return declared;
}

}  // namespace

// In the order in which they are made.
struct Feeds::State {
  FeedsOptions options;
  FeedsServices services;
  std::string secret;
  DeviceRegister devices;
  std::unique_ptr<RecordWriter> record;
  std::unique_ptr<Inbox> inbox;  // made under `mutex`; then it stays
  std::unique_ptr<ThreadPool> pool;
  std::atomic<net::Io*> io = nullptr;  // once they listen

  std::mutex reloading;  // one at a time
  Declared in_force;     // under `reloading`

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<const mapping::Catalogue> catalogue;  // null: nothing has needed one
  std::map<std::string, Running, std::less<>> feeds;
  std::string fault;
  bool is_closing = false;
  std::thread keeper;

  ~State() {
    {
      const std::lock_guard lock(mutex);
      is_closing = true;
    }
    changed.notify_all();
    if (keeper.joinable()) keeper.join();
  }

  Result<MessageFormat> format_for(const Feed& feed, std::shared_ptr<const mapping::Catalogue> mappings) const {
    if (!feed.mapping.empty() && !has_mapping(feed, *mappings)) {
      log_warning("feed has no mapping: its messages will wait as dead letters",
                  {{"feed", feed.name}, {"mapping", feed.mapping}});
    }
    return format_of(feed, std::move(mappings), secret, &devices);
  }

  /// What the feeds share, made with the first of them.
  Result<> open_shared() {
    if (inbox != nullptr) return {};
    InboxOptions settings;
    settings.folder = options.folder + "/inbox";
    settings.memory = services.memory;
    settings.sealer = services.sealer;
    secret = TRY(services.store->secret(store::kDefaultTenant));
    record = std::make_unique<RecordWriter>(*services.store);
    pool = std::make_unique<ThreadPool>(
        ThreadPool::Options{.name = "ingest", .threads = options.threads, .queue_limit = kQueue});
    std::unique_ptr<Inbox> opened = TRY(Inbox::open(settings));
    const std::lock_guard lock(mutex);
    inbox = std::move(opened);
    return {};
  }

  /// Puts messages into the inboxes of the outbound feeds that take them.
  class Router final : public Forwarder {
   public:
    Router(State& state, std::string feed) : state_(state), feed_(std::move(feed)) {}
    void forward(const Message& message, ForwardDone done) const override {
      const auto progress = std::make_shared<Progress>();
      progress->done = std::move(done);
      for (const std::string& name : state_.takers(feed_, message.header.type)) {
        ++progress->open;
        NewMessage copy;
        copy.feed = name;
        copy.content = message.content;
        copy.header = message.header;
        copy.source = "feed/" + message.id.to_string();
        state_.inbox->put(std::move(copy), [&state = state_, message, name, progress](const Result<Receipt>& receipt) {
          if (!receipt) progress->is_failed = true;
          if (receipt && !receipt->is_duplicate) state.offer(name, message, *receipt);
          progress->end();
        });
      }
      progress->end();
    }

   private:
    struct Progress {
      std::atomic<int> open = 1;
      std::atomic<bool> is_failed = false;
      ForwardDone done;
      void end() {
        if (--open == 0) done(is_failed ? Forwarded::failed : Forwarded::done, Issues());
      }
    };
    State& state_;
    const std::string feed_;
  };

  std::vector<std::string> takers(const std::string& feed, const std::string& type) const {
    std::vector<std::string> names;
    const std::lock_guard lock(mutex);
    for (const auto& [name, running] : feeds) {
      if (takes_from(running.declared, feed) && is_type_wanted(running.declared.types, type)) names.push_back(name);
    }
    return names;
  }

  /// A message that the inbox of an outbound feed has just said is safe.
  void offer(const std::string& name, Message message, const Receipt& receipt) const {
    std::shared_ptr<FeedService> service;
    {
      const std::lock_guard lock(mutex);
      if (const auto at = feeds.find(name); at != feeds.end()) service = at->second.service;
    }
    if (service == nullptr) return;  // it finds it in its inbox when it is started
    message.id = receipt.id;
    message.arrived = receipt.arrived;
    service->pipeline().offer(std::move(message));
  }

  Result<Running> start_feed(const Feed& feed, const std::shared_ptr<const mapping::Catalogue>& mappings,
                             bool is_routed) {
    TRY(open_shared());
    Running running;
    running.declared = feed;
    running.is_routed = is_routed;
    running.format = TRY(format_for(feed, mappings));
    static const NothingMapper nothing;
    const Mapper* mapper = running.format.mapper.get();
    if (feed.destination) {
      if (services.io == nullptr) return fail(ErrorCode::invalid_argument, "destinations need sockets");
      running.forwarder = TRY(make_delivery(feed, *services.io, mapper));
      mapper = &nothing;
    } else {
      if (is_routed) running.forwarder = std::make_unique<Router>(*this, feed.name);
    }
    PipelineServices pipeline;
    pipeline.inbox = inbox.get();
    pipeline.store = services.store;
    pipeline.record = record.get();
    pipeline.pool = pool.get();
    pipeline.state_folder = options.folder + "/feeds";
    pipeline.reader = running.format.reader.get();
    pipeline.files = running.format.files.get();
    pipeline.resolver = services.resolver;
    pipeline.gate = services.gate;
    pipeline.mapper = mapper;
    pipeline.forwarder = running.forwarder.get();
    running.service = TRY(FeedService::start(feed, pipeline));
    if (io != nullptr && feed.is_enabled) TRY(go_live(*running.service));
    return running;
  }

  Result<> go_live(FeedService& service) const {
    const Feed& feed = service.feed();
    if (feed.destination) {
      service.resume();
      log_info("feed delivers", {{"feed", feed.name}, {"to", feed.destination->to()}});
      return {};
    }
    TRY(service.listen(*io));
    if (service.port() == 0) return {};
    log_info("feed listens",
             {{"feed", feed.name}, {"address", feed.mllp.host}, {"port", service.port()}, {"tls", feed.mllp.tls}});
    return {};
  }

  /// Answers what was read, ends, and waits for who still looks at it.
  void stop_feed(const std::string& name) {
    Running running;
    {
      const std::lock_guard lock(mutex);
      running = std::move(feeds.extract(name).mapped());
    }
    running.service->drain(kStopMilliseconds);
    while (running.service.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    running.service.reset();
  }

  /// Of what is to be in force: a feed is started anew when its declaration or the mappings changed.
  Result<FeedChanges> put_in_force(Declared declared) {
    FeedChanges changes;
    devices.put(TRY(read_register(declared.devices)));  // feeds look into it at each message
    const bool has_other_mappings = declared.mappings != in_force.mappings;
    std::shared_ptr<const mapping::Catalogue> mappings = catalogue;
    if (has_other_mappings || (mappings == nullptr && !declared.feeds.empty())) {
      mappings = TRY(open_mappings(declared.mappings));
    }
    std::vector<std::string> ending;
    const auto is_routed = [&declared](const std::string& name) {
      return std::ranges::any_of(declared.feeds, [&](const Feed& feed) { return takes_from(feed, name); });
    };
    for (const auto& [name, running] : feeds) {
      const auto same = std::ranges::find(declared.feeds, name, &Feed::name);
      if (same == declared.feeds.end()) changes.stopped.push_back(name);
      const bool is_as_before = same != declared.feeds.end() && *same == running.declared && !has_other_mappings &&
                                is_routed(name) == running.is_routed;
      if (!is_as_before) ending.push_back(name);
    }
    for (const std::string& name : ending) stop_feed(name);
    {
      const std::lock_guard lock(mutex);
      catalogue = mappings;
    }
    std::string faults;
    std::set<std::string> failed;
    for (const Feed& feed : declared.feeds) {
      if (feeds.contains(feed.name)) continue;
      Result<Running> running = start_feed(feed, mappings, is_routed(feed.name));
      if (!running) {
        faults += (faults.empty() ? "" : "\n") + feed.name + ": " + running.error().message();
        failed.insert(feed.name);
        continue;
      }
      changes.started.push_back(feed.name);
      const std::lock_guard lock(mutex);
      feeds.insert_or_assign(feed.name, *std::move(running));
    }
    in_force = std::move(declared);
    std::erase_if(in_force.feeds,
                  [&](const Feed& feed) { return failed.contains(feed.name); });  // they are tried again
    if (!faults.empty()) return fail(ErrorCode::invalid_argument, std::move(faults));
    return changes;
  }

  /// What the folder says is put in force; what it says wrongly leaves all as it is.
  Result<FeedChanges> reload() {
    const std::lock_guard one(reloading);
    Result<FeedChanges> done = FeedChanges{};
    if (Result<Declared> declared = read_declared(options.catalog); !declared) {
      done = fail(std::move(declared).error());
    } else if (*declared != in_force) {
      done = put_in_force(*std::move(declared));
    }
    const std::lock_guard lock(mutex);
    std::string told = done ? std::string() : done.error().message();
    if (!told.empty() && told != fault) log_error("feeds cannot be reloaded", {{"reason", told}});
    fault = std::move(told);
    return done;
  }

  void sweep() {
    for (const std::shared_ptr<FeedService>& feed : all()) {
      const Result<std::uint64_t> forgotten = feed->forget_old();
      const std::string& name = feed->feed().name;
      if (!forgotten) {
        log_error("inbox cannot be swept", {{"feed", name}, {"reason", forgotten.error().message()}});
      } else if (*forgotten > 0) {
        log_info("inbox swept", {{"feed", name}, {"messages", *forgotten}});
      }
    }
  }

  void look_into_folders() {
    for (const std::shared_ptr<FeedService>& feed : all()) {
      if (!feed->feed().is_enabled || io == nullptr) continue;
      if (const Result<> looked = feed->look(); !looked) {
        static LogLimit limit(1);
        log(LogLevel::error, "files cannot be taken",
            {{"feed", feed->feed().name}, {"reason", looked.error().message()}}, &limit);
      }
    }
  }

  void keep() {
    for (int looks = 1;; ++looks) {
      {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, kBetweenLooks, [this] { return is_closing; });
        if (is_closing) return;
      }
      look_into_folders();
      if (looks % kLooksBetweenSweeps == 0) sweep();
      if (looks % kLooksBetweenReloads != 0) continue;
      const Result<FeedChanges> done = reload();
      if (done && !(done->started.empty() && done->stopped.empty())) {
        log_info("feeds were reloaded", {{"started", done->started.size()}, {"stopped", done->stopped.size()}});
      }
    }
  }

  std::vector<std::shared_ptr<FeedService>> all() const {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<FeedService>> services_of;
    services_of.reserve(feeds.size());
    for (const auto& [name, running] : feeds) services_of.push_back(running.service);
    return services_of;
  }
};

Feeds::Feeds(std::unique_ptr<State> state) : state_(std::move(state)) {}
Feeds::~Feeds() = default;

Result<std::unique_ptr<Feeds>> Feeds::start(FeedsOptions options, FeedsServices services) {
  auto state = std::make_unique<State>();
  State& s = *state;
  s.options = std::move(options);
  s.services = std::move(services);
  TRY(s.put_in_force(TRY(read_declared(s.options.catalog))));
  s.keeper = std::thread([&s] { s.keep(); });
  return std::unique_ptr<Feeds>(new Feeds(std::move(state)));
}

Result<> Feeds::listen(net::Io& io) {
  const std::lock_guard one(state_->reloading);
  state_->io = &io;
  for (const std::shared_ptr<FeedService>& feed : state_->all()) {
    if (feed->feed().is_enabled) TRY(state_->go_live(*feed));
  }
  return {};
}

Result<FeedChanges> Feeds::reload() {
  return state_->reload();
}

bool Feeds::drain(std::int64_t milliseconds) {
  bool is_all = true;
  for (const std::shared_ptr<FeedService>& feed : state_->all()) is_all = feed->drain(milliseconds) && is_all;
  return is_all;
}

std::vector<std::shared_ptr<FeedService>> Feeds::all() const {
  return state_->all();
}

std::string Feeds::fault() const {
  const std::lock_guard lock(state_->mutex);
  return state_->fault;
}

const DeviceRegister& Feeds::devices() const {
  return state_->devices;
}

std::shared_ptr<const mapping::Catalogue> Feeds::mappings() const {
  if (!rules()) return nullptr;
  const std::lock_guard lock(state_->mutex);
  return state_->catalogue;
}

Result<std::uint64_t> Feeds::admit(const RegisteredDevice& device) {
  const std::shared_ptr<const mapping::Catalogue> known = mappings();
  if (known != nullptr && known->device_kind(device.kind) == nullptr) {
    return fail(ErrorCode::invalid_argument, "there is no kind of device \"" + device.kind + "\"");
  }
  {
    const std::lock_guard one(state_->reloading);
    TRY(add_to_register(state_->options.catalog, device));
  }
  TRY(reload());
  std::uint64_t replayed = 0;
  for (const std::shared_ptr<FeedService>& feed : all()) {
    if (feed->feed().mapping == kDeviceMapping) replayed += TRY(release_quarantined(*feed, device.number));
  }
  return replayed;
}

Result<std::shared_ptr<const mapping::MergeRules>> Feeds::rules() const {
  const std::lock_guard one(state_->reloading);
  if (state_->catalogue == nullptr) {
    auto mappings = TRY(open_mappings(state_->in_force.mappings));
    const std::lock_guard lock(state_->mutex);
    state_->catalogue = std::move(mappings);
  }
  return state_->catalogue->merge_rules();
}

Result<> Feeds::checkpoint(const std::string& folder) const {
  const Inbox* inbox = nullptr;
  {
    const std::lock_guard lock(state_->mutex);
    inbox = state_->inbox.get();
  }
  return inbox == nullptr ? Result<>() : inbox->checkpoint(folder);
}

Result<Comparison> Feeds::compare(const FeedService& feed, InboxQuery query,
                                  std::vector<mapping::CatalogueFile> files) const {
  std::shared_ptr<const mapping::Catalogue> mappings;
  std::vector<mapping::CatalogueFile> all;
  {
    const std::lock_guard one(state_->reloading);
    mappings = state_->catalogue;
    all = state_->in_force.mappings;
  }
  put_over(all, std::move(files));
  const MessageFormat present = TRY(state_->format_for(feed.feed(), std::move(mappings)));
  const MessageFormat other = TRY(state_->format_for(feed.feed(), TRY(open_mappings(std::move(all)))));
  return ingest::compare(*state_->inbox, std::move(query), *present.mapper, *other.mapper);
}

std::shared_ptr<FeedService> Feeds::find(std::string_view name) const {
  const std::lock_guard lock(state_->mutex);
  const auto at = state_->feeds.find(name);
  return at == state_->feeds.end() ? nullptr : at->second.service;
}

}  // namespace meridian::ingest
