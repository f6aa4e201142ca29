#!/usr/bin/env python3
"""Kills the server again and again while clients write, and looks for what was lost.

    tools/torture.py PROGRAM [--rounds 200] [--clients 8] [--folder DIR] [--seed 1]

Each round starts `meridian serve`, lets clients write transactions of a Patient and an Observation (new ones, and new
versions of old ones), kills the process at a random moment with SIGKILL, starts it again, and checks that
  - every version that was acknowledged is there,
  - no transaction is there by half,
  - the feed has each commit once, in order, without a gap,
  - a search finds what was written.
Every tenth round and at the end `meridian verify` compares everything with everything. Exit 1 at the first fault, with
the data left where they are. The last line says `N passed, N failed`.
"""
import argparse
import http.client
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time


class Fault(Exception):
    pass


class Server:
    def __init__(self, program: str, folder: pathlib.Path):
        self.log = open(folder.parent / "server.log", "ab")
        self.process = subprocess.Popen([program, "serve", "--data", str(folder), "--port", "0", "--set", "log.level=warning"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://([\d.]+):(\d+)", line)
        if not found:
            raise Fault(f"the server did not start: {line!r}, see {folder.parent / 'server.log'}")
        self.host, self.port = found.group(1), int(found.group(2))

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def get(self, path: str) -> dict:
        connection = self.connect()
        connection.request("GET", path, headers={"Accept": "application/fhir+json"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise Fault(f"GET {path}: {answer.status} {body[:300]!r}")
        return json.loads(body)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        if self.process.wait(timeout=60) != 0:
            raise Fault(f"the server ended with {self.process.returncode}")


def transaction(number: str, state: int) -> str:
    patient = {"resourceType": "Patient", "id": f"p-{number}", "active": True,
               "identifier": [{"system": "urn:torture", "value": number}], "multipleBirthInteger": state}
    observation = {"resourceType": "Observation", "id": f"o-{number}", "status": "final", "subject": {"reference": f"Patient/p-{number}"},
                   "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "valueInteger": state}
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": f"urn:x:{r['id']}", "resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}}
        for r in (patient, observation)]})


class Client(threading.Thread):
    """Writes until the connection breaks; `acknowledged` is what the server has promised, `tried` what it may hold besides."""

    def __init__(self, server: Server, name: str, acknowledged: dict, tried: dict, chance: random.Random):
        super().__init__(daemon=True)
        self.server, self.label, self.acknowledged, self.tried, self.chance = server, name, acknowledged, tried, chance
        self.fault = ""

    def run(self) -> None:
        mine = [number for number in list(self.acknowledged) if number.startswith(self.label + "-")]
        count = len(self.tried)
        try:
            connection = self.server.connect()
            while True:
                again = mine and self.chance.random() < 0.3
                number = self.chance.choice(mine) if again else f"{self.label}-{count}"
                count += 1
                state = max(self.acknowledged.get(number, 0), self.tried.get(number, 0)) + 1
                self.tried[number] = state
                connection.request("POST", "/fhir", body=transaction(number, state),
                                   headers={"Content-Type": "application/fhir+json", "Prefer": "return=minimal"})
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200:
                    self.fault = f"{answer.status} {body[:300]!r}"
                    return
                self.acknowledged[number] = state
                if not again:
                    mine.append(number)
        except (OSError, http.client.HTTPException):
            return


def pages(server: Server, path: str):
    while path:
        bundle = server.get(path)
        yield from (entry["resource"] for entry in bundle.get("entry", []) if entry.get("search", {}).get("mode", "match") == "match")
        path = next((re.sub(r"^https?://[^/]+", "", link["url"]) for link in bundle.get("link", []) if link["relation"] == "next"), "")


def check(server: Server, acknowledged: dict, tried: dict) -> int:
    patients = {r["id"][2:]: r["multipleBirthInteger"] for r in pages(server, "/fhir/Patient?_count=1000")}
    observations = {r["id"][2:]: r["valueInteger"] for r in pages(server, "/fhir/Observation?code=http://loinc.org|8867-4&_count=1000")}
    if patients != observations:
        halves = {n for n in patients.keys() | observations.keys() if patients.get(n) != observations.get(n)}
        raise Fault(f"transactions by half: {sorted(halves)[:5]}")
    for number, state in acknowledged.items():
        if patients.get(number, 0) < state:
            raise Fault(f"acknowledged and lost: {number} state {state}, found {patients.get(number)}")
    for number, state in patients.items():
        if state > tried.get(number, 0):
            raise Fault(f"never written: {number} state {state}")
    commits, seen, after = [], set(), 0
    while True:
        page = server.get(f"/api/v1/feed?after={after}&limit=2000")
        for entry in page["entries"]:
            key = (entry["type"], entry["id"], entry["version"])
            if key in seen:
                raise Fault(f"twice in the feed: {key}")
            seen.add(key)
            if not commits or commits[-1] != entry["commit"]:
                commits.append(entry["commit"])
        if page["through"] == after or not page["entries"]:
            break
        after = page["through"]
    if commits != list(range(1, len(commits) + 1)):
        gap = next(i for i, t in enumerate(commits, 1) if t != i)
        raise Fault(f"the feed has a gap at commit {gap}: {commits[gap - 2 : gap + 2]}")
    missing = {("Patient", f"p-{n}") for n in patients} - {(kind, name) for kind, name, _ in seen}
    if missing:
        raise Fault(f"not in the feed: {sorted(missing)[:5]}")
    for number, state in random.Random(len(patients)).sample(sorted(patients.items()), min(5, len(patients))):
        found = server.get(f"/fhir/Patient?identifier=urn:torture|{number}&_total=accurate")
        if found.get("total") != 1 or found["entry"][0]["resource"]["multipleBirthInteger"] != state:
            raise Fault(f"the index does not find {number}")
    return len(patients)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("program")
    words.add_argument("--rounds", type=int, default=200)
    words.add_argument("--clients", type=int, default=8)
    words.add_argument("--folder", type=pathlib.Path)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    folder = asked.folder or pathlib.Path(tempfile.mkdtemp(prefix="meridian-torture-"))
    data = folder / "data"
    chance = random.Random(asked.seed)
    acknowledged: dict[str, int] = {}
    tried: dict[str, int] = {}
    try:
        for number in range(1, asked.rounds + 1):
            server = Server(asked.program, data)
            clients = [Client(server, f"c{i}", acknowledged, tried, random.Random(chance.random())) for i in range(asked.clients)]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0.05, 1.5))
            server.kill()
            for client in clients:
                client.join(60)
                if client.fault:
                    raise Fault(client.fault)
            server = Server(asked.program, data)
            found = check(server, acknowledged, tried)
            if number % 10 == 0 or number == asked.rounds:
                server.stop()
                done = subprocess.run([asked.program, "verify", "--data", str(data)], capture_output=True, text=True)
                if done.returncode != 0:
                    raise Fault(f"verify: {done.stdout[-2000:]}{done.stderr[-2000:]}")
                print(f"round {number}: {found} patients, {len(acknowledged)} acknowledged, all there", flush=True)
            else:
                server.kill()
    except Fault as fault:
        print(f"round {number}: {fault}\nthe data lie in {folder}\n{number - 1} passed, 1 failed")
        return 1
    print(f"{asked.rounds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
