// Core: the parts of a store, put together, without threads: whoever owns it runs the sequencer, the stager and the
// delivery, on threads (store.cpp) or one step after another (simulations).
#pragma once

#include <memory>

#include "base/uuid.hpp"
#include "store/internal/sequencer.hpp"
#include "store/internal/wakers.hpp"

namespace meridian::store {

struct Core {
  static Result<std::unique_ptr<Core>> open(StoreOptions options, std::unique_ptr<kv::Kv> kv, SequencerRules rules);

  StoreOptions options;
  std::unique_ptr<kv::Kv> kv;
  std::unique_ptr<index::Index> index;
  ValueCodec codec;
  Homes homes;
  UuidMaker ids;
  ParameterSets parameters;
  Snapshots snapshots;
  Wakers wakers;
  Delivery delivery;
  Searching searching;
  Preparation preparation;
  Decider decider;
  Stager stager;
  Sequencer sequencer;

  /// Prepares it in this thread and hands it to the sequencer.
  void commit(const WriteContext& context, CommitRequest request, CommitDone done);
  Showing showing(const ReadContext& context) const;

 private:
  Core(StoreOptions given, std::unique_ptr<kv::Kv> opened, std::unique_ptr<index::Index> indexed,
       const SequencerRules& rules);
};

}  // namespace meridian::store
