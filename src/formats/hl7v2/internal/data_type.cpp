#include "formats/hl7v2/internal/data_type.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace meridian::hl7v2::internal {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}

  /// Two or four digits within bounds; false when they are not there.
  bool take(std::size_t count, int least, int most) {
    if (rest_.size() < count ||
        !std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(count), is_digit)) {
      return false;
    }
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (rest_[i] - '0');
    rest_.remove_prefix(count);
    return value >= least && value <= most;
  }
  bool take_fraction() {
    if (!rest_.starts_with('.')) return true;
    rest_.remove_prefix(1);
    const std::size_t count =
        static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_digit) - rest_.begin());
    rest_.remove_prefix(count);
    return count >= 1 && count <= 4;
  }
  bool take_zone() {
    if (rest_.empty() || (rest_[0] != '+' && rest_[0] != '-')) return true;
    rest_.remove_prefix(1);
    return take(2, 0, 14) && take(2, 0, 59);
  }
  bool is_at_end_or_zone() const { return rest_.empty() || rest_[0] == '+' || rest_[0] == '-'; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool is_date(std::string_view text) {
  Digits digits(text);
  if (!digits.take(4, 0, 9999)) return false;
  if (digits.is_at_end()) return true;
  if (!digits.take(2, 1, 12)) return false;
  return digits.is_at_end() || (digits.take(2, 1, 31) && digits.is_at_end());
}

bool finish_time(Digits& digits) {
  if (!digits.take(2, 0, 23)) return false;
  if (!digits.is_at_end_or_zone()) {
    if (!digits.take(2, 0, 59)) return false;
    if (!digits.is_at_end_or_zone() && !(digits.take(2, 0, 60) && digits.take_fraction())) return false;
  }
  return digits.take_zone() && digits.is_at_end();
}

bool is_date_time(std::string_view text) {
  Digits digits(text);
  if (!digits.take(4, 0, 9999)) return false;
  if (digits.is_at_end_or_zone()) return digits.take_zone() && digits.is_at_end();
  if (!digits.take(2, 1, 12)) return false;
  if (digits.is_at_end_or_zone()) return digits.take_zone() && digits.is_at_end();
  if (!digits.take(2, 1, 31)) return false;
  if (digits.is_at_end_or_zone()) return digits.take_zone() && digits.is_at_end();
  return finish_time(digits);
}

bool is_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  return !(whole.empty() && fraction.empty()) && std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(fraction.begin(), fraction.end(), is_digit);
}

}  // namespace

bool is_value_of(std::string_view data_type, std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (data_type == "NM") return is_number(text);
  if (data_type == "SI") return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
  if (data_type == "DT") return is_date(text);
  if (data_type == "DTM" || data_type == "TS") return is_date_time(text);
  if (data_type == "TM") {
    Digits digits(text);
    return finish_time(digits);
  }
  return true;
}

std::size_t length_of(std::string_view text) {
  return is_valid_utf8(text) ? count_code_points(text) : text.size();
}

}  // namespace meridian::hl7v2::internal
