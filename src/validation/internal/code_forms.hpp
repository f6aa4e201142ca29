// Codes that are known by their form or by a short list, where no table can hold them all.
// Specifications: BCP 47 (RFC 5646), BCP 13 (RFC 6838), ISO 4217.
#pragma once

#include <string_view>

namespace meridian::validation::internal {

/// `zh-Hans-CN`: subtags of the shapes that RFC 5646 allows, without asking the registry whether they exist.
bool is_language_tag(std::string_view text);
/// `text/plain; charset=utf-8`; registered or not. `xml`, `json` and `ttl` too, which FHIR itself uses.
bool is_mime_type(std::string_view text);
bool is_currency(std::string_view text);

}  // namespace meridian::validation::internal
