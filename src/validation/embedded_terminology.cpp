#include "validation/embedded_terminology.hpp"

#include "validation/internal/terms.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation {
namespace {

fhirpath::Answer answer(fhir::Membership membership) {
  switch (membership) {
    case fhir::Membership::in:
      return fhirpath::Answer::yes;
    case fhir::Membership::not_in:
      return fhirpath::Answer::no;
    case fhir::Membership::unknown:
      break;
  }
  return fhirpath::Answer::unknown;
}

}  // namespace

EmbeddedTerminology::EmbeddedTerminology(const fhir::Schema& schema, std::shared_ptr<const Profiles> loaded)
    : loaded_(std::move(loaded)), terms_(std::make_unique<internal::Terms>(schema, loaded_.get())) {}
EmbeddedTerminology::~EmbeddedTerminology() = default;
EmbeddedTerminology::EmbeddedTerminology(EmbeddedTerminology&&) noexcept = default;

fhirpath::Answer EmbeddedTerminology::member_of(const fhirpath::CodedValue& coded, std::string_view value_set) const {
  return answer(terms_->contains(value_set, coded.system, coded.code));
}

fhirpath::Answer EmbeddedTerminology::subsumes(const fhirpath::CodedValue& ancestor,
                                               const fhirpath::CodedValue& descendant) const {
  if (ancestor.system != descendant.system) return fhirpath::Answer::no;
  return answer(terms_->subsumes(ancestor.system, ancestor.code, descendant.code));
}

}  // namespace meridian::validation
