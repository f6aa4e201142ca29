"""Reads HL7's definition files into plain dictionaries, keyed by canonical URL.

Only what HL7 publishes for the wanted version is taken. Two kinds of foreign matter are left out:
resources of another FHIR version that a package mixed in, and (see structure.py) elements that were added to
snapshots but not to differentials. What remains wrong is put right by corrections/<version>.json.
"""

import json
from pathlib import Path

FILES = (
    "profiles-types.json",
    "profiles-resources.json",
    "search-parameters.json",
    "valuesets.json",
    "v3-codesystems.json",
    "v2-tables.json",
)
HL7_FHIR = "http://hl7.org/fhir/"


class Definitions:
    def __init__(self, folder, version):
        self.version = version
        self.structures = {}
        self.search_parameters = {}
        self.compartments = {}
        self.code_systems = {}
        self.value_sets = {}
        for name in FILES:
            path = Path(folder) / name
            if path.exists():  # R5 has no v2 and v3 files of its own
                self._read(path)
        self._correct(Path(__file__).parent / "corrections" / f"{version}.json")

    def _read(self, path):
        kinds = {
            "StructureDefinition": self.structures,
            "SearchParameter": self.search_parameters,
            "CompartmentDefinition": self.compartments,
            "CodeSystem": self.code_systems,
            "ValueSet": self.value_sets,
        }
        for entry in json.loads(path.read_bytes())["entry"]:
            resource = entry["resource"]
            kind = kinds.get(resource["resourceType"])
            if kind is not None and not self._is_foreign(resource):
                kind.setdefault(resource["url"], resource)

    def _is_foreign(self, resource):
        """A part of FHIR itself, but of another version than the wanted one."""
        return resource["url"].startswith(HL7_FHIR) and resource.get("version", self.version) != self.version

    def _correct(self, path):
        """Corrections are differentials of differentials: by type and element path, fields to set, or null to drop."""
        if not path.exists():
            return
        for name, elements in json.loads(path.read_text())["elements"].items():
            differential = self.structures[f"{HL7_FHIR}StructureDefinition/{name}"]["differential"]
            for element_path, fields in elements.items():
                found = [e for e in differential["element"] if e["path"] == element_path]
                if len(found) != 1:
                    raise ValueError(f"{path.name}: {element_path} occurs {len(found)} times")
                if fields is None:
                    differential["element"].remove(found[0])
                else:
                    found[0].update(fields)
