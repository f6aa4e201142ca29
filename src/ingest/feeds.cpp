#include "ingest/feeds.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "base/thread_pool.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/hl7_mapper.hpp"
#include "ingest/messages.hpp"
#include "ingest/record_writer.hpp"
#include "mapping/catalogue.hpp"

namespace meridian::ingest {
namespace {

constexpr auto kBetweenSweeps = std::chrono::minutes(1);
constexpr std::size_t kQueue = 4096;

/// Of feeds whose mapping is not there: nothing is lost, nothing is guessed.
class NoMapper final : public Mapper {
 public:
  explicit NoMapper(std::string name) : name_(std::move(name)) {}
  std::shared_ptr<const mapping::MergeRules> rules() const override { return nullptr; }
  Writes map(const Message& /*message*/, Issues& issues) const override {
    issues.add({Severity::error, IssueType::not_supported, kNoMapping, {name_}});
    return {};
  }

 private:
  std::string name_;
};

/// The mappings of the program, with those of the folder in their place.
Result<std::vector<mapping::CatalogueFile>> mapping_files(const std::string& folder) {
  std::vector<mapping::CatalogueFile> files = mapping::embedded_catalogue();
  if (TRY(system_files().exists(folder))) put_over(files, TRY(mapping::read_catalogue(folder)));
  return files;
}

Result<std::shared_ptr<const mapping::Catalogue>> open_mappings(const std::vector<mapping::CatalogueFile>& files) {
  Issues faults;
  auto catalogue = mapping::Catalogue::from_files(files, faults);
  if (catalogue) return *std::move(catalogue);
  std::string lines = "the mappings have faults:";
  for (const Issue& fault : faults.all()) {
    lines += '\n' + fault.path + ':' + std::to_string(fault.position.line) + ": " + text(fault, Language::english);
  }
  return fail(ErrorCode::unprocessable, std::move(lines));
}

}  // namespace

// In the order in which they are made.
struct Feeds::State {
  FeedsServices services;
  Hl7HeaderReader reader;
  std::vector<mapping::CatalogueFile> files;  // of the mappings in force
  std::shared_ptr<const mapping::Catalogue> catalogue;
  std::string secret;
  std::unique_ptr<RecordWriter> record;
  std::vector<std::unique_ptr<Mapper>> mappers;
  std::unique_ptr<Inbox> inbox;
  std::unique_ptr<ThreadPool> pool;
  std::map<std::string, std::unique_ptr<FeedService>, std::less<>> feeds;

  std::mutex mutex;
  std::condition_variable changed;
  bool is_closing = false;
  std::thread sweeper;

  ~State() {
    {
      const std::lock_guard lock(mutex);
      is_closing = true;
    }
    changed.notify_all();
    if (sweeper.joinable()) sweeper.join();
  }

  Result<std::unique_ptr<Mapper>> mapper_for(const Feed& feed,
                                             std::shared_ptr<const mapping::Catalogue> mappings) const {
    if (feed.mapping != "hl7v2") {
      log_warning("feed has no mapping: its messages will wait as dead letters",
                  {{"feed", feed.name}, {"mapping", feed.mapping}});
      return std::make_unique<NoMapper>(feed.mapping);
    }
    mapping::MappingContext context;
    context.tenant_key = secret;
    if (!feed.zone.empty()) context.zone = TRY(TimeZone::find(feed.zone));
    context.default_authority = feed.authority;
    for (const auto& [name, system] : feed.authorities) context.authorities.push_back({name, system});
    hl7v2::CharsetOptions charset;
    if (!feed.charset.empty()) charset.otherwise = *hl7v2::charset_of_code(feed.charset);
    return std::make_unique<Hl7Mapper>(std::move(mappings), std::move(context), charset);
  }

