// Any bytes as a condition on a resource: the first byte chooses type and parameter, the second modifier and prefix,
// the rest is the operand, its components parted by `$`. Properties: probe and matching refuse the same, and the
// index's answer, with what it leaves open looked at, is that of matching.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/testing/documents.hpp"
#include "search/matching.hpp"
#include "search/terms.hpp"
#include "search/testing/entries_index.hpp"
#include "search/testing/random_resources.hpp"

namespace meridian::search {
namespace {

[[noreturn]] void broken(const char* property) {
  std::fprintf(stderr, "%s\n", property);
  std::abort();
}

/// Resources of one type, indexed.
struct Shelf {
  fhir::TypeId type{};
  std::vector<fhir::Document> documents;
  testing::EntriesIndex index;
  testing::EntriesIndex::RowSet all;
};

std::vector<Shelf> make_shelves() {
  std::vector<Shelf> shelves;
  Extractor extractor(Parameters::r4());
  testing::RandomSearch random(1);
  for (const std::string_view name : testing::RandomSearch::types()) {
    Shelf& shelf = shelves.emplace_back();
    shelf.type = fhir::Schema::r4().find_type(name);
    for (std::uint64_t row = 0; row < 12; ++row) {
      const std::string id = std::to_string(row);
      shelf.documents.push_back(fhir::testing::parsed(random.resource(name, id)));
      index::Entries entries;
      extractor.extract(shelf.documents.back().root(), id, entries);
      shelf.index.add(row, entries);
      shelf.all.insert(row);
    }
  }
  return shelves;
}

void check(Shelf& shelf, const Condition& condition) {
  Reading reading;
  reading.now = Instant::from_seconds(1'582'000'000);
  Matcher matcher(*Parameters::r4(), nullptr, nullptr, reading);
  const Result<Probe> asked = probe(*Parameters::r4(), condition, nullptr, reading);
  testing::EntriesIndex::RowSet expected;
  for (const std::uint64_t row : shelf.all) {
    const Result<bool> matches = matcher.matches(shelf.documents[row].root(), condition);
    if (matches.has_value() != asked.has_value()) broken("one refuses what the other takes");
    if (!matches) return;
    if (*matches) expected.insert(row);
  }
  Condition positive = condition;
  if (positive.modifier == Modifier::not_) positive.modifier = Modifier::none;
  const auto look = [&](std::uint64_t row) {
    return matcher.matches(shelf.documents[row].root(), positive).value_or(false);
  };
  if (shelf.index.answer(*asked, shelf.all, look) != expected) broken("the index answers otherwise than matching");
}

}  // namespace
}  // namespace meridian::search

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian::search;
  static std::vector<Shelf> shelves = make_shelves();
  if (size < 3) return 0;
  Shelf& shelf = shelves[data[0] % shelves.size()];
  const auto parameters = Parameters::r4()->of(shelf.type);
  Condition condition;
  condition.parameter = parameters[data[1] % parameters.size()];
  if (condition.parameter->code == "_lastUpdated") return 0;
  condition.modifier = static_cast<Modifier>(data[2] % 17);
  const bool is_hierarchy = condition.modifier == Modifier::above || condition.modifier == Modifier::below;
  if (is_hierarchy && condition.parameter->kind == meridian::fhir::SearchType::reference) return 0;  // others decide
  const auto prefix = static_cast<Prefix>(data[2] / 17 % 10);
  std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  Operand operand{prefix, std::string(text), {}};
  for (std::size_t i = 0; i < condition.parameter->components.size(); ++i) {
    const std::size_t dollar = text.find('$');
    operand.components.push_back({prefix, std::string(text.substr(0, dollar)), {}});
    text.remove_prefix(dollar == std::string_view::npos ? text.size() : dollar + 1);
  }
  condition.operands.push_back(std::move(operand));
  check(shelf, condition);
  return 0;
}
