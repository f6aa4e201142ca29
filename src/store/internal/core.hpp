// Core: the parts of a store, put together, without threads: whoever owns it runs the sequencer and the delivery, on
// threads (store.cpp) or one step after another (simulations).
#pragma once

#include <memory>

#include "base/uuid.hpp"
#include "store/internal/preparation.hpp"
#include "store/internal/sequencer.hpp"
#include "store/internal/wakers.hpp"

namespace meridian::store {

struct Core {
  static Result<std::unique_ptr<Core>> open(StoreOptions options, std::unique_ptr<kv::Kv> kv);

  StoreOptions options;
  std::unique_ptr<kv::Kv> kv;
  ValueCodec codec;
  Homes homes;
  UuidMaker ids;
  Snapshots snapshots;
  Wakers wakers;
  Delivery delivery;
  Sequencer sequencer;
  Preparation preparation;

 private:
  Core(StoreOptions options, std::unique_ptr<kv::Kv> kv);
};

}  // namespace meridian::store
