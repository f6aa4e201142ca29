#!/usr/bin/env python3
"""Runs the benchmarks and prints ours beside theirs. `./dev bench [filter]` calls it.

    bench.py --build FOLDER [--out FILE] [--repeat N] [FILTER]

Every <module>_bench of the build folder is a Google Benchmark program; every tools/bench/*.mjs a Node script that prints
one JSON object a line: {"name": ..., "items_per_second" or "bytes_per_second": ...}. Names are `<what>/ours` and
`<what>/theirs:<who>`; the two are paired by <what> and must do the same work on the same data. Scripts get FILTER as
their argument. bars.json beside this file holds what must be reached: the first entry whose `what` (a regular
expression) matches, with `ratio` (ours over theirs) or `rate` (per second) or both. Rates are medians of N runs.
Written to FILE (build/bench.json): the rows of the table, with numbers instead of text.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def build_targets(build: pathlib.Path) -> list[str]:
    listed = subprocess.run(["ninja", "-C", str(build), "-t", "targets", "all"], capture_output=True, text=True, check=True)
    targets = sorted(set(re.findall(r"^bin/(\w+_bench): ", listed.stdout, re.M)))
    if targets:
        subprocess.run(["cmake", "--build", str(build), "--target", *targets], check=True, stdout=sys.stderr)
    return targets


def rates_of_program(program: pathlib.Path, what: str, repeat: int) -> list[dict]:
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.json"
        command = [str(program), f"--benchmark_out={out}", "--benchmark_out_format=json", "--benchmark_min_time=0.3",
                   f"--benchmark_repetitions={repeat}", "--benchmark_enable_random_interleaving=true"]
        if what:
            command.append(f"--benchmark_filter={what}")
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if not out.exists() or not out.stat().st_size:
            if done.returncode:
                print(f"bench: {program.name} failed: {done.stderr.strip()[-200:]}", file=sys.stderr)
            return []
        rows = json.loads(out.read_text())["benchmarks"]
    return [row for row in rows if row.get("run_type") == "iteration" and not row.get("error_occurred")]


def rates_of_script(script: pathlib.Path, what: str) -> list[dict]:
    if shutil.which("node") is None:
        print(f"bench: {script.name} is left out: there is no node", file=sys.stderr)
        return []
    done = subprocess.run(["node", str(script), *([what] if what else [])], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(f"bench: {script.name} failed: {done.stderr.strip()[-200:]}", file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def collect(measurements: list[dict]) -> dict[tuple[str, str], dict]:
    """(what, who) -> unit and median rate; who is "ours" or the other's name."""
    seen: dict[tuple[str, str], dict] = {}
    for row in measurements:
        match = re.match(r"(.+)/(ours|theirs:[^/]+)", row.get("run_name", row["name"]))
        if not match:
            continue
        for unit in ("bytes_per_second", "items_per_second"):
            if unit in row:
                entry = seen.setdefault((match[1], match[2].removeprefix("theirs:")), {"unit": unit, "rates": []})
                if entry["unit"] == unit:
                    entry["rates"].append(row[unit])
                break
    return {key: {"unit": entry["unit"], "rate": statistics.median(entry["rates"])} for key, entry in seen.items()}


def rows_of(rates: dict, bars: list[dict]) -> list[dict]:
    rows = []
    for what in dict.fromkeys(key[0] for key in rates):
        ours = rates.get((what, "ours"))
        others = {who: rate for (name, who), rate in rates.items() if name == what and who != "ours"}
        bar = next((bar for bar in bars if re.search(bar["what"], what)), None)
        for who, theirs in others.items() or [(None, None)]:
            comparable = ours and theirs and ours["unit"] == theirs["unit"]
            ratio = ours["rate"] / theirs["rate"] if comparable and theirs["rate"] else None
            row = {"what": what, "unit": (ours or theirs)["unit"], "ours": ours and ours["rate"], "who": who,
                   "theirs": theirs and theirs["rate"], "ratio": ratio, "bar": None, "met": None}
            if bar and bar.get("against") in (None, who):
                row["bar"] = {key: bar[key] for key in ("ratio", "rate") if key in bar}
                row["met"] = bool(ours) and ("ratio" not in bar or (ratio or 0) >= bar["ratio"]) and (
                    "rate" not in bar or ours["rate"] >= bar["rate"])
            rows.append(row)
    return rows


def rate_text(rate: float | None, unit: str) -> str:
    if rate is None:
        return "-"
    if unit == "bytes_per_second":
        return f"{rate / 1e6:,.1f} MB/s"
    return f"{rate:,.0f} /s" if rate >= 100 else f"{rate:.2f} /s"


def print_table(rows: list[dict]) -> None:
    table = [["what", "ours", "theirs", "who", "ratio", "bar"]]
    for row in rows:
        bar = ""
        if row["bar"]:
            wanted = [f"{row['bar']['ratio']:g}x"] if "ratio" in row["bar"] else []
            wanted += [rate_text(row["bar"]["rate"], row["unit"])] if "rate" in row["bar"] else []
            bar = f"{' and '.join(wanted)}: {'met' if row['met'] else 'NOT MET'}"
        table.append([row["what"], rate_text(row["ours"], row["unit"]), rate_text(row["theirs"], row["unit"]),
                      row["who"] or "-", f"{row['ratio']:.2f}x" if row["ratio"] else "-", bar])
    widths = [max(len(line[i]) for line in table) for i in range(6)]
    for line in table:
        cells = [cell.ljust(w) if i in (0, 3, 5) else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/bench.json")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("filter", nargs="?", default="")
    arguments = parser.parse_args()

    measurements = []
    for target in build_targets(arguments.build):
        measurements += rates_of_program(arguments.build / "bin" / target, arguments.filter, arguments.repeat)
    for script in sorted(HERE.glob("*.mjs")):
        measurements += rates_of_script(script, arguments.filter)
    rows = rows_of(collect(measurements), json.loads((HERE / "bars.json").read_text(encoding="utf-8")))
    if not rows:
        print(f"bench: nothing measured{' for ' + arguments.filter if arguments.filter else ''}", file=sys.stderr)
        return 1
    print_table(rows)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten to {arguments.out}", file=sys.stderr)
    # A bar that is missed is shown, not failed: rates on a shared machine move by a third from run to run.
    return 0


if __name__ == "__main__":
    sys.exit(main())
