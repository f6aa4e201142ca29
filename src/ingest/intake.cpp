#include "ingest/intake.hpp"

#include <utility>

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "ingest/feed.hpp"
#include "ingest/messages.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kCopiedBytes = 256 << 10;  // a larger one is read back from the inbox
constexpr std::size_t kFiledAtOnce = 1000;       // of many

double seconds_since(std::int64_t began) {
  return static_cast<double>(steady_nanoseconds() - began) / 1e9;
}

}  // namespace

Refusal too_large() {
  return {"mllp-too-large", "the message is too large; only its beginning was kept"};
}

Intake::Intake(const Feed& feed, const PipelineServices& services, Pipeline& pipeline)
    : feed_(feed), services_(services), pipeline_(pipeline) {}

Intake::~Intake() {
  finish();  // callbacks of the inbox that are still to come refer to this
}

void Intake::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return under_way_ == 0; });
}

NewMessage Intake::to_be_filed(MessageHeader header, std::string source, std::string content,
                               std::optional<Refusal> refusal) {
  NewMessage filed;
  filed.feed = feed_.name;
  filed.header = std::move(header);
  filed.source = std::move(source);
  filed.content = std::move(content);
  if (filed.header.is_readable && !refusal) return filed;
  if (!refusal) refusal = Refusal{std::string(kUnreadable.id), std::string(kUnreadable.english)};
  ++unreadable_;
  filed.header.control_id.clear();  // nobody may take what comes again for this one
  Outcome outcome;
  outcome.state = MessageState::dead;
  outcome.stage = Stage::receive;
  outcome.code = std::move(refusal->code);
  outcome.text = std::move(refusal->text);
  outcome.suggestion = std::move(refusal->suggestion);
  filed.outcome = std::move(outcome);
  return filed;
}

void Intake::take(std::string content, std::string source, std::optional<Refusal> refusal, Told told) {
  // 1. receive: what is it, as far as filing it needs to know?
  Arrival arrival;
  arrival.began = steady_nanoseconds();
  arrival.header = services_.reader->read(content);
  arrival.is_readable = arrival.header.is_readable && !refusal;
  std::optional<Message> message;
  if (arrival.is_readable) {
    message.emplace();
    message->header = arrival.header;
    message->source = source;
    if (content.size() <= kCopiedBytes) message->content = content;
  }
  NewMessage filed = to_be_filed(arrival.header, std::move(source), std::move(content), std::move(refusal));
  pipeline_.note(Stage::receive, seconds_since(arrival.began), !arrival.is_readable);
  {
    const std::lock_guard lock(mutex_);
    ++under_way_;
  }
  // 2. inbox
  services_.inbox->put(std::move(filed), [this, arrival = std::move(arrival), message = std::move(message),
                                          told = std::move(told)](Result<Receipt> receipt) mutable {
    pipeline_.note(Stage::inbox, seconds_since(arrival.began), !receipt);
    if (receipt) count(*receipt);
    told(arrival, receipt);  // who asks what becomes of it does so before that can be known
    if (receipt && arrival.is_readable && !receipt->is_duplicate) offer(*std::move(message), *receipt);
    const std::lock_guard lock(mutex_);
    --under_way_;
    changed_.notify_all();
  });
}

void Intake::count(const Receipt& receipt) {
  if (receipt.is_duplicate) ++duplicates_;
  if (!receipt.reuses_control_id) return;
  ++reused_;
  log_warning("control id was used before for another message",
              {{"feed", feed_.name}, {"sequence", receipt.id.sequence}});
}

void Intake::offer(Message message, const Receipt& receipt) {
  if (message.content.empty()) {
    Result<Message> read = services_.inbox->read(receipt.id);
    if (!read) return log_error("inbox cannot be read", {{"feed", feed_.name}, {"reason", read.error().message()}});
    message.content = std::move(read->content);
  }
  message.id = receipt.id;
  message.arrived = receipt.arrived;
  pipeline_.offer(std::move(message));
}

void Intake::take(std::string content, std::string source) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return filing_ < kFiledAtOnce; });
    ++filing_;
  }
  take(std::move(content), std::move(source), std::nullopt, [this](const Arrival&, const Result<Receipt>& receipt) {
    const std::lock_guard lock(mutex_);
    if (!receipt && !fault_) fault_ = receipt.error();
    --filing_;
    changed_.notify_all();
  });
}

Result<> Intake::settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return filing_ == 0; });
  if (std::optional<Error> fault = std::exchange(fault_, std::nullopt)) return fail(*std::move(fault));
  return {};
}

Result<> Intake::refuse(std::string beginning, std::string source, const Error& why, std::string suggestion) {
  NewMessage filed = to_be_filed({}, std::move(source), std::move(beginning),
                                 Refusal{std::string(kUnreadable.id), why.message(), std::move(suggestion)});
  TRY(services_.inbox->put(std::move(filed)));
  return {};
}

}  // namespace meridian::ingest
