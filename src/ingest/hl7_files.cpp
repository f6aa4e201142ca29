#include "ingest/hl7_files.hpp"

#include <optional>

#include "base/input.hpp"
#include "formats/hl7v2/batch.hpp"

namespace meridian::ingest {

Result<> Hl7Files::split(const std::string& path, const std::string& /*name*/, TakeMessage& take) const {
  const auto source = TRY(open_input(path));
  hl7v2::BatchReader reader(*source);
  Issues issues;
  while (std::optional<hl7v2::BatchItem> item = TRY(reader.next(issues))) {
    if (item->kind != hl7v2::BatchItem::Kind::message) continue;
    std::string content(hl7v2::without_frame(item->bytes));
    content += '\r';
    take(std::move(content), {});
  }
  // A message that was passed over, because it is too large, is not forgotten.
  for (const Issue& issue : issues.all()) {
    if (issue.severity <= Severity::error) return fail(ErrorCode::too_large, text(issue, Language::english));
  }
  if (reader.messages() == 0) return fail(ErrorCode::malformed_input, "there is no message in the file");
  return {};
}

}  // namespace meridian::ingest
