// The reading aid of UCUM's functional tests: names in place of codes, one bracket a unit.
#include <string>

#include "units/internal/parser.hpp"
#include "units/unit.hpp"

namespace meridian::units {

std::string Unit::display_name() const {
  if (code().empty()) return "(unity)";
  const auto pieces = internal::parse_pieces(code()).value();  // it was parsed before
  using Kind = internal::Piece::Kind;
  std::string text;
  bool joins = false;  // whether something stands before, within the same brackets
  for (const internal::Piece& piece : pieces) {
    const bool annotates = piece.kind == Kind::annotation && piece.annotates;
    if (piece.kind != Kind::close && !annotates) {
      if (piece.divides) {
        text += joins ? " / " : "1 / ";
      } else if (joins) {
        text += " * ";
      }
    }
    switch (piece.kind) {
      case Kind::open:
        text += '(';
        break;
      case Kind::close:
        text += ')';
        break;
      case Kind::number:
        text += piece.text;
        break;
      case Kind::annotation:
        text += '{';
        text += piece.text;
        text += '}';
        break;
      case Kind::unit:
        text += '(';
        if (piece.unit.prefix != nullptr) text += piece.unit.prefix->name;
        text += piece.unit.unit->name;
        if (piece.exponent != 1) text += " ^ " + std::to_string(piece.exponent);
        text += ')';
        break;
    }
    joins = piece.kind != Kind::open;
  }
  return text;
}

}  // namespace meridian::units
