// Separators: the characters by which an HL7 v2 message is divided, as its MSH-1 and MSH-2 declare them.
//
// Specification: HL7 v2.5.1, chapter 2, 2.5.4 (message delimiters).
#pragma once

#include <string>

namespace meridian::hl7v2 {

struct Separators {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  char truncation = '\0';  ///< `#` since v2.7; zero when not declared
  bool operator==(const Separators&) const = default;

  /// MSH-2 as it declares these: `^~\&` or `^~\&#`.
  std::string encoding_characters() const {
    std::string out{component, repetition, escape, subcomponent};
    if (truncation != '\0') out += truncation;
    return out;
  }
};

}  // namespace meridian::hl7v2
