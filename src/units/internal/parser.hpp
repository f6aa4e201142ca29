// The grammar of UCUM: a code becomes a flat row of pieces, in the order written.
//
//   main-term  = [ "/" ] term
//   term       = component { ( "." | "/" ) component }
//   component  = ( unit | number ) [ annotation ] | annotation | "(" term ")"
//   unit       = [ prefix ] atom [ exponent ]
//   exponent   = [ "+" | "-" ] digits
//   annotation = "{" printable ASCII without braces "}"
//
// Operators have one rank and go from left to right: `a/b.c` is `(a/b).c` (UCUM §7). Where the published grammar has no
// annotation after a number (`1{c}`), its own functional tests have, and so has this.
// Specification: https://ucum.org/ucum#section-Syntax-Rules
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "units/internal/table.hpp"

namespace meridian::units::internal {

struct Piece {
  enum class Kind : std::uint8_t { unit, number, annotation, open, close };
  Kind kind;
  bool divides;  ///< a "/" stands before it; of no meaning for close
  PrefixedUnit unit;
  int exponent = 1;
  bool annotates = false;  ///< an annotation that belongs to the piece before it
  std::string_view text;   ///< the digits of a number, the inside of an annotation; a part of the code parsed
};

struct SyntaxError {
  std::size_t offset;  ///< in bytes, from 0
  std::string expected;
  std::string suggestion;  ///< what was probably meant, or empty
  bool beyond_limits = false;
};

/// The pieces refer to the code's own bytes, which must outlive them.
tl::expected<std::vector<Piece>, SyntaxError> parse_pieces(std::string_view code);

}  // namespace meridian::units::internal
