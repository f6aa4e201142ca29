#include "formats/table/internal/workbook.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/utf8.hpp"
#include "formats/table/internal/xml_stream.hpp"

namespace meridian::table::internal {
namespace {

constexpr std::size_t kMaxItems = 100'000;  // of relationships, sheets, formats

template <typename T>
T number_or(std::string_view text, T otherwise) {
  T value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

struct Relationship {
  std::string type;  // behind the last slash
  std::string target;
};

class Relationships final : public XmlHandler {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || by_id.size() >= kMaxItems || attributes["TargetMode"] == "External") return;
    const std::string_view type = attributes["Type"];
    by_id[std::string(attributes["Id"])] = {std::string(type.substr(type.rfind('/') + 1)),
                                            std::string(attributes["Target"])};
  }
  void end(std::string_view /*name*/) override {}
  void text(std::string_view /*text*/) override {}

  const Relationship* of_type(std::string_view type) const {
    for (const auto& [id, relationship] : by_id) {
      if (relationship.type == type) return &relationship;
    }
    return nullptr;
  }

  std::map<std::string, Relationship> by_id;
};

class Sheets final : public XmlHandler {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view said = attributes["date1904"];
      if (said == "1" || said == "true" || said == "on") dates = DateSystem::from_1904;
    } else if (name == "sheet" && sheets.size() < kMaxItems) {
      sheets.emplace_back(attributes["name"], attributes["id"]);
    }
  }
  void end(std::string_view /*name*/) override {}
  void text(std::string_view /*text*/) override {}

  DateSystem dates = DateSystem::from_1900;
  std::vector<std::pair<std::string, std::string>> sheets;  // name, relationship
};

class Styles final : public XmlHandler {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "numFmt" && codes_.size() < kMaxItems) {
      codes_[number_or<std::uint32_t>(attributes["numFmtId"], 0)] = format_of(attributes["formatCode"]);
    } else if (name == "cellXfs") {
      is_within_ = true;
    } else if (name == "xf" && is_within_ && ids_.size() < kMaxItems) {
      ids_.push_back(number_or<std::uint32_t>(attributes["numFmtId"], 0));
    }
  }
  void end(std::string_view name) override {
    if (name == "cellXfs") is_within_ = false;
  }
  void text(std::string_view /*text*/) override {}

  std::vector<CellFormat> formats() const {
    std::vector<CellFormat> out;
    for (const std::uint32_t id : ids_) {
      const auto code = codes_.find(id);
      out.push_back(code == codes_.end() ? builtin_format(id) : code->second);
    }
    return out;
  }

 private:
  bool is_within_ = false;
  std::unordered_map<std::uint32_t, CellFormat> codes_;
  std::vector<std::uint32_t> ids_;
};

class SharedStrings final : public XmlHandler {
 public:
  SharedStrings(SharedText& out, std::uint64_t limit) : out_(out), limit_(limit) {}

  void begin(std::string_view name, const XmlAttributes& /*attributes*/) override {
    if (name == "rPh") ++phonetic_;
    is_text_ = name == "t" && phonetic_ == 0;
  }
  void end(std::string_view name) override {
    is_text_ = false;
    if (name == "rPh") --phonetic_;
    if (name != "si") return;
    out_.finish();
    check();
  }
  void text(std::string_view text) override {
    if (!is_text_) return;
    out_.append(text);
    check();
  }
  void watch(XmlStream& stream) { stream_ = &stream; }

 private:
  void check() {
    if (out_.size() <= limit_) return;
    stream_->stop({ErrorCode::too_large, "the workbook has more shared text than max_shared_bytes allows, which is " +
                                             std::to_string(limit_)});
  }

  SharedText& out_;
  std::uint64_t limit_;
  XmlStream* stream_ = nullptr;
  int phonetic_ = 0;
  bool is_text_ = false;
};

/// A target of a part's relationship as the name of a member: without dots, and without the slash at its front.
std::string member_name(std::string_view part, std::string_view target) {
  std::vector<std::string_view> steps;
  const auto walk = [&](std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = path.find('/');
      const std::string_view step = path.substr(0, end);
      path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
      if (step == "..") {
        if (!steps.empty()) steps.pop_back();
      } else if (!step.empty() && step != ".") {
        steps.push_back(step);
      }
    }
  };
  const std::size_t folder = part.rfind('/');
  if (!target.starts_with('/') && folder != std::string_view::npos) walk(part.substr(0, folder));
  walk(target);
  std::string name;
  for (const std::string_view step : steps) name.append(name.empty() ? "" : "/").append(step);
  return name;
}

