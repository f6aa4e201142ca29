#!/usr/bin/env python3
"""Makes a small set of plausible patients, so that a new server has something to show: NDJSON on standard output.

    tools/sample/generate.py [--patients 200] [--seed 1] > sample.ndjson

Everything is invented; names are drawn from lists of common ones. Each patient has a few years of visits with vital
signs, laboratory values that follow the patient's conditions, diagnoses, drugs, allergies and vaccinations, in the codes that hospitals
use (LOINC, ICD-10, ATC, CVX, UCUM). The same seed gives the same bytes. Reference ranges and effects are rough: this is a sample to try
searches on, not a model of disease.
"""
import argparse
import datetime
import hashlib
import json
import random
import sys

FAMILIES = ["王 Wang", "李 Li", "张 Zhang", "刘 Liu", "陈 Chen", "杨 Yang", "黄 Huang", "赵 Zhao", "周 Zhou", "吴 Wu", "徐 Xu", "孙 Sun",
            "马 Ma", "朱 Zhu", "胡 Hu", "林 Lin", "郭 Guo", "何 He", "高 Gao", "罗 Luo", "Smith", "Jones", "Taylor", "Brown", "Evans", "Wilson"]
GIVEN = {"female": ["芳 Fang", "秀英 Xiuying", "敏 Min", "静 Jing", "丽 Li", "娟 Juan", "艳 Yan", "霞 Xia", "Emma", "Olivia", "Grace"],
         "male": ["伟 Wei", "强 Qiang", "磊 Lei", "军 Jun", "洋 Yang", "勇 Yong", "杰 Jie", "涛 Tao", "Oliver", "Jack", "Henry"]}
CITIES = [("上海市", "Shanghai", "200000"), ("杭州市", "Hangzhou", "310000"), ("南京市", "Nanjing", "210000"), ("苏州市", "Suzhou", "215000")]
DEPARTMENTS = ["心内科 Cardiology", "内分泌科 Endocrinology", "呼吸内科 Respiratory medicine", "全科 General practice", "急诊科 Emergency"]
LOINC, UCUM, ICD, ATC = "http://loinc.org", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10", "http://www.whocc.no/atc"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

# code: (text, unit, usual mean, spread, digits, category)
MEASURES = {
    "8867-4": ("心率 Heart rate", "/min", 74, 9, 0, "vital-signs"),
    "8310-5": ("体温 Body temperature", "Cel", 36.7, 0.3, 1, "vital-signs"),
    "29463-7": ("体重 Body weight", "kg", 66, 11, 1, "vital-signs"),
    "2708-6": ("血氧饱和度 Oxygen saturation", "%", 97.5, 1.1, 0, "vital-signs"),
    "2339-0": ("血糖 Glucose", "mg/dL", 96, 12, 0, "laboratory"),
    "4548-4": ("糖化血红蛋白 HbA1c", "%", 5.5, 0.3, 1, "laboratory"),
    "2160-0": ("肌酐 Creatinine", "mg/dL", 0.9, 0.15, 2, "laboratory"),
    "13457-7": ("低密度脂蛋白 LDL cholesterol", "mg/dL", 112, 26, 0, "laboratory"),
    "718-7": ("血红蛋白 Haemoglobin", "g/dL", 13.9, 1.1, 1, "laboratory"),
}
# ICD-10 code: (text, likelihood by age 60, effects on measures, drug)
CONDITIONS = {
    "I10": ("原发性高血压 Essential hypertension", 0.35, {}, ("C08CA01", "氨氯地平 Amlodipine")),
    "E11": ("2型糖尿病 Type 2 diabetes mellitus", 0.18, {"2339-0": 62, "4548-4": 2.1}, ("A10BA02", "二甲双胍 Metformin")),
    "E78.5": ("高脂血症 Hyperlipidaemia", 0.25, {"13457-7": 48}, ("C10AA05", "阿托伐他汀 Atorvastatin")),
    "J44": ("慢性阻塞性肺病 Chronic obstructive pulmonary disease", 0.09, {"2708-6": -3.5}, ("R03BB04", "噻托溴铵 Tiotropium")),
    "N18": ("慢性肾病 Chronic kidney disease", 0.08, {"2160-0": 0.9, "718-7": -1.6}, ("C09AA05", "雷米普利 Ramipril")),
    "J06.9": ("急性上呼吸道感染 Acute upper respiratory infection", 0.3, {"8310-5": 0.9}, None),
}


