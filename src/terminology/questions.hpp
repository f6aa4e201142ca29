// Questions about codes, as the operations of the specification ask them, answered by a Snapshot.
//
// Threads: any. Texts in answers are their own. Errors: not_found for a system, value set or map that is not here, and
// for a code that its system lacks where the code is what is asked about (lookup, subsumes). Specification:
// https://hl7.org/fhir/R4/terminology-service.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/snapshot.hpp"

namespace meridian::terminology {

struct Code {
  std::string_view system;
  std::string_view version;  ///< of the system; may be empty
  std::string_view code;
};

struct Found {
  CodeSystemPtr system;
  CodeNumber number = 0;
};

/// The code in its system.
Result<Found> lookup(const Snapshot& snapshot, const Code& code);

struct Verdict {
  enum class Kind : std::uint8_t {
    valid,
    not_in,          ///< of the system or the value set
    unknown_system,  ///< it cannot be said: the code's system is not here, or only in part
    wrong_display,   ///< the code is in, but is not called that
  };
  Kind kind = Kind::valid;
  std::string display;  ///< the right name, where the code is known
  std::string system;   ///< of the code, where it was not given and one was found
  bool is_inactive = false;
};

/// Whether the system has the code. `display` empty: any.
Result<Verdict> validate_in_system(const Snapshot& snapshot, const Code& code, std::string_view display,
                                   std::string_view language);
/// Whether the value set has the code; an empty system: any.
Result<Verdict> validate_in_set(const Snapshot& snapshot, const CodeSet& set, const Code& code,
                                std::string_view display, std::string_view language);

enum class Order : std::uint8_t { equivalent, subsumes, subsumed_by, not_subsumed };
/// How two codes of one system stand to each other.
Result<Order> compare(const Snapshot& snapshot, std::string_view system, std::string_view version, std::string_view a,
                      std::string_view b);

struct TranslationRequest {
  Code code;
  std::string_view target_system = {};
  std::string_view source_set = {};  ///< canonical URLs of value sets; they choose among maps
  std::string_view target_set = {};
  bool is_reverse = false;
};
struct Translated {
  Mapping mapping;
  std::string map;  ///< canonical URL of the map that says so
};
/// What one map says, or all of them (null). An empty answer: no map says anything of the code.
std::vector<Translated> translate(const Snapshot& snapshot, const ConceptMap* map, const TranslationRequest& request);

/// Whether a mapping says that something corresponds.
bool is_match(const Mapping& mapping);

}  // namespace meridian::terminology
