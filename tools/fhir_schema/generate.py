#!/usr/bin/env python3
"""Makes the schema block of one FHIR version from HL7's definition files.

    generate.py --definitions FOLDER --version 4.0.1 --output FILE

The same input gives the same bytes. README.md says where the files come from and what is made of them.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import block as blocks  # noqa: E402
from definitions import Definitions  # noqa: E402
from structure import StructureBuilder  # noqa: E402
from terminology import Expander, read_code_system  # noqa: E402


def make_block(definitions):
    block = blocks.Block()
    block.add("head", block.text(definitions.version))

    types = StructureBuilder(definitions.structures).types
    ids = blocks.write_structure(block, types)

    systems = {url: read_code_system(d) for url, d in definitions.code_systems.items()}
    for system in systems.values():
        blocks.write_code_system(block, system)
    expander = Expander(systems, definitions.value_sets)
    for url in definitions.value_sets:
        blocks.write_value_set(block, expander.expand(url))

    for definition in definitions.search_parameters.values():
        blocks.write_search_parameter(block, definition, ids)
    for definition in definitions.compartments.values():
        blocks.write_compartment(block, definition, ids)
    return block.to_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, type=Path, help="folder of HL7's definition files")
    parser.add_argument("--version", required=True, help="FHIR version whose resources are taken: 4.0.1")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args()
    options.output.write_bytes(make_block(Definitions(options.definitions, options.version)))


if __name__ == "__main__":
    main()
