#include "mapping/internal/compiler.hpp"

#include <algorithm>
#include <charconv>

#include "mapping/messages.hpp"

namespace meridian::mapping::internal {
namespace {

constexpr std::string_view kExtensionPrefix = "http://hl7.org/fhir/StructureDefinition/";

bool is_upper_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_segment_name(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), is_upper_or_digit);
}

template <typename T>
bool take_number(std::string_view& text, T& number) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || number == 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// `.1.2` to part and subpart.
bool take_parts(std::string_view& text, SourcePath& path) {
  if (take(text, '.') && !take_number(text, path.part)) return false;
  if (take(text, '.') && !take_number(text, path.subpart)) return false;
  return text.empty();
}

int index_in(std::vector<std::string>& list, std::string_view text) {
  const auto found = std::find(list.begin(), list.end(), text);
  if (found != list.end()) return static_cast<int>(found - list.begin());
  list.emplace_back(text);
  return static_cast<int>(list.size() - 1);
}

std::optional<SourcePath> read_path(std::string_view text) {
  SourcePath path;
  const std::size_t end = text.find_first_of("-.[");
  const std::string_view head = text.substr(0, end);
  if (head.empty() || !std::all_of(head.begin(), head.end(), is_upper_or_digit)) return std::nullopt;
  text.remove_prefix(head.size());
  if (text.starts_with('-')) {
    if (!is_segment_name(head)) return std::nullopt;
    path.segment = segment_code(head);
    text.remove_prefix(1);
    if (!take_number(text, path.field)) return std::nullopt;
    if (take(text, '[') && (!take_number(text, path.repetition) || !take(text, ']'))) return std::nullopt;
  }
  if (!take_parts(text, path)) return std::nullopt;
  return path;
}

}  // namespace

/// The words of a condition: names, paths, operators, quoted texts.
struct Compiler::Words {
  explicit Words(std::string_view text) {
    while (true) {
      const std::size_t begin = text.find_first_not_of(' ');
      if (begin == std::string_view::npos) break;
      text.remove_prefix(begin);
      std::size_t size = 1;
      if (text.front() == '\'') {
        const std::size_t end = text.find('\'', 1);
        size = end == std::string_view::npos ? text.size() : end + 1;
      } else if (text.starts_with("!=")) {
        size = 2;
      } else if (std::string_view("()=|>").find(text.front()) == std::string_view::npos) {
        // Within brackets all belongs to the path.
        int depth = 0;
        for (size = 0; size < text.size(); ++size) {
          depth += text[size] == '[' ? 1 : text[size] == ']' ? -1 : 0;
          if (depth <= 0 && std::string_view(" ()=|>!'").find(text[size]) != std::string_view::npos) break;
        }
        size = std::max<std::size_t>(size, 1);
      }
      words.emplace_back(text.substr(0, size));
      text.remove_prefix(size);
    }
  }
  std::string_view peek() const { return at < words.size() ? words[at] : std::string_view(); }
  std::string_view next() { return at < words.size() ? words[at++] : std::string_view(); }
  bool take(std::string_view word) {
    if (peek() != word) return false;
    ++at;
    return true;
  }
  int wrong(std::string why) {
    if (fault.empty()) fault = std::move(why);
    at = words.size();
    return kNone;
  }
  std::vector<std::string_view> words;
  std::size_t at = 0;
  std::string fault;
};

void Compiler::complain(std::uint32_t line, const Message& message, std::vector<std::string> arguments) {
  issues_.add({Severity::error, IssueType::structure, message, std::move(arguments), file_, Position{0, line, 1}});
}

int Compiler::text(std::string_view text) {
  return index_in(plan_.texts, text);
}
int Compiler::name(std::string_view name) {
  return index_in(plan_.names, name);
}

