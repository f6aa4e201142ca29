// Every search parameter of R4 on Synthea's resources: what the index is told agrees with what matching sees, and no
// value is too long or broken on the way. Skipped where the outside data is missing.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "formats/fhir/testing/documents.hpp"
#include "search/matching.hpp"
#include "search/terms.hpp"

namespace meridian::search {
namespace {

/// At most `per_file` lines of each NDJSON file in the archive.
std::vector<std::string> lines_of(const std::string& archive, std::size_t per_file) {
  std::vector<std::string> lines;
  const Result<std::unique_ptr<ByteSource>> source = open_input(archive);
  if (!source) return lines;
  TarReader tar(**source);
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    if (!(*entry)->name.ends_with(".ndjson")) continue;
    const Result<std::string> bytes = tar.read_entry();
    if (!bytes) break;
    std::string_view rest = *bytes;
    for (std::size_t i = 0; i < per_file && !rest.empty(); ++i) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      lines.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return lines;
}

TEST(ExtractConformance, what_the_index_is_told_of_each_synthea_resource_agrees_with_matching) {
  const auto folder = testing::shared_data("synthea-fhir-r4");
  if (!folder) GTEST_SKIP() << "the outside data (synthea-fhir-r4) is not here";
  const fhir::Schema& schema = fhir::Schema::r4();
  Extractor extractor(Parameters::r4());
  Matcher matcher(*Parameters::r4(), nullptr, nullptr);
  std::set<std::string> types;
  std::size_t resources = 0;
  std::size_t present = 0;
  for (const char* name : {"bulk-10-patients.tar.zst", "bulk-100-patients-part.tar.zst"}) {
    for (const std::string& line : lines_of(*folder / name, 40)) {
      const fhir::Document document = fhir::testing::parsed(line);
      if (!document.has_root()) continue;  // the export's log
      ++resources;
      const fhir::Node root = document.root();
      types.insert(std::string(schema.type(root.type()).name));
      index::Entries entries;
      extractor.extract(root, root.child("id").text(), entries);
      std::set<std::pair<index::FieldId, std::string>> terms;
      for (const index::Entries::Term& term : entries.terms()) {
        EXPECT_LE(term.size, index::kMaxTermBytes);
        terms.emplace(term.field, entries.term(term));
      }
      std::set<index::FieldId> columns;
      for (const index::Entries::Column& column : entries.columns()) {
        EXPECT_LE(column.low, column.high);
        EXPECT_TRUE(columns.insert(column.field).second) << "two columns of one field";
      }
      EXPECT_TRUE(terms.contains({field(root.type(), schema, {}, Facet::all), ""}));
      for (const Parameter* parameter : Parameters::r4()->of(root.type())) {
        if (parameter->code == "_lastUpdated") continue;
        Condition condition;
        condition.parameter = parameter;
        condition.modifier = Modifier::missing;
        condition.operands.push_back({Prefix::eq, "false", {}});
        const bool is_present = matcher.matches(root, condition).value();
        present += is_present ? 1 : 0;
        EXPECT_EQ(terms.contains({field(root.type(), schema, parameter->code, Facet::present), ""}), is_present)
            << parameter->url;
      }
    }
  }
  EXPECT_GT(resources, 300U);
  EXPECT_GT(types.size(), 8U);
  EXPECT_GT(present, resources * 5);
}

}  // namespace
}  // namespace meridian::search
