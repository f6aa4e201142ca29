// What all sessions of a Validator share: options, names, rules of types, terms and compiled profiles.
#pragma once

#include <memory>

#include "validation/internal/names.hpp"
#include "validation/internal/rules.hpp"
#include "validation/internal/terms.hpp"
#include "validation/validator.hpp"

namespace meridian::validation::internal {

class ProfileStore;

struct Shared {
  Shared(const fhir::Schema& schema, std::shared_ptr<const Profiles> profiles, ValidatorOptions options);
  ~Shared();

  /// Whether a value set has a code. Where what is known here does not have it, the terminology in force is asked and
  /// decides. `set`: its number in the schema, where it has one. `system` empty: any.
  fhir::Membership contains(fhir::ValueSetId set, std::string_view url, std::string_view system,
                            std::string_view code) const;

  const fhir::Schema& schema;
  std::shared_ptr<const Profiles> profiles;  ///< never null
  ValidatorOptions options;
  Names names;
  Rules rules;
  Terms terms;
  std::unique_ptr<ProfileStore> store;
  fhir::TypeId bundle;
};

}  // namespace meridian::validation::internal
