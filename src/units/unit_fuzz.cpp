// Property: a code that is understood has a canonical code which is understood, means the same and is its own
// canonical code; a value of 1 converted there and back, where both ways are exact, is 1 again. Nothing else is
// promised of a code that is not understood but an error that says something.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/decimal.hpp"
#include "units/unit.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  const std::string_view code(reinterpret_cast<const char*>(data), size);
  const auto unit = units::Unit::parse(code);
  if (!unit) {
    require(!unit.error().message().empty());
    return 0;
  }
  require(unit->code() == code);
  require(!unit->display_name().empty());
  const auto canonical = units::Unit::parse(unit->canonical_code());
  require(canonical.has_value());
  require(canonical->canonical_code() == unit->canonical_code());
  require(canonical->dimension() == unit->dimension());
  require(units::comparable(*unit, *canonical));

  const auto there = units::convert(Decimal(1), *unit, *canonical);
  if (there) require(*there == Decimal(1));
  return 0;
}
