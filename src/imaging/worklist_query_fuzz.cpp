// Identifiers of worklist queries, from anywhere: the first byte chooses how they are written.
//
// What is accepted is within its bounds; what is answered to it says all that was asked for and reads as a query of the
// same attributes again; keys that ask for nothing match everything.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imaging/worklist_query.hpp"

using namespace meridian;           // a fuzzer speaks of nothing else
using namespace meridian::imaging;  // likewise

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

Item step() {
  Item one;
  one.attributes.set({0x0008, 0x0060}, "CT");
  one.attributes.set({0x0040, 0x0001}, "CT1\\CT2");
  one.attributes.set({0x0040, 0x0002}, "20260105");
  one.attributes.set({0x0040, 0x0003}, "093000");
  Item item;
  item.attributes.set({0x0010, 0x0010}, "Wang^Fang=王^芳");
  item.attributes.set({0x0010, 0x0020}, "7");
  item.set(kStepSequence, {one});
  return item;
}

std::size_t count(const WorklistKeys& keys, int depth = 0) {
  expect(depth <= 4);
  std::size_t all = keys.query.keys.all().size() + keys.sequences.size();
  for (const WorklistKeySequence& one : keys.sequences) all += count(one.keys, depth + 1);
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool is_explicit = data[0] % 2 == 0;
  const Result<WorklistKeys> keys =
      read_worklist_keys({reinterpret_cast<const char*>(data) + 1, size - 1}, is_explicit);
  if (!keys) return 0;
  expect(count(*keys) <= 300);
  static const Item known = step();
  const bool is_match = matches(*keys, known);
  const Item told = answer(*keys, known);
  if (keys->empty()) {
    expect(is_match && told == known);
    return 0;
  }
  for (const Attribute& key : keys->query.keys.all()) {
    expect(told.attributes.find(key.tag) != nullptr || told.find(key.tag) != nullptr);
  }
  for (const WorklistKeySequence& one : keys->sequences) expect(told.find(one.tag) != nullptr);
  expect(read_worklist_keys(to_data_set(told, true), true).has_value());
  return 0;
}
