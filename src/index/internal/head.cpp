#include "index/internal/head.hpp"

#include <new>

#include "base/hash.hpp"
#include "index/internal/sort_terms.hpp"

namespace meridian::index {

namespace {

std::uint32_t hash_of(FieldId field) {
  const std::uint64_t mixed = static_cast<std::uint64_t>(field) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(mixed >> 32);
}

std::uint32_t hash_of(FieldId field, std::string_view text) {
  return static_cast<std::uint32_t>(hash64(text, static_cast<std::uint64_t>(field)));
}

constexpr std::uint32_t kUnsorted = 256;  // new terms that a reader looks through rather than sort them in

}  // namespace

Head::Head(std::optional<Row> first) : has_first_(first.has_value()), first_(first.value_or(0)) {}

template <typename T>
Head::Block<T>* Head::new_block(std::uint32_t capacity) {
  auto* block = ::new (arena_.allocate(sizeof(Block<T>) + capacity * sizeof(T))) Block<T>;
  block->next = nullptr;
  block->capacity = capacity;
  return block;
}

Head::Field& Head::field_or_new(FieldId id) {
  const std::uint32_t hash = hash_of(id);
  if (Field* known = field_table_.find(hash, [&](const Field& field) { return field.id == id; })) return *known;
  fields_.push_back(std::make_unique<Field>());
  Field& made = *fields_.back();
  made.hash = hash;
  made.id = id;
  field_table_.add(&made);
  return made;
}

void Head::append(Row row, const Entries& entries, std::optional<Row> supersedes) {
  if (!has_first_) first_ = row;
  has_first_ = true;
  rows_.push_back(row);
  if (supersedes) successions_.push_back({row, *supersedes});
  Field* field = nullptr;
  for (const Entries::Term& term : entries.terms()) {
    if (field == nullptr || field->id != term.field) field = &field_or_new(term.field);
    append_term(row, *field, entries.term(term).substr(0, kMaxTermBytes));
  }
  for (const Entries::Column& column : entries.columns()) {
    append_value(field_or_new(column.field), {row, column.low, std::max(column.low, column.high)});
  }
}

void Head::append_term(Row row, Field& field, std::string_view text) {
  const auto offset = static_cast<std::uint32_t>(row - first_);
  const std::uint32_t hash = hash_of(field.id, text);
  Term* term = terms_.find(hash, [&](const Term& held) { return held.field == &field && held.text() == text; });
  if (term == nullptr) {
    term = ::new (arena_.allocate(sizeof(Term) + text.size())) Term{};
    term->hash = hash;
    term->size = static_cast<std::uint32_t>(text.size());
    term->field = &field;
    std::copy(text.begin(), text.end(), reinterpret_cast<char*>(term + 1));
    term->few[0] = term->newest = offset;
    term->older = field.newest.load(std::memory_order_relaxed);
    term->count.store(1, std::memory_order_relaxed);
    terms_.add(term);
    field.newest.store(term, std::memory_order_release);
    return;
  }
  if (term->newest == offset) return;
  const std::uint32_t count = term->count.load(std::memory_order_relaxed);
  if (count < Term::kFew) {
    term->few[count] = offset;
  } else {
    if (term->last_block == nullptr || term->used == term->last_block->capacity) {
      auto* block =
          new_block<std::uint32_t>(term->last_block == nullptr ? 4 : std::min(term->last_block->capacity * 2, 1024U));
      (term->last_block == nullptr ? term->first_block : term->last_block->next) = block;
      term->last_block = block;
      term->used = 0;
    }
    term->last_block->items()[term->used++] = offset;
  }
  term->newest = offset;
  term->count.store(count + 1, std::memory_order_release);
}

void Head::append_value(Field& field, const ColumnValue& value) {
  const std::uint32_t count = field.values.load(std::memory_order_relaxed);
  if (count != 0 && field.last_block->items()[field.used - 1].row == value.row) return;
  if (field.last_block == nullptr || field.used == field.last_block->capacity) {
    auto* block =
        new_block<ColumnValue>(field.last_block == nullptr ? 8 : std::min(field.last_block->capacity * 2, 1024U));
    (field.last_block == nullptr ? field.first_block : field.last_block->next) = block;
    field.last_block = block;
    field.used = 0;
  }
  field.last_block->items()[field.used++] = value;
  field.values.store(count + 1, std::memory_order_release);
}

std::size_t Head::memory_bytes() const {
  return arena_.memory_bytes() + terms_.memory_bytes() + field_table_.memory_bytes() + fields_.size() * sizeof(Field) +
         rows_.capacity() * sizeof(Row) + successions_.capacity() * sizeof(Succession);
}

ChunkRecord Head::record() const {
  return {Rows::of(rows_), successions_};
}

std::vector<const Head::Field*> Head::fields() const {
  std::vector<const Field*> fields;
  fields.reserve(fields_.size());
  for (const auto& field : fields_) fields.push_back(field.get());
  std::sort(fields.begin(), fields.end(), [](const Field* a, const Field* b) { return a->id < b->id; });
  return fields;
}

const Head::Field* Head::field(FieldId id) const {
  return field_table_.find(hash_of(id), [&](const Field& field) { return field.id == id; });
}

const Head::Term* Head::find(FieldId field, std::string_view term) const {
  return terms_.find(hash_of(field, term),
                     [&](const Term& held) { return held.field->id == field && held.text() == term; });
}

std::vector<const Head::Term*> Head::terms_between(const Field& field, std::string_view begin, std::string_view end) {
  std::vector<const Term*> unsorted;
  std::shared_ptr<const Field::Sorted> sorted;
  {
    const std::lock_guard lock(field.sorting);
    // Looked at under the lock, so that it is not older than what another reader has sorted in.
    const Term* const newest = field.newest.load(std::memory_order_acquire);
    sorted = field.sorted;
    const Term* const known = sorted == nullptr ? nullptr : sorted->newest;
    for (const Term* term = newest; term != nullptr && term != known; term = term->older) unsorted.push_back(term);
    if (unsorted.size() > kUnsorted) {
      auto more = std::make_shared<Field::Sorted>();
      sort_terms(unsorted);
      if (sorted != nullptr) {
        more->terms.resize(sorted->terms.size() + unsorted.size());
        std::merge(sorted->terms.begin(), sorted->terms.end(), unsorted.begin(), unsorted.end(), more->terms.begin(),
                   [](const Term* a, const Term* b) { return a->text() < b->text(); });
      } else {
        more->terms = std::move(unsorted);
      }
      more->newest = newest;
      field.sorted = sorted = more;
      unsorted.clear();
    }
  }
  std::erase_if(unsorted,
                [&](const Term* term) { return term->text() < begin || (!end.empty() && term->text() >= end); });
  sort_terms(unsorted);
  if (sorted == nullptr) return unsorted;
  const auto is_before = [](const Term* term, std::string_view bound) { return term->text() < bound; };
  const auto from = std::lower_bound(sorted->terms.begin(), sorted->terms.end(), begin, is_before);
  const auto to = end.empty() ? sorted->terms.end() : std::lower_bound(from, sorted->terms.end(), end, is_before);
  std::vector<const Term*> found;
  found.reserve(static_cast<std::size_t>(std::max<std::ptrdiff_t>(to - from, 0)) + unsorted.size());
  if (from < to) {
    std::merge(from, to, unsorted.begin(), unsorted.end(), std::back_inserter(found),
               [](const Term* a, const Term* b) { return a->text() < b->text(); });
  } else {
    found = std::move(unsorted);
  }
  return found;
}

}  // namespace meridian::index
