#include <pugixml.hpp>
#include <string>
#include <utility>

#include "base/input.hpp"
#include "terminology/loaders.hpp"
#include "terminology/messages.hpp"

// ClaML 2 and 3 (EN 14463): <Class code kind>, its <SuperClass code>, and names in <Rubric kind="preferred">. The
// editions of ICD-10 have at most some tens of megabytes, so the tree is made whole.

namespace meridian::terminology {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{512} << 20;

/// All text below a label, with marks such as <Reference> read as text; one space between words.
void collect(pugi::xml_node node, std::string& text) {
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_element) {
      for (const pugi::xml_node inner : child.children()) text += inner.value();
    }
    text += child.value();
  }
}

std::string words(pugi::xml_node label) {
  std::string all;
  collect(label, all);
  std::string text;
  for (const char c : all) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

void add_class(pugi::xml_node node, std::string_view code, CodeSystemBuilder& builder) {
  const std::uint32_t place = builder.add(code);
  bool has_name = false;
  builder.add_property(place, "kind", ValueType::code, node.attribute("kind").value());
  for (const pugi::xml_node above : node.children("SuperClass")) {
    builder.add_parent(place, above.attribute("code").value());
  }
  for (const pugi::xml_node rubric : node.children("Rubric")) {
    const std::string_view kind = rubric.attribute("kind").value();
    for (const pugi::xml_node label : rubric.children("Label")) {
      const std::string name = words(label);
      if (name.empty()) continue;
      if (kind == "preferred" && !std::exchange(has_name, true)) {
        builder.set_display(place, name);
      } else if (kind == "preferred" || kind == "preferredLong" || kind == "inclusion") {
        builder.add_designation(place, label.attribute("xml:lang").value(), kind, name);
      } else if (kind == "definition") {
        builder.set_definition(place, name);
      } else {
        builder.add_property(place, kind, ValueType::string, name);
      }
    }
  }
}

}  // namespace

Result<> load_claml(ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  std::string bytes = TRY(read_all(source, kMaxBytes));
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer_inplace(
      bytes.data(), bytes.size(), pugi::parse_default & ~static_cast<unsigned>(pugi::parse_eol), pugi::encoding_utf8);
  const pugi::xml_node root = document.child("ClaML");
  if (!parsed || !root) return fail(ErrorCode::malformed_input, "the file is no ClaML");
  if (builder.about().version.empty()) builder.about().version = root.child("Title").attribute("version").value();
  for (const pugi::xml_node node : root.children("Class")) {
    const std::string_view code = node.attribute("code").value();
    if (code.empty()) {
      issues.add({Severity::error,
                  IssueType::required,
                  kFieldEmpty,
                  {"Class.code"},
                  {},
                  {static_cast<std::size_t>(node.offset_debug()), 0, 0}});
      continue;
    }
    add_class(node, code, builder);
    ++state.records;
  }
  return {};
}

}  // namespace meridian::terminology
