#!/usr/bin/env python3
"""The same resources in PostgreSQL's JSONB and in Meridian, loaded and searched in one run, on one disk.

    postgres_bench.py --program build/release/bin/meridian PART.ndjson...

`./dev bench postgres` calls it. PostgreSQL gets less to do than Meridian: one table of JSONB, loaded by two COPYs at once,
then a primary key by type and id, a GIN index of the whole document (jsonb_path_ops: what answers tokens and references),
and B-trees for the dates, the names and the quantities that the searches below ask for. It indexes no other date, number,
string, chain or full text of the hundreds of search parameters of R4, checks nothing, and keeps no versions. Its settings
are those of a bulk load: minimal WAL, large maintenance memory, parallel index builds; fsync stays on. Meridian imports with
all R4 search parameters and `store.check=structure`. Searches ask both for the same page of 20, one after another over one
connection, and for the exact total; that both find as many is checked. Written to build/bench-postgres.json.
"""
import argparse
import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOINC = "http://loinc.org"
SETTINGS = {
    "listen_addresses": "''", "shared_buffers": "512MB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB", "wal_level": "minimal",
    "max_wal_senders": "0", "max_parallel_maintenance_workers": "2", "checkpoint_timeout": "30min", "work_mem": "64MB",
    "effective_cache_size": "4GB", "random_page_cost": "1.1", "jit": "off",
}
INDEXES = [
    "ALTER TABLE resource ADD PRIMARY KEY (type, id)",
    "CREATE INDEX ON resource USING gin (body jsonb_path_ops)",
    "CREATE INDEX ON resource ((body #>> '{effectiveDateTime}')) WHERE type = 'Observation'",
    "CREATE INDEX ON resource (((body #>> '{valueQuantity,value}')::numeric)) WHERE type = 'Observation'",
    "CREATE INDEX ON resource ((body #>> '{subject,reference}')) WHERE type = 'Observation'",
    "CREATE INDEX ON resource ((body #>> '{birthDate}')) WHERE type = 'Patient'",
    "CREATE INDEX ON resource (lower(body #>> '{name,0,family}')) WHERE type = 'Patient'",
    "ANALYZE resource",
]


class Postgres:
    def __init__(self, folder: pathlib.Path):
        self.binaries = pathlib.Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())
        self.folder = folder
        # It refuses to run as root.
        self.prefix, self.user = ([], pwd.getpwuid(os.geteuid()).pw_name) if os.geteuid() else (["runuser", "-u", "postgres", "--"], "postgres")
        shutil.chown(folder, self.user)
        self.run(self.binaries / "initdb", "-D", folder / "db", "-A", "trust", "-U", self.user, "-E", "UTF8", "--no-locale")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items()) + f" -k {folder}"
        self.run(self.binaries / "pg_ctl", "-D", folder / "db", "-o", options, "-w", "-l", folder / "log", "start")

    def run(self, *words) -> None:
        subprocess.run([*self.prefix, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def psql(self, *statements: str) -> list[str]:
        return [*self.prefix, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", self.user, "-d", "postgres",
                *(word for statement in statements for word in ("-c", statement))]

    def do(self, *statements: str) -> str:
        return subprocess.run(self.psql(*statements), check=True, text=True, capture_output=True, cwd="/").stdout

    def load(self, parts: list[str]) -> tuple[float, float]:
        """Seconds of COPY, and of COPY and indexes."""
        start = time.monotonic()
        self.do("CREATE TABLE resource (type text GENERATED ALWAYS AS (body ->> 'resourceType') STORED, id text GENERATED ALWAYS AS (body ->> 'id') STORED, "
                "body jsonb NOT NULL)")
        # A whole line is one value: neither byte occurs in JSON.
        copy = "COPY resource (body) FROM STDIN (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
        halves = []
        for half in (parts[::2], parts[1::2]):
            if half:
                source = subprocess.Popen(["cat", *half], stdout=subprocess.PIPE)
                halves.append(subprocess.Popen(self.psql(copy), stdin=source.stdout, cwd="/"))
        if any(half.wait() for half in halves):
            raise RuntimeError("COPY failed")
        copied = time.monotonic() - start
        for statement in INDEXES:
            self.do(statement)
        self.do("CHECKPOINT")
        return copied, time.monotonic() - start

    def times(self, statement: str, repeats: int = 20) -> list[float]:
        out = self.do("\\timing on", *[statement] * repeats)
        return sorted(float(found) for found in re.findall(r"Time: ([\d.]+) ms", out))

    def stop(self) -> None:
        self.run(self.binaries / "pg_ctl", "-D", self.folder / "db", "-m", "immediate", "stop")


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


def searches(day: str, code: str) -> list[tuple[str, str, str]]:
    """What it is, FHIR's words, PostgreSQL's."""
    token = urllib.parse.quote(f"{LOINC}|{code}")
    has_code = f"""type = 'Observation' AND body @> '{{"code":{{"coding":[{{"system":"{LOINC}","code":"{code}"}}]}}}}'"""
    date = "body #>> '{effectiveDateTime}'"
    return [
        ("token", f"Observation?code={token}", has_code),
        ("token + date", f"Observation?code={token}&date=ge{day}", f"{has_code} AND {date} >= '{day}'"),
        ("token + quantity", f"Observation?code={token}&value-quantity=gt100", f"{has_code} AND (body #>> '{{valueQuantity,value}}')::numeric > 100"),
        ("date", f"Observation?date=ge{day}", f"type = 'Observation' AND {date} >= '{day}'"),
        ("chain", "Observation?subject:Patient.birthdate=ge2000-01-01",
         "type = 'Observation' AND body #>> '{subject,reference}' IN (SELECT 'Patient/' || id FROM resource WHERE type = 'Patient' AND body #>> '{birthDate}' >= '2000-01-01')"),
        ("name", "Patient?family=sm", "type = 'Patient' AND lower(body #>> '{name,0,family}') LIKE 'sm%'"),
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
            copied, indexed = postgres.load(asked.parts)
            row(f"import of {count:,} resources, with indexes", count / ours, count / indexed, "resources/s", True)
            row("  beside COPY without any index", count / ours, count / copied, "resources/s", True)
            size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
            row("bytes on disk, a resource", size / count, int(postgres.do("SELECT pg_total_relation_size('resource')")) / count, "bytes", False)
            day = postgres.do("SELECT left(percentile_disc(0.99) WITHIN GROUP (ORDER BY body #>> '{effectiveDateTime}'), 10) FROM resource WHERE type = 'Observation'").strip()
            for name, fhir, sql in searches(day, "8302-2"):
                page, _ = meridian_times(port, f"/fhir/{fhir}&_count=20")
                theirs = postgres.times(f"SELECT body FROM resource WHERE {sql} ORDER BY id LIMIT 20")
                totals, answer = meridian_times(port, f"/fhir/{fhir}&_summary=count")
                their_totals = postgres.times(f"SELECT count(*) FROM resource WHERE {sql}")
                found = int(postgres.do(f"SELECT count(*) FROM resource WHERE {sql}"))
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
