// Validates a text and gives the issues back: for tests of this and other modules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/issue.hpp"
#include "validation/validator.hpp"

namespace meridian::validation::testing {

struct Asked {
  ValidatorOptions options{};
  std::shared_ptr<const Profiles> loaded{};
  std::vector<std::string> profiles{};
};

/// Parses JSON or XML (by its first character) and validates it; what the parser has to say comes first.
Issues validated(const std::string& text, const Asked& asked = {});

/// `error format-date Patient.birthDate`, one line an issue.
std::string line(const Issue& issue);

}  // namespace meridian::validation::testing
