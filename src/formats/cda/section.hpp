// Sections and entries: the structured body of a document, recursively.
//
// A Section has its narrative, which people read, and entries, which programs read; narrative.hpp links them. An Entry
// is one clinical statement, with statements within it (components of an organizer, entry relationships).
// Lifetime: views into the Document. Threads: immutable.
// Specification: CDA R2, 4.3.2 to 4.3.8.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/cda/data_type.hpp"
#include "formats/cda/document.hpp"

namespace meridian::cda {

enum class EntryKind : std::uint8_t {
  act,
  encounter,
  observation,
  observation_media,
  organizer,
  procedure,
  region_of_interest,
  substance_administration,
  supply,
};
/// The element's name: "substanceAdministration".
std::string_view name(EntryKind kind);
std::optional<EntryKind> entry_kind(std::string_view element_name);

class Entry {
 public:
  Entry(Element element, EntryKind kind) : element_(element), kind_(kind) {}
  Element element() const { return element_; }
  EntryKind kind() const { return kind_; }
  std::string_view class_code() const { return element_.attribute("classCode"); }
  std::string_view mood() const { return element_.attribute("moodCode"); }
  /// What it says did not happen, or is not so.
  bool is_negated() const { return element_.attribute("negationInd") == "true"; }
  bool has_template(std::string_view root) const;
  std::vector<Identifier> templates() const;
  std::vector<Identifier> ids() const;
  Code code() const { return read_code(element_.child("code")); }
  std::string_view status() const { return element_.child("statusCode").attribute("code"); }
  std::vector<Element> times() const;   ///< effectiveTime: TS, IVL_TS, PIVL_TS, EIVL_TS
  std::vector<Element> values() const;  ///< of an observation, of any type
  /// What it holds: components of an organizer, entry relationships. The type code says how they relate.
  struct Related;
  std::vector<Related> related() const;

 private:
  Element element_;
  EntryKind kind_;
};
struct Entry::Related {
  std::string_view type;  ///< COMP, SUBJ, MFST, REFR, RSON, CAUS …
  bool is_inverted = false;
  Entry entry;
};

class Section {
 public:
  explicit Section(Element element) : element_(element) {}
  Element element() const { return element_; }
  bool has_template(std::string_view root) const;
  std::vector<Identifier> templates() const;
  Code code() const { return read_code(element_.child("code")); }
  std::string_view title() const { return element_.child("title").text(); }
  Element narrative() const { return element_.child("text"); }
  std::vector<Entry> entries() const;
  std::vector<Section> sections() const;

 private:
  Element element_;
};

/// The sections at the top of the body; of a part of a document, those it holds.
std::vector<Section> sections_of(const Document& document);
/// The statements of a part of a document that stand in no section.
std::vector<Entry> entries_of(const Document& document);

}  // namespace meridian::cda
