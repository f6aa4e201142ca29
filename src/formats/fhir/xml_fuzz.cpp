// XML that is accepted becomes a document which, written as XML and read again, says the same; and what was written
// has no faults that reading would find, but for those which the document itself still has.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "formats/fhir/testing/content.hpp"
#include "formats/fhir/xml_reader.hpp"
#include "formats/fhir/xml_writer.hpp"

namespace {

using namespace meridian;
using namespace meridian::fhir;

[[noreturn]] void stop(const char* what, const std::string& more) {
  std::fprintf(stderr, "%s: %s\n", what, more.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static XmlReader reader;
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  Issues issues;
  const Document document = reader.read(xml, issues);
  if (!document.has_root()) {
    if (!issues.has_fatal()) stop("refused without a reason", "");
    return 0;
  }
  Issues written_issues;
  std::string written;
  write_xml(document, size % 2 == 0 ? XmlLayout::compact : XmlLayout::pretty, written, written_issues);
  for (const Issue& issue : written_issues.all()) {
    // A null that held the place of an empty element is all that XML could give and cannot take back.
    if (issue.message->id != "xml-no-form" && issue.message->id != "xml-companion") {
      stop("cannot be written", text(issue, Language::english));
    }
  }
  Issues again;
  const Document back = reader.read(written, again);
  if (!again.empty() && written_issues.empty()) {
    const Issue& issue = again.all().front();
    if (issue.message->id != "xml-empty-element") stop("written with faults", text(issue, Language::english));
  }
  if (!back.has_root()) stop("cannot be read again", written);
  const std::string found = testing::difference(document.root(), back.root());
  if (!found.empty()) stop("says something else", found);
  return 0;
}
