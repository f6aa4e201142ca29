#include <charconv>
#include <optional>

#include "base/internal/setting_value.hpp"

namespace meridian::internal {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t size;
};

constexpr Unit kDurations[] = {{"ms", 1'000},          {"s", 1'000'000},        {"m", 60'000'000},
                               {"h", 3'600'000'000LL}, {"d", 86'400'000'000LL}, {"us", 1}};
constexpr Unit kSizes[] = {{"", 1},
                           {"B", 1},
                           {"KiB", std::int64_t{1} << 10},
                           {"MiB", std::int64_t{1} << 20},
                           {"GiB", std::int64_t{1} << 30},
                           {"TiB", std::int64_t{1} << 40},
                           {"KB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"TB", 1'000'000'000'000}};

std::optional<std::int64_t> whole(std::string_view text, std::string_view& rest) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc()) return std::nullopt;
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <std::size_t N>
std::optional<std::int64_t> measured(std::string_view text, const Unit (&units)[N]) {
  std::string_view rest;
  const std::optional<std::int64_t> count = whole(text, rest);
  if (!count) return std::nullopt;
  for (const Unit& unit : units) {
    std::int64_t product = 0;
    if (rest == unit.name) {
      if (__builtin_mul_overflow(*count, unit.size, &product)) return std::nullopt;
      return product;
    }
  }
  return std::nullopt;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    choices = bar == std::string_view::npos ? std::string_view() : choices.substr(bar + 1);
  }
  return false;
}

std::string range_of(const Setting& setting, std::string_view unit) {
  const std::string suffix = unit.empty() ? "" : " " + std::string(unit);
  if (setting.minimum == INT64_MIN && setting.maximum == INT64_MAX) return {};
  if (setting.maximum == INT64_MAX) return "at least " + std::to_string(setting.minimum) + suffix;
  if (setting.minimum == INT64_MIN) return "at most " + std::to_string(setting.maximum) + suffix;
  return std::to_string(setting.minimum) + " to " + std::to_string(setting.maximum) + suffix;
}

std::string with_range(std::string form, const Setting& setting, std::string_view unit) {
  const std::string range = range_of(setting, unit);
  return range.empty() ? form : form + ", " + range;
}

}  // namespace

std::string setting_form(const Setting& setting) {
  switch (setting.type) {
    case SettingType::boolean:
      return "true or false";
    case SettingType::integer:
      return with_range("a whole number", setting, setting.unit);
    case SettingType::duration:
      return with_range("a duration such as 250ms, 30s, 5m, 2h or 7d", setting, "ms");
    case SettingType::bytes:
      return with_range("a size such as 512, 64KiB, 4GiB or 10MB", setting, "bytes");
    case SettingType::choice: {
      std::string form = "one of ";
      for (const char c : setting.choices) form += c == '|' ? std::string(", ") : std::string(1, c);
      return form;
    }
    case SettingType::path:
      return "a path";
    case SettingType::text:
      break;
  }
  return "text";
}

Result<std::int64_t> setting_number(const Setting& setting, std::string_view text) {
  std::optional<std::int64_t> number;
  std::int64_t scale = 1;
  std::string_view rest;
  switch (setting.type) {
    case SettingType::text:
    case SettingType::path:
      return 0;
    case SettingType::choice:
      if (is_choice(setting.choices, text)) return 0;
      break;
    case SettingType::boolean:
      if (text == "true" || text == "false") return text == "true" ? 1 : 0;
      break;
    case SettingType::integer:
      number = whole(text, rest);
      if (!rest.empty()) number.reset();
      break;
    case SettingType::duration:
      number = measured(text, kDurations);
      scale = 1'000;
      break;
    case SettingType::bytes:
      number = measured(text, kSizes);
      if (number && *number < 0) number.reset();
      break;
  }
  if (!number || *number / scale < setting.minimum || *number / scale > setting.maximum) {
    return fail(ErrorCode::invalid_argument, "it takes " + setting_form(setting));
  }
  return *number;
}

}  // namespace meridian::internal