class Sample:
    def __init__(self, seed: int):
        self.seed, self.chance, self.count = seed, random.Random(seed), 0

    def id(self) -> str:
        self.count += 1
        made = hashlib.blake2b(f"{self.seed}/{self.count}".encode(), digest_size=16).hexdigest()
        return f"{made[:8]}-{made[8:12]}-8{made[13:16]}-a{made[17:20]}-{made[20:]}"

    def put(self, resource: dict) -> str:
        json.dump(resource, sys.stdout, ensure_ascii=False, separators=(",", ":"))
        sys.stdout.write("\n")
        return f"{resource['resourceType']}/{resource['id']}"

    def house(self) -> None:
        self.hospital = self.put({"resourceType": "Organization", "id": self.id(), "active": True, "name": "经络示范医院 Meridian Sample Hospital"})
        self.doctors = []
        for department in DEPARTMENTS:
            unit = self.put({"resourceType": "Organization", "id": self.id(), "active": True, "name": department, "partOf": {"reference": self.hospital}})
            for _ in range(3):
                gender = self.chance.choice(["female", "male"])
                doctor = self.put({"resourceType": "Practitioner", "id": self.id(), "active": True, "name": [self.name(gender)], "gender": gender})
                self.put({"resourceType": "PractitionerRole", "id": self.id(), "active": True, "practitioner": {"reference": doctor},
                          "organization": {"reference": unit}, "code": [{"text": department}]})
                self.doctors.append((doctor, unit))

    def name(self, gender: str) -> dict:
        family, given = self.chance.choice(FAMILIES).split(), self.chance.choice(GIVEN[gender]).split()
        text = family[0] + given[0] if len(family) == 2 and len(given) == 2 else f"{given[-1]} {family[-1]}"
        return {"use": "official", "text": text, "family": family[-1], "given": [given[-1]]}

    def patient(self) -> None:
        chance = self.chance
        gender, age = chance.choice(["female", "male"]), min(96, max(1, int(chance.gauss(52, 21))))
        birth = datetime.date(2026, 1, 1) - datetime.timedelta(days=age * 365 + chance.randint(0, 364))
        city, latin, code = chance.choice(CITIES)
        doctor, unit = chance.choice(self.doctors)
        who = self.put({
            "resourceType": "Patient", "id": self.id(), "active": True,
            "identifier": [{"use": "usual", "system": "urn:oid:1.2.3.4.5.6", "value": f"M{self.count:07}"}],
            "name": [self.name(gender)], "gender": gender, "birthDate": str(birth),
            "telecom": [{"system": "phone", "value": f"139{chance.randint(10_000_000, 99_999_999)}", "use": "mobile"}],
            "address": [{"text": f"{city}人民路{chance.randint(1, 900)}号", "city": latin, "postalCode": code, "country": "CN"}],
            "generalPractitioner": [{"reference": doctor}], "managingOrganization": {"reference": self.hospital}})
        subject = {"reference": who}
        has = [code for code, (_, likely, _, _) in CONDITIONS.items() if chance.random() < likely * min(1.6, age / 60)]
        for code in has:
            text, _, _, drug = CONDITIONS[code]
            onset = datetime.date(2026, 1, 1) - datetime.timedelta(days=chance.randint(30, 2600))
            self.put({"resourceType": "Condition", "id": self.id(), "subject": subject, "onsetDateTime": str(onset), "recordedDate": str(onset),
                      "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
                      "verificationStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]},
                      "code": {"coding": [{"system": ICD, "code": code}], "text": text}})
            if drug:
                self.put({"resourceType": "MedicationRequest", "id": self.id(), "status": "active", "intent": "order", "subject": subject,
                          "authoredOn": str(onset), "requester": {"reference": doctor},
                          "medicationCodeableConcept": {"coding": [{"system": ATC, "code": drug[0]}], "text": drug[1]}})
        if chance.random() < 0.12:
            self.put({"resourceType": "AllergyIntolerance", "id": self.id(), "patient": subject, "criticality": chance.choice(["low", "high"]),
                      "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]},
                      "code": {"coding": [{"system": ATC, "code": "J01CA04"}], "text": "阿莫西林 Amoxicillin"}})
        day = datetime.date(2026, 1, 1) - datetime.timedelta(days=chance.randint(400, 1500))
        own = {code: chance.gauss(0, 0.6) for code in MEASURES}
        for _ in range(chance.randint(2, 7)):
            self.visit(subject, doctor, unit, day, has, own)
            day += datetime.timedelta(days=chance.randint(40, 240))
        if chance.random() < 0.6:
            self.put({"resourceType": "Immunization", "id": self.id(), "status": "completed", "patient": subject, "occurrenceDateTime": str(day),
                      "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "140"}], "text": "流感疫苗 Influenza vaccine"}})

    def visit(self, subject, doctor, unit, day, has, own) -> None:
        chance = self.chance
        start = datetime.datetime(day.year, day.month, day.day, chance.randint(8, 16), chance.choice([0, 15, 30, 45]))
        when = start.isoformat() + "+08:00"
        encounter = self.put({
            "resourceType": "Encounter", "id": self.id(), "status": "finished", "subject": subject,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "period": {"start": when, "end": (start + datetime.timedelta(minutes=25)).isoformat() + "+08:00"},
            "participant": [{"individual": {"reference": doctor}}], "serviceProvider": {"reference": unit}})
        common = {"status": "final", "subject": subject, "encounter": {"reference": encounter}, "effectiveDateTime": when}
        raised = 24 if "I10" in has else 0
        systolic = round(chance.gauss(121 + raised, 9))
        parts = [("8480-6", "收缩压 Systolic", systolic), ("8462-4", "舒张压 Diastolic", round(systolic * 0.62 + chance.gauss(0, 5)))]
        self.put({"resourceType": "Observation", "id": self.id(), **common,
                  "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}],
                  "code": {"coding": [{"system": LOINC, "code": "85354-9"}], "text": "血压 Blood pressure"},
                  "component": [{"code": {"coding": [{"system": LOINC, "code": code}], "text": text},
                                 "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}} for code, text, value in parts]})
        for code, (text, unit_code, mean, spread, digits, category) in MEASURES.items():
            if category == "laboratory" and chance.random() < 0.35:
                continue
            effect = sum(CONDITIONS[condition][2].get(code, 0) for condition in has)
            value = round(mean + effect + spread * (own[code] + chance.gauss(0, 0.7)), digits)
            if code == "2708-6":
                value = min(value, 100)
            self.put({"resourceType": "Observation", "id": self.id(), **common,
                      "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
                      "code": {"coding": [{"system": LOINC, "code": code}], "text": text},
                      "valueQuantity": {"value": int(value) if digits == 0 else value, "unit": unit_code, "system": UCUM, "code": unit_code}})


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--patients", type=int, default=200)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    sample = Sample(asked.seed)
    sample.house()
    for _ in range(asked.patients):
        sample.patient()


if __name__ == "__main__":
    main()
