// Syntax: an expression as a tree, straight from the text, before anything is known of types.
//
// Nodes lie in one array, children before parents; a node is named by its index. Specification of the grammar:
// http://hl7.org/fhirpath/N1/grammar.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"

namespace meridian::fhirpath::internal {

enum class SyntaxKind : std::uint8_t {
  empty,    // {}
  boolean,  // text: "true" or "false"
  string,   // text: escapes resolved
  integer,  // text: digits
  long_integer,
  decimal,
  date,       // text without @
  date_time,  // text without @
  time,       // text without @T
  quantity,   // text: the number; unit: its unit; children: none
  variable,   // %name, text: the name
  this_item,  // $this
  index,      // $index
  total,      // $total
  member,     // text: the name; children: what it is asked of, or none at the start of a path
  function,   // text: the name; children: what it is asked of (when has_input), then the arguments
  indexer,    // children: collection, index
  negate,     // children: operand
  plus,       // children: operand
  binary,     // text: the operator; children: left, right
  type_test,  // text: "is" or "as"; children: operand, type
  type,       // text: the name; unit: the namespace, may be empty. Only below type_test
};

struct Syntax {
  SyntaxKind kind;
  bool has_input = false;      // function, member: whether the first child is what it is asked of
  bool is_calendar = false;    // quantity: the unit is a word such as `days`
  bool is_delimited = false;   // member, function, type: written in back ticks
  bool is_descending = false;  // an argument of sort() that ends in `desc`
  std::uint32_t offset = 0;    // in the text: of the operator or the name, for messages
  std::uint32_t depth = 0;     // of the tree below
  std::string text = {};
  std::string unit = {};
  std::vector<std::uint32_t> children = {};
};

struct SyntaxTree {
  std::vector<Syntax> nodes;
  std::uint32_t root = 0;
  const Syntax& at(std::uint32_t index) const { return nodes[index]; }
};

struct SyntaxLimits {
  std::uint32_t max_bytes;
  std::uint32_t max_depth;
  std::uint32_t max_nodes;
};

/// Nothing when the text is not an expression or passes a limit; the first fault is an Issue with its position.
std::optional<SyntaxTree> parse(std::string_view text, const SyntaxLimits& limits, Issues& issues);

/// The tree as an expression again, with brackets around every operator: parsing it gives the same tree.
std::string print(const SyntaxTree& tree);

/// Resolves the escapes of a string or delimited identifier. Nothing, and where, when one is not known.
std::optional<std::string> unescape_literal(std::string_view raw, std::size_t& bad_at);

}  // namespace meridian::fhirpath::internal
