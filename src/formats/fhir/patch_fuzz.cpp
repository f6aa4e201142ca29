// The input is a patch, a zero byte and a document. Properties: a patch either fails with a fatal issue or gives a
// document; testing the result for what it is and replacing it by itself change nothing; a merge patch applied
// twice is the same as once; removing what was added gives the document before.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "formats/fhir/json.hpp"
#include "formats/fhir/patch.hpp"

namespace {

using namespace meridian;
using namespace meridian::fhir;

void check(bool holds) {
  if (!holds) std::abort();
}

Document patched(const Document& document, const std::string& patch, DocumentParser& parser) {
  Issues issues;
  Document result = apply_json_patch(document, patch, parser, issues);
  check(result.has_root() != issues.has_fatal());
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = input.find('\0');
  if (split == std::string_view::npos) return 0;
  const std::string patch(input.substr(0, split));
  static DocumentParser parser;
  Issues issues;
  const Document document = parser.parse(std::string(input.substr(split + 1)), issues);
  if (!document.has_root()) return 0;

  if (const Document result = patched(document, patch, parser); result.has_root()) {
    const std::string text = write_json(result);
    const Document same = patched(
        result, R"([{"op":"test","path":"","value":)" + text + R"(},{"op":"replace","path":"","value":)" + text + "}]",
        parser);
    check(same.has_root());
    check(write_canonical_json(same) == write_canonical_json(result));
  }

  Issues merging;
  if (const Document once = apply_merge_patch(document, patch, parser, merging); once.has_root()) {
    const Document twice = apply_merge_patch(once, patch, parser, merging);
    check(twice.has_root());
    check(write_canonical_json(twice) == write_canonical_json(once));
  }

  const Document there_and_back =
      patched(document, R"([{"op":"add","path":"/~0new~1","value":[1.0]},{"op":"remove","path":"/~0new~1"}])", parser);
  if (there_and_back.has_root()) check(write_canonical_json(there_and_back) == write_canonical_json(document));
  return 0;
}
