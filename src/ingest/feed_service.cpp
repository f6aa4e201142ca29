#include "ingest/feed_service.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/file_system.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "ingest/drop_folder.hpp"
#include "ingest/hl7_header.hpp"
#include "ingest/message_format.hpp"
#include "ingest/messages.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kHeadBytes = 4096;         // of a message, for its acknowledgement
constexpr std::size_t kCopiedBytes = 256 << 10;  // a larger one is read back from the inbox
constexpr std::size_t kFiledAtOnce = 1000;       // messages of a file

std::string source_of(const connect::MllpPeer& peer) {
  std::string source = peer.address + ':' + std::to_string(peer.port);
  if (!peer.certificate_subject.empty()) source += ' ' + peer.certificate_subject;
  return source;
}

double seconds_since(std::int64_t began) {
  return static_cast<double>(steady_nanoseconds() - began) / 1e9;
}

bool wants(AcceptWhen when, bool is_success) {
  return when == AcceptWhen::always || (is_success ? when == AcceptWhen::on_success : when == AcceptWhen::on_error);
}

}  // namespace

struct FeedService::State {
  State(Feed declared, const PipelineServices& with)
      : feed(std::move(declared)),
        services(with),
        clock(with.clock != nullptr ? *with.clock : system_clock()),
        ids(clock, system_random()) {}