  void sweep() {
    std::unique_lock lock(mutex);
    while (!is_closing) {
      lock.unlock();
      for (const auto& [name, feed] : feeds) {
        const Result<std::uint64_t> forgotten = feed->forget_old();
        if (!forgotten) {
          log_error("inbox cannot be swept", {{"feed", name}, {"reason", forgotten.error().message()}});
        } else if (*forgotten > 0) {
          log_info("inbox swept", {{"feed", name}, {"messages", *forgotten}});
        }
      }
      lock.lock();
      changed.wait_for(lock, kBetweenSweeps, [this] { return is_closing; });
    }
  }
};

Feeds::Feeds(std::unique_ptr<State> state) : state_(std::move(state)) {}
Feeds::~Feeds() = default;

Result<std::unique_ptr<Feeds>> Feeds::start(FeedsOptions options, FeedsServices services) {
  std::vector<Feed> declared = TRY(read_feeds(options.catalog + "/feeds"));
  auto state = std::make_unique<State>();
  State& s = *state;
  s.services = std::move(services);
  s.files = TRY(mapping_files(options.catalog + "/mappings"));
  s.catalogue = TRY(open_mappings(s.files));
  if (declared.empty()) return std::unique_ptr<Feeds>(new Feeds(std::move(state)));

  InboxOptions inbox;
  inbox.folder = options.folder + "/inbox";
  inbox.memory = s.services.memory;
  inbox.sealer = s.services.sealer;
  s.inbox = TRY(Inbox::open(inbox));
  s.pool = std::make_unique<ThreadPool>(
      ThreadPool::Options{.name = "ingest", .threads = options.threads, .queue_limit = kQueue});
  s.secret = TRY(s.services.store->secret(store::kDefaultTenant));
  s.record = std::make_unique<RecordWriter>(*s.services.store);
  for (Feed& feed : declared) {
    PipelineServices pipeline;
    pipeline.inbox = s.inbox.get();
    pipeline.store = s.services.store;
    pipeline.record = s.record.get();
    pipeline.pool = s.pool.get();
    pipeline.reader = &s.reader;
    pipeline.resolver = s.services.resolver;
    pipeline.gate = s.services.gate;
    s.mappers.push_back(TRY(s.mapper_for(feed, s.catalogue)));
    pipeline.mapper = s.mappers.back().get();
    const std::string name = feed.name;
    s.feeds[name] = TRY(FeedService::start(std::move(feed), pipeline));
  }
  s.sweeper = std::thread([&s] { s.sweep(); });
  return std::unique_ptr<Feeds>(new Feeds(std::move(state)));
}

Result<> Feeds::listen(net::Io& io) {
  for (const auto& [name, feed] : state_->feeds) {
    if (!feed->feed().is_enabled) continue;
    TRY(feed->listen(io));
    log_info(
        "feed listens",
        {{"feed", name}, {"address", feed->feed().mllp.host}, {"port", feed->port()}, {"tls", feed->feed().mllp.tls}});
  }
  return {};
}

bool Feeds::drain(std::int64_t milliseconds) {
  bool all = true;
  for (const auto& [name, feed] : state_->feeds) all = feed->drain(milliseconds) && all;
  return all;
}

std::vector<FeedService*> Feeds::all() const {
  std::vector<FeedService*> feeds;
  feeds.reserve(state_->feeds.size());
  for (const auto& [name, feed] : state_->feeds) feeds.push_back(feed.get());
  return feeds;
}

std::shared_ptr<const mapping::MergeRules> Feeds::rules() const {
  return state_->catalogue->merge_rules();
}

Result<Comparison> Feeds::compare(const FeedService& feed, InboxQuery query,
                                  std::vector<mapping::CatalogueFile> files) const {
  std::vector<mapping::CatalogueFile> all = state_->files;
  put_over(all, std::move(files));
  const auto present = TRY(state_->mapper_for(feed.feed(), state_->catalogue));
  const auto other = TRY(state_->mapper_for(feed.feed(), TRY(open_mappings(all))));
  return ingest::compare(*state_->inbox, std::move(query), *present, *other);
}

FeedService* Feeds::find(std::string_view name) const {
  const auto at = state_->feeds.find(name);
  return at == state_->feeds.end() ? nullptr : at->second.get();
}

}  // namespace meridian::ingest
