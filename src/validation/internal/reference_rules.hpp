// References, resolved within one document: contained resources by fragment, entries of a Bundle by fullUrl.
// Specification: https://hl7.org/fhir/R4/references.html, https://hl7.org/fhir/R4/bundle.html#references
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::validation::internal {

class Walk;

/// A reference taken apart. Views of the text.
struct ReferenceParts {
  enum class Form : std::uint8_t { fragment, absolute, relative, conditional, malformed };
  Form form = Form::malformed;
  std::string_view base;  ///< of a RESTful one: all before the type, without the slash
  std::string_view type;  ///< of a RESTful one
  std::string_view id;
  std::string_view version;
  std::string_view fragment;  ///< after #
  std::string_view whole;     ///< without version and fragment: what a fullUrl would be
};
ReferenceParts take_apart(const fhir::Schema& schema, std::string_view reference);

/// Where the references of a document lead, by the scopes of a Walk.
class ReferenceIndex {
 public:
  explicit ReferenceIndex(const Walk& walk);

  struct Target {
    std::uint32_t scope;  ///< kNoScope: not in this document
    std::uint32_t count;  ///< how many resources answer to it
    bool is_similar;      ///< none does, but one has that type and id
  };
  Target resolve(std::string_view reference, std::uint32_t from) const;
  /// The Bundle in whose entry the scope lies; kNoScope when in none.
  std::uint32_t bundle_of(std::uint32_t scope) const;
  /// The resource that stands in the Bundle's entry, for a scope at any depth below it.
  std::uint32_t entry_of(std::uint32_t scope) const;

 private:
  struct Entry {
    std::uint32_t bundle;
    std::string_view full_url;
    std::uint32_t scope;
    auto operator<=>(const Entry&) const = default;
  };
  struct Contained {
    std::uint32_t container;
    std::string_view id;
    std::uint32_t scope;
    auto operator<=>(const Contained&) const = default;
  };
  struct TypeAndId {
    std::uint32_t bundle;
    fhir::TypeId type;
    std::string_view id;
    std::uint32_t scope;
    auto operator<=>(const TypeAndId&) const = default;
  };
  Target in_bundle(const ReferenceParts& parts, std::uint32_t from) const;
  Target by_full_url(std::uint32_t bundle, std::string_view full_url, std::string_view version) const;

  const Walk& walk_;
  std::vector<Entry> entries_;
  std::vector<Contained> contained_;
  std::vector<TypeAndId> by_type_and_id_;
};

}  // namespace meridian::validation::internal
