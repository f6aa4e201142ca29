#include "index/index.hpp"

#include <unordered_map>
#include <utility>

#include "index/internal/chunk_writer.hpp"
#include "index/internal/view_state.hpp"

namespace meridian::index {

struct ChunkBuilder::State {
  State(Tenant number, Row first) : tenant(number), head(first) {}
  Tenant tenant;
  Head head;
};

ChunkBuilder::ChunkBuilder(Tenant tenant, Row first) : state_(std::make_unique<State>(tenant, first)) {}
ChunkBuilder::~ChunkBuilder() = default;
ChunkBuilder::ChunkBuilder(ChunkBuilder&&) noexcept = default;

void ChunkBuilder::add(Row row, const Entries& entries, std::optional<Row> supersedes) {
  state_->head.append(row, entries, supersedes);
}

std::size_t ChunkBuilder::memory_bytes() const {
  return state_->head.memory_bytes();
}

struct Index::State {
  kv::Kv& kv;
  IndexSpaces spaces;
  IndexOptions options;
  mutable std::shared_mutex mutex;
  std::unordered_map<Tenant, std::shared_ptr<TenantState>> tenants;

  std::shared_ptr<TenantState> find(Tenant tenant) const {
    const std::shared_lock lock(mutex);
    const auto found = tenants.find(tenant);
    return found == tenants.end() ? nullptr : found->second;
  }
  std::shared_ptr<TenantState> find_or_make(Tenant tenant) {
    if (std::shared_ptr<TenantState> found = find(tenant)) return found;
    const std::lock_guard lock(mutex);
    std::shared_ptr<TenantState>& made = tenants[tenant];
    if (made == nullptr) made = std::make_shared<TenantState>(tenant);
    return made;
  }

