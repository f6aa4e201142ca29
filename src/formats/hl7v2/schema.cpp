#include "formats/hl7v2/schema.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "formats/hl7v2/internal/schema_tables.hpp"

namespace meridian::hl7v2 {

namespace {

/// `2.5.1` as 20501, so that versions compare.
std::optional<int> number_of(std::string_view version) {
  int parts[3] = {};
  std::size_t count = 0;
  while (!version.empty() && count < 3) {
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), parts[count]);
    if (error != std::errc() || parts[count] < 0 || parts[count] > 99) return std::nullopt;
    ++count;
    version.remove_prefix(static_cast<std::size_t>(end - version.data()));
    if (!version.starts_with('.')) break;
    version.remove_prefix(1);
  }
  if (!version.empty() || count < 2) return std::nullopt;
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

template <typename Row>
const Row* find_by_name(std::span<const Row> rows, std::string_view name) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), name,
                                   [](const Row& row, std::string_view wanted) { return row.name < wanted; });
  return at != rows.end() && at->name == name ? &*at : nullptr;
}

}  // namespace

/// The public structures, made of the generated rows once.
struct SchemaLoader {
  std::vector<MessageDefinition> messages;
  std::vector<SegmentDefinition> segments;
  std::vector<DataTypeDefinition> types;
  std::vector<CodeTable> tables;
  std::vector<Schema> schemas;

  SchemaLoader() {
    for (const internal::NamedRun& row : internal::kMessages) {
      messages.push_back({row.name, row.description, internal::kNodes.subspan(row.first, row.count)});
    }
    for (const internal::NamedRun& row : internal::kSegments) {
      segments.push_back({row.name, row.description, internal::kElements.subspan(row.first, row.count)});
    }
    for (const internal::NamedRun& row : internal::kTypes) {
      types.push_back({row.name, row.description, internal::kElements.subspan(row.first, row.count)});
    }
    for (const internal::CodeTableRow& row : internal::kCodeTables) {
      tables.push_back({row.number, row.name, internal::kCodes.subspan(row.first_code, row.code_count)});
    }
    for (const internal::VersionRow& row : internal::kVersions) {
      Schema& schema = schemas.emplace_back();
      schema.version_ = row.version;
      schema.messages_ = std::span(messages).subspan(row.first_message, row.message_count);
      schema.segments_ = std::span(segments).subspan(row.first_segment, row.segment_count);
      schema.types_ = std::span(types).subspan(row.first_type, row.type_count);
    }
  }

  static const SchemaLoader& loaded() {
    static const SchemaLoader loader;
    return loader;
  }
};

bool CodeTable::has(std::string_view code) const {
  const auto at =
      std::lower_bound(codes.begin(), codes.end(), code,
                       [](const CodeDefinition& row, std::string_view wanted) { return row.code < wanted; });
  return at != codes.end() && at->code == code;
}

std::span<const Schema> Schema::all() {
  return SchemaLoader::loaded().schemas;
}

const Schema* Schema::of(std::string_view version) {
  for (const Schema& schema : all()) {
    if (schema.version_ == version) return &schema;
  }
  return nullptr;
}

const Schema& Schema::nearest(std::string_view version) {
  const std::optional<int> wanted = number_of(version);
  if (!wanted) return *of("2.5.1");
  const Schema* best = &all().front();
  for (const Schema& schema : all()) {
    if (*number_of(schema.version_) <= *wanted) best = &schema;
  }
  return *best;
}

const MessageDefinition* Schema::message(std::string_view name) const {
  return find_by_name(messages_, name);
}

const SegmentDefinition* Schema::segment(std::string_view name) const {
  return find_by_name(segments_, name);
}

const DataTypeDefinition* Schema::data_type(std::string_view name) const {
  return find_by_name(types_, name);
}

const CodeTable* Schema::table(std::uint32_t number) {
  const std::vector<CodeTable>& tables = SchemaLoader::loaded().tables;
  const auto at = std::lower_bound(tables.begin(), tables.end(), number,
                                   [](const CodeTable& row, std::uint32_t wanted) { return row.number < wanted; });
  return at != tables.end() && at->number == number ? &*at : nullptr;
}

}  // namespace meridian::hl7v2
