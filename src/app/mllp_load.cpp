#include "app/mllp_load.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "ingest/hl7_header.hpp"
#include "net/io.hpp"

namespace meridian::app {
namespace {

struct Numbered {
  std::string_view segment;
  std::size_t field;
  bool repeats;
};
constexpr std::array<Numbered, 9> kNumbered{{{"MSH", 10, false},
                                             {"PID", 3, true},
                                             {"PID", 18, false},
                                             {"MRG", 1, true},
                                             {"PV1", 19, false},
                                             {"ORC", 2, false},
                                             {"ORC", 3, false},
                                             {"OBR", 2, false},
                                             {"OBR", 3, false}}};

/// What is sent on one connection.
struct Lane {
  std::vector<const RenewableMessage*> messages;
  std::unique_ptr<connect::MllpClient> client;
  std::size_t next = 0;
  std::uint32_t time = 0;
};

class Load {
 public:
  explicit Load(const MllpLoadTerms& terms) : terms_(terms), open_(terms.connections) {}

  /// The lane is free: sends its next message at once, or when its turn comes.
  void go_on(Lane& lane) {
    if (terms_.rate == 0) return send_next(lane);
    const std::lock_guard lock(mutex_);
    free_.push_back(&lane);
    changed_.notify_all();
  }

  Result<MllpLoadReport> wait() {
    const std::int64_t began = steady_nanoseconds();
    if (terms_.rate > 0) pace(began);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    if (failure_) return fail(*failure_);
    report_.figures.seconds = static_cast<double>(steady_nanoseconds() - began) / 1e9;
    times_.tell(report_.figures);
    return std::move(report_);
  }

 private:
  /// Lets free lanes send, so many a second in all, until every lane is at its end.
  void pace(std::int64_t began) {
    std::uint64_t sent = 0;
    std::unique_lock lock(mutex_);
    while (open_ > 0) {
      changed_.wait(lock, [this] { return open_ == 0 || !free_.empty(); });
      if (open_ == 0) return;
      const std::int64_t due = began + static_cast<std::int64_t>(sent * 1'000'000'000 / terms_.rate);
      if (const std::int64_t ahead = due - steady_nanoseconds(); ahead > 0) {
        lock.unlock();
        std::this_thread::sleep_for(std::chrono::nanoseconds(ahead));
        lock.lock();
      }
      Lane& lane = *free_.front();
      free_.pop_front();
      ++sent;
      lock.unlock();
      send_next(lane);
      lock.lock();
    }
  }

  void send_next(Lane& lane) {
    if (lane.next == lane.messages.size()) {
      lane.next = 0;
      ++lane.time;
    }
    if (lane.time == terms_.times || lane.messages.empty() || is_failed()) return end();
    std::string text = lane.messages[lane.next++]->text(lane.time);
    const std::size_t size = text.size();
    const std::int64_t began = steady_nanoseconds();
    lane.client->send(std::move(text), [this, &lane, began, size](const Result<std::string>& answer) {
      note(answer, began, size);
      go_on(lane);
    });
  }

  bool is_failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }
  void note(const Result<std::string>& answer, std::int64_t began, std::size_t size) {
    const std::int64_t took = steady_nanoseconds() - began;
    const std::lock_guard lock(mutex_);
    if (!answer) {
      if (!failure_) failure_ = answer.error();
      return;
    }
    ++report_.figures.count;
    report_.figures.bytes += size;
    ++report_.answers[acknowledgement_code(*answer)];
    times_.note(took);
  }

  const MllpLoadTerms terms_;
  std::deque<Lane*> free_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_;
  std::optional<Error> failure_;
  MllpLoadReport report_;
  AnswerTimes times_;
};

}  // namespace

std::string acknowledgement_code(std::string_view ack) {
  const std::size_t at = ack.find("\rMSA");
  if (at == std::string_view::npos || ack.size() < at + 7) return {};
  return std::string(ack.substr(at + 5, 2));
}

RenewableMessage::RenewableMessage(std::string text) : text_(std::move(text)) {
  if (text_.size() < 6) return;
  const char separator = text_[3];
  const std::string ends = {separator, text_[4], text_[5], '\r', '\n'};  // of a first component
  for (std::size_t at = 0; at < text_.size();) {
    const std::size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
    const std::string_view name = std::string_view(text_).substr(at, 3);
    std::size_t field = name == "MSH" ? 1 : 0;
    for (std::size_t i = at; i < end; ++i) {
      if (text_[i] == separator) ++field;
      const bool is_first = text_[i] == separator;
      const bool is_repetition = text_[i] == text_[5];
      if (!is_first && !is_repetition) continue;
      const auto known = std::find_if(kNumbered.begin(), kNumbered.end(), [&](const Numbered& one) {
        return one.segment == name && one.field == field && (is_first || one.repeats);
      });
      const std::size_t stop = std::min(text_.find_first_of(ends, i + 1), end);
      if (known != kNumbered.end() && stop > i + 1) places_.push_back(stop);
    }
    at = std::min(end + 1, text_.size());
  }
}

std::string RenewableMessage::text(std::uint32_t time) const {
  if (time == 0) return text_;
  const std::string number = '-' + std::to_string(time);
  std::string out;
  out.reserve(text_.size() + places_.size() * number.size());
  std::size_t from = 0;
  for (const std::size_t place : places_) {
    out.append(text_, from, place - from);
    out += number;
    from = place;
  }
  return out.append(text_, from);
}

Result<MllpLoadReport> send_many(const connect::MllpClientOptions& options, std::vector<std::string> messages,
                                 const MllpLoadTerms& terms) {
  const ingest::Hl7HeaderReader reader;
  std::vector<RenewableMessage> renewable;
  renewable.reserve(messages.size());
  // What clients call back outlives them.
  Load load(terms);
  net::Io io;
  std::deque<Lane> lanes(terms.connections);
  std::unordered_map<std::string, std::size_t> lane_of;  // by order key
  std::size_t turn = 0;
  for (std::string& message : messages) {
    const std::vector<std::string> keys = reader.read(message).order_keys;
    renewable.emplace_back(std::move(message));
    std::size_t lane = turn;
    for (const std::string& key : keys) {
      if (const auto known = lane_of.find(key); known != lane_of.end()) lane = known->second;
    }
    for (const std::string& key : keys) lane_of.emplace(key, lane);
    if (lane == turn) turn = (turn + 1) % terms.connections;
    lanes[lane].messages.push_back(&renewable.back());
  }
  for (Lane& lane : lanes) lane.client = TRY(connect::MllpClient::create(options, io));
  for (Lane& lane : lanes) load.go_on(lane);
  return load.wait();
}

}  // namespace meridian::app
