// Parts of a JSON text as they stand: members of an object, items of an array. For texts that are known to be JSON.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace meridian::mapping::internal {

/// Key (as written, without quotes) and value of each member; empty when the text is no object.
std::vector<std::pair<std::string_view, std::string_view>> json_members(std::string_view object);
/// The items of an array; empty when it is none.
std::vector<std::string_view> json_items(std::string_view array);
/// The string at a path of keys, of the first item where an array is in the way; escapes as they stand.
std::string_view json_text_at(std::string_view value, const std::vector<std::string>& path);

}  // namespace meridian::mapping::internal
