#include "ingest/feed_service.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "ingest/connector.hpp"
#include "ingest/intake.hpp"

namespace meridian::ingest {

struct FeedService::State {
  State(Feed declared, const PipelineServices& with) : feed(std::move(declared)), services(with) {}

  /// Nothing more comes; the inbox answers; the pipeline answers whoever asked it. Then all may go.
  ~State() {
    if (connector != nullptr) connector->close();
    if (intake) intake->finish();
    pipeline.reset();
  }

  const Feed feed;
  const PipelineServices services;
  std::atomic<bool> is_paused = false;
  std::unique_ptr<Pipeline> pipeline;
  std::optional<Intake> intake;
  std::unique_ptr<Connector> connector;
};

FeedService::FeedService(std::unique_ptr<State> state) : state_(std::move(state)) {}
FeedService::~FeedService() = default;

Result<std::unique_ptr<FeedService>> FeedService::start(Feed feed, const PipelineServices& services) {
  PipelineOptions options;
  options.feed = feed.name;
  options.poison = feed.poison;
  options.types = feed.types;
  options.is_forward_paused = feed.destination.has_value();
  auto state = std::make_unique<State>(std::move(feed), services);
  state->is_paused = state->feed.destination.has_value();
  state->pipeline = TRY(Pipeline::start(std::move(options), state->services));
  state->intake.emplace(state->feed, state->services, *state->pipeline);
  state->connector = make_connector(*state->intake);
  return std::unique_ptr<FeedService>(new FeedService(std::move(state)));
}

Result<> FeedService::listen(net::Io& io) {
  return state_->connector != nullptr ? state_->connector->open(io) : Result<>();
}

Result<> FeedService::look() {
  return state_->connector != nullptr ? state_->connector->look() : Result<>();
}

const Feed& FeedService::feed() const {
  return state_->feed;
}
std::uint16_t FeedService::port() const {
  return state_->connector != nullptr ? state_->connector->port() : std::uint16_t{0};
}
std::string FeedService::fault() const {
  return state_->connector != nullptr ? state_->connector->fault() : std::string();
}
Pipeline& FeedService::pipeline() {
  return *state_->pipeline;
}
Inbox& FeedService::inbox() {
  return *state_->services.inbox;
}
Intake& FeedService::intake() {
  return *state_->intake;
}

FeedStatistics FeedService::statistics() const {
  FeedStatistics statistics;
  statistics.pipeline = state_->pipeline->statistics();
  if (state_->connector != nullptr) statistics.connector = state_->connector->counts();
  statistics.inbox = state_->services.inbox->counts(state_->feed.name).value_or(FeedCounts());
  statistics.duplicates = state_->intake->duplicates();
  statistics.reused_control_ids = state_->intake->reused_control_ids();
  statistics.unreadable = state_->intake->unreadable();
  statistics.is_paused = state_->is_paused;
  return statistics;
}

void FeedService::pause() {
  state_->is_paused = true;
  if (state_->feed.destination) state_->pipeline->pause(Stage::forward);
  if (state_->connector != nullptr) state_->connector->pause();
}

bool FeedService::is_paused() const {
  return state_->is_paused;
}

void FeedService::resume() {
  state_->is_paused = false;
  if (state_->feed.destination) state_->pipeline->resume(Stage::forward);
  if (state_->connector != nullptr) state_->connector->resume();
}

bool FeedService::drain(std::int64_t milliseconds) {
  return state_->connector == nullptr || state_->connector->drain(milliseconds);
}

Result<std::uint64_t> FeedService::forget_old() {
  constexpr std::uint64_t kAtOnce = 10'000;
  const Clock& clock = state_->services.clock != nullptr ? *state_->services.clock : system_clock();
  return state_->services.inbox->forget(state_->feed.name, clock.now() - state_->feed.keep, kAtOnce);
}

}  // namespace meridian::ingest
