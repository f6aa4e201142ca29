// SCP-ECG files for tests: whole electrocardiograms, or sections made by hand, with right lengths and checksums.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "formats/signal/ecg.hpp"

namespace meridian::signal::testing {

/// Little-endian numbers and texts, one behind the other.
class ScpData {
 public:
  ScpData& u8(unsigned value) { return put(value, 1); }
  ScpData& u16(unsigned value) { return put(value, 2); }
  ScpData& u32(std::uint32_t value) { return put(value, 4); }
  ScpData& text(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  ScpData& put(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i));
    return *this;
  }
  std::string bytes_;
};

/// The bytes of a file with these sections, each without its header.
std::string scp_file(const std::map<unsigned, std::string>& sections);
/// With the checksums set right again, after something was changed: of the sections, then of all.
std::string with_checksums(std::string file);

enum class ScpCoding : std::uint8_t { words, standard, own_tables };
struct ScpWriting {
  ScpCoding coding = ScpCoding::standard;
  int differences = 2;
  std::uint8_t language = 1;
  /// Of the rhythm, in samples from 1, where the first beat series is taken away; its fiducial point is its middle.
  std::vector<std::uint32_t> beats;
};

/// Numbers in the default Huffman code, or in one of two tables of our own, between which a code switches.
std::string scp_codes(const std::vector<std::int16_t>& numbers, ScpCoding coding);
/// Section 2 for that.
std::string scp_tables(ScpCoding coding);

/// Sections 1 to 6 and 8. Samples must be of 16 bits; kMissing only before and behind a channel's samples.
std::map<unsigned, std::string> scp_sections(const Ecg& ecg, const ScpWriting& how);

}  // namespace meridian::signal::testing
