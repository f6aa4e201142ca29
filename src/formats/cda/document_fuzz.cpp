// Property: a text that is read gives a tree that hangs together: every element is found by its number, is among its
// parent's children, and lies behind its parent and in front of what follows it; depth and count keep the limits. Its
// narrative becomes XHTML that, read again, says the same; validating and reading all of it takes no harm.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/cda/document.hpp"
#include "formats/cda/header.hpp"
#include "formats/cda/narrative.hpp"
#include "formats/cda/section.hpp"
#include "formats/cda/validate.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  using namespace meridian::cda;
  CdaLimits limits;
  limits.max_depth = 60;
  limits.max_tags = 5'000;
  limits.max_attributes = 5'000;
  Issues issues;
  const Document document = parse_document({reinterpret_cast<const char*>(data), size}, limits, issues);
  require(static_cast<bool>(document) != issues.has_fatal());
  if (!document) return 0;
  for (std::uint32_t i = 1; i <= document.element_count(); ++i) {
    const Element element = document.element(i);
    require(element.number() == i);
    const Element parent = element.parent();
    require((i == 1) == !parent);
    require(!parent || parent.number() < i);
    require(!element.next() || element.next().parent() == parent);
    require(!element.first_child() || element.first_child().number() == i + 1);
    std::uint32_t depth = 0;
    for (Element at = element; at; at = at.parent()) ++depth;
    require(depth <= limits.max_depth + 1);
  }
  read_header(document);
  const NarrativeIndex index(document);
  for (const Section& section : sections_of(document)) {
    const std::string xhtml = to_xhtml(section.narrative());
    Issues again;
    const Document read = parse_document(xhtml, {}, again);
    // XHTML is no CDA, but it is XML.
    require(!again.has_fatal() || again.all().back().message->id == "cda-not-cda");
    for (const Entry& entry : section.entries()) {
      for (const Element value : entry.values()) value_text(value);
      text_of(entry.element().child("text"), index);
    }
  }
  Issues faults;
  validate(document, faults);
  return 0;
}
