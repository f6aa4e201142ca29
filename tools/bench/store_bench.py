#!/usr/bin/env python3
"""Measures the clinical store as its users meet it: the program, its files and its HTTP interface.

    store_bench.py --program build/release/bin/meridian [--data FOLDER] [--resources 2000000] [--only NAME,...] [--keep]

`./dev bench store` calls it. FOLDER holds the part-*.ndjson and bundle-*.json of tools/bench/multiply.py; without it they
are made in build/bench-data from the Synthea bundles that MERIDIAN_SHARED_DATA (../shared/data) holds. Load comes from wrk
(Debian's package), from as many connections as a row says; single questions are asked one after another over one
connection. Each row has its bar; what misses it says so, and the exit code stays 0, since rates on a shared machine move.
Written to build/bench-store.json.
"""
import argparse
import glob
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOINC = "http://loinc.org"


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what: str, value: float, unit: str, bar: float | None = None, least: bool = False, note: str = "") -> None:
        """`least`: the bar is the least that will do; else the most."""
        met = None if bar is None else (value >= bar if least else value <= bar)
        self.rows.append({"what": what, "value": value, "unit": unit, "bar": bar, "met": met, "note": note})
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        wanted = "" if bar is None else f"  bar {'>=' if least else '<='} {bar:,g}: {'met' if met else 'NOT MET'}"
        print(f"{what:<66}{shown:>12} {unit:<14}{wanted}{'  ' + note if note else ''}", flush=True)


class Server:
    def __init__(self, program: str, data: pathlib.Path, *settings: str):
        start = time.monotonic()
        words = [program, "serve", "--data", str(data), "--port", "0", "--set", "log.level=error"]
        for setting in settings:
            words += ["--set", setting]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        found = re.search(r"http://([\d.]+):(\d+)", self.process.stdout.readline())
        self.host, self.port = found.group(1), int(found.group(2))
        self.connect().request("GET", "/ready")
        self.seconds_to_ready = time.monotonic() - start
        self.base = f"http://{self.host}:{self.port}"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=600)

    def resident(self) -> int:
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", text).group(1)) * 1024

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Client:
    """One connection, one question after another."""

    def __init__(self, server: Server):
        self.connection = server.connect()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers) -> tuple[float, bytes]:
        headers.setdefault("Accept", "application/fhir+json")
        if body is not None:
            headers.setdefault("Content-Type", "application/fhir+json")
        start = time.perf_counter()
        self.connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - start
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return took, content

    def total(self, query: str) -> tuple[float, int]:
        took, content = self.ask("GET", f"/fhir/{query}&_summary=count")
        return took, json.loads(content)["total"]


def at(sorted_times: list[float], share: float) -> float:
    return sorted_times[min(len(sorted_times) - 1, int(len(sorted_times) * share))]


def wrk(server: Server, script: str, folder: pathlib.Path, connections: int, seconds: int) -> tuple[float, float, int]:
    """Requests a second, p99 in milliseconds, answers that were no success."""
    path = folder / "load.lua"
    path.write_text(script + '''
done = function(summary, latency, requests)
  io.write(string.format("RESULT %f %f %d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1e3,
                         summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
''')
    done = subprocess.run(["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "60s", "-s", str(path), server.base],
                          capture_output=True, text=True)
    found = re.search(r"RESULT ([\d.]+) ([\d.]+) (\d+)", done.stdout)
    if not found:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1]), float(found[2]), int(found[3])


# --- what is measured --------------------------------------------------------------------------------------------------


