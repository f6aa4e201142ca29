#include "fhirpath/internal/ast.hpp"

namespace meridian::fhirpath::internal {

namespace {

void quote(std::string& out, std::string_view text, char mark) {
  out += mark;
  for (const char c : text) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (c == mark) out += '\\';
        out += c;
    }
  }
  out += mark;
}

class Printer {
 public:
  explicit Printer(const SyntaxTree& tree) : tree_(tree) {}

  // The depth of the tree is bounded by the parser.
  void print(std::uint32_t index) {
    const Syntax& node = tree_.at(index);
    switch (node.kind) {
      case SyntaxKind::empty:
        out_ += "{}";
        break;
      case SyntaxKind::boolean:
      case SyntaxKind::integer:
      case SyntaxKind::decimal:
        out_ += node.text;
        break;
      case SyntaxKind::long_integer:
        out_ += node.text + "L";
        break;
      case SyntaxKind::string:
        quote(out_, node.text, '\'');
        break;
      case SyntaxKind::date:
      case SyntaxKind::date_time:
        out_ += "@" + node.text;
        break;
      case SyntaxKind::time:
        out_ += "@T" + node.text;
        break;
      case SyntaxKind::quantity:
        out_ += node.text + " ";
        if (node.is_calendar) {
          out_ += node.unit;
        } else {
          quote(out_, node.unit, '\'');
        }
        break;
      case SyntaxKind::variable:
        out_ += '%';
        quote(out_, node.text, '`');
        break;
      case SyntaxKind::this_item:
        out_ += "$this";
        break;
      case SyntaxKind::index:
        out_ += "$index";
        break;
      case SyntaxKind::total:
        out_ += "$total";
        break;
      case SyntaxKind::member:
      case SyntaxKind::function:
        call(node);
        break;
      case SyntaxKind::indexer:
        operand(node.children[0]);
        out_ += "[";
        print(node.children[1]);
        out_ += "]";
        break;
      case SyntaxKind::negate:
      case SyntaxKind::plus:
        out_ += node.kind == SyntaxKind::negate ? "-" : "+";
        operand(node.children[0]);
        break;
      case SyntaxKind::binary:
      case SyntaxKind::type_test:
        operand(node.children[0]);
        out_ += " " + node.text + " ";
        operand(node.children[1]);
        break;
      case SyntaxKind::type:
        if (!node.unit.empty()) {
          quote(out_, node.unit, '`');
          out_ += ".";
        }
        quote(out_, node.text, '`');
        break;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void operand(std::uint32_t index) {
    const SyntaxKind kind = tree_.at(index).kind;
    const bool brackets = kind == SyntaxKind::binary || kind == SyntaxKind::type_test || kind == SyntaxKind::negate ||
                          kind == SyntaxKind::plus || kind == SyntaxKind::quantity || kind == SyntaxKind::integer ||
                          kind == SyntaxKind::decimal || kind == SyntaxKind::date_time;
    if (brackets) out_ += "(";
    print(index);
    if (brackets) out_ += ")";
  }

  void call(const Syntax& node) {
    std::size_t first = 0;
    if (node.has_input) {
      operand(node.children[0]);
      out_ += ".";
      first = 1;
    }
    quote(out_, node.text, '`');
    if (node.kind == SyntaxKind::member) return;
    out_ += "(";
    for (std::size_t i = first; i < node.children.size(); ++i) {
      if (i > first) out_ += ", ";
      print(node.children[i]);
      if (tree_.at(node.children[i]).is_descending) out_ += " desc";
    }
    out_ += ")";
  }

  const SyntaxTree& tree_;
  std::string out_;
};

}  // namespace

std::string print(const SyntaxTree& tree) {
  Printer printer(tree);
  printer.print(tree.root);
  return printer.take();
}

}  // namespace meridian::fhirpath::internal
