// Any Bundle into a document: what comes out is well-formed and sound in structure, or an Error says why there is none.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/cda/document.hpp"
#include "formats/cda/validate.hpp"
#include "formats/tree/xml_writer.hpp"
#include "mapping/document_writer.hpp"
#include "mapping/testing/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meridian;
  static mapping::DocumentWriter writer(mapping::testing::catalogue());
  static fhir::DocumentParser parser;
  Issues issues;
  const fhir::Document bundle = parser.parse(std::string(reinterpret_cast<const char*>(data), size), issues);
  if (!bundle.has_root()) return 0;
  for (const char* kind : {"ccd", "ips"}) {
    const auto written = writer.write(kind, bundle, {.max_elements = 20'000});
    if (!written) continue;
    Issues structure;
    cda::validate(written->document, structure);
    if (structure.has_errors()) std::abort();
    const Result<std::string> xml = tree::write_xml(written->document, {"text"});
    if (!xml) std::abort();
    Issues reading;
    const tree::Document again = cda::parse_document(*xml, {}, reading);
    if (!again || !cda::is_whole(again) || reading.has_errors()) std::abort();
  }
  return 0;
}
