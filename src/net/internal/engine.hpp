// Loop::Engine: Asio's side of a Loop, for the .cpp files of this module.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <coroutine>
#include <thread>
#include <vector>

#include "net/io.hpp"

namespace meridian::net {

struct Loop::Engine {
  // One thread runs it and touches its sockets; any thread may post.
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  boost::asio::steady_timer ticker{context};
  std::vector<std::coroutine_handle<>> next_turn;  // only on the thread
  std::vector<std::coroutine_handle<>> this_turn;
  std::thread thread;
};

}  // namespace meridian::net
