// CodeSystem: the codes of one system, compact and unchanging: names in several languages, properties, hierarchy.
//
// Codes are numbered from 0 by a walk through the hierarchy, children in the order they were given, so that what lies
// below a code is one run of numbers in a tree, and a few runs in a hierarchy where codes have several parents
// (docs/adr/0090-codes-as-intervals.md). "Is it below?" is a comparison in a tree, a search in a short list elsewhere.
//
// Memory: 38 bytes a code, and its texts once each (equal texts share their bytes); 12 bytes a designation, 12 a
// property, 8 a parent link, 8 a run beyond a code's own. memory_bytes() tells it. Made by CodeSystemBuilder.
// Threads: immutable; read from any. Views live as long as the system.
// Specification: https://hl7.org/fhir/R4/codesystem.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "terminology/ranges.hpp"

namespace meridian::terminology {

/// The number of a code in its system.
using CodeNumber = std::uint32_t;

namespace internal {
class CodeSystemImage;
}

enum class Content : std::uint8_t { complete, fragment, example, not_present, supplement };

enum class ValueType : std::uint8_t { code, string, boolean, integer, decimal, date_time, coding };

/// What is known of a system besides its codes.
struct SystemAbout {
  std::string url = {};
  std::string version = {};
  std::string name = {};
  std::string value_set = {};    ///< canonical URL of the value set of all its codes; may be empty
  std::string language = {};     ///< of the displays: "en"; empty: not said
  std::string supplements = {};  ///< of a supplement: the system that it adds to
  Content content = Content::complete;
  bool is_case_sensitive = true;
};

struct Designation {
  std::string_view language;  ///< "zh-CN"; empty: not said
  std::string_view use;       ///< a code: "900000000000013009", "display"; may be empty
  std::string_view value;
};

struct Property {
  std::string_view name;
  ValueType type;
  std::string_view value;  ///< of a Coding: `system|code`
};

class CodeSystem {
 public:
  ~CodeSystem();
  CodeSystem(const CodeSystem&) = delete;
  CodeSystem& operator=(const CodeSystem&) = delete;

  struct Tables;
  const SystemAbout& about() const;
  std::uint32_t size() const;
  std::size_t memory_bytes() const;

  /// Honours the system's case sensitivity.
  std::optional<CodeNumber> find(std::string_view code) const;

  std::string_view code(CodeNumber number) const;
  std::string_view display(CodeNumber number) const;
  std::string_view definition(CodeNumber number) const;
  bool is_active(CodeNumber number) const;
  bool is_abstract(CodeNumber number) const;  ///< not to be chosen by users

  std::size_t designation_count(CodeNumber number) const;
  Designation designation(CodeNumber number, std::size_t index) const;
  std::size_t property_count(CodeNumber number) const;
  Property property(CodeNumber number, std::size_t index) const;
  /// Whether some code has a property of that name.
  bool has_property(std::string_view name) const;
  std::vector<std::string_view> property_names() const;

  std::span<const CodeNumber> parents(CodeNumber number) const;
  std::span<const CodeNumber> children(CodeNumber number) const;

  /// Whether `ancestor` is `code` or above it.
  bool subsumes(CodeNumber ancestor, CodeNumber code) const;
  /// The code and all below it.
  std::span<const Run> below(CodeNumber number) const;
  /// The code and all above it.
  Ranges above(CodeNumber number) const;

  /// The best name in a language ("zh", "en-GB"): a designation of it, or of one that begins alike; else the display.
  std::string_view display_in(CodeNumber number, std::string_view language) const;

 private:
  friend class CodeSystemBuilder;
  friend class internal::CodeSystemImage;
  explicit CodeSystem(std::unique_ptr<Tables> tables);
  std::unique_ptr<Tables> tables_;
};

using CodeSystemPtr = std::shared_ptr<const CodeSystem>;

/// Whether `language` is what is wanted, or a kind of it: zh-CN for zh; in any letters.
bool speaks(std::string_view language, std::string_view wanted);

}  // namespace meridian::terminology
