#include "ingest/ports.hpp"

namespace meridian::ingest {
namespace {

class PlainResolver final : public IdentityResolver {
 public:
  void resolve(const Message& /*message*/, Writes& /*writes*/, Issues& /*issues*/) const override {}
};

class PlainGate final : public QualityGate {
 public:
  void check(const Message& /*message*/, const Writes& /*writes*/, Issues& /*issues*/) const override {}
};

}  // namespace

const IdentityResolver& plain_resolver() {
  static const PlainResolver resolver;
  return resolver;
}

const QualityGate& plain_gate() {
  static const PlainGate gate;
  return gate;
}

}  // namespace meridian::ingest
