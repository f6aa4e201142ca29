// The index beside the model, through everything that can happen to it.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "base/random.hpp"
#include "index/index.hpp"
#include "index/testing/index_model.hpp"
#include "kv/testing/model_kv.hpp"

namespace meridian {
namespace {

using index::Row;
using index::Rows;
using testing::IndexModel;

constexpr std::array<kv::SpaceDefinition, 3> kSpaces = {{{"terms"}, {"columns"}, {"state"}}};
constexpr index::IndexSpaces kIndexSpaces = {kv::SpaceId{0}, kv::SpaceId{1}, kv::SpaceId{2}};
constexpr std::uint64_t kTermFields = 4;
constexpr std::uint64_t kColumnFields = 3;

std::vector<Row> list(const Rows& rows) {
  std::vector<Row> all;
  rows.visit([&](const Row* batch, std::size_t count) {
    all.insert(all.end(), batch, batch + count);
    return true;
  });
  return all;
}

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), disk_(std::make_shared<testing::ModelDisk>()) { open(); }

  void step() {
    Tenant& tenant = tenants_[random_.below(tenants_.size())];
    switch (random_.below(24)) {
      case 0:
        return flush(tenant);
      case 1:
        return begin_bulk(tenant);
      case 2:
        return end_bulk(tenant);
      case 3:
        return keep_view(tenant);
      case 4:
        if (random_.below(4) == 0) reopen();
        return;
      case 5:
        if (random_.below(4) == 0) fail_to_flush(tenant);
        return;
      case 6:
        if (random_.below(20) == 0) erase(tenant);
        return;
      case 7:
      case 8:
      case 9:
      case 10:
        return check(tenant);
      default:
        return append(tenant);
    }
  }

 private:
  struct Bulk {
    Row first;
    Row end;
    std::shared_ptr<const kv::View> before;
  };
  struct Kept {
    index::IndexView view;
    IndexModel model;
  };
  struct Tenant {
    index::Tenant number;
    IndexModel model;
    Row next = 0;
    std::vector<Bulk> bulks;                // reserved, neither there nor given up
    std::vector<std::pair<Row, Row>> lost;  // given up
    std::set<Row> by_chunk;                 // rows that are not appended again
    std::vector<Kept> kept;
  };

  void open() {
    kv_ = std::move(*testing::open_model(kSpaces, disk_));
    index_ = std::move(*index::Index::open(*kv_, kIndexSpaces, {.head_rows = 300, .head_bytes = 1 << 20}));
  }

  std::string random_term() {
    static const std::vector<std::string> terms = {"",
                                                   std::string(1, '\0'),
                                                   std::string("\0\x01", 2),
                                                   std::string("\0\xff", 2),
                                                   "a",
                                                   std::string("a\0", 2),
                                                   std::string("a\0b", 3),
                                                   "a\x01",
                                                   "ab",
                                                   "b",
                                                   "\xff",
                                                   "\xff\xff",
                                                   std::string(1024, 'x'),
                                                   std::string(1023, '\0')};
    if (random_.below(2) == 0) return terms[random_.below(terms.size())];
    return "t" + std::to_string(random_.below(200));
  }

  std::uint64_t random_value(std::uint64_t column) {
    if (column == 0) return 1'000 + random_.below(100);
    if (column == 1) return random_.next();
    static const std::vector<std::uint64_t> edges = {0, 1, UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 63};
    return edges[random_.below(edges.size())];
  }

  IndexModel::Entry random_entry(const Tenant& tenant, Row row) {
    IndexModel::Entry entry;
    for (std::uint64_t i = random_.below(6); i > 0; --i) {
      entry.terms[random_.below(kTermFields)].insert(random_term());
    }
    for (std::uint64_t column = 0; column < kColumnFields; ++column) {
      if (random_.below(2) == 0) continue;
      const std::uint64_t low = random_value(column);
      entry.columns[column] = {low, random_.below(2) == 0 ? low : std::max(low, random_value(column))};
    }
    // What the present sees and nobody visible has superseded.
    if (random_.below(3) == 0) {
      std::vector<Row> current = tenant.model.current(now(tenant));
      std::erase_if(current, [&](Row older) { return older >= row; });
      if (!current.empty()) entry.supersedes = current[random_.below(current.size())];
    }
    return entry;
  }

  index::Visible now(const Tenant& tenant) const {
    index::Visible visible{tenant.next, tenant.lost};
    for (const Bulk& bulk : tenant.bulks) visible.holes.emplace_back(bulk.first, bulk.end);
    std::sort(visible.holes.begin(), visible.holes.end());
    return visible;
  }