  ~State() {
    server.reset();
    // Callbacks of the inbox that are still to come refer to this.
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return under_way == 0 && filing == 0; });
    lock.unlock();
    pipeline.reset();
  }

  /// What is known of a message between its last byte and its acknowledgement.
  struct Arrival {
    std::string head;
    Message message;
    connect::MllpResponder responder;
    std::int64_t began = 0;
    bool is_readable = false;
    bool has_content = false;
  };

  std::string ack(const std::string& head, AckCode code, const std::vector<AckError>& errors = {}) {
    std::string id;
    for (const char c : ids.next().to_string()) {
      if (c != '-' && id.size() < 20) id += c;
    }
    return make_ack(head, code, errors, id, clock.now());
  }
  static std::vector<AckError> errors_of(const Outcome& outcome) {
    if (outcome.state == MessageState::done) return {};
    return {{outcome.path, outcome.text.empty() ? std::string(name(outcome.state)) : outcome.text}};
  }

  /// A message that is to be filed: what is known of it before it is understood.
  NewMessage to_be_filed(MessageHeader header, std::string source, std::string content, bool is_cut) {
    NewMessage filed;
    filed.feed = feed.name;
    filed.header = std::move(header);
    filed.source = std::move(source);
    filed.content = std::move(content);
    if (filed.header.is_readable && !is_cut) return filed;
    ++unreadable;
    filed.header.control_id.clear();  // nobody may take what comes again for this one
    Outcome outcome;
    outcome.state = MessageState::dead;
    outcome.stage = Stage::receive;
    outcome.code = is_cut ? "mllp-too-large" : std::string(kUnreadable.id);
    outcome.text = is_cut ? "the message is too large; only its beginning was kept" : std::string(kUnreadable.english);
    outcome.suggestion = "ask the sender what this is";
    filed.outcome = std::move(outcome);
    return filed;
  }

  // 1. receive: what is it, as far as filing it needs to know?
  void receive(connect::MllpMessage came, connect::MllpResponder responder) {
    auto arrival = std::make_shared<Arrival>();
    arrival->began = steady_nanoseconds();
    arrival->head = came.frame.content.substr(0, kHeadBytes);
    arrival->message.header = services.reader->read(came.frame.content);
    arrival->message.source = source_of(responder.line()->peer());
    arrival->is_readable = arrival->message.header.is_readable && !came.frame.is_cut;
    arrival->responder = std::move(responder);

    if (arrival->is_readable && came.frame.content.size() <= kCopiedBytes) {
      arrival->message.content = came.frame.content;
      arrival->has_content = true;
    }
    NewMessage filed =
        to_be_filed(arrival->message.header, arrival->message.source, std::move(came.frame.content), came.frame.is_cut);
    pipeline->note(Stage::receive, seconds_since(arrival->began), !arrival->is_readable);
    {
      const std::lock_guard lock(mutex);
      ++under_way;
    }
    // 2. inbox
    services.inbox->put(std::move(filed), [this, arrival](Result<Receipt> receipt) {
      filed_away(*arrival, std::move(receipt));
      const std::lock_guard lock(mutex);
      --under_way;
      changed.notify_all();
    });
  }

  void filed_away(Arrival& arrival, Result<Receipt> receipt) {
    pipeline->note(Stage::inbox, seconds_since(arrival.began), !receipt);
    if (!receipt) {
      // Nobody is told anything: the connection is cut, and the sender keeps the message.
      const connect::MllpResponder unanswered = std::move(arrival.responder);
      return;
    }
    if (receipt->is_duplicate) ++duplicates;
    if (receipt->reuses_control_id) {
      ++reused;
      log_warning("control id was used before for another message",
                  {{"feed", feed.name}, {"sequence", receipt->id.sequence}});
    }
    acknowledge(arrival, *receipt);
    if (!arrival.is_readable || receipt->is_duplicate) return;
    if (!arrival.has_content) {
      Result<Message> read = services.inbox->read(receipt->id);
      if (!read) return log_error("inbox cannot be read", {{"feed", feed.name}, {"reason", read.error().message()}});
      arrival.message.content = std::move(read->content);
    }
    arrival.message.id = receipt->id;
    arrival.message.arrived = receipt->arrived;
    pipeline->offer(std::move(arrival.message));
  }

  /// The messages of a file; success when all of them are safe.
  Result<> take_file(const std::string& path, const std::string& name) {
    TakeMessage take = [this, &name](std::string content, std::string_view place) {
      MessageHeader header = services.reader->read(content);
      file(std::move(header), "file " + name + (place.empty() ? "" : ", ") + std::string(place), std::move(content));
    };
    TRY(services.files->split(path, name, take));
    return wait_until_filed();
  }

  Result<> wait_until_filed() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return filing == 0; });
    if (std::optional<Error> fault = std::exchange(filing_fault, std::nullopt)) return fail(*std::move(fault));
    return {};
  }

  /// A file that nobody can read to its end: its beginning is kept as a dead letter, and why.
  Result<> refuse_file(const std::string& path, const std::string& name, const Error& why) {
    NewMessage beginning = to_be_filed({}, "file " + name, {}, false);
    beginning.outcome->text = why.message();
    beginning.outcome->suggestion = "look at the file in taken/, mend it and put it into the folder again";
    const auto file = TRY(system_files().open_sequential(path));
    beginning.content.resize(kHeadBytes);
    beginning.content.resize(TRY(file->read(beginning.content)));
    TRY(services.inbox->put(std::move(beginning)));
    return {};
  }

  /// Files one of them, no more than so many at once.
  void file(MessageHeader header, std::string source, std::string content) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return filing < kFiledAtOnce; });
      ++filing;
    }
    NewMessage filed = to_be_filed(header, source, content, false);
    const bool is_readable = !filed.outcome.has_value();
    auto message = std::make_shared<Message>();
    message->header = std::move(header);
    message->source = std::move(source);
    message->content = std::move(content);
    services.inbox->put(std::move(filed), [this, message, is_readable](const Result<Receipt>& receipt) {
      if (receipt && receipt->is_duplicate) ++duplicates;
      if (receipt && !receipt->is_duplicate && is_readable) {
        message->id = receipt->id;
        message->arrived = receipt->arrived;
        pipeline->offer(std::move(*message));
      }
      const std::lock_guard lock(mutex);
      if (!receipt) filing_fault = receipt.error();
      --filing;
      changed.notify_all();
    });
  }

  // 3. acknowledge
  void acknowledge(Arrival& arrival, const Receipt& receipt) {
    const MessageHeader& header = arrival.message.header;
    connect::MllpResponder responder = std::move(arrival.responder);
    if (!arrival.is_readable) {
      std::move(responder).answer(ack(arrival.head, header.is_enhanced() ? AckCode::cr : AckCode::ar,
                                      {{"", "the message cannot be read or is too large"}}));
    } else if (header.is_enhanced()) {
      if (header.application != AcceptWhen::absent && header.application != AcceptWhen::never) {
        tell_later(responder.line(), arrival.head, header.application, receipt.id.sequence);
      }
      if (header.accept == AcceptWhen::absent || wants(header.accept, true)) {
        std::move(responder).answer(ack(arrival.head, AckCode::ca));
      } else {
        std::move(responder).skip();
      }
    } else if (feed.acknowledge == AcknowledgeWhen::inbox) {
      std::move(responder).answer(ack(arrival.head, AckCode::aa));
    } else {
      answer_later(std::move(responder), std::move(arrival.head), receipt.id.sequence);
    }
    pipeline->note(Stage::acknowledge, seconds_since(arrival.began), false);
  }

  void answer_later(connect::MllpResponder responder, std::string head, std::uint64_t sequence) {
    auto kept = std::make_shared<connect::MllpResponder>(std::move(responder));
    pipeline->when_finished(sequence, [this, kept, head = std::move(head)](const Outcome& outcome) {
      const AckCode code = outcome.state == MessageState::done ? AckCode::aa : AckCode::ae;
      std::move(*kept).answer(ack(head, code, errors_of(outcome)));
    });
  }
  void tell_later(std::shared_ptr<connect::MllpLine> line, std::string head, AcceptWhen when, std::uint64_t sequence) {
    pipeline->when_finished(sequence,
                            [this, line = std::move(line), head = std::move(head), when](const Outcome& outcome) {
                              const bool is_success = outcome.state == MessageState::done;
                              if (!wants(when, is_success)) return;
                              line->send(ack(head, is_success ? AckCode::aa : AckCode::ae, errors_of(outcome)));
                            });
  }

  const Feed feed;
  const PipelineServices services;
  const Clock& clock;
  UuidMaker ids;
  std::atomic<std::uint64_t> duplicates = 0;
  std::atomic<std::uint64_t> reused = 0;
  std::atomic<std::uint64_t> unreadable = 0;
  std::atomic<bool> is_paused = false;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t under_way = 0;
  std::size_t filing = 0;  // of files
  std::optional<Error> filing_fault;
  std::optional<DropFolder> folder;
  std::unique_ptr<Pipeline> pipeline;
  std::optional<connect::MllpServer> server;
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
  state->pipeline = TRY(Pipeline::start(std::move(options), services));
  return std::unique_ptr<FeedService>(new FeedService(std::move(state)));
}

