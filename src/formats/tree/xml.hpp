// XML as a Document.
//
//   Issues issues;
//   Document document = read_xml(bytes, {}, issues);
//
// It is read by pugixml, which fetches and expands nothing; a DOCTYPE is refused before that. Encodings are UTF-8,
// UTF-16, and those that the XML declaration names and ICU knows (GB18030, GBK, ISO-8859-1 …).
// Names lose the prefix that they were written with: they have that of their namespace in XmlOptions, or none where it
// says so. Faults are fatal Issues, and leave no tree. Bounds: XmlLimits, checked before memory is taken.
// Specification: https://www.w3.org/TR/xml/, https://www.w3.org/TR/xml-names/
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "formats/tree/document.hpp"

namespace meridian::tree {

struct XmlLimits {
  std::size_t max_bytes = std::size_t{128} << 20;
  std::uint32_t max_depth = 200;
  std::uint32_t max_tags = 1'000'000;        ///< start, end and other tags
  std::uint32_t max_attributes = 2'000'000;  ///< of all elements
};

struct Namespace {
  std::string_view uri;
  std::string_view prefix;      ///< its names are known by; empty: by their local name
  std::string_view undeclared;  ///< a prefix that means it where nothing declares it, as in parts that were cut out
};

struct XmlOptions {
  XmlLimits limits;
  /// Names of other namespaces stay as they were written, `other:…` where that was without a prefix. None here: all
  /// names are local names, whatever their namespace.
  std::span<const Namespace> namespaces;
  /// In elements of this name blanks between elements are kept.
  std::string_view mixed;
};

Document read_xml(std::string_view bytes, const XmlOptions& options, Issues& issues);

}  // namespace meridian::tree
