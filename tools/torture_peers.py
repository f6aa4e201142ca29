"""Senders of tools/torture_feeds.py that do not speak HL7 v2: readings by HTTP, MQTT, lines of TCP, an analyser's link and rows of a
database, images by DICOM.

Each counts as promised what was acknowledged to it, and sends the rest again after the server has come back.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import threading
import time

import postgres_server
from torture import Fault, Server, pages

BEGAN = int(time.time())


def reading(number: str, second: int) -> dict:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_714_521_600 + second))
    return {"device": number, "patient_no": f"R{number}", "time": at, "heart_rate": 60 + second % 40, "spo2": 97}


class HttpSender(threading.Thread):
    """Gives readings, ten a request, to a feed of kind http."""

    def __init__(self, server: Server, name: str, unanswered: list, acknowledged: set):
        super().__init__(daemon=True)
        self.server, self.name, self.unanswered, self.acknowledged = server, name, unanswered, acknowledged

    def run(self):
        try:
            connection = self.server.connect()
            while True:
                if not self.unanswered:
                    first = len(self.acknowledged)
                    self.unanswered += [reading(self.name, first + i) for i in range(10)]
                connection.request("POST", "/api/v1/feeds/bedside/messages", body="".join(json.dumps(one) + "\n" for one in self.unanswered),
                                   headers={"Content-Type": "application/x-ndjson"})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status // 100 != 2:
                    raise Fault(f"readings were answered {answer.status} {body[:300]!r}")
                self.acknowledged |= {(one["device"], one["time"]) for one in self.unanswered}
                self.unanswered.clear()
                time.sleep(0.02)  # the others are to be heard, too
        except (OSError, http.client.HTTPException):
            return


class Broker:
    """Mosquitto between; what it has acknowledged, the server must have in the end."""

    def __init__(self, folder: pathlib.Path):
        self.program = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
        if not self.program:
            return
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "broker.conf").write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 100\nmax_queued_messages 0\nlog_type error\n")
        self.process = subprocess.Popen([self.program, "-c", str(folder / "broker.conf")])
        self.promised: set = set()
        self.second = 0

    def publish(self, until: float) -> None:
        """Readings of one device until then, one after another, each acknowledged by the broker."""
        if not self.program:
            return
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as peer:
            def packet(kind: int, body: bytes) -> bytes:
                return bytes([kind, len(body) & 127 | 128, len(body) >> 7]) + body
            text = lambda value: struct.pack(">H", len(value)) + value
            peer.sendall(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x00" + text(b"torture")))
            if peer.recv(4) != b"\x20\x02\x00\x00":
                raise Fault("the broker does not let the sender in")
            while time.monotonic() < until:
                one = reading("mqtt", self.second)
                peer.sendall(packet(0x32, text(b"ward/1/vitals") + struct.pack(">H", 1) + json.dumps(one).encode()))
                if peer.recv(4)[:1] != b"\x40":
                    raise Fault("the broker did not take a reading")
                self.promised.add((one["device"], one["time"]))
                self.second += 1
                time.sleep(0.004)

    def stop(self) -> None:
        if self.program:
            self.process.terminate()
            self.process.wait()


def shortly_before(second: int) -> float:
    """So that no clock is wrong: a second of the hour before this run and of those that follow."""
    return BEGAN - 3600 + second


def utc(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


class LineSender(threading.Thread):
    """A thermometer that sends lines to a feed of kind tcp, one after another; `ok` is the promise."""

    def __init__(self, address: tuple, state: dict, acknowledged: set):
        super().__init__(daemon=True)
        self.address, self.state, self.acknowledged = address, state, acknowledged

    def run(self):
        try:
            with socket.create_connection(self.address, timeout=30) as peer:
                lines = peer.makefile("rb")
                while True:
                    second = self.state.setdefault("second", 0)
                    at = utc(shortly_before(second))
                    peer.sendall(json.dumps({"id": "T-1", "time": at, "patient": "88", "value": 36 + second % 40 / 10}).encode() + b"\n")
                    answer = lines.readline()
                    if not answer:
                        return
                    if answer != b"ok\n":
                        raise Fault(f"a line was answered {answer!r}")
                    self.acknowledged.add(("T-1", at))
                    self.state["second"] = second + 1
                    time.sleep(0.002)
        except OSError:
            return


class Analyser(threading.Thread):
    """Sends a result a message by LIS01-A2; the acknowledgement of the last frame is the promise."""

    def __init__(self, address: tuple, state: dict, acknowledged: set):
        super().__init__(daemon=True)
        self.address, self.state, self.acknowledged = address, state, acknowledged

    def say(self, peer: socket.socket, what: bytes) -> bool:
        peer.sendall(what)
        answer = peer.recv(1)
        if answer not in (b"", b"\x06"):
            raise Fault(f"a frame was answered {answer!r}")
        return answer == b"\x06"

    def run(self):
        try:
            with socket.create_connection(self.address, timeout=30) as peer:
                while True:
                    second = self.state.setdefault("second", 0)
                    at = shortly_before(second)
                    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(at))
                    records = [f"H|\\^&|||AU-1|||||||P||{stamp}", "P|1|88", f"O|1|S-{second}||^^^GLU", f"R|1|^^^GLU|{4 + second % 9}|mmol/L||N||F|||||{stamp}", "L|1|N"]
                    if not self.say(peer, b"\x05"):
                        return
                    for number, record in enumerate(records, 1):
                        body = f"{number}{record}\r\x03".encode()
                        if not self.say(peer, b"\x02" + body + f"{sum(body) % 256:02X}\r\n".encode()):
                            return
                    peer.sendall(b"\x04")
                    self.acknowledged.add(("AU-1", utc(at)))
                    self.state["second"] = second + 1
                    time.sleep(0.002)
        except OSError:
            return


class Table:
    """Rows that a system of another maker writes into PostgreSQL; what it has committed, the server must have in the end."""

    def __init__(self, folder: pathlib.Path):
        self.server = None
        if not postgres_server.installed():
            return
        place = folder / "pg"
        place.mkdir()
        for path in (folder, place):
            path.chmod(0o755)
        self.server = postgres_server.PostgresServer(place, {"listen_addresses": "''", "fsync": "off"})
        self.server.do("CREATE TABLE readings (id serial PRIMARY KEY, device text, patient_no text, time timestamptz, heart_rate int)")
        self.second = 0
        self.promised: set = set()

    def declaration(self) -> dict:
        return {"kind": "sql", "database": f"host={self.server.folder} user={self.server.user} dbname=postgres", "every": "1s", "watermark": "id", "from": "0",
                "query": "SELECT * FROM readings WHERE id >= $1::int ORDER BY id"}

    def write(self, rows: int) -> None:
        first, self.second = self.second, self.second + rows
        began = 1_714_521_600
        self.server.do(f"INSERT INTO readings (device, patient_no, time, heart_rate) SELECT 'table', 'Rtable', to_timestamp({began} + i), 60 + i % 40 "
                       f"FROM generate_series({first}, {self.second - 1}) i")
        self.promised |= {("table", utc(began + second)) for second in range(first, self.second)}

    def stop(self) -> None:
        if self.server:
            self.server.stop()


def image(study: str, instance: str) -> bytes:
    def element(tag: int, vr: str, value: bytes) -> bytes:
        value += (b"\0" if vr in ("UI", "OB") else b" ") * (len(value) % 2)
        head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
        return head + (struct.pack("<HI", 0, len(value)) if vr == "OB" else struct.pack("<H", len(value))) + value
    meta = element(0x00020010, "UI", b"1.2.840.10008.1.2.1")
    body = [(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.7"), (0x00080018, "UI", instance.encode()), (0x00080060, "CS", b"OT"), (0x00100010, "PN", b"Torture"),
            (0x00100020, "LO", b"T" + study.encode()[-8:]), (0x0020000D, "UI", study.encode()), (0x0020000E, "UI", f"{study}.1".encode()), (0x00280002, "US", b"\1\0"),
            (0x00280004, "CS", b"MONOCHROME2"), (0x00280010, "US", b"\x80\0"), (0x00280011, "US", b"\x80\0"), (0x00280100, "US", b"\x08\0"),
            (0x00280101, "US", b"\x08\0"), (0x00280102, "US", b"\7\0"), (0x00280103, "US", b"\0\0"), (0x7FE00010, "OB", os.urandom(128 * 128))]
    return b"\0" * 128 + b"DICM" + element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + b"".join(element(*one) for one in body)


class Scanner:
    """Sends images by C-STORE through `meridian dicom send`; those that were not answered go again with the next round."""

    def __init__(self, program: str, folder: pathlib.Path):
        self.program, self.folder = program, folder / "images"
        self.folder.mkdir()
        self.promised: set = set()

    def prepare(self, number: int) -> None:
        for i in range(60):
            instance = f"2.25.{number + 1}.{i % 4}.1.{i}"
            (self.folder / f"{instance}.dcm").write_bytes(image(f"2.25.{number + 1}.{i % 4}", instance))

    def start(self, server: Server) -> subprocess.Popen:
        listen = server.get("/api/v1/dicom/nodes")["nodes"][0]["listen"]
        return subprocess.Popen([self.program, "dicom", "send", str(self.folder), "--to", listen, "--called", "ARCHIVE"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def end(self, sending: subprocess.Popen) -> None:
        said, _ = sending.communicate()
        for status, instance in re.findall(r"^([0-9A-F]{4}) (\S+)$", said, re.M):
            if status == "0000":
                self.promised.add(instance)
                (self.folder / f"{instance}.dcm").unlink(missing_ok=True)

    def check(self, server: Server) -> int:
        found: list = []
        for study in pages(server, "/fhir/ImagingStudy?_count=200"):
            listed = [instance["uid"] for series in study["series"] for instance in series["instance"]]
            if len(listed) != study["numberOfInstances"]:
                raise Fault(f"{study['numberOfInstances']} instances are counted and {len(listed)} listed")
            found += listed
        if len(found) != len(set(found)):
            raise Fault("an image is in the record twice")
        if lost := self.promised - set(found):
            raise Fault(f"images acknowledged and not in the record: {sorted(lost)[:3]}")
        if (kept := server.get("/api/v1/dicom/nodes")["archive"]["instances"]) != len(found):
            raise Fault(f"the archive holds {kept} images and the record {len(found)}")
        return len(found)

    def verify(self, data: pathlib.Path) -> None:
        done = subprocess.run([self.program, "dicom", "verify", "--data", str(data)], capture_output=True, text=True)
        if done.returncode:
            raise Fault(f"dicom verify: {done.stdout[-500:]}{done.stderr[-500:]}")


def check_readings(server: Server, promised: set) -> int:
    """Each reading that was promised is one Observation with one version."""
    found = []
    for one in pages(server, "/fhir/Observation?_count=1000&_include=Observation:device"):
        if one["meta"]["versionId"] != "1":
            raise Fault(f"a reading has {one['meta']['versionId']} versions")
        found.append((one["device"]["reference"], one["effectiveDateTime"][:19] + "Z"))  # of UTC, however it is written
    if len(found) != len(set(found)):
        raise Fault("a reading is in the record twice")
    devices = {f"Device/{one['id']}": one["identifier"][0]["value"] for one in pages(server, "/fhir/Device?_count=1000")}
    known = {(devices[reference], at) for reference, at in found}
    if lost := promised - known:
        raise Fault(f"readings acknowledged and lost: {sorted(lost)[:3]}")
    return len(found)
