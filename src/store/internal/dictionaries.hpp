// Dictionaries: what zstd knows of FHIR before it begins. Each has a number that is stored with what it compressed, so
// none is ever removed or changed; a better one is added at the end. They are trained on made-up resources only
// (tools/store_dictionary): a dictionary holds pieces of what it was trained on.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::store {

struct Dictionary {
  std::uint32_t number;
  std::string_view bytes;
};

/// By number, from 1; the last is the one to compress with.
std::span<const Dictionary> dictionaries();

}  // namespace meridian::store