std::optional<SourcePath> Compiler::read(std::string_view text) {
  if (!is_document_) return read_path(text);
  std::optional<Place> place = read_place(text);
  if (!place) return std::nullopt;
  SourcePath path;
  path.place = static_cast<int>(plan_.places.size());
  plan_.places.push_back(std::move(*place));
  return path;
}

std::optional<SourcePath> Compiler::path(std::string_view text, std::uint32_t line) {
  std::optional<SourcePath> path = read(text);
  if (!path) complain(line, kBadPath, {std::string(text)});
  return path;
}

int Compiler::add(ConditionNode node) {
  plan_.conditions.push_back(std::move(node));
  return static_cast<int>(plan_.conditions.size() - 1);
}

int Compiler::either(Words& words) {
  int left = both(words);
  while (words.take("or")) {
    ConditionNode node;
    node.kind = ConditionNode::Kind::either;
    node.left = left;
    node.right = both(words);
    left = add(std::move(node));
  }
  return left;
}

int Compiler::both(Words& words) {
  int left = one(words);
  while (words.take("and")) {
    ConditionNode node;
    node.kind = ConditionNode::Kind::both;
    node.left = left;
    node.right = one(words);
    left = add(std::move(node));
  }
  return left;
}

int Compiler::one(Words& words) {
  if (words.take("not")) {
    ConditionNode node;
    node.kind = ConditionNode::Kind::negated;
    node.left = one(words);
    return add(std::move(node));
  }
  if (words.take("(")) {
    const int inner = either(words);
    return words.take(")") ? inner : words.wrong("a parenthesis is not closed");
  }
  return test(words);
}

int Compiler::test(Words& words) {
  ConditionNode node;
  if (words.take("has")) {
    node.kind = ConditionNode::Kind::bound;
    node.number = name(words.next());
    return add(std::move(node));
  }
  const std::string_view place = words.next();
  const std::optional<SourcePath> path = read(place);
  if (!path) return words.wrong('"' + std::string(place) + "\" is not a place in a message");
  node.path = *path;
  bool is_negated = false;
  if (words.take("valued")) {
    node.kind = ConditionNode::Kind::valued;
  } else if (words.take("number")) {
    node.kind = ConditionNode::Kind::number;
  } else if (words.take("measured")) {
    node.kind = ConditionNode::Kind::measured;
  } else if (words.peek() == "=" || words.peek() == "!=") {
    is_negated = words.next() == "!=";
    node.kind = ConditionNode::Kind::equal;
    do {
      std::string_view value = words.next();
      if (value.size() > 1 && value.front() == '\'') value = value.substr(1, value.size() - 2);
      if (value.empty()) return words.wrong("a value is missing");
      node.values.emplace_back(value);
    } while (words.take("|"));
  } else if (words.peek() == "count" || words.peek() == "longer") {
    const bool is_count = words.next() == "count";
    node.kind = is_count ? ConditionNode::Kind::count_above : ConditionNode::Kind::longer;
    if (is_count && !words.take(">")) return words.wrong("count is followed by >");
    const std::string_view number = words.next();
    if (std::from_chars(number.data(), number.data() + number.size(), node.number).ec != std::errc()) {
      return words.wrong("a number is missing");
    }
  } else {
    return words.wrong("what is asked of " + std::string(place) + "?");
  }
  const int index = add(std::move(node));
  if (!is_negated) return index;
  ConditionNode negation;
  negation.kind = ConditionNode::Kind::negated;
  negation.left = index;
  return add(std::move(negation));
}

int Compiler::condition(const YamlTree& tree) {
  if (const YamlTree* expression = tree.find("fhirpath")) {
    ConditionNode node;
    node.kind = ConditionNode::Kind::fhirpath;
    node.number = computation(expression->text, expression->line);
    return add(std::move(node));
  }
  Words words(tree.text);
  const int index = either(words);
  if (words.fault.empty() && words.at < words.words.size()) words.wrong("too much at its end");
  if (!words.fault.empty()) complain(tree.line, kBadCondition, {tree.text, words.fault});
  return index;
}

