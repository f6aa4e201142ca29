#include "mapping/testing/soundness.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::mapping::testing {
namespace {

void require(bool holds, std::string_view what, std::string_view json) {
  if (holds) return;
  std::fprintf(stderr, "%s\n%s\n", std::string(what).c_str(), std::string(json).c_str());
  std::abort();
}

void check_known(fhir::Node node, std::string_view json) {
  for (const fhir::Node child : node.children()) {
    require(child.type() != fhir::TypeId::none, "an element that FHIR does not know", json);
    check_known(child, json);
  }
}

}  // namespace

void require_sound(const Mapped& mapped, Merger& merger, std::size_t most_resources) {
  static fhir::DocumentParser documents;
  require(mapped.writes.size() <= most_resources, "more resources than allowed", {});
  for (const Write& write : mapped.writes) {
    const Result<Merged> first = merger.merge({}, {}, write);
    require(first.has_value(), "a write that cannot be laid over nothing", {});
    Issues faults;
    const fhir::Document document = documents.parse(first->json, faults);
    require(document.has_root() && faults.empty() && document.form_faults().empty(), "not FHIR's JSON", first->json);
    check_known(document.root(), first->json);
    const Result<Merged> again = merger.merge(first->json, first->origins, write);
    require(again.has_value() && again->json == first->json && again->origins == first->origins && !again->changed,
            "merging the same again changes something", first->json);
  }
}

}  // namespace meridian::mapping::testing
