#include "terminology/ranges.hpp"

#include <algorithm>

namespace meridian::terminology {

bool contains(std::span<const Run> runs, std::uint32_t number) {
  const auto after = std::ranges::upper_bound(runs, number, {}, &Run::begin);
  return after != runs.begin() && number < std::prev(after)->end;
}

Ranges Ranges::all(std::uint32_t count) {
  Ranges made;
  if (count > 0) made.runs_.push_back({0, count});
  return made;
}

Ranges Ranges::of(std::vector<std::uint32_t> numbers) {
  std::ranges::sort(numbers);
  Ranges made;
  for (const std::uint32_t number : numbers) {
    if (made.runs_.empty() || number >= made.runs_.back().end) made.append(number);
  }
  return made;
}

std::size_t Ranges::size() const {
  std::size_t count = 0;
  for (const Run run : runs_) count += run.end - run.begin;
  return count;
}

void Ranges::append(std::uint32_t number) {
  append({number, number + 1});
}

void Ranges::append(Run run) {
  if (run.begin >= run.end) return;
  if (!runs_.empty() && run.begin <= runs_.back().end) {
    runs_.back().end = std::max(runs_.back().end, run.end);
  } else {
    runs_.push_back(run);
  }
}

Ranges Ranges::united(const Ranges& other) const {
  Ranges made;
  auto a = runs_.begin();
  auto b = other.runs_.begin();
  while (a != runs_.end() || b != other.runs_.end()) {
    if (b == other.runs_.end() || (a != runs_.end() && a->begin <= b->begin)) {
      made.append(*a++);
    } else {
      made.append(*b++);
    }
  }
  return made;
}

Ranges Ranges::common(const Ranges& other) const {
  Ranges made;
  auto a = runs_.begin();
  auto b = other.runs_.begin();
  while (a != runs_.end() && b != other.runs_.end()) {
    made.append({std::max(a->begin, b->begin), std::min(a->end, b->end)});
    if (a->end < b->end) {
      ++a;
    } else {
      ++b;
    }
  }
  return made;
}

Ranges Ranges::without(const Ranges& other) const {
  Ranges made;
  auto b = other.runs_.begin();
  for (Run run : runs_) {
    while (b != other.runs_.end() && b->end <= run.begin) ++b;
    for (auto at = b; at != other.runs_.end() && at->begin < run.end; ++at) {
      made.append({run.begin, std::max(run.begin, at->begin)});
      run.begin = std::max(run.begin, at->end);
    }
    made.append(run);
  }
  return made;
}

}  // namespace meridian::terminology
