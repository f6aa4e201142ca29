// How many small answers a second: our server beside a bare Asio program that echoes the same bytes.
//
// Both answer on one loop's thread, so that two cores hold the server and the load generator. The load generator is
// the same for both: one epoll thread with 64 connections, each with one request in flight. What it asks and what
// comes back are byte for byte as long on both sides. p50 and p99 are in microseconds.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

constexpr int kConnections = 64;
const std::string kRequest = "GET /item HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n";

std::string kilobyte_of_json() {
  std::string text = R"({"resourceType":"Observation","note":")";
  text += std::string(1024 - text.size() - 2, 'x');
  return text + "\"}";
}

Router router() {
  Router routes;
  routes.add(Method::get, "/item", [body = kilobyte_of_json()](const Request&) { return Response::json(body); })
      .run(Run::inline_);
  return routes;
}

/// 64 connections, each of which asks again as soon as it is answered.
class Load {
 public:
  Load(std::uint16_t port, std::size_t response_bytes) : response_bytes_(response_bytes), epoll_(::epoll_create1(0)) {
    for (int i = 0; i < kConnections; ++i) {
      const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
      if (descriptor < 0) std::abort();
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      const int on = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u32 = static_cast<std::uint32_t>(i);
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
      connections_.push_back({descriptor, 0, {}});
    }
    for (Connection& connection : connections_) ask(connection);
  }
  ~Load() {
    for (const Connection& connection : connections_) ::close(connection.descriptor);
    ::close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void take(std::size_t responses) {
    char bytes[16 * 1024];
    std::size_t taken = 0;
    while (taken < responses) {
      epoll_event events[kConnections];
      const int ready = ::epoll_wait(epoll_, events, kConnections, -1);
      for (int i = 0; i < ready; ++i) {
        Connection& connection = connections_[events[i].data.u32];
        const ssize_t got = ::recv(connection.descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got <= 0) std::abort();
        connection.came += static_cast<std::size_t>(got);
        if (connection.came < response_bytes_) continue;
        const auto waited = std::chrono::steady_clock::now() - connection.asked;
        waits_.push_back(std::chrono::duration<double, std::micro>(waited).count());
        ++taken;
        ask(connection);
      }
    }
  }

  double percentile(double share) {
    if (waits_.empty()) return 0;
    const auto at = waits_.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(waits_.size() - 1));
    std::nth_element(waits_.begin(), at, waits_.end());
    return *at;
  }

 private:
  struct Connection {
    int descriptor;
    std::size_t came;
    std::chrono::steady_clock::time_point asked;
  };
  static void ask(Connection& connection) {
    connection.came = 0;
    connection.asked = std::chrono::steady_clock::now();
    if (::send(connection.descriptor, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) std::abort();
  }

  std::size_t response_bytes_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<double> waits_;
};

void run(benchmark::State& state, std::uint16_t port, std::size_t response_bytes) {
  constexpr std::size_t kBatch = 5000;
  Load load(port, response_bytes);
  for (auto _ : state) load.take(kBatch);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBatch));
  state.counters["p50_us"] = load.percentile(0.50);
  state.counters["p99_us"] = load.percentile(0.99);
}

std::string whole_answer(std::uint16_t port) {
  testing::RawClient client(port);
  client.send(kRequest);
  const testing::RawResponse response = client.response();
  return response.head + response.body;
}

void ours(benchmark::State& state) {
  net::Io io(net::IoOptions{.threads = 1});
  const std::unique_ptr<Executor> executor = make_pool(1, 64);
  Result<Server> server = Server::start({}, router(), Services{&io, executor.get(), {}});
  if (!server) return state.SkipWithError("the server did not start");
  run(state, server->port(), whole_answer(server->port()).size());
}

using boost::asio::ip::tcp;

/// Reads what there is and writes the prepared answer: no parsing at all.
class Echo : public std::enable_shared_from_this<Echo> {
 public:
  Echo(tcp::socket socket, const std::string& answer) : socket_(std::move(socket)), answer_(answer) {}
  void read() {
    socket_.async_read_some(boost::asio::buffer(bytes_), [self = shared_from_this()](auto error, std::size_t) {
      if (!error) self->write();
    });
  }

 private:
  void write() {
    boost::asio::async_write(socket_, boost::asio::buffer(answer_),
                             [self = shared_from_this()](auto error, std::size_t) {
                               if (!error) self->read();
                             });
  }
  tcp::socket socket_;
  const std::string& answer_;
  char bytes_[4096];
};

void accept(tcp::acceptor& acceptor, const std::string& answer) {
  acceptor.async_accept([&](auto error, tcp::socket socket) {
    if (error) return;
    socket.set_option(tcp::no_delay(true));
    std::make_shared<Echo>(std::move(socket), answer)->read();
    accept(acceptor, answer);
  });
}

void asio_echo(benchmark::State& state) {
  std::string answer;
  {
    const testing::TestServer server(router());
    answer = whole_answer(server.port());
  }
  boost::asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  accept(acceptor, answer);
  std::thread thread([&] { context.run(); });
  run(state, acceptor.local_endpoint().port(), answer.size());
  context.stop();
  thread.join();
}

BENCHMARK(ours)->Name("http 1 KB keep-alive 64 connections/ours")->UseRealTime();
BENCHMARK(asio_echo)->Name("http 1 KB keep-alive 64 connections/theirs:asio-echo")->UseRealTime()

    ;

}  // namespace
}  // namespace meridian::http
