#!/usr/bin/env python3
"""Kills the server again and again while messages, readings and images come, and looks for what was lost or done twice.

    tools/torture_feeds.py PROGRAM [--rounds 50] [--senders 8] [--folder DIR] [--seed 1]

Each round starts `meridian serve` with a feed that listens (MLLP), one that looks into a folder, one that hands all of
it on into files, readings by HTTP, by MQTT (through Mosquitto, where it is installed), by lines of TCP, by an analyser's link and from
a PostgreSQL database (where it is installed), and a DICOM node; lets senders send
admissions, discharges, readings and images, again what was not answered; kills the process at a random moment with SIGKILL,
starts it again, waits until nothing is left to do, and checks that
  - every message that was acknowledged, and every file that was taken, is in the inbox once,
  - each visit is one Encounter, finished when its discharge was acknowledged, and has no version too many,
  - every message was handed on into one file,
  - every reading that was acknowledged, by the server, the broker or the database, is one Observation with one version,
  - every image that was acknowledged is in the archive, and in the ImagingStudy of the record once,
  - nothing became a dead letter.
At the end `meridian verify` and `meridian dicom verify` compare everything with everything. Exit 1 at the first fault, with the data left where they
are. The last line says `N passed, N failed`.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

from torture import Fault, Server
from torture_peers import Analyser, Broker, HttpSender, LineSender, Scanner, Table, check_readings


def message(control_id: str, event: str, visit: str) -> bytes:
    fields = {2: "I", 3: "ICU^1^1", 19: visit, 44: "20240501080000"}
    if event == "A03":
        fields[45] = "20240503080000"
    pv1 = "|".join(fields.get(n, "") for n in range(2, 46))
    minute = "05" if event == "A01" else "06"
    return (f"MSH|^~\\&|HIS|A|MER|B|2024050308{minute}00||ADT^{event}|{control_id}|P|2.5.1\r"
            f"PID|1||P{visit}^^^HOSP||ZHANG^SAN||19800102|M\rPV1|1|{pv1}\r").encode()


class Sender(threading.Thread):
    """Admits and discharges until the connection breaks. What was not answered is the first thing the next one sends."""

    def __init__(self, address: tuple, name: str, unanswered: list, acknowledged: dict):
        super().__init__(daemon=True)
        self.address, self.name, self.unanswered, self.acknowledged = address, name, unanswered, acknowledged
        self.count = 0

    def run(self):
        try:
            with socket.create_connection(self.address, timeout=30) as peer:
                while True:
                    if not self.unanswered:
                        visit = f"{self.name}-{self.count}"
                        self.count += 1
                        self.unanswered += [(f"{visit}-in", "A01", visit), (f"{visit}-out", "A03", visit)]
                    one = self.unanswered[0]
                    peer.sendall(b"\x0b" + message(*one) + b"\x1c\r")
                    answer = b""
                    while not answer.endswith(b"\x1c\r"):
                        piece = peer.recv(65536)
                        if not piece:
                            return
                        answer += piece
                    if b"MSA|AA|" + one[0].encode() not in answer:
                        raise Fault(f"{one[0]} was answered {answer!r}")
                    self.acknowledged[one[0]] = one
                    self.unanswered.pop(0)
        except OSError:
            return


class Hospital:
    def __init__(self, program: str, folder: pathlib.Path):
        self.program, self.data = program, folder / "data"
        self.feeds = self.data / "catalog" / "feeds"
        self.feeds.mkdir(parents=True)
        self.declare("lab", connector={"kind": "mllp", "listen": "127.0.0.1:0"}, mapping="hl7v2")
        self.declare("drop", connector={"kind": "folder", "path": "incoming"}, mapping="hl7v2")
        self.declare("onward", **{"from": ["lab", "drop"], "destination": {"kind": "file", "folder": "out"}})
        self.declare("bedside", connector={"kind": "http"}, mapping="vitals")
        self.broker = Broker(folder)
        if self.broker.program:
            self.declare("ward", connector={"kind": "mqtt", "broker": f"127.0.0.1:{self.broker.port}", "topics": ["ward/+/vitals"]}, mapping="vitals")
        devices = self.data / "catalog" / "devices"
        devices.mkdir()
        (devices / "registered.yaml").write_text(json.dumps({"devices": [
            {"number": "T-1", "kind": "thermometer"}, {"number": "AU-1", "kind": "chemistry-analyser"}]}))
        self.declare("lines", connector={"kind": "tcp", "listen": "127.0.0.1:0", "framing": "lines"}, mapping="devices")
        self.declare("analysers", connector={"kind": "astm", "listen": "127.0.0.1:0"}, mapping="devices")
        self.table = Table(folder)
        if self.table.server:
            self.declare("table", connector=self.table.declaration(), mapping="vitals")
        nodes = self.data / "catalog" / "dicom"
        nodes.mkdir()
        (nodes / "archive.yaml").write_text(json.dumps({"node": "archive", "listen": "127.0.0.1:0", "titles": ["ARCHIVE"], "anyone": True}))
        self.scanner = Scanner(program, folder)
        self.readings = collections.defaultdict(set)  # by device
        self.names = ["lab", "drop", "onward", "bedside", "lines", "analysers"]
        self.names += (["ward"] if self.broker.program else []) + (["table"] if self.table.server else [])
        self.places: dict = collections.defaultdict(dict)  # how far a device has come
        self.acknowledged: dict = {}
        self.unanswered = collections.defaultdict(list)
        self.files = 0

    def declare(self, name: str, **feed):
        (self.feeds / f"{name}.yaml").write_text(json.dumps({"feed": name, **feed}))

    def feed(self, server: Server, name: str) -> dict:
        return server.get(f"/api/v1/feeds/{name}")

    def put_file(self, number: int):
        """A file of three visits; what is in it counts as acknowledged once it lies in taken/."""
        visits = [f"f{number}-{i}" for i in range(3)]
        content = b"".join(message(f"{visit}-in", "A01", visit) + message(f"{visit}-out", "A03", visit) for visit in visits)
        folder = self.feeds / "incoming"
        folder.mkdir(exist_ok=True)
        part = folder / f"{number}.part"
        part.write_bytes(content)
        part.rename(folder / f"{number}.hl7")

    def load(self, server: Server, senders: int, seconds: float, round_number: int):
        def listens(name: str) -> tuple:
            host, port = self.feed(server, name)["listen"].rsplit(":", 1)
            return host, int(port)

        threads = [Sender(listens("lab"), f"s{i}-{round_number}", self.unanswered[i], self.acknowledged) for i in range(senders)]
        threads += [HttpSender(server, f"h{i}", self.unanswered[f"h{i}"], self.readings[f"h{i}"]) for i in range(2)]
        threads += [LineSender(listens("lines"), self.places["T-1"], self.readings["T-1"]),
                    Analyser(listens("analysers"), self.places["AU-1"], self.readings["AU-1"])]
        self.scanner.prepare(round_number)
        for thread in threads:
            thread.start()
        scanning = self.scanner.start(server)
        self.put_file(round_number)
        if self.table.server:
            self.table.write(200)
        until = time.monotonic() + seconds
        self.broker.publish(until)
        time.sleep(max(0, until - time.monotonic()))
        server.kill()
        for thread in threads:
            thread.join()
        self.scanner.end(scanning)

    def settle(self, server: Server):
        """Until nothing is left to do, the files that lie there included."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            states = [self.feed(server, name) for name in self.names]
            files = list((self.feeds / "incoming").glob("*.hl7"))
            from_broker = not self.broker.program or self.feed(server, "ward")["messages"] >= len(self.broker.promised)
            from_table = not self.table.server or self.feed(server, "table")["messages"] >= len(self.table.promised)
            images = server.get("/api/v1/dicom/nodes")["imaging_studies"]["up_to_date"]
            if not files and from_broker and from_table and images and all(state["waiting"] == 0 for state in states):
                return
            time.sleep(0.2)
        raise Fault("it does not come to rest")

    def inbox(self, server: Server, name: str) -> collections.Counter:
        ids: collections.Counter = collections.Counter()
        before = ""
        while True:
            connection = server.connect()
            connection.request("POST", f"/api/v1/feeds/{name}/inbox/_search", body=f"limit=1000{before}",
                               headers={"Content-Type": "application/x-www-form-urlencoded"})
            page = json.loads(connection.getresponse().read())
            connection.close()
            ids.update(one["control_id"] for one in page["messages"])
            if "before" not in page:
                return ids
            before = f"&before={page['before']}"

    def check(self, server: Server):
        for name in self.names:
            if dead := self.feed(server, name)["dead_letters"]:
                raise Fault(f"{dead} dead letters in {name}")
        kept = self.inbox(server, "lab")
        taken = self.inbox(server, "drop")
        for ids in (kept, taken):
            if twice := [one for one, count in ids.items() if count > 1]:
                raise Fault(f"kept twice: {twice[:3]}")
        if lost := [one for one in self.acknowledged if one not in kept]:
            raise Fault(f"acknowledged and lost: {lost[:3]}")
        for file in (self.feeds / "incoming" / "taken").glob("*"):
            for i in range(3):
                if f"f{file.stem}-{i}-out" not in taken:
                    raise Fault(f"{file.name} was taken, and what is in it is not there")
        everything = set(kept) | set(taken)
        written = [re.search(rb"\|ADT\^A0\d\|([^|]+)\|", file.read_bytes()).group(1).decode()
                   for file in (self.feeds / "out").glob("*.hl7")]
        if len(written) != len(set(written)) or set(written) != everything:
            raise Fault(f"{len(everything)} messages and {len(set(written))} of them handed on in {len(written)} files")
        visits = {one.rsplit("-", 1)[0]: set() for one in everything}
        for one in everything:
            visits[one.rsplit("-", 1)[0]].add(one.rsplit("-", 1)[1])
        found = {}
        url = "/fhir/Encounter?_count=1000"
        while url:
            page = server.get(url)
            for entry in page.get("entry", []):
                encounter = entry["resource"]
                number = encounter["identifier"][0]["value"]
                if number in found:
                    raise Fault(f"two Encounters of visit {number}")
                found[number] = encounter
            following = [link["url"] for link in page["link"] if link["relation"] == "next"]
            url = following[0][following[0].index("/fhir/"):] if following else ""
        if set(found) != set(visits):
            raise Fault(f"{len(visits)} visits and {len(found)} Encounters")
        for number, events in visits.items():
            encounter = found[number]
            if (encounter["status"] == "finished") != ("out" in events):
                raise Fault(f"visit {number} is {encounter['status']} after {events}")
            if int(encounter["meta"]["versionId"]) > len(events):
                raise Fault(f"visit {number} has {encounter['meta']['versionId']} versions of {len(events)} messages")
        promised = set().union(*self.readings.values())
        promised |= self.broker.promised if self.broker.program else set()
        promised |= self.table.promised if self.table.server else set()
        return len(everything), check_readings(server, promised), self.scanner.check(server)

    def verify(self):
        done = subprocess.run([self.program, "verify", "--data", str(self.data)], capture_output=True, text=True)
        if done.returncode:
            raise Fault(f"verify: {done.stdout[-500:]}{done.stderr[-500:]}")
        self.scanner.verify(self.data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="meridian-torture-"))
    hospital = Hospital(options.program, folder)
    passed = 0
    try:
        for number in range(options.rounds):
            hospital.load(Server(options.program, hospital.data), options.senders, 0.3 + 2.2 * chance.random(), number)
            server = Server(options.program, hospital.data)
            hospital.settle(server)
            messages, readings, images = hospital.check(server)
            server.stop()
            passed += 1
            print(f"round {passed}: {messages} messages, {readings} readings, {images} images, each once", flush=True)
        hospital.verify()
    except Fault as fault:
        print(f"round {passed + 1}: {fault}\nthe data are in {folder}")
        print(f"{passed} passed, 1 failed")
        return 1
    finally:
        hospital.broker.stop()
        hospital.table.stop()
    print(f"{passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
