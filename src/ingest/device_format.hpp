// Messages of devices: a feed whose mapping is `devices` takes what every registered device sends, whatever its kind.
//
// The device's number is looked up in the register (device_register.hpp), its kind says what the message holds
// (mapping/device_kind.hpp). What no registered device sent, or one that did not prove itself, is quarantined: a dead
// letter with one of kQuarantine as its code, worked on again once the device is admitted. Messages are JSON objects,
// one a device and moment; order is kept by device; the type is the kind, as far as it is known when it comes.
#pragma once

#include <memory>
#include <string_view>

#include "base/time_zone.hpp"
#include "ingest/internal/mapper_pool.hpp"
#include "ingest/message_format.hpp"

namespace meridian::ingest {

class DeviceRegister;
class SeriesPort;

/// What a feed's `mapping` says.
inline constexpr std::string_view kDeviceMapping = "devices";
/// Whether a dead letter with that code waits for its device to be admitted.
bool is_quarantine(std::string_view code);

class DeviceHeaderReader final : public HeaderReader {
 public:
  DeviceHeaderReader(std::shared_ptr<const mapping::Catalogue> catalogue, const DeviceRegister& devices)
      : catalogue_(std::move(catalogue)), devices_(devices) {}
  MessageHeader read(std::string_view bytes) const override;

 private:
  const std::shared_ptr<const mapping::Catalogue> catalogue_;
  const DeviceRegister& devices_;
};

class DeviceMapper final : public Mapper {
 public:
  /// `series`: who takes waves; null: they stay in the inbox, and are counted.
  DeviceMapper(std::shared_ptr<const mapping::Catalogue> catalogue, mapping::MappingContext context,
               const DeviceRegister& devices, const SeriesPort* series);
  Writes map(const Message& message, Issues& issues) const override;
  std::shared_ptr<const mapping::MergeRules> rules() const override;

 private:
  const internal::MapperPool mappers_;
  const DeviceRegister& devices_;
  const SeriesPort* const series_;
};

}  // namespace meridian::ingest
