// Annotations of WFDB records: beats, rhythms, notes, each at a sample. The files of annotators (.atr, .qrs, …) in
// MIT's format; what can be read before a fault is kept. Specification:
// https://physionet.org/physiotools/wag/annot-5.htm
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::signal {

struct Annotation {
  std::int64_t sample = 0;  ///< in frames of the record, or in ticks of Annotations::ticks_per_second
  std::uint8_t code = 0;    ///< 1 to 49; mnemonic() says which
  std::int8_t subtype = 0;
  std::uint8_t channel = 0;
  std::int8_t number = 0;
  std::string note;
  bool operator==(const Annotation&) const = default;
};

/// A code that a file gives a meaning of its own.
struct AnnotationCode {
  std::uint8_t code = 0;
  std::string mnemonic;
  std::string description;
};

struct Annotations {
  std::vector<Annotation> all;
  std::vector<AnnotationCode> codes;
  std::optional<double> ticks_per_second;  ///< when the file says that it counts others than the record's frames
};

/// "N", "V", "+"; "[code]" for those without a letter.
std::string mnemonic(std::uint8_t code);

/// At most so many; what is beyond is an Issue.
Annotations read_annotations(std::string_view bytes, std::size_t max_annotations, Issues& issues);

}  // namespace meridian::signal
