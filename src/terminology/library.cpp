#include "terminology/library.hpp"

#include <utility>

#include "terminology/definitions.hpp"
#include "terminology/snomed_maps.hpp"

namespace meridian::terminology {

Result<> Library::put(const std::string& place, fhir::Node resource, Issues& issues) {
  Contents made;
  const std::string_view type = resource.schema().type(resource.type()).name;
  Result<> outcome;
  if (type == "CodeSystem") {
    Result<CodeSystemPtr> system = read_code_system(resource, issues);
    if (system) {
      made.systems.push_back(*std::move(system));
    } else {
      outcome = fail(std::move(system).error());
    }
  } else if (type == "ValueSet") {
    made.value_sets.push_back(std::make_shared<const ValueSet>(read_value_set(resource)));
  } else if (type == "ConceptMap") {
    made.concept_maps.push_back(read_concept_map(resource));
  }
  const std::lock_guard lock(mutex_);
  stored_[place] = std::move(made);
  return outcome;
}

void Library::remove(const std::string& place) {
  const std::lock_guard lock(mutex_);
  stored_.erase(place);
}

void Library::put_loaded(CodeSystemPtr system) {
  std::pair<std::string, std::string> name(system->about().url, system->about().version);
  Loaded made;
  made.maps = snomed_maps(*system);
  made.system = std::move(system);
  const std::lock_guard lock(mutex_);
  loaded_[std::move(name)] = std::move(made);
}

bool Library::remove_loaded(std::string_view url, std::string_view version) {
  const std::lock_guard lock(mutex_);
  return loaded_.erase({std::string(url), std::string(version)}) > 0;
}

std::vector<CodeSystemPtr> Library::loaded() const {
  const std::lock_guard lock(mutex_);
  std::vector<CodeSystemPtr> all;
  for (const auto& [name, one] : loaded_) all.push_back(one.system);
  return all;
}

void Library::publish() {
  const std::lock_guard lock(mutex_);
  Contents all;
  for (const auto& [place, part] : stored_) {
    all.systems.insert(all.systems.end(), part.systems.begin(), part.systems.end());
    all.value_sets.insert(all.value_sets.end(), part.value_sets.begin(), part.value_sets.end());
    all.concept_maps.insert(all.concept_maps.end(), part.concept_maps.begin(), part.concept_maps.end());
  }
  for (const auto& [name, one] : loaded_) {
    all.systems.push_back(one.system);
    all.concept_maps.insert(all.concept_maps.end(), one.maps.begin(), one.maps.end());
  }
  service_.publish(std::make_shared<const Snapshot>(std::move(all)));
}

}  // namespace meridian::terminology
