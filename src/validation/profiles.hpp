// Profiles: the conformance resources that a user loads (StructureDefinition, ValueSet, CodeSystem), by URL.
//
// From single JSON or XML files, from Bundles of such resources, and from FHIR packages (`.tgz`). What was loaded
// is all there is: a URL that is not among it stays unresolved and is said to be so; nothing is fetched.
// Several versions of one URL may be loaded; `url|version` finds exactly that one, a bare URL the newest.
//
// Threads: fill it on one thread, then share it as const. Other resource types in a package are skipped.
// Specification: https://hl7.org/fhir/R4/profiling.html, https://hl7.org/fhir/R4/packages.html
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::validation {

class Profiles {
 public:
  explicit Profiles(const fhir::Schema& schema);
  ~Profiles();
  Profiles(Profiles&&) noexcept;
  Profiles& operator=(Profiles&&) noexcept;

  /// A file named by the user: `.json`, `.xml`, or a `.tgz` package. Faults inside a resource go to `issues`.
  /// Errors: not_found or unavailable from reading it; malformed_input when nothing in it can be used.
  Result<> load_file(const std::string& path, Issues& issues);
  /// The bytes of a JSON or XML resource, or of a package.
  Result<> load_resource(std::string text, Issues& issues);
  Result<> load_package(std::string_view gzipped_tar, Issues& issues);
  /// A parsed StructureDefinition, ValueSet, CodeSystem, or a Bundle of them. Other resources are passed over.
  void add(fhir::Document document);

  /// The root node of a definition by canonical URL, with or without `|version`; a null node when not loaded.
  fhir::Node structure(std::string_view canonical) const;
  fhir::Node value_set(std::string_view canonical) const;
  fhir::Node code_system(std::string_view canonical) const;

  std::size_t structure_count() const;
  std::size_t value_set_count() const;
  std::size_t code_system_count() const;
  const fhir::Schema& schema() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meridian::validation
