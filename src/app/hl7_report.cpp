#include "app/hl7_report.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "formats/fhir/json_writer.hpp"
#include "formats/hl7v2/header.hpp"
#include "formats/hl7v2/schema.hpp"
#include "formats/hl7v2/structure.hpp"

namespace meridian::app {
namespace {

using hl7v2::Message;
using hl7v2::Path;
using hl7v2::Segment;
using hl7v2::Structure;

/// Calls `use(path, text)` for every leaf of a segment that says something; a path has no more parts than it needs.
template <typename Use>
void each_value(const Segment& segment, std::uint32_t occurrence, const Use& use) {
  Path path{.segment = std::string(segment.name()), .occurrence = occurrence};
  std::string buffer;
  for (std::size_t number = 1; number <= segment.field_count(); ++number) {
    path.field = static_cast<std::uint32_t>(number);
    const hl7v2::Field field = segment.field(number);
    const bool repeats = field.repetitions().size() > 1;
    path.repetition = 0;
    for (const hl7v2::Repetition repetition : field) {
      path.repetition += repeats ? 1U : 0U;
      const bool has_components = repetition.components().size() > 1;
      path.component = 0;
      for (const hl7v2::Component component : repetition) {
        const bool has_parts = component.subcomponents().size() > 1;
        ++path.component;
        path.subcomponent = 0;
        for (const hl7v2::Subcomponent leaf : component) {
          path.subcomponent += has_parts ? 1U : 0U;
          if (leaf.raw().empty()) continue;
          Path shown = path;
          if (!has_components && !has_parts) shown.component = 0;
          use(shown, leaf.text(buffer));
        }
      }
    }
  }
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

/// `ADT^A01^ADT_A01`, as far as it is said.
std::string type_of(const hl7v2::Header& header) {
  std::string out(header.type());
  if (!header.trigger().empty()) out.append("^").append(header.trigger());
  if (!header.structure().empty()) out.append("^").append(header.structure());
  return out;
}

std::string group_of(const Structure& structure, std::uint32_t node) {
  std::string out;
  for (std::uint32_t at = structure.node(node).parent; at != Structure::kNone && at != structure.root();
       at = structure.node(at).parent) {
    out.insert(0, std::string(structure.node(at).name) + (out.empty() ? "" : "/"));
  }
  return out;
}

class Tree {
 public:
  explicit Tree(const Message& message)
      : structure_(message),
        schema_(hl7v2::Schema::nearest(message.header().version())),
        occurrences_(hl7v2::occurrences(message)) {}

  std::string write() {
    for (const std::uint32_t child : structure_.children(structure_.root())) node(child, 1);
    return std::move(out_);
  }

 private:
  void node(std::uint32_t index, std::size_t depth) {
    const Structure::Node& node_here = structure_.node(index);
    out_.append(depth * 2, ' ').append(node_here.name).append("\n");
    if (node_here.is_group()) {
      for (const std::uint32_t child : structure_.children(index)) node(child, depth + 1);
      return;
    }
    const Segment segment = structure_.segment(index);
    const hl7v2::SegmentDefinition* const definition = schema_.segment(segment.name());
    each_value(segment, occurrences_[segment.index()], [&](const Path& path, std::string_view text) {
      std::string_view name;
      if (definition != nullptr && path.field <= definition->fields.size())
        name = definition->fields[path.field - 1].name;
      out_.append((depth + 1) * 2, ' ');
      out_ += name.empty() ? fmt::format("{}: ", to_string(path)) : fmt::format("{} {}: ", to_string(path), name);
      out_.append(one_line(text)).append("\n");
    });
  }

  Structure structure_;
  const hl7v2::Schema& schema_;
  std::vector<std::uint32_t> occurrences_;
  std::string out_;
};

void write_issue(fhir::JsonWriter& json, const Issue& issue, Language language) {
  json.begin_object();
  json.key("severity").string(name(issue.severity)).key("id").string(issue.message->id);
  if (!issue.path.empty()) json.key("path").string(issue.path);
  json.key("line").number(static_cast<std::int64_t>(issue.position.line)).key("text").string(text(issue, language));
  json.end_object();
}

void write_segments(fhir::JsonWriter& json, const Message& message) {
  const Structure structure(message);
  const std::vector<std::uint32_t> occurrences = hl7v2::occurrences(message);
  json.key("segments").begin_array();
  for (std::uint32_t i = 0; i < structure.nodes().size(); ++i) {
    const Structure::Node& node = structure.node(i);
    if (node.is_group()) continue;
    json.begin_object().key("name").string(node.name);
    if (const std::string group = group_of(structure, i); !group.empty()) json.key("group").string(group);
    json.key("values").begin_object();
    each_value(structure.segment(i), occurrences[node.segment],
               [&json](const Path& path, std::string_view text) { json.key(to_string(path)).string(text); });
    json.end_object().end_object();
  }
  json.end_array();
}

}  // namespace

std::string message_text(const Message& message, const hl7v2::BatchItem& item, Language language) {
  const hl7v2::Header header = message.header();
  const char* const form = language == Language::chinese ? "消息 {}（第 {} 行）：{}，版本 {}，控制号 {}\n"
                                                         : "message {} at line {}: {}, version {}, control id {}\n";
  return fmt::format(fmt::runtime(form), item.number, item.line, type_of(header), header.version(),
                     header.control_id()) +
         Tree(message).write();
}

std::string message_json(const Message& message, const hl7v2::BatchItem& item, const Issues& issues,
                         Language language) {
  fhir::JsonWriter json;
  json.begin_object();
  json.key("message").number(static_cast<std::int64_t>(item.number));
  json.key("line").number(static_cast<std::int64_t>(item.line));
  if (message) {
    const hl7v2::Header header = message.header();
    const std::pair<const char*, std::string_view> members[] = {
        {"type", header.type()},       {"trigger", header.trigger()},      {"structure", header.structure()},
        {"version", header.version()}, {"controlId", header.control_id()}, {"characterSet", header.character_set()}};
    for (const auto& [key, value] : members) {
      if (!value.empty()) json.key(key).string(value);
    }
    write_segments(json, message);
  }
  json.key("issues").begin_array();
  for (const Issue& issue : issues.all()) write_issue(json, issue, language);
  json.end_array().end_object();
  return std::move(json).take() + "\n";
}

std::string values_at(const Message& message, const Path& path, OutputFormat format) {
  fhir::JsonWriter json;
  std::string out;
  json.begin_array();
  for (const hl7v2::Value& value : find_all(message, path)) {
    const std::string text = value.text();
    json.string(text);
    out += one_line(text) + "\n";
  }
  json.end_array();
  return format == OutputFormat::json ? std::move(json).take() + "\n" : out;
}

}  // namespace meridian::app
