#!/usr/bin/env python3
"""Writes the parts of the documents that are made from the tree; `./dev fmt` calls it.

    update_docs.py           write them
    update_docs.py --check   exit 1 when one is not up to date

A part stands between `<!-- made: NAME -->` and `<!-- end -->`: the module graph of src/LAYERS (an arrow leads to what a
module includes; one that follows from two others is left out), the list of decisions, the list of clarifications.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from check_layers import read_layers  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent


def module_graph() -> str:
    may = read_layers(ROOT / "src/LAYERS", [])
    reach: dict[str, set[str]] = {}
    for module, allowed in may.items():  # in order: what a module names was seen before
        reach[module] = allowed.union(*(reach[name] for name in allowed))
    node = lambda module: f"{module.replace('/', '_')}[{module}]"
    lines = ["```mermaid", "graph TD"]
    for module in reversed(may):
        direct = [name for name in may[module] if not any(name in reach[other] for other in may[module] - {name})]
        lines += [f"  {node(module)} --> {node(name)}" for name in sorted(direct)]
    return "\n".join([*lines, "```"])


def titles(folder: str, prefix: str) -> str:
    """A link to each page, with its first heading."""
    lines = []
    for page in sorted((ROOT / folder).glob("*.md")):
        heading = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.M)
        if page.name != "README.md" and heading:
            lines.append(f"- [{heading[1]}]({prefix}{page.name})")
    return "\n".join(lines)


PARTS = {
    "ARCHITECTURE.md": {"module graph": module_graph},
    "docs/adr/README.md": {"decisions": lambda: titles("docs/adr", "")},
    "docs/spec-clarifications.md": {
        "clarifications": lambda: titles("docs/spec-clarifications.d", "spec-clarifications.d/")
    },
}


def main() -> int:
    stale = []
    for name, parts in PARTS.items():
        page = ROOT / name
        text = wanted = page.read_text(encoding="utf-8")
        for part, make in parts.items():
            begin, end = f"<!-- made: {part} -->\n", "\n<!-- end -->"
            before, rest = wanted.split(begin)
            wanted = before + begin + make() + end + rest.split(end, 1)[1]
        if text != wanted:
            stale.append(name)
            if "--check" not in sys.argv:
                page.write_text(wanted, encoding="utf-8")
    if "--check" in sys.argv and stale:
        print("\n".join(f"{name}: is not up to date with the tree; run ./dev fmt" for name in stale))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
