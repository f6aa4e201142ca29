// Members of a JSON object, seen as text: to pass parts of a resource on as they stand, without making a tree of them.
//
// Only for texts that have been parsed before: brackets match and strings end. Keys of FHIR hold no escapes.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace meridian::rest {

struct Member {
  std::string_view key;    ///< without quotes
  std::string_view value;  ///< as it stands
};

/// After the value that begins at `begin`, which may be of any kind.
std::size_t value_end(std::string_view text, std::size_t begin);
/// The value that begins at `begin`.
inline std::string_view value_at(std::string_view text, std::size_t begin) {
  return text.substr(begin, value_end(text, begin) - begin);
}
/// Of an object, in order; none of anything else.
std::vector<Member> members_of(std::string_view object);
/// The value of that key, or "".
std::string_view member_of(std::string_view object, std::string_view key);
/// Of an array, in order; none of anything else.
std::vector<std::string_view> items_of(std::string_view array);

}  // namespace meridian::rest