int Compiler::computation(std::string_view text, std::uint32_t line) {
  std::vector<std::pair<std::string, SourcePath>> variables;
  for (std::size_t at = text.find("%`"); at != std::string_view::npos; at = text.find("%`", at)) {
    const std::size_t end = text.find('`', at + 2);
    if (end == std::string_view::npos) break;
    const std::string name(text.substr(at + 2, end - at - 2));
    at = end + 1;
    const auto is_same = [&name](const auto& variable) { return variable.first == name; };
    if (std::any_of(variables.begin(), variables.end(), is_same)) continue;
    if (const std::optional<SourcePath> source = path(name, line)) variables.emplace_back(name, *source);
  }
  std::vector<fhirpath::VariableDeclaration> declarations;
  declarations.reserve(variables.size());
  for (const auto& variable : variables) declarations.push_back({variable.first});
  fhirpath::CompileOptions options;
  options.schema = plan_.schema;
  options.variables = declarations;
  Result<fhirpath::Expression> expression = fhirpath::Expression::compile_or_error(text, options);
  if (!expression) {
    complain(line, kBadExpression, {expression.error().message()});
    return kNone;
  }
  plan_.computations.push_back({std::move(*expression), std::move(variables)});
  return static_cast<int>(plan_.computations.size() - 1);
}

bool Compiler::extension_step(std::string_view url, bool is_nested, Step& step, std::vector<std::string>& labels) {
  std::string whole;
  if (!is_nested && url.find(':') == std::string_view::npos) whole = kExtensionPrefix;
  whole += url;
  step.extension = text(whole);
  step.label = index_in(labels, "(" + whole);
  step.is_per_repetition = true;
  return !url.empty();
}

std::optional<Target> Compiler::target(std::string_view text, fhir::TypeId type, std::vector<std::string>& labels,
                                       std::uint32_t line) {
  const fhir::Schema& schema = *plan_.schema;
  Target target;
  target.type = type;
  std::string_view rest = text == "$this" ? std::string_view() : text;
  bool is_nested = false;
  while (!rest.empty()) {
    // A step ends at a dot outside parentheses, since a URL has dots of its own.
    std::size_t end = 0;
    for (int depth = 0; end < rest.size() && (depth > 0 || rest[end] != '.'); ++end) {
      depth += rest[end] == '(' ? 1 : rest[end] == ')' ? -1 : 0;
    }
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string_view key = word.substr(0, word.find_first_of("#("));
    const fhir::KeyMatch match = schema.find_key(target.type, key);
    if (!match || schema.type(target.type).kind == fhir::TypeKind::primitive) {
      complain(line, kUnknownElement, {std::string(schema.type(target.type).name), std::string(key)});
      return std::nullopt;
    }
    const fhir::ElementInfo& element = schema.element(match.element);
    Step step;
    step.key = schema.name(schema.find_name(key));
    step.element = match.name;
    step.type = match.type;
    step.is_list = element.is_list();
    step.is_choice = element.is_choice;
    word.remove_prefix(key.size());
    if (word.starts_with('(')) {
      if (key != "extension" || !extension_step(word.substr(1, word.size() - 2), is_nested, step, labels)) {
        complain(line, kUnknownElement, {std::string(key), std::string(word)});
        return std::nullopt;
      }
    } else if (word.starts_with('#')) {
      step.is_per_repetition = word.ends_with('*');
      step.label = index_in(labels, word);
    }
    is_nested = key == "extension";
    if (step.is_list) target.last_list = static_cast<int>(target.steps.size());
    target.type = match.type;
    target.required = element.binding == fhir::BindingStrength::required ? element.value_set : fhir::ValueSetId::none;
    target.steps.push_back(step);
  }
  target.primitive = schema.type(target.type).primitive;
  return target;
}

}  // namespace meridian::mapping::internal
