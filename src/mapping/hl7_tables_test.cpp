// Audit: HL7's published v2-to-FHIR tables beside our maps of the same name, row by row. A row agrees when our map
// takes the same field to the same element, differs when it takes it elsewhere, and is missing when it does not take
// it. The outside data may be absent. MERIDIAN_SHOW_DIFFERENCES=1 prints the rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/testing/paths.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/testing/record.hpp"

namespace meridian::mapping {
namespace {

/// The cells of a CSV file, quotes resolved.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1);
  std::string cell;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else if (c == '"') {
        is_quoted = false;
      } else {
        cell += c;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',' || c == '\n') {
      rows.back().push_back(std::move(cell));
      cell.clear();
      if (c == '\n') rows.emplace_back();
    } else if (c != '\r') {
      cell += c;
    }
  }
  rows.back().push_back(cell);
  return rows;
}

/// `extension[1].valueString` → `extension`; `[1].family` → `family`; `performer[1](Practitioner)` → `performer`.
std::string element_of(std::string target) {
  while (target.starts_with('['))
    target.erase(0, target.find('.') == std::string::npos ? target.size() : target.find('.') + 1);
  return target.substr(0, target.find_first_of(".[( ="));
}

/// What our map makes of each field (of a segment) or part (of a data type), with maps that work on the same value.
using Taken = std::map<int, std::set<std::string>>;
void note(const internal::Plan& plan, const internal::Map& map, Taken& taken) {
  for (const internal::Row& row : map.rows) {
    // All of the value handed to another map: what that takes goes to this row's element.
    if (row.map != internal::kNone && row.from.size() == 1 && row.from[0].segment == 0 && row.from[0].part == 0) {
      Taken inner;
      note(plan, plan.maps[static_cast<std::size_t>(row.map)], inner);
      for (const auto& [number, elements] : inner) {
        if (row.target.steps.empty()) {
          taken[number].insert(elements.begin(), elements.end());
        } else {
          taken[number].insert(std::string(row.target.steps.front().key));
        }
      }
      continue;
    }
    for (const internal::SourcePath& path : row.from) {
      const int number = path.segment != 0 ? path.field : path.part;
      if (!row.target.steps.empty()) {
        const internal::Step& first = row.target.steps.front();
        taken[number].insert({std::string(first.key), std::string(plan.schema->name(first.element))});
      } else {
        taken[number].insert("$this");
      }
    }
  }
  for (const internal::Choice& choice : map.choices) note(plan, plan.maps[static_cast<std::size_t>(choice.map)], taken);
}

struct Audit {
  int agree = 0;
  int differ = 0;
  int missing = 0;
  int tables = 0;
  int absent = 0;
};

Audit audit(const std::filesystem::path& folder, const std::string& prefix) {
  const bool shows = std::getenv("MERIDIAN_SHOW_DIFFERENCES") != nullptr;
  const internal::Plan& plan = testing::catalogue()->plan();
  Audit out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    name = name.substr(prefix.size(), name.find("__-_") - prefix.size());
    std::replace(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(name.size(), 5)), '_',
                 '/');
    const auto map =
        std::find_if(plan.maps.begin(), plan.maps.end(), [&name](const internal::Map& m) { return m.name == name; });
    if (map == plan.maps.end()) {
      ++out.absent;
      continue;
    }
    ++out.tables;
    Taken taken;
    note(plan, *map, taken);
    std::set<std::string> seen;
    for (const std::vector<std::string>& row : read_csv(testing::file_text(entry.path().string()))) {
      if (row.size() < 10 || row[9].empty()) continue;
      const std::size_t number_at = row[1].find_first_of("-.");
      const int number = number_at == std::string::npos ? 0 : std::atoi(row[1].c_str() + number_at + 1);
      const std::string element = element_of(row[9]);
      if (number == 0 || element.empty() || !seen.insert(row[1] + element).second) continue;
      const auto ours = taken.find(number);
      const bool agrees = ours != taken.end() && (ours->second.contains(element) || element.starts_with('$') ||
                                                  ours->second.contains("$this"));
      ++(agrees ? out.agree : ours != taken.end() ? out.differ : out.missing);
      if (shows && !agrees) {
        std::printf("%s\t%s\t%s\t%s\n", name.c_str(), row[1].c_str(), row[9].c_str(),
                    ours != taken.end() ? "differs" : "missing");
      }
    }
  }
  std::printf("%s tables: %d compared, %d without a map of ours; rows: %d agree, %d differ, %d missing\n",
              prefix.c_str(), out.tables, out.absent, out.agree, out.differ, out.missing);
  return out;
}

TEST(Hl7Tables, agree_with_our_maps_row_by_row_as_far_as_was_reached) {
  const auto folder = meridian::testing::shared_data("hl7v2/v2-to-fhir-mappings/mappings");
  if (!folder) GTEST_SKIP() << "the outside data is not here";
  const Audit segments = audit(*folder / "segments", "HL7_Segment_-_FHIR_R4__");
  const Audit types = audit(*folder / "datatypes", "HL7_Data_Type_-_FHIR_R4__");
  EXPECT_GE(segments.tables, 25);
  EXPECT_GE(types.tables, 12);
  EXPECT_GE(segments.agree * 100, (segments.agree + segments.differ + segments.missing) * 68);
  EXPECT_GE(types.agree * 100, (types.agree + types.differ + types.missing) * 70);
}

}  // namespace
}  // namespace meridian::mapping
