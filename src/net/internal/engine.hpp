// Loop::Engine: Asio's side of a Loop, for the .cpp files of this module.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "net/io.hpp"

namespace meridian::net {

struct Loop::Engine {
  boost::asio::io_context context{1};  // one thread runs it
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  boost::asio::steady_timer ticker{context};
  std::thread thread;
};

}  // namespace meridian::net
