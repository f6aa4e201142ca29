#include "mapping/china.hpp"

#include <algorithm>

#include "base/date_time.hpp"

namespace meridian::mapping {
namespace {

/// ISO 7064 MOD 11-2 over the first 17 digits.
char check_character(std::string_view digits) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (digits[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

}  // namespace

std::optional<IdentityCard> read_identity_card(std::string_view text) {
  std::string number(text);
  if (number.size() != 15 && number.size() != 18) return std::nullopt;
  const std::size_t digits = number.size() == 15 ? 15 : 17;
  if (!std::all_of(number.begin(), number.begin() + static_cast<std::ptrdiff_t>(digits),
                   [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  if (number.size() == 15) {
    number.insert(6, "19");
    number += check_character(number);
  }
  if (number[17] == 'x') number[17] = 'X';
  if (number[17] != check_character(number)) return std::nullopt;
  IdentityCard card;
  card.birth_date = number.substr(6, 4) + "-" + number.substr(10, 2) + "-" + number.substr(12, 2);
  if (!Date::parse(card.birth_date)) return std::nullopt;
  card.is_female = (number[16] - '0') % 2 == 0;
  card.number = std::move(number);
  return card;
}

}  // namespace meridian::mapping
