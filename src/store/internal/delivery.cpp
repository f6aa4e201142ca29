#include "store/internal/delivery.hpp"

namespace meridian::store {

void Delivery::add(CommitDone done, Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    parcels_.push_back({std::move(done), std::move(outcome)});
  }
  changed_.notify_one();
}

bool Delivery::step() {
  std::unique_lock lock(mutex_);
  if (parcels_.empty()) return false;
  Parcel parcel = std::move(parcels_.front());
  parcels_.pop_front();
  lock.unlock();
  parcel.done(std::move(parcel.outcome));
  return true;
}

void Delivery::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !parcels_.empty(); });
      if (parcels_.empty()) return;
    }
    step();
  }
}

void Delivery::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

}  // namespace meridian::store
