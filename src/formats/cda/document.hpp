// Document: the bytes of a CDA R2 document as a tree.
//
//   Issues issues;
//   Document document = parse_document(bytes, {}, issues);
//   if (document) for (const Section& section : sections_of(document)) …           // section.hpp
//   Header header = read_header(document);                                        // header.hpp
//
// XML is read by pugixml, which fetches and expands nothing; a DOCTYPE is refused before that. Encodings are UTF-8,
// UTF-16, and those that the XML declaration names and ICU knows (GB18030, GBK, ISO-8859-1 …).
// What can be read gives a tree whatever its content; a part of a document (a section, an entry, a clinical statement)
// does too, and says so. Faults that leave no tree are fatal Issues.
// Bounds: CdaLimits, checked before memory is taken. Lifetime: owns its text. Threads: immutable once parsed.
// Specification: https://www.hl7.org/implement/standards/product_brief.cfm?product_id=7 (CDA R2)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/issue.hpp"
#include "formats/cda/element.hpp"

namespace meridian::cda {

struct CdaLimits {
  std::size_t max_bytes = std::size_t{128} << 20;
  std::uint32_t max_depth = 200;
  std::uint32_t max_tags = 1'000'000;        ///< start, end and other tags
  std::uint32_t max_attributes = 2'000'000;  ///< of all elements
};

class Document {
 public:
  Document();
  explicit Document(std::unique_ptr<const internal::Tree> tree);
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  explicit operator bool() const { return tree_ != nullptr; }
  Element root() const;
  /// Whether its root is ClinicalDocument; otherwise it is a part of one.
  bool is_whole() const { return root().is("ClinicalDocument"); }
  /// The element of that number; absent when there is none.
  Element element(std::uint32_t number) const;
  std::uint32_t element_count() const;
  /// Line and column in the text, as UTF-8.
  Position position(Element element) const;

 private:
  std::unique_ptr<const internal::Tree> tree_;
};

Document parse_document(std::string_view bytes, const CdaLimits& limits, Issues& issues);

}  // namespace meridian::cda
