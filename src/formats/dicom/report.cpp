#include "formats/dicom/report.hpp"

#include <algorithm>

#include "formats/dicom/values.hpp"

namespace meridian::dicom {
namespace {

constexpr Tag kValueType{0x0040, 0xA040};
constexpr Tag kConceptName{0x0040, 0xA043};
constexpr Tag kContent{0x0040, 0xA730};
constexpr Tag kCodeMeaning{0x0008, 0x0104};
constexpr Tag kCodeValue{0x0008, 0x0100};
constexpr Tag kReferencedItem{0x0040, 0xDB73};

std::string code_in(const DataSet& set, Tag sequence) {
  for (const DataSet& item : items(set, sequence)) {
    std::string meaning = text(item, kCodeMeaning);
    return meaning.empty() ? text(item, kCodeValue) : meaning;
  }
  return {};
}

/// Lines of a value stand under each other.
void append_lines(std::string& out, std::string_view value, std::size_t depth) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\r' && i + 1 < value.size() && value[i + 1] == '\n') continue;
    if (c == '\n' || c == '\r' || c == '\f') {
      out += '\n';
      out.append(2 * depth + 2, ' ');
    } else {
      out += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c;
    }
  }
}

std::string measured(const DataSet& item) {
  for (const DataSet& value : items(item, Tag(0x0040, 0xA300))) {
    std::string out = text(value, Tag(0x0040, 0xA30A));
    std::string unit;
    for (const DataSet& code : items(value, Tag(0x0040, 0x08EA))) unit = text(code, kCodeValue);
    if (!out.empty() && !unit.empty() && unit != "1") out += ' ' + unit;
    return out;
  }
  return code_in(item, Tag(0x0040, 0xA301));  // why there is none
}

std::string referred(const DataSet& item) {
  std::string out;
  for (const DataSet& object : items(item, Tag(0x0008, 0x1199))) {
    out += (out.empty() ? "" : ", ") + text(object, Tag(0x0008, 0x1155));
    std::string frames;
    for (const std::string& frame : texts(object, Tag(0x0008, 0x1160))) frames += (frames.empty() ? "" : ", ") + frame;
    if (!frames.empty()) out += " (frames " + frames + ")";
  }
  return out;
}

std::string name_text(const DataSet& item, Tag tag) {
  std::string name = text(item, tag);
  std::replace(name.begin(), name.end(), '^', ' ');
  const std::size_t end = name.find_last_not_of(' ');
  return name.substr(0, end == std::string::npos ? 0 : end + 1);
}

std::string points(const DataSet& item) {
  return text(item, Tag(0x0070, 0x0023)) + " of " + std::to_string(numbers(item, Tag(0x0070, 0x0022)).size()) +
         " numbers";
}

std::string value_of(const DataSet& item, const std::string& type) {
  if (type == "TEXT") return text(item, Tag(0x0040, 0xA160));
  if (type == "NUM") return measured(item);
  if (type == "CODE") return code_in(item, Tag(0x0040, 0xA168));
  if (type == "PNAME") return name_text(item, Tag(0x0040, 0xA123));
  if (type == "UIDREF") return text(item, Tag(0x0040, 0xA124));
  if (type == "DATE") return text(item, Tag(0x0040, 0xA121));
  if (type == "TIME") return text(item, Tag(0x0040, 0xA122));
  if (type == "DATETIME") return text(item, Tag(0x0040, 0xA120));
  if (type == "IMAGE" || type == "WAVEFORM" || type == "COMPOSITE") return referred(item);
  if (type == "SCOORD" || type == "SCOORD3D") return points(item);
  if (type == "TCOORD") return text(item, Tag(0x0040, 0xA130));
  return {};
}

/// By the places on the way to it from the root, which is 1.
std::string referenced_item(const DataSet& item) {
  std::string out;
  for (const double step : numbers(item, kReferencedItem)) {
    out += (out.empty() ? "" : ".") + std::to_string(static_cast<long>(step));
  }
  return out;
}

void append_item(std::string& out, const DataSet& item, std::size_t depth) {
  const std::string type = text(item, kValueType);
  std::string name = code_in(item, kConceptName);
  std::string value = value_of(item, type);
  if (item.find(kReferencedItem) != nullptr) value = "see item " + referenced_item(item);
  if (name.empty()) name = type.empty() ? "Reference" : type;
  out.append(2 * depth, ' ');
  append_lines(out, name, depth);
  if (!value.empty()) {
    out += ": ";
    append_lines(out, value, depth);
  }
  out += '\n';
  for (const DataSet& child : items(item, kContent)) append_item(out, child, depth + 1);
}

}  // namespace

std::string report_text(const DataSet& report) {
  std::string out;
  if (report.find(kContent) != nullptr || report.find(kValueType) != nullptr) append_item(out, report, 0);
  return out;
}

}  // namespace meridian::dicom
