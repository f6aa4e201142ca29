// Snapshot: all code systems, value sets and concept maps that are in force at one time. Never changed: what is loaded
// later makes a new one (service.hpp).
//
// Beside what it was given it has the code systems and value sets of the FHIR specification, made when they are first
// asked for, and UCUM, whose codes follow a grammar. A URL that was given wins over the specification's; of several
// versions the newest is meant unless `url|version` asks for one. Sets of codes are composed once and remembered.
//
// Threads: any. Pointers live as long as somebody holds them. Errors: not_found; those of compose().
// Specification: https://hl7.org/fhir/R4/terminology-service.html
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/concept_map.hpp"
#include "terminology/value_set.hpp"

namespace meridian::terminology {

using ValueSetPtr = std::shared_ptr<const ValueSet>;
using ConceptMapPtr = std::shared_ptr<const ConceptMap>;

inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";

/// What a snapshot is made of, in any order.
struct Contents {
  std::vector<CodeSystemPtr> systems = {};
  std::vector<ValueSetPtr> value_sets = {};
  std::vector<ConceptMapPtr> concept_maps = {};
};

class Snapshot final : public Sources {
 public:
  explicit Snapshot(Contents contents = {});
  ~Snapshot() override;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// `url` may be `url|version`. Null when it is not here.
  CodeSystemPtr code_system(std::string_view url, std::string_view version = {}) const override;
  Grammar grammar(std::string_view system) const override;
  bool value_set(std::string_view canonical, CodeSetPtr& made, const ValueSet*& defined) const override;

  /// All systems that have the code: what a code without a system may mean. The specification's are not among them.
  std::vector<CodeSystemPtr> systems_with(std::string_view code) const;
  const std::vector<CodeSystemPtr>& systems() const { return contents_.systems; }

  /// A value set of a canonical URL; also the implicit ones: all codes of a system (its `valueSet`), and of SNOMED CT
  /// `…?fhir_vs`, `…?fhir_vs=isa/138875005` and `…?fhir_vs=refset/700043003`.
  Result<CodeSetPtr> code_set(std::string_view canonical) const;
  /// What was given under that URL. Null: nothing, though the specification may have it.
  ValueSetPtr definition(std::string_view canonical) const;
  ConceptMapPtr concept_map(std::string_view canonical) const;
  const std::vector<ConceptMapPtr>& concept_maps() const { return contents_.concept_maps; }

  /// The name of a code in a language: of the system or of a supplement to it; else its display.
  std::string_view display(const CodeSystem& system, CodeNumber number, std::string_view language) const;
  std::vector<Designation> designations(const CodeSystem& system, CodeNumber number) const;

 private:
  struct Memory;
  template <typename Pointer>
  using ByUrl = std::map<std::string, std::vector<Pointer>, std::less<>>;  // newest first

  CodeSetPtr implicit(std::string_view canonical) const;
  Contents contents_;
  ByUrl<CodeSystemPtr> systems_;
  ByUrl<CodeSystemPtr> supplements_;  // by what they add to
  ByUrl<CodeSystemPtr> whole_;        // by the value set of all their codes
  ByUrl<ValueSetPtr> value_sets_;
  ByUrl<ConceptMapPtr> concept_maps_;
  std::unique_ptr<Memory> memory_;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// Whether version `a` is newer: numbers within are compared as numbers ("2.10" is newer than "2.9").
bool is_newer(std::string_view a, std::string_view b);

}  // namespace meridian::terminology
