// Small documents for tests of this module and of those above it.
#pragma once

#include <string>
#include <string_view>

namespace meridian::cda::testing {

/// A C-CDA-like document: a sound header around sections (`<component><section>…`).
inline std::string document_of(std::string_view sections) {
  std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">
<realmCode code="US"/>
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
<id root="1.2.3.4" extension="D1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
<title>Summary</title>
<effectiveTime value="20240501103000+0800"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<languageCode code="en-US"/>
<setId root="1.2.3.4" extension="S1"/>
<versionNumber value="2"/>
<recordTarget><patientRole><id root="1.2.3.5" extension="88"/>
<addr use="HP"><streetAddressLine>1 High Street</streetAddressLine><city>Boston</city><country>US</country></addr>
<telecom value="tel:+1-555-0100" use="HP"/>
<patient><name use="L"><given>Jane</given><given>Q</given><family>Doe</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19800102"/></patient></patientRole></recordTarget>
<author><time value="20240501"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="99"/>
<assignedPerson><name><given>Ann</given><family>Lee</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.3.6" extension="7"/><name>General Hospital</name>
</representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>)";
  out += sections;
  out += "</structuredBody></component></ClinicalDocument>";
  return out;
}

/// A section with a LOINC code, a narrative and entries.
inline std::string section_of(std::string_view loinc, std::string_view narrative, std::string_view entries) {
  return "<component><section><code code=\"" + std::string(loinc) +
         "\" codeSystem=\"2.16.840.1.113883.6.1\"/><title>Section</title><text>" + std::string(narrative) + "</text>" +
         std::string(entries) + "</section></component>";
}

}  // namespace meridian::cda::testing
