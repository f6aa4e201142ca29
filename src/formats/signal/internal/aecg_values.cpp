#include "formats/signal/internal/aecg_values.hpp"

#include <charconv>
#include <cmath>

#include "base/civil.hpp"
#include "base/trim.hpp"

namespace meridian::signal::internal {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Two digits, or what stands for them where the text ends before.
int pair_at(std::string_view text, std::size_t at, int otherwise) {
  if (text.size() < at + 2) return otherwise;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

}  // namespace

std::optional<double> number_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<LocalStart> time_of(std::string_view text) {
  text = trimmed(text);
  text = text.substr(0, text.find_first_of("+-"));
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.size() < 8 || whole.size() > 14 || whole.size() % 2 != 0 || !is_digits(whole) || !is_digits(fraction)) {
    return std::nullopt;
  }
  LocalStart time;
  time.year = pair_at(whole, 0, 0) * 100 + pair_at(whole, 2, 0);
  time.month = pair_at(whole, 4, 0);
  time.day = pair_at(whole, 6, 0);
  const int hour = pair_at(whole, 8, 0);
  const int minute = pair_at(whole, 10, 0);
  const int second = pair_at(whole, 12, 0);
  if (time.year == 0 || time.month < 1 || time.month > 12 || time.day < 1 ||
      time.day > days_in_month(time.year, time.month) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  unsigned milliseconds = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    milliseconds = milliseconds * 10 + (i < fraction.size() ? static_cast<unsigned>(fraction[i] - '0') : 0);
  }
  time.milliseconds = static_cast<std::uint32_t>((hour * 60 + minute) * 60 + second) * 1'000 + milliseconds;
  return time;
}

std::string date_of(std::string_view text) {
  text = trimmed(text).substr(0, 8);
  if (text.size() < 4 || text.size() % 2 != 0 || !is_digits(text)) return {};
  std::string date(text.substr(0, 4));
  const int month = pair_at(text, 4, 0);
  if (month < 1 || month > 12) return date;
  date += '-' + std::string(text.substr(4, 2));
  const int day = pair_at(text, 6, 0);
  const int year = pair_at(text, 0, 0) * 100 + pair_at(text, 2, 0);
  if (day >= 1 && day <= days_in_month(year, month)) date += '-' + std::string(text.substr(6, 2));
  return date;
}

double milliseconds_between(const LocalStart& from, const LocalStart& to) {
  const std::int64_t days = day_number({to.year, to.month, to.day}) - day_number({from.year, from.month, from.day});
  return static_cast<double>(days) * 86'400'000.0 + to.milliseconds - static_cast<double>(from.milliseconds);
}

std::optional<double> seconds_of(tree::Element quantity) {
  const std::optional<double> value = number_of(quantity.attribute("value"));
  const std::string_view unit = quantity.attribute("unit");
  if (!value) return std::nullopt;
  if (unit == "s" || unit.empty()) return value;
  if (unit == "ms") return *value / 1e3;
  if (unit == "us") return *value / 1e6;
  if (unit == "min") return *value * 60;
  return std::nullopt;
}

Digits digits_of(std::string_view text, std::uint64_t limit) {
  Digits digits;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return digits;
    if (digits.samples.size() >= limit) {
      digits.is_whole = false;
      return digits;
    }
    text.remove_prefix(begin);
    std::int32_t sample = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sample);
    std::size_t length = static_cast<std::size_t>(end - text.data());
    const bool is_number =
        error == std::errc() && (length == text.size() || kBlanks.find(text[length]) != std::string_view::npos);
    if (!is_number || sample == kMissing) {
      sample = kMissing;
      ++digits.bad;
      length = std::min(text.find_first_of(kBlanks), text.size());
    }
    digits.samples.push_back(sample);
    text.remove_prefix(length);
  }
}

}  // namespace meridian::signal::internal
