// The questions to a view that are answered from terms.
#include <algorithm>
#include <utility>

#include "index/internal/collector.hpp"
#include "index/internal/posting.hpp"
#include "index/internal/view_state.hpp"

namespace meridian::index {

namespace {

/// The posting lists of a range of terms, of all its terms together.
Result<> collect(const kv::View& view, kv::SpaceId space, kv::Range range, Collector& rows, Pace& pace) {
  const std::unique_ptr<kv::Cursor> cursor = view.scan(space, std::move(range));
  for (; cursor->valid(); cursor->next()) {
    TRY(pace.step());
    const std::optional<Row> first = last_row(cursor->key());
    if (!first) return fail(ErrorCode::malformed_input, "a key of the index is damaged");
    TRY(collect_posting(*first, cursor->value(), rows));
  }
  return cursor->status();
}

kv::Range range_of(Tenant tenant, FieldId field, std::string_view term) {
  return kv::Range::prefix(term_prefix(tenant, field, term));
}

}  // namespace

IndexView::IndexView(std::unique_ptr<State> state) : state_(std::move(state)) {}
IndexView::IndexView(IndexView&&) noexcept = default;
IndexView& IndexView::operator=(IndexView&&) noexcept = default;
IndexView::~IndexView() = default;

const Visible& IndexView::visible() const {
  return state_->visible;
}

const Rows& IndexView::current() const {
  std::call_once(state_->current_once, [&] { state_->current = state_->tenant->lifetimes.current(state_->visible); });
  return *state_->current;
}

Result<Rows> IndexView::with_term(FieldId field, std::string_view term, const Patience& patience) const {
  term = term.substr(0, kMaxTermBytes);
  Collector collector;
  Pace pace(patience);
  TRY(collect(*state_->kv_view, state_->spaces.terms, range_of(state_->tenant->tenant, field, term), collector, pace));
  for (const auto& head : state_->heads) {
    if (const Head::Term* found = head->find(field, term)) {
      head->visit_rows(*found, [&](Row row) { collector.add(row); });
    }
  }
  Rows rows = collector.take();
  state_->restrict(rows);
  return rows;
}

Result<Rows> IndexView::with_terms(FieldId field, std::string_view begin, std::string_view end,
                                   const Patience& patience) const {
  if (!end.empty() && begin >= end) return Rows();
  Collector collector;
  Pace pace(patience);
  TRY(collect(*state_->kv_view, state_->spaces.terms, term_range(state_->tenant->tenant, field, begin, end), collector,
              pace));
  for (const auto& head : state_->heads) {
    const Head::Field* found = head->field(field);
    if (found == nullptr) continue;
    for (const Head::Term* term : Head::terms_between(*found, begin, end)) {
      TRY(pace.step());
      head->visit_rows(*term, [&](Row row) { collector.add(row); });
    }
  }
  Rows rows = collector.take();
  state_->restrict(rows);
  return rows;
}

Result<Rows> IndexView::with_any(FieldId field, std::span<const std::string> terms, const Patience& patience) const {
  // In their order, so that one cursor walks forward over them all.
  std::vector<std::string_view> sorted;
  sorted.reserve(terms.size());
  for (const std::string& term : terms) sorted.push_back(std::string_view(term).substr(0, kMaxTermBytes));
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  Collector collector;
  if (sorted.empty()) return Rows();

  const Tenant tenant = state_->tenant->tenant;
  Pace pace(patience);
  const std::unique_ptr<kv::Cursor> cursor = state_->kv_view->scan(
      state_->spaces.terms, {term_prefix(tenant, field, sorted.front()), range_of(tenant, field, sorted.back()).end});
  for (const std::string_view term : sorted) {
    if (!cursor->valid()) break;
    const std::string prefix = term_prefix(tenant, field, term);
    if (cursor->key() < prefix) cursor->seek(prefix);
    TRY(pace.step());
    for (; cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
      TRY(pace.step());
      TRY(collect_posting(last_row(cursor->key()).value_or(0), cursor->value(), collector));
    }
  }
  TRY(cursor->status());
  for (const auto& head : state_->heads) {
    for (const std::string_view term : sorted) {
      TRY(pace.step());
      const Head::Term* found = head->find(field, term);
      if (found != nullptr) head->visit_rows(*found, [&](Row row) { collector.add(row); });
    }
  }
  Rows rows = collector.take();
  state_->restrict(rows);
  return rows;
}

namespace {

/// A term of one of the heads.
struct HeadTerm {
  std::string_view text;
  const Head* head;
  const Head::Term* term;
};

std::vector<HeadTerm> terms_of(const Heads& heads, FieldId field, std::string_view begin, std::string_view end,
                               kv::Direction direction) {
  std::vector<HeadTerm> terms;
  for (const auto& head : heads) {
    const Head::Field* found = head->field(field);
    if (found == nullptr) continue;
    const std::size_t middle = terms.size();
    for (const Head::Term* term : Head::terms_between(*found, begin, end)) {
      terms.push_back({term->text(), head.get(), term});
    }
    std::inplace_merge(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(middle), terms.end(),
                       [](const HeadTerm& a, const HeadTerm& b) { return a.text < b.text; });
  }
  if (direction == kv::Direction::backward) std::reverse(terms.begin(), terms.end());
  return terms;
}

}  // namespace

Result<> IndexView::visit_terms(FieldId field, std::string_view begin, std::string_view end, kv::Direction direction,
                                const TermVisitor& visit, const Patience& patience) const {
  if (!end.empty() && begin >= end) return {};
  const bool is_forward = direction == kv::Direction::forward;
  const std::vector<HeadTerm> in_heads = terms_of(state_->heads, field, begin, end, direction);
  auto in_head = in_heads.begin();
  const std::unique_ptr<kv::Cursor> cursor =
      state_->kv_view->scan(state_->spaces.terms, term_range(state_->tenant->tenant, field, begin, end), direction);
  Pace pace(patience);
  Collector collector;
  std::string escaped;
  std::string buffer;
  while (cursor->valid() || in_head != in_heads.end()) {
    TRY(pace.step());
    // The next term is the nearer one of both, or one that both have.
    std::string_view text;
    bool is_in_chunks = false;
    if (cursor->valid()) {
      const std::optional<TermKey> key = parse_term_key(cursor->key());
      if (!key) return fail(ErrorCode::malformed_input, "a key of the index is damaged");
      escaped = key->escaped;
      text = unescape(escaped, buffer);
      is_in_chunks = true;
      if (in_head != in_heads.end() && in_head->text != text && (in_head->text < text) == is_forward) {
        is_in_chunks = false;
      }
    }
    if (!is_in_chunks) text = in_head->text;
    while (is_in_chunks && cursor->valid()) {
      const std::optional<TermKey> key = parse_term_key(cursor->key());
      if (!key || key->escaped != escaped) break;
      TRY(pace.step());
      TRY(collect_posting(key->row, cursor->value(), collector));
      cursor->next();
    }
    for (; in_head != in_heads.end() && in_head->text == text; ++in_head) {
      in_head->head->visit_rows(*in_head->term, [&](Row row) { collector.add(row); });
    }
    Rows rows = collector.take();
    state_->restrict(rows);
    if (!rows.empty() && !visit(text, rows)) return {};
  }
  return cursor->status();
}

std::uint64_t IndexView::estimate(FieldId field, std::string_view begin, std::string_view end) const {
  constexpr std::size_t kSample = 128;
  constexpr std::size_t kHeadSample = 256;
  if (!end.empty() && begin >= end) return 0;
  std::uint64_t rows = 0;
  for (const auto& head : state_->heads) {
    const Head::Field* found = head->field(field);
    if (found == nullptr) continue;
    const std::vector<const Head::Term*> terms = Head::terms_between(*found, begin, end);
    const std::size_t stride = 1 + terms.size() / kHeadSample;
    std::uint64_t sampled = 0;
    for (std::size_t i = 0; i < terms.size(); i += stride) {
      sampled += terms[i]->count.load(std::memory_order_acquire);
    }
    rows += sampled * stride;
  }

  const std::unique_ptr<kv::Cursor> cursor =
      state_->kv_view->scan(state_->spaces.terms, term_range(state_->tenant->tenant, field, begin, end));
  std::uint64_t sampled = 0;
  std::string first_term;
  bool is_one_term = true;
  Row last = 0;
  for (std::size_t i = 0; i < kSample && cursor->valid(); ++i, cursor->next()) {
    sampled += count_posting(cursor->value());
    const std::optional<TermKey> key = parse_term_key(cursor->key());
    if (!key) continue;
    if (i == 0) first_term = key->escaped;
    is_one_term = is_one_term && key->escaped == first_term;
    last = key->row;
  }
  if (!cursor->valid()) return rows + sampled;
  // More lists than were looked at. If they were all of one term, then those of the rows up to the last one.
  if (is_one_term && last < state_->visible.end) {
    const double share = static_cast<double>(last + 1) / static_cast<double>(state_->visible.end);
    sampled = static_cast<std::uint64_t>(static_cast<double>(sampled) / share);
  }
  std::shared_ptr<const Outlines> outlines;
  {
    const std::shared_lock lock(state_->tenant->mutex);
    outlines = state_->tenant->outlines;
  }
  std::uint64_t outlined = 0;
  for (const auto& outline : *outlines) outlined += outline->estimate(field, begin, end);
  return rows + std::max(sampled, outlined);
}

}  // namespace meridian::index
