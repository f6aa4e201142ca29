#!/usr/bin/env python3
"""Counts what `./dev test` ran, by gtest case, and prints `N passed, N failed, N skipped` as its last line.

    count_tests.py FOLDER

FOLDER holds ctest.xml (JUnit, one case a test program) and a JSON report of each gtest program, named after it. A
program without a report counts as one case: the replay of a fuzzer's corpus, or a test program that died.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def skip_reasons(output: str) -> dict[str, str]:
    """What GTEST_SKIP() said, by case; the reports do not hold it, ctest's log does."""
    return dict(re.findall(r"\[ RUN      \] (\S+)\n[^\[]*?: Skipped\n([^\n]*)", output))


def cases_of(report: pathlib.Path, reasons: dict[str, str]) -> tuple[list[str], list[str], int]:
    """Failed names, skipped names with their reason, and how many passed."""
    failed, skipped, passed = [], [], 0
    for suite in json.loads(report.read_text(encoding="utf-8")).get("testsuites", []):
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                failed.append(name)
            elif case.get("result") == "SKIPPED" or case.get("status") != "RUN":
                skipped.append(f"{name}: {reasons.get(name) or 'no reason given'}")
            else:
                passed += 1
    return failed, skipped, passed


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    listing = folder / "ctest.xml"
    if not listing.exists():
        print("0 passed, 1 failed, 0 skipped")
        return 1
    log = folder.parent / "Testing/Temporary/LastTest.log"
    reasons = skip_reasons(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else {}
    failed, skipped, passed = [], [], 0
    for test in ElementTree.parse(listing).getroot().iter("testcase"):
        name, status = test.get("name"), test.get("status")
        report = folder / f"{name}_test.json"
        if report.exists():
            some_failed, some_skipped, some_passed = cases_of(report, reasons)
            failed += some_failed
            skipped += some_skipped
            passed += some_passed
            if status == "fail" and not some_failed:
                failed.append(f"{name} (failed outside of its cases)")
        elif status == "run":
            passed += 1
        elif status in ("disabled", "notrun"):
            skipped.append(name)
        else:
            failed.append(name)
    for name in skipped:
        print(f"skipped: {name}")
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
