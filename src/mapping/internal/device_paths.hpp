// Where in a message of a kind of device things stand, compiled.
#pragma once

#include <optional>
#include <vector>

#include "mapping/internal/place.hpp"
#include "units/unit.hpp"

namespace meridian::mapping::internal {

/// Of one value, in the order of DeviceKind::values.
struct DeviceValuePaths {
  std::optional<Place> from;  ///< none: of a list, where `name` says which
  std::string name;           ///< what a list calls it
  std::optional<Place> unit;  ///< where the message says it
  units::Unit ucum = units::Unit::one();
  std::optional<units::Unit> sent;
};

/// Of the items of a list, from the item on.
struct DeviceListPaths {
  Place each;
  Place name;
  Place value;
  std::optional<Place> unit;
  std::optional<Place> flag;
  std::optional<Place> range;
  std::optional<Place> status;
  std::optional<Place> time;
};

struct DevicePaths {
  Place device;
  std::optional<Place> time;
  std::optional<Place> sequence;
  std::optional<Place> patient;
  std::optional<Place> visit;
  std::optional<Place> specimen;
  std::optional<DeviceListPaths> list;
  std::vector<DeviceValuePaths> values;
};

}  // namespace meridian::mapping::internal
