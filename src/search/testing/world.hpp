// World: a few resources with versions and deletions in memory, indexed as a store would index them, and what a search
// of them must give by brute force.
//
//   World world(Parameters::r4());
//   world.put("Patient", "7", R"({"resourceType":"Patient","id":"7"})");
//   world.remove("Patient", "7");
//
// One thread. Times are one second apart from 2020-01-01 on, so that _lastUpdated tells versions apart; every third
// write shares the time of the one before.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "index/index.hpp"
#include "search/engine.hpp"

namespace meridian::testing {

class World final : public search::Documents {
 public:
  explicit World(std::shared_ptr<const search::Parameters> parameters);
  ~World() override;

  void put(std::string_view type, std::string_view id, std::string json);
  void remove(std::string_view type, std::string_view id);
  /// Writes the head of the index away as a chunk.
  void flush();

  index::IndexView view() const;
  struct Resource {
    index::Row row;
    fhir::TypeId type;
    std::string id;
    std::string address;  ///< "Patient/7"
    std::int64_t time;
    const fhir::Document* document;
  };
  /// Those that are neither superseded nor deleted, by row.
  std::vector<Resource> current() const;
  std::string address(index::Row row) const;

  Result<Identity> identify(index::Row row) override;
  Result<std::optional<fhir::Document>> load(index::Row row) override;
  Result<index::Rows> updated_between(std::int64_t from, std::int64_t to) override;
  Result<std::int64_t> updated_at(index::Row row) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The answer of a search by looking at every resource.
class BruteForce final : public search::References {
 public:
  /// What is given lives longer.
  BruteForce(const World& world, const search::Parameters& parameters, const search::CodeSets* code_sets,
             const search::Visibility* visibility);
  ~BruteForce() override;

  /// Every match in order.
  Result<std::vector<index::Row>> search(const search::Query& query);

  Result<bool> satisfies(std::string_view reference, fhir::TypeId type, const search::Filter& filter) override;
  Result<bool> referred_by(std::string_view reference, const search::Condition::Reverse& has) override;
  Result<std::set<std::string>> hierarchy(std::string_view reference, const search::Parameter& parent,
                                          bool above) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::testing
