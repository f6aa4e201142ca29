#include "formats/genomics/internal/reserved.hpp"

#include <array>
#include <map>

namespace meridian::genomics::internal {
namespace {

struct Row {
  std::string_view id;
  std::string_view number;
  std::string_view type;
  int from = 1;  // versions
  int to = 5;
  bool is_non_negative = false;
};

// Sections 1.6.1 (INFO), 1.6.2 (FORMAT) and 3 to 5 (structural variants) of each version.
constexpr Row kInfo[] = {
    {"AA", "1", "String"},
    {"AC", "A", "Integer", 1, 5, true},
    {"AD", "R", "Integer", 3, 5, true},
    {"ADF", "R", "Integer", 3, 5, true},
    {"ADR", "R", "Integer", 3, 5, true},
    {"AF", "A", "Float", 1, 5, true},
    {"AN", "1", "Integer", 1, 5, true},
    {"BQ", "1", "Float"},
    {"CIGAR", "A", "String"},
    {"DB", "0", "Flag"},
    {"DP", "1", "Integer", 1, 5, true},
    {"END", "1", "Integer", 1, 5, true},
    {"H2", "0", "Flag"},
    {"H3", "0", "Flag"},
    {"MQ", "1", "Float"},
    {"MQ0", "1", "Integer", 1, 5, true},
    {"NS", "1", "Integer", 1, 5, true},
    {"SOMATIC", "0", "Flag"},
    {"VALIDATED", "0", "Flag"},
    {"1000G", "0", "Flag"},
    {"IMPRECISE", "0", "Flag"},
    {"NOVEL", "0", "Flag"},
    {"SVTYPE", "1", "String"},
    {"SVLEN", "A", "Integer", 4, 5},
    {"SVCLAIM", "A", "String", 4, 5},
    {"CIPOS", ".", "Integer", 4, 5},
    {"CIEND", ".", "Integer", 4, 5},
    {"HOMLEN", "A", "Integer", 4, 5},
    {"HOMSEQ", "A", "String", 4, 5},
    {"BKPTID", "A", "String", 4, 5},
    {"MEINFO", ".", "String", 4, 5},
    {"METRANS", ".", "String", 4, 5},
    {"MATEID", "A", "String", 4, 5},
    {"PARID", "A", "String", 4, 5},
    {"EVENT", "A", "String", 4, 5},
    {"EVENTTYPE", "A", "String", 4, 5},
    {"CILEN", ".", "Integer", 4, 5},
    {"CN", "A", "Float", 4, 5},
    {"CICN", ".", "Float", 4, 5},
    {"RN", "A", "Integer", 4, 5, true},
    {"RUS", ".", "String", 4, 5},
    {"RUL", ".", "Integer", 4, 5, true},
    {"RB", ".", "Integer", 4, 5, true},
    {"CIRB", ".", "Integer", 4, 5},
    {"RUC", ".", "Float", 4, 5, true},
    {"CIRUC", ".", "Float", 4, 5},
    {"RUB", ".", "Integer", 4, 5, true},
};
constexpr Row kFormat[] = {
    {"AD", "R", "Integer", 3, 5, true},
    {"ADF", "R", "Integer", 3, 5, true},
    {"ADR", "R", "Integer", 3, 5, true},
    {"DP", "1", "Integer", 1, 5, true},
    {"EC", "A", "Integer", 1, 5, true},
    {"FT", "1", "String"},
    {"GL", "G", "Float"},
    {"GP", "G", "Float"},
    {"GQ", "1", "Integer"},
    {"GT", "1", "String"},
    {"HQ", "2", "Integer"},
    {"MQ", "1", "Integer"},
    {"PL", "G", "Integer"},
    {"PQ", "1", "Integer"},
    {"PS", "1", "Integer"},
    {"PSL", "P", "String", 4, 5},
    {"PSO", "P", "Integer", 4, 5},
    {"PSQ", "P", "Integer", 4, 5},
    {"CN", "1", "Float", 4, 5, true},
    {"CICN", "2", "Float", 4, 5},
    {"LAA", ".", "Integer", 5, 5},
};

using Table = std::map<std::string_view, FieldDefinition>;

template <std::size_t kRows>
std::array<Table, 6> tables(const Row (&rows)[kRows]) {
  std::array<Table, 6> all;
  for (int version = 1; version <= 5; ++version) {
    for (const Row& row : rows) {
      if (version < row.from || version > row.to) continue;
      FieldDefinition definition;
      definition.id = row.id;
      definition.count = parse_count(row.number, 5).value_or(Count{});
      definition.type = value_type(row.type).value_or(ValueType::string);
      definition.is_non_negative = row.is_non_negative;
      all[static_cast<std::size_t>(version)].emplace(row.id, std::move(definition));
    }
  }
  return all;
}

const FieldDefinition* find(const std::array<Table, 6>& all, std::string_view id, int version) {
  const Table& table = all[static_cast<std::size_t>(version)];
  const auto found = table.find(id);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

const FieldDefinition* reserved_info(std::string_view id, int version) {
  static const std::array<Table, 6> kTables = tables(kInfo);
  return find(kTables, id, version);
}

const FieldDefinition* reserved_format(std::string_view id, int version) {
  static const std::array<Table, 6> kTables = tables(kFormat);
  return find(kTables, id, version);
}

}  // namespace meridian::genomics::internal
