#!/usr/bin/env python3
"""Packs a folder of the catalogue into one block for embedding: for each file, sorted by path, its path below the
folder and its bytes, each as a little-endian length of four bytes and the bytes themselves."""
import argparse
import pathlib
import struct


def pack(folder: pathlib.Path) -> bytes:
    parts = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for text in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            parts.append(struct.pack("<I", len(text)) + text)
    return b"".join(parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    given = arguments.parse_args()
    given.output.write_bytes(pack(given.folder))


if __name__ == "__main__":
    main()
