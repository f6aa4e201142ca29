#include "store/internal/reindexing.hpp"

#include <algorithm>

#include "store/internal/indexing.hpp"
#include "store/internal/nodes.hpp"
#include "store/internal/scanning.hpp"
#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

std::string parameters_key(TenantId tenant) {
  return "parameters" + tenant_key(tenant);
}

/// Adds a definition when it is active and right.
void add_definition(std::shared_ptr<const search::Parameters>& parameters, const std::string& json) {
  fhir::DocumentParser parser;
  Issues issues;
  const fhir::Document document = parser.parse_borrowed(json, issues);
  if (!document.has_root() || child_text(document.root(), "status") != "active") return;
  auto with = search::Parameters::with(parameters, document.root(), issues);
  if (with != nullptr && !issues.has_errors()) parameters = std::move(with);
}

}  // namespace

Result<> load_parameters(Core& core, TenantId tenant) {
  const Snapshot snapshot = TRY(core.snapshots.take(tenant, {}));
  const auto bytes = TRY(snapshot.view->get(space::kMeta, parameters_key(tenant)));
  if (!bytes) return {};
  auto parameters = search::Parameters::r4();
  TupleReader reader(*bytes);
  for (std::uint64_t count = reader.varint(); count > 0 && reader.ok(); --count) {
    add_definition(parameters, std::string(reader.bytes()));
  }
  if (!reader.at_end()) return fail(ErrorCode::io_failure, "the record of search parameters is damaged");
  core.parameters.set(tenant, std::move(parameters));
  return {};
}

Result<> reindex_tenant(Core& core, TenantId tenant, const Callback<void(std::string_view)>& progress) {
  const Snapshot snapshot = TRY(core.snapshots.take(tenant, {}));
  const ReadContext context;
  const Showing showing(nullptr, context, core.parameters.of(tenant), nullptr);
  auto parameters = search::Parameters::r4();
  std::vector<std::string> definitions;
  TRY(scan_type(snapshot, core.codec, showing, context, "SearchParameter", {}, [&](Version&& version) {
    add_definition(parameters, version.json);
    definitions.push_back(std::move(version.json));
    return true;
  }));
  std::string record;
  put_varint(record, definitions.size());
  for (const std::string& definition : definitions) put_bytes(record, definition);
  kv::Batch batch;
  batch.put(space::kMeta, parameters_key(tenant), record);
  TRY(core.kv->commit(batch, kv::Durability::synced));

  TRY(core.index->erase(tenant.value()));
  core.parameters.set(tenant, parameters);
  const index::Row end = snapshot.horizon->visible.end;
  for (index::Row first = 0; first < end; first += kChunkRows) {
    index::ChunkBuilder chunk(tenant.value(), first);
    TRY(visit_entries(snapshot, core.codec, parameters, first, std::min(first + kChunkRows, end), {},
                      [&](index::Row row, const index::Entries& entries, std::optional<index::Row> supersedes) {
                        chunk.add(row, entries, supersedes);
                        return true;
                      }));
    TRY(core.index->add_chunk(std::move(chunk)));
    TRY(core.index->flush(tenant.value(), std::min(first + kChunkRows, end)));
    if (progress) progress(std::to_string(std::min(first + kChunkRows, end)) + " of " + std::to_string(end) + " rows");
  }
  return {};
}

}  // namespace meridian::store
