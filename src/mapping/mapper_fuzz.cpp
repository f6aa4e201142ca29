// Any message through every map: the resources must be JSON that the schema knows, element by element, without faults
// of form; merging them again must change nothing; and the work is bounded by the limits.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "formats/fhir/document.hpp"
#include "mapping/bundle.hpp"
#include "mapping/testing/record.hpp"

namespace {

using namespace meridian;

void require(bool holds, std::string_view what, std::string_view json) {
  if (holds) return;
  std::fprintf(stderr, "%.*s\n%.*s\n", static_cast<int>(what.size()), what.data(), static_cast<int>(json.size()),
               json.data());
  std::abort();
}

void check_known(fhir::Node node, std::string_view json) {
  for (const fhir::Node child : node.children()) {
    require(child.type() != fhir::TypeId::none, "an element that FHIR does not know", json);
    check_known(child, json);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static mapping::Mapper mapper(mapping::testing::catalogue(), mapping::testing::context(),
                                {.max_resources = 500, .max_nodes = 20'000});
  static mapping::Merger merger(mapping::testing::catalogue()->merge_rules());
  static hl7v2::MessageParser messages;
  static fhir::DocumentParser documents;
  Issues issues;
  const hl7v2::Message message = messages.parse(std::string(reinterpret_cast<const char*>(data), size), issues);
  if (!message) return 0;
  const mapping::Mapped mapped = mapper.map(message);
  require(mapped.writes.size() <= 500, "more resources than allowed", {});
  for (const mapping::Write& write : mapped.writes) {
    const Result<mapping::Merged> first = merger.merge({}, {}, write);
    require(first.has_value(), "a write that cannot be laid over nothing", {});
    Issues faults;
    const fhir::Document document = documents.parse(first->json, faults);
    require(document.has_root() && faults.empty() && document.form_faults().empty(), "not FHIR's JSON", first->json);
    check_known(document.root(), first->json);
    const Result<mapping::Merged> again = merger.merge(first->json, first->origins, write);
    require(again.has_value() && again->json == first->json && again->origins == first->origins && !again->changed,
            "merging the same again changes something", first->json);
  }
  return 0;
}
