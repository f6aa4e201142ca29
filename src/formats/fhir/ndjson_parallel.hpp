// work_in_order: NDJSON worked on by several threads, results in the order of the file, memory bounded.
//
//   auto check = [&](const NdjsonChunk& chunk, unsigned worker) { return report_of(chunk, parsers[worker]); };
//   auto print = [&](std::string&& report) { out << report; return true; };
//   TRY(work_in_order<std::string>(chunks, threads, issues, check, print));
//
// The calling thread reads chunks and consumes results; `threads` others work. At most `threads + 2` chunks with
// their results are held at a time, so what a result holds is to be bounded by its chunk. `work` is called by several
// threads at once, never by two with the same worker number, and may not throw; `consume` returns false to stop.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "formats/fhir/ndjson.hpp"

namespace meridian::fhir {

template <typename Output, typename Work, typename Consume>
Result<> work_in_order(NdjsonChunks& chunks, unsigned threads, Issues& issues, const Work& work,
                       const Consume& consume) {
  struct Slot {
    NdjsonChunk chunk;
    Output output;
    bool is_done = false;
  };
  threads = threads == 0 ? 1 : threads;
  std::vector<Slot> slots(threads + 2);
  std::mutex mutex;
  std::condition_variable work_ready;
  std::condition_variable output_ready;
  // Chunks by their number: [consumed, taken) are worked on or done, [taken, filled) wait.
  std::size_t consumed = 0;
  std::size_t taken = 0;
  std::size_t filled = 0;
  bool is_closing = false;

  const auto worker = [&](unsigned number) {
    std::unique_lock lock(mutex);
    for (;;) {
      work_ready.wait(lock, [&] { return taken < filled || is_closing; });
      if (is_closing) return;
      Slot& slot = slots[taken++ % slots.size()];
      lock.unlock();
      slot.output = work(std::as_const(slot.chunk), number);
      lock.lock();
      slot.is_done = true;
      output_ready.notify_one();
    }
  };
  const auto consume_next = [&] {
    Slot& slot = slots[consumed % slots.size()];
    {
      std::unique_lock lock(mutex);
      output_ready.wait(lock, [&] { return slot.is_done; });
      slot.is_done = false;
    }
    ++consumed;
    return consume(std::move(slot.output));
  };

  std::vector<std::thread> pool;
  pool.reserve(threads);
  for (unsigned number = 0; number < threads; ++number) pool.emplace_back(worker, number);

  Result<> outcome;
  bool goes_on = true;
  while (goes_on) {
    if (filled - consumed == slots.size()) {
      goes_on = consume_next();
      if (!goes_on) break;
    }
    const Result<bool> more = chunks.next(slots[filled % slots.size()].chunk, issues);
    if (!more) outcome = fail(more.error());
    if (!more || !*more) break;
    {
      const std::lock_guard lock(mutex);
      ++filled;
    }
    work_ready.notify_one();
  }
  while (goes_on && consumed < filled) goes_on = consume_next();
  {
    const std::lock_guard lock(mutex);
    is_closing = true;
  }
  work_ready.notify_all();
  for (std::thread& thread : pool) thread.join();
  return outcome;
}

}  // namespace meridian::fhir
