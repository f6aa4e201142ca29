#!/usr/bin/env python3
"""Shows that `meridian validate` streams NDJSON of any size in bounded memory.

    validate_memory.py [--program PROGRAM] [--size BYTES] [--lines FILE...] [--bar MB]

Writes SIZE bytes (10 GB when not said: `--size 1GB` is quicker) of NDJSON into the program's standard input, so that no
disk is needed, and prints how many resources it read in a second and the most memory that the system counted for it.
Exit code 1 when that is more than the bar (200 MB), or when a resource got lost. The lines are those of the files given,
over and over; without one a few made ones, of which some are faulty.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def size(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kMGT]?)B?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text} is not a size such as 10GB")
    return int(float(match[1]) * 1000 ** " kMGT".index(match[2] or " "))


def made_lines() -> bytes:
    """Two hundred observations; every tenth has a bad date."""
    lines = []
    for i in range(200):
        date = "2024-13-01" if i % 10 == 0 else "2024-03-01T08:30:00+08:00"
        lines.append(
            f'{{"resourceType":"Observation","id":"o{i}","status":"final","code":{{"coding":[{{"system":"http://loinc.org",'
            f'"code":"8867-4","display":"Heart rate"}}]}},"subject":{{"reference":"Patient/p{i % 7}"}},'
            f'"effectiveDateTime":"{date}","valueQuantity":{{"value":{60 + i % 40}.0,"unit":"/min",'
            f'"system":"http://unitsofmeasure.org","code":"/min"}}}}\n'
        )
    return "".join(lines).encode()


def feed(pipe, block: bytes, times: int, told: dict) -> None:
    try:
        for i in range(times):
            pipe.write(block)
            told["bytes"] = (i + 1) * len(block)
        pipe.close()
    except BrokenPipeError:
        pass


def show(told: dict, total: int, done: threading.Event) -> None:
    started = time.monotonic()
    while not done.wait(1):
        rate = told["bytes"] / (time.monotonic() - started) / 1e6
        print(f"\r\033[K{told['bytes'] / 1e9:.1f} of {total / 1e9:.1f} GB  {rate:.0f} MB/s", end="", file=sys.stderr)
    print("\r\033[K", end="", file=sys.stderr, flush=True)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--program", default=ROOT / "build/release/bin/meridian")
    words.add_argument("--size", type=size, default=size("10GB"))
    words.add_argument("--lines", nargs="+", type=pathlib.Path, metavar="FILE")
    words.add_argument("--format", choices=["text", "json"], default="json")
    words.add_argument("--bar", type=float, default=200, metavar="MB")
    asked = words.parse_args()

    lines = b"".join(file.read_bytes() for file in asked.lines) if asked.lines else made_lines()
    lines += b"" if lines.endswith(b"\n") else b"\n"
    block = lines * max(1, (4 << 20) // len(lines))
    times = max(1, asked.size // len(block))
    expected = block.count(b"\n") * times

    started = time.monotonic()
    running = subprocess.Popen(
        [asked.program, "validate", "-", "--quiet", "--format", asked.format], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    told, done = {"bytes": 0}, threading.Event()
    threads = [threading.Thread(target=feed, args=(running.stdin, block, times, told), daemon=True)]
    if sys.stderr.isatty():
        threads.append(threading.Thread(target=show, args=(told, times * len(block), done), daemon=True))
    for thread in threads:
        thread.start()
    tail = b""
    while piece := running.stdout.read1(1 << 16):
        tail = (tail + piece)[-400:]
    _, status, usage = os.wait4(running.pid, 0)
    done.set()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - started

    peak = usage.ru_maxrss * 1024 / 1e6
    gigabytes = times * len(block) / 1e9
    print(f"{gigabytes:.2f} GB, {expected:,} resources in {seconds:.0f} s")
    print(f"{expected / seconds:,.0f} resources/s, {gigabytes * 1000 / seconds:.0f} MB/s, "
          f"{(usage.ru_utime + usage.ru_stime):.0f} s of processor time")
    print(f"peak resident memory {peak:.0f} MB (bar: {asked.bar:.0f} MB)")
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        print(f"the program ended with code {code}")
        return 1
    read = re.search(rb": ([\d,]+) resources", tail)
    if asked.format == "text" and (not read or int(read[1].replace(b",", b"")) != expected):
        print(f"resources were lost: {tail.decode(errors='replace')}")
        return 1
    return 0 if peak <= asked.bar else 1


if __name__ == "__main__":
    sys.exit(main())
