// XmlTree: the elements of an XML text in one array, namespaces resolved; what xml_reader.cpp walks.
//
// Elements in the XHTML namespace are leaves here: what is in them was checked to be well-formed and stands in the
// text. Names and values are views into the text, which must outlive the tree.
// Specification: https://www.w3.org/TR/xml-names/
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/fhir/internal/xml_scanner.hpp"

namespace meridian::fhir::internal {

inline constexpr std::string_view kFhirNamespace = "http://hl7.org/fhir";
inline constexpr std::string_view kXhtmlNamespace = "http://www.w3.org/1999/xhtml";

enum class XmlNamespace : std::uint8_t { none, fhir, xhtml, other };

struct XmlElement {
  static constexpr std::uint32_t kNone = 0;  // the root is nobody's child or sibling

  std::string_view name;  ///< without its prefix
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  ///< after its end tag
  std::uint32_t first_child = kNone;
  std::uint32_t next = kNone;
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;
  std::uint32_t text = 0;        ///< where text that is not white space stands directly in it, or 0
  std::uint16_t tag_length = 0;  ///< from `<` to the end of the name, prefix included; of XHTML only
  XmlNamespace space = XmlNamespace::none;
};

struct XmlTree {
  std::vector<XmlElement> elements;      ///< the root first
  std::vector<XmlAttribute> attributes;  ///< without xmlns and xsi ones

  /// Declarations that an XHTML element relies on from outside: ` xmlns="…"`. Sorted by element.
  struct Inherited {
    std::uint32_t element;
    std::string declarations;
  };
  std::vector<Inherited> inherited;

  std::span<const XmlAttribute> attributes_of(const XmlElement& element) const {
    return std::span(attributes).subspan(element.first_attribute, element.attribute_count);
  }
};

struct XmlTreeLimits {
  std::size_t max_bytes;
  std::uint32_t max_depth;
  std::uint32_t max_elements;
};

/// Parses a text into `tree`, reusing its memory. When the text is not well-formed or a limit is passed: false,
/// and `fault` says why; `path` then holds the names of the elements open there.
bool build_tree(std::string_view text, XmlTreeLimits limits, XmlTree& tree, XmlFault& fault, std::string& path);

}  // namespace meridian::fhir::internal
