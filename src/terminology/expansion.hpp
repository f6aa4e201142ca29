// expand(): the codes of a value set one by one, with their names: what people choose from.
//
// In the order of the value set's systems, and within a system in the order of its hierarchy. Texts are views into
// the set and the snapshot. Errors: too_costly when the set cannot be listed (codes of systems that are not here may be
// in it), or holds more than `max_codes` and no page of it was asked for. Threads: any. Specification:
// https://hl7.org/fhir/R4/valueset-operation-expand.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/snapshot.hpp"

namespace meridian::terminology {

struct ExpansionRequest {
  std::string filter = {};  ///< words that a name of the code must hold, at the beginning of words; in any letters
  std::string language = {};
  std::uint32_t offset = 0;
  std::optional<std::uint32_t> count = {};  ///< 0: only the total
  bool active_only = false;
  bool with_designations = false;
  std::uint32_t max_codes = 100'000;
};

struct ExpandedCode {
  std::string_view system;
  std::string_view version;
  std::string_view code;
  std::string_view display;
  bool is_inactive = false;
  bool is_abstract = false;
  std::vector<Designation> designations;
};

struct Expansion {
  std::uint64_t total = 0;  ///< of all codes, whatever the page
  std::vector<ExpandedCode> codes;
};

Result<Expansion> expand(const CodeSet& set, const Snapshot& snapshot, const ExpansionRequest& request);

/// Whether every word of `wanted` begins a word of `text`; where there are no spaces between words (Chinese), it may
/// stand anywhere.
bool matches_words(std::string_view text, std::string_view wanted);

}  // namespace meridian::terminology
