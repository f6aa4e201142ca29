// JSON as a Document.
//
//   {"patient": "4711", "results": [{"code": "GLU", "value": 5.40}]}
//
// The root is called as the caller says. A member is an element of its name; an item of an array is one element of the
// array's name each, so `results/code` finds the codes of all; an item of an array in an array is an `item` in it.
// Texts and numbers are texts, numbers as they were written, `true` and `false` too; null is an element without
// anything; a number beyond what a double can hold is a fault. Faults are fatal Issues with their place, and leave no
// tree. Bounds: JsonLimits.
// Specification: https://www.rfc-editor.org/rfc/rfc8259
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/tree/document.hpp"

namespace meridian::tree {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::uint32_t max_depth = 100;
  std::uint32_t max_elements = 1'000'000;
};

struct JsonOptions {
  JsonLimits limits;
  std::string_view root = "object";  ///< its name
  /// What is no letter, digit, `_`, `-` or `:` in a name becomes `_`; what is not ASCII stays.
  bool has_simple_names = false;
};

Document read_json(std::string_view bytes, const JsonOptions& options, Issues& issues);

}  // namespace meridian::tree
