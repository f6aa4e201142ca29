// Property: whatever is read is within its limits, lies within its line, and is written to a file that reads to the
// same records again; what normalising and splitting write reads too.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "formats/genomics/genotype.hpp"
#include "formats/genomics/normalise.hpp"
#include "formats/genomics/reader.hpp"

namespace {

using namespace meridian;            // NOLINT(google-build-using-namespace): a program of one function
using namespace meridian::genomics;  // NOLINT(google-build-using-namespace)

void require(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "line %d does not hold\n", line);
  std::abort();
}

class Repeats final : public Reference {
 public:
  Result<std::string> bases(std::string_view, std::uint64_t from, std::uint64_t count) override {
    std::string out;
    for (std::uint64_t i = 0; i < count && i < 10'000; ++i) out += (from + i) % 7 < 4 ? 'A' : 'C';
    return out;
  }
};

struct Read {
  std::string text;
  std::string normal;
  std::uint64_t records = 0;
  bool is_open = false;
};

Read read(std::string_view text, const Limits& limits) {
  Read result;
  Issues issues(100);
  auto reader = Reader::open(memory_source(text), limits, issues);
  if (!reader) return result;
  result.is_open = true;
  result.text = reader->header().text();
  Repeats reference;
  Normaliser normaliser(reader->header(), {}, &reference);
  Record record;
  for (auto next = reader->next(record, issues); next && *next; next = reader->next(record, issues)) {
    require(record.alts.size() <= limits.max_alleles && record.info.size() <= limits.max_fields);
    require(record.format.size() <= limits.max_fields && record.samples.size() <= limits.max_samples);
    for (std::size_t i = 0; i < record.samples.size(); ++i) {
      require(record.samples[i].data() >= record.text.data());
      require(record.samples[i].data() + record.samples[i].size() <= record.text.data() + record.text.size());
      const std::string_view value = record.value(i, "GT");
      require(parse_genotype(value).has_value() == (genotype_shape(value).ploidy > 0));
    }
    write(record, result.text);
    if (!normaliser.add(record, issues, result.normal)) break;
  }
  normaliser.finish(result.normal);
  result.records = reader->records();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Limits limits;
  limits.max_line_bytes = 10'000;
  limits.max_samples = 50;
  limits.max_alleles = 50;
  limits.max_fields = 50;
  const Read first = read(std::string_view(reinterpret_cast<const char*>(data), size), limits);
  if (!first.is_open) return 0;
  Limits room = limits;  // what was left out is not written; line numbers may be longer
  room.max_line_bytes *= 2;
  const Read second = read(first.text, room);
  if (!second.is_open) return 0;  // the first line was only a carriage return, or the like
  require(second.records == first.records);
  require(second.text == first.text);
  return 0;
}
