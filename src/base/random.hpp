// Random: where the program gets chance from, so that tests can repeat it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace meridian {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  std::uint64_t next();
  /// From 0 to `bound` - 1, each as likely as another; the bound is at least 1.
  std::uint64_t below(std::uint64_t bound);
};

/// The kernel's generator: fit for keys and tokens, safe from any thread. Lives as long as the program.
Random& system_random();

/// The same numbers for the same seed (xoshiro256**). For tests, jitter and synthetic data, never for secrets; one
/// thread at a time.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::byte> bytes) override;

 private:
  std::uint64_t step();
  std::array<std::uint64_t, 4> state_;
};

}  // namespace meridian
