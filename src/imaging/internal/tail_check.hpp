// TailCheck: what follows the head of an object that is too large to be held in memory: pixels, and elements behind
// them. Takes the bytes in pieces, as they come, and holds every length against what is there at the end.
//
// Pixels of a length, and encapsulated ones, are walked over; the elements behind them, at most 4 MB, are held and read
// at the end.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_A.4
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::imaging::internal {

class TailCheck {
 public:
  explicit TailCheck(const dicom::TransferSyntax& syntax) : syntax_(syntax) {}

  /// Errors: malformed_input, too_large.
  Result<> append(std::string_view bytes);
  Result<> finish() const;

 private:
  enum class State : std::uint8_t { element, value, fragment, fragment_value, rest };
  Result<std::size_t> header(std::string_view bytes);
  std::uint16_t number_16(std::size_t at) const;
  std::uint32_t number_32(std::size_t at) const;

  const dicom::TransferSyntax& syntax_;
  State state_ = State::element;
  std::uint64_t skip_ = 0;  // bytes of a value that are still to come
  std::string held_;        // the beginning of a header; of rest all of it
};

}  // namespace meridian::imaging::internal
