// The sections of an SCP-ECG file that say something in words and numbers: 1, 7 and 8; and 2 to 6, which together are
// its samples. Each takes the section's data, without its header.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "formats/signal/ecg.hpp"

namespace meridian::signal::internal {

constexpr std::size_t kScpSections = 9;

struct ScpFile {
  std::array<std::string_view, kScpSections> sections;  ///< by number; empty: not there
  std::uint8_t language = 0;                            ///< code of the character set, from section 1
};

struct ScpHeader {
  EcgSubject subject;
  EcgDevice device;
  std::optional<LocalStart> start;
  std::vector<std::string> notes;
  std::uint8_t language = 0;
};
/// Section 1. EN 1064, 5.4
ScpHeader read_scp_header(std::string_view data, Issues& issues);

/// Section 7. EN 1064, 5.10
std::vector<EcgMeasurement> read_scp_measurements(std::string_view data, Issues& issues);
/// Section 8. EN 1064, 5.11
std::vector<std::string> read_scp_statements(std::string_view data, std::uint8_t language, std::size_t limit,
                                             Issues& issues);
/// Sections 2 to 6: the rhythm, and the reference beat where there is one.
Result<std::vector<EcgSeries>> read_scp_series(const ScpFile& file, const EcgLimits& limits, Issues& issues);

}  // namespace meridian::signal::internal
