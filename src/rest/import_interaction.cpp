#include "rest/import_interaction.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "base/file_system.hpp"
#include "base/thread_pool.hpp"
#include "formats/fhir/json_writer.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/internal/text.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "store/bulk.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::rest {
namespace {

/// So much is prepared and written in one piece; so many pieces wait, are prepared, or wait to be written.
constexpr std::size_t kPieceBytes = std::size_t{12} << 20;
constexpr std::size_t kPieceLines = 50'000;
constexpr std::size_t kMaxPieces = 4;
/// Threads for one import: one writes or waits until it is written, the others prepare.
constexpr int kMaxThreads = 3;
/// A line that is longer than a piece may be, up to what the loader takes.
constexpr std::size_t kMaxLineBytes = std::size_t{60} << 20;
constexpr std::uint64_t kMaxFaultBytes = std::uint64_t{256} << 20;

/// One import: pieces in, counts and faults out. The sink pushes; threads for loading prepare pieces side by side, and
/// whoever finds the next one in order prepared writes it.
class Import : public std::enable_shared_from_this<Import> {
 public:
  Import(ExchangePtr exchange, std::string id)
      : exchange_(std::move(exchange)),
        id_(std::move(id)),
        loader_(exchange_->server->store(), exchange_->context.writer) {}

  /// Whether more may come at once.
  bool add(std::string piece, std::uint64_t first_line, const http::Waker& waker) {
    const std::lock_guard lock(mutex_);
    waker_ = waker;
    pieces_.push_back({std::move(piece), first_line, next_number_++});
    start();
    return next_number_ - next_written_ < kMaxPieces;
  }

  void finish() {
    const std::lock_guard lock(mutex_);
    is_whole_ = true;
    start();
  }

