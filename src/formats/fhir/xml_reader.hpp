// XmlReader: FHIR's XML form, read into the same Document that JSON gives.
//
// The text is first turned into the JSON that says the same, by the schema: what repeats becomes an array, an
// element's name a resourceType where a resource stands, numbers keep their digits, the narrative stays as it
// stands in the text. So a Document has one form whatever it came from. Nothing of FHIR's content is lost; comments,
// processing instructions, prefixes and schema locations are.
//
// Faults: text that is not well-formed XML, has a DOCTYPE (so no entities but XML's five, nothing is expanded or
// fetched), is not UTF-8, passes a limit or whose root is no resource is a fatal Issue, and there is no document.
// What is well-formed but not FHIR's (unknown names, wrong namespace or order, stray text) is an Issue each; it is
// left out, or put where it belongs, and the rest is read. What validation would find in the JSON is left to it.
//
// A Document's positions are those in the JSON; XmlPlaces finds the XML they came from.
// Threads: one reader per thread; it reuses its memory.
// Specification: https://hl7.org/fhir/R4/xml.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhir {

/// Where in the XML the parts of the JSON come from.
class XmlPlaces {
 public:
  struct Place {
    std::uint32_t json;
    std::uint32_t xml;
  };
  void clear() { places_.clear(); }
  /// In the order of the JSON; forgets what was said of this place and later ones.
  void add(std::size_t json, std::size_t xml) {
    while (!places_.empty() && places_.back().json >= json) places_.pop_back();
    places_.push_back({static_cast<std::uint32_t>(json), static_cast<std::uint32_t>(xml)});
  }
  /// The offset in the XML of the element that a place in the JSON belongs to.
  std::size_t to_xml(std::size_t json_offset) const;

 private:
  std::vector<Place> places_;
};

class XmlReader {
 public:
  explicit XmlReader(const Schema& schema = Schema::r4(), DocumentLimits limits = {});
  ~XmlReader();
  XmlReader(XmlReader&&) noexcept;

  /// A Document without root when there are fatal Issues.
  Document read(std::string_view xml, Issues& issues, XmlPlaces* places = nullptr);
  /// Only the JSON text. False, with a fatal Issue, when there is none.
  bool to_json(std::string_view xml, std::string& json, Issues& issues, XmlPlaces* places = nullptr);
  /// Gives a document's memory back for the next one; for streams.
  void recycle(Document&& document);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace meridian::fhir
