#include "app/write_check.hpp"

#include <mutex>
#include <utility>
#include <vector>

#include "formats/fhir/schema.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

using validation::Check;

class ValidatingCheck final : public store::WriteCheck {
 public:
  ValidatingCheck(std::shared_ptr<const validation::Profiles> profiles, const validation::ValidatorOptions& options)
      : validator_(fhir::Schema::r4(), std::move(profiles), options) {}

  void check(const store::WriteContext&, const fhir::Document& document, Issues& issues) const override {
    std::unique_ptr<validation::ValidationSession> session = take();
    Issues found;
    session->validate(document, found);
    // Sessions are kept: their scratch memory is worth it.
    give_back(std::move(session));
    if (found.has_errors()) issues.add_all(std::move(found));
  }

 private:
  std::unique_ptr<validation::ValidationSession> take() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    return std::make_unique<validation::ValidationSession>(validator_);
  }
  void give_back(std::unique_ptr<validation::ValidationSession> session) const {
    constexpr std::size_t kMost = 16;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMost) idle_.push_back(std::move(session));
  }

  validation::Validator validator_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<validation::ValidationSession>> idle_;
};

}  // namespace

std::unique_ptr<store::WriteCheck> make_write_check(std::string_view level,
                                                    std::shared_ptr<const validation::Profiles> profiles) {
  if (level == "off") return nullptr;
  validation::ValidatorOptions options;
  options.best_practice = Check::off;
  if (level == "structure") {
    options.bindings = options.invariants = options.references = options.narrative = options.profiles = Check::off;
  }
  return std::make_unique<ValidatingCheck>(std::move(profiles), options);
}

}  // namespace meridian::app
