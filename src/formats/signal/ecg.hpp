// Ecg: what a file of one electrocardiogram says beside its samples: whose it is, what recorded it, its representative
// beats, what was measured, and what it means. SCP-ECG (scp.hpp) and annotated ECG (aecg.hpp) become it.
//
//   switch (recognise(bytes)) { case EcgFormat::scp: … read_scp(bytes, {}, issues); … }
//
// Codes are names of IEEE 11073-10101 ("MDC_ECG_TIME_PD_PR"). Values, without threads.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/signal/recording.hpp"

namespace meridian::signal {

enum class Sex : std::uint8_t { unknown, male, female, other };

struct EcgSubject {
  std::string id;
  std::string authority;  ///< OID of whose number that is
  std::string family;     ///< or the whole name, where the file does not part it
  std::string given;
  std::string birth_date;  ///< `1953-05-08`, or its beginning
  Sex sex = Sex::unknown;
  bool operator==(const EcgSubject&) const = default;
};

struct EcgDevice {
  std::string manufacturer;
  std::string model;
  std::string serial;
  std::string software;
  bool operator==(const EcgDevice&) const = default;
};

struct EcgMeasurement {
  std::string code;  ///< "MDC_ECG_TIME_PD_PR"
  double value = 0;
  std::string unit;  ///< UCUM: "ms", "deg", "/min"
  std::string lead;  ///< "MDC_ECG_LEAD_II"; empty: of all
  bool operator==(const EcgMeasurement&) const = default;
};

/// A stretch of the recording with a name: a wave, a beat.
struct EcgMark {
  std::string code;  ///< "MDC_ECG_WAVC_QRSWAVE"
  std::string lead;
  double from_ms = std::numeric_limits<double>::quiet_NaN();  ///< from the recording's start; not a number: not said
  double to_ms = std::numeric_limits<double>::quiet_NaN();
};

struct EcgSeries {
  enum class Kind : std::uint8_t { rhythm, beat };
  Kind kind = Kind::rhythm;
  Recording recording;
  std::vector<EcgMeasurement> measurements;
  std::vector<EcgMark> marks;
};

struct Ecg {
  std::string id;  ///< unique in the world, or empty
  EcgSubject subject;
  EcgDevice device;
  std::vector<EcgSeries> series;
  std::vector<std::string> statements;  ///< the interpretation, in words
};

struct EcgLimits {
  std::size_t max_bytes = std::size_t{128} << 20;
  std::uint64_t max_samples = 64'000'000;  ///< of all series together, those that are missing too
  std::size_t max_series = 1'000;
  std::size_t max_channels = 1'000;    ///< of one series
  std::size_t max_findings = 100'000;  ///< measurements, marks and statements together
};

enum class EcgFormat : std::uint8_t { none, scp, aecg };
/// By the content alone (docs/adr/0037-files-recognised-by-content.md). Some thousand bytes of the beginning are
/// enough.
EcgFormat recognise(std::string_view bytes);
Result<Ecg> read_ecg(std::string_view bytes, const EcgLimits& limits, Issues& issues);

}  // namespace meridian::signal
