#include "mapping/internal/template_loader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/trim.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

/// Besides those that files name: what the evaluator sets.
constexpr std::string_view kVariables[] = {"patient", "id", "time", "systems"};

/// `CD of CodeableConcept`
struct Declared {
  std::string name;
  std::string type;
};
Declared declared(std::string_view text) {
  const std::size_t of = text.find(" of ");
  if (of == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, of)), std::string(text.substr(of + 4))};
}

/// The end of what begins with `{`, with quoted texts as one; npos: there is none.
std::size_t closing_brace(std::string_view text, std::size_t at) {
  int depth = 0;
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted && c == '\\') {
      ++at;
      continue;
    }
    if (c == '\'') is_quoted = !is_quoted;
    if (is_quoted) continue;
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    if (c == '}' && depth == 0) return at;
  }
  return std::string_view::npos;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

}  // namespace

/// A head taken apart: `code+CD each={code} x='a b'`.
struct TemplateLoader::Head {
  struct Part {
    std::string name;  ///< empty: the first part
    std::string_view value;
    std::size_t offset;
  };
  std::vector<Part> parts;
  std::string_view uses;  ///< a template
  std::string fault;

  explicit Head(std::string_view text) {
    std::size_t at = 0;
    while (true) {
      while (at < text.size() && is_blank(text[at])) ++at;
      if (at == text.size()) break;
      Part part;
      part.offset = at;
      if (!parts.empty() && text[at] == '+') {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        uses = text.substr(at + 1, end - at - 1);
        at = end;
        continue;
      }
      if (!parts.empty()) {
        const std::size_t equals = text.find_first_of("= ", at);
        if (equals == std::string_view::npos || text[equals] != '=' || equals == at) {
          fault = "an attribute needs \"=\" and a value: " + std::string(text.substr(at, 40));
          return;
        }
        part.name = std::string(text.substr(at, equals - at));
        at = equals + 1;
      }
      const std::size_t begin = at;
      if (at < text.size() && text[at] == '\'') {
        const std::size_t end = text.find('\'', at + 1);
        if (end == std::string_view::npos) {
          fault = "a quotation mark is not closed";
          return;
        }
        part.value = text.substr(begin + 1, end - begin - 1);
        part.offset = begin + 1;
        at = end + 1;
      } else {
        while (at < text.size() && !is_blank(text[at])) {
          if (text[at] == '{') {
            at = closing_brace(text, at);
            if (at == std::string_view::npos) {
              fault = "a brace is not closed";
              return;
            }
          }
          ++at;
        }
        part.value = text.substr(begin, at - begin);
        part.offset = begin;
      }
      parts.push_back(std::move(part));
    }
    if (parts.empty()) {
      fault = "an element without a name";
      return;
    }
    std::string_view& name = parts.front().value;
    if (const std::size_t plus = name.find('+'); plus != std::string_view::npos) {
      uses = name.substr(plus + 1);
      name = name.substr(0, plus);
    }
  }
};

void TemplateLoader::complain(At at, const Message& message, std::vector<std::string> arguments) {
  issues_.add(
      {Severity::error, IssueType::structure, message, std::move(arguments), file_, Position{0, at.line, at.column}});
}

int TemplateLoader::find(std::string_view name) const {
  const auto& all = plan_.templates.all;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Template& item) { return item.name == name; });
  return found == all.end() ? kNone : static_cast<int>(found - all.begin());
}

void TemplateLoader::declare(const YamlTree& templates) {
  for (const auto& [key, body] : templates.members) {
    const Declared what = declared(key);
    if (find(what.name) != kNone) complain({body.line, 1}, kDuplicateName, {what.name});
    Template made;
    made.name = what.name;
    if (!what.type.empty()) {
      made.type = plan_.schema->find_type(what.type);
      if (made.type == fhir::TypeId::none) complain({body.line, 1}, kUnknownType, {what.type});
    }
    plan_.templates.all.push_back(std::move(made));
  }
}

void TemplateLoader::variables(const YamlTree& list) {
  for (const std::string& name : list.texts()) plan_.templates.variables.push_back(name);
}

void TemplateLoader::define(const YamlTree& templates) {
  for (const auto& [key, body] : templates.members) {
    const int index = find(declared(key).name);
    std::vector<TemplateNode> made = content(body, plan_.templates.all[static_cast<std::size_t>(index)].type);
    plan_.templates.all[static_cast<std::size_t>(index)].content = std::move(made);
  }
}

