#include "store/internal/core.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/internal/opening.hpp"

namespace meridian::store {

namespace {

StoreOptions completed(StoreOptions options) {
  if (options.clock == nullptr) options.clock = &system_clock();
  if (options.random == nullptr) options.random = &system_random();
  if (options.sealer == nullptr) options.sealer = &null_sealer();
  return options;
}

}  // namespace

Core::Core(StoreOptions given, std::unique_ptr<kv::Kv> opened)
    : options(completed(std::move(given))),
      kv(std::move(opened)),
      codec(*options.sealer),
      homes(fhir::Schema::r4()),
      ids(*options.clock, *options.random),
      snapshots(*kv),
      sequencer({*kv, snapshots, codec, *options.clock, delivery, wakers}, options.memory_bytes / 8),
      preparation(codec, homes, options.check, ids) {}

Result<std::unique_ptr<Core>> Core::open(StoreOptions options, std::unique_ptr<kv::Kv> kv) {
  TRY(check_format(*kv));
  std::unique_ptr<Core> core(new Core(std::move(options), std::move(kv)));
  TRY(load_tenants(*core->kv, core->snapshots));
  return core;
}

}  // namespace meridian::store
