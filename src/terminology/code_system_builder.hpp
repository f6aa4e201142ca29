// CodeSystemBuilder: gathers the codes of a system in any order and makes the unchanging CodeSystem of them.
//
// A parent may be named before it comes. At the end: parents that never came are left out and counted; links that would
// close a circle too. A code given twice: what is said later adds to it, and a display that is there stays.
// Errors: too_large beyond SystemLimits. Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "terminology/code_system.hpp"

namespace meridian::terminology {

struct SystemLimits {
  std::uint32_t max_codes = 8'000'000;
  std::uint64_t max_text_bytes = 3ULL << 30;
  std::uint64_t max_rows = 200'000'000;  ///< of designations, properties, parents and runs, each
};

class CodeSystemBuilder {
 public:
  explicit CodeSystemBuilder(SystemAbout about, SystemLimits limits = {});
  ~CodeSystemBuilder();

  SystemAbout& about();
  std::uint32_t size() const;

  /// A place for the code, in the order of first mention; the same one when it is there.
  std::uint32_t add(std::string_view code, std::string_view display = {});
  /// Whether the code has been added, rather than only named as a parent.
  bool knows(std::string_view code) const;
  std::string_view code(std::uint32_t place) const;  ///< until the next code is added
  void set_display(std::uint32_t place, std::string_view display);
  void set_definition(std::uint32_t place, std::string_view definition);
  void set_active(std::uint32_t place, bool is_active);
  void set_abstract(std::uint32_t place, bool is_abstract);
  void add_designation(std::uint32_t place, std::string_view language, std::string_view use, std::string_view value);
  void add_property(std::uint32_t place, std::string_view name, ValueType type, std::string_view value);
  void add_parent(std::uint32_t place, std::string_view parent);

  struct Built {
    CodeSystemPtr system;
    std::uint32_t unknown_parents = 0;  ///< links to codes that are not there
    std::uint32_t circles = 0;          ///< links left out since they close a circle
  };
  /// The builder is empty afterwards.
  Result<Built> build();

 private:
  struct Draft;
  std::unique_ptr<Draft> draft_;
};

}  // namespace meridian::terminology
