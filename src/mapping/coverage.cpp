#include "mapping/coverage.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace meridian::mapping {
namespace {

bool before(const FieldCoverage& a, const FieldCoverage& b) {
  const int order = std::strncmp(a.segment, b.segment, sizeof a.segment);
  return order != 0 ? order < 0 : a.field < b.field;
}

}  // namespace

void Coverage::count(const char* segment, std::uint16_t field, bool is_mapped) {
  FieldCoverage wanted;
  std::strncpy(wanted.segment, segment, sizeof wanted.segment - 1);
  wanted.field = field;
  auto at = std::lower_bound(fields_.begin(), fields_.end(), wanted, before);
  if (at == fields_.end() || before(wanted, *at)) at = fields_.insert(at, wanted);
  ++(is_mapped ? at->mapped : at->dropped);
}

void Coverage::add(const Coverage& other) {
  for (const FieldCoverage& field : other.fields_) {
    auto at = std::lower_bound(fields_.begin(), fields_.end(), field, before);
    if (at == fields_.end() || before(field, *at)) {
      fields_.insert(at, field);
    } else {
      at->mapped += field.mapped;
      at->dropped += field.dropped;
    }
  }
}

std::uint32_t Coverage::mapped() const {
  return std::accumulate(fields_.begin(), fields_.end(), 0U, [](auto sum, const auto& f) { return sum + f.mapped; });
}

std::uint32_t Coverage::dropped() const {
  return std::accumulate(fields_.begin(), fields_.end(), 0U, [](auto sum, const auto& f) { return sum + f.dropped; });
}

std::string to_text(const Coverage& coverage) {
  std::string out;
  for (const FieldCoverage& field : coverage.fields()) {
    std::string name = std::string(field.segment) + '-' + std::to_string(field.field);
    name.resize(std::max<std::size_t>(name.size(), 8), ' ');
    out += name;
    if (field.mapped > 0) out += "  mapped " + std::to_string(field.mapped);
    if (field.dropped > 0) out += "  dropped " + std::to_string(field.dropped);
    out += '\n';
  }
  return out;
}

}  // namespace meridian::mapping
