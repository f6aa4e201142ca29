#include "units/internal/special.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace meridian::units::internal {
namespace {

using Function = long double (*)(long double);

struct Row {
  std::string_view name;
  Function to_reference;
  Function from_reference;
};

constexpr long double kNaN = std::numeric_limits<long double>::quiet_NaN();
constexpr long double kDegreesPerRadian = 180.0L / std::numbers::pi_v<long double>;

/// UCUM's table of special units, column "function"; the inverse is what leads to the reference.
constexpr std::array kRows = std::to_array<Row>({
    {"pH", [](long double x) { return std::pow(10.0L, -x); }, [](long double r) { return -std::log10(r); }},
    {"ln", [](long double x) { return std::exp(x); }, [](long double r) { return std::log(r); }},
    {"lg", [](long double x) { return std::pow(10.0L, x); }, [](long double r) { return std::log10(r); }},
    {"lgTimes2", [](long double x) { return std::pow(10.0L, x / 2); }, [](long double r) { return 2 * std::log10(r); }},
    {"ld", [](long double x) { return std::exp2(x); }, [](long double r) { return std::log2(r); }},
    {"sqrt", [](long double x) { return x * x; }, [](long double r) { return std::sqrt(r); }},
    {"tanTimes100", [](long double x) { return std::atan(x / 100); }, [](long double r) { return 100 * std::tan(r); }},
    // The same function over degrees, since the reference of %[slope] is 1 deg.
    {"100tan", [](long double x) { return std::atan(x / 100) * kDegreesPerRadian; },
     [](long double r) { return 100 * std::tan(r / kDegreesPerRadian); }},
    {"hpX", [](long double x) { return std::pow(10.0L, -x); }, [](long double r) { return -std::log10(r); }},
    {"hpC", [](long double x) { return std::pow(100.0L, -x); }, [](long double r) { return -std::log10(r) / 2; }},
    {"hpM", [](long double x) { return std::pow(1000.0L, -x); }, [](long double r) { return -std::log10(r) / 3; }},
    {"hpQ", [](long double x) { return std::pow(50000.0L, -x); },
     [](long double r) { return -std::log10(r) / std::log10(50000.0L); }},
});

const Row* find(std::string_view name) {
  for (const Row& row : kRows)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace

std::optional<Rational> shift(std::string_view function) {
  if (function == "Cel") return Rational(27315, 100);
  if (function == "degF") return Rational(45967, 100);
  if (function == "degRe") return Rational(21852, 100);
  return std::nullopt;
}

long double to_reference(std::string_view function, long double value) {
  const Row* row = find(function);
  return row == nullptr ? kNaN : row->to_reference(value);
}

long double from_reference(std::string_view function, long double ratio) {
  const Row* row = find(function);
  return row == nullptr ? kNaN : row->from_reference(ratio);
}

}  // namespace meridian::units::internal
