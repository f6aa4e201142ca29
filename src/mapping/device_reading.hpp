// A reading: what a device sent, laid out plainly: its time set right, its values in the catalogue's units, those that
// cannot be true set apart. The record map of its kind makes resources of it.
//
//   const DeviceReading reading = read_device(*kind, record, {number, "ICU 3, bed 12"}, zone, arrived, issues);
//   mapper.map(kind->record_map(), reading.record, stamp);
//
// Elements of the record: device, where, type_* of the device, said (the time as sent), time, issued (arrival), note,
// and for each value NAME `v_NAME` (the value) or `x_NAME` (there was one, but it cannot be true: the note says what).
// Of a list: `result` with its own. A pure function of what is given. Faults are Issues; what is left out is a warning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/issue.hpp"
#include "formats/tree/document.hpp"
#include "mapping/device_kind.hpp"

namespace meridian {
class TimeZone;
}

namespace meridian::mapping {

/// What is known of a device and does not stand in its messages.
struct KnownDevice {
  std::string number;
  std::string where;  ///< ward and bed, for people
};

/// Samples of one channel, one after another.
struct DeviceSeries {
  std::string channel;  ///< the value's name
  Instant start;
  Decimal rate;  ///< samples a second
  std::vector<double> samples;
};

struct DeviceReading {
  tree::Document record;  ///< none: the issues say why
  Instant time;
  std::vector<DeviceSeries> series;
  std::size_t values = 0;       ///< that are true, as far as one can see
  std::size_t implausible = 0;  ///< that are not
  bool is_clock_corrected = false;
};

/// Each number that any of these kinds would take as that of the device, without repetition.
std::vector<std::string> device_numbers(const std::vector<DeviceKind>& kinds, const tree::Document& record);
/// What the kind takes as the number; empty: there is none.
std::string device_number(const DeviceKind& kind, const tree::Document& record);

DeviceReading read_device(const DeviceKind& kind, const tree::Document& sent, const KnownDevice& device,
                          const TimeZone& zone, Instant arrived, Issues& issues);

}  // namespace meridian::mapping
