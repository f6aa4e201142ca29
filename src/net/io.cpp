#include "net/io.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>

#include "net/internal/engine.hpp"
#include "net/task.hpp"

namespace meridian::net {

Expiring::~Expiring() {
  if (watching_ == nullptr) return;
  if (watching_->next_to_look_ == this) watching_->next_to_look_ = next_;
  if (previous_ != nullptr) previous_->next_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (watching_->first_ == this) watching_->first_ = next_;
}

void Expiring::watch(Loop& loop) {
  if (watching_ != nullptr) return;
  watching_ = &loop;
  next_ = loop.first_;
  if (next_ != nullptr) next_->previous_ = this;
  loop.first_ = this;
  loop.run_ticks();
}

Loop::Loop(std::int64_t tick_milliseconds)
    : engine_(std::make_unique<Engine>()), tick_milliseconds_(tick_milliseconds) {
  engine_->thread = std::thread([this] { engine_->context.run(); });
}

Loop::~Loop() {
  engine_->context.stop();
  engine_->thread.join();
}

void Loop::post(Callback<void()> work) {
  boost::asio::post(engine_->context, [work = std::move(work)] { work(); });
}

// One entry in Asio's queue for all that wait for the same turn: it costs a lock, they do not.
void Loop::resume_later(std::coroutine_handle<> handle) {
  engine_->next_turn.push_back(handle);
  if (engine_->next_turn.size() > 1) return;
  boost::asio::defer(engine_->context, [this] {
    engine_->this_turn.swap(engine_->next_turn);
    for (const std::coroutine_handle<> waiting : engine_->this_turn) waiting.resume();
    engine_->this_turn.clear();
  });
}

bool Loop::is_current() const {
  return engine_->context.get_executor().running_in_this_thread();
}

void Loop::run_ticks() {
  if (ticking_) return;
  ticking_ = true;
  engine_->ticker.expires_after(std::chrono::milliseconds(tick_milliseconds_));
  engine_->ticker.async_wait([this](const boost::system::error_code& error) {
    ticking_ = false;
    if (!error) tick();
  });
}

// One look at everything that has a deadline: a few nanoseconds each, ten times a second, instead of a timer that is
// moved with every request.
void Loop::tick() {
  const std::int64_t now = steady_nanoseconds();
  for (Expiring* at = first_; at != nullptr; at = next_to_look_) {
    next_to_look_ = at->next_;
    if (at->deadline_.nanoseconds() <= now) {
      at->deadline_ = Deadline{};
      at->expired();
    }
  }
  if (first_ != nullptr) run_ticks();
}

Io::Io(IoOptions options) {
  // A peer that has gone is an error of the write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < options.threads; ++i) loops_.push_back(std::make_unique<Loop>(options.tick_milliseconds));
}

Io::~Io() = default;

Loop& Io::next() {
  const std::size_t turn = __atomic_fetch_add(&turn_, 1, __ATOMIC_RELAXED);
  return *loops_[turn % loops_.size()];
}

namespace {

// Owns a task that nobody awaits; its frame goes when it ends.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

Detached detach(Task<void> task) {
  co_await task;
}

}  // namespace

void start(Task<void> task) {
  detach(std::move(task));
}

void spawn(Loop& loop, Task<void> task) {
  loop.post([task = std::move(task)]() mutable { start(std::move(task)); });
}

}  // namespace meridian::net
