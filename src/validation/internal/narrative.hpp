// The rules of FHIR's XHTML: one well-formed <div> in XHTML's namespace, of basic formatting only, no active
// content, some content to read, and links that lead somewhere.
//
// A single scan without a tree; open elements are kept on a stack bounded by kMaxNarrativeDepth.
// Threads: pure functions.
// Specification: https://hl7.org/fhir/R4/narrative.html (txt-1, txt-2)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::validation::internal {

inline constexpr std::size_t kMaxNarrativeDepth = 200;

struct NarrativeFault {
  const Message* message;
  std::string argument;
};

/// What one scan of a narrative found. The views point into the text.
struct NarrativeFindings {
  std::vector<NarrativeFault> faults;         ///< at most 20
  std::vector<std::string_view> ids;          ///< `id` and `name` attributes: what a fragment link may name
  std::vector<std::string_view> fragments;    ///< `#…` targets of links, without the #
  std::vector<std::string_view> image_links;  ///< `#…` targets of images, without the #
  bool has_content = false;

  void clear();
};

void scan_narrative(std::string_view xhtml, NarrativeFindings& findings);

/// Text that looks like an HTML tag (`<script`, `<b>`), which a string shown in a browser must not hold.
bool looks_like_html(std::string_view text);

}  // namespace meridian::validation::internal
