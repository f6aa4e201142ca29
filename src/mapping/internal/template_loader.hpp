// Templates of documents out of a catalogue: heads read, expressions compiled, names found.
//
//   head := ( name '!'? | '.' | 'do' )? ( ' '* '+' template )? ( attribute '=' value )*
//   value := ( character | '{' expression ( '=>' pipe )? '}' )* | "'" text "'"
//
// Faults are issues with file, line and column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/yaml_tree.hpp"

namespace meridian::mapping::internal {

class TemplateLoader {
 public:
  TemplateLoader(Plan& plan, Issues& issues) : plan_(plan), issues_(issues) {}

  void set_file(const std::string& path) { file_ = path; }
  /// First all names, variables too, then what they stand for.
  void declare(const YamlTree& templates);
  void variables(const YamlTree& list);
  void define(const YamlTree& templates);
  /// A file with `export`.
  void document(const YamlTree& file);
  /// Once everything is defined: a template may not contain itself.
  void find_cycles();

 private:
  struct Head;
  /// Where a text begins, to say where in it a fault is.
  struct At {
    std::uint32_t line;
    std::uint32_t column;
  };
  void complain(At at, const Message& message, std::vector<std::string> arguments);
  std::vector<TemplateNode> content(const YamlTree& tree, fhir::TypeId type);
  TemplateNode node(const YamlTree& tree, fhir::TypeId type);
  TemplateNode element(std::string_view text, At at, fhir::TypeId type, fhir::TypeId& inner);
  void attribute(TemplateNode& node, const std::string& name, std::string_view value, At at, fhir::TypeId outer,
                 fhir::TypeId type);
  TextPlan text(std::string_view value, At at, fhir::TypeId type);
  TextPiece piece(std::string_view text, At at, fhir::TypeId type);
  void pipe(std::string_view name, At at, TextPiece& piece);
  int expression(std::string_view text, At at, fhir::TypeId type);
  int find(std::string_view name) const;
  void visit(const std::vector<TemplateNode>& content, std::vector<int>& state);
  void visit(int index, std::vector<int>& state);

  Plan& plan_;
  Issues& issues_;
  std::string file_;
};

}  // namespace meridian::mapping::internal
