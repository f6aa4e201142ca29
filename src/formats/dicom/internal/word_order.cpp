#include "formats/dicom/internal/word_order.hpp"

#include <algorithm>

namespace meridian::dicom::internal {

std::string in_order(std::string_view value, Vr vr, ByteOrder from, ByteOrder to) {
  std::string out(value);
  const std::size_t word = word_bytes(vr);
  if (from == to || word == 1) return out;
  for (std::size_t at = 0; at + word <= out.size(); at += word) {
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(at + word));
  }
  return out;
}

}  // namespace meridian::dicom::internal
