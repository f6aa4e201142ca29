#!/usr/bin/env python3
"""Makes many patients of a few: Synthea bundles in, NDJSON out, any number of resources.

    tools/bench/multiply.py BUNDLES.tar.zst|FOLDER OUT [--resources 2000000] [--seed 1] [--bundles N]

Each copy of a patient is somebody else: every id and identifier is new, names and phone numbers are drawn anew, dates are
shifted by a number of days of its own (all of one patient's by the same, so that intervals stay), measured values and
amounts are perturbed by up to 5 % in the digits that they have. Plain copies would flatter whatever compresses or
caches. References of a bundle (urn:uuid, conditional ones by identifier) become `Type/id`. The same seed gives the same bytes.

OUT gets part-NNNN.ndjson files of about 64 MB in the order of patients, as a bulk import has them. With --bundles N it also
gets bundle-NNNNN.json files, N transactions of one patient each.
"""
import argparse
import datetime
import hashlib
import json
import multiprocessing
import pathlib
import random
import re
import subprocess
import sys
import tempfile

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SLOT = re.compile(
    r"(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"|(?P<date>(?:19|20)\d\d-[01]\d-[0-3]\d)(?=[T\"])"
    r"|(?<=\"value\":)(?P<number>-?\d+(?:\.\d+)?)(?=[,}])"
    r"|(?<=\"(?:family)\":\")(?P<family>[^\"\\]+)"
    r"|(?<=\"given\":\[\")(?P<given>[^\"\\]+)"
    r"|(?<=\"value\":\")(?P<phone>555-\d{3}-\d{4})"
    r"|(?<=\"value\":\")(?P<ssn>999-\d\d-\d{4})")
PART_BYTES = 64_000_000


def bundles_of(source: pathlib.Path, scratch: pathlib.Path) -> list[pathlib.Path]:
    if source.is_dir():
        return sorted(source.rglob("*.json"))
    subprocess.run(f"zstd -dc '{source}' | tar x -C '{scratch}'", shell=True, check=True)
    return sorted(scratch.rglob("*.json"))


def resolved(bundles: list[dict]) -> list[list[dict]]:
    """The resources of each bundle, their references as Type/id."""
    by_url, by_identifier = {}, {}
    for bundle in bundles:
        for entry in bundle["entry"]:
            resource = entry["resource"]
            where = f"{resource['resourceType']}/{resource['id']}"
            by_url[entry.get("fullUrl", "")] = where
            for identifier in resource.get("identifier", []):
                by_identifier[f"{resource['resourceType']}?identifier={identifier.get('system', '')}|{identifier.get('value', '')}"] = where

    def mend(value):
        if isinstance(value, dict):
            reference = value.get("reference")
            if isinstance(reference, str):
                value["reference"] = by_url.get(reference) or by_identifier.get(reference) or reference
            for member in value.values():
                mend(member)
        elif isinstance(value, list):
            for member in value:
                mend(member)

    made = []
    for bundle in bundles:
        resources = [entry["resource"] for entry in bundle["entry"]]
        for resource in resources:
            mend(resource)
        made.append(resources)
    return made


def template(resource: dict) -> list[tuple[str, str]]:
    """The resource's text cut at what changes: (text, kind), kinds alternating with plain text."""
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    parts, at = [], 0
    for match in SLOT.finditer(text):
        parts.append((text[at : match.start()], ""))
        parts.append((match.group(0), match.lastgroup))
        at = match.end()
    parts.append((text[at:], ""))
    return parts


class Copy:
    """Who a copy of a patient is."""

    def __init__(self, seed: int, number: int, families: list[str], givens: list[str]):
        self.salt = f"{seed}/{number}/".encode()
        self.chance = random.Random(f"{seed}/{number}")
        self.shift = self.chance.randint(-1500, 300)
        self.families, self.givens = families, givens
        self.known: dict[tuple[str, str], str] = {}

    def __call__(self, kind: str, text: str) -> str:
        if kind == "number":
            return self.number(text)
        key = (kind, text)
        made = self.known.get(key)
        if made is None:
            made = self.known[key] = getattr(self, kind)(text)
        return made

    def uuid(self, text: str) -> str:
        made = hashlib.blake2b(self.salt + text.encode(), digest_size=16).hexdigest()
        return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-a{made[17:20]}-{made[20:]}"

    def date(self, text: str) -> str:
        try:
            return str(datetime.date.fromisoformat(text) + datetime.timedelta(days=self.shift))
        except ValueError:
            return text

    def number(self, text: str) -> str:
        digits = len(text.partition(".")[2])
        value = float(text) * self.chance.uniform(0.95, 1.05)
        return f"{value:.{min(digits, 12)}f}"

    def family(self, _: str) -> str:
        return self.chance.choice(self.families) + str(self.chance.randint(100, 999))

    def given(self, _: str) -> str:
        return self.chance.choice(self.givens) + str(self.chance.randint(100, 999))

    def phone(self, _: str) -> str:
        return f"555-{self.chance.randint(100, 999)}-{self.chance.randint(1000, 9999)}"

    def ssn(self, _: str) -> str:
        return f"999-{self.chance.randint(10, 99)}-{self.chance.randint(1000, 9999)}"


def line(parts: list[tuple[str, str]], copy: Copy) -> str:
    return "".join(text if not kind else copy(kind, text) for text, kind in parts)


def write_share(job) -> int:
    """One process's share: copies number, number + step, … of all bundles, in files of its own."""
    templates, families, givens, out, seed, first, step, resources = job
    written, part, file, size = 0, first, None, 0
    number = first
    while written < resources:
        # Hospitals and practitioners are shared by all patients of a copy, so a copy is a town of its own.
        copy_of_town = Copy(seed, number, families, givens)
        for bundle in templates:
            if written >= resources:
                break
            copy_of_town.shift = copy_of_town.chance.randint(-1500, 300)
            copy_of_town.known = {key: made for key, made in copy_of_town.known.items() if key[0] == "uuid"}
            if file is None or size > PART_BYTES:
                if file:
                    file.close()
                file, size, part = open(out / f"part-{part:04}.ndjson", "w", encoding="utf-8"), 0, part + step
            for parts in bundle:
                text = line(parts, copy_of_town)
                file.write(text + "\n")
                size += len(text) + 1
            written += len(bundle)
        number += step
    if file:
        file.close()
    return written


def write_bundles(templates, families, givens, out: pathlib.Path, seed: int, count: int) -> None:
    for number in range(count):
        copy = Copy(seed, 1_000_000 + number, families, givens)
        entries = []
        for parts in templates[number % len(templates)]:
            text = line(parts, copy)
            resource = json.loads(text)
            entries.append(f'{{"fullUrl":"urn:uuid:{resource["id"]}","resource":{text},'
                           f'"request":{{"method":"PUT","url":"{resource["resourceType"]}/{resource["id"]}"}}}}')
        (out / f"bundle-{number:05}.json").write_text(
            '{"resourceType":"Bundle","type":"transaction","entry":[' + ",".join(entries) + "]}", encoding="utf-8")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("source", type=pathlib.Path)
    words.add_argument("out", type=pathlib.Path)
    words.add_argument("--resources", type=int, default=2_000_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--bundles", type=int, default=0)
    asked = words.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        files = bundles_of(asked.source, pathlib.Path(scratch))
        if not files:
            sys.exit(f"{asked.source}: no bundles")
        bundles = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    # Those that others refer to come first.
    bundles.sort(key=lambda bundle: bundle["entry"][0]["resource"]["resourceType"] == "Patient")
    templates = [[template(resource) for resource in resources] for resources in resolved(bundles)]
    texts = [(kind, text) for bundle in templates for parts in bundle for text, kind in parts if kind in ("family", "given")]
    families = sorted({text.rstrip("0123456789") for kind, text in texts if kind == "family"})
    givens = sorted({text.rstrip("0123456789") for kind, text in texts if kind == "given"})
    step = min(multiprocessing.cpu_count(), 2)
    jobs = [(templates, families, givens, asked.out, asked.seed, first, step, -(-asked.resources // step)) for first in range(step)]
    with multiprocessing.Pool(step) as pool:
        written = sum(pool.map(write_share, jobs))
    if asked.bundles:
        patients = [bundle for bundle in templates if len(bundle) < 100_000 and '"Patient"' in bundle[0][0][0]]
        write_bundles(patients, families, givens, asked.out, asked.seed, asked.bundles)
    print(f"{written} resources")


if __name__ == "__main__":
    main()
