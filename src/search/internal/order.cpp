#include "search/internal/order.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace meridian::search::internal {

using fhir::SearchType;
using fhir::TypeId;
using index::Row;
using index::Rows;

namespace {

/// As eight bytes in the order of the number.
std::string sortable(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i) & 0xFF);
  return bytes;
}
std::uint64_t from_sortable(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
std::string sortable_time(std::int64_t time) {
  return sortable(static_cast<std::uint64_t>(time) ^ kSign);
}
std::int64_t from_sortable_time(std::string_view bytes) {
  return static_cast<std::int64_t>(from_sortable(bytes) ^ kSign);
}

/// Whether a value lies at or beyond the place's, in the direction.
bool is_due(std::string_view value, const std::string* after, bool descending) {
  return after == nullptr || (descending ? value <= *after : value >= *after);
}

/// What rows are sorted by of a term: strings by their folded text, tokens by their code, which a 00 ends; others
/// whole.
std::string_view sorted_part(const Parameter& parameter, std::string_view term) {
  const bool is_cut = parameter.kind == SearchType::string || parameter.kind == SearchType::token;
  return is_cut ? term.substr(0, term.find('\0')) : term;
}
/// Every term of which this is the sorted part lies in [part, …).
std::string after_part(const std::string& part) {
  return part + '\1';
}

}  // namespace

Order::Order(const Setting& setting, std::span<const TypeId> types, std::span<const SortKey> keys) : setting_(setting) {
  std::string described;
  for (const SortKey& sort : keys) {
    Key key;
    key.descending = sort.descending;
    described += sort.descending ? '-' : '+';
    if (sort.parameter != nullptr) {
      described += sort.parameter->code;
      const SearchType kind = sort.parameter->kind;
      key.source = kind == SearchType::date || kind == SearchType::number || kind == SearchType::quantity
                       ? Source::column
                       : Source::terms;
      for (const TypeId type : types) {
        const Parameter* parameter = setting.parameters->find(type, sort.parameter->code);
        if (parameter != nullptr && parameter->kind == kind) key.parameters.push_back(parameter);
      }
    }
    keys_.push_back(std::move(key));
  }
  hash_ = hash64(described);
}

index::FieldId Order::field_of(const Parameter& parameter, Facet facet) const {
  return field(parameter.type, setting_.parameters->schema(), parameter.code, facet);
}

Result<std::vector<Place>> Order::first(const Rows& rows, std::size_t limit, const std::optional<Place>& after) {
  std::vector<Place> out;
  Place path;
  path.keys.resize(keys_.size());
  TRY(place(rows, 0, limit, after ? &*after : nullptr, path, out));
  return out;
}

/// Appends what comes after the place, until `out` has `limit`. Without a place: from the beginning.
Result<void> Order::place(const Rows& rows, std::size_t level, std::size_t limit, const Place* after, Place& path,
                          std::vector<Place>& out) {
  if (level == keys_.size()) {
    std::optional<Row> row = rows.before(after != nullptr ? after->row : UINT64_MAX);
    for (; row && out.size() < limit; row = rows.before(*row)) {
      path.row = *row;
      out.push_back(path);
    }
    return {};
  }
  const Key& key = keys_[level];
  const std::optional<std::string>* from = after != nullptr ? &after->keys[level] : nullptr;
  Groups found = TRY(groups(rows, key, limit - out.size(), from));
  const auto descend = [&](const std::string& value, const Rows& group) -> Result<void> {
    path.keys[level] = value;
    const bool is_at_place = from != nullptr && *from == value;
    return place(group, level + 1, limit, is_at_place ? after : nullptr, path, out);
  };
  if (key.descending) {
    for (auto it = found.by_value.rbegin(); it != found.by_value.rend() && out.size() < limit; ++it) {
      TRY(descend(it->first, it->second));
    }
  } else {
    for (auto it = found.by_value.begin(); it != found.by_value.end() && out.size() < limit; ++it) {
      TRY(descend(it->first, it->second));
    }
  }
  if (out.size() < limit && !found.without.empty()) {
    path.keys[level].reset();
    const bool is_at_place = from != nullptr && !from->has_value();
    TRY(place(found.without, level + 1, limit, is_at_place ? after : nullptr, path, out));
  }
  return {};
}

