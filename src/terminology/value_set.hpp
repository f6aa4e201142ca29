// ValueSet: what a value set's definition says, and CodeSet: which codes that comes to.
//
// A CodeSet is made by compose() (include and exclude, lists of codes, filters, other value sets) and is exact about
// what it knows: each code is in, not in, or it is not known, since its system is not here or a filter is not
// understood. Of a system that is here, codes are Ranges; of one that is not, they are listed.
//
// Errors of compose(): unprocessable (value sets that include each other), too_costly (a limit passed). What cannot be
// evaluated is no error: it stays open, and `doubts` says why. Threads: values; a CodeSet is read from any.
// Specification: https://hl7.org/fhir/R4/valueset.html#compositions
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/fhir/schema.hpp"
#include "terminology/code_system.hpp"

namespace meridian::terminology {

/// How a value set words a code that it lists.
struct Wording {
  struct Name {
    std::string language, use, value;
  };
  std::string display;
  std::vector<Name> names;
};

struct Filter {
  std::string property;
  std::string op;  ///< "is-a", "descendent-of", "=" …
  std::string value;
};

struct Include {
  std::string system;
  std::string version;  ///< of the system; empty: the newest
  std::vector<std::pair<std::string, Wording>> codes;
  std::vector<Filter> filters;
  std::vector<std::string> value_sets;  ///< a code must be in all of them
};

struct ValueSet {
  std::string url;
  std::string version;
  std::string name;
  std::vector<Include> includes;
  std::vector<Include> excludes;
  bool takes_inactive = true;
};

/// A system whose codes are not listed but written by a grammar: UCUM.
using Grammar = bool (*)(std::string_view code);

/// The codes of one system within a CodeSet.
struct SystemCodes {
  std::string system;
  std::string version;
  CodeSystemPtr known;                                          ///< null: the system is not here
  Ranges sure;                                                  ///< of `known`: those that are in
  Ranges possible;                                              ///< those that may be in; all of `sure` among them
  std::map<std::string, fhir::Membership, std::less<>> listed;  ///< codes that are not in `known`
  Grammar grammar = nullptr;  ///< set: all that it takes are in, unless listed otherwise
  bool is_open = false;       ///< codes that are neither in `known` nor listed may be in
  std::map<std::string, Wording, std::less<>> words;

  fhir::Membership contains(std::string_view code) const;
};

class CodeSet {
 public:
  /// `system` empty: any.
  fhir::Membership contains(std::string_view system, std::string_view code) const;
  /// Whether all its codes can be listed.
  bool is_listable() const;
  std::size_t size() const;  ///< of the codes that are in for sure
  const std::vector<SystemCodes>& systems() const { return systems_; }
  const std::vector<std::string>& doubts() const { return doubts_; }

  void add(SystemCodes codes);
  /// Codes of any system may be in.
  void open() { is_open_ = true; }
  void doubt(std::string why);
  CodeSet united(const CodeSet& other) const;
  CodeSet common(const CodeSet& other) const;
  CodeSet without(const CodeSet& other) const;
  void drop_inactive();

 private:
  template <typename Combine>
  CodeSet combined(const CodeSet& other, Combine combine) const;
  SystemCodes part(std::string_view system, const SystemCodes* like) const;
  std::vector<SystemCodes> systems_;  // in the order of mention
  std::vector<std::string> doubts_;
  bool is_open_ = false;
};

using CodeSetPtr = std::shared_ptr<const CodeSet>;

/// Where compose() finds what a value set draws from.
class Sources {
 public:
  virtual ~Sources() = default;
  /// Null when it is not here. `version` empty: the newest.
  virtual CodeSystemPtr code_system(std::string_view url, std::string_view version) const = 0;
  virtual Grammar grammar(std::string_view system) const = 0;
  /// The value set of a canonical URL, already composed (`made`) or only as defined; false when it is not here.
  virtual bool value_set(std::string_view canonical, CodeSetPtr& made, const ValueSet*& defined) const = 0;
};

struct ComposeLimits {
  std::uint32_t max_depth = 32;           ///< of value sets that include value sets
  std::uint32_t max_value_sets = 10'000;  ///< looked at in all
  std::uint32_t max_includes = 1'000;     ///< of one value set; excludes too
  std::uint64_t max_looks = 100'000'000;  ///< at codes, by filters, in all
};

Result<CodeSet> compose(const ValueSet& set, const Sources& sources, ComposeLimits limits = {});

/// The codes of a system that a filter lets pass, in `passed`. False: the filter is not understood.
bool apply_filter(const CodeSystem& system, const Filter& filter, Ranges& passed);

}  // namespace meridian::terminology
