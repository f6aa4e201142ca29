// Patches: a document changed as JSON Patch or JSON Merge Patch say, giving a new document.
//
// The patch works on the JSON as such: members and items are added, moved and removed without regard to the schema;
// the result is then parsed like any received text, so that it must still be a resource. All or nothing: a patch
// of which one operation fails leaves no document. Order, digits and unknown members of what is not touched stay.
//
// Faults are fatal Issues and give a Document without root: a patch that is malformed (type structure), a path
// that leads nowhere (not_found), a test that fails (processing), a bound passed (too_costly). The Issue's path
// names the operation: `patch[3]`; its position is in the patch where the patch is not JSON.
//
// Threads: plain functions; the parser given is used by nobody else meanwhile.
// Specification: https://www.rfc-editor.org/rfc/rfc6902 (JSON Patch), https://www.rfc-editor.org/rfc/rfc6901 (JSON
// Pointer), https://www.rfc-editor.org/rfc/rfc7386 (JSON Merge Patch)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhir {

struct PatchLimits {
  std::size_t max_operations = 10'000;
  /// Values copied, compared, moved and stepped over, all operations together: a patch can grow a document
  /// exponentially, since `copy` may take what `copy` made.
  std::size_t max_work = 2'000'000;
  /// For the patch, the document and the result. A patch works on a tree that takes about 100 bytes a value.
  DocumentLimits document = {.max_bytes = std::size_t{64} << 20U, .max_depth = 256, .max_nodes = 2'000'000};
};

Document apply_json_patch(const Document& document, std::string_view patch, DocumentParser& parser, Issues& issues,
                          const PatchLimits& limits = {});

Document apply_merge_patch(const Document& document, std::string_view patch, DocumentParser& parser, Issues& issues,
                           const PatchLimits& limits = {});

}  // namespace meridian::fhir
