// StrongId: an id that cannot be mistaken for another kind of id.
//
//   using TenantId = StrongId<struct TenantIdTag>;
//   using PatientId = StrongId<struct PatientIdTag, std::string>;
//
// Comparable and hashable as its value is; made and taken apart only by name.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace meridian {

template <typename Tag, typename Value = std::uint64_t>
class StrongId {
 public:
  using ValueType = Value;

  constexpr StrongId() = default;
  explicit constexpr StrongId(Value value) : value_(std::move(value)) {}

  constexpr const Value& value() const { return value_; }
  auto operator<=>(const StrongId&) const = default;

 private:
  Value value_{};
};

}  // namespace meridian

template <typename Tag, typename Value>
struct std::hash<meridian::StrongId<Tag, Value>> {
  std::size_t operator()(const meridian::StrongId<Tag, Value>& id) const { return std::hash<Value>()(id.value()); }
};
