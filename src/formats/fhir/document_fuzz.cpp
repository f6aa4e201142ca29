// Properties: what is accepted is written as received and read again as the same tree; the canonical form is a fixed
// point; and the verdict on well-formedness is simdjson's, but where this parser says otherwise on purpose:
// duplicate keys, depth, and a NUL after a number or literal (refused here), numbers too big for a double (accepted
// here), byte order marks.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "formats/fhir/json.hpp"
#include "formats/fhir/testing/documents.hpp"

namespace {

using namespace meridian;
using namespace meridian::fhir;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Exactly as long as the text, so that a sanitizer sees a step beyond.
struct Exact {
  explicit Exact(std::string_view text) : bytes(new char[text.size()]), size(text.size()) {
    text.copy(bytes.get(), size);
  }
  std::string_view view() const { return {bytes.get(), size}; }
  std::unique_ptr<char[]> bytes;
  std::size_t size;
};

void same_tree_again(DocumentParser& parser, const Document& document, JsonStyle style) {
  Issues issues;
  const Document again = parser.parse(write_json(document, style), issues);
  check(again.has_root());
  check(fhir::testing::outline(document.root()) == fhir::testing::outline(again.root()));
  check(write_json(again) == write_json(document));
}

void walk(Node node) {
  for (const Node child : node.children()) {
    check(child.parent() == node);
    walk(child);
  }
}

void compare_verdicts(DocumentParser& parser, std::string_view text) {
  Issues issues;
  const bool accepted = parser.parse_as(TypeId::none, std::string(text), issues).has_root();
  simdjson::dom::parser theirs(1U << 20U);
  const simdjson::error_code code = theirs.parse(simdjson::padded_string(text)).error();
  if (accepted == (code == simdjson::SUCCESS)) return;
  if (accepted) {
    const bool may_be_large = code == simdjson::NUMBER_ERROR;
    check(may_be_large || text.starts_with("\xEF\xBB\xBF"));
  } else {
    const std::string_view id = issues.all().at(0).message->id;
    const bool may_be_nul =
        text.find('\0') != std::string_view::npos && (id == "json-bad-number" || id == "json-bad-literal");
    check(may_be_nul || id == "json-duplicate-key" || id == "json-too-deep" || id == "json-wide-encoding");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Exact text({reinterpret_cast<const char*>(data), size});
  static DocumentParser parser;
  compare_verdicts(parser, text.view());
  Issues issues;
  Document document = parser.parse_borrowed(text.view(), issues);
  check(document.has_root() != issues.has_fatal());
  if (document.has_root()) {
    same_tree_again(parser, document, JsonStyle::compact);
    same_tree_again(parser, document, JsonStyle::pretty);
    if (document.node_count() < 300) walk(document.root());
    for (const FormFault& fault :
         document.form_faults().first(std::min<std::size_t>(document.form_faults().size(), 20))) {
      check(!fault.node.path().empty());
    }
    Issues more;
    const std::string canonical = write_canonical_json(document);
    const Document again = parser.parse(canonical, more);
    check(again.has_root());
    check(write_canonical_json(again) == canonical);
  }
  parser.recycle(std::move(document));
  return 0;
}
