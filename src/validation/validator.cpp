#include "validation/validator.hpp"

#include "fhirpath/evaluation_context.hpp"
#include "validation/conformance.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/internal/profile.hpp"
#include "validation/internal/shared.hpp"
#include "validation/internal/walk.hpp"
#include "validation/profiles.hpp"

namespace meridian::validation {
namespace internal {

Shared::Shared(const fhir::Schema& s, std::shared_ptr<const Profiles> p, ValidatorOptions o)
    : schema(s),
      profiles(p != nullptr ? std::move(p) : std::make_shared<const Profiles>(s)),
      options(o),
      names(s),
      rules(s),
      terms(s, profiles.get()),
      store(std::make_unique<ProfileStore>(s, *profiles)),
      bundle(s.find_type("Bundle")) {}

Shared::~Shared() = default;

fhir::Membership Shared::contains(fhir::ValueSetId set, std::string_view url, std::string_view system,
                                  std::string_view code) const {
  const fhir::Membership here =
      set != fhir::ValueSetId::none ? schema.contains(set, system, code) : terms.contains(url, system, code);
  if (here == fhir::Membership::in || options.terminology == nullptr || url.empty()) return here;
  switch (options.terminology->member_of({system, {}, code}, url)) {
    case fhirpath::Answer::yes:
      return fhir::Membership::in;
    case fhirpath::Answer::no:
      return fhir::Membership::not_in;
    case fhirpath::Answer::unknown:
      break;
  }
  return here;
}

}  // namespace internal

struct Validator::Impl {
  internal::Shared shared;
  EmbeddedTerminology terminology;
};

Validator::Validator(const fhir::Schema& schema, std::shared_ptr<const Profiles> profiles, ValidatorOptions options)
    : impl_(new Impl{internal::Shared(schema, profiles, options), EmbeddedTerminology(schema, profiles)}) {}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

const fhir::Schema& Validator::schema() const {
  return impl_->shared.schema;
}
const ValidatorOptions& Validator::options() const {
  return impl_->shared.options;
}

namespace {

// conformsTo(), answered by the walk whose invariant asks it.
class ConformsTo : public fhirpath::ProfileCheck {
 public:
  explicit ConformsTo(internal::Walk& walk) : walk_(walk) {}
  fhirpath::Answer conforms_to(fhir::Node node, std::string_view profile) const override {
    return walk_.conforms_to(node, profile);
  }

 private:
  internal::Walk& walk_;
};

/// A walk and the context in which its invariants run.
struct Walker {
  explicit Walker(const Validator::Impl& validator) : walk(validator.shared, context), conforms_to(walk) {
    const ValidatorOptions& options = validator.shared.options;
    context.set_terminology(options.terminology != nullptr ? options.terminology : &validator.terminology);
    context.set_subsumption(options.subsumption != nullptr ? options.subsumption : &validator.terminology);
    context.set_profile_check(&conforms_to);
    // An invariant over one resource costs far less; what costs more was made to.
    context.set_limits(
        {.max_steps = 20'000'000, .max_items = 1'000'000, .max_bytes = 16U << 20U, .max_milliseconds = 0});
  }
  fhirpath::EvaluationContext context;
  internal::Walk walk;
  ConformsTo conforms_to;
};

}  // namespace

struct ValidationSession::Impl : Walker {
  using Walker::Walker;
};

ValidationSession::ValidationSession(const Validator& validator) : impl_(std::make_unique<Impl>(*validator.impl_)) {}
ValidationSession::~ValidationSession() = default;
ValidationSession::ValidationSession(ValidationSession&&) noexcept = default;

void ValidationSession::validate(const fhir::Document& document, Issues& issues,
                                 std::span<const std::string> profiles) {
  impl_->walk.run(document, profiles, issues);
}

struct Conformance::Impl : Walker {
  using Walker::Walker;
  fhir::Node root;            // of the document to look at
  bool is_looked_at = false;  // what the walk holds is of `root`
};

Conformance::Conformance(const Validator& validator) : impl_(std::make_unique<Impl>(*validator.impl_)) {}
Conformance::~Conformance() = default;
Conformance::Conformance(Conformance&&) noexcept = default;

void Conformance::look_at(const fhir::Document& document) {
  impl_->root = document.root();
  impl_->is_looked_at = false;
}

fhirpath::Answer Conformance::conforms_to(fhir::Node node, std::string_view profile) const {
  Impl& impl = *impl_;
  if (node.type() == fhir::TypeId::none) return fhirpath::Answer::unknown;
  const bool is_within = impl.root && node.document() == impl.root.document();
  if (!is_within || !impl.is_looked_at) impl.walk.look_at(is_within ? impl.root : node);
  impl.is_looked_at = is_within;
  return impl.walk.conforms(node, profile);
}

}  // namespace meridian::validation
