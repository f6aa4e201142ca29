// Wakers: who wants to hear that a commit became visible. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/callback.hpp"
#include "store/context.hpp"

namespace meridian::store {

class Wakers {
 public:
  using Wake = Callback<void(TenantId, CommitNumber)>;

  /// Until the handle goes; a call that is under way is waited for.
  std::shared_ptr<void> add(Wake wake) {
    auto entry = std::make_shared<Entry>();
    entry->wake = std::move(wake);
    const std::lock_guard lock(mutex_);
    entries_.push_back(entry);
    return {entry.get(), [entry](void*) {
              const std::lock_guard running(entry->mutex);
              entry->wake.reset();
            }};
  }

  void call(TenantId tenant, CommitNumber commit) {
    std::vector<std::shared_ptr<Entry>> entries;
    {
      const std::lock_guard lock(mutex_);
      entries = entries_;
    }
    bool is_any_gone = false;
    for (const std::shared_ptr<Entry>& entry : entries) {
      const std::lock_guard running(entry->mutex);
      if (entry->wake) {
        entry->wake(tenant, commit);
      } else {
        is_any_gone = true;
      }
    }
    if (!is_any_gone) return;
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const std::shared_ptr<Entry>& entry) {
      const std::lock_guard running(entry->mutex);
      return !entry->wake;
    });
  }

 private:
  struct Entry {
    std::mutex mutex;
    Wake wake;
  };
  std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;
};

}  // namespace meridian::store