Result<> FeedService::listen(net::Io& io) {
  if (!state_->feed.folder.empty()) return {};
  const auto receive = [at = state_.get()](connect::MllpMessage message, connect::MllpResponder responder) {
    at->receive(std::move(message), std::move(responder));
  };
  Result<connect::MllpServer> server = connect::MllpServer::start(state_->feed.mllp, io, receive, &state_->clock);
  if (!server) return fail(std::move(server).error().within("feed " + state_->feed.name));
  state_->server = *std::move(server);
  return {};
}

Result<> FeedService::look() {
  State& state = *state_;
  if (state.feed.folder.empty() || state.is_paused) return {};
  if (!state.folder) state.folder.emplace(state.feed.folder);
  for (const std::string& name : TRY(state.folder->look())) {
    const std::string path = state.folder->path_of(name);
    if (Result<> taken = state.take_file(path, name); !taken) {
      TRY(state.wait_until_filed());
      const ErrorCode code = taken.error().code();
      const bool is_of_file = code == ErrorCode::malformed_input || code == ErrorCode::too_large;
      if (!is_of_file) return fail(std::move(taken).error().within(name));
      TRY(state.refuse_file(path, name, taken.error()));
    }
    TRY(state.folder->set_aside(name));
    log_info("file taken", {{"feed", state.feed.name}, {"file", name}});
  }
  return {};
}

const Feed& FeedService::feed() const {
  return state_->feed;
}
std::uint16_t FeedService::port() const {
  return state_->server ? state_->server->port() : std::uint16_t{0};
}
Pipeline& FeedService::pipeline() {
  return *state_->pipeline;
}
Inbox& FeedService::inbox() {
  return *state_->services.inbox;
}

FeedStatistics FeedService::statistics() const {
  FeedStatistics statistics;
  statistics.pipeline = state_->pipeline->statistics();
  if (state_->server) statistics.connector = state_->server->counts();
  statistics.inbox = state_->services.inbox->counts(state_->feed.name).value_or(FeedCounts());
  statistics.duplicates = state_->duplicates;
  statistics.reused_control_ids = state_->reused;
  statistics.unreadable = state_->unreadable;
  statistics.is_paused = state_->is_paused;
  return statistics;
}

void FeedService::pause() {
  state_->is_paused = true;
  if (state_->feed.destination) state_->pipeline->pause(Stage::forward);
  if (state_->server) state_->server->pause();
}

void FeedService::resume() {
  state_->is_paused = false;
  if (state_->feed.destination) state_->pipeline->resume(Stage::forward);
  if (state_->server) state_->server->resume();
}

bool FeedService::drain(std::int64_t milliseconds) {
  return !state_->server || state_->server->drain(milliseconds);
}

Result<std::uint64_t> FeedService::forget_old() {
  constexpr std::uint64_t kAtOnce = 10'000;
  return state_->services.inbox->forget(state_->feed.name, state_->clock.now() - state_->feed.keep, kAtOnce);
}

}  // namespace meridian::ingest
