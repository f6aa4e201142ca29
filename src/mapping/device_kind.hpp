// DeviceKind: what devices of one kind send, read from catalog/devices/KIND.yaml: where in an object the device, its
// time and its patient stand, and for each value its code, its unit, and between which numbers it can be true.
//
//   const DeviceKind* kind = catalogue->device_kind("pulse-oximeter");
//
// The language is described in docs/devices.md. A kind is compiled into a record map of its own (record_map_of()),
// which works on a reading (device_reading.hpp): there is no second engine. Immutable; any thread. Specification: IEEE
// 11073-10101 (codes MDC), LOINC, UCUM.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "base/instant.hpp"
#include "base/issue.hpp"

namespace meridian::mapping {

namespace internal {
struct DevicePaths;
}

struct DeviceValue {
  std::string name;     ///< of the catalogue
  std::string display;  ///< what it is called where it has no code
  std::string loinc;    ///< empty: not known
  std::string mdc;      ///< the number; empty: not known
  std::string mdc_name;
  std::string unit;   ///< UCUM; empty with is_text
  std::string shown;  ///< the unit for people
  std::string sent;   ///< UCUM of what is sent; empty: `unit`, or what the message says
  std::optional<Decimal> low;
  std::optional<Decimal> high;
  std::optional<Decimal> scale;  ///< what is sent times this
  bool is_text = false;
  std::optional<Decimal> rate;  ///< samples a second of one that is sent as a series; it makes no Observation
};

enum class ClockRule : std::uint8_t {
  arrival,  ///< the time of arrival is taken
  offset,   ///< whole quarters of an hour are taken off, as of a clock set to another zone; else arrival
  refuse,   ///< the message is a dead letter
};

struct DeviceKind {
  std::string name;
  std::string title_english;
  std::string title_chinese;
  std::string mdc;  ///< of the type of device; empty: not known
  std::string mdc_name;
  bool is_epoch = false;         ///< the time is a number of seconds or milliseconds
  bool is_about_device = false;  ///< the subject is the device, not a patient
  std::string category;          ///< of HL7's observation-category
  std::string panel;             ///< LOINC of the Observation as a whole; empty: its text alone
  std::string panel_display;
  Duration tolerance = Duration::minutes(2);
  Duration stored;  ///< readings may have been kept in the device for so long
  ClockRule rule = ClockRule::arrival;
  bool is_list = false;  ///< a result an item, each an Observation: analysers
  std::vector<DeviceValue> values;
  std::shared_ptr<const internal::DevicePaths> paths;

  /// Whether its one value is the Observation's, without components.
  bool is_single() const { return !is_list && values.size() == 1; }
  std::string record_map() const { return "device-" + name; }
};

/// Nothing when there are faults; they are Issues with file and line.
std::optional<DeviceKind> read_device_kind(const std::string& path, const std::string& yaml, Issues& issues);
/// The record map as a file of the catalogue.
std::string record_map_of(const DeviceKind& kind);

}  // namespace meridian::mapping
