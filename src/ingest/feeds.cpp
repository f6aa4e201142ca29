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
#include "ingest/messages.hpp"

namespace meridian::ingest {
namespace {

constexpr auto kBetweenSweeps = std::chrono::minutes(1);
constexpr std::size_t kQueue = 4096;

/// Of feeds whose mapping is not there: nothing is lost, nothing is guessed.
class NoMapper final : public Mapper {
 public:
  explicit NoMapper(std::string name) : name_(std::move(name)) {}
  std::vector<ResourceWrite> map(const Message& /*message*/, Issues& issues) const override {
    issues.add({Severity::error, IssueType::not_supported, kNoMapping, {name_}});
    return {};
  }

 private:
  std::string name_;
};

}  // namespace

// In the order in which they are made.
struct Feeds::State {
  FeedsServices services;
  Hl7HeaderReader reader;
  std::vector<std::unique_ptr<NoMapper>> missing;
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
  std::vector<Feed> declared = TRY(read_feeds(options.catalog));
  auto state = std::make_unique<State>();
  State& s = *state;
  s.services = std::move(services);
  if (declared.empty()) return std::unique_ptr<Feeds>(new Feeds(std::move(state)));

  InboxOptions inbox;
  inbox.folder = options.folder + "/inbox";
  inbox.memory = s.services.memory;
  inbox.sealer = s.services.sealer;
  s.inbox = TRY(Inbox::open(inbox));
  s.pool = std::make_unique<ThreadPool>(
      ThreadPool::Options{.name = "ingest", .threads = options.threads, .queue_limit = kQueue});
  for (Feed& feed : declared) {
    PipelineServices pipeline;
    pipeline.inbox = s.inbox.get();
    pipeline.store = s.services.store;
    pipeline.pool = s.pool.get();
    pipeline.reader = &s.reader;
    pipeline.resolver = s.services.resolver;
    pipeline.gate = s.services.gate;
    pipeline.mapper = s.services.mapper ? s.services.mapper(feed) : nullptr;
    if (pipeline.mapper == nullptr) {
      s.missing.push_back(std::make_unique<NoMapper>(feed.mapping));
      pipeline.mapper = s.missing.back().get();
      log_warning("feed has no mapping: its messages will wait as dead letters",
                  {{"feed", feed.name}, {"mapping", feed.mapping}});
    }
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

FeedService* Feeds::find(std::string_view name) const {
  const auto at = state_->feeds.find(name);
  return at == state_->feeds.end() ? nullptr : at->second.get();
}

}  // namespace meridian::ingest
