#include "base/base64.hpp"

#include <array>

namespace meridian {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values{};
  for (std::uint8_t& value : values) value = kNoDigit;
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr std::array<std::uint8_t, 256> kStandardValues = values_of(kStandard);
constexpr std::array<std::uint8_t, 256> kUrlValues = values_of(kUrl);

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}

}  // namespace

std::string to_base64(std::string_view bytes, Base64 variant) {
  const std::string_view alphabet = variant == Base64::url ? kUrl : kStandard;
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(bytes[i]); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char four[] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63],
                         alphabet[group & 63]};
    out.append(four, sizeof four);
  }
  const std::size_t left = bytes.size() - i;
  if (left == 0) return out;
  const std::uint32_t group = byte(i) << 16 | (left == 2 ? byte(i + 1) << 8 : 0);
  out += alphabet[group >> 18];
  out += alphabet[group >> 12 & 63];
  if (left == 2) out += alphabet[group >> 6 & 63];
  if (variant == Base64::standard) out.append(3 - left, '=');
  return out;
}

Result<std::string> from_base64(std::string_view text, Base64 variant) {
  // 1. Padding fills the last group of four and nothing else.
  if (variant == Base64::standard) {
    if (text.size() % 4 != 0) return malformed("base64 text has a multiple of four characters");
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  const std::size_t left = text.size() % 4;
  if (left == 1) return malformed("base64 text ends within a byte");

  // 2. Four characters make three bytes.
  const std::array<std::uint8_t, 256>& values = variant == Base64::url ? kUrlValues : kStandardValues;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  const auto value = [&](std::size_t i) -> std::uint32_t { return values[static_cast<unsigned char>(text[i])]; };
  constexpr const char* kAlphabet = "base64 text holds a character that is not of its alphabet";
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const std::uint32_t a = value(i);
    const std::uint32_t b = value(i + 1);
    const std::uint32_t c = value(i + 2);
    const std::uint32_t d = value(i + 3);
    if (((a | b | c | d) & 0xC0) != 0) return malformed(kAlphabet);
    const char three[] = {static_cast<char>(a << 2 | b >> 4), static_cast<char>(b << 4 | c >> 2),
                          static_cast<char>(c << 6 | d)};
    out.append(three, sizeof three);
  }

  // 3. Two or three characters are left; the bits that no byte takes are zero.
  if (left == 0) return out;
  const std::uint32_t a = value(i);
  const std::uint32_t b = value(i + 1);
  const std::uint32_t c = left == 3 ? value(i + 2) : 0;
  if (((a | b | c) & 0xC0) != 0) return malformed(kAlphabet);
  if ((left == 2 ? b & 15 : c & 3) != 0) return malformed("base64 text has bits left over that are not zero");
  out += static_cast<char>(a << 2 | b >> 4);
  if (left == 3) out += static_cast<char>(b << 4 | c >> 2);
  return out;
}

}  // namespace meridian
