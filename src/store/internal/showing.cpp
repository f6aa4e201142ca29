#include "store/internal/showing.hpp"

namespace meridian::store {

Result<Permission> Showing::permission(fhir::TypeId type) const {
  if (policy_ == nullptr) return Permission{};
  return policy_->permission(context_, type);
}

Result<bool> Showing::show(Version& version) const {
  if (policy_ == nullptr) return true;
  const Permission permission = TRY(policy_->permission(context_, fhir::Schema::r4().find_type(version.key.type)));
  if (permission.is_denied) return false;
  if (!permission.rows.empty() || !permission.masked.empty()) {
    return fail(ErrorCode::unsupported, "row predicates and masks are not applied yet");
  }
  return true;
}

}  // namespace meridian::store
