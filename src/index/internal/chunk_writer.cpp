#include "index/internal/chunk_writer.hpp"

#include "index/internal/posting.hpp"
#include "index/internal/sort_terms.hpp"

namespace meridian::index {

namespace {

class Writer {
 public:
  Writer(kv::Kv& kv, const IndexSpaces& spaces, Tenant tenant) : kv_(kv), spaces_(spaces), tenant_(tenant) {}

  Result<> write_terms(const Head& head, const Head::Field& field, Outline& outline) {
    const std::vector<const Head::Term*> terms = Head::terms_between(field, {}, {});
    if (terms.empty()) return {};
    std::uint64_t rows = 0;
    for (const Head::Term* term : terms) rows += term->count.load(std::memory_order_relaxed);
    FieldOutliner outliner(field.id, rows);
    for (const Head::Term* term : terms) {
      outliner.add(term->text(), term->count.load(std::memory_order_relaxed));
      key_ = term_prefix(tenant_, field.id, term->text());
      rows_.clear();
      head.visit_rows(*term, [&](Row row) { rows_.push_back(row); });
      for (const Row row : rows_) {
        if (list_.add(row)) continue;
        TRY(put_list());
        list_.add(row);
      }
      TRY(put_list());
    }
    outline.fields.push_back(outliner.take());
    return {};
  }

  Result<> write_column(const Head::Field& field) {
    values_.clear();
    Head::visit_values(field, [&](const ColumnValue* values, std::uint32_t count) {
      values_.insert(values_.end(), values, values + count);
      return true;
    });
    key_ = field_prefix(tenant_, field.id);
    for (std::size_t at = 0; at < values_.size();) {
      std::size_t end = at + 1;
      while (end < values_.size() && values_[end].row - values_[at].row < kBlockSpan) ++end;
      value_.clear();
      append_column_block(value_, std::span(values_).subspan(at, end - at));
      TRY(put(spaces_.columns, values_[at].row));
      at = end;
    }
    return {};
  }

  Result<> commit() {
    if (batch_.empty()) return {};
    TRY(kv_.commit(batch_, kv::Durability::written));
    batch_.clear();
    return {};
  }

 private:
  Result<> put_list() {
    value_.clear();
    list_.append_to(value_);
    const Row first = list_.first();
    list_.clear();
    return put(spaces_.terms, first);
  }
  Result<> put(kv::SpaceId space, Row row) {
    const std::size_t prefix = key_.size();
    append_row(key_, row);
    batch_.put(space, key_, value_);
    key_.resize(prefix);
    return batch_.bytes() >= kBatchBytes - kMostOfOne ? commit() : Result<>{};
  }

  // No entry is larger: a block of 4,096 pairs of 64 bits.
  static constexpr std::size_t kMostOfOne = std::size_t{80} << 10;

  kv::Kv& kv_;
  const IndexSpaces& spaces_;
  Tenant tenant_;
  kv::Batch batch_;
  std::string key_;
  std::string value_;
  PostingWriter list_;
  std::vector<Row> rows_;
  std::vector<ColumnValue> values_;
};

}  // namespace

Result<Outline> write_entries(kv::Kv& kv, const IndexSpaces& spaces, Tenant tenant, const Head& head) {
  Writer writer(kv, spaces, tenant);
  const std::vector<const Head::Field*> fields = head.fields();
  Outline outline;
  for (const Head::Field* field : fields) TRY(writer.write_terms(head, *field, outline));
  for (const Head::Field* field : fields) TRY(writer.write_column(*field));
  TRY(writer.commit());
  return outline;
}

}  // namespace meridian::index
