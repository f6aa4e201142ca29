#include "store/ports.hpp"

namespace meridian::store {

namespace {

class NullSealer final : public Sealer {
 public:
  Result<std::string> seal(TenantId, std::string_view, std::string_view plain) const override {
    return std::string(plain);
  }
  Result<std::string> open(TenantId, std::string_view, std::string_view sealed) const override {
    return std::string(sealed);
  }
  Result<> destroy(TenantId, std::string_view) override { return {}; }
};

}  // namespace

Sealer& null_sealer() {
  static NullSealer sealer;
  return sealer;
}

}  // namespace meridian::store
