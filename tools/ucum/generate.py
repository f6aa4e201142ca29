#!/usr/bin/env python3
"""Writes UCUM's definitions as one C++ table (src/units/internal/table.hpp says what the rows mean).

    generate.py PACKAGE OUT.cpp

PACKAGE is the npm package that tools/ucum/package-lock.json pins: a rendering of UCUM's ucum-essence.xml as
JavaScript object literals, one key a line. Nothing is computed here; the program parses each unit's own definition
with its own parser. The same input gives the same bytes.
"""
import json
import pathlib
import re
import sys

# The package leaves out UCUM's isArbitrary. It holds for the clinical and chemical units that are defined as
# one of nothing, or of [iU], except for these two counts of things that can be seen.
NOT_ARBITRARY = {"[hnsf'U]", "[HPF]"}
ARBITRARY_COUNT = 41


def read_object(path: pathlib.Path, name: str) -> dict:
    """The object literal `export const NAME = {...};` of a JavaScript file."""
    text = path.read_text(encoding="utf-8")
    start = text.index("{", text.index(f"export const {name} "))
    body = text[start : text.index("\n};", start)] + "\n}"
    body = re.sub(r"^\s*dimension: .*\n", "", body, flags=re.M)
    body = re.sub(r"^(\s*)([A-Za-z]\w*):", r'\1"\2":', body, flags=re.M)
    body = re.sub(r",(\s*})", r"\1", body)
    return json.loads(body)


def is_arbitrary(code: str, unit: dict) -> bool:
    value = unit["value"]
    defined_as_one = value["value"] == "1" and value["Unit"] in ("1", "[iU]")
    return defined_as_one and unit["class"] in ("clinical", "chemical") and code not in NOT_ARBITRARY


def kind(code: str, unit: dict) -> str:
    if unit.get("isBaseUnit"):
        return "base"
    if unit.get("isSpecial"):
        return "special"
    return "arbitrary" if is_arbitrary(code, unit) else "ratio"


def literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\u00a0", " ")


def unit_row(code: str, unit: dict) -> str:
    value = unit["value"]
    function = value.get("function")
    if function:
        name, number, of = function["name"], str(function["value"]), function["Unit"]
    else:
        name, number, of = "", value["value"], value["Unit"]
    metric = "true" if unit["isMetric"] else "false"
    cells = [literal(cell) for cell in (code, unit["CODE"], unit["name"], number, of, name)]
    return f"    {{{', '.join(cells)}, UnitKind::{kind(code, unit)}, {metric}}},"


def prefix_row(code: str, prefix: dict) -> str:
    return f"    {{{literal(code)}, {literal(prefix['name'])}, {literal(str(prefix['value']))}}},"


def main() -> None:
    package, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    units = read_object(package / "dist/units.js", "units")
    prefixes = read_object(package / "dist/prefixes.js", "prefixes")
    arbitrary = sum(kind(code, unit) == "arbitrary" for code, unit in units.items())
    if arbitrary != ARBITRARY_COUNT:
        sys.exit(f"generate.py: {arbitrary} arbitrary units instead of {ARBITRARY_COUNT}: has the package changed?")
    lines = [
        "// Made by tools/ucum/generate.py from UCUM's definitions, copyright Regenstrief Institute, Inc.;",
        "// licence: https://ucum.org/license. Do not edit.",
        '#include "units/internal/table.hpp"',
        "",
        "namespace meridian::units::internal {",
        "",
        f"const std::array<PrefixRow, {len(prefixes)}> kPrefixArray = {{{{",
        *[prefix_row(code, prefix) for code, prefix in prefixes.items()],
        "}};",
        "",
        f"const std::array<UnitRow, {len(units)}> kUnitArray = {{{{",
        *[unit_row(code, unit) for code, unit in units.items()],
        "}};",
        "",
        "std::span<const PrefixRow> prefix_rows() { return kPrefixArray; }",
        "std::span<const UnitRow> unit_rows() { return kUnitArray; }",
        "",
        "}  // namespace meridian::units::internal",
        "",
    ]
    out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
