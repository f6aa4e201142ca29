#include "store/bulk.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_set>

#include "store/internal/core.hpp"
#include "store/internal/messages.hpp"
#include "store/internal/nodes.hpp"
#include "store/internal/store_state.hpp"

namespace meridian::store {

namespace {

constexpr std::size_t kMaxLines = 65'536;

Issues issue_of(const Error& error) {
  Issues issues;
  issues.add({Severity::error, IssueType::processing, kNotWritten, {error.message()}});
  return issues;
}

/// The next commit is ready when the one before has been staged. A third must wait: a commit that waits for resources
/// of the one before it is overtaken by those after it.
constexpr std::size_t kMaxUnderWay = 2;

/// Waits for what came of a commit.
class Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  CommitDone done() {
    return [self = shared_from_this()](Delivery::Outcome outcome) {
      const std::lock_guard lock(self->mutex_);
      self->outcome_ = std::move(outcome);
      self->changed_.notify_one();
    };
  }
  Delivery::Outcome wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return outcome_.has_value(); });
    return std::move(*outcome_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Delivery::Outcome> outcome_;
};

}  // namespace

/// Commits to be made one after another: what is written once by each.
struct BulkLoader::Piece {
  std::vector<std::unique_ptr<store::Prepared>> rounds;
};

struct BulkLoader::State {
  Core& core;
  WriteContext context;
  std::deque<std::shared_ptr<Waiter>> under_way = {};  ///< of the thread that writes
  std::optional<Error> failure = {};

  /// Until no more than `most` are under way.
  Result<> wait(std::size_t most);

  Result<> prepare_line(fhir::DocumentParser& parser, std::string_view line, PreparedWrite& out, Issues& issues) const;
  static void add(Piece& piece, PreparedWrite write, const WriteContext& context);
};

BulkLoader::Prepared::Prepared() = default;
BulkLoader::Prepared::Prepared(Prepared&&) noexcept = default;
BulkLoader::Prepared& BulkLoader::Prepared::operator=(Prepared&&) noexcept = default;
BulkLoader::Prepared::~Prepared() = default;

BulkLoader::BulkLoader(Store& store, WriteContext context)
    : state_(new State{*store.state_->core, std::move(context)}) {}
BulkLoader::~BulkLoader() = default;

Result<> BulkLoader::State::prepare_line(fhir::DocumentParser& parser, std::string_view line, PreparedWrite& out,
                                         Issues& issues) const {
  Write write;
  write.document = parser.parse_borrowed(line, issues);
  if (!write.document.has_root()) return fail(ErrorCode::malformed_input, "the line is no resource");
  const std::string_view id = child_text(write.document.root(), "id");
  write.kind = id.empty() ? WriteKind::create : WriteKind::update;
  write.key.id = id;
  TRY(core.preparation.prepare_write(context, write, out, issues));
  // A load checks no references.
  out.references.clear();
  parser.recycle(std::exchange(out.document, {}));
  return {};
}

void BulkLoader::State::add(Piece& piece, PreparedWrite write, const WriteContext& context) {
  const std::string key = text_of(write.key);
  std::size_t round = 0;
  while (round < piece.rounds.size() && !piece.rounds[round]->keys.insert(key).second) ++round;
  if (round == piece.rounds.size()) {
    piece.rounds.push_back(std::make_unique<store::Prepared>());
    piece.rounds.back()->context = context;
    piece.rounds.back()->keys.insert(key);
  }
  piece.rounds[round]->bytes += write.value.size() + 256;
  piece.rounds[round]->writes.push_back(std::move(write));
}

BulkLoader::Prepared BulkLoader::prepare(std::string_view ndjson) {
  Prepared prepared;
  prepared.piece = std::make_unique<Piece>();
  fhir::DocumentParser parser;
  for (std::size_t number = 0; !ndjson.empty(); ++number) {
    const std::size_t end = ndjson.find('\n');
    std::string_view line = ndjson.substr(0, end);
    ndjson.remove_prefix(end == std::string_view::npos ? ndjson.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    PreparedWrite write;
    Issues issues;
    Result<> done;
    if (number >= kMaxLines) {
      issues.add({Severity::error, IssueType::too_long, kTooManyLines, {std::to_string(kMaxLines)}});
      done = fail(ErrorCode::too_large, "too many lines");
    } else {
      done = state_->prepare_line(parser, line, write, issues);
    }
    if (!done) {
      if (!issues.has_errors()) issues.add_all(issue_of(done.error()));
      prepared.faults.push_back({number, std::move(issues)});
      continue;
    }
    ++prepared.resources;
    State::add(*prepared.piece, std::move(write), state_->context);
  }
  return prepared;
}

Result<> BulkLoader::State::wait(std::size_t most) {
  while (under_way.size() > most) {
    Delivery::Outcome outcome = under_way.front()->wait();
    under_way.pop_front();
    if (!outcome && !failure) failure = std::move(outcome.error().error);
  }
  if (failure) return fail(*failure);
  return {};
}

Result<> BulkLoader::write_behind(Prepared&& prepared) {
  if (prepared.piece == nullptr) return {};
  const std::unique_ptr<Piece> piece = std::move(prepared.piece);
  for (std::unique_ptr<store::Prepared>& round : piece->rounds) {
    TRY(state_->wait(kMaxUnderWay - 1));
    const auto waiter = std::make_shared<Waiter>();
    round->done = waiter->done();
    state_->under_way.push_back(waiter);
    state_->core.sequencer.submit(std::move(round));
  }
  return {};
}

Result<> BulkLoader::finish() {
  return state_->wait(0);
}

Result<> BulkLoader::write(Prepared&& prepared) {
  TRY(write_behind(std::move(prepared)));
  return finish();
}

}  // namespace meridian::store
