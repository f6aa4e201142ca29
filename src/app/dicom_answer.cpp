#include "app/dicom_answer.hpp"

#include <algorithm>

#include "app/json_answer.hpp"

namespace meridian::app {
namespace {

/// Columns on a terminal: a Chinese character takes two.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (const unsigned char byte : text) {
    if ((byte & 0xC0) == 0x80) continue;
    columns += byte >= 0xE2 ? 2 : 1;
  }
  return columns;
}

}  // namespace

fhir::Document read_page(const std::string& page) {
  return read_answer("{\"found\":" + page + "}");
}

fhir::Node find_below(const fhir::Node object, std::string_view key) {
  for (const fhir::Node one : object.children()) {
    if (one.key() == key) return one;
    if (const fhir::Node found = find_below(one, key)) return found;
  }
  return {};
}

std::string text_of(const fhir::Node attribute) {
  std::string out;
  for (const fhir::Node value : attribute.children()) {
    if (value.key() != "Value") continue;
    std::string text;
    if (value.has_value()) text = std::string(value.text());
    for (const fhir::Node group : value.children()) text += (text.empty() ? "" : "=") + std::string(group.text());
    out += (out.empty() ? "" : ",") + text;
  }
  return out;
}

std::string value_of(const fhir::Node object, std::string_view tag) {
  for (const fhir::Node attribute : object.children()) {
    if (attribute.key() == tag) return text_of(attribute);
  }
  return {};
}

std::string plain(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace meridian::app