/// Groups from the place on, with at least `limit` rows beyond those of its own group, or all there are.
Result<Order::Groups> Order::groups(const Rows& rows, const Key& key, std::size_t limit,
                                    const std::optional<std::string>* after) {
  Groups groups;
  const bool only_without = after != nullptr && !after->has_value();
  const std::string* value = after != nullptr && after->has_value() ? &**after : nullptr;
  if (key.source == Source::time) {
    if (!only_without) TRY(by_time(rows, key, limit, value, groups));
    return groups;
  }
  groups.without = rows;
  for (const Parameter* parameter : key.parameters) {
    groups.without -= TRY(setting_.view->with_term(field_of(*parameter, Facet::present), "", *setting_.patience));
  }
  if (only_without) return groups;
  Rows with = rows;
  with -= groups.without;
  if (key.source == Source::column) {
    TRY(by_column(with, key, limit, value, groups));
  } else {
    TRY(by_terms(with, key, limit, value, groups));
  }
  return groups;
}

/// Rows were numbered nearly in the order of time: the least time among the last rows bounds the times worth reading.
Result<void> Order::by_time(const Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                            Groups& groups) {
  Documents& documents = *setting_.documents;
  Rows left = rows;
  if (after != nullptr) {
    const std::int64_t at = from_sortable_time(*after);
    Rows at_place = TRY(documents.updated_between(at, at + 1));
    at_place &= rows;
    left &= key.descending ? TRY(documents.updated_between(INT64_MIN, at))
                           : TRY(documents.updated_between(at + 1, INT64_MAX));
    if (!at_place.empty()) groups.by_value[*after] = std::move(at_place);
  }
  if (left.count() > std::max<std::uint64_t>(setting_.tuning->few_times, 2 * limit)) {
    std::optional<std::int64_t> bound;
    std::optional<Row> row = key.descending ? left.before(UINT64_MAX) : left.at_or_after(0);
    for (std::size_t i = 0; i < limit && row; ++i) {
      const std::int64_t time = TRY(documents.updated_at(*row));
      if (!bound || (key.descending ? time < *bound : time > *bound)) bound = time;
      row = key.descending ? left.before(*row) : left.at_or_after(*row + 1);
    }
    if (bound) {
      left &= key.descending ? TRY(documents.updated_between(*bound, INT64_MAX))
                             : TRY(documents.updated_between(INT64_MIN, *bound + 1));
    }
  }
  Result<void> outcome;
  left.visit([&](const Row* batch, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const Result<std::int64_t> time = documents.updated_at(batch[i]);
      if (!time) {
        outcome = fail(time.error());
        return false;
      }
      groups.by_value[sortable_time(*time)].add(batch[i]);
    }
    outcome = keep_going(setting_.patience->deadline, setting_.patience->stop);
    return outcome.has_value();
  });
  return outcome;
}

Result<void> Order::by_column(const Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                              Groups& groups) {
  struct Valued {
    std::uint64_t value;
    Row row;
  };
  std::vector<Valued> found;
  // Downwards is upwards by the complement.
  const std::uint64_t turn = key.descending ? UINT64_MAX : 0;
  const std::uint64_t from = after != nullptr ? from_sortable(*after) ^ turn : 0;
  const auto take = [&](Row row, std::uint64_t low, std::uint64_t high) {
    const std::uint64_t value = key.descending ? ~high : low;
    if (value >= from) found.push_back({value, row});
    return true;
  };
  for (const Parameter* parameter : key.parameters) {
    TRY(setting_.view->visit_column(field_of(*parameter, Facet::column), rows, take, *setting_.patience));
    Rows several = TRY(setting_.view->with_term(field_of(*parameter, Facet::several), "", *setting_.patience));
    several &= rows;
    Result<void> outcome;
    several.visit([&](const Row* batch, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        auto range = setting_.looker->column(batch[i], *parameter);
        if (!range) {
          outcome = fail(std::move(range).error());
          return false;
        }
        if (*range) take(batch[i], (*range)->first, (*range)->second);
      }
      outcome = keep_going(setting_.patience->deadline, setting_.patience->stop);
      return outcome.has_value();
    });
    TRY(std::move(outcome));
  }
  // What lies at the place itself does not count: it may have been given already.
  const auto place_end =
      after == nullptr ? found.begin()
                       : std::partition(found.begin(), found.end(), [&](const Valued& v) { return v.value == from; });
  if (static_cast<std::size_t>(found.end() - place_end) > limit && limit > 0) {
    const auto last = place_end + static_cast<std::ptrdiff_t>(limit - 1);
    std::nth_element(place_end, last, found.end(), [](const Valued& a, const Valued& b) { return a.value < b.value; });
    const std::uint64_t bound = last->value;
    found.erase(std::partition(last + 1, found.end(), [&](const Valued& v) { return v.value <= bound; }), found.end());
  }
  for (const Valued& one : found) groups.by_value[sortable(one.value ^ turn)].add(one.row);
  return {};
}

