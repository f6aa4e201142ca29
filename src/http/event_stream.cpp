#include "http/event_stream.hpp"

#include <mutex>
#include <optional>

namespace meridian::http {
namespace {

/// The queue between those who send and the source that the server pulls from.
class Queue final : public EventStream {
 public:
  explicit Queue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  Result<> send(const Event& event) override { return add(to_text(event)); }
  Result<> keep_alive() override { return add(":\n\n"); }

  void close() override {
    Waker waker;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      waker = waker_;
    }
    waker.wake();
  }

  Flow pull(std::string& out, const Waker& waker) {
    const std::lock_guard lock(mutex_);
    waker_ = waker;
    out += waiting_;
    waiting_.clear();
    return closed_ ? Flow::end : Flow::wait;
  }

  void client_gone() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    waker_ = Waker();
    waiting_.clear();
  }

 private:
  Result<> add(const std::string& text) {
    Waker waker;
    {
      const std::lock_guard lock(mutex_);
      if (gone_ || closed_) return fail(ErrorCode::gone, "the event stream has ended");
      if (waiting_.size() + text.size() > max_bytes_) {
        return fail(ErrorCode::busy, "the client takes its events too slowly");
      }
      waiting_ += text;
      waker = waker_;
    }
    waker.wake();
    return {};
  }

  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::string waiting_;  // protected by mutex_, as the rest
  Waker waker_;
  bool closed_ = false;
  bool gone_ = false;
};

class QueueSource final : public BodySource {
 public:
  explicit QueueSource(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}
  ~QueueSource() override { queue_->client_gone(); }
  QueueSource(const QueueSource&) = delete;
  QueueSource& operator=(const QueueSource&) = delete;

  Result<Flow> pull(std::string& out, std::size_t /*wanted*/, const Waker& waker) override {
    return queue_->pull(out, waker);
  }

 private:
  std::shared_ptr<Queue> queue_;
};

// A line break inside a field would begin another field.
void append_lines(std::string& out, std::string_view field, std::string_view text) {
  while (true) {
    const std::size_t end = text.find_first_of("\r\n");
    out.append(field).append(": ").append(text.substr(0, end)).append("\n");
    if (end == std::string_view::npos) return;
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  return out;
}

}  // namespace

std::string to_text(const Event& event) {
  std::string out;
  if (!event.event.empty()) out += "event: " + one_line(event.event) + '\n';
  if (!event.id.empty()) out += "id: " + one_line(event.id) + '\n';
  if (event.retry_ms > 0) out += "retry: " + std::to_string(event.retry_ms) + '\n';
  append_lines(out, "data", event.data);
  out += '\n';
  return out;
}

std::string_view last_event_id(const Request& request) {
  return request.headers.get("Last-Event-ID");
}

OpenEventStream open_event_stream(std::size_t max_queued_bytes) {
  auto queue = std::make_shared<Queue>(max_queued_bytes);
  Response response = Response::stream("text/event-stream", std::make_unique<QueueSource>(queue));
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");  // proxies of the nginx kind hold streams back otherwise
  return {std::move(queue), std::move(response)};
}

}  // namespace meridian::http