void TemplateLoader::document(const YamlTree& file) {
  const YamlTree* name = file.find("export");
  const YamlTree* root = file.find("root");
  if (root == nullptr) return complain({name->line, 1}, kMissingMember, {"root"});
  const fhir::TypeId bundle = plan_.schema->find_type("Bundle");
  ExportPlan made;
  made.content = content(*root, bundle);
  if (const YamlTree* passed = file.find("passed")) {
    for (const YamlTree& item : passed->items)
      made.passed.push_back(expression(item.text, {item.line, item.column}, bundle));
  }
  if (!plan_.templates.exports.try_emplace(name->text, std::move(made)).second)
    complain({name->line, 1}, kDuplicateName, {name->text});
}

std::vector<TemplateNode> TemplateLoader::content(const YamlTree& tree, fhir::TypeId type) {
  std::vector<TemplateNode> out;
  if (tree.is_text() || tree.is_map()) {
    out.push_back(node(tree, type));
  } else {
    for (const YamlTree& item : tree.items) out.push_back(node(item, type));
  }
  return out;
}

TemplateNode TemplateLoader::node(const YamlTree& tree, fhir::TypeId type) {
  const At at{tree.line, tree.column};
  if (tree.is_text() && (tree.text.starts_with("= ") || tree.text == "=")) {
    TemplateNode made;
    made.kind = TemplateNode::Kind::text;
    made.text.push_back(piece(std::string_view(tree.text).substr(1), {at.line, at.column + 1}, type));
    return made;
  }
  fhir::TypeId inner = type;
  if (tree.is_text()) return element(tree.text, at, type, inner);
  if (!tree.is_map() || tree.members.size() != 1) {
    complain(at, kBadTemplate, {"this is neither an element nor a text"});
    return {};
  }
  const auto& [head, body] = tree.members.front();
  TemplateNode made = element(head, at, type, inner);
  if (body.kind == YamlTree::Kind::nothing) return made;
  if (made.uses != kNone) complain(at, kBadTemplate, {"an element has a template or content, not both"});
  made.content = content(body, inner);
  return made;
}

TemplateNode TemplateLoader::element(std::string_view text, At at, fhir::TypeId type, fhir::TypeId& inner) {
  TemplateNode made;
  const Head head(text);
  if (!head.fault.empty()) {
    complain(at, kBadTemplate, {head.fault});
    return made;
  }
  const std::string_view name = head.parts.front().value;
  if (!head.uses.empty()) {
    made.uses = find(head.uses);
    if (made.uses == kNone) complain(at, kUnknownTemplate, {std::string(head.uses)});
  }
  made.name = std::string(name);
  if (name.ends_with('!')) {
    made.name.pop_back();
    made.is_kept = true;
  }
  made.kind = name == "."                    ? TemplateNode::Kind::here
              : name == "do" || name.empty() ? TemplateNode::Kind::group
                                             : TemplateNode::Kind::element;
  const bool has_each =
      std::any_of(head.parts.begin() + 1, head.parts.end(), [](const Head::Part& part) { return part.name == "each"; });
  if (has_each) inner = fhir::TypeId::none;
  for (const Head::Part& part : head.parts) {
    if (part.name.empty()) continue;
    const At place{at.line, at.column + static_cast<std::uint32_t>(part.offset)};
    attribute(made, part.name, part.value, place, type, inner);
  }
  return made;
}

void TemplateLoader::attribute(TemplateNode& node, const std::string& name, std::string_view value, At at,
                               fhir::TypeId outer, fhir::TypeId type) {
  const bool is_argument = node.kind == TemplateNode::Kind::group && node.uses != kNone;
  const bool is_expression = name == "each" || name == "when" || name == "says";
  if (name == "once") {
    node.once = std::string(value);
    return;
  }
  if (name == "else") {
    node.otherwise = text(value, at, outer);
    return;
  }
  if (!is_expression && !is_argument) {
    if (node.kind == TemplateNode::Kind::group) return complain(at, kUnknownMember, {name});
    node.attributes.push_back({name, text(value, at, type)});
    return;
  }
  if (value.size() < 2 || value.front() != '{' || closing_brace(value, 0) != value.size() - 1)
    return complain(at, kBadTemplate, {name + " needs an expression in braces"});
  const fhir::TypeId input = name == "each" ? outer : type;
  const int compiled = expression(value.substr(1, value.size() - 2), {at.line, at.column + 1}, input);
  if (name == "each") {
    node.each = compiled;
  } else if (name == "when") {
    node.when = compiled;
  } else if (name == "says") {
    node.says = compiled;
  } else {
    const auto& known = plan_.templates.variables;
    if (std::find(known.begin(), known.end(), name) == known.end()) complain(at, kUnknownName, {name});
    node.arguments.push_back({name, compiled});
  }
}

