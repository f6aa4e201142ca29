// Uuid: 128-bit identifiers as text, and version 7 ones that sort by the time they were made.
// Specification: https://www.rfc-editor.org/rfc/rfc9562
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

class Clock;
class Random;

class Uuid {
 public:
  /// The nil UUID, all zeros.
  constexpr Uuid() = default;
  explicit constexpr Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  /// `0190163d-8694-739b-aea5-966c26f8ad91`, in either case.
  static Result<Uuid> parse(std::string_view text);

  /// Version 8 of a digest's first 16 bytes: the same for the same thing.
  static Uuid of_digest(std::span<const std::byte, 32> digest);

  /// In lower case.
  std::string to_string() const;
  constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  constexpr int version() const { return bytes_[6] >> 4; }
  constexpr bool is_nil() const { return *this == Uuid(); }

  constexpr auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Makes version 7 UUIDs. Each is above the last from the same maker, even when the clock stands still or goes back.
/// Any thread may call `next`. Clock and randomness are used for as long as the maker lives.
class UuidMaker {
 public:
  UuidMaker(const Clock& clock, Random& random);
  ~UuidMaker();
  UuidMaker(const UuidMaker&) = delete;
  UuidMaker& operator=(const UuidMaker&) = delete;

  Uuid next();

 private:
  struct State;
  State* state_;
};

}  // namespace meridian
