// Path: the place of a value in a message, as people write it: `PID-3[2].1.2`.
//
//   path    = segment [ index ] [ ( "-" / "." ) field [ index ] [ "." component [ "." subcomponent ] ] ]
//   segment = 3 letters or digits     index = "[" ( number / "*" ) "]"     numbers from 1
//
// `OBX[3]-5` is OBX-5 of the third OBX, `PID-3[2].1` the first component of the second repetition, `MSH-9.2` the
// trigger. An index left out means the first, and `[*]` every one.
//
//   Value family = find(message, TRY(Path::parse("PID-5.1")));
//
// Errors: invalid_argument, with what is wrong and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2 {

struct Path {
  static constexpr std::uint32_t kEvery = UINT32_MAX;

  std::string segment;
  std::uint32_t occurrence = 1;
  std::uint32_t field = 0;         ///< 0: the segment itself
  std::uint32_t repetition = 0;    ///< 0: not said; the field whole, or its first repetition where a component is named
  std::uint32_t component = 0;     ///< 0: not said
  std::uint32_t subcomponent = 0;  ///< 0: not said

  static Result<Path> parse(std::string_view text);
  bool operator==(const Path&) const = default;
};

/// Shortest form: an occurrence of 1 is not written.
std::string to_string(const Path& path);

/// The first value at a path that names a field; absent when there is none.
Value find(const Message& message, const Path& path);
/// Every value that a path with `[*]` reaches, in order; those that are absent are left out.
std::vector<Value> find_all(const Message& message, const Path& path);
/// The first segment that the path names, or a null one.
Segment find_segment(const Message& message, const Path& path);

}  // namespace meridian::hl7v2
