#include "validation/internal/code_forms.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace meridian::validation::internal {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_letters(std::string_view text) {
  return std::ranges::all_of(text, is_letter);
}

// RFC 6838, restricted-name
bool is_mime_name(std::string_view text) {
  constexpr std::string_view kOthers = "!#$&-^_.+";
  return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// ISO 4217, active codes and those of funds and metals; sorted.
constexpr std::array<std::string_view, 183> kCurrencies{
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CLF",
    "CLP", "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB",
    "EUR", "FJD", "FKP", "GBP", "GEL", "GGP", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG",
    "HUF", "IDR", "ILS", "IMP", "INR", "IQD", "IRR", "ISK", "JEP", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF",
    "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK",
    "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD",
    "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLL", "SOS", "SPL", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT",
    "TND", "TOP", "TRY", "TTD", "TVD", "TWD", "TZS", "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UZS", "VEF", "VND",
    "VUV", "WST", "XAF", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XCD", "XDR", "XOF", "XPD", "XPF", "XPT", "XSU",
    "XTS", "XUA", "XXX", "YER", "ZAR", "ZMW", "ZWL"};
static_assert(std::ranges::is_sorted(kCurrencies));

}  // namespace

bool is_language_tag(std::string_view text) {
  bool first = true;
  bool is_private = false;
  while (true) {
    const std::size_t dash = text.find('-');
    const std::string_view subtag = text.substr(0, dash);
    if (subtag.empty() || subtag.size() > 8) return false;
    if (!std::ranges::all_of(subtag, [](char c) { return is_letter(c) || is_digit(c); })) return false;
    if (first) {
      is_private = subtag == "x" || subtag == "i";
      if (!is_private && (!all_letters(subtag) || subtag.size() < 2)) return false;
      first = false;
    }
    if (dash == std::string_view::npos) return !is_private || subtag.size() > 1;
    text.remove_prefix(dash + 1);
  }
}

bool is_mime_type(std::string_view text) {
  if (text == "xml" || text == "json" || text == "ttl" || text == "none") return true;
  const std::string_view type = text.substr(0, text.find(';'));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  std::string_view subtype = type.substr(slash + 1);
  while (subtype.ends_with(' ')) subtype.remove_suffix(1);
  const auto is_name = [](std::string_view name) { return name == "*" || is_mime_name(name); };
  return is_name(type.substr(0, slash)) && is_name(subtype);
}

bool is_currency(std::string_view text) {
  return std::ranges::binary_search(kCurrencies, text);
}

}  // namespace meridian::validation::internal
