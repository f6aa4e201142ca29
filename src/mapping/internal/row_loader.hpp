// RowLoader: the maps of data types and segments, and their rows.
//
//   maps:
//     CX/Identifier:                       # "from a CX, an Identifier"
//       identity: practitioner             # of a map that makes a resource
//       display: [XCN.3, XCN.2]            # what a Reference shows where nothing identifies it
//       choose: [{when: PL.3 valued, use: PL/Location-Bed}]
//       rows:
//         - {from: CX.1, to: value}
//         - {from: PID-11, to: address, type: XAD/Address}
//         - {from: PID-8, to: gender, codes: AdministrativeSex}
//         - {from: OBR-2, to: identifier, type: EI/Identifier, with: {type.coding.code: PLAC}}
//         - {to: status, value: unknown, weight: fallback, when: PV1-2 valued}
//         - {to: subject, reference: patient}          · {to: result, references: observation}
//         - {to: link.other, others: patient}
//         - {to: period.end, delete: true}             · {to: valueString, compute: "%`SN.1` + %`SN.2`"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mapping/internal/compiler.hpp"
#include "mapping/internal/plan.hpp"

namespace meridian::mapping::internal {

class RowLoader {
 public:
  RowLoader(Plan& plan, Compiler& compiler) : plan_(plan), compiler_(compiler) {}

  void declare(Map map);
  void define(int index, const YamlTree& body);
  int find_map(std::string_view name) const;
  int find_codes(std::string_view name) const;
  int find_identity(std::string_view name) const;
  /// Rows of a message map, into a resource of that type.
  std::vector<Row> rows(const YamlTree& list, fhir::TypeId type);

 private:
  bool row(const YamlTree& tree, fhir::TypeId type, std::vector<std::string>& labels, Row& row);
  bool source(const YamlTree& tree, Row& row);
  bool content(const YamlTree& tree, Row& row);
  void with(const YamlTree& tree, std::vector<std::string>& labels, Row& row);
  void check(const YamlTree& tree, const Row& row);
  void check_constant(std::uint32_t line, const Target& target, const std::string& value);

  Plan& plan_;
  Compiler& compiler_;
};

}  // namespace meridian::mapping::internal
