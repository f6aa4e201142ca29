// Homes: whose record a resource belongs to, and with whose it lies on disk: "Patient/7", or "shared".
//
// By the published table home_table.def: the first reference to a patient in the elements that it names for the type.
// Only references within this server count (`Patient/7`, a version after it or not); `urn:uuid:` and other servers'
// do not. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::store {

inline constexpr std::string_view kSharedHome = "shared";

class Homes {
 public:
  explicit Homes(const fhir::Schema& schema);
  /// `id` is the resource's own.
  std::string home(fhir::Node resource, std::string_view id) const;

 private:
  using Path = std::vector<fhir::NameId>;
  std::vector<std::vector<Path>> paths_;  // by type
  fhir::TypeId patient_;
  fhir::NameId reference_;
};

/// Of "Patient/7" or "Patient/7/_history/2" the type and id; nothing for anything else.
struct LocalReference {
  std::string_view type;
  std::string_view id;
};
std::optional<LocalReference> parse_local_reference(std::string_view reference);
/// https://hl7.org/fhir/R4/datatypes.html#id
bool is_resource_id(std::string_view id);

}  // namespace meridian::store
