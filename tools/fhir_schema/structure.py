"""Builds types and their elements from StructureDefinitions.

A type is its base's elements followed by what its differential states. Snapshots are not read: they are derived
data, and packages have been seen to edit them. An element with children makes a backbone type named by its path.
https://hl7.org/fhir/R4/structuredefinition.html, https://hl7.org/fhir/R4/elementdefinition.html
"""

from dataclasses import dataclass, field

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
REGEX = STRUCTURE + "regex"
MAX_VALUE_SET = STRUCTURE + "elementdefinition-maxValueSet"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
UNBOUNDED = 0xFFFF
# The definitions give ranges of `integer` only; these lower bounds stand in the text of the specification:
# https://hl7.org/fhir/R4/datatypes.html#primitive
LEAST_VALUE = {"positiveInt": 1, "unsignedInt": 0}


@dataclass
class Invariant:
    key: str
    is_error: bool
    human: str
    expression: str
    source: str


@dataclass
class ElementType:
    type: str
    json_key: str
    profile: str  # name of the constrained form (SimpleQuantity), or ""
    targets: list


@dataclass
class Element:
    name: str
    path: str
    min: int
    max: int
    is_choice: bool
    is_modifier: bool
    is_summary: bool
    is_xml_attribute: bool
    max_length: int
    binding: str  # strength, or ""
    value_set: str
    max_value_set: str
    types: list
    invariants: list  # as stated; prune_invariants() removes what the types say themselves


@dataclass
class Type:
    name: str
    url: str
    kind: str  # primitive, complex, backbone, resource
    is_abstract: bool
    is_profile: bool
    base: str
    regex: str = ""
    max_length: int = 0
    range: tuple = None  # least and greatest value of an integer type
    elements: list = field(default_factory=list)
    invariants: list = field(default_factory=list)


