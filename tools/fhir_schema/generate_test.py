"""Tests of the generator on small definitions of their own. Run: python3 -m unittest generate_test"""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

from block import Block  # noqa: E402
from definitions import Definitions  # noqa: E402
from structure import STRUCTURE, StructureBuilder  # noqa: E402
from terminology import ANY_SYSTEM, Expander, read_code_system  # noqa: E402


def structure(name, elements, kind="complex-type", base="", **more):
    root = {"path": name, "min": 0, "max": "*"} | more.pop("root", {})
    stated = [{"min": 0, "max": "1"} | e for e in elements]
    return {
        "resourceType": "StructureDefinition", "url": STRUCTURE + name, "version": "4.0.1", "name": name, "kind": kind,
        "abstract": False, "type": name, "baseDefinition": STRUCTURE + base if base else "",
        "derivation": "specialization", "differential": {"element": [root] + stated},
    } | more  # fmt: skip


def typed(path, *codes, **more):
    return {"path": path, "type": [{"code": c} for c in codes]} | more


def constraint(key):
    return {"key": key, "severity": "error", "human": key, "expression": "true"}


ELEMENT = structure("Element", [typed("Element.id", "string")], root={"constraint": [constraint("ele-1")]})
STRING = structure("string", [typed("string.value", "http://hl7.org/fhirpath/System.String")], "primitive-type", "Element")
CODE = structure("code", [], "primitive-type", "string")


def build(*structures):
    return StructureBuilder({s["url"]: s for s in (ELEMENT, STRING, CODE) + structures}).types


class Structures(unittest.TestCase):
    def test_a_type_has_its_bases_elements_first(self):
        types = build(structure("Period", [typed("Period.start", "string")], base="Element"))
        self.assertEqual([e.name for e in types["Period"].elements], ["id", "start"])
        self.assertEqual([i.key for i in types["Period"].invariants], ["ele-1"])

    def test_a_primitives_value_is_no_element(self):
        self.assertEqual([e.name for e in build()["string"].elements], ["id"])

    def test_an_element_with_children_makes_a_backbone(self):
        types = build(structure("Timing", [
            typed("Timing.repeat", "Element", constraint=[constraint("tim-1")]),
            typed("Timing.repeat.count", "string"),
        ], base="Element"))  # fmt: skip
        backbone = types["Timing.repeat"]
        self.assertEqual([e.name for e in backbone.elements], ["id", "count"])
        self.assertEqual([i.key for i in backbone.invariants], ["ele-1", "tim-1"])
        self.assertEqual(types["Timing"].elements[1].types[0].type, "Timing.repeat")
        self.assertEqual(types["Timing"].elements[1].invariants, [])

    def test_a_content_reference_names_the_backbone(self):
        types = build(structure("List", [
            typed("List.item", "Element"),
            typed("List.item.text", "string"),
            {"path": "List.item.item", "contentReference": "#List.item"},
        ], base="Element"))  # fmt: skip
        self.assertEqual(types["List.item"].elements[2].types[0].type, "List.item")

    def test_a_choice_has_a_key_for_each_type(self):
        types = build(structure("Box", [typed("Box.value[x]", "string", "code")], base="Element"))
        value = types["Box"].elements[1]
        self.assertEqual((value.name, [t.json_key for t in value.types]), ("value", ["valueString", "valueCode"]))

    def test_an_inherited_element_may_be_narrowed(self):
        narrowed = structure("xhtml", [{"path": "xhtml.id", "max": "0"}], "primitive-type", "Element")
        types = build(narrowed)
        self.assertEqual((types["xhtml"].elements[0].max, types["Element"].elements[0].max), (0, 1))

    def test_an_elements_own_invariants_are_those_its_type_does_not_state(self):
        stated = typed("Box.text", "string", constraint=[constraint("ele-1"), constraint("box-1")])
        types = build(structure("Box", [stated], base="Element"))
        self.assertEqual([i.key for i in types["Box"].elements[1].invariants], ["box-1"])


class Files(unittest.TestCase):
    def read(self, *resources):
        with tempfile.TemporaryDirectory() as folder:
            bundle = {"entry": [{"resource": r} for r in resources]}
            (Path(folder) / "profiles-types.json").write_text(json.dumps(bundle))
            return Definitions(folder, "9.9.9")

    def test_parts_of_another_fhir_version_are_left_out(self):
        mine = structure("Mine", []) | {"version": "9.9.9"}
        self.assertEqual(list(self.read(mine, structure("Foreign", [])).structures), [mine["url"]])

    def test_code_systems_of_others_keep_their_own_versions(self):
        system = {"resourceType": "CodeSystem", "url": "http://terminology.hl7.org/x", "version": "2.9"}
        self.assertEqual(list(self.read(system).code_systems), [system["url"]])