  Result<> load();
  void put_records(kv::Batch& batch, Tenant tenant, const ChunkRecord& record, const Outline& outline) const;
  Result<> publish(TenantState& tenant, kv::Batch& batch, Progress& progress);
};

Index::Index(std::unique_ptr<State> state) : state_(std::move(state)) {}
Index::~Index() = default;

Result<std::unique_ptr<Index>> Index::open(kv::Kv& kv, IndexSpaces spaces, IndexOptions options) {
  auto state = std::make_unique<State>(kv, spaces, options);
  TRY(state->load());
  return std::unique_ptr<Index>(new Index(std::move(state)));
}

Result<> Index::State::load() {
  const std::unique_ptr<kv::View> view = kv.view();
  const std::unique_ptr<kv::Cursor> cursor = view->scan(spaces.state, {}, kv::Direction::forward, kv::CacheUse::pass);
  std::unordered_map<Tenant, Outlines> outlines;
  for (; cursor->valid(); cursor->next()) {
    const std::string_view key = cursor->key();
    if (key.size() < 5) return fail(ErrorCode::malformed_input, "a key of the index's state is damaged");
    TenantState& tenant = *find_or_make(parse_tenant(key));
    if (key[4] == 'g') {
      tenant.progress = TRY(parse_progress(cursor->value()));
    } else if (key[4] == 'c') {
      const ChunkRecord record = TRY(parse_chunk(cursor->value()));
      tenant.lifetimes.add(record);
      tenant.chunk_rows |= record.rows;
    } else if (key[4] == 'h') {
      outlines[tenant.tenant].push_back(std::make_shared<const Outline>(TRY(parse_outline(cursor->value()))));
    }
  }
  TRY(cursor->status());
  for (auto& [number, tenant] : tenants) {
    tenant->chunk_rows.remove_range(0, tenant->progress.next_row);
    tenant->add_outlines(outlines[number]);
  }
  return {};
}

Row Index::next_row(Tenant tenant) const {
  const std::shared_ptr<TenantState> state = state_->find(tenant);
  if (state == nullptr) return 0;
  const std::shared_lock lock(state->mutex);
  return state->progress.next_row;
}

Rows Index::chunk_rows(Tenant tenant) const {
  const std::shared_ptr<TenantState> state = state_->find(tenant);
  if (state == nullptr) return {};
  const std::shared_lock lock(state->mutex);
  return state->chunk_rows;
}

namespace {

/// Sets the active head aside, so that it can be written while a new one fills.
void freeze(TenantState& state) {
  const std::lock_guard lock(state.mutex);
  if (state.active->empty()) return;
  state.frozen.push_back(state.active);
  state.frozen_rows += state.active->rows();
  state.frozen_bytes += state.active->memory_bytes();
  state.active = std::make_shared<Head>();
  state.active_rows = state.active_bytes = 0;
}

}  // namespace

void Index::append(Tenant tenant, Row row, const Entries& entries, std::optional<Row> supersedes) {
  TenantState& state = *state_->find_or_make(tenant);
  const std::lock_guard appending(state.appending);
  if (!state.active->fits(row)) freeze(state);
  state.active->append(row, entries, supersedes);
  state.lifetimes.add(row, supersedes);
  const std::lock_guard lock(state.mutex);
  state.active_rows = state.active->rows();
  state.active_bytes = state.active->memory_bytes();
}

bool Index::wants_flush(Tenant tenant) const {
  const std::shared_ptr<TenantState> state = state_->find(tenant);
  if (state == nullptr) return false;
  const std::shared_lock lock(state->mutex);
  return state->active_rows >= state_->options.head_rows || state->active_bytes >= state_->options.head_bytes;
}

void Index::State::put_records(kv::Batch& batch, Tenant tenant, const ChunkRecord& record,
                               const Outline& outline) const {
  const Row first = *record.rows.at_or_after(0);
  batch.put(spaces.state, chunk_key(tenant, first), encode(record));
  batch.put(spaces.state, outline_key(tenant, first), encode(outline));
}

/// Writes the batch with the progress, which gets its next generation, and waits until it is safe.
Result<> Index::State::publish(TenantState& tenant, kv::Batch& batch, Progress& progress) {
  ++progress.generation;
  batch.put(spaces.state, progress_key(tenant.tenant), encode(progress));
  return kv.commit(batch, kv::Durability::synced);
}

Result<> Index::flush(Tenant tenant, Row up_to) {
  TenantState& state = *state_->find_or_make(tenant);
  const std::lock_guard flushing(state.flushing);
  {
    const std::lock_guard appending(state.appending);
    freeze(state);
  }
  Heads heads;
  {
    const std::shared_lock lock(state.mutex);
    heads = state.frozen;
    if (heads.empty() && up_to <= state.progress.next_row) return {};
  }
  // Entries first, then the record that makes them count, in one commit with the new end. A crash before it leaves
  // entries that nobody misses: the rows are appended again, and give the same ones.
  kv::Batch records;
  Rows rows;
  Outlines outlines;
  for (const auto& head : heads) {
    if (!records.empty()) {
      // Several heads wait only when writing failed before: each has its record in a commit of its own.
      TRY(state_->kv.commit(records, kv::Durability::written));
      records.clear();
    }
    outlines.push_back(std::make_shared<const Outline>(TRY(write_entries(state_->kv, state_->spaces, tenant, *head))));
    const ChunkRecord record = head->record();
    state_->put_records(records, tenant, record, *outlines.back());
    rows |= record.rows;
  }
  const std::lock_guard publishing(state.publishing);
  Progress progress;
  {
    const std::shared_lock lock(state.mutex);
    progress = state.progress;
  }
  progress.next_row = std::max(progress.next_row, up_to);
  TRY(state_->publish(state, records, progress));
  // A view is made of heads and of a view of the Kv that is not older than this: who takes the heads before this line
  // finds these rows there, who comes after it finds them in the Kv, and in both they may be.
  const std::lock_guard lock(state.mutex);
  state.progress = progress;
  state.frozen.erase(state.frozen.begin(), state.frozen.begin() + static_cast<std::ptrdiff_t>(heads.size()));
  if (state.frozen.empty()) state.frozen_rows = state.frozen_bytes = 0;
  state.add_outlines(outlines);
  state.chunk_rows |= rows;
  state.chunk_rows.remove_range(0, progress.next_row);
  return {};
}

Result<> Index::add_chunk(ChunkBuilder chunk) {
  const Head& head = chunk.state_->head;
  if (head.empty()) return {};
  const Tenant tenant = chunk.state_->tenant;
  TenantState& state = *state_->find_or_make(tenant);
  const auto outline = std::make_shared<const Outline>(TRY(write_entries(state_->kv, state_->spaces, tenant, head)));
  const ChunkRecord record = head.record();
  kv::Batch batch;
  state_->put_records(batch, tenant, record, *outline);
  const std::lock_guard publishing(state.publishing);
  Progress progress;
  {
    const std::shared_lock lock(state.mutex);
    progress = state.progress;
  }
  TRY(state_->publish(state, batch, progress));
  state.lifetimes.add(record);
  const std::lock_guard lock(state.mutex);
  state.progress = progress;
  state.add_outlines({outline});
  state.chunk_rows |= record.rows;
  state.chunk_rows.remove_range(0, progress.next_row);
  return {};
}

Result<IndexView> Index::view(Tenant tenant, std::shared_ptr<const kv::View> kv_view, Visible visible) const {
  const std::shared_ptr<TenantState> state = state_->find_or_make(tenant);
  auto made = std::make_unique<IndexView::State>(state_->kv, state_->spaces, state, std::move(kv_view), Heads{},
                                                 std::move(visible));
  std::uint64_t generation = 0;
  {
    const std::shared_lock lock(state->mutex);
    made->heads = state->frozen;
    if (state->active_rows != 0) made->heads.push_back(state->active);
    generation = state->progress.generation;
  }
  if (made->kv_view != nullptr && generation != 0) {
    const std::optional<std::string> bytes = TRY(made->kv_view->get(state_->spaces.state, progress_key(tenant)));
    const Progress seen = bytes ? TRY(parse_progress(*bytes)) : Progress{};
    if (seen.generation < generation) made->kv_view = nullptr;
  }
  if (made->kv_view == nullptr) made->kv_view = state_->kv.view();
  return IndexView(std::move(made));
}

Index::Statistics Index::statistics(Tenant tenant) const {
  Statistics statistics{};
  for (const kv::SpaceId space : {state_->spaces.terms, state_->spaces.columns, state_->spaces.state}) {
    statistics.disk_bytes += state_->kv.disk_bytes(space, kv::Range::prefix(tenant_prefix(tenant)));
  }
  const std::shared_ptr<TenantState> state = state_->find(tenant);
  if (state == nullptr) return statistics;
  statistics.dead_rows = state->lifetimes.dead_count();
  const std::shared_lock lock(state->mutex);
  statistics.head_rows = state->active_rows + state->frozen_rows;
  statistics.head_bytes = state->active_bytes + state->frozen_bytes;
  return statistics;
}

Result<> Index::erase(Tenant tenant) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->tenants.erase(tenant);
  }
  // The state goes last: while it is there, an erasure that was interrupted can be seen to have something left to do.
  for (const kv::SpaceId space : {state_->spaces.terms, state_->spaces.columns, state_->spaces.state}) {
    TRY(state_->kv.erase_range(space, kv::Range::prefix(tenant_prefix(tenant))));
  }
  return state_->kv.sync();
}

}  // namespace meridian::index
