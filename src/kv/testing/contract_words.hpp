// What the tests of contract.hpp say in one word: outcomes, keys in their order, entries.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "kv/kv.hpp"

namespace meridian::testing {

using Keys = std::vector<std::string>;
using Entries = std::vector<std::pair<std::string, std::string>>;

inline std::string code(const auto& result) {
  return result ? "ok" : std::string(name(result.error().code()));
}

inline Keys keys(kv::Cursor& cursor) {
  Keys found;
  for (; cursor.valid(); cursor.next()) found.emplace_back(cursor.key());
  EXPECT_TRUE(cursor.status());
  return found;
}
inline Keys keys(const kv::View& view, kv::SpaceId space, kv::Range range,
                 kv::Direction direction = kv::Direction::forward) {
  return keys(*view.scan(space, std::move(range), direction));
}
inline Entries entries(const kv::View& view, kv::SpaceId space) {
  Entries found;
  const auto cursor = view.scan(space, {});
  for (; cursor->valid(); cursor->next()) found.emplace_back(cursor->key(), cursor->value());
  EXPECT_TRUE(cursor->status());
  return found;
}

// A library's object file is linked only where something in it is called: kv_case_name() calls these.
void link_kv_contract_of_scans();
void link_kv_contract_of_bulk();
void link_kv_contract_of_crowds();

}  // namespace meridian::testing
