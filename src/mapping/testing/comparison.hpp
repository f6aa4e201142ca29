// Comparison: bundles that somebody else makes of the same input, against ours, key field by key field.
//
// For each expected resource: whether we make its counterpart, and whether its key fields agree. Why they differ a
// Reasons knows; what has no reason counts as not explained. MERIDIAN_SHOW_DIFFERENCES=1 prints each difference.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::mapping::testing {

struct KeyFields {
  const char* type;
  const char* key;  // resources with different values here are not counterparts; may be empty
  std::vector<const char*> fields;
};

/// Why a difference is none of ours; empty: nothing explains it.
class Reasons {
 public:
  virtual ~Reasons() = default;
  virtual std::string of_absence(const std::string& type, fhir::Node expected) const = 0;
  virtual std::string of_difference(const std::string& type, const std::string& field,
                                    const std::string& value) const = 0;
};

/// The texts at a path of member names, through lists; numbers and times so that what means the same is the same.
std::set<std::string> values(fhir::Node node, std::string_view path);
std::size_t common(const std::set<std::string>& a, const std::set<std::string>& b);
std::vector<fhir::Node> resources(const fhir::Document& bundle, std::string_view type);

class Comparison {
 public:
  struct Count {
    int agreed = 0;
    int total = 0;
  };
  explicit Comparison(const std::vector<KeyFields>& fields) : fields_(fields) {}

  void compare(const std::string& name, const fhir::Document& expected, const fhir::Document& ours,
               const Reasons& reasons);
  /// One more field, compared elsewhere.
  void count(bool agrees, const std::string& field, const std::string& value, const std::string& reason);
  Count all() const { return all_; }
  Count unexplained() const { return {all_.agreed, all_.total - explained_}; }
  const std::map<std::string, int>& classes() const { return classes_; }
  /// The classes with their numbers, and the sums.
  void print() const;

 private:
  void compare(const KeyFields& fields, const std::vector<fhir::Node>& expected, const std::vector<fhir::Node>& ours);

  const std::vector<KeyFields>& fields_;
  std::string name_;
  const Reasons* reasons_ = nullptr;
  Count all_;
  int explained_ = 0;
  std::map<std::string, int> classes_;
};

}  // namespace meridian::mapping::testing
