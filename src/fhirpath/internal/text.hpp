// Small helpers on text beyond base/utf8.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::fhirpath::internal {

/// Whether the word is a calendar unit: year, years … millisecond, milliseconds.
bool is_calendar_word(std::string_view word);

/// The number that exactly `count` hexadecimal digits write.
std::optional<std::uint32_t> hex_digits(std::string_view text, std::size_t count);

/// A short piece of the text for a message, cut between code points.
std::string excerpt(std::string_view text);

}  // namespace meridian::fhirpath::internal
