#!/usr/bin/env python3
"""Packs folders of the catalogue into one block for embedding: for each file, sorted by path, its path below the
folder (with NAME=FOLDER below NAME) and its bytes, each as a little-endian length of four bytes and the bytes themselves."""
import argparse
import pathlib
import struct


def pack(folder: str) -> bytes:
    parts = []
    name, _, where = folder.rpartition("=")
    below = pathlib.Path(where)
    for path in sorted(p for p in below.rglob("*") if p.is_file()):
        for text in ((pathlib.PurePath(name) / path.relative_to(below)).as_posix().encode(), path.read_bytes()):
            parts.append(struct.pack("<I", len(text)) + text)
    return b"".join(parts)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="+")
    arguments.add_argument("output", type=pathlib.Path)
    given = arguments.parse_args()
    given.output.write_bytes(b"".join(pack(folder) for folder in given.folder))


if __name__ == "__main__":
    main()
