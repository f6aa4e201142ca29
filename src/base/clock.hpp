// Clock: where the program asks what time it is, so that tests can say.
//
// `now` is the wall clock: it says when something happened and can jump. `steady` only goes forward from an unknown
// start: it measures how long something took. Both may be called from any thread. A test's clock is
// base/testing/manual_clock.hpp.
#pragma once

#include "base/instant.hpp"

namespace meridian {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual Duration steady() const = 0;
};

/// The machine's clock; lives as long as the program.
const Clock& system_clock();

}  // namespace meridian
