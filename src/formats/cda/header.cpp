#include "formats/cda/header.hpp"

namespace meridian::cda {
namespace {

void read_person(Element role, Element person, Person& out) {
  out.element = role;
  for (const Element each : all(role, "id")) out.ids.push_back(read_identifier(each));
  for (const Element each : all(person, "name")) out.names.push_back(read_name(each));
  for (const Element each : all(role, "addr")) out.addresses.push_back(read_name(each));
  for (const Element each : all(role, "telecom")) out.telecoms.push_back(read_telecom(each));
}

Patient read_patient(Element target) {
  Patient patient;
  const Element role = target.child("patientRole");
  const Element person = role.child("patient");
  read_person(role, person, patient);
  patient.gender = read_code(person.child("administrativeGenderCode"));
  patient.marital_status = read_code(person.child("maritalStatusCode"));
  patient.birth_time = person.child("birthTime").attribute("value");
  patient.provider = role.child("providerOrganization");
  return patient;
}

Author read_author(Element element) {
  Author author;
  const Element role = element.child("assignedAuthor");
  read_person(role, role.child("assignedPerson"), author);
  author.time = element.child("time").attribute("value");
  const Element device = role.child("assignedAuthoringDevice");
  author.is_device = static_cast<bool>(device);
  author.device =
      read_name(device.child(device.child("manufacturerModelName") ? "manufacturerModelName" : "softwareName"));
  author.organization = read_name(role.child("representedOrganization").child("name"));
  return author;
}

}  // namespace

Header read_header(const Document& document) {
  const Element root = document.root();
  Header header;
  header.realm = root.child("realmCode").attribute("code");
  for (const Element each : all(root, "templateId")) header.templates.push_back(read_identifier(each));
  header.id = read_identifier(root.child("id"));
  header.set_id = read_identifier(root.child("setId"));
  header.version = root.child("versionNumber").attribute("value");
  header.code = read_code(root.child("code"));
  header.confidentiality = read_code(root.child("confidentialityCode"));
  header.title = root.child("title").text();
  header.time = root.child("effectiveTime").attribute("value");
  header.language = root.child("languageCode").attribute("code");
  if (root.is("recordTarget")) header.patients.push_back(read_patient(root));
  for (const Element each : all(root, "recordTarget")) header.patients.push_back(read_patient(each));
  for (const Element each : all(root, "author")) header.authors.push_back(read_author(each));
  const Element custodian =
      root.child("custodian").child("assignedCustodian").child("representedCustodianOrganization");
  header.custodian = read_name(custodian.child("name"));
  for (const Element each : all(custodian, "id")) header.custodian_ids.push_back(read_identifier(each));
  header.encounter_element = root.child("componentOf").child("encompassingEncounter");
  header.encounter.element = header.encounter_element;
  for (const Element each : all(header.encounter_element, "id")) header.encounter.ids.push_back(read_identifier(each));
  header.encounter.code = read_code(header.encounter_element.child("code"));
  header.encounter.time = read_times(header.encounter_element.child("effectiveTime"));
  for (const Element each : all(root, "relatedDocument")) {
    const Element parent = each.child("parentDocument");
    header.related.push_back({each.attribute("typeCode"), read_identifier(parent.child("id")),
                              read_identifier(parent.child("setId")),
                              parent.child("versionNumber").attribute("value")});
  }
  return header;
}

}  // namespace meridian::cda
