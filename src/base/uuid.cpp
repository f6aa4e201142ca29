#include "base/uuid.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/clock.hpp"
#include "base/hex.hpp"
#include "base/random.hpp"

namespace meridian {

Result<Uuid> Uuid::parse(std::string_view text) {
  constexpr const char* kForm = "a UUID is written as 8-4-4-4-12 hexadecimal digits";
  if (text.size() != 36) return fail(ErrorCode::malformed_input, kForm);
  std::array<std::uint8_t, 16> bytes{};
  std::size_t at = 0;
  for (std::uint8_t& byte : bytes) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return fail(ErrorCode::malformed_input, kForm);
    }
    const int high = hex_digit(text[at]);
    const int low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::malformed_input, kForm);
    byte = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return Uuid(bytes);
}

Uuid Uuid::of_digest(std::span<const std::byte, 32> digest) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), digest.data(), bytes.size());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return Uuid(bytes);
}

std::string Uuid::to_string() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (const std::uint8_t byte : bytes_) {
    if (out.size() == 8 || out.size() == 13 || out.size() == 18 || out.size() == 23) out += '-';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

struct UuidMaker::State {
  const Clock& clock;
  Random& random;
  std::mutex mutex;
  // The last one made, as 48 bits of time, 12 and 62 bits that count up from a random start within a millisecond.
  std::uint64_t milliseconds = 0;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

UuidMaker::UuidMaker(const Clock& clock, Random& random) : state_(new State{clock, random, {}}) {}
UuidMaker::~UuidMaker() {
  delete state_;
}

// https://www.rfc-editor.org/rfc/rfc9562#section-5.7, and "Monotonic Random" of section 6.2
Uuid UuidMaker::next() {
  constexpr std::uint64_t kHighMask = 0xFFF;
  constexpr std::uint64_t kLowMask = (std::uint64_t{1} << 62) - 1;
  State& last = *state_;
  const std::lock_guard lock(last.mutex);
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(last.clock.now().milliseconds(), 0));
  const std::uint64_t chance = last.random.next();
  if (now > last.milliseconds) {
    last.milliseconds = now;
    // The top bit stays free, so that there is room to count.
    last.high = last.random.next() & (kHighMask >> 1);
    last.low = chance & kLowMask;
  } else {
    // The step is random too, so that the next id cannot be guessed from this one.
    last.low += (chance & 0xFFFF'FFFF) + 1;
    if (last.low > kLowMask) {
      last.low &= kLowMask;
      if (++last.high > kHighMask) {
        last.high = 0;
        ++last.milliseconds;
      }
    }
  }

  std::array<std::uint8_t, 16> bytes{};
  const std::uint64_t first = last.milliseconds << 16 | 0x7000 | last.high;
  const std::uint64_t second = std::uint64_t{1} << 63 | last.low;
  for (int i = 0; i < 8; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(first >> (56 - 8 * i));
    bytes[static_cast<std::size_t>(i) + 8] = static_cast<std::uint8_t>(second >> (56 - 8 * i));
  }
  return Uuid(bytes);
}

}  // namespace meridian
