// Places in CDA documents, as rows of cda mappings name them: a small part of XPath, compiled.
//
//   path  := '.' | [ ('..' | '^' name) '/' ] step ('/' step)* [ '/@' name ] | '@' name
//   step  := name ('[' test ']')*        name: as Element::name() gives it; '*' is any
//   test  := number | path | '!' path | path '=' value ('|' value)* | path '!=' value …
//
//   value/@code · entryRelationship[@typeCode=MFST]/observation · ^section/code/@code · ..entry (the parent, an entry)
//
// A test holds when any element or attribute that its path finds has one of the values. `^section` is the nearest
// section around the element at hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tree/element.hpp"

namespace meridian::mapping::internal {

struct PlaceTest;

struct PlaceStep {
  std::string name;  ///< empty: any element
  std::uint32_t position = 0;
  std::vector<PlaceTest> tests;
};

struct Place {
  enum class From : std::uint8_t { here, parent, around };
  From from = From::here;
  std::string anchor;  ///< around: the name; parent: the name it must have, or empty
  std::vector<PlaceStep> steps;
  std::string attribute;  ///< empty: the element itself
  /// Whether what it finds lies below the element at hand.
  bool descends() const { return from == From::here && !steps.empty() && attribute.empty(); }
};

struct PlaceTest {
  Place path;
  std::vector<std::string> values;  ///< empty: it exists
  bool is_negated = false;
};

/// Nothing when the text is no path.
std::optional<Place> read_place(std::string_view text);

/// An element, or an attribute of it.
struct PlaceValue {
  tree::Element element;
  const std::string* attribute = nullptr;
  bool exists() const { return element && (attribute == nullptr || !element.attribute(*attribute).empty()); }
  std::string_view text() const { return attribute == nullptr ? element.text() : element.attribute(*attribute); }
};

/// What the path finds from an element, in document order; at most `limit`.
void find_places(const Place& place, tree::Element from, std::size_t limit, std::vector<PlaceValue>& out);

}  // namespace meridian::mapping::internal
