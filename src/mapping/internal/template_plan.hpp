// The compiled form of templates: what a document is made of, element by element. Made by template_loader.cpp, run by
// template_evaluator.cpp, immutable afterwards. The language: docs/mapping.md, "Documents out of records".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::mapping::internal {

/// What becomes of an expression's value before it is written.
enum class Pipe : std::uint8_t {
  none,
  time,       ///< FHIR's dates and times as TS
  oid,        ///< the OID of a system, by its URI
  number,     ///< nothing, if it is none
  root,       ///< of an Identifier: whose number it is, or itself …
  extension,  ///< … and the number
  uuid,       ///< of a resource: a UUID that stays the same
  anchor,     ///< of any node: an ID for the narrative, and for what refers to it
  codes,      ///< by a code map: the code …
  display,    ///< … its name
  system,     ///< … its system
};

/// A part of an attribute's value or of a text: `#` or `{code.text}`.
struct TextPiece {
  std::string literal;
  int expression = -1;  ///< index in Templates::expressions
  Pipe pipe = Pipe::none;
  int codes = -1;  ///< index in Plan::code_maps
};
using TextPlan = std::vector<TextPiece>;

struct AttributePlan {
  std::string name;
  TextPlan text;
};

struct Argument {
  std::string name;
  int expression = -1;
};

struct TemplateNode {
  enum class Kind : std::uint8_t {
    element,
    text,
    here,   ///< `.`: attributes and content of the element at hand
    group,  ///< `do`, or a template alone: content without an element of its own
  };
  Kind kind = Kind::element;
  std::string name;
  bool is_kept = false;  ///< made even where it says nothing: a cell of a table
  std::vector<AttributePlan> attributes;
  std::vector<Argument> arguments;  ///< of a template alone
  TextPlan text;
  TextPlan otherwise;  ///< the nullFlavor of what would not be made for want of a value
  int each = -1;
  int when = -1;
  int says = -1;
  std::string once;  ///< with each: what was made under that name is not made again
  int uses = -1;     ///< index in Templates::all
  std::vector<TemplateNode> content;
};

struct Template {
  std::string name;
  fhir::TypeId type = fhir::TypeId::none;  ///< of what it is applied to; none: anything
  std::vector<TemplateNode> content;
};

/// A kind of document: `--as ccd`.
struct ExportPlan {
  std::vector<TemplateNode> content;
  std::vector<int> passed;  ///< what of the Bundle is not missed though no element says it
};

struct TemplateExpression {
  fhirpath::Expression expression;
  std::string place;  ///< "to-cda/header.yaml:12"
};

struct Templates {
  std::vector<Template> all;
  std::vector<TemplateExpression> expressions;
  std::map<std::string, ExportPlan, std::less<>> exports;
  std::vector<std::string> variables;
  std::map<std::string, std::string, std::less<>> oids;  ///< URI → the OID that is its first name in `systems`
};

}  // namespace meridian::mapping::internal
