#include "formats/cda/internal/model.hpp"

#include <algorithm>
#include <array>

namespace meridian::cda::internal {
namespace {

using Names = std::string_view;

constexpr Names kActClasses[] = {"ACT", "ACCM",   "CONS", "CTTEVENT", "INC",  "INFRM",  "PCPR",
                                 "REG", "SPCTRT", "ENC",  "DOCBODY",  "TRNS", "CONTREG"};
constexpr Names kEncounterClasses[] = {"ENC"};
constexpr Names kObservationClasses[] = {"OBS",    "ALRT",   "CLNTRL", "CNOD",   "COND",   "MPROT",      "SPCOBS",
                                         "OBSSER", "OBSCOR", "CASE",   "OUTB",   "DGIMG",  "GEN",        "SEQ",
                                         "INVSTG", "VERIF",  "POS",    "ROIBND", "ROIOVL", "SPECCOLLECT"};
constexpr Names kMediaClasses[] = {"OBS", "DGIMG"};
constexpr Names kOrganizerClasses[] = {"BATTERY", "CLUSTER"};
constexpr Names kProcedureClasses[] = {"PROC", "SBADM", "SPECCOLLECT"};
constexpr Names kRegionClasses[] = {"ROIOVL"};
constexpr Names kSubstanceClasses[] = {"SBADM"};
constexpr Names kSupplyClasses[] = {"SPLY"};

constexpr Names kActMoods[] = {"INT", "APT", "ARQ", "DEF", "EVN", "PRMS", "PRP", "RQO"};
constexpr Names kObservationMoods[] = {"INT", "DEF", "EVN", "GOL", "PRMS", "PRP", "RQO", "EVN.CRT", "CRT"};
constexpr Names kEventMoods[] = {"EVN", "INT", "APT", "DEF", "PRP", "RQO", "PRMS"};
constexpr Names kSubstanceMoods[] = {"INT", "EVN", "PRMS", "PRP", "RQO"};

constexpr Names kCode[] = {"code"};
constexpr Names kMedia[] = {"value"};
constexpr Names kStatus[] = {"statusCode"};
constexpr Names kConsumable[] = {"consumable"};

const std::array<StatementModel, 9> kStatements = {{
    {kActClasses, kActMoods, kCode},
    {kEncounterClasses, kActMoods, {}},
    {kObservationClasses, kObservationMoods, kCode},
    {kMediaClasses, kEventMoods, kMedia},
    {kOrganizerClasses, kEventMoods, kStatus},
    {kProcedureClasses, kActMoods, {}},
    {kRegionClasses, kEventMoods, kCode},
    {kSubstanceClasses, kSubstanceMoods, kConsumable},
    {kSupplyClasses, kSubstanceMoods, {}},
}};

constexpr Names kDocumentChildren[] = {"realmCode",
                                       "typeId",
                                       "templateId",
                                       "id",
                                       "code",
                                       "title",
                                       "effectiveTime",
                                       "confidentialityCode",
                                       "languageCode",
                                       "setId",
                                       "versionNumber",
                                       "copyTime",
                                       "recordTarget",
                                       "author",
                                       "dataEnterer",
                                       "informant",
                                       "custodian",
                                       "informationRecipient",
                                       "legalAuthenticator",
                                       "authenticator",
                                       "participant",
                                       "inFulfillmentOf",
                                       "documentationOf",
                                       "relatedDocument",
                                       "authorization",
                                       "componentOf",
                                       "component"};
constexpr Names kSectionChildren[] = {
    "realmCode",           "typeId",       "templateId", "id",     "code",      "title", "text",
    "confidentialityCode", "languageCode", "subject",    "author", "informant", "entry", "component"};
constexpr Names kActChildren[] = {
    "realmCode",     "typeId",       "templateId",        "id",        "code",         "text",       "statusCode",
    "effectiveTime", "priorityCode", "languageCode",      "subject",   "specimen",     "performer",  "author",
    "informant",     "participant",  "entryRelationship", "reference", "precondition", "consentable"};
constexpr Names kObservationChildren[] = {"realmCode",
                                          "typeId",
                                          "templateId",
                                          "id",
                                          "code",
                                          "derivationExpr",
                                          "text",
                                          "statusCode",
                                          "effectiveTime",
                                          "priorityCode",
                                          "repeatNumber",
                                          "languageCode",
                                          "value",
                                          "interpretationCode",
                                          "methodCode",
                                          "targetSiteCode",
                                          "subject",
                                          "specimen",
                                          "performer",
                                          "author",
                                          "informant",
                                          "participant",
                                          "entryRelationship",
                                          "reference",
                                          "precondition",
                                          "referenceRange"};
constexpr Names kOrganizerChildren[] = {
    "realmCode", "typeId",    "templateId", "id",        "code",        "statusCode", "effectiveTime", "subject",
    "specimen",  "performer", "author",     "informant", "participant", "reference",  "precondition",  "component"};
constexpr Names kProcedureChildren[] = {"realmCode",      "typeId",       "templateId",  "id",
                                        "code",           "text",         "statusCode",  "effectiveTime",
                                        "priorityCode",   "languageCode", "methodCode",  "approachSiteCode",
                                        "targetSiteCode", "subject",      "specimen",    "performer",
                                        "author",         "informant",    "participant", "entryRelationship",
                                        "reference",      "precondition"};
constexpr Names kSubstanceChildren[] = {"realmCode",    "typeId",       "templateId",      "id",
                                        "code",         "text",         "statusCode",      "effectiveTime",
                                        "priorityCode", "repeatNumber", "routeCode",       "approachSiteCode",
                                        "doseQuantity", "rateQuantity", "maxDoseQuantity", "administrationUnitCode",
                                        "subject",      "specimen",     "consumable",      "performer",
                                        "author",       "informant",    "participant",     "entryRelationship",
                                        "reference",    "precondition"};
constexpr Names kSupplyChildren[] = {
    "realmCode",       "typeId",        "templateId",        "id",           "code",           "text",
    "statusCode",      "effectiveTime", "priorityCode",      "repeatNumber", "independentInd", "quantity",
    "expectedUseTime", "subject",       "specimen",          "product",      "performer",      "author",
    "informant",       "participant",   "entryRelationship", "reference",    "precondition"};
constexpr Names kPatientRoleChildren[] = {"realmCode", "typeId",  "templateId", "id",
                                          "addr",      "telecom", "patient",    "providerOrganization"};
constexpr Names kPatientChildren[] = {"realmCode",
                                      "typeId",
                                      "templateId",
                                      "id",
                                      "name",
                                      "administrativeGenderCode",
                                      "birthTime",
                                      "maritalStatusCode",
                                      "religiousAffiliationCode",
                                      "raceCode",
                                      "ethnicGroupCode",
                                      "guardian",
                                      "birthplace",
                                      "languageCommunication",
                                      "educationLevelCode",
                                      "disabilityCode",
                                      "livingArrangementCode",
                                      "sdtc:raceCode"};

constexpr ClassModel kClasses[] = {
    {"ClinicalDocument", kDocumentChildren},
    {"section", kSectionChildren},
    {"act", kActChildren},
    {"encounter", kActChildren},
    {"observation", kObservationChildren},
    {"organizer", kOrganizerChildren},
    {"procedure", kProcedureChildren},
    {"substanceAdministration", kSubstanceChildren},
    {"supply", kSupplyChildren},
    {"patientRole", kPatientRoleChildren},
    {"patient", kPatientChildren},
};

bool contains(std::span<const std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool StatementModel::allows_class(std::string_view code) const {
  return contains(classes, code);
}
bool StatementModel::allows_mood(std::string_view code) const {
  return contains(moods, code);
}
const StatementModel& model_of(EntryKind kind) {
  return kStatements[static_cast<std::size_t>(kind)];
}

bool ClassModel::knows(std::string_view child) const {
  return contains(children, child);
}
const ClassModel* class_of(std::string_view element_name) {
  const auto* found = std::find_if(std::begin(kClasses), std::end(kClasses),
                                   [&](const ClassModel& model) { return model.name == element_name; });
  return found == std::end(kClasses) ? nullptr : found;
}

bool is_known_type(std::string_view name) {
  constexpr Names kOthers[] = {"CR",      "GLIST_PQ",  "SLIST_PQ",    "GLIST_TS",   "SLIST_TS", "IVXB_TS",
                               "IVXB_PQ", "IVXB_INT",  "PIVL_PPD_TS", "IVL_PPD_TS", "ADXP",     "ENXP",
                               "TN",      "ON",        "URL",         "BIN",        "PQR",      "UVP_TS",
                               "HXIT_CE", "HXIT_PQ",   "BXIT_CD",     "thumbnail",  "SXCM_INT", "SXCM_REAL",
                               "SXCM_MO", "RTO_MO_PQ", "EIVL_event",  "EIVL.event"};
  return contains(kOthers, name);
}

}  // namespace meridian::cda::internal
