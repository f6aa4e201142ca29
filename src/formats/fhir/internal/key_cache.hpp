// KeyCache: what the keys of a type mean, guessed from the key before.
//
// Members of an object mostly follow each other as they did the last time, so each key remembers the two keys that
// last came after it. A guess is checked against the text in a few instructions; only when both fail is the
// end of the key looked for and the schema asked.
//
//   entry 0                    the one that matches nothing
//   first[type]                stands before the first key of an object of the type
//   first[type] + 1 + slot     the key with that slot
//
// Threads: belongs to one parser.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::fhir::internal {

/// What the parser needs to know of a member beyond its ids.
enum Trait : std::uint8_t {
  kPrimitiveType = 1,  // its value is a plain JSON value
  kRepeats = 2,        // it stands in an array
  kAnyResource = 4,    // its type is told by the object's resourceType
  kResource = 8,       // its type is a certain resource
};

class KeyCache {
 public:
  static constexpr std::size_t kWords = 3;
  static constexpr std::size_t kLongestKey = kWords * 8 - 1;  // the closing quote is compared too

  struct Entry {
    std::uint64_t text[kWords];
    std::uint64_t mask[kWords];
    KeyMatch match;
    std::uint32_t next[2];
    std::uint8_t traits;
    bool is_learnt;
  };

  explicit KeyCache(const Schema& schema);

  /// The entry to start an object of the type with.
  std::uint32_t first(TypeId type) const { return first_[static_cast<std::size_t>(type)]; }

  const Entry& entry(std::uint32_t index) const { return entries_.get()[index]; }

  /// The entry for the key whose text begins at `key`, of which 24 bytes can be read, or 0 when the guesses fail.
  std::uint32_t guess(std::uint32_t previous, const char* key) const {
    const Entry& before = entry(previous);
    std::uint64_t words[kWords];
    std::memcpy(words, key, sizeof words);
    const std::uint32_t likely = before.next[0];
    if (fits(entry(likely), words)) [[likely]]
      return likely;
    const std::uint32_t other = before.next[1];
    return fits(entry(other), words) ? other : 0;
  }

  /// The entry for a key, asked of the schema and remembered as what follows `previous`; 0 when the type has no
  /// such key.
  std::uint32_t find(TypeId type, std::string_view key, std::uint32_t previous);

  std::uint8_t traits_of(TypeId type) const;

 private:
  static bool fits(const Entry& entry, const std::uint64_t (&words)[kWords]) {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < kWords; ++i) difference |= (entry.text[i] ^ words[i]) & entry.mask[i];
    return difference == 0;
  }

  struct Free {
    void operator()(Entry* entries) const { std::free(entries); }
  };

  const Schema& schema_;
  std::unique_ptr<Entry, Free> entries_;  // zeroed, and mostly never touched
  std::vector<std::uint32_t> first_;      // by type
};

}  // namespace meridian::fhir::internal
