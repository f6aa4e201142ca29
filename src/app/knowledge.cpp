#include "app/knowledge.hpp"

#include <sys/stat.h>

#include <string_view>
#include <utility>

#include "app/report.hpp"
#include "app/settings.hpp"
#include "formats/fhir/resource_reader.hpp"

namespace meridian::app {
namespace {

bool is_file(const std::string& name) {
  struct stat status{};
  return stat(name.c_str(), &status) == 0;
}

/// http:, https: and urn: begin what can be no file here.
bool is_url(std::string_view name) {
  return name.starts_with("http:") || name.starts_with("https:") || name.starts_with("urn:");
}

Result<> load(validation::Profiles& profiles, const std::string& file, Language language) {
  Issues issues;
  Result<> loaded = profiles.load_file(file, issues);
  complain_of(file, issues, language);
  if (loaded || loaded.error().message().find(file) != std::string::npos) return loaded;
  return fail(std::move(loaded).error().within(file));
}

/// The canonical URL of a definition in a file.
Result<std::string> url_of(const std::string& file) {
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
  fhir::ReadResource resource;
  Issues issues;
  if (TRY(reader.next(resource, issues))) {
    const fhir::Node root = resource.document().root();
    const bool is_profile = root.schema().type(root.type()).name == "StructureDefinition";
    if (const fhir::Node url = root.child("url"); is_profile && url) return std::string(url.text());
  }
  return fail(ErrorCode::malformed_input, file + ": a profile must be a StructureDefinition with a url");
}

}  // namespace

Result<Knowledge> load_knowledge(const std::vector<std::string>& packages, const std::vector<std::string>& profiles,
                                 const Config& config, Language language) {
  Knowledge knowledge;
  knowledge.profiles = std::make_shared<validation::Profiles>(fhir::Schema::r4());
  validation::Profiles& loaded = *knowledge.profiles;
  for (const std::string& package : split(config.text(kValidationPackages))) TRY(load(loaded, package, language));
  for (const std::string& package : packages) TRY(load(loaded, package, language));
  for (const std::string& profile : profiles) {
    if (is_url(profile)) {
      knowledge.asked.push_back(profile);
    } else if (is_file(profile)) {
      knowledge.asked.push_back(TRY(url_of(profile)));
      TRY(load(loaded, profile, language));
    } else {
      return fail(ErrorCode::not_found, profile + ": there is no such file; a profile is a file, or a URL (http:…)");
    }
  }
  for (const std::string& url : knowledge.asked) {
    const std::string bare = url.substr(0, url.find('|'));
    if (loaded.structure(url) || loaded.schema().find_type_by_url(bare) != fhir::TypeId::none) continue;
    return fail(ErrorCode::not_found, "the profile " + url +
                                          " is in nothing that was loaded, and nothing is fetched; "
                                          "give its package with --package FILE.tgz");
  }
  return knowledge;
}

}  // namespace meridian::app
