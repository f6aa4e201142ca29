// Coverage: which fields of which segments of a message were mapped, and which were dropped.
//
// Counts by segment and field, of fields that hold something. A field that a map names counts as mapped even where its
// conditions kept it out of the result, since then it was the map's decision. Segments that no map speaks of are
// dropped whole. Values are never kept.
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meridian::mapping {

struct FieldCoverage {
  char segment[4] = {};
  std::uint16_t field = 0;
  std::uint32_t mapped = 0;   ///< in how many segments it held something that a map takes
  std::uint32_t dropped = 0;  ///< in how many it held something that none takes
};

class Coverage {
 public:
  void count(const char* segment, std::uint16_t field, bool is_mapped);
  void add(const Coverage& other);
  /// Sorted by segment and field.
  const std::vector<FieldCoverage>& fields() const { return fields_; }
  std::uint32_t mapped() const;
  std::uint32_t dropped() const;
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<FieldCoverage> fields_;
};

/// A table for people: `PID-5  mapped 3`, one field a line, dropped ones marked.
std::string to_text(const Coverage& coverage);

}  // namespace meridian::mapping