  bool has_failed() const {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  static std::string faults_path(const FhirServer& server, std::string_view id) {
    return server.services.work_folder + "/imports/" + std::string(id) + ".ndjson";
  }

 private:
  struct Piece {
    std::string text;
    std::uint64_t first_line = 0;
    std::uint64_t number = 0;
  };
  struct Ready {
    store::BulkLoader::Prepared prepared;
    std::uint64_t first_line = 0;
  };

  /// With the lock held.
  void start() {
    if (running_ == kMaxThreads) return;
    ThreadPool* pool = exchange_->server->loaders.get();
    if (pool != nullptr && pool->try_submit([self = shared_from_this()](const Result<>& may) { self->run(may); })) {
      ++running_;
      return;
    }
    if (running_ > 0) return;  // those that run do what there is
    if (!failure_) failure_ = Error(ErrorCode::busy, "too many imports are under way");
    if (is_whole_) exchange_->respond(refuse(*failure_, exchange_->representation));
  }

  void run(const Result<>& may) {
    if (!may) fail_with(may.error());
    std::unique_lock lock(mutex_);
    while (step(lock)) {
    }
    if (--running_ > 0 || !is_whole_) return;
    lock.unlock();
    answer_all();
  }

  /// Writes or prepares one piece; false when there is nothing to do that another thread does not do already.
  bool step(std::unique_lock<std::mutex>& lock) {
    if (const auto next = ready_.find(next_written_); next != ready_.end() && !is_writing_) {
      Ready ready = std::move(next->second);
      ready_.erase(next);
      is_writing_ = true;
      lock.unlock();
      write(std::move(ready));
      lock.lock();
      is_writing_ = false;
      ++next_written_;
      waker_.wake();
      return true;
    }
    if (pieces_.empty()) return false;
    const Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    lock.unlock();
    Ready ready{{}, piece.first_line};
    if (!has_failed()) ready.prepared = loader_.prepare(piece.text);
    lock.lock();
    ready_.emplace(piece.number, std::move(ready));
    return true;
  }

  void fail_with(Error error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
  }

  void write(Ready ready) {
    if (has_failed()) return;
    const std::size_t resources = ready.prepared.resources;
    for (store::BulkLoader::Fault& fault : ready.prepared.faults) note(std::move(fault), ready.first_line);
    Result<> written = loader_.write_behind(std::move(ready.prepared));
    if (!written) return fail_with(std::move(written).error());
    loaded_ += resources;
  }

  void note(store::BulkLoader::Fault fault, std::uint64_t first_line) {
    ++faulty_;
    if (faults_.size() > kMaxFaultBytes) return;
    const auto line = static_cast<std::uint32_t>(first_line + fault.line);
    fault.issues.move_positions([&](Position place) {
      place.line = line;
      if (place.column == 0) place.column = 1;
      return place;
    });
    faults_ += validation::operation_outcome_json(fault.issues, exchange_->representation.language);
    faults_ += '\n';
  }

  void answer_all() {
    if (Result<> finished = loader_.finish(); !finished) fail_with(std::move(finished).error());
    if (failure_) return exchange_->respond(refuse(*failure_, exchange_->representation));
    const FhirServer& server = *exchange_->server;
    if (!faults_.empty()) {
      FileSystem& files = server.services.files != nullptr ? *server.services.files : system_files();
      const Result<> kept = replace_file(files, faults_path(server, id_), faults_);
      if (!kept) return exchange_->respond(refuse(kept.error(), exchange_->representation));
    }
    fhir::JsonWriter json;
    json.begin_object();
    json.key("transactionTime").string(server.clock.now().to_string());
    json.key("request").string(exchange_->base + "/$import");
    json.key("output").begin_array().begin_object();
    json.key("count").number(static_cast<std::int64_t>(loaded_));
    json.end_object().end_array();
    json.key("error").begin_array();
    if (faulty_ > 0) {
      json.begin_object();
      json.key("type").string("OperationOutcome");
      json.key("count").number(static_cast<std::int64_t>(faulty_));
      json.key("url").string(exchange_->base + "/$import/" + id_);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    exchange_->respond(http::Response::json(std::move(json).take()));
  }

  ExchangePtr exchange_;
  std::string id_;
  store::BulkLoader loader_;
  // Of the thread that writes:
  std::uint64_t loaded_ = 0;
  std::uint64_t faulty_ = 0;
  std::string faults_;

  mutable std::mutex mutex_;
  std::deque<Piece> pieces_;
  std::map<std::uint64_t, Ready> ready_;  // by their numbers
  std::uint64_t next_number_ = 0;
  std::uint64_t next_written_ = 0;
  int running_ = 0;
  bool is_writing_ = false;
  bool is_whole_ = false;
  http::Waker waker_;
  std::optional<Error> failure_;
};

/// Cuts the body into pieces of whole lines.
class ImportSink final : public http::BodySink {
 public:
  explicit ImportSink(std::shared_ptr<Import> import) : import_(std::move(import)) {}

  Result<http::Flow> write(std::string_view bytes, const http::Waker& waker) override {
    for (const char c : bytes) lines_ += c == '\n' ? 1 : 0;
    piece_ += bytes;
    if (piece_.size() < kPieceBytes && lines_ < kPieceLines) return http::Flow::more;
    const std::size_t end = piece_.rfind('\n');
    if (end == std::string::npos) {
      if (piece_.size() > kMaxLineBytes) return fail(ErrorCode::too_large, "a line is longer than 60 MB");
      return http::Flow::more;
    }
    std::string rest = piece_.substr(end + 1);
    piece_.resize(end + 1);
    return hand_over(std::exchange(piece_, std::move(rest)), waker) ? http::Flow::more : http::Flow::wait;
  }

  void finish() override {
    if (!piece_.empty()) hand_over(std::exchange(piece_, {}), http::Waker());
    import_->finish();
  }

 private:
  bool hand_over(std::string piece, const http::Waker& waker) {
    const std::uint64_t first = std::exchange(line_, line_ + lines_);
    lines_ = 0;
    return import_->add(std::move(piece), first, waker);
  }

  std::shared_ptr<Import> import_;
  std::string piece_;
  std::uint64_t line_ = 1;   // of the piece's first line
  std::uint64_t lines_ = 0;  // that have ended in the piece
};

bool is_ndjson(std::string_view type) {
  return http::equals_ignoring_case(type, "application/fhir+ndjson") ||
         http::equals_ignoring_case(type, "application/ndjson") ||
         http::equals_ignoring_case(type, "application/x-ndjson");
}

/// Takes a body that nobody wants: the answer has been given.
class IdleSink final : public http::BodySink {
 public:
  Result<http::Flow> write(std::string_view, const http::Waker&) override { return http::Flow::more; }
  void finish() override {}
};

}  // namespace

Result<std::unique_ptr<http::BodySink>> import_ndjson(http::Request request, http::Responder responder,
                                                      const FhirServer& server) {
  const bool is_readable = is_ndjson(request.content_type());
  const ExchangePtr exchange = open_exchange(std::move(request), std::move(responder), server);
  if (!exchange) return std::make_unique<IdleSink>();
  // An import takes as long as it takes; the client's going ends it.
  exchange->context.writer.deadline = Deadline();
  if (!is_readable) {
    exchange->respond(refuse(415, IssueType::not_supported, kNdjsonExpected, {}, exchange->representation));
    return std::make_unique<IdleSink>();
  }
  if (server.services.work_folder.empty()) {
    exchange->respond(
        refuse(Error(ErrorCode::unsupported, "this server has no folder for imports"), exchange->representation));
    return std::make_unique<IdleSink>();
  }
  return std::make_unique<ImportSink>(std::make_shared<Import>(exchange, server.ids.next().to_string()));
}

http::Response give_import_faults(const Exchange& exchange) {
  const FhirServer& server = *exchange.server;
  const std::string_view job = exchange.request.path_parameter("job");
  FileSystem& files = server.services.files != nullptr ? *server.services.files : system_files();
  Result<std::string> faults = is_id(job) && !server.services.work_folder.empty()
                                   ? read_whole_file(files, Import::faults_path(server, job), kMaxFaultBytes * 2)
                                   : Result<std::string>(fail(ErrorCode::not_found, "there is no such import"));
  if (!faults) {
    return refuse(Error(ErrorCode::not_found, "there is no such import, or it left nothing out"),
                  exchange.representation);
  }
  return http::Response::bytes("application/fhir+ndjson", std::move(*faults));
}

}  // namespace meridian::rest
