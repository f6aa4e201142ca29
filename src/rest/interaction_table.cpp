#include "rest/interaction_table.hpp"

#include "rest/bundle_interaction.hpp"
#include "rest/capability_statement.hpp"
#include "rest/code_system_operations.hpp"
#include "rest/diff_operation.hpp"
#include "rest/everything_operation.hpp"
#include "rest/export_interaction.hpp"
#include "rest/expunge_operation.hpp"
#include "rest/history_interaction.hpp"
#include "rest/import_interaction.hpp"
#include "rest/last_n_operation.hpp"
#include "rest/meta_operation.hpp"
#include "rest/patch_interaction.hpp"
#include "rest/read_interactions.hpp"
#include "rest/search_interaction.hpp"
#include "rest/stats_operation.hpp"
#include "rest/value_set_operations.hpp"
#include "rest/write_interactions.hpp"

namespace meridian::rest {
namespace {

using http::Method;

constexpr InteractionRow kRows[] = {
    {Method::get, "/metadata", nullptr, show_capabilities, "capabilities", "Say what this server can do"},

    // The whole system
    {Method::get, "", nullptr, search_resources, "search-system", "Search resources of several types (_type)"},
    {Method::post, "/_search", nullptr, search_resources, "search-system.form", "Search with a form"},
    {Method::post, "", process_bundle, nullptr, "transaction", "Do the requests of a batch or transaction"},
    {Method::get, "/_history", nullptr, show_history, "history-system", "Show the versions of all resources"},

    // A type
    {Method::get, "/{type}", nullptr, search_resources, "search-type", "Search resources of this type"},
    {Method::post, "/{type}/_search", nullptr, search_resources, "search-type.form", "Search with a form"},
    {Method::post, "/{type}", create_resource, nullptr, "create", "Store a resource under a new id"},
    {Method::put, "/{type}", update_found, nullptr, "update.conditional", "Store the one resource that is found"},
    {Method::patch, "/{type}", patch_found, nullptr, "patch.conditional", "Change the one resource that is found"},
    {Method::delete_, "/{type}", delete_found, nullptr, "delete.conditional", "Delete the one resource that is found"},
    {Method::get, "/{type}/_history", nullptr, show_history, "history-type", "Show the versions of this type"},

    // A resource
    {Method::get, "/{type}/{id}", nullptr, read_resource, "read", "Read a resource"},
    {Method::put, "/{type}/{id}", update_resource, nullptr, "update", "Store a resource under this id"},
    {Method::patch, "/{type}/{id}", patch_resource, nullptr, "patch", "Change a resource"},
    {Method::delete_, "/{type}/{id}", delete_resource, nullptr, "delete", "Delete a resource"},
    {Method::get, "/{type}/{id}/_history", nullptr, show_history, "history-instance", "Show its versions"},
    {Method::get, "/{type}/{id}/_history/{version}", nullptr, read_version, "vread", "Read a version"},
    {Method::get, "/{type}/{id}/{member}", nullptr, search_resources, "search-compartment", "Search a compartment"},
    {Method::post, "/{type}/{id}/{member}/_search", nullptr, search_resources, "search-compartment.form",
     "Search a compartment with a form"},

    // Operations
    {Method::get, "/Patient/{id}/$everything", nullptr, patient_everything, "operation.patient-everything",
     "Show all of a patient"},
    {Method::post, "/Patient/{id}/$everything", nullptr, patient_everything, "operation.patient-everything.post",
     "Show all of a patient"},
    {Method::get, "/Encounter/{id}/$everything", nullptr, encounter_everything, "operation.encounter-everything",
     "Show all about an encounter"},
    {Method::post, "/Encounter/{id}/$everything", nullptr, encounter_everything, "operation.encounter-everything.post",
     "Show all about an encounter"},
    {Method::get, "/Observation/$lastn", nullptr, last_observations, "operation.lastn", "Show the last of each code"},
    {Method::post, "/Observation/$lastn", nullptr, last_observations, "operation.lastn.post",
     "Show the last of each code"},
    {Method::get, "/Observation/$stats", nullptr, observation_statistics, "operation.stats",
     "Show statistics of a patient's values"},
    {Method::post, "/Observation/$stats", nullptr, observation_statistics, "operation.stats.post",
     "Show statistics of a patient's values"},
    {Method::get, "/{type}/{id}/$meta", nullptr, show_meta, "operation.meta", "Show its profiles, tags and labels"},
    {Method::get, "/{type}/{id}/_history/{version}/$meta", nullptr, show_meta, "operation.meta.version",
     "Show the profiles, tags and labels of a version"},
    {Method::post, "/{type}/{id}/$meta-add", add_meta, nullptr, "operation.meta-add", "Add profiles, tags and labels"},
    {Method::post, "/{type}/{id}/$meta-delete", delete_meta, nullptr, "operation.meta-delete",
     "Take profiles, tags and labels away"},
    {Method::get, "/{type}/{id}/$diff", nullptr, diff_versions, "operation.diff", "Show what changed between versions"},
    {Method::post, "/{type}/{id}/$expunge", nullptr, expunge_resource, "operation.expunge",
     "Take versions out of the store for good"},

    // Terminology
    {Method::get, "/CodeSystem/$lookup", nullptr, look_up_code, "operation.lookup", "Say what a code means"},
    {Method::post, "/CodeSystem/$lookup", nullptr, look_up_code, "operation.lookup.post", "Say what a code means"},
    {Method::get, "/CodeSystem/$validate-code", nullptr, validate_system_code, "operation.system-validate-code",
     "Say whether a code system has a code"},
    {Method::post, "/CodeSystem/$validate-code", nullptr, validate_system_code, "operation.system-validate-code.post",
     "Say whether a code system has a code"},
    {Method::get, "/CodeSystem/{id}/$validate-code", nullptr, validate_system_code,
     "operation.system-validate-code.instance", "Say whether this code system has a code"},
    {Method::post, "/CodeSystem/{id}/$validate-code", nullptr, validate_system_code,
     "operation.system-validate-code.instance.post", "Say whether this code system has a code"},
    {Method::get, "/CodeSystem/$subsumes", nullptr, compare_codes, "operation.subsumes",
     "Say how two codes stand to each other"},
    {Method::post, "/CodeSystem/$subsumes", nullptr, compare_codes, "operation.subsumes.post",
     "Say how two codes stand to each other"},
    {Method::get, "/CodeSystem/{id}/$subsumes", nullptr, compare_codes, "operation.subsumes.instance",
     "Say how two codes stand to each other"},
    {Method::post, "/CodeSystem/{id}/$subsumes", nullptr, compare_codes, "operation.subsumes.instance.post",
     "Say how two codes stand to each other"},
    {Method::get, "/ValueSet/$expand", nullptr, expand_value_set, "operation.expand", "List the codes of a value set"},
    {Method::post, "/ValueSet/$expand", nullptr, expand_value_set, "operation.expand.post",
     "List the codes of a value set"},
    {Method::get, "/ValueSet/{id}/$expand", nullptr, expand_value_set, "operation.expand.instance",
     "List the codes of this value set"},
    {Method::post, "/ValueSet/{id}/$expand", nullptr, expand_value_set, "operation.expand.instance.post",
     "List the codes of this value set"},
    {Method::get, "/ValueSet/$validate-code", nullptr, validate_set_code, "operation.set-validate-code",
     "Say whether a code is in a value set"},
    {Method::post, "/ValueSet/$validate-code", nullptr, validate_set_code, "operation.set-validate-code.post",
     "Say whether a code is in a value set"},
    {Method::get, "/ValueSet/{id}/$validate-code", nullptr, validate_set_code, "operation.set-validate-code.instance",
     "Say whether a code is in this value set"},
    {Method::post, "/ValueSet/{id}/$validate-code", nullptr, validate_set_code,
     "operation.set-validate-code.instance.post", "Say whether a code is in this value set"},
    {Method::get, "/ConceptMap/$translate", nullptr, translate_code, "operation.translate",
     "Say what a code is in another system"},
    {Method::post, "/ConceptMap/$translate", nullptr, translate_code, "operation.translate.post",
     "Say what a code is in another system"},
    {Method::get, "/ConceptMap/{id}/$translate", nullptr, translate_code, "operation.translate.instance",
     "Say what a code is by this map"},
    {Method::post, "/ConceptMap/{id}/$translate", nullptr, translate_code, "operation.translate.instance.post",
     "Say what a code is by this map"},

    // Bulk Data Access
    {Method::get, "/$export", nullptr, export_system, "operation.export", "Start an export of everything"},
    {Method::post, "/$export", nullptr, export_system, "operation.export.post", "Start an export of everything"},
    {Method::get, "/Patient/$export", nullptr, export_patients, "operation.export-patient",
     "Start an export of all patients"},
    {Method::post, "/Patient/$export", nullptr, export_patients, "operation.export-patient.post",
     "Start an export of all patients"},
    {Method::get, "/Group/{id}/$export", nullptr, export_group, "operation.export-group",
     "Start an export of a group's patients"},
    {Method::post, "/Group/{id}/$export", nullptr, export_group, "operation.export-group.post",
     "Start an export of a group's patients"},
    {Method::get, "/$export/{job}", nullptr, show_export, "operation.export.status", "Say how far an export is"},
    {Method::delete_, "/$export/{job}", nullptr, cancel_export, "operation.export.cancel", "End an export"},
    {Method::get, "/$export/{job}/{file}", nullptr, give_export_file, "operation.export.file", "Give its resources"},
    {Method::get, "/$import/{job}", nullptr, give_import_faults, "operation.import.faults",
     "Give what an import left out"},
};

}  // namespace

std::span<const InteractionRow> interaction_table() {
  return kRows;
}

}  // namespace meridian::rest
