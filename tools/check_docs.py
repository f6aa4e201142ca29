#!/usr/bin/env python3
"""Checks that the documents are true as far as a program can tell. Prints each fault; exit 1 when there is one.

- every relative link in a Markdown file leads to a file, and its #anchor to a heading;
- every path of the repository in `code` or text (src/…, docs/…, tools/…, cmake/…) exists;
- every module of src/ has a README.md with the six headings, in order;
- README.md and README.zh-CN.md have the same headings, links and commands, in order;
- the parts that tools/update_docs.py makes are up to date.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADINGS = ["Purpose", "Start here", "Journey", "Invariants", "Specification", "Not here"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"(?<![\w/.-])((?:src|docs|tools|cmake|\.ci)/[\w./@-]*[\w@-])")
FENCE = re.compile(r"^```.*?^```", re.S | re.M)


def tracked(*patterns: str) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
                            cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).exists()]


def headings(text: str) -> list[tuple[int, str]]:
    return [(len(marks), title.strip()) for marks, title in re.findall(r"^(#{1,6}) (.+)$", FENCE.sub("", text), re.M)]


def anchor(title: str) -> str:
    title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
    return re.sub(r"[^\w\- ]", "", title).replace(" ", "-")


def check_links(file: pathlib.Path, text: str) -> list[str]:
    faults = []
    here = file.relative_to(ROOT)
    for match in LINK.finditer(FENCE.sub("", text)):
        target = match.group(1) or match.group(2)
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        destination = (file.parent / path).resolve() if path else file
        if not destination.exists():
            faults.append(f"{here}: the link {target} leads nowhere")
        elif fragment and destination.suffix == ".md":
            known = {anchor(title) for _, title in headings(destination.read_text(encoding="utf-8"))}
            if fragment not in known:
                faults.append(f"{here}: {path or 'this page'} has no heading for #{fragment}")
    for name in sorted(set(PATH.findall(LINK.sub("", text)))):
        # Names made for an example, and folders that a build makes, are written with a capital or a dot folder.
        if "X" in name or "NNNN" in name or "node_modules" in name:
            continue
        if not (ROOT / name).exists():
            faults.append(f"{here}: {name} does not exist")
    return faults


def modules() -> list[str]:
    lines = (ROOT / "src/LAYERS").read_text(encoding="utf-8").splitlines()
    return [line.split(":")[0] for line in lines if re.match(r"[a-z]", line)]


def check_readmes() -> list[str]:
    faults = []
    for module in modules():
        folder = ROOT / "src" / module
        if not any(folder.glob("*.?pp")):
            continue
        readme = folder / "README.md"
        if not readme.exists():
            faults.append(f"src/{module}: has no README.md")
            continue
        found = [title for level, title in headings(readme.read_text(encoding="utf-8")) if level == 2]
        if found != HEADINGS:
            faults.append(f"src/{module}/README.md: its headings are {', '.join(found)}; wanted {', '.join(HEADINGS)}")
    return faults


def check_languages() -> list[str]:
    first, second = ROOT / "README.md", ROOT / "README.zh-CN.md"
    if not first.exists() or not second.exists():
        return ["README.md and README.zh-CN.md are not both there"]
    texts = [first.read_text(encoding="utf-8"), second.read_text(encoding="utf-8")]
    same = {
        "levels of headings": [[level for level, _ in headings(text)] for text in texts],
        "links": [sorted(a or b for a, b in LINK.findall(text) if "README" not in (a or b)) for text in texts],
        "commands": [[re.sub(r"\s+#.*", "", line) for block in FENCE.findall(text) for line in block.splitlines()] for text in texts],
    }
    return [f"README.md and README.zh-CN.md differ in their {what}" for what, (a, b) in same.items() if a != b]


def main() -> int:
    faults = []
    pages = tracked("*.md")
    for page in pages:
        faults += check_links(page, page.read_text(encoding="utf-8"))
    faults += check_readmes() + check_languages()
    made = subprocess.run([sys.executable, ROOT / "tools/update_docs.py", "--check"], capture_output=True, text=True)
    faults += (made.stdout + made.stderr).splitlines()
    print("\n".join(faults) or f"documents: {len(pages)} pages, every link and path leads somewhere")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
