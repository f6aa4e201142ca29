// Library: what is loaded and what is stored, put together and given to a Service as snapshots.
//
// Resources come and go by their place in the store ("ValueSet/7"); systems that were loaded from files by url and
// version (folder.hpp keeps those). Changes gather until publish() makes a snapshot of all, which is cheap: nothing is
// copied but pointers. Threads: any; one change at a time. The service outlives it.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "terminology/service.hpp"

namespace meridian::terminology {

class Library {
 public:
  explicit Library(Service& service) : service_(service) {}

  /// A CodeSystem, ValueSet or ConceptMap; others are passed over. What was at the place goes, also where the new one
  /// cannot be used: then the error is that of definitions.hpp.
  Result<> put(const std::string& place, fhir::Node resource, Issues& issues);
  void remove(const std::string& place);
  void put_loaded(CodeSystemPtr system);
  bool remove_loaded(std::string_view url, std::string_view version);
  std::vector<CodeSystemPtr> loaded() const;

  void publish();

 private:
  Service& service_;
  mutable std::mutex mutex_;
  std::map<std::string, Contents> stored_;
  struct Loaded {
    CodeSystemPtr system;
    std::vector<ConceptMapPtr> maps;  // those of SNOMED CT that lie in it
  };
  std::map<std::pair<std::string, std::string>, Loaded> loaded_;
};

}  // namespace meridian::terminology