class StructureBuilder:
    """Turns all StructureDefinitions into `types`, a dictionary by name with bases before what derives from them."""

    def __init__(self, structures):
        self.types = {}
        self._pending = {}
        for url, definition in structures.items():
            if definition["kind"] != "logical" and (definition.get("derivation") != "constraint" or is_data_type(definition)):
                self._pending[url] = definition
        self._known = {type_name(d) for d in self._pending.values()}
        for url in self._pending:
            self._build(url)
        self._prune_invariants()

    def _build(self, url):
        definition = self._pending[url]
        name = type_name(definition)
        if name in self.types:
            return self.types[name]
        base_url = definition.get("baseDefinition", "")
        base = self._build(base_url) if base_url in self._pending else None
        root, *stated = definition["differential"]["element"]
        made = Type(
            name=name,
            url=url,
            kind={"primitive-type": "primitive", "complex-type": "complex", "resource": "resource"}[definition["kind"]],
            is_abstract=definition["abstract"],
            is_profile=definition.get("derivation") == "constraint",
            base=base.name if base else "",
            invariants=merge_invariants(base, root, url),
        )
        self.types[name] = made
        if base:
            made.regex, made.max_length, made.range = base.regex, base.max_length, base.range
        if made.kind == "primitive":
            stated = self._take_value(made, stated)
        self._add_elements(made, base, stated, root["path"], url)
        return made

    @staticmethod
    def _take_value(made, stated):
        """A primitive's `value` is no element: it is the value itself. What it says of form belongs to the type."""
        for value in (e for e in stated if e["path"] == made.name + ".value"):
            for type_ in value.get("type", []):
                made.regex = extension(type_, REGEX, "valueString") or made.regex
            made.max_length = value.get("maxLength", made.max_length)
            if "minValueInteger" in value:
                made.range = (value["minValueInteger"], value["maxValueInteger"])
        if made.range:
            made.range = (LEAST_VALUE.get(made.name, made.range[0]), made.range[1])
        return [e for e in stated if e["path"] != made.name + ".value"]

    def _add_elements(self, owner, base, stated, path, url):
        """Gives `owner` its base's elements and those stated directly below `path`; deeper ones make backbones."""
        direct = {e["path"]: e for e in stated if "." not in e["path"][len(path) + 1 :]}
        for inherited in base.elements if base else []:
            change = direct.pop(f"{path}.{inherited.name}{'[x]' if inherited.is_choice else ''}", None)
            owner.elements.append(self._overridden(inherited, change) if change else inherited)
        for element in direct.values():
            below = [e for e in stated if e["path"].startswith(element["path"] + ".")]
            backbone = self._add_backbone(element, below, url) if below else ""
            owner.elements.append(self._element(element, backbone, url))

    def _add_backbone(self, element, below, url):
        base = self._build(STRUCTURE + element["type"][0]["code"])
        backbone = Type(
            name=element["path"],
            url="",
            kind="backbone",
            is_abstract=False,
            is_profile=False,
            base=base.name,
            invariants=merge_invariants(base, element, url),
        )
        self.types[backbone.name] = backbone
        self._add_elements(backbone, base, below, element["path"], url)
        return backbone.name

    def _element(self, stated, backbone, url):
        path = stated["path"]
        is_choice = path.endswith("[x]")
        name = path.rpartition(".")[2].removesuffix("[x]")
        binding = stated.get("binding", {})
        return Element(
            name=name,
            path=path,
            min=stated["min"],
            max=UNBOUNDED if stated["max"] == "*" else int(stated["max"]),
            is_choice=is_choice,
            is_modifier=stated.get("isModifier", False),
            is_summary=stated.get("isSummary", False),
            is_xml_attribute="xmlAttr" in stated.get("representation", []),
            max_length=stated.get("maxLength", 0),
            binding=binding.get("strength", ""),
            value_set=binding.get("valueSet", "").partition("|")[0],
            max_value_set=(extension(binding, MAX_VALUE_SET, "valueCanonical") or "").partition("|")[0],
            types=self._element_types(stated, name, is_choice, backbone),
            invariants=[invariant(c, url) for c in stated.get("constraint", [])],
        )

    def _element_types(self, stated, name, is_choice, backbone):
        if "contentReference" in stated:
            return [ElementType(stated["contentReference"].partition("#")[2], name, "", [])]
        types = []
        for stated_type in stated.get("type", []):
            code = backbone or fhir_type(stated_type, stated["path"])
            json_key = name + code[0].upper() + code[1:] if is_choice else name
            targets = [p.removeprefix(STRUCTURE) for p in stated_type.get("targetProfile", [])]
            if "Resource" in targets:
                targets = []
            profile = next((p.removeprefix(STRUCTURE) for p in stated_type.get("profile", [])), "")
            types.append(ElementType(code, json_key, profile, [t for t in targets if t in self._known]))
        return types

    @staticmethod
    def _overridden(inherited, change):
        """An inherited element whose cardinality a type narrows: Extension.extension of xhtml, SimpleQuantity.comparator."""
        unsupported = change.keys() & {"type", "binding", "constraint"}
        if unsupported:
            raise ValueError(f"{change['path']} overrides {sorted(unsupported)}, which is not provided for")
        fields = vars(inherited) | {"min": change.get("min", inherited.min)}
        if "max" in change:
            fields["max"] = UNBOUNDED if change["max"] == "*" else int(change["max"])
        return Element(**fields)

    def _prune_invariants(self):
        """What every type of an element demands of its instances is not the element's own demand."""
        for type_ in self.types.values():
            for element in type_.elements:
                said = [{i.key for i in self.types[t.type].invariants} for t in element.types]
                everywhere = set.intersection(*said) if said else set()
                element.invariants = [i for i in element.invariants if i.key not in everywhere]


def is_data_type(definition):
    return definition["kind"] == "complex-type" and definition["type"] != "Extension"


def type_name(definition):
    """SimpleQuantity constrains the type Quantity: it goes by its own name."""
    return definition["url"].removeprefix(STRUCTURE)


def fhir_type(stated_type, path):
    """The definitions type ids and the like as FHIRPath system types and name the FHIR type in an extension."""
    code = stated_type["code"]
    if not code.startswith(SYSTEM_TYPE):
        return code
    if path == "Resource.id":
        return "id"  # R4 says `string` here, against https://hl7.org/fhir/R4/resource.html#id
    return extension(stated_type, FHIR_TYPE, "valueUrl") or code.removeprefix(SYSTEM_TYPE).lower()


def extension(element, url, value):
    return next((e[value] for e in element.get("extension", []) if e["url"] == url), None)


def invariant(constraint, url):
    return Invariant(
        constraint["key"],
        constraint["severity"] == "error",
        constraint["human"],
        constraint.get("expression", ""),
        constraint.get("source", url),
    )


def merge_invariants(base, stated, url):
    """The base's and those stated, by a definition of that URL."""
    merged = {i.key: i for i in base.invariants} if base else {}
    merged |= {c["key"]: invariant(c, url) for c in stated.get("constraint", [])}
    return list(merged.values())
