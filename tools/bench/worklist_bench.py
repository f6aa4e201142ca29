#!/usr/bin/env python3
"""C-FIND of the modality worklist: queries a second, ours beside DCMTK's wlmscpfs, from the same client, on the same list, in one run.

    worklist_bench.py --program build/release/bin/meridian [--orders 10000] [--queries 30] [--rounds 3]

`./dev bench worklist` calls it. The list has so many orders over ten days, of three modalities at five stations each. Asked are the list of one
station for one day, and one patient by number; the client is DCMTK's findscu, which repeats each query over one association. Ours are ServiceRequests and
Patients of the store, and stations by their rooms; wlmscpfs has a file for each step, made beforehand with what ours answers. Both must find the
same number of steps. What is not equal: ours reads the record as it is in this moment; wlmscpfs reads every file of the folder for each query. Written to
build/bench-worklist.json.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from dicom_bench import ROOT, element, free_port, wait_for

DCM = "http://dicom.nema.org/resources/ontology/DCM"
MODALITIES = ["CT", "MR", "US"]
DAYS = 10
STATIONS = 5
STEP = "ScheduledProcedureStepSequence[0]."


class Order:
    def __init__(self, i: int):
        self.number = i
        self.modality = MODALITIES[i % 3]
        self.station = f"{self.modality}{i // 3 % STATIONS}"
        self.day = i // (3 * STATIONS) % DAYS + 1
        self.time = f"{8 + i % 9:02}{i % 60:02}00"
        self.uid = f"2.25.{10**30 + i}"

    def resources(self) -> list[dict]:
        at = f"2026-01-{self.day:02}T{self.time[:2]}:{self.time[2:4]}:00Z"
        return [
            {"resourceType": "Patient", "id": f"p{self.number}", "identifier": [{"value": f"P{self.number}"}], "gender": "female", "birthDate": "1980-02-03",
             "name": [{"family": f"Family{self.number}", "given": ["Given"]}]},
            {"resourceType": "ServiceRequest", "id": f"o{self.number}", "status": "active", "intent": "order", "subject": {"reference": f"Patient/p{self.number}"},
             "identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "value": f"A{self.number}"}, {"system": "urn:dicom:uid", "value": "urn:oid:" + self.uid}],
             "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005"}]}], "code": {"text": "Examination"},
             "orderDetail": [{"coding": [{"system": DCM, "code": self.modality}]}], "occurrenceDateTime": at, "locationCode": [{"text": self.station}]}]

    def worklist_file(self) -> bytes:
        step = b"".join([
            element(0x0008, 0x0060, "CS", self.modality), element(0x0040, 0x0001, "AE", self.station), element(0x0040, 0x0002, "DA", f"202601{self.day:02}"),
            element(0x0040, 0x0003, "TM", self.time), element(0x0040, 0x0006, "PN", ""), element(0x0040, 0x0007, "LO", "Examination"),
            element(0x0040, 0x0009, "SH", f"S{self.number}")])
        item = b"\xfe\xff\x00\xe0" + len(step).to_bytes(4, "little") + step
        body = b"".join([
            element(0x0008, 0x0050, "SH", f"A{self.number}"), element(0x0010, 0x0010, "PN", f"Family{self.number}^Given"),
            element(0x0010, 0x0020, "LO", f"P{self.number}"), element(0x0010, 0x0030, "DA", "19800203"), element(0x0010, 0x0040, "CS", "F"),
            element(0x0020, 0x000D, "UI", self.uid), element(0x0032, 0x1060, "LO", "Examination"), element(0x0040, 0x0100, "SQ", item),
            element(0x0040, 0x1001, "SH", f"R{self.number}")])
        meta = (element(0x0002, 0x0001, "OB", b"\0\1") + element(0x0002, 0x0002, "UI", "1.2.840.10008.5.1.4.31") + element(0x0002, 0x0003, "UI", self.uid)
                + element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1") + element(0x0002, 0x0012, "UI", "2.25.1"))
        return b"\0" * 128 + b"DICM" + element(0x0002, 0x0000, "UL", len(meta).to_bytes(4, "little")) + meta + body


def start_ours(program: pathlib.Path, folder: pathlib.Path, orders: list[Order]) -> tuple[subprocess.Popen, int]:
    port = free_port()
    data = folder / "ours"
    nodes = data / "catalog" / "dicom"
    nodes.mkdir(parents=True)
    (nodes / "node.yaml").write_text(json.dumps({"node": "node", "listen": f"127.0.0.1:{port}", "titles": ["WORKLIST"], "anyone": True}))
    stations = [{"title": f"{modality}{i}", "modality": modality} for modality in MODALITIES for i in range(STATIONS)]
    (nodes / "worklist.yaml").write_text(json.dumps({"stations": [{**one, "places": [one["title"]]} for one in stations], "candidates": 1_000_000}))
    lines = folder / "orders.ndjson"
    lines.write_text("".join(json.dumps(one) + "\n" for order in orders for one in order.resources()))
    subprocess.run([program, "import", lines, "--data", data], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = subprocess.Popen([program, "serve", "--data", data, "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port, server)
    return server, port


def start_dcmtk(folder: pathlib.Path, orders: list[Order]) -> tuple[subprocess.Popen, int]:
    port = free_port()
    files = folder / "dcmtk" / "WORKLIST"
    files.mkdir(parents=True)
    (files / "lockfile").touch()
    for order in orders:
        (files / f"{order.number}.wl").write_bytes(order.worklist_file())
    server = subprocess.Popen(["wlmscpfs", "-dfp", str(files.parent), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port, server)
    return server, port


def ask(port: int, queries: int, keys: list[str]) -> tuple[float, int]:
    """Queries a second, and how many steps one finds."""
    words = [word for key in keys for word in ("-k", key)]
    began = time.monotonic()
    run = subprocess.run(["findscu", "-W", "-aec", "WORKLIST", "-aet", "BENCH", "--repeat", str(queries), *words, "127.0.0.1", str(port)],
                         capture_output=True, text=True)
    seconds = time.monotonic() - began
    if run.returncode:
        sys.exit(f"worklist_bench: {run.stdout}{run.stderr}")
    return queries / seconds, (run.stdout + run.stderr).count("Pending") // queries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--queries", type=int, default=30, help="of each kind and round")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if not shutil.which("wlmscpfs"):
        sys.exit("worklist_bench: DCMTK's tools are missing; ./dev setup bench installs them")
    orders = [Order(i) for i in range(asked.orders)]
    shown = ["PatientName", "PatientID", "AccessionNumber", "StudyInstanceUID", "RequestedProcedureDescription", STEP + "ScheduledProcedureStepStartTime"]
    kinds = {
        "station": [*shown, STEP + "Modality=CT", STEP + "ScheduledStationAETitle=CT3", STEP + "ScheduledProcedureStepStartDate=20260104"],
        "patient": [*(key for key in shown if key != "PatientID"), f"PatientID=P{asked.orders // 2}", STEP + "Modality"]}
    found: dict = {kind: {"ours": [], "dcmtk": []} for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="bench-worklist-", dir=ROOT / "build") as name:
        folder = pathlib.Path(name)
        servers = {"ours": start_ours(asked.program, folder, orders), "dcmtk": start_dcmtk(folder, orders)}
        try:
            for kind, keys in kinds.items():
                counts = set()
                for _ in range(asked.rounds):
                    for who, (_, port) in servers.items():
                        rate, count = ask(port, asked.queries, keys)
                        found[kind][who].append(rate)
                        counts.add(count)
                if len(counts) != 1:
                    sys.exit(f"worklist_bench: {kind}: they do not find the same: {counts}")
                middle = {who: statistics.median(rates) for who, rates in found[kind].items()}
                print(f"{kind:8} ours {middle['ours']:7.1f}/s, wlmscpfs {middle['dcmtk']:7.1f}/s: {middle['ours'] / middle['dcmtk']:.1f} times; "
                      f"{counts.pop()} steps of {asked.orders} orders found", flush=True)
        finally:
            for server, _ in servers.values():
                server.terminate()
                server.wait()
    (ROOT / "build" / "bench-worklist.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
