#include "units/internal/suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <vector>

#include "units/internal/table.hpp"

namespace meridian::units::internal {
namespace {

struct Spelling {
  std::string_view written;  ///< in lower case
  std::string_view ucum;
};

/// What people write and UCUM does not know. In hospital data these are nearly all there is.
constexpr std::array kSpellings = std::to_array<Spelling>({
    {"iu", "[IU]"},
    {"miu", "m[IU]"},
    {"uiu", "u[IU]"},
    {"kiu", "k[IU]"},
    {"mmhg", "mm[Hg]"},
    {"cmh2o", "cm[H2O]"},
    {"mcg", "ug"},
    {"mcl", "uL"},
    {"mcmol", "umol"},
    {"cc", "mL"},
    {"hr", "h"},
    {"hrs", "h"},
    {"sec", "s"},
    {"secs", "s"},
    {"mins", "min"},
    {"wks", "wk"},
    {"yr", "a"},
    {"yrs", "a"},
    {"mon", "mo"},
    {"mos", "mo"},
    {"lb", "[lb_av]"},
    {"lbs", "[lb_av]"},
    {"oz", "[oz_av]"},
    {"in", "[in_i]"},
    {"inch", "[in_i]"},
    {"inches", "[in_i]"},
    {"ft", "[ft_i]"},
    {"feet", "[ft_i]"},
    {"degc", "Cel"},
    {"celsius", "Cel"},
    {"fahrenheit", "[degF]"},
    {"degf", "[degF]"},
    {"\u00b0c", "Cel"},
    {"\u2103", "Cel"},
    {"\u00b0f", "[degF]"},
    {"\u2109", "[degF]"},
    {"gm", "g"},
    {"gms", "g"},
    {"gram", "g"},
    {"grams", "g"},
    {"litre", "L"},
    {"litres", "L"},
    {"bpm", "{beats}/min"},
    {"beats", "{beats}"},
    {"percent", "%"},
    {"cells", "{cells}"},
    {"copies", "{copies}"},
    {"tablet", "{tbl}"},
    {"tablets", "{tbl}"},
    {"units", "U"},
    {"unit", "U"},
    {"ratio", "{ratio}"},
    {"score", "{score}"},
    {"[h20]", "[H2O]"},
    {"cm[h20]", "cm[H2O]"},
    {"kg[h20]", "kg[H2O]"},
    {"ph", "[pH]"},
    {"\u2126", "Ohm"},
    {"k/ul", "10*3/uL"},
    {"angstrom", "Ao"},
    {"\u00e5", "Ao"},
});

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Micro in its two Unicode spellings is UCUM's "u".
std::string with_ascii_micro(std::string_view symbol) {
  for (std::string_view micro : {"\u00b5", "\u03bc"})
    if (symbol.starts_with(micro)) return "u" + std::string(symbol.substr(micro.size()));
  return {};
}

/// A unit or prefixed unit under one of its English names: kilogram, hours.
std::string by_name(std::string_view name) {
  std::vector<std::string_view> forms{name};
  if (name.ends_with('s')) forms.push_back(name.substr(0, name.size() - 1));
  for (std::string_view form : forms) {
    for (const UnitRow& unit : unit_rows()) {
      if (unit.name == form) return std::string(unit.code);
      if (!unit.metric || !form.ends_with(unit.name)) continue;
      const std::string_view before = form.substr(0, form.size() - unit.name.size());
      for (const PrefixRow& prefix : prefix_rows())
        if (prefix.name == before) return std::string(prefix.code) + std::string(unit.code);
    }
  }
  return {};
}

/// The same letters in another case.
std::string by_letters(std::string_view symbol) {
  const std::string wanted = lower(symbol);
  std::string guess;
  for (const UnitRow& unit : unit_rows()) {
    const std::string code = lower(unit.code);
    if (code == wanted) return std::string(unit.code);
    if (!unit.metric || !guess.empty() || !wanted.ends_with(code)) continue;
    const std::size_t length = wanted.size() - code.size();
    for (const PrefixRow& prefix : prefix_rows()) {
      if (lower(prefix.code) == wanted.substr(0, length)) {
        guess = std::string(prefix.code) + std::string(unit.code);
        // A small unit is likelier than a large one: MMOL is millimole, not megamole.
        if (prefix.code == "M") guess[0] = 'm';
        break;
      }
    }
  }
  return guess;
}

/// One character too many, too few or wrong, in a symbol long enough for that to be telling.
bool one_edit_apart(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  const auto at = static_cast<std::size_t>(in_a - a.begin());
  const std::size_t skip = a.size() == b.size() ? 1 : 0;
  return at + skip <= a.size() ? a.substr(at + skip) == b.substr(at + 1) : false;
}

}  // namespace

std::string suggest_symbol(std::string_view symbol) {
  constexpr std::size_t kLongestGuessed = 32;
  constexpr std::size_t kShortestMisspelt = 4;
  if (symbol.empty() || symbol.size() > kLongestGuessed) return {};
  const std::string small = lower(symbol);
  for (const Spelling& spelling : kSpellings)
    if (spelling.written == small && spelling.ucum != symbol) return std::string(spelling.ucum);
  if (std::string micro = with_ascii_micro(symbol); !micro.empty() && resolve_symbol(micro).unit != nullptr)
    return micro;
  if (const std::string bracketed = "[" + std::string(symbol) + "]"; find_unit(bracketed) != nullptr) return bracketed;
  if (std::string named = by_name(small); !named.empty()) return named;
  if (std::string letters = by_letters(symbol); !letters.empty()) return letters;
  if (symbol.size() < kShortestMisspelt) return {};
  for (const UnitRow& unit : unit_rows())
    if (one_edit_apart(symbol, unit.code)) return std::string(unit.code);
  return {};
}

}  // namespace meridian::units::internal
