#!/usr/bin/env python3
"""Vital signs from a real broker into the store: how many readings a second, and how late.

    mqtt_bench.py --program build/release/bin/meridian [--seconds 30] [--devices 500] [--rate MESSAGES_A_SECOND]
                  [--mapping devices|vitals]

`./dev bench mqtt` calls it. Mosquitto (quality 1, a kept session) stands between a sender, which keeps a thousand messages unanswered,
and a server with a feed of kind mqtt. Its mapping is `devices`: each device is registered as a bedside monitor that writes to its
topic, each value is held against what can be true, each clock against the time of arrival; or `vitals`, a plain record map. A message
is what a monitor measured at one moment: eight readings, of one of so many devices and patients. Each is safe in the inbox before it is acknowledged to the broker, and becomes one
Observation with eight components, beside a Device and a Patient that are the same each time. Without a rate the sender sends as fast
as it may. All of it is on one machine: broker, sender and server share its cores. The sender waits when more than 50,000 messages are
on their way, so that what is measured is what goes through. Written to build/bench-mqtt.json.
"""
import argparse
import json
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
READINGS = 8
MOST_WAITING = 50_000
MOST_UNANSWERED = 1_000


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def packet(kind: int, body: bytes) -> bytes:
    length, out = len(body), bytearray([kind])
    while True:
        length, part = length >> 7, length & 127
        out.append(part | (128 if length else 0))
        if not length:
            return bytes(out) + body


def text(value: str) -> bytes:
    return struct.pack(">H", len(value.encode())) + value.encode()


class Sender:
    """Publishes with quality 1; knows what the broker has not yet answered."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text("bench-sender")))
        if self.socket.recv(4) != b"\x20\x02\x00\x00":
            sys.exit("mqtt_bench: the broker does not let the sender in")
        self.sent = self.answered = self.number = 0

    def publish(self, messages: list[tuple[str, str]]) -> None:
        out = bytearray()
        for topic, payload in messages:
            self.number = self.number % 65_535 + 1
            out += packet(0x32, text(topic) + struct.pack(">H", self.number) + payload.encode())
        self.socket.sendall(out)
        self.sent += len(messages)
        while self.sent - self.answered > MOST_UNANSWERED:
            self.take_answers()

    def take_answers(self) -> None:
        got = self.socket.recv(1 << 16)
        if not got:
            sys.exit("mqtt_bench: the broker has gone")
        self.left = getattr(self, "left", 0) + len(got)
        self.answered, self.left = self.answered + self.left // 4, self.left % 4

    def finish(self) -> None:
        while self.answered < self.sent:
            self.take_answers()


def topic_of(device: int) -> str:
    return f"ward/{device % 20}/vitals"


def reading(device: int, moment: int) -> tuple[str, str]:
    """What a monitor sends at a moment: milliseconds since 1970."""
    seconds, milliseconds = divmod(moment, 1000)
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    vital = (device * 7 + moment) % 40
    return topic_of(device), json.dumps({
        "device": f"M-{device}", "device_type": "bedside monitor", "patient_no": f"P{device}", "time": f"{at}.{milliseconds:03}Z",
        "heart_rate": 60 + vital, "spo2": 90 + vital % 10, "respiratory_rate": 10 + vital % 12, "systolic": 100 + vital, "diastolic": 60 + vital % 30,
        "mean_pressure": 75 + vital % 25, "temperature": round(36 + vital / 20, 1), "etco2": 34 + vital % 10})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--rate", type=float, default=0, help="messages a second; 0: as fast as may be")
    parser.add_argument("--mapping", choices=("devices", "vitals"), default="devices")
    asked = parser.parse_args()
    mosquitto = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
    if not mosquitto:
        sys.exit("mqtt_bench: mosquitto is missing; ./dev setup bench installs it")
    with tempfile.TemporaryDirectory(prefix="meridian-bench-mqtt-") as name:
        folder = pathlib.Path(name)
        port = free_port()
        (folder / "broker.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\nlog_type error\n")
        broker = subprocess.Popen([mosquitto, "-c", str(folder / "broker.conf")])
        feeds = folder / "data" / "catalog" / "feeds"
        feeds.mkdir(parents=True)
        (feeds / "ward.yaml").write_text(json.dumps({
            "feed": "ward", "mapping": asked.mapping, "authority": "urn:oid:1.2.3",
            "connector": {"kind": "mqtt", "broker": f"127.0.0.1:{port}", "topics": ["ward/+/vitals"]}}))
        if asked.mapping == "devices":
            devices = feeds.parent / "devices"
            devices.mkdir()
            (devices / "registered.yaml").write_text(json.dumps({"devices": [
                {"number": f"M-{i}", "kind": "bedside-monitor", "where": f"ward {i % 20}", "topic": topic_of(i)} for i in range(asked.devices)]}))
        server = subprocess.Popen([asked.program, "serve", "--data", folder / "data", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            line = next(line for line in server.stdout if "http://" in line)
            run(asked, port, re.search(r"http://([\d.]+:\d+)", line)[1])
        finally:
            server.terminate()
            server.wait()
            broker.terminate()
            broker.wait()


def run(asked: argparse.Namespace, port: int, server: str) -> None:
    def feed() -> dict:
        with urllib.request.urlopen(f"http://{server}/api/v1/feeds/ward") as answer:
            return json.load(answer)

    while not feed()["connections"]:
        time.sleep(0.05)
    sender = Sender(port)
    lags, began, looked = [], time.monotonic(), 0.0
    first_moment = (int(time.time()) - 3600) * 1000
    while (now := time.monotonic() - began) < asked.seconds:
        if asked.rate and sender.sent > now * asked.rate:
            time.sleep(0.001)
            continue
        first = sender.sent
        sender.publish([reading((first + i) % asked.devices, first_moment + (first + i) // asked.devices) for i in range(100)])
        if now - looked > 1:
            looked, state = now, feed()
            lags.append(state["lag_p99_ms"])
            while sender.sent - state["done"] > MOST_WAITING:
                time.sleep(0.05)
                state = feed()
    sender.finish()
    sent = time.monotonic() - began
    while (state := feed())["messages"] < sender.sent or state["waiting"]:
        time.sleep(0.05)
    seconds = time.monotonic() - began
    if state["dead_letters"] or state["messages"] != sender.sent:
        sys.exit(f"mqtt_bench: {sender.sent} were sent, {state['messages']} came, {state['dead_letters']} are dead letters")
    result = {
        "mapping": asked.mapping, "messages": sender.sent, "readings": sender.sent * READINGS, "seconds_sending": round(sent, 1), "seconds_until_all_are_stored": round(seconds, 1),
        "messages_a_second": round(sender.sent / seconds), "readings_a_second": round(sender.sent * READINGS / seconds),
        "worst_lag_p99_ms": max(lags, default=state["lag_p99_ms"])}
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "bench-mqtt.json").write_text(json.dumps(result, indent=2) + "\n")
    for key, value in result.items():
        print(f"{key.replace('_', ' '):<32} {value if isinstance(value, str) else format(value, ','):>12}")


if __name__ == "__main__":
    main()