  void append(Tenant& tenant) {
    if (random_.below(30) == 0) {  // rows that never come
      const Row first = tenant.next;
      tenant.next += 1 + random_.below(random_.below(5) == 0 ? 100'000 : 10);
      if (random_.below(2) == 0) tenant.lost.emplace_back(first, tenant.next);
    }
    for (std::uint64_t count = 1 + random_.below(20); count > 0; --count) {
      const Row row = tenant.next;
      IndexModel::Entry entry = random_entry(tenant, row);
      index_->append(tenant.number, row, entry.entries(), entry.supersedes);
      tenant.model.add(row, std::move(entry));
      ++tenant.next;
    }
    if (index_->wants_flush(tenant.number)) flush(tenant);
  }

  void flush(Tenant& tenant) {
    ASSERT_TRUE(index_->flush(tenant.number, tenant.next));
    ASSERT_EQ(index_->next_row(tenant.number), tenant.next);
    ASSERT_EQ(index_->statistics(tenant.number).head_rows, 0);
  }

  void begin_bulk(Tenant& tenant) {
    if (tenant.bulks.size() == 3) return;
    const Row first = tenant.next;
    tenant.next += 1 + random_.below(random_.below(4) == 0 ? 5'000 : 50);
    tenant.bulks.push_back({first, tenant.next, kv_->view()});
  }

  void end_bulk(Tenant& tenant) {
    if (tenant.bulks.empty()) return;
    const std::size_t which = random_.below(tenant.bulks.size());
    const Bulk bulk = tenant.bulks[which];
    index::ChunkBuilder chunk(tenant.number, bulk.first);
    for (Row row = bulk.first; row < bulk.end; row += 1 + random_.below(3)) {
      IndexModel::Entry entry = random_entry(tenant, bulk.first);
      chunk.add(row, entry.entries(), entry.supersedes);
      tenant.model.add(row, std::move(entry));
      tenant.by_chunk.insert(row);
    }
    ASSERT_TRUE(index_->add_chunk(std::move(chunk)));
    // Written, it may still never happen.
    if (random_.below(4) == 0) tenant.lost.emplace_back(bulk.first, bulk.end);
    std::sort(tenant.lost.begin(), tenant.lost.end());
    tenant.bulks.erase(tenant.bulks.begin() + static_cast<std::ptrdiff_t>(which));
    // A view of the Kv from before the chunk must do no harm.
    check_view(*index_->view(tenant.number, bulk.before, now(tenant)), tenant.model);
  }

  void keep_view(Tenant& tenant) {
    if (tenant.kept.size() == 3) tenant.kept.erase(tenant.kept.begin());
    index::Visible visible = now(tenant);
    if (random_.below(2) == 0) visible.end = random_.below(visible.end + 1);
    tenant.kept.push_back({*index_->view(tenant.number, nullptr, std::move(visible)), tenant.model});
  }

  void reopen() {
    for (Tenant& tenant : tenants_) {
      tenant.kept.clear();
      for (const Bulk& bulk : tenant.bulks) tenant.lost.emplace_back(bulk.first, bulk.end);
      std::sort(tenant.lost.begin(), tenant.lost.end());
      tenant.bulks.clear();
    }
    index_.reset();
    kv_.reset();
    disk_->crash(random_.below(disk_->unsynced() + 1));
    open();
    for (Tenant& tenant : tenants_) {
      const Rows in_chunks = index_->chunk_rows(tenant.number);
      const Row from = index_->next_row(tenant.number);
      for (const auto& [row, entry] : tenant.model.rows()) {
        if (row < from || in_chunks.contains(row)) continue;
        ASSERT_FALSE(tenant.by_chunk.contains(row)) << "a finished chunk was lost";
        index_->append(tenant.number, row, entry.entries(), entry.supersedes);
      }
    }
  }

  void fail_to_flush(Tenant& tenant) {
    disk_->fail_at(1 + random_.below(3), static_cast<testing::ModelFault>(random_.below(3)));
    const Result<> flushed = index_->flush(tenant.number, tenant.next);
    check(tenant);
    if (!flushed || random_.below(2) == 0) reopen();
    disk_->fail_at(1'000'000'000, testing::ModelFault::busy);
  }

  void erase(Tenant& tenant) {
    tenant.kept.clear();
    ASSERT_TRUE(index_->erase(tenant.number));
    const index::Tenant number = tenant.number;
    tenant = Tenant{};
    tenant.number = number;
    ASSERT_EQ(index_->next_row(number), 0);
  }

  void check(Tenant& tenant) {
    if (!tenant.kept.empty() && random_.below(2) == 0) {
      const Kept& kept = tenant.kept[random_.below(tenant.kept.size())];
      return check_view(kept.view, kept.model);
    }
    index::Visible visible = now(tenant);
    if (random_.below(4) == 0) visible.end = random_.below(visible.end + 1);
    check_view(*index_->view(tenant.number, kv_->view(), std::move(visible)), tenant.model);
  }

  void check_view(const index::IndexView& view, const IndexModel& model) {
    const index::Visible& visible = view.visible();
    const std::uint64_t field = random_.below(kTermFields);
    const index::FieldId field_id{field};
    ASSERT_EQ(list(view.current()), model.current(visible));
    const std::string term = random_term();
    ASSERT_EQ(list(*view.with_term(field_id, term, {})), model.with_any(visible, field, {term}));
    const std::string begin = random_.below(3) == 0 ? "" : random_term();
    const std::string end = random_.below(3) == 0 ? "" : random_term();
    ASSERT_EQ(list(*view.with_terms(field_id, begin, end, {})), model.with_terms(visible, field, begin, end));
    std::vector<std::string> terms;
    for (std::uint64_t i = random_.below(5); i > 0; --i) terms.push_back(random_term());
    ASSERT_EQ(list(*view.with_any(field_id, terms, {})), model.with_any(visible, field, terms));
    check_terms(view, model, field, begin, end);
    check_column(view, model);
    if (!model.with_terms(visible, field, begin, end).empty()) {
      ASSERT_GT(view.estimate(field_id, begin, end), 0);
    }
  }

  void check_terms(const index::IndexView& view, const IndexModel& model, std::uint64_t field, const std::string& begin,
                   const std::string& end) {
    const bool is_forward = random_.below(2) == 0;
    auto expected = model.terms(view.visible(), field, begin, end);
    if (!is_forward) std::reverse(expected.begin(), expected.end());
    const std::size_t most = random_.below(2) == 0 ? SIZE_MAX : random_.below(10) + 1;
    if (expected.size() > most) expected.resize(most);
    std::vector<std::pair<std::string, std::vector<Row>>> found;
    ASSERT_TRUE(view.visit_terms(index::FieldId{field}, begin, end,
                                 is_forward ? kv::Direction::forward : kv::Direction::backward,
                                 [&](std::string_view term, const Rows& rows) {
                                   found.emplace_back(term, list(rows));
                                   return found.size() < most;
                                 },
                                 {}));
    ASSERT_EQ(found, expected);
  }

  void check_column(const index::IndexView& view, const IndexModel& model) {
    const std::uint64_t field = random_.below(kColumnFields);
    Rows candidates = view.current();
    if (random_.below(2) == 0) {
      const std::uint64_t one_in = 2 + random_.below(50);
      for (const Row row : list(candidates)) {
        if (random_.below(one_in) != 0) candidates.remove(row);
      }
    }
    if (random_.below(4) == 0) candidates.add_range(0, view.visible().end + 10);
    const std::vector<IndexModel::Value> values = model.column(view.visible(), field, candidates);
    std::vector<IndexModel::Value> visited;
    ASSERT_TRUE(view.visit_column(index::FieldId{field}, candidates,
                                  [&](Row row, std::uint64_t low, std::uint64_t high) {
                                    visited.push_back({row, low, high});
                                    return true;
                                  },
                                  {}));
    ASSERT_EQ(visited, values);
    std::set<std::uint64_t> lows;
    for (const IndexModel::Value& value : values) lows.insert(value.low);
    ASSERT_EQ(*view.column_values(index::FieldId{field}, candidates, {}),
              std::vector<std::uint64_t>(lows.begin(), lows.end()));

    const index::Bounds low{random_value(field), random_value(field)};
    const index::Bounds high{0, random_.below(2) == 0 ? UINT64_MAX : random_value(field)};
    std::vector<std::uint64_t> wanted;
    for (std::uint64_t i = random_.below(40); i > 0; --i) wanted.push_back(random_value(field));
    if (!values.empty()) wanted.push_back(values[random_.below(values.size())].low);
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::vector<Row> between;
    std::vector<Row> among;
    for (const IndexModel::Value& value : values) {
      if (value.low >= low.least && value.low <= low.greatest && value.high >= high.least &&
          value.high <= high.greatest) {
        between.push_back(value.row);
      }
      if (std::binary_search(wanted.begin(), wanted.end(), value.low)) among.push_back(value.row);
    }
    ASSERT_EQ(list(*view.column_between(index::FieldId{field}, candidates, low, high, {})), between);
    ASSERT_EQ(list(*view.column_in(index::FieldId{field}, candidates, wanted, {})), among);
  }

  SeededRandom random_;
  std::shared_ptr<testing::ModelDisk> disk_;
  std::unique_ptr<kv::Kv> kv_;
  std::unique_ptr<index::Index> index_;
  std::vector<Tenant> tenants_ = [] {
    std::vector<Tenant> made(2);
    made[0].number = 1;
    made[1].number = 0xFFFF'FFFF;
    return made;
  }();
};

class IndexProperty : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(IndexProperty, answers_like_the_model_whatever_happens) {
  World world(GetParam());
  for (int step = 0; step < 500 && !HasFatalFailure(); ++step) world.step();
}

INSTANTIATE_TEST_SUITE_P(Seeds, IndexProperty, ::testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace meridian