std::string relationships_of(std::string_view part) {
  const std::size_t folder = part.rfind('/') + 1;  // 0 where there is none
  return std::string(part.substr(0, folder)) + "_rels/" + std::string(part.substr(folder)) + ".rels";
}

class Reading {
 public:
  Reading(ZipFile& archive, const TableOptions& options) : archive_(archive), options_(options) {}

  Result<Workbook> run() {
    const std::string part = TRY(find_workbook());
    Sheets sheets;
    if (!TRY(read(part, sheets))) return fail(ErrorCode::malformed_input, "the archive holds no workbook");
    Relationships relationships;
    TRY(read(relationships_of(part), relationships));
    Workbook workbook;
    workbook.dates = sheets.dates;
    workbook.sheet = TRY(find_sheet(part, sheets, relationships));
    Styles styles;
    if (const Relationship* found = relationships.of_type("styles")) {
      TRY(read(member_name(part, found->target), styles));
      workbook.formats = styles.formats();
    }
    if (const Relationship* found = relationships.of_type("sharedStrings")) {
      SharedStrings shared(workbook.shared, options_.limits.max_shared_bytes);
      const auto index = archive_.find(member_name(part, found->target));
      if (index) {
        XmlStream stream(TRY(archive_.read(*index, part_limits(options_))), shared);
        shared.watch(stream);
        TRY(stream.run());
      }
    }
    return workbook;
  }

 private:
  Result<bool> read(const std::string& name, XmlHandler& handler) {
    const auto index = archive_.find(name);
    if (!index) return false;
    TRY(read_xml(TRY(archive_.read(*index, part_limits(options_))), handler));
    return true;
  }

  Result<std::string> find_workbook() {
    Relationships package;
    TRY(read("_rels/.rels", package));
    const Relationship* found = package.of_type("officeDocument");
    std::string part = found == nullptr ? "xl/workbook.xml" : member_name("", found->target);
    if (part.ends_with(".bin")) {
      return fail(ErrorCode::unsupported, "this is a binary workbook (.xlsb); save it as plain .xlsx");
    }
    return part;
  }

  Result<std::uint64_t> find_sheet(const std::string& part, const Sheets& sheets, const Relationships& relationships) {
    for (const auto& [name, id] : sheets.sheets) {
      if (!options_.sheet.empty() && name != options_.sheet) continue;
      const auto found = relationships.by_id.find(id);
      if (found == relationships.by_id.end()) continue;
      if (found->second.type != "worksheet") continue;  // a sheet of charts, say
      const auto index = archive_.find(member_name(part, found->second.target));
      if (index) return *index;
      return fail(ErrorCode::malformed_input, "the workbook's sheet is not in the archive");
    }
    return fail(ErrorCode::invalid_argument, options_.sheet.empty()
                                                 ? "the workbook has no sheet of cells"
                                                 : "the workbook has no sheet of cells of this name");
  }

  ZipFile& archive_;
  const TableOptions& options_;
};

}  // namespace

void SharedText::finish() {
  unescape(bytes_, ends_.empty() ? 0 : ends_.back());
  ends_.push_back(bytes_.size());
}

void unescape(std::string& text, std::size_t from) {
  std::size_t at = text.find("_x", from);
  if (at == std::string::npos) return;
  const std::string escaped = text.substr(at);
  text.resize(at);
  for (std::size_t i = 0; i < escaped.size();) {
    std::uint32_t code = 0;
    const char* const digits = escaped.data() + i + 2;
    if (escaped.size() - i >= 7 && escaped[i] == '_' && escaped[i + 1] == 'x' && escaped[i + 6] == '_' &&
        std::from_chars(digits, digits + 4, code, 16).ptr == digits + 4) {
      append_utf8(text, code);
      i += 7;
    } else {
      text += escaped[i++];
    }
  }
}

UnpackLimits part_limits(const TableOptions& options) {
  return {options.limits.max_unpacked_bytes, options.limits.max_ratio, "max_unpacked_bytes"};
}

Result<Workbook> read_workbook(ZipFile& archive, const TableOptions& options) {
  return Reading(archive, options).run();
}

}  // namespace meridian::table::internal
