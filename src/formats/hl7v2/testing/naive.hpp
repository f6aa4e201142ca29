// Messages the slow and obvious way, to compare with: split at each separator in turn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/hl7v2/message.hpp"

namespace meridian::hl7v2::testing {

/// An empty text has no parts; a separator that is zero splits nothing.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  if (text.empty()) return out;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && (separator == '\0' || text[at] != separator)) continue;
    out.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  return out;
}

/// Whether the tree says of each segment what splitting its bytes says.
inline bool agrees_with_splitting(const Message& message) {
  const Separators s = message.separators();
  for (const Segment segment : message.segments()) {
    const bool is_header = segment.is("MSH") || segment.is("FHS") || segment.is("BHS");
    const std::vector<std::string_view> fields = split(segment.raw(), s.field);
    if (fields.empty() || fields[0].substr(0, 3) != segment.name()) return false;
    const std::size_t shift = is_header && fields.size() > 1 ? 1 : 0;
    if (segment.field_count() != fields.size() - 1 + shift) return false;
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const Field field = segment.field(i + shift);
      if (field.raw() != fields[i]) return false;
      if (shift == 1 && i == 1) continue;  // MSH-2 is not divided
      const auto repetitions = split(fields[i], s.repetition);
      if (field.repetitions().size() != repetitions.size()) return false;
      std::size_t r = 0;
      for (const Repetition repetition : field) {
        if (repetition.raw() != repetitions[r]) return false;
        const auto components = split(repetitions[r++], s.component);
        if (repetition.components().size() != components.size()) return false;
        std::size_t c = 0;
        for (const Component component : repetition) {
          if (component.raw() != components[c]) return false;
          const auto subcomponents = split(components[c++], s.subcomponent);
          if (component.subcomponents().size() != subcomponents.size()) return false;
          std::size_t n = 0;
          for (const Subcomponent subcomponent : component) {
            if (subcomponent.raw() != subcomponents[n++] || !subcomponent.is_leaf()) return false;
          }
        }
      }
    }
  }
  return true;
}

/// Whether the segments, the line ends between them and what was passed over make the text again.
inline bool covers_text(const Message& message) {
  std::size_t at = message.segments().empty() ? 0 : message.segments()[0].offset();
  for (const Segment segment : message.segments()) {
    if (message.text().substr(at, segment.offset() - at).find_first_not_of("\r\n") != std::string_view::npos)
      return false;
    at = segment.offset() + segment.raw().size();
  }
  return message.text().substr(at).find_first_not_of("\r\n\x1C") == std::string_view::npos;
}

}  // namespace meridian::hl7v2::testing