TextPlan TemplateLoader::text(std::string_view value, At at, fhir::TypeId type) {
  TextPlan out;
  for (std::size_t begin = 0; begin < value.size();) {
    const std::size_t brace = std::min(value.find('{', begin), value.size());
    if (brace > begin) {
      out.emplace_back();
      out.back().literal = std::string(value.substr(begin, brace - begin));
    }
    if (brace == value.size()) break;
    const std::size_t end = closing_brace(value, brace);
    if (end == std::string_view::npos) {
      complain(at, kBadTemplate, {"a brace is not closed"});
      break;
    }
    const At place{at.line, at.column + static_cast<std::uint32_t>(brace) + 1};
    out.push_back(piece(value.substr(brace + 1, end - brace - 1), place, type));
    begin = end + 1;
  }
  return out;
}

TextPiece TemplateLoader::piece(std::string_view text, At at, fhir::TypeId type) {
  TextPiece made;
  const std::size_t arrow = text.rfind("=>");
  if (arrow != std::string_view::npos) {
    pipe(trimmed(text.substr(arrow + 2)), {at.line, at.column + static_cast<std::uint32_t>(arrow)}, made);
    text = text.substr(0, arrow);
  }
  made.expression = expression(text, at, type);
  return made;
}

void TemplateLoader::pipe(std::string_view name, At at, TextPiece& piece) {
  static constexpr std::pair<std::string_view, Pipe> kPipes[] = {
      {"time", Pipe::time},           {"oid", Pipe::oid},   {"number", Pipe::number}, {"root", Pipe::root},
      {"extension", Pipe::extension}, {"uuid", Pipe::uuid}, {"anchor", Pipe::anchor}};
  for (const auto& [known, value] : kPipes) {
    if (known == name) {
      piece.pipe = value;
      return;
    }
  }
  const std::size_t dot = name.find('.');
  const std::string_view part = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  const std::string_view map = name.substr(0, dot);
  piece.pipe = part == "display" ? Pipe::display : part == "system" ? Pipe::system : Pipe::codes;
  const auto& maps = plan_.code_maps;
  const auto found = std::find_if(maps.begin(), maps.end(), [&](const CodeMap& item) { return item.name == map; });
  if (found == maps.end()) return complain(at, kUnknownCodes, {std::string(map)});
  piece.codes = static_cast<int>(found - maps.begin());
}

int TemplateLoader::expression(std::string_view text, At at, fhir::TypeId type) {
  std::vector<fhirpath::VariableDeclaration> variables;
  for (const std::string_view name : kVariables) variables.push_back({name});
  for (const std::string& name : plan_.templates.variables) variables.push_back({name});
  fhirpath::CompileOptions options;
  options.schema = plan_.schema;
  options.variables = variables;
  if (type != fhir::TypeId::none) options.input_types = {&type, 1};
  Issues faults;
  std::optional<fhirpath::Expression> compiled = fhirpath::Expression::compile(text, options, faults);
  if (!compiled) {
    const Issue& first = faults.all().front();
    const std::uint32_t inside = first.position.line == 1 ? first.position.column - 1 : 0;
    complain({at.line, at.column + inside}, kBadExpression,
             {std::string(trimmed(text)) + ": " + meridian::text(first, Language::english)});
    return kNone;
  }
  plan_.templates.expressions.push_back({*std::move(compiled), file_ + ":" + std::to_string(at.line)});
  return static_cast<int>(plan_.templates.expressions.size() - 1);
}

void TemplateLoader::find_cycles() {
  std::vector<int> state(plan_.templates.all.size(), 0);
  for (std::size_t i = 0; i < state.size(); ++i) visit(static_cast<int>(i), state);
}

void TemplateLoader::visit(int index, std::vector<int>& state) {
  if (index == kNone || state[static_cast<std::size_t>(index)] == 2) return;
  const Template& item = plan_.templates.all[static_cast<std::size_t>(index)];
  if (state[static_cast<std::size_t>(index)] == 1) return complain({1, 1}, kCycle, {item.name});
  state[static_cast<std::size_t>(index)] = 1;
  visit(item.content, state);
  state[static_cast<std::size_t>(index)] = 2;
}

void TemplateLoader::visit(const std::vector<TemplateNode>& content, std::vector<int>& state) {
  for (const TemplateNode& node : content) {
    visit(node.uses, state);
    visit(node.content, state);
  }
}

}  // namespace meridian::mapping::internal
