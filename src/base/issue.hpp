// Issue: a fault in somebody's data, said precisely and collected rather than thrown.
//
// Every parser, validator, mapping and rule reports through Issues: how bad, what kind, where (the path in
// the data's own terms and the place in the bytes), and a message that can be read in English or Chinese.
// A module declares its messages once, as constants:
//
//   inline constexpr Message kDuplicateKey{"json-duplicate-key", "the key \"{0}\" stands twice", "键“{0}”重复出现"};
//   issues.add({Severity::error, IssueType::structure, kDuplicateKey, {std::string(key)}, path, position});
//
// Arguments are names from schemas and standards or short excerpts; the access log and metrics never get them.
// Specification of severities and types: https://hl7.org/fhir/R4/valueset-issue-type.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meridian {

enum class Severity : std::uint8_t { fatal, error, warning, information };

/// The codes of http://hl7.org/fhir/issue-type that faults in data use.
enum class IssueType : std::uint8_t {
  invalid,
  structure,
  required,
  value,
  invariant,
  security,
  processing,
  not_supported,
  duplicate,
  multiple_matches,
  not_found,
  too_long,
  code_invalid,
  extension,
  too_costly,
  business_rule,
  conflict,
  informational
};

enum class Language : std::uint8_t { english, chinese };

/// A message in both languages. `{0}`, `{1}` … stand for the arguments. Always a constant with static storage.
struct Message {
  std::string_view id;  ///< stable, kebab-case; tests and users refer to it
  std::string_view english;
  std::string_view chinese;
};

/// A place in the bytes: offset counts bytes from 0, line and column from 1 (column in bytes). Line 0: not known.
struct Position {
  std::size_t offset = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool operator==(const Position&) const = default;
};

struct Issue {
  Severity severity;
  IssueType type;
  const Message* message;
  std::vector<std::string> arguments;
  std::string path;  ///< in the data's own terms: `Patient.name[0].given[1]`, `PID-3[2].1`; may be empty
  Position position;

  Issue(Severity s, IssueType t, const Message& m, std::vector<std::string> a = {}, std::string p = {},
        Position at = {})
      : severity(s), type(t), message(&m), arguments(std::move(a)), path(std::move(p)), position(at) {}
};

std::string_view name(Severity severity);  ///< "error"
std::string_view name(IssueType type);     ///< "code-invalid"
/// The message with its arguments in place.
std::string text(const Issue& issue, Language language);

/// Collects issues up to a bound on their number, so that a bad file cannot fill memory; counts the rest.
class Issues {
 public:
  static constexpr std::size_t kDefaultLimit = 1000;
  explicit Issues(std::size_t limit = kDefaultLimit) : limit_(limit) {}

  void add(Issue issue);
  void add_all(Issues&& other);
  void clear();
  /// Puts each issue where `place` says: from a part of a file to the file.
  template <typename Place>
  void move_positions(Place place) {
    for (Issue& issue : kept_) issue.position = place(issue.position);
  }

  const std::vector<Issue>& all() const { return kept_; }
  bool empty() const { return kept_.empty(); }
  std::size_t size() const { return kept_.size(); }
  /// How many were not kept because the bound was reached.
  std::size_t dropped() const { return dropped_; }
  /// Whether any issue, kept or dropped, is an error or fatal.
  bool has_errors() const { return errors_ > 0; }
  bool has_fatal() const { return fatal_ > 0; }
  std::size_t errors() const { return errors_; }  ///< fatal ones included
  std::size_t warnings() const { return warnings_; }

 private:
  std::vector<Issue> kept_;
  std::size_t limit_;
  std::size_t dropped_ = 0;
  std::size_t errors_ = 0;
  std::size_t fatal_ = 0;
  std::size_t warnings_ = 0;
};

/// Line and column of a byte offset in a text; for reporting only, it counts lines from the start.
Position position_at(std::string_view text, std::size_t offset);

}  // namespace meridian
