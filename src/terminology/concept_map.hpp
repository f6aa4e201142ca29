// ConceptMap: which codes of one system stand for which of another, asked both ways.
//
// Memory: the texts of each mapping once, and two sorted lists of numbers. Threads: immutable once made.
// Specification: https://hl7.org/fhir/R4/conceptmap.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::terminology {

/// One target of one source. Where a group says that nothing corresponds, the target's code is empty.
struct Mapping {
  std::string source_system;
  std::string source_code;
  std::string target_system;
  std::string target_code;
  std::string target_display;
  std::string equivalence;  ///< of http://hl7.org/fhir/concept-map-equivalence, from the source to the target
  std::string comment;
};

/// What a group says of codes that it does not list.
struct Unmapped {
  enum class Mode : std::uint8_t { provided, fixed, other_map };
  std::string source_system;
  std::string target_system;
  Mode mode = Mode::provided;
  std::string code;     ///< of fixed
  std::string display;  ///< of fixed
  std::string url;      ///< of other_map
};

struct ConceptMapAbout {
  std::string url;
  std::string version;
  std::string name;
  std::string source;  ///< the value set that codes come from; may be empty
  std::string target;
};

/// What is asked: empty members are not asked for.
struct Translation {
  std::string_view system;
  std::string_view code;
  std::string_view target_system;
};

class ConceptMap {
 public:
  ConceptMap(ConceptMapAbout about, std::vector<Mapping> mappings, std::vector<Unmapped> unmapped);

  const ConceptMapAbout& about() const { return about_; }
  const std::vector<Mapping>& mappings() const { return mappings_; }

  /// What a code stands for. Where no group lists it, what the groups say of such: then `other` may name the map to
  /// ask.
  std::vector<Mapping> translate(const Translation& asked, std::string& other) const;
  /// Which codes stand for it: mappings turned round, their equivalence too. `system` and `code` are those of the
  /// target.
  std::vector<Mapping> translate_back(const Translation& asked) const;

 private:
  ConceptMapAbout about_;
  std::vector<Mapping> mappings_;
  std::vector<Unmapped> unmapped_;
  std::vector<std::uint32_t> by_source_;  // of mappings, by source code
  std::vector<std::uint32_t> by_target_;
};

/// "wider" of "narrower" and so on; the same where it is the same both ways.
std::string_view turned_round(std::string_view equivalence);

}  // namespace meridian::terminology
