#include "store/internal/opening.hpp"

#include <string>

#include "store/internal/tuple.hpp"
#include "store/internal/writing.hpp"

namespace meridian::store {

namespace {

constexpr std::string_view kFormatKey = "format";

/// Makes a store of format `from` one of format `from + 1`; again and again gives the same.
struct Upgrade {
  std::uint64_t from;
  Result<> (*run)(kv::Kv& kv);
};
// One row a format that was ever released, the oldest first.
constexpr std::array<Upgrade, 1> kUpgrades{{
    // 1 to 2: the space of notes, which the Kv has made by now; earlier releases do not know it.
    {1, [](kv::Kv& /*kv*/) { return Result<>(); }},
}};

Result<> write_format(kv::Kv& kv, std::uint64_t format) {
  kv::Batch batch;
  std::string value;
  put_varint(value, format);
  batch.put(space::kMeta, kFormatKey, value);
  return kv.commit(batch, kv::Durability::synced);
}

Result<SpanTable> load_spans(const kv::View& view, TenantId tenant) {
  SpanTable spans;
  const auto cursor = view.scan(space::kSpans, kv::Range::prefix(tenant_key(tenant)));
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    reader.u32();
    const index::Row first = reader.u64();
    spans.push_back({first, TRY(Span::parse(cursor->value()))});
  }
  TRY(cursor->status());
  return spans;
}

}  // namespace

Result<> check_format(kv::Kv& kv) {
  const auto bytes = TRY(kv.view()->get(space::kMeta, kFormatKey));
  if (!bytes) return write_format(kv, kFormat);
  TupleReader reader(*bytes);
  std::uint64_t format = reader.varint();
  if (!reader.at_end()) return fail(ErrorCode::io_failure, "the store's format record is damaged");
  if (format > kFormat) {
    return fail(ErrorCode::unsupported, "this store was written by a later release (its format is " +
                                            std::to_string(format) + ", this program knows up to " +
                                            std::to_string(kFormat) + "): use that release or a newer one");
  }
  for (const Upgrade& upgrade : kUpgrades) {
    if (upgrade.from != format) continue;
    TRY(upgrade.run(kv));
    TRY(write_format(kv, ++format));
  }
  if (format != kFormat) return fail(ErrorCode::unsupported, "this store is of a format that was never released");
  return {};
}

Result<> sweep_spans(kv::Kv& kv) {
  const auto view = kv.view();
  const auto cursor = view->scan(space::kSpans, {});
  for (; cursor->valid(); cursor->next()) {
    Span span = TRY(Span::parse(cursor->value()));
    if (span.fate != Span::Fate::staging) continue;
    TupleReader reader(cursor->key());
    const TenantId tenant(reader.u32());
    const index::Row first = reader.u64();
    TRY(sweep(kv, tenant, first, span.count));
    span.fate = Span::Fate::hole;
    kv::Batch batch;
    batch.put(space::kSpans, cursor->key(), span.encode());
    TRY(kv.commit(batch, kv::Durability::synced));
  }
  return cursor->status();
}

Result<> load_tenants(kv::Kv& kv, Snapshots& snapshots) {
  const auto view = kv.view();
  const auto cursor = view->scan(space::kState, {});
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    const TenantId tenant(reader.u32());
    if (!reader.at_end()) return fail(ErrorCode::io_failure, "a tenant's key is damaged: run verify");
    TenantState state = TRY(TenantState::parse(cursor->value()));
    Horizon horizon;
    horizon.tenant = tenant;
    horizon.commit = state.commit;
    horizon.time = state.time;
    horizon.spans = std::make_shared<const SpanTable>(TRY(load_spans(*view, tenant)));
    horizon.visible = {state.next_row, holes(*horizon.spans, state.next_row, state.commit)};
    horizon.state = std::make_shared<const TenantState>(std::move(state));
    snapshots.publish(std::move(horizon));
  }
  return cursor->status();
}

}  // namespace meridian::store
