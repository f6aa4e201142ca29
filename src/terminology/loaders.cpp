#include "terminology/loaders.hpp"

#include <array>
#include <string>

namespace meridian::terminology {
namespace {

struct Named {
  std::string_view part;  ///< of the file's name
  FileKind kind;
};
constexpr std::array kNames{
    Named{"icd10cm-order", FileKind::icd10cm_order},
    Named{"icd10cm_order", FileKind::icd10cm_order},
    Named{"icd10cm_tabular", FileKind::icd10cm_tabular},
    Named{"icd10cm-tabular", FileKind::icd10cm_tabular},
    Named{"Refset_Language", FileKind::snomed_language},
    Named{"sct2_Concept_Snapshot", FileKind::snomed_concept},
    Named{"sct2_Description_Snapshot", FileKind::snomed_description},
    Named{"sct2_Relationship_Snapshot", FileKind::snomed_relationship},
    Named{"Refset_SimpleMapSnapshot", FileKind::snomed_map},
    Named{"Refset_ComplexMapSnapshot", FileKind::snomed_map},
    Named{"Refset_ExtendedMapSnapshot", FileKind::snomed_map},
    Named{"der2_Refset_", FileKind::snomed_refset},
    Named{"ComponentHierarchyBySystem.csv", FileKind::loinc_hierarchy},
    Named{"Loinc.csv", FileKind::loinc_table},
    Named{"RXNCONSO", FileKind::rxnorm_concept},
    Named{"RXNREL", FileKind::rxnorm_relation},
    Named{"CONCEPT_RELATIONSHIP.csv", FileKind::athena_relation},
    Named{"CONCEPT.csv", FileKind::athena_concept},
};

}  // namespace

std::optional<FileKind> kind_of_file(std::string_view name) {
  name = name.substr(name.rfind('/') + 1);
  for (const Named& known : kNames) {
    if (name.find(known.part) != std::string_view::npos) return known.kind;
  }
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (lower.find("claml") != std::string::npos && lower.find(".xml") != std::string::npos) return FileKind::claml;
  return std::nullopt;
}

SystemAbout about_of(FileKind kind) {
  switch (kind) {
    case FileKind::icd10cm_order:
    case FileKind::icd10cm_tabular:
      return {.url = "http://hl7.org/fhir/sid/icd-10-cm", .name = "ICD-10-CM", .language = "en"};
    case FileKind::snomed_language:
    case FileKind::snomed_concept:
    case FileKind::snomed_description:
    case FileKind::snomed_relationship:
    case FileKind::snomed_refset:
    case FileKind::snomed_map:
      return {.url = "http://snomed.info/sct", .name = "SNOMED CT", .language = "en"};
    case FileKind::loinc_table:
    case FileKind::loinc_hierarchy:
      return {.url = "http://loinc.org",
              .name = "LOINC",
              .value_set = "http://loinc.org/vs",
              .language = "en",
              .is_case_sensitive = false};
    case FileKind::rxnorm_concept:
    case FileKind::rxnorm_relation:
      return {.url = "http://www.nlm.nih.gov/research/umls/rxnorm", .name = "RxNorm", .language = "en"};
    case FileKind::athena_concept:
    case FileKind::athena_relation:
      return {.url = "https://fhir-terminology.ohdsi.org", .name = "OHDSI Standardized Vocabularies", .language = "en"};
    case FileKind::claml:
      break;
  }
  return {.url = "http://hl7.org/fhir/sid/icd-10", .name = "ICD-10"};
}

Result<> load_file(FileKind kind, ByteSource& source, CodeSystemBuilder& builder, LoadState& state, Issues& issues) {
  switch (kind) {
    case FileKind::icd10cm_order:
      return load_icd10cm(source, builder, state, issues);
    case FileKind::icd10cm_tabular:
      return load_icd10cm_tabular(source, builder, state, issues);
    case FileKind::claml:
      return load_claml(source, builder, state, issues);
    case FileKind::snomed_language:
    case FileKind::snomed_concept:
    case FileKind::snomed_description:
    case FileKind::snomed_relationship:
    case FileKind::snomed_refset:
    case FileKind::snomed_map:
      return load_snomed(kind, source, builder, state, issues);
    default:
      return load_columns(kind, source, builder, state, issues);
  }
}

void finish(CodeSystemBuilder& builder, const LoadState& state) {
  if (state.newest == 0 || !builder.about().version.empty()) return;
  builder.about().version = "http://snomed.info/sct/900000000000207008/version/" + std::to_string(state.newest);
}

}  // namespace meridian::terminology
