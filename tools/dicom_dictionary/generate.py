#!/usr/bin/env python3
"""Writes the table of DICOM's data elements from the dictionary that DCMTK's package installs.

    generate.py DICOM.dic OUT.cpp

What the rows mean stands in src/formats/dicom/internal/dictionary_tables.hpp. The same input gives the same bytes. Only
Python's standard library is used.
"""
import re
import sys

TAG = r"([0-9A-Fa-f]{4})(?:-(?:[ou]-)?([0-9A-Fa-f]{4}))?"
LINE = re.compile(rf"\({TAG},{TAG}\)\t(\w\w)\t(\S+)\t")
# VRs that hang on other elements, in DCMTK's letters.
CONTEXT = {"xs": "US_SS", "ox": "OB_OW", "px": "OB_OW", "lt": "OW", "up": "UL"}
EXPECTED_ROWS = 4900


def main() -> None:
    rows: dict[int, tuple[str, str]] = {}
    ranges = []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            found = LINE.match(line)
            if not found or found[5] == "na":
                continue
            group, group_to, element, element_to, vr, keyword = found.groups()
            vr = CONTEXT.get(vr, vr)
            keyword = keyword.removeprefix("RETIRED_").removeprefix("ACR_NEMA_")
            if group_to or element_to:
                ranges.append((group, group_to or group, element, element_to or element, vr, keyword))
            else:
                rows.setdefault(int(group + element, 16), (vr, keyword))
    if len(rows) < EXPECTED_ROWS:
        sys.exit(f"{sys.argv[1]}: only {len(rows)} elements")
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write('#include "formats/dicom/internal/dictionary_tables.hpp"\n\nnamespace meridian::dicom::internal {\nnamespace {\n\n')
        out.write("constexpr DictionaryRow kRows[] = {\n")
        for tag, (vr, keyword) in sorted(rows.items()):
            out.write(f'    {{0x{tag:08X}, DictionaryVr::{vr}, "{keyword}"}},\n')
        out.write("};\n\nconstexpr DictionaryRange kRanges[] = {\n")
        for group, group_to, element, element_to, vr, keyword in ranges:
            out.write(f'    {{0x{group}, 0x{group_to}, 0x{element}, 0x{element_to}, DictionaryVr::{vr}, "{keyword}"}},\n')
        out.write("};\n\n}  // namespace\n\nstd::span<const DictionaryRow> dictionary_rows() {\n  return kRows;\n}\n\n"
                  "std::span<const DictionaryRange> dictionary_ranges() {\n  return kRanges;\n}\n\n"
                  "}  // namespace meridian::dicom::internal\n")


if __name__ == "__main__":
    main()
