#include "store/internal/everything.hpp"

#include <unordered_set>

namespace meridian::store {

namespace {

/// The references in JSON as it is kept: without white space, ids without escapes.
template <typename Visit>
void visit_references(std::string_view json, Visit&& visit) {
  constexpr std::string_view kKey = "\"reference\":\"";
  for (std::size_t at = json.find(kKey); at != std::string_view::npos; at = json.find(kKey, at)) {
    at += kKey.size();
    const std::string_view reference = json.substr(at, json.find('"', at) - at);
    if (const auto local = parse_local_reference(reference)) visit(*local);
  }
}

class Everything {
 public:
  Everything(const Core& core, const ReadContext& context, const VersionVisitor& visit)
      : core_(core), context_(context), showing_(core.showing(context)), visit_(visit) {}

  Result<> run(std::string_view patient) {
    const Snapshot snapshot = TRY(core_.snapshots.take(context_.tenant, context_.at));
    const std::optional<Located> located = TRY(find_current(snapshot, "Patient", patient));
    if (!located) return fail(ErrorCode::not_found, "no such patient");
    if (located->pointer.change == Change::deleted) return fail(ErrorCode::gone, "the patient was deleted");
    TRY(scan_home(snapshot, core_.codec, showing_, context_, "Patient/" + std::string(patient),
                  [this](Version&& version) { return take(std::move(version)); }));
    if (is_stopped_) return {};
    TRY(compartment(snapshot, patient));
    if (is_stopped_) return {};
    return referred(snapshot);
  }

 private:
  bool take(Version&& version) {
    if (!seen_.insert(text_of(version.key)).second) return true;
    rows_.add(version.row);
    visit_references(version.json, [this](const LocalReference& reference) {
      ResourceKey key{std::string(reference.type), std::string(reference.id)};
      if (referred_.insert(text_of(key)).second) referred_keys_.push_back(std::move(key));
    });
    is_stopped_ = !visit_(std::move(version));
    return !is_stopped_;
  }

  /// What belongs to the patient and lies elsewhere.
  Result<> compartment(const Snapshot& snapshot, std::string_view patient) {
    search::Query query;
    query.compartment = search::Query::Compartment{"Patient", std::string(patient)};
    query.count = 100'000;
    ReadContext context = context_;
    context.at = CommitNumber(snapshot.horizon->commit);
    do {
      ResultPage page = TRY(core_.searching.search(core_.snapshots, showing_, context, query, &rows_));
      for (Found& found : page.entries) {
        if (!take(std::move(found.version))) return {};
      }
      query.cursor = std::move(page.next);
    } while (!query.cursor.empty());
    return {};
  }

  Result<> referred(const Snapshot& snapshot) {
    // Found while walking the others; what these refer to in turn is left alone.
    const std::vector<ResourceKey> keys = std::move(referred_keys_);
    for (const ResourceKey& key : keys) {
      TRY(keep_going(context_.deadline, context_.stop));
      if (seen_.contains(text_of(key))) continue;
      const std::optional<Located> located = TRY(find_current(snapshot, key.type, key.id));
      if (!located || located->pointer.change == Change::deleted) continue;
      Version version = TRY(load_version(snapshot, core_.codec, key, *located));
      if (TRY(showing_.show(version)) && !take(std::move(version))) return {};
    }
    return {};
  }

  const Core& core_;
  const ReadContext& context_;
  const Showing showing_;
  const VersionVisitor& visit_;
  bool is_stopped_ = false;
  std::unordered_set<std::string> seen_;
  index::Rows rows_;  // of these
  std::unordered_set<std::string> referred_;
  std::vector<ResourceKey> referred_keys_;
};

}  // namespace

Result<> visit_everything(const Core& core, const ReadContext& context, std::string_view patient,
                          const VersionVisitor& visit) {
  return Everything(core, context, visit).run(patient);
}

}  // namespace meridian::store
