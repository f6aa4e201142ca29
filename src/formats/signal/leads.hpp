// Leads of electrocardiograms, as IEEE 11073-10101 (MDC) and SCP-ECG number them: both count alike.
//
//   const Lead* lead = lead_by_label("aVR");       // number 62, code MDC_ECG_LEAD_AVR, term 131390
//
// What is not known gives nullptr. Constant data.
// Specification: IEEE 11073-10101, annex A.4 (MDC_ECG_ELEC_POTL and its discriminators); EN 1064, table 5.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::signal {

struct Lead {
  std::uint8_t number;     ///< SCP-ECG's, and MDC's discriminator
  std::string_view label;  ///< "aVR"
  std::string_view code;   ///< "MDC_ECG_LEAD_AVR"
  /// Of the potential of this lead, as FHIR has it: MDC_ECG_ELEC_POTL_AVR.
  constexpr std::uint32_t term() const { return kPotential + number; }
  static constexpr std::uint32_t kPotential = 131'328;  ///< MDC_ECG_ELEC_POTL: of no lead in particular
};

std::span<const Lead> all_leads();
const Lead* lead_by_number(unsigned number);
/// Whether letters are large or small does not matter: some write MDC_ECG_LEAD_aVR.
const Lead* lead_by_code(std::string_view code);
/// "aVR", "AVR", "MLII" (a modified lead II is one), "Lead I", "ECG V1".
const Lead* lead_by_label(std::string_view label);

}  // namespace meridian::signal
