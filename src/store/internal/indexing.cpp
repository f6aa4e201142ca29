#include "store/internal/indexing.hpp"

#include <optional>

#include "store/internal/reading.hpp"

namespace meridian::store {

Result<> visit_entries(const Snapshot& snapshot, const ValueCodec& codec,
                       const std::shared_ptr<const search::Parameters>& parameters, index::Row first, index::Row end,
                       const index::Rows& known, const EntriesVisitor& visit) {
  const Horizon& horizon = *snapshot.horizon;
  fhir::DocumentParser parser;
  index::Entries entries;
  Result<> done;
  TRY(visit_rows(
      *snapshot.view, horizon.tenant, first, end, [&](index::Row row, const RowBlock&, const RowEntry& entry) {
        if (!horizon.sees(row) || known.contains(row)) return true;
        entries.clear();
        if (entry.change != Change::deleted && !entry.is_purged) {
          const std::string key = value_key(horizon.tenant, entry.home, entry.type, entry.id, row);
          auto stored = get_value(*snapshot.view, key);
          auto text =
              stored ? codec.decode(horizon.tenant, entry.home, *stored) : Result<ValueText>(fail(stored.error()));
          // What was erased is found no more; what is damaged must be known.
          if (!text && text.error().code() != ErrorCode::gone) {
            done = fail(std::move(text).error());
            return false;
          }
          if (text) {
            Issues issues;
            fhir::Document document = parser.parse_borrowed(text->text, issues);
            if (document.has_root()) extract_entries(parameters, document.root(), entry.id, entries);
            parser.recycle(std::move(document));
          }
        }
        std::optional<index::Row> supersedes;
        if (entry.supersedes != RowEntry::kNone) supersedes = entry.supersedes;
        return visit(row, entries, supersedes);
      }));
  return done;
}

Result<> rebuild_head(index::Index& index, const Snapshot& snapshot, const ValueCodec& codec,
                      const std::shared_ptr<const search::Parameters>& parameters) {
  const index::Tenant tenant = snapshot.horizon->tenant.value();
  const index::Row end = snapshot.horizon->visible.end;
  index::Row first = index.next_row(tenant);
  const index::Rows known = index.chunk_rows(tenant);
  // Many rows are left only when a reindex was interrupted: in chunks then, since memory is bounded.
  for (; first + 2 * kChunkRows < end; first += kChunkRows) {
    index::ChunkBuilder chunk(tenant, first);
    TRY(visit_entries(snapshot, codec, parameters, first, first + kChunkRows, known,
                      [&](index::Row row, const index::Entries& entries, std::optional<index::Row> supersedes) {
                        chunk.add(row, entries, supersedes);
                        return true;
                      }));
    TRY(index.add_chunk(std::move(chunk)));
    TRY(index.flush(tenant, first + kChunkRows));
  }
  return visit_entries(snapshot, codec, parameters, first, end, known,
                       [&](index::Row row, const index::Entries& entries, std::optional<index::Row> supersedes) {
                         index.append(tenant, row, entries, supersedes);
                         return true;
                       });
}

}  // namespace meridian::store
