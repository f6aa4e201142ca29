// Writes as a mapper makes them, for tests of what happens to them afterwards.
//
//   write_of("Patient", "7", {{"active", "true"}, {"name", R"([{"text":"A"}])"}});
//   store.read(reader, {"Patient", id_of("7")});
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mapping/write.hpp"

namespace meridian::mapping {
class MergeRules;
}

namespace meridian::testing {

/// A UUID of a short name.
std::string id_of(std::string_view name);
/// Each element is a slot: of a list (`[` one item `]`) as one field gave it.
mapping::Write write_of(std::string_view type, std::string_view name,
                        const std::vector<std::pair<std::string, std::string>>& elements, mapping::Stamp stamp = {});
std::shared_ptr<const mapping::MergeRules> plain_rules();

}  // namespace meridian::testing
