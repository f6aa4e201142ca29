// What a Store is: its parts and the threads that run them.
#pragma once

#include <memory>
#include <thread>

#include "base/file_system.hpp"
#include "store/internal/core.hpp"

namespace meridian::store {

struct Store::State {
  std::unique_ptr<FileLock> lock;  // goes last
  std::unique_ptr<Core> core;
  std::thread sequencing;
  std::thread staging;
  std::thread delivering;

  void start() {
    staging = std::thread([this] { core->stager.run(); });
    sequencing = std::thread([this] { core->sequencer.run(); });
    delivering = std::thread([this] { core->delivery.run(); });
  }
  ~State() {
    if (core == nullptr) return;
    core->sequencer.stop();
    if (sequencing.joinable()) sequencing.join();
    core->stager.stop();
    if (staging.joinable()) staging.join();
    core->delivery.stop();
    if (delivering.joinable()) delivering.join();
  }
};

}  // namespace meridian::store
