// Spare strings: the memory of a string that a connection needs only while it answers, handed to the next that answers.
//
// Each thread keeps a few; an idle connection then holds none.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace meridian::http::internal {

class SpareStrings {
 public:
  /// An empty string, with room in it if there is a spare one.
  static std::string take() {
    std::vector<std::string>& kept = of_this_thread();
    if (kept.empty()) return {};
    std::string spare = std::move(kept.back());
    kept.pop_back();
    return spare;
  }
  static void give(std::string spare) {
    constexpr std::size_t kKept = 64;
    constexpr std::size_t kLargest = 16 * 1024;
    std::vector<std::string>& kept = of_this_thread();
    if (spare.capacity() > kLargest || kept.size() == kKept) return;
    spare.clear();
    kept.push_back(std::move(spare));
  }

 private:
  static std::vector<std::string>& of_this_thread() {
    thread_local std::vector<std::string> kept;
    return kept;
  }
};

}  // namespace meridian::http::internal
