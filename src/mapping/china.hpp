// Identity card numbers of the People's Republic of China, as messages carry them.
//
// GB 11643-1999: 17 digits (region of GB/T 2260, date of birth, sequence whose last digit is odd for males) and a check
// character by ISO 7064 MOD 11-2. The numbers of 15 digits issued before (two digits of the year, no check) are read as
// the numbers of 18 digits that took their place.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meridian::mapping {

struct IdentityCard {
  std::string number;      ///< 18 characters, X in capitals
  std::string birth_date;  ///< FHIR's date
  bool is_female = false;
};

/// Nothing when the form, the date or the check character is wrong.
std::optional<IdentityCard> read_identity_card(std::string_view text);

}  // namespace meridian::mapping
