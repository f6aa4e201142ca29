#include "ingest/comparison.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "formats/fhir/document.hpp"
#include "ingest/record_writer.hpp"
#include "mapping/merge.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kAtOnce = 1000;

/// What a mapping makes of messages, in memory.
class ScratchRecord {
 public:
  explicit ScratchRecord(const Mapper& mapper) : mapper_(mapper) {
    if (auto rules = mapper.rules()) merger_.emplace(std::move(rules));
  }

  Result<> take(const Message& message) {
    Issues issues;
    const Writes writes = mapper_.map(message, issues);
    if (issues.has_errors()) {
      ++faults;
      return {};
    }
    for (const mapping::Write& write : writes) {
      if (write.is_transient() || !merger_) continue;
      const store::ResourceKey key = key_of(write);
      Kept& kept = resources[key.type + '/' + key.id];
      mapping::Merged merged = TRY(merger_->merge(kept.json, kept.origins, write));
      bytes += merged.json.size() + merged.origins.size();
      bytes -= kept.json.size() + kept.origins.size();
      kept = {std::move(merged.json), std::move(merged.origins)};
    }
    return {};
  }

  struct Kept {
    std::string json;
    std::string origins;
  };
  std::map<std::string, Kept> resources;
  std::uint64_t bytes = 0;
  std::uint64_t faults = 0;

 private:
  const Mapper& mapper_;
  std::optional<mapping::Merger> merger_;
};

using Fields = std::map<std::string, std::string>;

/// Every value with its path. The depth of a document is bounded.
void flatten(fhir::Node node, const std::string& path, Fields& fields) {
  if (node.has_value()) fields[path] = std::string(node.text());
  std::map<std::string_view, std::size_t> counts;
  for (const fhir::Node child : node.children()) {
    std::string below = path + '.' + std::string(child.key());
    if (child.is_in_json_array()) below += '[' + std::to_string(counts[child.key()]++) + ']';
    flatten(child, below, fields);
  }
}

Fields fields_of(const std::string& json) {
  Fields fields;
  if (json.empty()) return fields;
  Issues ignored;
  fhir::DocumentParser parser;
  const fhir::Document document = parser.parse_borrowed(json, ignored);
  if (!document.has_root()) return fields;
  const fhir::Node root = document.root();
  flatten(root, std::string(document.schema().type(root.type()).name), fields);
  return fields;
}

/// The sequences that the question finds, oldest first.
Result<std::vector<std::uint64_t>> find(const Inbox& inbox, InboxQuery query, std::uint64_t max) {
  std::vector<std::uint64_t> sequences;
  query.limit = kAtOnce;
  while (true) {
    const std::vector<InboxEntry> found = TRY(inbox.search(query));
    for (const InboxEntry& entry : found) sequences.push_back(entry.id.sequence);
    if (sequences.size() > max) {
      return fail(ErrorCode::too_large, "the question finds more than " + std::to_string(max) +
                                            " messages: ask for a shorter stretch of time");
    }
    if (found.size() < query.limit) break;
    query.before = sequences.back();
  }
  std::ranges::reverse(sequences);
  return sequences;
}

}  // namespace

std::vector<FieldDifference> differences_of(const std::string& before, const std::string& after) {
  const Fields old_fields = fields_of(before);
  const Fields new_fields = fields_of(after);
  std::vector<FieldDifference> differences;
  for (const auto& [path, value] : old_fields) {
    const auto same = new_fields.find(path);
    if (same == new_fields.end()) differences.push_back({path, value, {}});
    if (same != new_fields.end() && same->second != value) differences.push_back({path, value, same->second});
  }
  for (const auto& [path, value] : new_fields) {
    if (!old_fields.contains(path)) differences.push_back({path, {}, value});
  }
  std::ranges::sort(differences, {}, &FieldDifference::path);
  return differences;
}

Result<Comparison> compare(const Inbox& inbox, InboxQuery query, const Mapper& present, const Mapper& other,
                           const ComparisonLimits& limits) {
  Comparison comparison;
  ScratchRecord before(present);
  ScratchRecord after(other);
  const std::string feed = query.feed;
  for (const std::uint64_t sequence : TRY(find(inbox, std::move(query), limits.max_messages))) {
    const Message message = TRY(inbox.read({feed, sequence}));
    if (!message.header.is_readable) continue;
    ++comparison.messages;
    TRY(before.take(message));
    TRY(after.take(message));
    if (before.bytes + after.bytes > limits.max_bytes) {
      return fail(ErrorCode::too_large, "what the first " + std::to_string(comparison.messages) +
                                            " messages make is too much to compare: ask for a shorter stretch of time");
    }
  }
  comparison.faults_before = before.faults;
  comparison.faults_after = after.faults;
  const auto add = [&](const std::string& name, const std::string& old_json, const std::string& new_json) {
    if (old_json == new_json) {
      ++comparison.resources;
    } else if (comparison.differences.size() < limits.max_differences) {
      comparison.differences.push_back({name, old_json.empty(), new_json.empty(), differences_of(old_json, new_json)});
    }
  };
  for (const auto& [name, kept] : before.resources) {
    const auto same = after.resources.find(name);
    add(name, kept.json, same == after.resources.end() ? std::string() : same->second.json);
  }
  for (const auto& [name, kept] : after.resources) {
    if (!before.resources.contains(name)) add(name, {}, kept.json);
  }
  return comparison;
}

}  // namespace meridian::ingest