def code_system(url, concepts, content="complete", **more):
    return read_code_system({"url": url, "name": "x", "content": content, "concept": concepts} | more)


ANIMALS = code_system("animals", [
    {"code": "pet", "concept": [{"code": "cat", "concept": [{"code": "tabby"}]}, {"code": "dog"}]},
    {"code": "wild", "property": [{"code": "legal", "valueBoolean": False}]},
    {"code": "lynx", "property": [{"code": "subsumedBy", "valueCode": "wild"}, {"code": "subsumedBy", "valueCode": "cat"}]},
])  # fmt: skip
PARTIAL = code_system("partial", [{"code": "a"}], content="fragment")


def expand(compose, **others):
    sets = {name: {"url": name, "name": name, "compose": c} for name, c in others.items()}
    sets["it"] = {"url": "it", "name": "it", "compose": compose}
    made = Expander({"animals": ANIMALS, "partial": PARTIAL}, sets).expand("it")
    return {code for _, code in made.members}, made.unknown_systems


def filtered(property_, op, value):
    return expand({"include": [{"system": "animals", "filter": [{"property": property_, "op": op, "value": value}]}]})


class Terminology(unittest.TestCase):
    def test_parents_come_from_nesting_and_from_properties(self):
        lynx = ANIMALS.index["lynx"]
        self.assertEqual(ANIMALS.codes[lynx][2], ANIMALS.index["wild"])
        self.assertEqual(ANIMALS.more_parents, [(lynx, ANIMALS.index["cat"])])

    def test_a_whole_system(self):
        self.assertEqual(expand({"include": [{"system": "animals"}]})[0], set(ANIMALS.index))

    def test_filters(self):
        self.assertEqual(filtered("concept", "is-a", "cat")[0], {"cat", "tabby", "lynx"})
        self.assertEqual(filtered("concept", "descendent-of", "cat")[0], {"tabby", "lynx"})
        self.assertEqual(filtered("concept", "is-not-a", "pet")[0], {"wild"})
        self.assertEqual(filtered("concept", "in", "dog, cat")[0], {"dog", "cat"})
        self.assertEqual(filtered("code", "regex", ".*o.*")[0], {"dog"})
        self.assertEqual(filtered("legal", "=", "false")[0], {"wild"})

    def test_an_unknown_filter_stops_the_generator(self):
        with self.assertRaises(ValueError):
            filtered("weight", "exists", "true")

    def test_excluded_codes_are_out(self):
        compose = {"include": [{"system": "animals"}], "exclude": [{"system": "animals", "concept": [{"code": "wild"}]}]}
        self.assertEqual(expand(compose)[0], {"pet", "cat", "tabby", "dog", "lynx"})

    def test_a_system_that_is_not_here_is_unknown(self):
        self.assertEqual(expand({"include": [{"system": "elsewhere"}]}), (set(), {"elsewhere"}))
        self.assertEqual(expand({"include": [{"system": "partial"}]}), ({"a"}, {"partial"}))

    def test_listed_codes_are_known_wherever_they_come_from(self):
        self.assertEqual(expand({"include": [{"system": "elsewhere", "concept": [{"code": "x"}]}]}), ({"x"}, set()))

    def test_imports_join_and_parts_intersect(self):
        pets = {"include": [{"system": "animals", "concept": [{"code": "cat"}, {"code": "dog"}]}]}
        self.assertEqual(expand({"include": [{"valueSet": ["pets"]}]}, pets=pets)[0], {"cat", "dog"})
        both = {"include": [{"system": "animals", "concept": [{"code": "cat"}], "valueSet": ["pets"]}]}
        self.assertEqual(expand(both, pets=pets)[0], {"cat"})

    def test_a_missing_import_could_hold_anything(self):
        self.assertEqual(expand({"include": [{"valueSet": ["nowhere"]}]})[1], {ANY_SYSTEM})

    def test_value_sets_that_import_each_other_end(self):
        self.assertEqual(expand({"include": [{"valueSet": ["it"]}]})[1], {ANY_SYSTEM})


class Blocks(unittest.TestCase):
    def test_equal_texts_and_equal_runs_are_written_once(self):
        block = Block()
        self.assertEqual(block.text("a"), block.text("a"))
        self.assertEqual(block.run("targets", [(1,), (2,)]), block.run("targets", [(1,), (2,)]))
        self.assertEqual(block.run("targets", []), (0, 0))


if __name__ == "__main__":
    unittest.main()
