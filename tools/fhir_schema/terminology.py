"""Flattens code systems and expands value sets as far as the definitions allow.

A value set is enumerated when every code it may hold is known: its parts list their codes, or draw on code systems
that are complete here. Otherwise what is known is kept, together with the systems that the rest would come from.
https://hl7.org/fhir/R4/codesystem.html, https://hl7.org/fhir/R4/valueset.html
"""

import re
from dataclasses import dataclass, field

ANY_SYSTEM = ""  # an unknown part whose systems are unknown too
NO_PARENT = 0xFFFFFFFF


@dataclass
class CodeSystem:
    url: str
    version: str
    name: str
    is_case_sensitive: bool
    is_complete: bool
    codes: list = field(default_factory=list)  # (code, display, index of parent or NO_PARENT)
    more_parents: list = field(default_factory=list)  # (index of child, index of parent)
    properties: list = field(default_factory=list)  # per code: {property code: value}
    index: dict = field(default_factory=dict)  # code -> index

    def subsumed_by(self, ancestor):
        """The codes at or below `ancestor`."""
        if ancestor not in self.index:
            return set()
        children = {}
        for child, (_, _, parent) in enumerate(self.codes):
            children.setdefault(parent, []).append(child)
        for child, parent in self.more_parents:
            children.setdefault(parent, []).append(child)
        found, open_ = set(), [self.index[ancestor]]
        while open_:
            at = open_.pop()
            if at not in found:
                found.add(at)
                open_.extend(children.get(at, []))
        return {self.codes[at][0] for at in found}


@dataclass
class ValueSet:
    url: str
    version: str
    name: str
    members: set = field(default_factory=set)  # (system, code)
    unknown_systems: set = field(default_factory=set)


def read_code_system(definition):
    made = CodeSystem(
        url=definition["url"],
        version=definition.get("version", ""),
        name=definition["name"],
        # Not said: "accept codes in any case", https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive
        is_case_sensitive=definition.get("caseSensitive", False),
        is_complete=definition["content"] == "complete" and bool(definition.get("concept")),
    )
    more = []  # (child code, parent code) said by properties

    def add(concepts, parent):
        for concept in concepts:
            code = concept["code"]
            if code in made.index:  # listed again below a second parent
                more.append((code, made.codes[parent][0]))
                continue
            index = made.index[code] = len(made.codes)
            made.codes.append((code, concept.get("display", ""), parent))
            made.properties.append({p["code"]: next(v for k, v in p.items() if k.startswith("value")) for p in concept.get("property", [])})
            for stated in concept.get("property", []):
                value = stated.get("valueCode")
                if stated["code"] in ("subsumedBy", "parent"):
                    more.append((code, value))
                elif stated["code"] == "child":
                    more.append((value, code))
            add(concept.get("concept", []), index)

    add(definition.get("concept", []), NO_PARENT)
    for child, parent in more:
        if child in made.index and parent in made.index:
            child, parent = made.index[child], made.index[parent]
            code, display, known = made.codes[child]
            if known == NO_PARENT and child > parent:
                made.codes[child] = (code, display, parent)
            elif known != parent:
                made.more_parents.append((child, parent))
    return made


class Expander:
    """Expands value sets; each once, imports by recursion."""

    def __init__(self, code_systems, definitions):
        self._systems = code_systems
        self._definitions = definitions
        self._done = {}
        self._open = set()

    def expand(self, url):
        url = url.partition("|")[0]
        if url in self._done:
            return self._done[url]
        definition = self._definitions.get(url)
        made = ValueSet(url, definition.get("version", "") if definition else "", definition["name"] if definition else "")
        if definition is None or url in self._open or "compose" not in definition:
            made.unknown_systems.add(ANY_SYSTEM)
            return made
        self._open.add(url)
        compose = definition["compose"]
        for include in compose["include"]:
            members, unknown = self._part(include)
            made.members |= members
            made.unknown_systems |= unknown
        for exclude in compose.get("exclude", []):
            # What of an exclusion is unknown only matters to what is unknown anyway, or to listed members:
            # those stay in, since the tables promise no more than to know what they can know.
            members, _ = self._part(exclude)
            made.members -= members
        self._open.discard(url)
        self._done[url] = made
        return made

    def _part(self, part):
        """Members and unknown systems of one include or exclude: the intersection of all that it names."""
        chosen = [self._by_system(part)] if "system" in part else []
        for url in part.get("valueSet", []):
            imported = self.expand(url)
            chosen.append((imported.members, imported.unknown_systems))
        members, unknown = chosen[0]
        for more_members, more_unknown in chosen[1:]:
            # A code is in both, or known in one and possible in the other.
            both = {m for m in members if m in more_members or possible(m, more_unknown)}
            both |= {m for m in more_members if possible(m, unknown)}
            members, unknown = both, unknown & more_unknown
        return members, unknown

    def _by_system(self, part):
        url = part["system"]
        if "concept" in part:
            return {(url, c["code"]) for c in part["concept"]}, set()
        system = self._systems.get(url)
        if system is None:
            return set(), {url}
        codes = set(system.index)
        for filter_ in part.get("filter", []):
            codes &= self._filtered(system, filter_)
        # A part that comes out empty names a code that the system lacks: something is missing here.
        return {(url, code) for code in codes}, set() if system.is_complete and codes else {url}

    @staticmethod
    def _filtered(system, filter_):
        property_, op, value = filter_["property"], filter_["op"], filter_["value"]
        if op == "is-a":
            return system.subsumed_by(value)
        if op == "descendent-of":
            return system.subsumed_by(value) - {value}
        if op == "is-not-a":
            return set(system.index) - system.subsumed_by(value)
        if op in ("in", "not-in") and property_ in ("code", "concept"):
            listed = {v.strip() for v in value.split(",")} & set(system.index)
            return listed if op == "in" else set(system.index) - listed
        if op == "regex" and property_ == "code":
            return {code for code in system.index if re.fullmatch(value, code)}
        if op == "=":
            as_text = lambda v: str(v).lower() if isinstance(v, bool) else str(v)
            return {c for c, i in system.index.items() if property_ in system.properties[i] and as_text(system.properties[i][property_]) == value}
        raise ValueError(f"filter {property_} {op} {value} on {system.url} is not provided for")


def possible(member, unknown_systems):
    return member[0] in unknown_systems or ANY_SYSTEM in unknown_systems
