#include "app/write_check.hpp"

#include <utility>

#include "base/pool.hpp"
#include "formats/fhir/schema.hpp"
#include "terminology/service.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

using validation::Check;

class ValidatingCheck final : public store::WriteCheck {
 public:
  ValidatingCheck(std::shared_ptr<const validation::Profiles> profiles, const validation::ValidatorOptions& options)
      : validator_(fhir::Schema::r4(), std::move(profiles), options) {}

  void check(const store::WriteContext&, const fhir::Document& document, Issues& issues) const override {
    std::unique_ptr<validation::ValidationSession> session =
        idle_.take_or([this] { return std::make_unique<validation::ValidationSession>(validator_); });
    Issues found;
    session->validate(document, found);
    idle_.give(std::move(session));
    if (found.has_errors()) issues.add_all(std::move(found));
  }

 private:
  validation::Validator validator_;
  mutable Pool<validation::ValidationSession> idle_{16};  // their scratch memory is worth keeping
};

}  // namespace

std::unique_ptr<store::WriteCheck> make_write_check(std::string_view level,
                                                    std::shared_ptr<const validation::Profiles> profiles,
                                                    const terminology::Service& terminology) {
  if (level == "off") return nullptr;
  validation::ValidatorOptions options;
  options.best_practice = Check::off;
  options.terminology = &terminology;
  options.subsumption = &terminology;
  if (level == "structure") {
    options.bindings = options.invariants = options.references = options.narrative = options.profiles = Check::off;
  }
  return std::make_unique<ValidatingCheck>(std::move(profiles), options);
}

}  // namespace meridian::app
