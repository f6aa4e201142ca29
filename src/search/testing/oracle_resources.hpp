// Random resources for the oracle: a few types with few ids and few values, so that they refer to each other and
// searches find something.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/random.hpp"
#include "search/testing/world.hpp"

namespace meridian::testing {

/// Chances in the words of what is made from them.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_.below(bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string any(const std::array<const char*, N>& words) {
    return words[below(N)];
  }
  std::string number(std::size_t bound) { return std::to_string(below(bound)); }

 private:
  SeededRandom random_;
};

// The values that are written and asked for.
inline constexpr std::array kFamilies{"Chen",     "chen", "Li",   "Müller", "Muller",
                                      "Ödegaard", "陈",   "陈伟", "O'Neil", "van Dam"};
inline constexpr std::array kGiven{"Anna", "Ann", "Peter", "Björn", "伟", "Mary Ann"};
inline constexpr std::array kCodes{"8480-6", "8462-4", "718-7", "2345-7", "A1"};
inline constexpr std::array kSystems{"http://loinc.org", "http://other", ""};
inline constexpr std::array kStatus{"final", "preliminary", "amended", "cancelled"};
inline constexpr std::array kGenders{"male", "female", "other"};
inline constexpr std::array kDates{"2019",
                                   "2019-12",
                                   "2020-01",
                                   "2020-01-15",
                                   "2020-02-29",
                                   "2020-02-29T10:00:00Z",
                                   "2020-02-29T10:00:00.500Z",
                                   "2020-03-01T23:30:00-02:00",
                                   "2021-06-30",
                                   "1999-01-01"};
inline constexpr std::array kDays{"2019-12-31", "2020-01-15", "2020-02-29", "1999-01-01", "1980", "1980-05"};
inline constexpr std::array kValues{"1", "5.4", "5.40", "5.5", "100", "140", "-3", "0.001", "1234567.8"};
inline constexpr std::array kUnits{"mg", "g", "kg", "mm[Hg]", "kPa", "{beats}"};
inline constexpr std::array kPrefixes{"", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
inline constexpr std::array kVersions{"", "|1", "|1.2", "|1.2.3", "|1.20", "|2.0"};
inline constexpr std::array kTags{"http://t|a", "http://t|b", "c"};

std::string patient_id(Dice& dice);
std::string observation_id(Dice& dice);

/// A new version of some resource, or the deletion of one.
void write_something(World& world, Dice& dice);

}  // namespace meridian::testing
