#!/usr/bin/env python3
"""Trains a dictionary for the store's values on invented resources, since a dictionary holds pieces of what it saw.

    tools/store_dictionary/train.py OUT [--kib 64]

The resources are those of tools/sample and, for types that it lacks, the templates below, with random values. Needs the
program zstd. The same versions of this script, tools/sample and zstd give the same bytes. A dictionary that a release
shipped is never changed: a better one gets the next number (src/store/internal/dictionaries.hpp).
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERMS = "http://terminology.hl7.org/CodeSystem/"
SNOMED, RXNORM, CVX = "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"


def number(chance, least, greatest):
    return chance.randint(least, greatest)


def ref(chance, kind, display=None):
    made = {"reference": f"{kind}/{uuid.UUID(int=chance.getrandbits(128), version=4)}"}
    return {**made, "display": display} if display else made


def concept(chance, system, text):
    return {"coding": [{"system": system, "code": str(number(chance, 10000, 999999999)), "display": text}], "text": text}


def moment(chance):
    return (f"{number(chance, 1990, 2025)}-{number(chance, 1, 12):02}-{number(chance, 1, 28):02}T{number(chance, 0, 23):02}:"
            f"{number(chance, 0, 59):02}:{number(chance, 0, 59):02}{chance.choice(['+08:00', 'Z', '-05:00', '.000+01:00'])}")


def period(chance):
    return {"start": moment(chance), "end": moment(chance)}


def money(chance):
    return {"value": number(chance, 100, 99999) / 100, "currency": chance.choice(["USD", "CNY", "EUR"])}


def coded(system, code, display=None):
    coding = {"system": TERMS + system, "code": code}
    return {"coding": [{**coding, "display": display} if display else coding]}


def templates(c):
    patient, encounter, doctor = ref(c, "Patient"), ref(c, "Encounter"), ref(c, "Practitioner", "Dr. " + c.choice("ABCDEFG"))
    organization = ref(c, "Organization", "General Hospital")
    active = coded("condition-clinical", c.choice(["active", "resolved"]))
    yield {"resourceType": "Condition", "clinicalStatus": active, "verificationStatus": coded("condition-ver-status", "confirmed"),
           "category": [coded("condition-category", "encounter-diagnosis", "Encounter Diagnosis")], "code": concept(c, SNOMED, "(disorder)"),
           "subject": patient, "encounter": encounter, "onsetDateTime": moment(c), "recordedDate": moment(c)}
    yield {"resourceType": "Encounter", "status": "finished",
           "class": {"system": TERMS + "v3-ActCode", "code": c.choice(["AMB", "IMP", "EMER"])},
           "type": [concept(c, SNOMED, "Encounter for check up (procedure)")], "subject": patient,
           "participant": [{"type": [coded("v3-ParticipationType", "PPRF", "primary performer")], "period": period(c), "individual": doctor}],
           "period": period(c), "serviceProvider": organization, "location": [{"location": ref(c, "Location", "General Hospital")}]}
    yield {"resourceType": "Procedure", "status": "completed", "code": concept(c, SNOMED, "(procedure)"), "subject": patient,
           "encounter": encounter, "performedPeriod": period(c), "location": ref(c, "Location"), "reasonReference": [ref(c, "Condition")]}
    yield {"resourceType": "MedicationRequest", "status": c.choice(["active", "stopped", "completed"]), "intent": "order",
           "medicationCodeableConcept": concept(c, RXNORM, "MG Oral Tablet"), "subject": patient, "encounter": encounter,
           "authoredOn": moment(c), "requester": doctor, "reasonReference": [ref(c, "Condition")],
           "dosageInstruction": [{"sequence": 1, "text": "Take as needed.", "timing": {"repeat": {"frequency": 1, "period": 1.0, "periodUnit": "d"}},
                                  "asNeededBoolean": False, "doseAndRate": [{"type": coded("dose-rate-type", "ordered", "Ordered"),
                                                                             "doseQuantity": {"value": 1.0}}]}]}
    yield {"resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": concept(c, RXNORM, "MG Injection"),
           "subject": patient, "context": encounter, "effectiveDateTime": moment(c), "reasonReference": [ref(c, "Condition")]}
    yield {"resourceType": "Immunization", "status": "completed", "vaccineCode": concept(c, CVX, "Influenza, seasonal, injectable, preservative free"),
           "patient": patient, "encounter": encounter, "occurrenceDateTime": moment(c), "primarySource": True, "location": ref(c, "Location")}
    yield {"resourceType": "DiagnosticReport", "status": "final", "category": [{"coding": [
               {"system": TERMS + "v2-0074", "code": "LAB", "display": "Laboratory"}]}],
           "code": concept(c, "http://loinc.org", "Basic metabolic 2000 panel - Serum or Plasma"), "subject": patient, "encounter": encounter,
           "effectiveDateTime": moment(c), "issued": moment(c), "performer": [organization],
           "result": [ref(c, "Observation", "[Mass/volume] in Serum or Plasma") for _ in range(number(c, 2, 8))]}
    yield {"resourceType": "Observation", "status": "final", "category": [coded("observation-category", c.choice(["vital-signs", "laboratory", "survey"]))],
           "code": concept(c, "http://loinc.org", "Body Mass Index"), "subject": patient, "encounter": encounter, "effectiveDateTime": moment(c),
           "issued": moment(c), "valueQuantity": {"value": number(c, 1, 99999) / 100, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}}
    yield {"resourceType": "Observation", "status": "final", "category": [coded("observation-category", "vital-signs", "vital-signs")],
           "code": concept(c, "http://loinc.org", "Blood Pressure"), "subject": patient, "encounter": encounter, "effectiveDateTime": moment(c),
           "issued": moment(c), "component": [{"code": concept(c, "http://loinc.org", text), "valueQuantity": {
               "value": number(c, 60, 180), "unit": "mm[Hg]", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}}
               for text in ("Diastolic Blood Pressure", "Systolic Blood Pressure")]}
    yield {"resourceType": "Claim", "status": "active", "type": coded("claim-type", c.choice(["pharmacy", "institutional", "professional"])),
           "use": "claim", "patient": patient, "billablePeriod": period(c), "created": moment(c), "provider": organization,
           "priority": coded("processpriority", "normal"), "prescription": ref(c, "MedicationRequest"),
           "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "Insurance"}}],
           "item": [{"sequence": n + 1, "productOrService": concept(c, SNOMED, "Encounter for problem"), "encounter": [encounter]}
                    for n in range(number(c, 1, 3))], "total": money(c)}
    yield {"resourceType": "ExplanationOfBenefit", "contained": [{"resourceType": "ServiceRequest", "id": "referral", "status": "completed",
               "intent": "order", "subject": patient, "requester": doctor, "performer": [doctor]},
               {"resourceType": "Coverage", "id": "coverage", "status": "active", "type": {"text": "Insurance"}, "beneficiary": patient,
                "payor": [{"display": "Insurance"}]}],
           "identifier": [{"system": "https://example.org/claim_id", "value": str(c.getrandbits(60))}], "status": "active",
           "type": coded("claim-type", "professional"), "use": "claim", "patient": patient, "billablePeriod": period(c), "created": moment(c),
           "insurer": {"display": "Insurance"}, "provider": doctor, "referral": {"reference": "#referral"}, "claim": ref(c, "Claim"), "outcome": "complete",
           "careTeam": [{"sequence": 1, "provider": doctor, "role": coded("claimcareteamrole", "primary", "Primary Care Practitioner")}],
           "insurance": [{"focal": True, "coverage": {"reference": "#coverage", "display": "Insurance"}}],
           "item": [{"sequence": 1, "category": coded("ex-servicecategory", "1", "Medical care"), "productOrService": concept(c, SNOMED, "Encounter"),
                     "servicedPeriod": period(c), "locationCodeableConcept": coded("ex-serviceplace", "19", "Off Campus-Outpatient Hospital"),
                     "encounter": [encounter], "net": money(c), "adjudication": [{"category": coded("adjudication", kind), "amount": money(c)}
                                                                                 for kind in ("submitted", "benefit", "deductible", "copay", "eligible")]}],
           "total": [{"category": coded("adjudication", "submitted", "Submitted Amount"), "amount": money(c)}], "payment": {"amount": money(c)}}
    yield {"resourceType": "CarePlan", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Care Plan</div>"},
           "status": "active", "intent": "order", "category": [concept(c, SNOMED, "(record artifact)")], "subject": patient, "encounter": encounter,
           "period": period(c), "careTeam": [ref(c, "CareTeam")], "addresses": [ref(c, "Condition")],
           "activity": [{"detail": {"code": concept(c, SNOMED, "education, guidance, and counseling"), "status": "in-progress",
                                    "location": {"display": "General Hospital"}}} for _ in range(number(c, 1, 3))]}
    yield {"resourceType": "CareTeam", "status": "active", "subject": patient, "encounter": encounter, "period": period(c),
           "participant": [{"role": [concept(c, SNOMED, "Healthcare professional (occupation)")], "member": doctor},
                           {"role": [concept(c, SNOMED, "Patient")], "member": patient}], "managingOrganization": [organization]}
    yield {"resourceType": "Goal", "lifecycleStatus": "accepted", "achievementStatus": coded("goal-achievement", "in-progress"),
           "description": {"text": "Hemoglobin A1c total in Blood < 7.0"}, "subject": patient, "addresses": [ref(c, "Condition")]}
    yield {"resourceType": "ImagingStudy", "status": "available", "subject": patient, "encounter": encounter, "started": moment(c),
           "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:1.2.840.99999999.1.{c.getrandbits(60)}"}], "numberOfSeries": 1,
           "numberOfInstances": 1, "series": [{"uid": f"1.2.840.99999999.1.{c.getrandbits(50)}", "number": 1, "modality": {
               "system": "http://dicom.nema.org/resources/ontology/DCM", "code": "DX", "display": "Digital Radiography"}, "numberOfInstances": 1,
               "availability": "ONLINE", "bodySite": {"system": SNOMED, "code": "51185008", "display": "Thoracic structure"}, "instance": [{
                   "uid": f"1.2.840.99999999.1.{c.getrandbits(50)}", "sopClass": {"system": "urn:ietf:rfc:3986", "code": "urn:oid:1.2.840.10008.5.1.4.1.1.1.1"}}]}]}
    yield {"resourceType": "Provenance", "target": [ref(c, c.choice(["Patient", "Observation", "Encounter"])) for _ in range(number(c, 1, 9))],
           "recorded": moment(c), "agent": [{"type": coded("provenance-participant-type", "author", "Author"), "who": doctor, "onBehalfOf": organization}]}
    yield {"resourceType": "Device", "status": "active", "distinctIdentifier": str(c.getrandbits(40)), "manufactureDate": moment(c),
           "expirationDate": moment(c), "lotNumber": str(c.getrandbits(50)), "serialNumber": str(c.getrandbits(50)),
           "deviceName": [{"name": "Implantable cardiac pacemaker", "type": "user-friendly-name"}], "type": concept(c, SNOMED, "(physical object)"),
           "patient": patient, "udiCarrier": [{"deviceIdentifier": str(c.getrandbits(40)), "carrierHRF": f"(01){c.getrandbits(40)}(11)"}]}
    yield {"resourceType": "DocumentReference", "status": "current", "type": concept(c, "http://loinc.org", "Evaluation note"), "subject": patient,
           "date": moment(c), "author": [doctor], "custodian": organization, "content": [{"attachment": {"contentType": "text/plain; charset=utf-8",
               "url": "Binary/1"}, "format": {"system": "http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem", "code": "urn:ihe:iti:xds:2017:mimeTypeSufficient"}}],
           "context": {"encounter": [encounter], "period": period(c)}}


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out")
    arguments.add_argument("--kib", type=int, default=64)
    options = arguments.parse_args()
    chance = random.Random(1)
    sample = subprocess.run([sys.executable, ROOT / "tools/sample/generate.py", "--patients", "60", "--seed", "7"], check=True,
                            capture_output=True).stdout.decode().splitlines()
    resources = [json.loads(line) for line in chance.sample(sample, min(len(sample), 6000))]
    resources += [resource for _ in range(500) for resource in templates(chance)]
    chance.shuffle(resources)
    with tempfile.TemporaryDirectory() as folder:
        for n, resource in enumerate(resources):
            resource.pop("id", None)
            text = json.dumps(resource, separators=(",", ":"), ensure_ascii=False)
            pathlib.Path(folder, f"{n:05}").write_text(text)
        subprocess.run(["zstd", "-q", "--train", "-r", folder, f"--maxdict={options.kib * 1024}", "--dictID=1", "-f", "-o", options.out], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
