#include "mapping/internal/record_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/instant.hpp"
#include "mapping/internal/values.hpp"

namespace meridian::mapping::internal {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What is left of a text, taken from its beginning.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_done() const { return text_.empty(); }
  bool take(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }
  /// The first of these that comes.
  bool take_any(std::initializer_list<std::string_view> list) {
    return std::any_of(list.begin(), list.end(), [this](std::string_view one) { return take(one); });
  }
  bool blanks() {
    const std::size_t count = std::min(text_.find_first_not_of(" \t"), text_.size());
    text_.remove_prefix(count);
    return count > 0;
  }
  std::string_view digits() {
    const auto end = std::find_if_not(text_.begin(), text_.end(), is_digit);
    const std::string_view found = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(found.size());
    return found;
  }

 private:
  std::string_view text_;
};

std::string two(std::string_view digits) {
  return digits.size() == 1 ? "0" + std::string(digits) : std::string(digits);
}

bool is_short(std::string_view digits) {
  return digits.size() == 1 || digits.size() == 2;
}

/// Year, month, day in the order that the text has them; month and day may lack.
std::optional<std::string> read_date(Scanner& in, DateOrder order) {
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  for (; count < 3; ++count) {
    parts[count] = in.digits();
    if (parts[count].empty()) break;
    if (!in.take_any({"-", "/", ".", "年", "月", "日"})) {
      ++count;
      break;
    }
  }
  if (count == 0) return std::nullopt;
  std::string_view year = parts[0];
  std::string_view month = parts[1];
  std::string_view day = parts[2];
  if (year.size() != 4) {
    if (order == DateOrder::year_first || count != 3) return std::nullopt;
    year = parts[2];
    month = order == DateOrder::day_first ? parts[1] : parts[0];
    day = order == DateOrder::day_first ? parts[0] : parts[1];
  }
  if (year.size() != 4 || (!month.empty() && !is_short(month)) || (!day.empty() && !is_short(day))) return std::nullopt;
  return std::string(year) + two(month) + two(day);
}

/// Morning or afternoon, where it stands; hours of twelve become hours of the day.
struct Half {
  bool is_said = false;
  bool is_afternoon = false;
  bool take(Scanner& in) {
    if (in.take_any({"上午", "AM", "am", "a.m."})) return is_said = true;
    if (in.take_any({"下午", "PM", "pm", "p.m."})) return is_said = is_afternoon = true;
    return false;
  }
};

std::optional<std::string> read_time(Scanner& in) {
  Half half;
  half.take(in);
  in.blanks();
  const std::string_view hour = in.digits();
  if (!is_short(hour) || !in.take_any({":", "时"})) return std::nullopt;
  const std::string_view minute = in.digits();
  if (!is_short(minute)) return std::nullopt;
  std::string_view second;
  std::string fraction;
  if (in.take_any({":", "分"})) {
    second = in.digits();
    if (!second.empty() && in.take_any({".", ","})) fraction = "." + std::string(in.digits());
    in.take("秒");
  }
  in.blanks();
  if (!half.is_said) half.take(in);
  int value = 0;
  std::from_chars(hour.data(), hour.data() + hour.size(), value);
  if (half.is_said && (value < 1 || value > 12)) return std::nullopt;
  if (half.is_said) value = value % 12 + (half.is_afternoon ? 12 : 0);
  return two(std::to_string(value)) + two(minute) + (second.empty() ? "00" : two(second)) + fraction;
}

/// `Z`, `+08:00`, `+0800`, `+08`
std::optional<std::string> read_offset(Scanner& in) {
  if (in.is_done()) return std::string();
  if (in.take_any({"Z", "z", "UTC"})) return "+0000";
  const bool is_ahead = in.take("+");
  if (!is_ahead && !in.take("-")) return std::nullopt;
  std::string digits(in.digits());
  if (in.take(":")) digits += in.digits();
  if (digits.size() == 2) digits += "00";
  if (digits.size() != 4) return std::nullopt;
  return (is_ahead ? "+" : "-") + digits;
}

}  // namespace

std::string compact_time(std::string_view text, DateOrder order) {
  text = trimmed(text);
  const std::size_t count =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  if (count == text.size() || count >= 8) return std::string(text);  // as HL7 v2 writes it
  Scanner in(text);
  std::optional<std::string> out = read_date(in, order);
  if (!out) return {};
  const bool is_parted = in.blanks() || in.take_any({"T", "t"});
  if (in.is_done()) return *std::move(out);
  if (!is_parted && out->size() != 8) return {};
  const std::optional<std::string> time = read_time(in);
  if (!time || out->size() != 8) return {};
  in.blanks();
  const std::optional<std::string> offset = read_offset(in);
  if (!offset || !in.is_done()) return {};
  return *out + *time + *offset;
}

std::string time_of_epoch(std::string_view text) {
  text = trimmed(text);
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, number);
  const bool has_fraction = at != end && *at == '.' && std::all_of(at + 1, end, is_digit);
  if (fault != std::errc() || (at != end && !has_fraction) || number < 0) return {};
  constexpr std::int64_t kLatest = 253'402'300'799;  // the last second of 9999
  const bool is_milliseconds = at - text.data() > 11;
  if ((is_milliseconds ? number / 1000 : number) > kLatest) return {};
  const std::int64_t microseconds = is_milliseconds ? number * 1000 : number * 1'000'000;
  return compact_time(Instant::from_microseconds(microseconds).to_string(), DateOrder::year_first);
}

Measured read_measured(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kComparators[] = {
      {"<=", "<="}, {"≤", "<="}, {">=", ">="}, {"≥", ">="}, {"<", "<"}, {">", ">"}, {"＜", "<"}, {"＞", ">"}};
  text = trimmed(text);
  Measured out;
  for (const auto& [written, meant] : kComparators) {
    if (!out.comparator.empty() || !text.starts_with(written)) continue;
    out.comparator = meant;
    text = trimmed(text.substr(written.size()));
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string plain;
  // A comma is a thousand's where three digits follow it, and more before; any other makes it no number.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_thousand = text[i] == ',' && i > 0 && i + 3 < text.size() && is_digit(text[i - 1]) &&
                             std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                         text.begin() + static_cast<std::ptrdiff_t>(i) + 4, is_digit) &&
                             (i + 4 == text.size() || !is_digit(text[i + 4])) && plain.find('.') == std::string::npos;
    if (!is_thousand) plain += text[i];
  }
  out.number = number(plain);
  if (out.number.empty()) out.comparator.clear();
  return out;
}

}  // namespace meridian::mapping::internal
