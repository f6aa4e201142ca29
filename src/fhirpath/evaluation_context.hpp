// EvaluationContext: what an evaluation may ask besides its input, what it may cost, and the memory it works in.
//
// Keep one per thread and use it again and again: its memory grows to what the evaluations need and stays, so that
// evaluating allocates nothing in the common case. Values given to set_variable() must live as long as they are set.
// Not safe for two threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "fhirpath/value.hpp"
#include "formats/fhir/document.hpp"

namespace meridian {
class Clock;
}

namespace meridian::fhirpath {

class Terminology;
class Subsumption;
class ReferenceResolver;
class ProfileCheck;
class TraceSink;
class Expression;

namespace internal {
struct Scratch;
class Machine;
}  // namespace internal

/// What one evaluation may cost; beyond it the answer is an Error (too_costly, or timeout for the time passed).
struct EvaluationLimits {
  std::uint64_t max_steps = 50'000'000;         ///< operations and items touched
  std::uint32_t max_items = 2'000'000;          ///< alive at once, 40 bytes each
  std::uint64_t max_bytes = 64U * 1024 * 1024;  ///< of texts and quantities that it makes
  std::uint32_t max_milliseconds = 0;           ///< of time passed; 0: not limited
};

class EvaluationContext {
 public:
  EvaluationContext();
  ~EvaluationContext();
  EvaluationContext(EvaluationContext&&) noexcept;
  EvaluationContext& operator=(EvaluationContext&&) noexcept;

  /// %resource and %rootResource: the resource that holds the input, and the one that contains that. Null nodes, as at
  /// the start: the input itself.
  void set_resource(fhir::Node resource) { resource_ = resource; }
  void set_root_resource(fhir::Node resource) { root_resource_ = resource; }
  /// A variable declared in CompileOptions; one that is declared and not set is empty.
  void set_variable(std::string_view name, Collection values);
  void clear_variables();

  /// For now(), today() and timeOfDay(), read once per evaluation; without one, the system's.
  void set_clock(const Clock* clock) { clock_ = clock; }
  /// The offset from UTC, in minutes, in which now() is told.
  void set_utc_offset(int minutes) { utc_offset_minutes_ = minutes; }

  /// Ports, not owned; null: the fall-back of ports.hpp.
  void set_terminology(const Terminology* port) { terminology_ = port; }
  void set_subsumption(const Subsumption* port) { subsumption_ = port; }
  void set_reference_resolver(const ReferenceResolver* port) { references_ = port; }
  void set_profile_check(const ProfileCheck* port) { profiles_ = port; }
  void set_trace_sink(TraceSink* sink) { trace_ = sink; }

  void set_limits(const EvaluationLimits& limits) { limits_ = limits; }
  const EvaluationLimits& limits() const { return limits_; }
  /// Bytes of working memory held.
  std::size_t memory_bytes() const;

 private:
  friend class internal::Machine;
  friend class Expression;
  std::unique_ptr<internal::Scratch> scratch_;
  fhir::Node resource_;
  fhir::Node root_resource_;
  const Clock* clock_ = nullptr;
  int utc_offset_minutes_ = 0;
  const Terminology* terminology_ = nullptr;
  const Subsumption* subsumption_ = nullptr;
  const ReferenceResolver* references_ = nullptr;
  const ProfileCheck* profiles_ = nullptr;
  TraceSink* trace_ = nullptr;
  EvaluationLimits limits_;
};

}  // namespace meridian::fhirpath
