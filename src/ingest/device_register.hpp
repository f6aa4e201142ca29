// DeviceRegister: the white list: which devices are known, of which kind they are, and how they prove that it is they.
//
//   # catalog/devices/registered.yaml of the data folder
//   devices:
//     - {number: M-7, kind: bedside-monitor, where: "ICU 3, bed 12", topic: "ward/3/bed/12/#"}
//     - {number: G-4, kind: glucose-meter, key_sha256: 9f86…}                  # of the key it shows
//     - {number: AU-1, kind: chemistry-analyser, certificate_sha256: 60303a…}  # of its certificate, mutual TLS
//     - {number: T-9, kind: thermometer, enabled: false}
//
// A device that is to prove itself must show one of what is written of it; what it showed stands in the message's
// source (shown_by()), so that it can be looked at again at a replay. Without any, its number is enough. A topic is
// what the broker let it write to. Keys stand here as hashes alone. An immutable snapshot, replaced as a whole; any
// thread. Faults are told with their line, all at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"

namespace meridian::ingest {

struct RegisteredDevice {
  std::string number;
  std::string kind;
  std::string where;
  std::string topic;               ///< a filter of MQTT; empty: none asked for
  std::string key_sha256;          ///< lower-case hexadecimal
  std::string certificate_sha256;  ///< lower-case hexadecimal
  bool is_enabled = true;
  bool operator==(const RegisteredDevice&) const = default;
  bool proves_itself() const { return !topic.empty() || !key_sha256.empty() || !certificate_sha256.empty(); }
};

class DeviceList {
 public:
  /// Faults are added as "registered.yaml:7: …"; nothing is given back then.
  static std::shared_ptr<const DeviceList> parse(const std::string& yaml, std::vector<std::string>& faults);
  const RegisteredDevice* find(std::string_view number) const;  ///< null: it is not known
  const std::vector<RegisteredDevice>& all() const { return devices_; }

 private:
  std::vector<RegisteredDevice> devices_;
  std::unordered_map<std::string, std::size_t> by_number_;
};

class DeviceRegister {
 public:
  /// Of no devices until put().
  DeviceRegister();
  std::shared_ptr<const DeviceList> list() const;
  void put(std::shared_ptr<const DeviceList> list);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const DeviceList> list_;
};

/// What stands in a message's source right behind the kind of connector and the address: ` key=HASH`,
/// ` certificate=HASH`; of what is empty, nothing. What a sender may choose itself comes after it.
std::string shown_by(std::string_view key, std::string_view certificate_sha256);
/// Whether a message with that source may be the device's. What an operator corrected may.
bool is_proven(const RegisteredDevice& device, std::string_view source);

/// The register's file in a catalogue's folder; empty when it is not there.
Result<std::string> read_register_text(const std::string& catalog);
/// invalid_argument with a line for each fault.
Result<std::shared_ptr<const DeviceList>> read_register(const std::string& text);
/// Adds a line for the device. Errors: conflict (its number is there already), invalid_argument, io_failure.
Result<> add_to_register(const std::string& catalog, const RegisteredDevice& device);

}  // namespace meridian::ingest
