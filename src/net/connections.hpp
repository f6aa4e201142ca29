// Connections: which connections of a server are open, from where, and on which loop each lives.
//
// Those of one address are counted together; those of a Unix socket ("unix") only in all. Counting is for any thread;
// the set of a loop is touched only on that loop's thread. Kept by a shared_ptr, since what was posted to the loops may
// outlive its server.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "net/io.hpp"

namespace meridian::net {

class ConnectionCount {
 public:
  /// Counts a new connection from there; false when it would be one too many, of all or of its address.
  bool admit(const std::string& address, std::uint64_t most, std::uint64_t most_per_address);
  void leave(const std::string& address);
  std::uint64_t open() const { return open_.load(); }
  /// Waits until no connection is open, or that long. True when none is.
  bool wait_until_empty(std::int64_t milliseconds);

 private:
  std::atomic<std::uint64_t> open_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::uint32_t> by_address_;  // protected by mutex_
};

template <typename Connection>
class Connections : public ConnectionCount {
 public:
  /// Once, before there are any.
  void live_on(Io& io) {
    for (std::size_t i = 0; i < io.size(); ++i) by_loop_[&io.at(i)];
  }
  // On the loop's thread.
  void insert(Loop& loop, Connection* connection) { by_loop_.find(&loop)->second.insert(connection); }
  void erase(Loop& loop, Connection* connection) { by_loop_.find(&loop)->second.erase(connection); }

  /// Does something with every connection, on the loop where it lives.
  template <typename What>
  static void for_each(const std::shared_ptr<Connections>& all, What what) {
    for (auto& entry : all->by_loop_) {
      entry.first->post([all, loop = entry.first, what] {
        // Ending one may take it out of the set.
        const auto& open = all->by_loop_.find(loop)->second;
        const std::vector<Connection*> copy(open.begin(), open.end());
        for (Connection* connection : copy) {
          if (open.contains(connection)) what(*connection);
        }
      });
    }
  }

 private:
  std::map<Loop*, std::unordered_set<Connection*>> by_loop_;
};

}  // namespace meridian::net
