#include "units/unit.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "units/internal/canonical.hpp"

namespace meridian::units {
namespace {

using internal::Canonical;

/// Codes repeat endlessly in real data: parsed ones are kept, in shards so that threads seldom meet. A shard that
/// is full starts afresh, which bounds the memory whatever is sent.
class Cache {
 public:
  static Cache& instance() {
    static Cache cache;
    return cache;
  }

  std::shared_ptr<const Canonical> find(std::string_view code) {
    Shard& shard = shard_of(code);
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.units.find(code);
    return found == shard.units.end() ? nullptr : found->second;
  }

  void keep(const std::shared_ptr<const Canonical>& unit) {
    if (unit->code.size() > kLongestKept) return;
    Shard& shard = shard_of(unit->code);
    const std::unique_lock lock(shard.mutex);
    if (shard.units.size() >= kMostKept) shard.units.clear();
    shard.units.emplace(unit->code, unit);  // the key is the unit's own text
  }

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMostKept = 256;
  static constexpr std::size_t kLongestKept = 64;

  struct alignas(64) Shard {
    std::shared_mutex mutex;
    std::unordered_map<std::string_view, std::shared_ptr<const Canonical>> units;
  };

  Shard& shard_of(std::string_view code) { return shards_[std::hash<std::string_view>()(code) % kShards]; }

  std::array<Shard, kShards> shards_;
};

std::string describe(std::string_view code, const internal::SyntaxError& error) {
  constexpr std::size_t kShown = 80;
  std::string text = "UCUM code \"" + std::string(code.substr(0, kShown)) + (code.size() > kShown ? "…" : "") +
                     "\", column " + std::to_string(error.offset + 1) + ": " + error.expected;
  if (!error.suggestion.empty()) text += "; did you mean \"" + error.suggestion + "\"?";
  return text;
}

std::string in_brackets_when(bool needed, const std::string& code) {
  return needed ? "(" + code + ")" : code;
}

}  // namespace

Result<Unit> Unit::parse(std::string_view code) {
  if (auto known = Cache::instance().find(code)) return Unit(std::move(known));
  const auto pieces = internal::parse_pieces(code);
  if (!pieces) {
    const auto kind = pieces.error().beyond_limits ? ErrorCode::too_large : ErrorCode::invalid_argument;
    return fail(kind, describe(code, pieces.error()));
  }
  auto product = internal::evaluate(*pieces);
  if (!product)
    return fail(ErrorCode::too_large, describe(code, {0, "its numbers or exponents grow beyond what is held", ""}));
  auto unit = std::make_shared<Canonical>();
  unit->code = code;
  unit->product = *std::move(product);
  const auto& powers = unit->product.powers;
  if (powers.size() == 1 && powers[0].exponent == 1 && powers[0].unit->kind == internal::UnitKind::special) {
    unit->special = powers[0].unit;
    unit->reference = internal::reference(*unit->special);
  }
  unit->dimension = internal::to_code(unit->special != nullptr ? unit->reference.powers : powers);
  Cache::instance().keep(unit);
  return Unit(std::move(unit));
}

Unit Unit::one() {
  static const Unit unit = Unit::parse("1").value();
  return unit;
}

const std::string& Unit::code() const {
  return canonical_->code;
}
std::string Unit::canonical_code() const {
  return internal::to_code(canonical_->product);
}
const std::string& Unit::dimension() const {
  return canonical_->dimension;
}
bool Unit::special() const {
  return canonical_->special != nullptr;
}

bool Unit::arbitrary() const {
  return std::ranges::any_of(canonical_->product.powers, [](const internal::Power& power) {
    return power.unit->kind == internal::UnitKind::arbitrary;
  });
}

bool Unit::operator==(const Unit& other) const {
  return canonical_ == other.canonical_ || canonical_->code == other.canonical_->code;
}

bool comparable(const Unit& a, const Unit& b) {
  return a.dimension() == b.dimension();
}

Result<Unit> multiply(const Unit& a, const Unit& b) {
  if (b.code().starts_with('/')) return Unit::parse(a.code() + b.code());  // a./x.y is a/x.y, left to right
  const std::string left = a.code().empty() ? "1" : a.code();
  const std::string right = b.code().empty() ? "1" : b.code();
  return Unit::parse(left + "." + in_brackets_when(right.find('/') != std::string::npos, right));
}

Result<Unit> divide(const Unit& a, const Unit& b) {
  const std::string left = a.code().empty() ? "1" : a.code();
  std::string right = b.code().empty() ? "1" : b.code();
  if (right.starts_with('/')) right.insert(0, "1");
  return Unit::parse(left + "/" + in_brackets_when(right.find_first_of("./") != std::string::npos, right));
}

}  // namespace meridian::units
