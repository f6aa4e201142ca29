// Random searches of the oracle's resources: every kind of condition, chains, _has, filters, sorting, compartments.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "search/query.hpp"
#include "search/testing/oracle_resources.hpp"

namespace meridian::testing {

struct OracleRequest {
  std::string type;
  std::vector<std::pair<std::string, std::string>> pairs;
  std::optional<search::Query::Compartment> compartment;

  /// As people read it.
  std::string text() const {
    std::string out = type + "?";
    for (const auto& [name, value] : pairs) out += name + "=" + value + "&";
    if (compartment) out += " in " + compartment->type + "/" + compartment->id;
    return out;
  }
};

OracleRequest make_request(Dice& dice);

}  // namespace meridian::testing
