// run(): a coroutine's result, waited for on the test's own thread; and pairs of streams to run them over.
#pragma once

#include <future>
#include <memory>
#include <utility>

#include "net/io.hpp"
#include "net/listener.hpp"
#include "net/task.hpp"

namespace meridian::net::testing {

template <typename T>
Task<void> tell(Task<T> task, std::promise<T>& told) {
  if constexpr (std::is_void_v<T>) {
    co_await task;
    told.set_value();
  } else {
    told.set_value(co_await task);
  }
}

/// Starts it on the loop; `get()` of what is given back waits for its end.
template <typename T>
struct Running {
  std::promise<T> promise;
  std::future<T> result = promise.get_future();
  T get() { return result.get(); }
};
template <typename T>
std::unique_ptr<Running<T>> begin(Loop& loop, Task<T> task) {
  auto running = std::make_unique<Running<T>>();
  spawn(loop, tell(std::move(task), running->promise));
  return running;
}

template <typename T>
T run(Loop& loop, Task<T> task) {
  return begin(loop, std::move(task))->get();
}

/// Does something on the loop's thread and waits until it is done.
template <typename What>
void on(Loop& loop, What what) {
  std::promise<void> done;
  loop.post([&] {
    what();
    done.set_value();
  });
  done.get_future().wait();
}

/// Two connected streams on one loop, which are made and destroyed there, as streams must be.
class StreamPair {
 public:
  explicit StreamPair(Loop& loop) : loop_(loop) {
    SocketPair sockets = *make_socket_pair();
    on(loop_, [&] {
      first = make_stream(loop_, std::move(sockets.first));
      second = make_stream(loop_, std::move(sockets.second));
    });
  }
  ~StreamPair() {
    on(loop_, [&] {
      first.reset();
      second.reset();
    });
  }
  StreamPair(const StreamPair&) = delete;
  StreamPair& operator=(const StreamPair&) = delete;

  std::unique_ptr<Stream> first;
  std::unique_ptr<Stream> second;

 private:
  Loop& loop_;
};

}  // namespace meridian::net::testing
