// Pool: things that are costly to make or to warm up, kept for the next one who needs one.
//
//   Pool<Looker> idle(16);
//   std::unique_ptr<Looker> looker = idle.take_or([&] { return std::make_unique<Looker>(parameters); });
//   …
//   idle.give(std::move(looker));        // where work ended early, letting it go is fine too
//
// Whoever has one has it alone. At most so many are kept; what is given beyond that goes. The one that was given last
// is taken first, since its memory is still near. Any thread may call; what is made or destroyed is so outside the
// lock.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace meridian {

template <typename T>
class Pool {
 public:
  explicit Pool(std::size_t most) : most_(most) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// The one given last, if it is as wanted; null otherwise.
  template <typename Wanted>
  std::unique_ptr<T> take_if(Wanted wanted) {
    const std::lock_guard lock(mutex_);
    if (idle_.empty() || !wanted(std::as_const(*idle_.back()))) return nullptr;
    std::unique_ptr<T> taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
  }

  template <typename Make>
  std::unique_ptr<T> take_or(Make make) {
    std::unique_ptr<T> taken = take_if([](const T&) { return true; });
    return taken != nullptr ? std::move(taken) : make();
  }

  void give(std::unique_ptr<T> item) {
    const std::lock_guard lock(mutex_);
    if (item != nullptr && idle_.size() < most_) idle_.push_back(std::move(item));
  }

  std::size_t idle() const {
    const std::lock_guard lock(mutex_);
    return idle_.size();
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace meridian