def folder_bytes(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_import(table: Table, program: str, parts: list[str], data: pathlib.Path) -> None:
    size = sum(os.path.getsize(part) for part in parts)
    start = time.monotonic()
    process = subprocess.Popen([program, "import", *parts, "--data", str(data), "--quiet"], stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status:
        raise RuntimeError(f"the import failed: {out}")
    resources = json.loads(subprocess.check_output([program, "stats", "--data", str(data), "--format", "json"]))["resources"]
    table.add(f"import of {resources:,} resources, NDJSON files, durable, all indexed", resources / seconds, "resources/s", 15_000, True)
    table.add("  most resident memory", used.ru_maxrss / 1e6, "GB", 1.5)
    table.add("  bytes on disk beside those of the NDJSON", folder_bytes(data) / size, "", 0.6)


def measure_start(table: Table, program: str, data: pathlib.Path) -> None:
    server = Server(program, data)
    table.add("start to ready", server.seconds_to_ready, "s", 2)
    server.process.kill()
    server.process.wait()


def measure_restart(table: Table, server: Server, program: str, data: pathlib.Path) -> Server:
    """What was written last lies in the log alone."""
    server.process.kill()
    server.process.wait()
    again = Server(program, data, "http.body_limit=256MiB")
    table.add("start to ready after kill -9", again.seconds_to_ready, "s", 2)
    return again


def measure_reads(table: Table, server: Server, folder: pathlib.Path, parts: list[str]) -> None:
    ids = []
    for part in parts[:: max(1, len(parts) // 8)]:
        with open(part, encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % 50 == 0:
                    resource = json.loads(line)
                    ids.append(f"{resource['resourceType']}/{resource['id']}")
    names = folder / "ids"
    names.write_text("\n".join(ids))
    script = f'''
local ids = {{}}
for line in io.lines("{names}") do ids[#ids + 1] = line end
request = function() return wrk.format("GET", "/fhir/" .. ids[math.random(#ids)], {{["Accept"] = "application/fhir+json"}}) end
'''
    wrk(server, script, folder, 64, 2)
    rate, p99, bad = wrk(server, script, folder, 64, 8)
    table.add("read by id, keep-alive, 64 connections", rate, "requests/s", 15_000, True, f"{bad} failed" if bad else "")
    table.add("  p99", p99, "ms", 5)


def measure_small_writes(table: Table, server: Server, folder: pathlib.Path, kv_bench: str | None) -> None:
    def limit_now() -> float:
        """What 64 committers reach by appending to a plain file and sharing its syncs; it moves with the disk's mood."""
        if not kv_bench or not os.path.exists(kv_bench):
            return 0
        done = subprocess.run([kv_bench, "--benchmark_filter=kv synced commits, 64 threads/theirs", "--benchmark_format=json"],
                              capture_output=True, text=True)
        return sum(row["items_per_second"] for row in json.loads(done.stdout or "{}").get("benchmarks", []) if "items_per_second" in row)

    script = '''
local count = 0
local mark = tostring({}):gsub("table: ", "") .. os.time()
request = function()
  count = count + 1
  local body = '{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","resource":{"resourceType":"Patient","identifier":[{"system":"urn:bench","value":"' .. mark .. count ..
    '"}],"name":[{"family":"Wang","given":["Lei"]}],"gender":"female","birthDate":"1980-02-03"},"request":{"method":"POST","url":"Patient"}},{"resource":{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"},"effectiveDateTime":"2026-01-02T03:04:05Z","valueQuantity":{"value":' .. (60 + count % 60) ..
    ',"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}},"request":{"method":"POST","url":"Observation"}}]}'
  return wrk.format("POST", "/fhir", {["Content-Type"] = "application/fhir+json", ["Prefer"] = "return=minimal"}, body)
end
'''
    wrk(server, script, folder, 64, 2)
    before = limit_now()
    rate, p99, bad = wrk(server, script, folder, 64, 8)
    limit = (before + limit_now()) / 2
    table.add("small transactions (Patient + Observation, fsync), 64 clients", rate, "commits/s", limit / 2 or None, True,
              f"{bad} failed" if bad else ("half of what appends and syncs to a plain file reach" if limit else ""))
    table.add("  p99", p99, "ms", 20)


def measure_bundles(table: Table, server: Server, bundles: list[str]) -> None:
    waiting = list(bundles)
    lock = threading.Lock()
    stored = [0]

    def client() -> None:
        connection = Client(server)
        while True:
            with lock:
                if not waiting:
                    return
                path = waiting.pop()
            body = pathlib.Path(path).read_bytes()
            _, answer = connection.ask("POST", "/fhir", body)
            with lock:
                stored[0] += answer.count(b'"status":"20')

    threads = [threading.Thread(target=client) for _ in range(8)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    table.add(f"transaction Bundles of Synthea over HTTP ({len(bundles)} patients), 8 clients", stored[0] / (time.monotonic() - start), "resources/s",
              6_000, True)


def measure_large_beside_small(table: Table, server: Server, parts: list[str]) -> None:
    entries, size = [], 0
    with open(max(parts, key=os.path.getsize), encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            resource = json.loads(line)
            resource["id"] = f"large-{os.getpid()}-{number}"  # new ones, whatever the store holds
            text = json.dumps(resource, separators=(",", ":"))
            entries.append('{"resource":%s,"request":{"method":"PUT","url":"%s/%s"}}' % (text, resource["resourceType"], resource["id"]))
            size += len(text)
            if size > 50_000_000:
                break
    body = ('{"resourceType":"Bundle","type":"transaction","entry":[' + ",".join(entries) + "]}").encode()
    took = []
    large = threading.Thread(target=lambda: took.append(Client(server).ask("POST", "/fhir", body, Prefer="return=minimal")[0]))
    client, times = Client(server), []
    small = json.dumps({"resourceType": "Patient", "id": "small", "active": True}).encode()
    for number in range(20):
        client.ask("PUT", "/fhir/Patient/small", small.replace(b"true", b"true" if number % 2 else b"false"))
    large.start()
    number = 0
    while large.is_alive():
        number += 1
        times.append(client.ask("PUT", "/fhir/Patient/small", small.replace(b"true", b"true" if number % 2 else b"false"))[0])
        time.sleep(0.002)
    large.join()
    times.sort()
    table.add(f"a small write while a transaction of {len(body) / 1e6:.0f} MB runs ({took[0] if took else 0:.1f} s), p99", at(times, 0.99) * 1e3, "ms", 50, False,
              f"{len(times)} writes, p50 {at(times, 0.5) * 1e3:.1f}, most {times[-1] * 1e3:.0f}")


def bisect(client: Client, query, low: float, high: float, wanted: int) -> tuple[str, int]:
    """The query whose number of matches is next to the one that is wanted; it falls as the bound grows."""
    best = None
    for _ in range(24):
        middle = (low + high) / 2
        _, found = client.total(query(middle))
        if found and (best is None or abs(found - wanted) < abs(best[1] - wanted)):
            best = (query(middle), found)
        if found == wanted:
            break
        low, high = (middle, high) if found > wanted else (low, middle)
    return best or (query(low), 0)


def day(number: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(number))


def measure_searches(table: Table, server: Server) -> None:
    client = Client(server)
    _, observations = client.total("Observation?")
    table.add("observations that are searched", observations, "")
    codes = {}
    for code in ("8302-2", "29463-7", "39156-5", "8867-4", "9279-1", "2339-0", "72514-3", "55758-7", "59408-5", "2093-3"):
        codes[code] = client.total(f"Observation?code={LOINC}|{code}")[1]
    code = max(codes, key=codes.get)
    last, first = time.time() + 20 * 366 * 86400, -60 * 366 * 86400.0
    token = urllib.parse.quote(f"{LOINC}|{code}")
    families = {
        "token + date": lambda b: f"Observation?code={token}&date=ge{day(b)}",
        "token + quantity": lambda b: f"Observation?code={token}&value-quantity=gt{b:.4f}",
        "date": lambda b: f"Observation?date=ge{day(b)}",
        "chain": lambda b: f"Observation?subject:Patient.birthdate=ge{day(b)[:10]}",
        "_has": lambda b: f"Patient?_has:Observation:patient:date=ge{day(b)}",
        "_sort=-date, _total": lambda b: f"Observation?date=ge{day(b)}&_sort=-date&_total=accurate",
    }
    for name, query in families.items():
        seen = set()
        for wanted in (10, 1_000, 100_000):
            low, high = (-10.0, 1000.0) if "quantity" in name else (first, last)
            asked, found = bisect(client, query, low, high, wanted)
            if found in seen:
                continue
            seen.add(found)
            times = sorted(client.ask("GET", f"/fhir/{asked}")[0] for _ in range(100))
            table.add(f"search {name}, {found:,} matches: first page, p99", at(times, 0.99) * 1e3, "ms", 50, False, f"p50 {at(times, 0.5) * 1e3:.2f}")
            totals = sorted(client.total(asked)[0] for _ in range(20))
            table.add("  exact total", at(totals, 0.95) * 1e3, "ms", 50 if found <= 150_000 else 500)
    times = sorted(client.total("Observation?status=final")[0] for _ in range(10))
    table.add(f"exact total of {client.total('Observation?status=final')[1]:,}", at(times, 0.9) * 1e3, "ms", 500)


def measure_everything(table: Table, server: Server) -> None:
    client = Client(server)
    entries = [{"resource": {"resourceType": "Patient", "id": "big"}, "request": {"method": "PUT", "url": "Patient/big"}}]
    for number in range(5_000):
        entries.append({"resource": {"resourceType": "Observation", "id": f"big-{number}", "status": "final", "code": {"coding": [{"system": LOINC, "code": "8867-4"}]},
                                     "subject": {"reference": "Patient/big"}, "effectiveDateTime": f"20{number % 26:02}-01-02T03:04:05Z",
                                     "valueQuantity": {"value": number % 90 + 40, "unit": "/min"}}, "request": {"method": "PUT", "url": f"Observation/big-{number}"}})
    client.ask("POST", "/fhir", json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode(), Prefer="return=minimal")
    times = []
    for _ in range(12):
        took, content = client.ask("GET", "/fhir/Patient/big/$everything?_count=10000")
        times.append(took)
    count = content.count(b'"fullUrl"')
    table.add(f"$everything of a patient of {count:,} resources ({len(content) / 1e6:.1f} MB)", sorted(times)[len(times) // 2] * 1e3, "ms", 150)


def measure_export(table: Table, program: str, data: pathlib.Path, folder: pathlib.Path) -> None:
    out = folder / "export"
    start = time.monotonic()
    told = subprocess.check_output([program, "export", "--data", str(data), "--out", str(out), "--quiet"], text=True)
    seconds = time.monotonic() - start
    count = int(re.match(r"([\d,]+)", told)[1].replace(",", ""))
    table.add(f"bulk export of {count:,} resources to a folder", count / seconds, "resources/s", 60_000, True)
    shutil.rmtree(out)


# --- the run -----------------------------------------------------------------------------------------------------------


def make_data(resources: int) -> pathlib.Path:
    shared = pathlib.Path(os.environ.get("MERIDIAN_SHARED_DATA", ROOT.parent / "shared/data"))
    source = shared / "synthea-fhir-r4/blaze-synthea.tar.zst"
    folder = ROOT / "build/bench-data"
    if (folder / "whole").exists() and (folder / "whole").read_text() == str(resources):
        return folder
    if not source.exists():
        sys.exit(f"store_bench: there is no {source}; name a folder of NDJSON with --data")
    shutil.rmtree(folder, ignore_errors=True)
    print(f"making {resources:,} resources in {folder}", file=sys.stderr)
    subprocess.run([sys.executable, ROOT / "tools/bench/multiply.py", source, folder, "--resources", str(resources), "--bundles", "400"], check=True)
    (folder / "whole").write_text(str(resources))
    return folder


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", required=True)
    words.add_argument("--data", type=pathlib.Path)
    words.add_argument("--resources", type=int, default=2_000_000)
    words.add_argument("--only", default="", help="some of: import start reads small bundles large searches everything export restart")
    words.add_argument("--store", type=pathlib.Path, help="a data folder that holds them already")
    words.add_argument("--keep", action="store_true", help="do not remove the data folder")
    asked = words.parse_args()
    only = set(asked.only.split(",")) - {""}
    wants = lambda name: not only or name in only  # noqa: E731
    if shutil.which("wrk") is None:
        sys.exit("store_bench: wrk is missing; ./dev setup all installs it")
    data = asked.data or make_data(asked.resources)
    parts = sorted(glob.glob(str(data / "part-*.ndjson")))
    bundles = sorted(glob.glob(str(data / "bundle-*.json")))
    table = Table()
    with tempfile.TemporaryDirectory(prefix="meridian-store-bench-", dir=ROOT / "build") as scratch:
        folder = pathlib.Path(scratch)
        store = asked.store or folder / "data"
        if not store.exists():
            measure_import(table, asked.program, parts, store)
        if wants("start"):
            measure_start(table, asked.program, store)
        if wants("export"):
            measure_export(table, asked.program, store, folder)
        server = Server(asked.program, store, "http.body_limit=256MiB")
        try:
            if wants("searches"):
                measure_searches(table, server)
            if wants("reads"):
                measure_reads(table, server, folder, parts)
            if wants("everything"):
                measure_everything(table, server)
            if wants("small"):
                measure_small_writes(table, server, folder, str(pathlib.Path(asked.program).parent / "kv_bench"))
            if wants("bundles") and bundles:
                measure_bundles(table, server, bundles)
            if wants("large"):
                measure_large_beside_small(table, server, parts)
            table.add("most resident memory of the server", server.resident() / 1e9, "GB", 1.5)
            if wants("restart"):
                server = measure_restart(table, server, asked.program, store)
        finally:
            server.stop()
        if asked.keep and not asked.store:
            shutil.move(store, ROOT / "build/bench-store-data")
    out = ROOT / "build/bench-store.json"
    out.write_text(json.dumps({"cores": os.cpu_count(), "rows": table.rows}, indent=1) + "\n")
    print(f"\nwritten to {out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
