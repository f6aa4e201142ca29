#!/usr/bin/env python3
"""Fails when an #include climbs the table in src/LAYERS or reaches into another module's internal/.

    check_layers.py [SRC]        check the tree (src by default)
    check_layers.py --self-test  check this script on small trees with known faults

A line of LAYERS may name only what stands above it; `formats/*` stands for all of that family above, `*` for all above.
An include is written from src/: none is relative, none is <> for a file of ours. `internal/` is private to its module
and `testing/` is for tests, fuzzers, benchmarks and other testing/ files.
"""
import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
FOR_TESTS = re.compile(r"(_test|_fuzz|_bench)\.cpp$|(^|/)testing/")


def read_layers(path: pathlib.Path, faults: list[str]) -> dict[str, set[str]]:
    may: dict[str, set[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        module, colon, names = line.partition(":")
        if not colon or module in may:
            faults.append(f"LAYERS:{number}: expected one line `module: what it may include` for each module")
            continue
        allowed = set()
        for name in names.split():
            if name == "*":
                allowed |= set(may)
            elif name.endswith("/*"):
                allowed |= {above for above in may if above.startswith(name[:-1])}
            elif name in may:
                allowed.add(name)
            else:
                faults.append(f"LAYERS:{number}: {module} names {name}, which does not stand above it")
        may[module] = allowed
    return may


def owner(path: str, modules) -> str | None:
    return max((m for m in modules if path.startswith(m + "/")), key=len, default=None)


def check(src: pathlib.Path) -> tuple[list[str], dict[str, set[str]]]:
    faults: list[str] = []
    may = read_layers(src / "LAYERS", faults)
    for file in sorted(src.rglob("*")):
        if file.suffix not in (".hpp", ".cpp", ".def"):
            continue
        here = file.relative_to(src).as_posix()
        module = owner(here, may)
        if module is None:
            faults.append(f"{here}: lies in no module of LAYERS")
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, target = match.groups()
            to = owner(target, may)
            at = f"{here}:{number}"
            if quote == "<":
                if to and (src / target).exists():
                    faults.append(f'{at}: write #include "{target}"')
                continue
            if ".." in target.split("/") or to is None:
                faults.append(f"{at}: write the include from src/: {target}")
                continue
            if to != module and to not in may[module]:
                faults.append(f"{at}: {module} may not include {to} ({target})")
            elif to != module and "/internal/" in target:
                faults.append(f"{at}: {target} is private to {to}")
            if FOR_TESTS.search(target) and not FOR_TESTS.search(here):
                faults.append(f"{at}: {target} is for tests")
    return faults, may


def self_test() -> int:
    layers = "base:\nformats/a: base\nformats/b: base\nmid: base formats/*\napp: *\n"
    cases = {  # file, its text -> a part of the fault expected, or "" for none
        ("base/x.hpp", '#include "mid/m.hpp"'): "base may not include mid",
        ("formats/a/x.cpp", '#include "formats/b/b.hpp"'): "formats/a may not include formats/b",
        ("mid/x.cpp", '#include "formats/b/b.hpp"'): "",
        ("app/x_test.cpp", '#include "mid/testing/t.hpp"'): "",
        ("app/x.cpp", '#include "mid/testing/t.hpp"'): "is for tests",
        ("mid/x.cpp", '#include "formats/a/internal/i.hpp"'): "is private to formats/a",
        ("formats/a/y.cpp", '#include "formats/a/internal/i.hpp"'): "",
        ("mid/y.cpp", '#include "../base/x.hpp"'): "from src/",
        ("mid/z.cpp", '#include "z.hpp"'): "from src/",
        ("other/x.cpp", ""): "lies in no module",
        ("app/y.cpp", "#include <vector>"): "",
    }
    bad = 0
    for (path, text), expected in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            src = pathlib.Path(folder)
            (src / "LAYERS").write_text(layers)
            (src / path).parent.mkdir(parents=True)
            (src / path).write_text(text + "\n")
            faults, _ = check(src)
            if not (len(faults) == 1 and expected in faults[0] if expected else not faults):
                print(f"self-test: {path} `{text}`: expected {expected or 'no fault'}, got {faults}")
                bad += 1
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "LAYERS").write_text("mid: base\nbase:\n")
        if not check(pathlib.Path(folder))[0]:
            print("self-test: a line that names what stands below it went through")
            bad += 1
    print(f"self-test: {len(cases) + 1 - bad} passed, {bad} failed")
    return 1 if bad else 0


def main() -> int:
    if "--self-test" in sys.argv:
        return self_test()
    src = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "src"
    faults, may = check(src)
    print("\n".join(faults) or f"layers: {len(may)} modules, {sum(map(len, may.values()))} allowed edges, no violation")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
