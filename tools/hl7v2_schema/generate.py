#!/usr/bin/env python3
"""Writes the tables of HL7 v2 (messages, segments, data types, code tables of each version) as one C++ source.

    generate.py PACKAGE OUT.cpp

PACKAGE is the npm package that package-lock.json pins: object literals in JSON form, one file a version and kind. What
the rows mean stands in src/formats/hl7v2/internal/schema_tables.hpp. Parts that several versions or messages share are
written once. The same input gives the same bytes. Only Python's standard library is used.
"""
import json
import pathlib
import sys

VERSIONS = ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1"]
# The package's `opt`. 3 and 4 come up from v2.6 on.
OPTIONALITY = {1: "optional", 2: "required", 3: "conditional", 4: "backward"}
EXPECTED_MESSAGES = 2325


def read_object(path: pathlib.Path) -> dict:
    """The object literal `var name = {...};` of a JavaScript file."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


class Pool:
    """Rows that stand one after the other, equal runs of them once."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.runs: dict[tuple[str, ...], int] = {}

    def add(self, rows: list[str]) -> str:
        key = tuple(rows)
        if key not in self.runs:
            self.runs[key] = len(self.rows)
            self.rows += rows
        return f"{self.runs[key]}, {len(rows)}"


def literal(text: str) -> str:
    return json.dumps(" ".join(str(text).split()), ensure_ascii=False) + "sv"


class Tables:
    def __init__(self) -> None:
        self.nodes = Pool()
        self.elements = Pool()
        self.messages: list[str] = []
        self.segments: list[str] = []
        self.types: list[str] = []
        self.versions: list[str] = []

    def add_nodes(self, nodes: list[dict]) -> str:
        rows = []
        for node in nodes:
            choice = "compounds" in node
            children = node.get("compounds", node.get("children", []))
            inner = f"kNodesArray + {self.add_nodes(children)}" if children else "nullptr, 0"
            kind = "choice" if choice else "group" if children else "segment"
            rows.append(
                f"{{{literal(node['name'])}, {node['min']}, {node['max']}, "
                f"NodeKind::{kind}, {inner}}}"
            )
        return self.nodes.add(rows)

    def add_elements(self, elements: list[dict]) -> str:
        rows = [
            f"{{{literal(element['desc'])}, {literal(element['datatype'])}, Optionality::{OPTIONALITY[element['opt']]}, "
            f"{element['rep']}, {element.get('len') or 0}, {element.get('table') or 0}}}"
            for element in elements
        ]
        return self.elements.add(rows)

    def add_version(self, folder: pathlib.Path) -> None:
        begin = (len(self.messages), len(self.segments), len(self.types))
        for name, message in sorted(read_object(folder / "messages.js").items()):
            nodes = message["segments"].get("segments", [])
            if nodes:
                self.messages.append(f"{{{literal(name)}, {literal(message['desc'])}, {self.add_nodes(nodes)}}}")
        for name, segment in sorted(read_object(folder / "segments.js").items()):
            self.segments.append(f"{{{literal(name)}, {literal(segment['desc'])}, {self.add_elements(segment['fields'])}}}")
        for name, kind in sorted(read_object(folder / "fields.js").items()):
            self.types.append(f"{{{literal(name)}, {literal(kind['desc'])}, {self.add_elements(kind['subfields'])}}}")
        end = (len(self.messages), len(self.segments), len(self.types))
        runs = ", ".join(f"{b}, {e - b}" for b, e in zip(begin, end))
        self.versions.append(f"{{{literal(folder.name)}, {runs}}}")


def array(kind: str, name: str, rows: list[str]) -> list[str]:
    # Declared first: nodes point at nodes.
    return [f"extern const {kind} {name}Array[{len(rows)}];", f"constinit const {kind} {name}Array[{len(rows)}] = {{",
            *(f"    {row}," for row in rows), "};",
            f"constinit const std::span<const {kind}> {name}({name}Array);", ""]


def main() -> None:
    package, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tables = Tables()
    for version in VERSIONS:
        tables.add_version(package / "lib" / version)
    if len(tables.messages) != EXPECTED_MESSAGES:
        sys.exit(f"generate.py: {len(tables.messages)} messages: has the package changed?")
    codes, code_tables = [], []
    for number, table in sorted(read_object(package / "lib/tables.js").items(), key=lambda item: int(item[0])):
        values = sorted(table.get("values", {}).items())
        code_tables.append(f"{{{number}, {literal(table['desc'])}, {len(codes)}, {len(values)}}}")
        codes += [f"{{{literal(code)}, {literal(text)}}}" for code, text in values]
    lines = [
        "// Made by tools/hl7v2_schema/generate.py from the npm package hl7-dictionary (MIT). Do not edit.",
        '#include "formats/hl7v2/internal/schema_tables.hpp"',
        "",
        "namespace meridian::hl7v2::internal {",
        "",
        "using namespace std::string_view_literals;",
        "",
        *array("NodeDefinition", "kNodes", tables.nodes.rows),
        *array("ElementDefinition", "kElements", tables.elements.rows),
        *array("NamedRun", "kMessages", tables.messages),
        *array("NamedRun", "kSegments", tables.segments),
        *array("NamedRun", "kTypes", tables.types),
        *array("CodeDefinition", "kCodes", codes),
        *array("CodeTableRow", "kCodeTables", code_tables),
        *array("VersionRow", "kVersions", tables.versions),
        "}  // namespace meridian::hl7v2::internal",
        "",
    ]
    out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
