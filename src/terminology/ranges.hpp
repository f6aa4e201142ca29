// Ranges: a set of small numbers as runs, [begin, end), in order and apart from each other.
//
// The codes of a system are numbered so that what lies below a code is one run, or a few (code_system.hpp); so sets of
// codes are short lists of runs, and set operations are merges. Eight bytes a run. Threads: a value like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace meridian::terminology {

struct Run {
  std::uint32_t begin;
  std::uint32_t end;
  bool operator==(const Run&) const = default;
};

/// Whether one of the runs, which are in order, holds the number.
bool contains(std::span<const Run> runs, std::uint32_t number);

class Ranges {
 public:
  Ranges() = default;
  explicit Ranges(std::span<const Run> runs) : runs_(runs.begin(), runs.end()) {}
  /// 0 … count-1
  static Ranges all(std::uint32_t count);
  /// Of numbers in any order, repeated or not.
  static Ranges of(std::vector<std::uint32_t> numbers);

  bool empty() const { return runs_.empty(); }
  std::size_t size() const;  ///< of numbers
  bool contains(std::uint32_t number) const { return terminology::contains(runs_, number); }
  std::span<const Run> runs() const { return runs_; }

  /// The next number must be greater than all before.
  void append(std::uint32_t number);
  void append(Run run);

  Ranges united(const Ranges& other) const;
  Ranges common(const Ranges& other) const;
  Ranges without(const Ranges& other) const;

  bool operator==(const Ranges&) const = default;

 private:
  std::vector<Run> runs_;
};

}  // namespace meridian::terminology
