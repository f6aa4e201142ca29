#include "search/testing/world.hpp"

#include <array>
#include <utility>

#include "base/check.hpp"
#include "kv/testing/model_kv.hpp"
#include "search/terms.hpp"

namespace meridian::testing {

using index::Row;
using index::Rows;

namespace {

constexpr index::Tenant kTenant = 1;
constexpr std::int64_t kBegin = 1'577'836'800'000'000;  // 2020-01-01T00:00:00Z
constexpr std::array<kv::SpaceDefinition, 3> kSpaces{{{"terms"}, {"columns"}, {"state"}}};

struct Version {
  fhir::TypeId type;
  std::string id;
  std::int64_t time;
  std::string json;  // empty: a deletion
  fhir::Document document;
};

template <typename T>
T must(Result<T> result) {
  CHECK(result.has_value());
  return *std::move(result);
}

}  // namespace

struct World::State {
  std::shared_ptr<const search::Parameters> parameters;
  search::Extractor extractor;
  std::unique_ptr<kv::Kv> kv;
  std::unique_ptr<index::Index> index;
  std::vector<Version> versions;  // by row
  std::map<std::string, Row> latest;

  explicit State(std::shared_ptr<const search::Parameters> given)
      : parameters(std::move(given)),
        extractor(parameters),
        kv(must(open_model(kSpaces, std::make_shared<ModelDisk>()))),
        index(must(index::Index::open(*kv, {kv::SpaceId{0}, kv::SpaceId{1}, kv::SpaceId{2}}))) {}

  void write(std::string_view type, std::string_view id, std::string json) {
    Version version;
    version.type = parameters->schema().find_type(type);
    version.id = id;
    const auto row = static_cast<Row>(versions.size());
    version.time = row % 3 == 2 ? versions.back().time : kBegin + static_cast<std::int64_t>(row) * 1'000'000;
    version.json = json;
    index::Entries entries;
    if (!json.empty()) {
      Issues issues;
      version.document = fhir::DocumentParser().parse(std::move(json), issues);
      CHECK(version.document.has_root());
      extractor.extract(version.document.root(), id, entries);
    }
    const std::string address = std::string(type) + "/" + std::string(id);
    const auto before = latest.find(address);
    index->append(kTenant, row, entries, before == latest.end() ? std::optional<Row>() : before->second);
    latest[address] = row;
    versions.push_back(std::move(version));
  }
};

World::World(std::shared_ptr<const search::Parameters> parameters)
    : state_(std::make_unique<State>(std::move(parameters))) {}
World::~World() = default;

void World::put(std::string_view type, std::string_view id, std::string json) {
  state_->write(type, id, std::move(json));
}
void World::remove(std::string_view type, std::string_view id) {
  state_->write(type, id, "");
}
void World::flush() {
  CHECK(state_->index->flush(kTenant, state_->versions.size()).has_value());
}

index::IndexView World::view() const {
  return must(state_->index->view(kTenant, state_->kv->view(), {state_->versions.size(), {}}));
}

std::vector<World::Resource> World::current() const {
  std::vector<Resource> all;
  for (Row row = 0; row < state_->versions.size(); ++row) {
    const Version& version = state_->versions[row];
    const std::string where = address(row);
    if (version.json.empty() || state_->latest.at(where) != row) continue;
    all.push_back({row, version.type, version.id, where, version.time, &version.document});
  }
  return all;
}

std::string World::address(Row row) const {
  const Version& version = state_->versions.at(row);
  return std::string(state_->parameters->schema().type(version.type).name) + "/" + version.id;
}

Result<World::Identity> World::identify(Row row) {
  if (row >= state_->versions.size()) return fail(ErrorCode::not_found, "no such row");
  return Identity{state_->versions[row].type, state_->versions[row].id};
}

Result<std::optional<fhir::Document>> World::load(Row row) {
  if (row >= state_->versions.size() || state_->versions[row].json.empty()) return std::nullopt;
  Issues issues;
  return fhir::DocumentParser().parse(state_->versions[row].json, issues);
}

Result<Rows> World::updated_between(std::int64_t from, std::int64_t to) {
  Rows rows;
  for (Row row = 0; row < state_->versions.size(); ++row) {
    const std::int64_t time = state_->versions[row].time;
    if (time >= from && time < to) rows.add(row);
  }
  return rows;
}

Result<std::int64_t> World::updated_at(Row row) {
  if (row >= state_->versions.size()) return fail(ErrorCode::not_found, "no such row");
  return state_->versions[row].time;
}

}  // namespace meridian::testing
