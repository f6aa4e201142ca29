#include "mapping/internal/variant_json.hpp"

#include "formats/fhir/json_writer.hpp"

namespace meridian::mapping::internal {
namespace {

using fhir::JsonWriter;

constexpr std::string_view kLoinc = "http://loinc.org";
constexpr std::string_view kProfiles = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/";

void write_coding(JsonWriter& json, std::string_view system, std::string_view code, std::string_view display = {}) {
  json.begin_object().key("system").string(system).key("code").string(code);
  if (!display.empty()) json.key("display").string(display);
  json.end_object();
}

void write_concept(JsonWriter& json, std::string_view system, std::string_view code, std::string_view display = {}) {
  json.begin_object().key("coding").begin_array();
  write_coding(json, system, code, display);
  json.end_array().end_object();
}

void write_text(JsonWriter& json, std::string_view text) {
  json.begin_object().key("text").string(text).end_object();
}

JsonWriter& begin_component(JsonWriter& json, std::string_view code, std::string_view display) {
  json.begin_object().key("code");
  write_concept(json, kLoinc, code, display);
  return json;
}

void component_code(JsonWriter& json, std::string_view code, std::string_view display, std::string_view system,
                    std::string_view value, std::string_view value_display = {}) {
  if (value.empty()) return;
  write_concept(begin_component(json, code, display).key("valueCodeableConcept"), system, value, value_display);
  json.end_object();
}

void component_text(JsonWriter& json, std::string_view code, std::string_view display, std::string_view text) {
  if (text.empty()) return;
  write_text(begin_component(json, code, display).key("valueCodeableConcept"), text);
  json.end_object();
}

void component_string(JsonWriter& json, std::string_view code, std::string_view display, std::string_view text) {
  if (text.empty()) return;
  begin_component(json, code, display).key("valueString").string(text);
  json.end_object();
}

void component_quantity(JsonWriter& json, std::string_view code, std::string_view display, std::string_view value,
                        std::string_view unit) {
  if (value.empty()) return;
  begin_component(json, code, display).key("valueQuantity").begin_object().key("value").number(value);
  json.key("unit").string(unit).key("system").string("http://unitsofmeasure.org").key("code").string("1");
  json.end_object().end_object();
}

void write_by_sample(JsonWriter& json, std::string_view type, const VariantSubject& subject) {
  json.begin_object().key("type").string(type).key("identifier").begin_object();
  json.key("system").string(subject.sample_system).key("value").string(subject.sample).end_object().end_object();
}

void write_subject(JsonWriter& json, const VariantSubject& subject) {
  json.key("subject");
  if (!subject.patient.empty()) {
    json.begin_object().key("reference").string(subject.patient).end_object();
  } else {
    write_by_sample(json, "Patient", subject);
  }
  if (!subject.sample.empty()) write_by_sample(json.key("specimen"), "Specimen", subject);
}

void write_category(JsonWriter& json) {
  write_concept(json, "http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "Genetics");
}

JsonWriter begin_observation(std::string_view id, std::string_view profile) {
  JsonWriter json;
  json.begin_object().key("resourceType").string("Observation").key("id").string(id);
  json.key("meta").begin_object().key("profile").begin_array().string(std::string(kProfiles).append(profile));
  json.end_array().end_object().key("status").string("final").key("category").begin_array();
  write_concept(json, "http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory");
  write_category(json);
  json.end_array();
  return json;
}

void write_derived_from(JsonWriter& json, std::initializer_list<std::string_view> ids) {
  json.key("derivedFrom").begin_array();
  for (const std::string_view id : ids) {
    json.begin_object().key("reference").string("Observation/" + std::string(id)).end_object();
  }
  json.end_array();
}

void write_gene(JsonWriter& json, const VariantNotes& notes) {
  if (notes.gene.empty()) return;
  begin_component(json, "48018-6", "Gene studied [ID]").key("valueCodeableConcept").begin_object();
  if (!notes.gene_id.empty()) {
    json.key("coding").begin_array();
    write_coding(json, "http://www.genenames.org/geneId", notes.gene_id, notes.gene);
    json.end_array();
  }
  json.key("text").string(notes.gene).end_object().end_object();
}

void write_place(JsonWriter& json, const CalledVariant& variant) {
  constexpr std::string_view kAssembly = "Human reference sequence assembly version";
  if (variant.assembly == Assembly::grch37) component_code(json, "62374-4", kAssembly, kLoinc, "LA14029-5", "GRCh37");
  if (variant.assembly == Assembly::grch38) component_code(json, "62374-4", kAssembly, kLoinc, "LA26806-2", "GRCh38");
  component_text(json, "48000-4", "Chromosome", "Chromosome " + chromosome_name(variant.contig));
  component_code(json, "48013-7", "Genomic reference sequence [ID]", "http://www.ncbi.nlm.nih.gov/nuccore",
                 reference_sequence(variant.contig, variant.assembly));
  component_code(json, "92822-6", "Genomic coord system", kLoinc, "LA30102-0", "1-based character counting");
  begin_component(json, "81254-5", "Genomic allele start-end").key("valueRange").begin_object();
  json.key("low").begin_object().key("value").number(static_cast<std::int64_t>(variant.from)).end_object();
  json.key("high").begin_object().key("value").number(static_cast<std::int64_t>(variant.to)).end_object();
  json.end_object().end_object();
}

}  // namespace

std::string variant_json(const CalledVariant& variant, const VariantSubject& subject) {
  JsonWriter json = begin_observation(variant.id, "variant");
  write_concept(json.key("code"), kLoinc, "69548-6", "Genetic variant assessment");
  write_subject(json, subject);
  write_concept(json.key("valueCodeableConcept"), kLoinc, "LA9633-4", "Present");
  json.key("component").begin_array();
  const VariantNotes& notes = variant.notes;
  write_gene(json, notes);
  write_place(json, variant);
  component_string(json, "69547-8", "Genomic ref allele [ID]", variant.ref);
  component_string(json, "69551-0", "Genomic alt allele [ID]", variant.alt);
  component_code(json, "48019-4", "DNA change type", variant.change.system, variant.change.code,
                 variant.change.display);
  component_code(json, "48002-0", "Genomic source class [Type]", kLoinc, variant.source, variant.source_name);
  component_code(json, "53034-5", "Allelic state", kLoinc, variant.state, variant.state_name);
  component_quantity(json, "81258-6", "Sample variant allelic frequency [NFr]", variant.frequency,
                     "relative frequency of a particular allele in the specimen");
  component_quantity(json, "82121-5", "Allelic read depth", variant.depth, "reads per base pair");
  component_quantity(json, "82155-3", "Genomic structural variant copy number", variant.copies, "1");
  for (const VariantCode& code : notes.known_as) {
    component_code(json, "81252-9", "Discrete genetic variant", code.system, code.code, code.display);
  }
  component_text(json, "51958-7", "Transcript reference sequence [ID]", notes.transcript);
  constexpr std::string_view kHgvs = "http://varnomen.hgvs.org";
  component_code(json, "48004-6", "DNA change (c.HGVS)", kHgvs, notes.coding_change, notes.coding_change);
  component_code(json, "48005-3", "Amino acid change (pHGVS)", kHgvs, notes.protein_change, notes.protein_change);
  json.end_array().end_object();
  return std::move(json).take();
}

std::string implication_json(const std::string& id, const CalledVariant& variant, const VariantSubject& subject) {
  JsonWriter json = begin_observation(id, "diagnostic-implication");
  write_concept(json.key("code"), "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs",
                "diagnostic-implication", "Diagnostic Implication");
  write_subject(json, subject);
  write_derived_from(json, {variant.id});
  json.key("component").begin_array();
  for (const VariantCode& one : variant.notes.significance) {
    constexpr std::string_view kDisplay = "Genetic variation clinical significance [Imp]";
    if (one.code.empty()) {
      component_text(json, "53037-8", kDisplay, one.display);
    } else {
      component_code(json, "53037-8", kDisplay, one.system, one.code, one.display);
    }
  }
  for (const std::string& condition : variant.notes.conditions) {
    component_text(json, "81259-4", "Associated phenotype", condition);
  }
  json.end_array().end_object();
  return std::move(json).take();
}

std::string phase_json(const std::string& id, bool is_cis, const std::string& first, const std::string& second,
                       const VariantSubject& subject) {
  JsonWriter json = begin_observation(id, "sequence-phase-relationship");
  write_concept(json.key("code"), kLoinc, "82120-7", "Allelic phase");
  write_subject(json, subject);
  const std::string_view code = is_cis ? "Cis" : "Trans";
  write_concept(json.key("valueCodeableConcept"),
                "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/sequence-phase-relationship-cs", code, code);
  write_derived_from(json, {first, second});
  json.end_object();
  return std::move(json).take();
}

std::string variant_report_json(const std::string& id, const std::vector<std::string>& results,
                                const VariantSubject& subject) {
  JsonWriter json;
  json.begin_object().key("resourceType").string("DiagnosticReport").key("id").string(id);
  json.key("meta").begin_object().key("profile").begin_array();
  json.string(std::string(kProfiles).append("genomics-report")).end_array().end_object();
  json.key("status").string("final").key("category").begin_array();
  write_category(json);
  json.end_array().key("code").begin_object().key("coding").begin_array();
  write_coding(json, kLoinc, "51969-4", "Genetic analysis report");
  write_coding(json, kLoinc, "81247-9", "Master HL7 genetic variant reporting panel");
  json.end_array().end_object().key("subject");
  if (!subject.patient.empty()) {
    json.begin_object().key("reference").string(subject.patient).end_object();
  } else {
    write_by_sample(json, "Patient", subject);
  }
  if (!subject.sample.empty()) {
    json.key("specimen").begin_array();
    write_by_sample(json, "Specimen", subject);
    json.end_array();
  }
  if (!results.empty()) {
    json.key("result").begin_array();
    for (const std::string& result : results) {
      json.begin_object().key("reference").string("Observation/" + result).end_object();
    }
    json.end_array();
  }
  json.end_object();
  return std::move(json).take();
}

}  // namespace meridian::mapping::internal
