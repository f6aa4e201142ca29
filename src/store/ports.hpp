// Ports of the store: what it asks of the world above: may this be read, may this be written, how is it sealed.
//
// Implementations are called from many threads at once and must be quick; they outlive the store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "search/query.hpp"
#include "store/context.hpp"

namespace meridian::store {

/// What a context may see of one type: a row predicate that searches compile into their plans, and elements to be left
/// out.
struct Permission {
  bool is_denied = false;           ///< nothing of the type at all
  search::Filter rows;              ///< empty: every one
  std::vector<std::string> masked;  ///< element paths ("Patient.address", "Patient.identifier") that are not shown
};

class ReadPolicy {
 public:
  virtual ~ReadPolicy() = default;
  virtual Result<Permission> permission(const ReadContext& context, fhir::TypeId type) const = 0;
};

/// Looks at a resource before it is written. Issues of severity error or fatal refuse it.
class WriteCheck {
 public:
  virtual ~WriteCheck() = default;
  virtual void check(const WriteContext& context, const fhir::Document& document, Issues& issues) const = 0;
};

/// Seals what is stored of one home (a patient, or "shared"). Until keys exist, null_sealer() hands bytes through.
class Sealer {
 public:
  virtual ~Sealer() = default;
  virtual Result<std::string> seal(TenantId tenant, std::string_view home, std::string_view plain) const = 0;
  virtual Result<std::string> open(TenantId tenant, std::string_view home, std::string_view sealed) const = 0;
  /// Makes everything of that home unreadable for good.
  virtual Result<> destroy(TenantId tenant, std::string_view home) = 0;
};
Sealer& null_sealer();

}  // namespace meridian::store
