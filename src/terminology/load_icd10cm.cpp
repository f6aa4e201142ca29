#include <string>
#include <utility>
#include <vector>

#include "base/trim.hpp"
#include "terminology/loaders.hpp"
#include "terminology/messages.hpp"
#include "terminology/table_reader.hpp"

// The order file of ICD-10-CM, fixed columns: 1-5 a number, 7-13 the code without its point, 15 whether it may be
// billed, 17-76 a short name, from 78 the name. What stands above a code is the longest of its beginnings that is a
// code.

namespace meridian::terminology {
namespace {

std::string with_point(std::string_view code) {
  std::string text(code.substr(0, 3));
  if (code.size() > 3) text.append(".").append(code.substr(3));
  return text;
}

}  // namespace

Result<> load_icd10cm(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  TableReader reader(source, TableReader::Form::lines);
  while (TRY(reader.next(issues))) {
    const std::string_view line = reader.fields().front();
    const std::string_view code = line.size() > 78 ? trimmed(line.substr(6, 7), " ") : std::string_view();
    if (code.size() < 3 || (line[14] != '0' && line[14] != '1')) {
      issues.add({Severity::error, IssueType::structure, kNotOfTheForm, {}, {}, {0, reader.line(), 1}});
      continue;
    }
    const std::string_view name = trimmed(line.substr(77), " ");
    const std::string_view brief = trimmed(line.substr(16, 60), " ");
    const std::uint32_t place = builder.add(with_point(code), name);
    if (brief != name) builder.add_designation(place, "en", "short", brief);
    builder.add_property(place, "billable", ValueType::boolean, line[14] == '1' ? "true" : "false");
    // The file has each code behind those above it.
    for (std::size_t length = code.size() - 1; length >= 3; --length) {
      const std::string above = with_point(code.substr(0, length));
      if (!builder.knows(above)) continue;
      builder.add_parent(place, above);
      break;
    }
    ++state.records;
  }
  return {};
}

}  // namespace meridian::terminology
