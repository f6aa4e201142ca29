// Knowledge: the profiles and value sets that the user gives, to validate against.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "validation/profiles.hpp"

namespace meridian::app {

struct Knowledge {
  std::shared_ptr<validation::Profiles> profiles;
  std::vector<std::string> asked;  ///< canonical URLs of the profiles to conform to
};

/// Loads the packages of the setting validation.packages, those given, and the profiles that are files; a profile that
/// is a URL must be among what was loaded, since nothing is fetched. Faults in them are told on standard error.
Result<Knowledge> load_knowledge(const std::vector<std::string>& packages, const std::vector<std::string>& profiles,
                                 const Config& config, Language language);

}  // namespace meridian::app
