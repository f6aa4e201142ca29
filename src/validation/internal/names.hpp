// The element names and types that validation asks for by name, looked up once per schema.
#pragma once

#include "formats/fhir/schema.hpp"

namespace meridian::validation::internal {

struct Names {
  explicit Names(const fhir::Schema& schema);

#define MERIDIAN_NAMES(NAME)                                                                                           \
  NAME(abstract)                                                                                                       \
  NAME(author)                                                                                                         \
  NAME(base)                                                                                                           \
  NAME(binding)                                                                                                        \
  NAME(code) NAME(coding) NAME(compose) NAME(constraint) NAME(contained) NAME(content) NAME(contentType) NAME(context) \
      NAME(count) NAME(custodian) NAME(data) NAME(definition) NAME(derivedFrom) NAME(differential) NAME(display)       \
          NAME(div) NAME(element) NAME(enableWhen) NAME(encounter) NAME(entry) NAME(expression) NAME(extension)        \
              NAME(filter) NAME(focus) NAME(fullUrl) NAME(id) NAME(identifier) NAME(include) NAME(item) NAME(link)     \
                  NAME(linkId) NAME(meta) NAME(mode) NAME(modifierExtension) NAME(name) NAME(op) NAME(parameter)       \
                      NAME(part) NAME(path) NAME(profile) NAME(property) NAME(question) NAME(reference) NAME(relation) \
                          NAME(request) NAME(resource) NAME(response) NAME(rest) NAME(search) NAME(searchParam)        \
                              NAME(section) NAME(sender) NAME(size) NAME(slicing) NAME(snapshot) NAME(status)          \
                                  NAME(subject) NAME(supplements) NAME(system) NAME(text) NAME(type) NAME(uri)         \
                                      NAME(url) NAME(use) NAME(value) NAME(valueSet) NAME(version) NAME(component)     \
                                          NAME(attester) NAME(party) NAME(kind) NAME(derivation) NAME(baseDefinition)
#define NAME(word) fhir::NameId word;
  MERIDIAN_NAMES(NAME)
#undef NAME
  fhir::NameId concept_;  // `concept` is a word of C++
};

}  // namespace meridian::validation::internal
