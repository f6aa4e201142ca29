#include "store/internal/core.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/internal/indexing.hpp"
#include "store/internal/opening.hpp"
#include "store/internal/purging.hpp"
#include "store/internal/reindexing.hpp"

namespace meridian::store {

namespace {

StoreOptions completed(StoreOptions options) {
  if (options.clock == nullptr) options.clock = &system_clock();
  if (options.random == nullptr) options.random = &system_random();
  if (options.sealer == nullptr) options.sealer = &null_sealer();
  return options;
}

}  // namespace

Core::Core(StoreOptions given, std::unique_ptr<kv::Kv> opened, std::unique_ptr<index::Index> indexed,
           const SequencerRules& rules)
    : options(completed(std::move(given))),
      kv(std::move(opened)),
      index(std::move(indexed)),
      codec(*options.sealer),
      homes(fhir::Schema::r4()),
      ids(*options.clock, *options.random),
      snapshots(*kv),
      searching(*index, parameters, codec, options.code_sets),
      preparation(codec, homes, searching, parameters, options, ids),
      decider(codec, searching, preparation),
      stager(*kv, *index, snapshots, decider),
      sequencer({*kv, *index, snapshots, decider, *options.clock, delivery, wakers, stager}, rules) {
  stager.hand_back_to([this](std::unique_ptr<StagedCommit> staged) { sequencer.finish_staged(std::move(staged)); });
}

Result<std::unique_ptr<Core>> Core::open(StoreOptions options, std::unique_ptr<kv::Kv> kv, SequencerRules rules) {
  TRY(check_format(*kv));
  TRY(sweep_spans(*kv));
  auto index = TRY(index::Index::open(*kv, kIndexSpaces));
  std::unique_ptr<Core> core(new Core(std::move(options), std::move(kv), std::move(index), rules));
  TRY(replay_ledger(*core->kv, *core->options.sealer));
  TRY(load_tenants(*core->kv, core->snapshots));
  for (const TenantId tenant : core->snapshots.tenants()) {
    TRY(load_parameters(*core, tenant));
    const Snapshot snapshot = TRY(core->snapshots.take(tenant, {}));
    TRY(rebuild_head(*core->index, snapshot, core->codec, core->parameters.of(tenant)));
    if (core->index->wants_flush(tenant.value())) core->stager.flush(tenant);
  }
  return core;
}

void Core::commit(const WriteContext& context, CommitRequest request, CommitDone done) {
  auto prepared = preparation.prepare(context, std::move(request));
  if (!prepared) {
    delivery.add(std::move(done), tl::unexpected(std::move(prepared).error()));
    return;
  }
  (*prepared)->done = std::move(done);
  sequencer.submit(std::move(*prepared));
}

Showing Core::showing(const ReadContext& context) const {
  return {options.policy, context, parameters.of(context.tenant), options.code_sets};
}

}  // namespace meridian::store
