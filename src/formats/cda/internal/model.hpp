// Model: what CDA R2's model allows in its main classes. Specification: CDA R2, POCD_HD000040 and 4.3.6.
#pragma once

#include <span>
#include <string_view>

#include "formats/cda/section.hpp"

namespace meridian::cda::internal {

struct StatementModel {
  std::span<const std::string_view> classes;
  std::span<const std::string_view> moods;  ///< none: it has no mood
  std::span<const std::string_view> required;
  bool allows_class(std::string_view code) const;
  bool allows_mood(std::string_view code) const;
  bool has_mood() const { return !moods.empty(); }
};
const StatementModel& model_of(EntryKind kind);

struct ClassModel {
  std::string_view name;
  std::span<const std::string_view> children;
  bool knows(std::string_view child) const;
};
/// nullptr: not one of those described here.
const ClassModel* class_of(std::string_view element_name);

/// Whether HL7 v3 has a data type of that name, though data_type.hpp does not read it.
bool is_known_type(std::string_view name);

}  // namespace meridian::cda::internal
