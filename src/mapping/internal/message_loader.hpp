// MessageLoader: message maps: which segments and groups make which resources, and how these are identified.
//
//   message: ORU_R01
//   triggers: [ORU^R01, ORU^W01]
//   do:
//     - include: header                                       # a fragment
//     - group: PATIENT_RESULT
//       begins: [PID]
//       do:
//         - PID: {make: Patient, as: patient, identity: patient, rank: copy, maps: [PID/Patient]}
//         - PD1: {into: patient, maps: [PD1/Patient], when: …, rows: [...]}
//
// and maps of documents, whose actions belong to elements; of the actions of an element the first whose condition holds
// is taken, and those marked `also`:
//
//   document: CDA
//   triggers: [CDA]
//   do:
//     - patientRole: {make: Patient, as: patient, identity: cda-patient, maps: [patientRole/Patient]}
//     - observation: {make: Condition, identity: cda-entry, when: "templateId/@root = 2.16.840…", maps: [...]}
//     - observation: {skip: true}
//
// A map of records is like one of documents; it is called as feeds call it, and says what a record is called, by what
// its order is kept, and when it was said:
//
//   record: lab-results
//   id: result_no
//   order: [patient_no]
//   time: reported
//   do:
//     - record: {make: Patient, …}
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "mapping/internal/compiler.hpp"
#include "mapping/internal/row_loader.hpp"

namespace meridian::mapping::internal {

class MessageLoader {
 public:
  MessageLoader(Plan& plan, Compiler& compiler, RowLoader& rows) : plan_(plan), compiler_(compiler), rows_(rows) {}

  void identities(const YamlTree& tree);
  void fragments(const YamlTree& tree);
  void message(const YamlTree& file);
  void document(const YamlTree& file);
  void record(const YamlTree& file);

 private:
  void element_actions(const YamlTree& file, MessageMap& message);
  const YamlTree* steps_of(const YamlTree& file);
  std::vector<SourcePath> paths(const YamlTree& file, std::string_view member);
  void identity(const YamlTree& tree, Identity& identity);
  void steps(const YamlTree& list, MessageMap& message, int group, int depth);
  void triggers(const YamlTree& file, MessageMap message);
  void action(const std::string& segment, const YamlTree& tree, Group& group);
  /// Of what a name bound before stands for: to check rows that go into it.
  std::unordered_map<int, fhir::TypeId> types_;
  std::unordered_map<std::string, YamlTree> fragments_;

  Plan& plan_;
  Compiler& compiler_;
  RowLoader& rows_;
};

}  // namespace meridian::mapping::internal