Result<void> Order::by_terms(const Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                             Groups& groups) {
  if (rows.empty()) return {};
  const std::uint64_t count = rows.count();
  for (const Parameter* parameter : key.parameters) {
    const std::uint64_t postings = setting_.view->estimate(field_of(*parameter, Facet::value), "", "");
    // A walk passes about this many terms; a document costs as much as some of them.
    const std::uint64_t walked = count <= limit ? postings : postings / count * limit + limit;
    if (count <= setting_.tuning->few_sorted || count * setting_.tuning->term_cost < walked) {
      TRY(by_documents(rows, *parameter, key.descending, after, groups));
    } else {
      TRY(by_walk(rows, *parameter, key.descending, limit, after, groups));
    }
  }
  return {};
}

Result<void> Order::by_documents(const Rows& rows, const Parameter& parameter, bool descending,
                                 const std::string* after, Groups& groups) {
  const index::FieldId values = field_of(parameter, Facet::value);
  Rows mine = TRY(setting_.view->with_term(field_of(parameter, Facet::present), "", *setting_.patience));
  mine &= rows;
  Result<void> outcome;
  mine.visit([&](const Row* batch, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto term = setting_.looker->term(batch[i], values, descending);
      if (!term) {
        outcome = fail(std::move(term).error());
        return false;
      }
      if (!*term) {
        groups.without.add(batch[i]);
        continue;
      }
      const std::string_view value = sorted_part(parameter, **term);
      if (is_due(value, after, descending)) groups.by_value[std::string(value)].add(batch[i]);
    }
    outcome = keep_going(setting_.patience->deadline, setting_.patience->stop);
    return outcome.has_value();
  });
  return outcome;
}

/// A row is met first at the term that it is sorted by. A walk that begins at a place may meet rows whose own term lay
/// before it: their documents say so.
Result<void> Order::by_walk(const Rows& rows, const Parameter& parameter, bool descending, std::size_t limit,
                            const std::string* after, Groups& groups) {
  const index::FieldId values = field_of(parameter, Facet::value);
  Rows left = rows;
  std::uint64_t met = 0;
  std::optional<std::string> last;
  Result<void> outcome;
  const auto visit = [&](std::string_view term, const Rows& with_term) {
    const std::string_view value = sorted_part(parameter, term);
    if (met >= limit && last != value) return false;
    Rows group = with_term;
    group &= left;
    if (group.empty()) return true;
    left -= group;
    if (after != nullptr) {
      Rows earlier;
      group.visit([&](const Row* batch, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
          const auto own = setting_.looker->term(batch[i], values, descending);
          if (!own) {
            outcome = fail(own.error());
            return false;
          }
          if (*own && sorted_part(parameter, **own) != value) earlier.add(batch[i]);
        }
        return true;
      });
      if (!outcome) return false;
      group -= earlier;
    }
    if (group.empty()) return true;
    if (after == nullptr || value != *after) met += group.count();
    last = value;
    groups.by_value[*last] |= group;
    return true;
  };
  const std::string begin = after != nullptr && !descending ? *after : "";
  const std::string end = after != nullptr && descending ? after_part(*after) : "";
  TRY(setting_.view->visit_terms(values, begin, end, descending ? kv::Direction::backward : kv::Direction::forward,
                                 visit, *setting_.patience));
  return outcome;
}

}  // namespace meridian::search::internal
