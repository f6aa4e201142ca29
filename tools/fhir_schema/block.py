"""Writes the schema block. Layout and a worked example: src/formats/fhir/internal/schema_format.hpp."""

import struct

MAGIC = b"MFHIRTAB"
LAYOUT_VERSION = 1
NONE16 = 0xFFFF

KINDS = ("primitive", "complex", "backbone", "resource")
STRENGTHS = ("", "example", "preferred", "extensible", "required")
SEARCH_TYPES = ("number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special")

# Sections in the order of the block, with the struct format of a row ("s": bytes).
SECTIONS = {
    "text_bytes": "s",
    "text_ends": "I",
    "head": "I",
    "names": "I",
    "types": "IIIIiiIIIIHBB",
    "elements": "IIIIIIHHHHHBB",
    "element_types": "IHHHH",
    "targets": "H",
    "invariants": "IIIII",
    "code_systems": "IIIIIIII",
    "codes": "III",
    "code_order": "I",
    "more_parents": "II",
    "value_sets": "IIIIIII",
    "members": "II",
    "unknown_systems": "I",
    "search_parameters": "IIIIIIIIII",
    "search_components": "II",
    "compartments": "III",
    "compartment_members": "II",
}


class Block:
    def __init__(self):
        self._rows = {name: [] for name in SECTIONS}
        self._texts = {"": 0}
        self._names = {}
        self._runs = {}

    def text(self, text):
        return self._texts.setdefault(text, len(self._texts))

    def name(self, name):
        """The NameId of an element name or a JSON key."""
        if name not in self._names:
            self._names[name] = len(self._names)
            self.add("names", self.text(name))
        return self._names[name]

    def add(self, section, *fields):
        """Appends a row and returns its index."""
        self._rows[section].append(fields)
        return len(self._rows[section]) - 1

    def run(self, section, rows):
        """Appends rows that belong together, unless the same run stands there already; returns (begin, count)."""
        rows = tuple(rows)
        if not rows:
            return 0, 0
        key = (section, rows)
        if key not in self._runs:
            self._runs[key] = len(self._rows[section])
            self._rows[section].extend(rows)
        return self._runs[key], len(rows)

    def to_bytes(self):
        texts = [text.encode() for text in self._texts]
        end = 0
        for text in texts:
            end += len(text)
            self.add("text_ends", end)
        bodies = {"text_bytes": (b"".join(texts), 1)}
        for section, layout in SECTIONS.items():
            if layout != "s":
                row = struct.Struct("<" + layout)
                bodies[section] = (b"".join(row.pack(*fields) for fields in self._rows[section]), row.size)
        offset = 24 + 12 * len(SECTIONS)
        directory, content = b"", b""
        for section in SECTIONS:
            body, row_size = bodies[section]
            directory += struct.pack("<III", offset + len(content), len(body) // row_size, row_size)
            content += body + bytes(-len(body) % 8)
        size = offset + len(content)
        return MAGIC + struct.pack("<IIII", LAYOUT_VERSION, size, len(SECTIONS), 0) + directory + content


def write_structure(block, types):
    ids = {name: index for index, name in enumerate(types)}
    if len(ids) >= NONE16:
        raise ValueError("too many types for 16 bits")
    for type_ in types.values():
        check_keys(type_)
        first = len(block._rows["elements"])
        for element in type_.elements:
            write_element(block, element, ids)
        least, greatest = type_.range or (0, 0)
        block.add(
            "types",
            block.text(type_.name),
            block.text(type_.url),
            block.text(type_.regex),
            type_.max_length,
            least,
            greatest,
            first,
            len(type_.elements),
            *write_invariants(block, type_.invariants),
            ids.get(type_.base, NONE16),
            KINDS.index(type_.kind),
            bits(type_.is_abstract, type_.is_profile, type_.range is not None),
        )
    return ids


def write_element(block, element, ids):
    element_types = []
    for t in element.types:
        begin, count = block.run("targets", [(ids[name],) for name in t.targets])
        profile = ids[t.profile] if t.profile else NONE16
        element_types.append((begin, count, ids[t.type], block.name(t.json_key), profile))
    types_begin, types_count = block.run("element_types", element_types)
    invariants_begin, invariants_count = write_invariants(block, element.invariants)
    block.add(
        "elements",
        block.text(element.path),
        block.text(element.value_set),
        block.text(element.max_value_set),
        element.max_length,
        types_begin,
        invariants_begin,
        types_count,
        invariants_count,
        block.name(element.name),
        element.min,
        element.max,
        bits(element.is_choice, element.is_modifier, element.is_summary, element.is_xml_attribute),
        STRENGTHS.index(element.binding),
    )


def write_invariants(block, invariants):
    return block.run(
        "invariants",
        [(block.text(i.key), block.text(i.human), block.text(i.expression), block.text(i.source), int(i.is_error)) for i in invariants],
    )


def check_keys(type_):
    keys = [t.json_key for e in type_.elements for t in e.types]
    if len(keys) != len(set(keys)) or len(keys) > 512:
        raise ValueError(f"{type_.name}: {len(keys)} JSON keys, which must be distinct and at most 512")


def write_code_system(block, system):
    first = len(block._rows["codes"])
    for code, display, parent in system.codes:
        block.add("codes", block.text(code), block.text(display), parent)
    order = sorted(range(len(system.codes)), key=lambda i: system.codes[i][0].encode())
    for index in order:
        block.add("code_order", index)
    more_begin = len(block._rows["more_parents"])
    for child, parent in sorted(set(system.more_parents)):
        block.add("more_parents", child, parent)
    block.add(
        "code_systems",
        block.text(system.url),
        block.text(system.version),
        block.text(system.name),
        bits(system.is_case_sensitive, system.is_complete),
        first,
        len(system.codes),
        more_begin,
        len(block._rows["more_parents"]) - more_begin,
    )


def write_value_set(block, value_set):
    members = sorted(((code, system) for system, code in value_set.members), key=lambda m: (m[0].encode(), m[1].encode()))
    members_begin, members_count = block.run("members", [(block.text(code), block.text(system)) for code, system in members])
    unknown_begin, unknown_count = block.run("unknown_systems", [(block.text(s),) for s in sorted(value_set.unknown_systems)])
    block.add(
        "value_sets",
        block.text(value_set.url),
        block.text(value_set.version),
        block.text(value_set.name),
        members_begin,
        members_count,
        unknown_begin,
        unknown_count,
    )


def write_search_parameter(block, definition, ids):
    components = [(block.text(c["definition"]), block.text(c["expression"])) for c in definition.get("component", [])]
    targets = [t for t in definition.get("target", []) if t in ids]
    block.add(
        "search_parameters",
        block.text(definition["url"]),
        block.text(definition["code"]),
        block.text(definition.get("expression", "")),
        SEARCH_TYPES.index(definition["type"]),
        *block.run("targets", [(ids[t],) for t in definition["base"] if t in ids]),
        *block.run("targets", [(ids[t],) for t in targets]),
        *block.run("search_components", components),
    )


def write_compartment(block, definition, ids):
    members = [
        (ids[member["code"]], block.text(parameter))
        for member in definition["resource"]
        for parameter in member.get("param", [])
    ]
    block.add("compartments", ids[definition["code"]], *block.run("compartment_members", members))


def bits(*flags):
    return sum(1 << position for position, flag in enumerate(flags) if flag)
