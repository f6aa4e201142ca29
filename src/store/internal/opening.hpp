// Opening: what happens before a store serves: its format is checked and, where it is an older one, brought up to date;
// what each tenant was last is read; large commits that never happened are swept.
#pragma once

#include "store/internal/snapshots.hpp"

namespace meridian::store {

/// A new store is given the present format. unsupported when a later release made it.
Result<> check_format(kv::Kv& kv);
/// Takes out what large commits wrote that never were committed; their rows are holes from now on.
Result<> sweep_spans(kv::Kv& kv);
/// Publishes the present of each tenant.
Result<> load_tenants(kv::Kv& kv, Snapshots& snapshots);

}  // namespace meridian::store
