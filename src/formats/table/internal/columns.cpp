#include "formats/table/internal/columns.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.hpp"
#include "formats/table/faults.hpp"

namespace meridian::table::internal {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces[] = {" ", "\t", "\r", "\n", "\u00A0", "\u3000", "\uFEFF"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

Result<std::vector<std::string>> name_columns(std::span<const std::string_view> header, const TableOptions& options,
                                              Issues& issues) {
  const std::size_t given = options.columns.size();
  std::size_t count = std::max(given, header.size());
  if (!options.has_header && given > 0) count = given;
  if (count > options.limits.max_columns) {
    return fail(ErrorCode::too_large, "the table has more columns than max_columns allows, which is " +
                                          std::to_string(options.limits.max_columns));
  }
  if (options.has_header && given > 0 && given != header.size()) {
    issues.add({Severity::warning,
                IssueType::structure,
                faults::kColumnNames,
                {std::to_string(header.size()), std::to_string(given)}});
  }
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view said = i < given ? options.columns[i] : options.has_header ? header[i] : std::string_view();
    append_repaired(names[i], trimmed(said));
    for (std::size_t at = 0; (at = names[i].find_first_of("\r\n", at)) != std::string::npos;) {
      names[i].replace(at, names[i].compare(at, 2, "\r\n") == 0 ? 2 : 1, " ");
    }
  }
  std::unordered_set<std::string> taken(names.begin(), names.end());
  std::unordered_map<std::string, std::size_t>
      last;  // the number last given to a name, so that many alike cost no more
  std::unordered_set<std::string> used;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = names[i].empty() ? "column_" + std::to_string(i + 1) : names[i];
    if (names[i].empty() ? taken.contains(name) || used.contains(name) : used.contains(name)) {
      std::size_t& number = last.try_emplace(name, 1).first->second;
      std::string other;
      do {
        other = name + "_" + std::to_string(++number);
      } while (taken.contains(other) || used.contains(other));
      name = std::move(other);
    }
    used.insert(name);
    names[i] = std::move(name);
  }
  return names;
}

std::string place(std::uint64_t line, std::string_view column) {
  std::string text = "line " + std::to_string(line);
  if (!column.empty()) text.append(", column ").append(column);
  return text;
}

std::string place(std::uint64_t line, const std::vector<std::string>& columns, std::size_t index) {
  return place(line, index < columns.size() ? std::string_view(columns[index]) : std::string_view());
}

std::size_t append_repaired(std::string& out, std::string_view bytes) {
  std::size_t faulty = 0;
  for (;;) {
    const std::size_t valid = valid_utf8_prefix(bytes);
    out += bytes.substr(0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) return faulty;
    ++faulty;
    out += "\uFFFD";
    // What continues the broken character goes with it.
    std::size_t size = 1;
    while (size < 3 && size < bytes.size() && (static_cast<unsigned char>(bytes[size]) & 0xC0U) == 0x80) ++size;
    bytes.remove_prefix(size);
  }
}

}  // namespace meridian::table::internal
