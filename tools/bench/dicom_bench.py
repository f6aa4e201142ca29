#!/usr/bin/env python3
"""C-STORE of CT slices: objects a second, ours beside Orthanc's, from the same client, on the same disk, in one run.

    dicom_bench.py --program build/release/bin/meridian [--objects 2000] [--connections 8] [--rounds 3]

`./dev bench dicom-store` calls it. A slice is 512 x 512 pixels of 16 bits (512 KiB) with the header of a CT, explicit VR; every time
it is another instance of the same series. Each association sends its next object when the one before was answered. Both archives
begin empty and take turns, so that a slow minute of the machine meets both; what they wrote is removed at the end, since a file system
that has just removed much is slow for whoever comes next. Made as equal as can be: Orthanc 1.10.1 of Debian writes
with SyncStorageArea (each file synced before the answer), StorageCompression off, TCP_NODELAY on, checksums (StoreMD5ForAttachments)
as it comes, its index in SQLite with OverwriteInstances off; ours syncs the object and the index before the answer, and names the
object by SHA-256. What is not equal: Orthanc's SQLite runs with `synchronous=NORMAL`, so that its index is not synced for each object;
ours is. Written to build/bench-dicom-store.json.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIDE = 512


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def element(group: int, number: int, vr: str, value: bytes | str) -> bytes:
    if isinstance(value, str):
        value = value.encode()
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB") else b" "
    head = struct.pack("<HH2s", group, number, vr.encode())
    if vr in ("OB", "OW", "SQ", "UN"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def ct_slice() -> bytes:
    """A CT image as a scanner sends it; its pixels are a phantom: a disc with a gradient and noise of a fixed pattern."""
    pixels = bytearray()
    for y in range(SIDE):
        row = [min(4095, max(0, (1024 if (x - 256) ** 2 + (y - 256) ** 2 < 40_000 else 24) + (x * 7 + y * 13) % 61)) for x in range(SIDE)]
        pixels += struct.pack(f"<{SIDE}H", *row)
    short = lambda value: struct.pack("<H", value)
    sop_class, instance = "1.2.840.10008.5.1.4.1.1.2", "2.25.3141592653589793.1.1.1"
    body = b"".join([
        element(0x0008, 0x0005, "CS", "ISO_IR 100"), element(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        element(0x0008, 0x0016, "UI", sop_class), element(0x0008, 0x0018, "UI", instance),
        element(0x0008, 0x0020, "DA", "20260105"), element(0x0008, 0x0021, "DA", "20260105"), element(0x0008, 0x0022, "DA", "20260105"),
        element(0x0008, 0x0023, "DA", "20260105"), element(0x0008, 0x0030, "TM", "101500"), element(0x0008, 0x0031, "TM", "101530"),
        element(0x0008, 0x0032, "TM", "101531"), element(0x0008, 0x0033, "TM", "101531"), element(0x0008, 0x0050, "SH", "A20260105"),
        element(0x0008, 0x0060, "CS", "CT"), element(0x0008, 0x0070, "LO", "Phantom Works"), element(0x0008, 0x0080, "LO", "Test Hospital"),
        element(0x0008, 0x0090, "PN", "Referrer^A"), element(0x0008, 0x1010, "SH", "CT1"), element(0x0008, 0x1030, "LO", "Chest"),
        element(0x0008, 0x103E, "LO", "Axial 1 mm"), element(0x0008, 0x1090, "LO", "Phantom 64"), element(0x0010, 0x0010, "PN", "Phantom^One"),
        element(0x0010, 0x0020, "LO", "P000001"), element(0x0010, 0x0030, "DA", "19700101"), element(0x0010, 0x0040, "CS", "O"),
        element(0x0018, 0x0015, "CS", "CHEST"), element(0x0018, 0x0050, "DS", "1.0"), element(0x0018, 0x0060, "DS", "120"),
        element(0x0018, 0x1030, "LO", "Chest routine"), element(0x0018, 0x1100, "DS", "350"), element(0x0018, 0x1151, "IS", "200"),
        element(0x0018, 0x1210, "SH", "B31f"), element(0x0018, 0x5100, "CS", "HFS"), element(0x0020, 0x000D, "UI", "2.25.3141592653589793.1"),
        element(0x0020, 0x000E, "UI", "2.25.3141592653589793.1.1"), element(0x0020, 0x0010, "SH", "1"), element(0x0020, 0x0011, "IS", "1"),
        element(0x0020, 0x0013, "IS", "1"), element(0x0020, 0x0032, "DS", "-175\\-175\\100"), element(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0"),
        element(0x0020, 0x0052, "UI", "2.25.3141592653589793.9"), element(0x0020, 0x1041, "DS", "100"), element(0x0028, 0x0002, "US", short(1)),
        element(0x0028, 0x0004, "CS", "MONOCHROME2"), element(0x0028, 0x0010, "US", short(SIDE)), element(0x0028, 0x0011, "US", short(SIDE)),
        element(0x0028, 0x0030, "DS", "0.68\\0.68"), element(0x0028, 0x0100, "US", short(16)), element(0x0028, 0x0101, "US", short(12)),
        element(0x0028, 0x0102, "US", short(11)), element(0x0028, 0x0103, "US", short(0)), element(0x0028, 0x1050, "DS", "40"),
        element(0x0028, 0x1051, "DS", "400"), element(0x0028, 0x1052, "DS", "-1024"), element(0x0028, 0x1053, "DS", "1"),
        element(0x7FE0, 0x0010, "OW", bytes(pixels))])
    meta = (element(0x0002, 0x0001, "OB", b"\0\1") + element(0x0002, 0x0002, "UI", sop_class) + element(0x0002, 0x0003, "UI", instance)
            + element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1") + element(0x0002, 0x0012, "UI", "2.25.1"))
    return b"\0" * 128 + b"DICM" + element(0x0002, 0x0000, "UL", struct.pack("<I", len(meta))) + meta + body


def wait_for(port: int, process: subprocess.Popen) -> None:
    while True:
        if process.poll() is not None:
            sys.exit("dicom_bench: the archive did not start")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)


def start_ours(program: pathlib.Path, folder: pathlib.Path) -> tuple[subprocess.Popen, int]:
    port = free_port()
    nodes = folder / "data" / "catalog" / "dicom"
    nodes.mkdir(parents=True)
    (nodes / "archive.yaml").write_text(json.dumps({"node": "archive", "listen": f"127.0.0.1:{port}", "titles": ["ARCHIVE"], "anyone": True}))
    server = subprocess.Popen([program, "serve", "--data", folder / "data", "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port, server)
    return server, port


def start_orthanc(folder: pathlib.Path) -> tuple[subprocess.Popen, int]:
    port = free_port()
    (folder / "orthanc.json").write_text(json.dumps({
        "Name": "bench", "StorageDirectory": str(folder / "storage"), "IndexDirectory": str(folder / "storage"), "StorageCompression": False,
        "SyncStorageArea": True, "OverwriteInstances": False, "HttpServerEnabled": False, "DicomServerEnabled": True, "DicomAet": "ARCHIVE",
        "DicomPort": port, "DicomCheckCalledAet": False, "DicomAlwaysAllowEcho": True, "DicomAlwaysAllowStore": True, "TcpNoDelay": True,
        "ConcurrentJobs": 2, "Plugins": [], "LimitFindResults": 0}))
    server = subprocess.Popen([shutil.which("Orthanc"), str(folder / "orthanc.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=os.environ | {"TCP_NODELAY": "1"})
    wait_for(port, server)
    return server, port


def send(program: pathlib.Path, slice_file: pathlib.Path, port: int, objects: int, connections: int) -> dict:
    out = subprocess.run([program, "dicom", "send", slice_file, "--to", f"127.0.0.1:{port}", "--called", "ARCHIVE", "--calling", "BENCH",
                          "--connections", str(connections), "--times", str(objects)], capture_output=True, text=True)
    rate = re.search(r"([\d,.]+)/s", out.stdout)
    if out.returncode or not rate:
        sys.exit(f"dicom_bench: not everything was taken: {out.stdout}{out.stderr}")
    p99 = re.search(r"99 of 100 within ([\d.]+) ms", out.stdout)
    return {"rate": float(rate[1].replace(",", "")), "p99_ms": float(p99[1]) if p99 else None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--objects", type=int, default=2000, help="of each round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if not shutil.which("Orthanc"):
        sys.exit("dicom_bench: Orthanc is missing; ./dev setup bench installs it")
    found = {"ours": [], "orthanc": []}
    with tempfile.TemporaryDirectory(prefix="bench-dicom-", dir=ROOT / "build") as name:
        folder = pathlib.Path(name)
        (folder / "slice.dcm").write_bytes(ct_slice())
        for turn in range(asked.rounds):
            for who in ("ours", "orthanc"):
                place = folder / f"{who}-{turn}"
                place.mkdir()
                server, port = start_ours(asked.program, place) if who == "ours" else start_orthanc(place)
                try:
                    found[who].append(send(asked.program, folder / "slice.dcm", port, asked.objects, asked.connections))
                finally:
                    server.terminate()
                    server.wait()
                print(f"{who:8} {found[who][-1]['rate']:8.0f} objects/s, 99 of 100 answered within {found[who][-1]['p99_ms']} ms", flush=True)
    middle = {who: statistics.median(one["rate"] for one in rounds) for who, rounds in found.items()}
    ratio = middle["ours"] / middle["orthanc"]
    print(f"ours {middle['ours']:.0f}/s, Orthanc {middle['orthanc']:.0f}/s: {ratio:.2f} times; {asked.connections} associations, "
          f"{asked.objects} objects of 512 KiB, the middle one of {asked.rounds} rounds")
    (ROOT / "build" / "bench-dicom-store.json").write_text(json.dumps({"rounds": found, "ratio": ratio}, indent=1) + "\n")


if __name__ == "__main__":
    main()
