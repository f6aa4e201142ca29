#!/usr/bin/env python3
"""Runs the program as its users do: every command, its exit code, and the server through real sockets.

    program_test.py PROGRAM [unittest arguments]

ctest calls it with the program that was built. With GTEST_OUTPUT=json:FOLDER/ it reports its cases the way gtest does.
"""
import base64
import gzip
import hashlib
import http.client
import io
import json
import os
import pathlib
import pty
import pwd
import re
import select
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import zipfile

PROGRAM = ""
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OK, FOUND, USAGE, FAILED = 0, 1, 2, 3

PATIENT = {
    "resourceType": "Patient",
    "id": "example",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Wang</div>'},
    "name": [{"family": "Wang", "given": ["Xiaoming", "Lei"]}],
    "gender": "male",
    "birthDate": "1974-12-25",
}
PATIENT_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Patient xmlns="http://hl7.org/fhir">\n  <id value="example"/>\n'
    '  <gender value="male"/>\n  <birthDate value="1974-13-25"/>\n</Patient>\n'
)
FAULTY = '{\n  "resourceType": "Patient",\n  "gender": "mail",\n  "birthDate": "1974-13-25"\n}\n'
# {"resourceType":"Patient","id":"zst"} as zstd compresses it.
ZSTD = base64.b64decode("KLUv/QRYMQEAeyJyZXNvdXJjZVR5cGUiOiJQYXRpZW50IiwiaWQiOiJ6c3QifQp24aMp")
PROFILE = {
    "resourceType": "StructureDefinition",
    "url": "http://example.org/StructureDefinition/named-patient",
    "name": "NamedPatient",
    "status": "active",
    "kind": "resource",
    "abstract": False,
    "type": "Patient",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
    "derivation": "constraint",
    "differential": {"element": [{"id": "Patient.name", "path": "Patient.name", "min": 1}]},
}


class Run:
    def __init__(self, *words, stdin: bytes = b"", env: dict | None = None):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        environment.pop("MERIDIAN_SHARED_DATA", None)
        done = subprocess.run(
            [PROGRAM, *map(str, words)], input=stdin, capture_output=True, timeout=60, env={**environment, **(env or {})}
        )
        self.code, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="meridian-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, content) -> pathlib.Path:
        path = self.folder / name
        if isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_ok(self, *words, **more) -> str:
        run = Run(*words, **more)
        self.assertEqual(run.code, OK, run.err)
        return run.out

    def patient_lines(self, count: int) -> bytes:
        return b"".join(json.dumps({**PATIENT, "id": f"p{i}"}).encode() + b"\n" for i in range(count))


class Signal(ProgramTest):
    def test_shows_a_record(self):
        self.file("r.dat", b"\x81\x91\x82\x92\x83\x00")
        header = self.file("r.hea", "r 2 100 3 12:00:00 01/02/2020\nr.dat 80 2/mV 8 0 1 6 0 II\nr.dat 80 1/mmHg 8 0 17 -93 0 ABP\n# made up\n")
        out = self.run_ok("signal", "info", header)
        self.assertIn("2 channels, 100 frames a second, 0.03 s, from 2020-02-01T12:00:00.000", out)
        self.assertIn("ABP          17 to 18 mmHg, 100 samples a second, 33.3 % missing", out)
        told = json.loads(self.run_ok("signal", "info", header, "--format", "json"))
        self.assertEqual(told["channels"][0]["greatest"], 1.5)
        self.assertEqual(self.run_ok("signal", "samples", header, "--from", "1"), "frame\tII\tABP\n1\t2\t18\n2\t3\t-\n")
        self.assertIn("1.50000000\t-", self.run_ok("signal", "samples", header, "--physical"))

    def test_shows_what_was_marked(self):
        marks = self.file("r.atr", b"\x05\x04" + b"\x0a\x14" + b"\x03\xfcBig\x00" + b"\x00\x00")
        self.assertEqual(self.run_ok("signal", "annotations", marks), "sample\ttype\tsubtype\tchannel\tnumber\tnote\n5\tN\t0\t0\t0\t\n15\tV\t0\t0\t0\tBig\n")

    def test_shows_electrocardiograms_whatever_their_name(self):
        seeds = ROOT / "src/formats/signal/testdata/fuzz"
        for source, kind, first in [("scp_fuzz/beats.scp", "SCP-ECG", "-"), ("aecg_fuzz/whole.xml", "annotated ECG", "-7")]:
            file = self.file("some.hea", (seeds / source).read_bytes())
            out = self.run_ok("signal", "info", file)
            self.assertIn(f"some.hea: {kind} ", out)
            self.assertIn("2 channels, 500 frames a second, 0.12 s, from 2020-02-29T10:00:00.000", out)
            self.assertIn("4711, Doe Jane, female, 1953-05-08", out)
            self.assertIn("Acme, CART 9, SN1, 2.0", out)
            self.assertIn("Sinus rhythm", out)
            told = json.loads(self.run_ok("signal", "info", file, "--format", "json"))
            self.assertEqual([one["kind"] for one in told["series"]], ["rhythm", "beat"])
            self.assertEqual(told["series"][0]["channels"][1]["code"], "MDC_ECG_LEAD_AVR")
            self.assertEqual(told["series"][0]["channels"][1]["missing"], 1 if first == "-" else 0)
            rows = self.run_ok("signal", "samples", file, "--to", "2").splitlines()
            self.assertEqual(rows[0], "frame\tI\taVR")
            self.assertEqual([len(rows), rows[1].split("\t")[2]], [3, first])
            self.assertIn("MDC_ECG_TIME_PD_PR", self.run_ok("signal", "annotations", file))

    def test_makes_fhir_of_recordings(self):
        seeds = ROOT / "src/formats/signal/testdata/fuzz"
        self.file("r.dat", b"\x81\x91\x82\x92\x83\x00")
        header = self.file("r.hea", "r 2 100 3 12:00:00 01/02/2020\nr.dat 80 2/mV 8 0 1 6 0 II\nr.dat 80 1/mmHg 8 0 17 -93 0 ABP\n")
        for file, types in [
            (seeds / "scp_fuzz/beats.scp", ["Patient", "Observation", "Observation", "Observation", "DiagnosticReport"]),
            (seeds / "aecg_fuzz/whole.xml", ["Patient", "Observation", "Observation", "Observation", "DiagnosticReport"]),
            (header, ["Observation"]),
        ]:
            lines = self.run_ok("signal", "to-fhir", file, "--format", "ndjson", "--zone", "Asia/Shanghai")
            self.assertEqual([json.loads(line)["resourceType"] for line in lines.splitlines()], types)
            checked = Run("validate", self.file("made.ndjson", lines))
            self.assertEqual(checked.code, OK, checked.out)
            bundle = json.loads(self.run_ok("signal", "to-fhir", file))
            self.assertEqual([entry["resource"]["resourceType"] for entry in bundle["entry"]], types)
        data = json.loads(lines)["component"][1]["valueSampledData"]
        self.assertEqual([data["period"], data["data"]], [10, "17 18 E"])
        cut = json.loads(self.run_ok("signal", "to-fhir", header, "--format", "ndjson", "--from", "1", "--to", "2"))
        self.assertEqual(cut["component"][0]["valueSampledData"]["data"], "2")
        self.assertEqual(Run("signal", "to-fhir", header, "--zone", "Mars/Olympus").code, FAILED)

    def test_says_what_is_not_read_of_an_electrocardiogram(self):
        run = Run("signal", "info", ROOT / "src/formats/signal/testdata/fuzz/scp_fuzz/bimodal.scp")
        self.assertEqual(run.code, FOUND)
        self.assertIn("bimodally", run.err)
        self.assertIn("reference beat", run.out)
        self.assertEqual(Run("signal", "info", self.file("cut.xml", "<AnnotatedECG>")).code, FAILED)

    def test_says_what_is_missing(self):
        header = self.file("gone.hea", "gone 1 100 3\ngone.dat 16 1\n")
        run = Run("signal", "info", header)
        self.assertEqual(run.code, FOUND, run.err)
        self.assertIn("gone.dat cannot be read", run.err)
        self.assertEqual(Run("signal", "info", self.file("no.hea", "")).code, FAILED)


class Vcf(ProgramTest):
    CALLS = (
        "##fileformat=VCFv4.3\n##reference=GRCh38\n##INFO=<ID=AC,Number=A,Type=Integer,Description=\"Count\">\n"
        "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
        "1\t100\trs1\tCA\tC,CAA\t50\tPASS\tAC=1,1\tGT\t1/2\n1\t200\t.\tC\tT\t50\tPASS\tAC=0\tGT\t0/0\n"
    )

    def test_counts_what_a_file_holds(self):
        calls = self.file("a.vcf", self.CALLS)
        self.assertIn("VCF 4.3, 2 records, 1 sample, of GRCh38\n  alternates  1 SNV, 1 deletion, 1 insertion\n", self.run_ok("vcf", "info", calls))
        told = json.loads(self.run_ok("vcf", "info", calls, "--format", "json"))
        self.assertEqual((told["records"], told["samples"], told["contigs"]), (2, ["S1"], {"1": 2}))

    def test_says_what_is_wrong(self):
        self.assertIn(": 0 errors, 0 warnings", self.run_ok("vcf", "validate", self.file("a.vcf", self.CALLS)))
        wrong = self.file("b.vcf", self.CALLS.replace("AC=0", "AC=x"))
        run = Run("vcf", "validate", wrong)
        self.assertEqual(run.code, FOUND)
        self.assertIn("b.vcf:7:24: error: line 7, INFO/AC: the value must be of type Integer [vcf-type]", run.out)
        run = Run("vcf", "validate", wrong, "--format", "json")
        self.assertEqual(json.loads(run.out)["resourceType"], "OperationOutcome")
        self.assertEqual(Run("vcf", "validate", self.file("c.vcf", "no VCF\n")).code, FAILED)
        self.assertEqual(Run("vcf", "info", wrong, "--region", "1:1-5").code, FAILED)

    def test_normalises(self):
        out = self.run_ok("vcf", "normalise", self.file("a.vcf", self.CALLS))
        self.assertIn("1\t100\trs1\tCA\tC\t50\tPASS\tAC=1\tGT\t1/0\n1\t100\trs1\tC\tCA\t50\tPASS\tAC=1\tGT\t0/1\n", out)
        self.assertEqual(Run("vcf", "normalise", self.file("a.vcf", self.CALLS), "--reference", "none.fa").code, FAILED)

    def test_makes_observations(self):
        calls = self.file("a.vcf", self.CALLS)
        out = self.run_ok("vcf", "to-fhir", calls, "--patient", "Patient/1")
        resources = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([one["resourceType"] for one in resources], ["Observation", "Observation", "DiagnosticReport"])
        self.assertEqual(resources[2]["result"][0]["reference"], "Observation/" + resources[0]["id"])
        self.run_ok("validate", self.file("out.ndjson", out))
        self.assertEqual(Run("vcf", "to-fhir", calls, "--patient", "1").code, USAGE)


def dicom(*elements) -> bytes:
    """A DICOM file in explicit VR, little endian, of (tag, VR, value)."""

    def element(tag, vr, value):
        value = value.encode() if isinstance(value, str) else value
        value += (b"\0" if vr in ("UI", "OB") else b" ") * (len(value) % 2)
        head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
        return head + (struct.pack("<HI", 0, len(value)) if vr in ("OB", "OW", "SQ", "UN", "UT") else struct.pack("<H", len(value))) + value

    meta = element(0x00020010, "UI", "1.2.840.10008.1.2.1")
    return b"\0" * 128 + b"DICM" + element(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + b"".join(element(*one) for one in elements)


class Dicom(ProgramTest):
    IMAGE = [
        (0x00080005, "CS", "ISO_IR 192"), (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), (0x00080018, "UI", "1.2.3.4"), (0x00080020, "DA", "20260131"),
        (0x00080030, "TM", "0930"), (0x00080060, "CS", "OT"), (0x00100010, "PN", "Wang^Li=王^丽"), (0x00100020, "LO", "4711"), (0x0020000D, "UI", "1.2.3"),
        (0x0020000E, "UI", "1.2.3.1"), (0x00200013, "IS", "1"), (0x00280002, "US", b"\1\0"), (0x00280004, "CS", "MONOCHROME2"), (0x00280010, "US", b"\2\0"),
        (0x00280011, "US", b"\3\0"), (0x00280100, "US", b"\x08\0"), (0x00280101, "US", b"\x08\0"), (0x00280102, "US", b"\7\0"), (0x00280103, "US", b"\0\0"),
        (0x7FE00010, "OB", b"abcdef"),
    ]  # fmt: skip

    def test_shows_what_a_file_holds(self):
        image = self.file("a.dcm", dicom(*self.IMAGE))
        out = self.run_ok("dicom", "info", image)
        self.assertIn("OT, Explicit VR Little Endian, 1 frame of 3 × 2, MONOCHROME2, 8 bits\n  patient   Wang^Li=王^丽, 4711\n", out)
        told = json.loads(self.run_ok("dicom", "info", image, "--format", "json"))
        self.assertEqual((told["rows"], told["columns"], told["studyUid"]), (2, 3, "1.2.3"))
        self.assertIn("(0010,0010) PN PatientName: Wang^Li=王^丽\n", self.run_ok("dicom", "dump", image))
        told = json.loads(self.run_ok("dicom", "dump", image, "--format", "json"))
        self.assertEqual(told["00100010"]["Value"], [{"Alphabetic": "Wang^Li", "Ideographic": "王^丽"}])

    def test_makes_imaging_studies(self):
        first = self.file("a.dcm", dicom(*self.IMAGE))
        second = self.file("b.dcm", dicom(*[(0x00080018, "UI", "1.2.3.5") if tag == 0x00080018 else (tag, vr, value) for tag, vr, value in self.IMAGE]))
        lines = self.run_ok("dicom", "to-fhir", second, first, first, "--zone", "Asia/Shanghai").splitlines()
        self.assertEqual(len(lines), 1)
        patient, study = (entry["resource"] for entry in json.loads(lines[0])["entry"])
        self.assertEqual(study["subject"]["reference"], "Patient/" + patient["id"])
        self.assertEqual(study["started"], "2026-01-31T09:30:00+08:00")
        self.assertEqual([instance["uid"] for instance in study["series"][0]["instance"]], ["1.2.3.4", "1.2.3.5"])
        resources = self.file("out.ndjson", self.run_ok("dicom", "to-fhir", first, "--format", "ndjson"))
        self.run_ok("validate", resources)

    def test_writes_other_transfer_syntaxes(self):
        image = self.file("a.dcm", dicom(*self.IMAGE))
        coded = self.file("coded.dcm", b"")
        self.run_ok("dicom", "convert", image, "--to", "rle", "--out", coded)
        self.assertIn("OT, RLE Lossless", self.run_ok("dicom", "info", coded))
        back = self.file("back.dcm", b"")
        self.run_ok("dicom", "convert", coded, "--out", back)
        self.assertEqual(self.run_ok("dicom", "dump", back, "--format", "json"), self.run_ok("dicom", "dump", image, "--format", "json"))
        self.assertEqual(Run("dicom", "convert", image, coded, "--out", back).code, USAGE)

    def test_shows_pictures_and_reports(self):
        image = self.file("a.dcm", dicom(*self.IMAGE))
        picture = self.folder / "a.png"
        self.run_ok("dicom", "render", image, "--window", "100", "3", "--out", picture)
        self.assertTrue(picture.read_bytes().startswith(b"\x89PNG\r\n"))
        self.assertEqual(Run("dicom", "render", image, "--frame", "2", "--out", picture).code, FOUND)
        name = (0x0040A043, "SQ", b"\xfe\xff\x00\xe0\x10\0\0\0\x08\0\x04\x01LO\x08\0Findings")
        report = self.file("r.dcm", dicom((0x00080016, "UI", "1.2"), (0x0040A040, "CS", "TEXT"), name, (0x0040A160, "UT", "none")))
        self.assertEqual(self.run_ok("dicom", "report", report), "Findings: none\n")
        self.assertEqual(Run("dicom", "report", image).code, FAILED)

    def test_refuses_what_is_damaged_and_goes_on(self):
        whole = dicom(*self.IMAGE)
        run = Run("dicom", "info", self.file("cut.dcm", whole[:-3]), self.file("a.dcm", whole))
        self.assertEqual(run.code, FOUND, run.err)
        self.assertIn("(7FE0,0010): a length of 6 bytes is announced, 3 are left", run.err)
        self.assertIn("a.dcm: OT", run.out)
        self.assertEqual(Run("dicom", "info", "no-such.dcm").code, FAILED)

    def test_sends_objects_to_a_peer_once_and_as_a_load(self):
        if not shutil.which("storescp"):
            self.skipTest("DCMTK's tools are not installed (package dcmtk)")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        kept = os.path.join(self.folder, "kept")
        os.mkdir(kept)
        image = self.file("sent.dcm", dicom(*self.IMAGE))
        peer = subprocess.Popen(["storescp", "--fork", "-aet", "KEEPER", "-od", kept, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while peer.poll() is None:
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
            to = ["--to", f"127.0.0.1:{port}", "--called", "KEEPER"]
            self.assertRegex(self.run_ok("dicom", "echo", *to), r"^0000 after [0-9.]+ ms\n$")
            self.assertEqual(self.run_ok("dicom", "send", image, *to), "0000 1.2.3.4\n")
            report = self.run_ok("dicom", "send", image, *to, "--connections", "2", "--times", "10")
            self.assertRegex(report, r"^10 objects in [0-9.]+ s: ")
            self.assertTrue(report.endswith("\n0000 10\n"), report)
            self.assertEqual(len(os.listdir(kept)), 10, "the first time as it is, then as nine other instances")
            for name in os.listdir(kept):
                self.assertIn("OT, Explicit VR Little Endian", self.run_ok("dicom", "info", os.path.join(kept, name)))
        finally:
            peer.kill()
            peer.wait()

    def test_the_archive_takes_finds_gives_and_forgets(self):
        image = dicom(*self.IMAGE)
        study = self.folder / "study"
        study.mkdir()
        (study / "a.dcm").write_bytes(image)
        (study / "cut.dcm").write_bytes(image[:-3])
        place = ("--data", self.folder / "images")
        run = Run("dicom", "store", study, *place)
        self.assertEqual((run.code, run.out), (FOUND, "1 object stored, 1 refused\n"), run.err)
        self.assertIn("cut.dcm: (7FE0,0010): a length of 6 bytes is announced, 3 are left", run.err)
        self.assertEqual(self.run_ok("dicom", "store", study / "a.dcm", *place), "1 object stored, 0 refused\n")  # again
        found = self.run_ok("dicom", "find", "PatientName=wang*", *place).splitlines()
        self.assertEqual(found[0].split(), ["DATE", "TIME", "PATIENT", "ID", "MODALITIES", "SERIES", "INSTANCES", "DESCRIPTION", "STUDY"])
        self.assertEqual((len(found), found[1].split()[-1]), (2, "1.2.3"))
        self.assertIn("Wang^Li=王^丽", found[1])
        told = json.loads(self.run_ok("dicom", "find", "--level", "instance", "--format", "json", *place))
        self.assertEqual([one["00080018"]["Value"] for one in told], [["1.2.3.4"]])
        self.assertEqual(Run("dicom", "find", "PatientID=nobody", *place).code, FOUND)
        self.assertEqual(Run("dicom", "find", "PatientID", *place).code, USAGE)
        self.assertEqual(Run("dicom", "find", "--level", "frame", *place).code, USAGE)
        self.assertIn("cannot be looked for", Run("dicom", "find", "PixelData=1", *place).err)
        out = self.folder / "out"
        self.assertEqual(self.run_ok("dicom", "fetch", "--study", "1.2.3", "--out", out, *place), "1 object fetched\n")
        (file,) = out.rglob("*.dcm")
        self.assertEqual(file.read_bytes(), image)
        self.assertEqual(Run("dicom", "fetch", "--study", "1.2.9", "--out", out, *place).code, FOUND)
        self.assertEqual(Run("dicom", "fetch", "--study", "../x", "--out", out, *place).code, USAGE)
        self.assertEqual(self.run_ok("dicom", "remove", "--study", "1.2.3", *place), "removed\n")
        self.assertEqual(Run("dicom", "remove", "--study", "1.2.3", *place).code, FOUND)

    def test_every_readable_file_of_the_collections_comes_back_bit_for_bit(self):
        shared = os.environ.get("MERIDIAN_SHARED_DATA")
        if not shared or not os.path.isdir(os.path.join(shared, "dicom")) or not shutil.which("zstd"):
            self.skipTest("the DICOM files are not here: dicom/*.tar.zst")
        files = self.folder / "files"
        for archive in sorted(pathlib.Path(shared, "dicom").glob("*.tar.zst")):
            target = files / archive.name.split(".")[0]
            target.mkdir(parents=True)
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", target], check=True)
        place = ("--data", self.folder / "images")
        run = Run("dicom", "store", files, *place)
        stored = int(run.out.split()[0])
        refused = run.err.splitlines()
        self.assertEqual(stored + len(refused), sum(1 for file in files.rglob("*") if file.is_file()))
        self.assertGreater(stored, 200)
        reasons = ("another object has this", "that is a UID", "neither a preamble", "are left", "no DICOM file")
        self.assertEqual([line for line in refused if not any(reason in line for reason in reasons)], [])
        studies = json.loads(self.run_ok("dicom", "find", "--format", "json", *place))
        out = self.folder / "out"
        for study in studies:
            self.run_ok("dicom", "fetch", "--study", study["0020000D"]["Value"][0], "--out", out, *place)
        for file in files.rglob("*.zst"):  # packed files are unpacked on their way in
            subprocess.run(["zstd", "-q", "-d", "--rm", file], check=True)
        known = {file.read_bytes() for file in files.rglob("*") if file.is_file()}
        fetched = list(out.rglob("*.dcm"))
        # The collections have the same file under several names.
        self.assertEqual(len(fetched), sum(int(study["00201208"]["Value"][0]) for study in studies))
        for file in fetched:
            self.assertTrue(file.read_bytes() in known, file)

    def test_says_why_nothing_was_sent(self):
        image = self.file("sent.dcm", dicom(*self.IMAGE))
        run = Run("dicom", "send", image, "--to", "127.0.0.1:1")
        self.assertEqual(run.code, FAILED)
        self.assertIn("connecting", run.err)
        run = Run("dicom", "send", self.file("no.dcm", "nothing"), "--to", "127.0.0.1:1")
        self.assertEqual(run.code, FAILED)
        self.assertIn("there is no DICOM object to send", run.err)
        self.assertIn("takes HOST:PORT", Run("dicom", "echo", "--to", "nowhere").err)
        self.assertIn("1 to 16 characters", Run("dicom", "echo", "--to", "localhost:104", "--called", "A" * 17).err)


class CommandLine(ProgramTest):
    def test_explains_itself(self):
        self.assertIn("meridian validate", self.run_ok("help"))
        self.assertIn("--package", self.run_ok("help", "validate"))
        self.assertIn("--package", self.run_ok("validate", "--help"))
        self.assertRegex(self.run_ok("version"), r"^meridian \d+\.\d+\.\d+\n")
        self.assertEqual(self.run_ok("--version"), self.run_ok("version"))

    def test_answers_mistakes_with_code_2_and_what_to_write_instead(self):
        for words, hint in [
            ((), "Start here"),
            (("validat", "x"), "did you mean validate?"),
            (("validate",), "FILE is required"),
            (("convert", "x", "--to", "yaml"), 'takes json|xml, not "yaml"'),
            (("validate", "x", "--threads", "9999"), "takes a number up to 256"),
            (("completion", "csh"), "bash, zsh and fish"),
            (("config", "explain", "http.prt"), "there is no setting"),
            (("validate", "x", "--set", "http.port=high"), "whole number"),
            (("help", "nonsense"), "there is no command"),
        ]:
            with self.subTest(words=words):
                run = Run(*words)
                self.assertEqual((run.code, run.out), (USAGE, ""))
                self.assertIn(hint, run.err)

    def test_completes_commands_in_each_shell(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("fhirpath", self.run_ok("completion", shell))

    def test_documents_every_setting(self):
        self.assertIn("8080", self.run_ok("config", "explain", "http.port"))
        self.assertIn("9090", self.run_ok("config", "explain", "http.port", env={"MERIDIAN_HTTP_PORT": "9090"}))
        page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
        self.assertEqual(
            page, self.run_ok("config", "explain", "--markdown"),
            "docs/configuration.md is old; write it with: meridian config explain --markdown > docs/configuration.md",
        )

    def test_notices_that_its_output_does_not_arrive(self):
        patient = self.file("p.json", PATIENT)
        for words in (
            ["help"], ["version"], ["completion", "bash"], ["config", "explain"], ["validate", patient],
            ["fhirpath", "id", patient], ["inspect", patient], ["convert", patient, "--to", "xml"],
        ):
            with self.subTest(command=words[0]), open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, *map(str, words)], stdout=full, stderr=subprocess.PIPE, timeout=60)
                self.assertEqual(done.returncode, FAILED)
                self.assertIn(b"No space left", done.stderr)

    def test_stops_quietly_when_its_reader_goes(self):
        many = self.file("many.ndjson", self.patient_lines(20_000))
        with subprocess.Popen([PROGRAM, "fhirpath", "id", many], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            self.assertEqual(running.stdout.readline(), b"p0\n")
            running.stdout.close()
            self.assertEqual(running.stderr.read(), b"")
            self.assertEqual(running.wait(60), -signal.SIGPIPE)


class Fhirpath(ProgramTest):
    def test_writes_a_result_a_line(self):
        patient = self.file("p.json", PATIENT)
        self.assertEqual(self.run_ok("fhirpath", "name.given", patient), "Xiaoming\nLei\n")
        self.assertEqual(self.run_ok("fhirpath", "'a\nb'", patient), "a\\nb\n")

    def test_writes_an_array_a_file_as_json(self):
        patient = self.file("p.json", PATIENT)
        lines = self.run_ok("fhirpath", "name.given | 1.50", patient, patient, "--format", "json").splitlines()
        expected = [
            {"type": "FHIR.string", "value": "Xiaoming"},
            {"type": "FHIR.string", "value": "Lei"},
            {"type": "System.Decimal", "value": 1.50},
        ]
        self.assertEqual([json.loads(line) for line in lines], [expected, expected])
        self.assertIn("1.50", lines[0])

    def test_points_at_the_fault_of_an_expression(self):
        patient = self.file("p.json", PATIENT)
        run = Run("fhirpath", "name.givn", patient)
        self.assertEqual((run.code, run.out), (FOUND, ""))
        self.assertRegex(run.err, r'error: .*"givn"\nname.givn\n     \^\n$')
        self.assertIn("表达式", Run("fhirpath", "name.", patient, "--lang", "zh").err)
        self.assertIn("表达式", Run("fhirpath", "name.", patient, env={"LC_ALL": "zh_CN.UTF-8"}).err)

    def test_says_where_an_evaluation_failed_and_goes_on(self):
        lines = self.file("two.ndjson", self.patient_lines(1) + b'{"resourceType":"Patient","id":"p1","name":[{"given":["x"]}]}\n')
        run = Run("fhirpath", "name.given.single()", lines)
        self.assertEqual((run.code, run.out), (FOUND, "x\n"))
        self.assertIn("two.ndjson:1:1: error: ", run.err)

    def test_prints_the_plan(self):
        self.assertIn("name.given", self.run_ok("fhirpath", "--explain", "Patient.name.given"))

    def test_knows_profiles_for_conforms_to(self):
        patient = self.file("p.json", PATIENT)
        nameless = self.file("nameless.json", {key: value for key, value in PATIENT.items() if key != "name"})
        profile = self.file("profile.json", PROFILE)
        expression = f"conformsTo('{PROFILE['url']}')"
        self.assertEqual(self.run_ok("fhirpath", expression, patient, nameless, "--profile", profile), "true\nfalse\n")
        base = "conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')"
        self.assertEqual(self.run_ok("fhirpath", base, patient), "true\n")
        run = Run("fhirpath", expression, patient)
        self.assertEqual((run.code, run.out), (FOUND, ""))
        self.assertIn("no such profile", run.err)

    def test_keeps_an_array_for_each_file_whatever_is_wrong_with_it(self):
        files = [self.file("broken.json", '{"resourceType":"Patient",'), self.file("empty.json", b""), self.folder / "none"]
        run = Run("fhirpath", "id", *files, self.file("p.json", PATIENT), "--format", "json")
        self.assertEqual(run.code, FAILED)
        self.assertEqual(run.out, '[]\n[]\n[]\n[{"type":"FHIR.id","value":"example"}]\n')
        self.assertIn("there is no resource", run.err)
        self.assertIn("No such file", run.err)


class EveryFile(ProgramTest):
    """Whatever form a file has, all commands read it."""

    def test_reads_json_xml_ndjson_gzip_zstd_and_standard_input(self):
        bare = json.dumps(PATIENT).encode()
        for name, content, ids in [
            ("p.json", bare, ["example"]),
            ("p.xml", PATIENT_XML.encode(), ["example"]),
            ("bom.json", b"\xef\xbb\xbf" + bare, ["example"]),
            ("p.json.gz", gzip.compress(bare), ["example"]),
            ("p.xml.gz", gzip.compress(PATIENT_XML.encode()), ["example"]),
            ("no-extension", ZSTD, ["zst"]),
            ("three.ndjson", self.patient_lines(3), ["p0", "p1", "p2"]),
            ("three.ndjson.gz", gzip.compress(self.patient_lines(3)), ["p0", "p1", "p2"]),
        ]:
            with self.subTest(file=name):
                path = self.file(name, content)
                self.assertEqual(self.run_ok("fhirpath", "id", path).split(), ids)
                self.assertEqual(self.run_ok("fhirpath", "id", "-", stdin=content).split(), ids)
                self.assertEqual(self.run_ok("fhirpath", "id", stdin=content).split(), ids)
                self.assertIn("FHIR R4 resource", self.run_ok("inspect", path))
                self.assertIn("FHIR R4 resource", self.run_ok("inspect", "-", stdin=content))
                self.assertIn('"resourceType"', self.run_ok("convert", path, "--to", "json"))
                self.assertIn(f"{len(ids)} resource", Run("validate", path).out)

    def test_says_what_is_wrong_with_a_file_that_is_none(self):
        cut = self.file("cut.gz", gzip.compress(json.dumps(PATIENT).encode())[:60])
        for path, words in [
            (self.folder / "none.json", "No such file"), (self.folder, "is a folder"), (cut, "the gzip stream is cut off"),
        ]:
            for command in (["validate"], ["inspect"], ["fhirpath", "id"], ["convert", "--to", "xml"]):
                with self.subTest(path=path, command=command[0]):
                    run = Run(*command, path)
                    self.assertEqual(run.code, FAILED)
                    self.assertIn(words, run.err)
                    self.assertEqual(run.err.count(str(path)), 1, run.err)

    def test_finds_no_resource_in_an_empty_file(self):
        for command in (["validate"], ["fhirpath", "id"], ["convert", "--to", "xml"]):
            for content in (b"", b" \n\n"):
                with self.subTest(command=command[0], content=content):
                    run = Run(*command, self.file("empty", content))
                    self.assertEqual(run.code, FOUND)
                    self.assertIn("there is no resource in it", run.out + run.err)

    def test_survives_a_million_brackets(self):
        deep = self.file("deep.json", b'{"resourceType":"Patient","x":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}")
        for command in (["validate"], ["inspect"], ["fhirpath", "id"], ["convert", "--to", "xml"]):
            self.assertEqual(Run(*command, deep).code, FOUND)


class Validate(ProgramTest):
    def test_says_nothing_of_a_good_resource(self):
        path = self.file("p.json", PATIENT)
        self.assertEqual(self.run_ok("validate", path), f"{path}: 1 resource, 0 errors, 0 warnings\n")

    def test_says_what_is_wrong_where(self):
        path = self.file("bad.json", FAULTY)
        run = Run("validate", path)
        self.assertEqual(run.code, FOUND)
        self.assertIn(f'{path}:3:13: error: Patient.gender: the code "mail"', run.out)
        self.assertIn(f'{path}:4:16: error: Patient.birthDate: "1974-13-25" is not a date', run.out)
        self.assertIn(f"{path}: 1 resource, 2 errors, ", run.out)
        xml = Run("validate", self.file("bad.xml", PATIENT_XML))
        self.assertEqual(xml.code, FOUND)
        self.assertRegex(xml.out, r"bad.xml:5:\d+: error: Patient.birthDate")

    def test_speaks_chinese(self):
        run = Run("validate", self.file("bad.json", FAULTY), "--lang", "zh")
        self.assertEqual(run.code, FOUND)
        self.assertIn("错误: Patient.birthDate: “1974-13-25”不是日期", run.out)
        self.assertIn("1 个资源，2 个错误", run.out)

    def test_writes_an_operation_outcome_a_file(self):
        files = [self.file("bad.json", FAULTY), self.file("p.json", PATIENT), self.folder / "none.json"]
        run = Run("validate", *files, "--format", "json")
        self.assertEqual(run.code, FAILED)
        outcomes = [json.loads(line) for line in run.out.splitlines()]
        self.assertEqual([outcome["resourceType"] for outcome in outcomes], ["OperationOutcome"] * 3)
        errors = [issue for issue in outcomes[0]["issue"] if issue["severity"] == "error"]
        self.assertEqual([issue["expression"] for issue in errors], [["Patient.gender"], ["Patient.birthDate"]])
        self.assertEqual(outcomes[1]["issue"][0]["severity"], "information")
        self.assertEqual(outcomes[2]["issue"][0]["severity"], "fatal")

    def test_keeps_the_order_of_the_file_with_several_threads(self):
        count = 20_000
        lines = b"".join(b'{"resourceType":"Patient","id":"p%d","gender":"%s"}\n' % (i, b"x" if i % 100 == 0 else b"male") for i in range(count))
        path = self.file("many.ndjson", lines)
        outputs = [Run("validate", path, "--threads", threads) for threads in (1, 4)]
        self.assertEqual([run.code for run in outputs], [FOUND, FOUND])
        self.assertEqual(outputs[0].out, outputs[1].out)
        places = [int(place) for place in re.findall(r"ndjson:(\d+):\d+: error: Patient.gender", outputs[1].out)]
        self.assertEqual(places, list(range(1, count, 100)))
        self.assertIn("20,000 resources, 200 errors", outputs[1].out)

    def test_counts_what_it_does_not_show(self):
        path = self.file("bad.json", FAULTY)
        run = Run("validate", path, "--set", "validation.issues=1")
        self.assertIn("2 more issues are counted, but not shown", run.out)
        self.assertIn("2 errors", run.out)

    def test_knows_profiles_from_files_and_packages(self):
        nameless = self.file("nameless.json", {**PATIENT, "name": []} | {"name": [{"family": "Wang"}]})
        nameless.write_text(json.dumps({key: value for key, value in PATIENT.items() if key != "name"}))
        profile = self.file("profile.json", PROFILE)
        package = self.folder / "package.tgz"
        with tarfile.open(package, "w:gz") as archive:
            for name, content in [("package.json", {"name": "example", "version": "1.0.0"}), ("profile.json", PROFILE)]:
                data = json.dumps(content).encode()
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        url = PROFILE["url"]
        self.run_ok("validate", nameless)
        self.run_ok("validate", self.file("p.json", PATIENT), "--profile", profile)
        for words in (
            ["--profile", profile],
            ["--package", package, "--profile", url],
            ["--profile", url, "--set", f"validation.packages={package}"],
        ):
            with self.subTest(words=words):
                run = Run("validate", nameless, *words)
                self.assertEqual(run.code, FOUND, run.out + run.err)
                self.assertRegex(run.out, r"error: Patient.*name")
        self.assertIn("npm package", self.run_ok("inspect", package))

    def test_refuses_profiles_that_it_does_not_have(self):
        patient = self.file("p.json", PATIENT)
        for words, hint in [
            (["--profile", self.folder / "none.json"], "there is no such file"),
            (["--profile", "http://example.org/unknown"], "nothing is fetched"),
            (["--profile", patient], "must be a StructureDefinition"),
            (["--package", self.folder / "none.tgz"], "No such file"),
            (["--package", patient], "no StructureDefinition"),
        ]:
            with self.subTest(words=words):
                run = Run("validate", patient, *words)
                self.assertEqual((run.code, run.out), (FAILED, ""))
                self.assertIn(hint, run.err)


class Convert(ProgramTest):
    def test_takes_a_resource_to_xml_and_back(self):
        path = self.file("p.json", json.dumps(PATIENT)[:-1] + ',"multipleBirthInteger":2}')
        xml = self.file("p.xml", self.run_ok("convert", path, "--to", "xml"))
        self.assertEqual(self.run_ok("convert", xml, "--to", "json", "--style", "compact").strip(),
                         self.run_ok("convert", path, "--to", "json", "--style", "compact").strip())
        canonical = self.run_ok("convert", path, "--to", "json", "--style", "canonical")
        self.assertTrue(canonical.startswith('{"resourceType":"Patient","id":"example"'))

    def test_writes_a_file_only_when_it_is_whole(self):
        out = self.folder / "out.xml"
        self.run_ok("convert", self.file("p.json", PATIENT), "--to", "xml", "--out", out)
        self.assertIn("<Patient", out.read_text())
        out.chmod(0o600)
        self.run_ok("convert", self.file("p.json", PATIENT), "--to", "json", "--out", out)
        self.assertEqual(out.stat().st_mode & 0o777, 0o600)
        other = self.folder / "other.xml"
        self.assertEqual(Run("convert", self.file("bad", "{"), "--to", "xml", "--out", other).code, FOUND)
        self.assertEqual(Run("convert", self.file("p.json", PATIENT), "--to", "xml", "--out", "/no/where").code, FAILED)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["bad", "out.xml", "p.json"])

    def test_writes_into_a_pipe_without_replacing_it(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        patient = self.file("p.json", PATIENT)
        with subprocess.Popen([PROGRAM, "convert", patient, "--to", "xml", "--out", pipe]) as running:
            self.assertIn("<Patient", pipe.read_text())
            self.assertEqual(running.wait(60), OK)
        self.assertTrue(pipe.is_fifo())

    def test_keeps_the_lines_of_ndjson(self):
        path = self.file("three.ndjson", self.patient_lines(2) + b'{"resourceType":"Pat\n' + self.patient_lines(1))
        run = Run("convert", path, "--to", "json")
        self.assertEqual(run.code, FOUND)
        self.assertEqual([json.loads(line)["id"] for line in run.out.splitlines()], ["p0", "p1", "p0"])
        self.assertIn("three.ndjson:3:", run.err)
        self.assertEqual(Run("convert", path, "--to", "xml").code, FAILED)


ADMISSION = (
    b"MSH|^~\\&|HIS|WARD|LAB|LIS|20260101||ADT^A01^ADT_A01|77|P|2.5.1\rEVN||20260101\r"
    b"PID|1||123^^^MR~456||Wang^Xiao\\T\\ming||19741225|M\rPV1|1|I\rIN1|1|P|C\rZPI|own\r"
)


SUMMARY = """<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="1.2.3" extension="D1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title><effectiveTime value="20240501"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="1.2.5" extension="88"/><patient><name><given>Jane</given><family>Doe</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19800102"/></patient></patientRole></recordTarget>
<author><time value="20240501"/><assignedAuthor><id root="1.2.6" extension="7"/></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.7"/><name>Hospital</name></representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody><component><section><code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title>
<text><content ID="p1">High pressure</content></text>
<entry><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4"/><id root="1.2.8" extension="1"/>
<code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><text><reference value="#p1"/></text><statusCode code="completed"/>
<effectiveTime><low value="2020"/></effectiveTime><value xsi:type="CD" code="38341003" codeSystem="2.16.840.1.113883.6.96" displayName="Hypertension"/>
</observation></entry></section></component></structuredBody></component></ClinicalDocument>
"""


class Cda(ProgramTest):
    def test_shows_documents_as_trees(self):
        path = self.file("a.xml", SUMMARY)
        out = self.run_ok("cda", "parse", path)
        self.assertIn("document: Summary\n", out)
        self.assertIn("  patient: Jane Doe, F, born 19800102", out)
        self.assertIn("section: Problems · 11450-4\n  | High pressure\n  observation 55607006 = Hypertension (38341003) @ 2020 .. ", out)
        self.assertIn("患者", self.run_ok("cda", "parse", "--lang", "zh", path))
        shown = json.loads(self.run_ok("cda", "parse", path, "--format", "json"))
        self.assertEqual(shown["sections"][0]["entries"][0]["values"], ["Hypertension (38341003)"])

    def test_says_what_is_wrong_with_documents(self):
        self.assertRegex(self.run_ok("cda", "validate", self.file("a.xml", SUMMARY)), r"a.xml: 0 errors, 0 warnings")
        run = Run("cda", "validate", self.file("b.xml", SUMMARY.replace('value="2020"', 'value="May"')))
        self.assertEqual(run.code, FOUND)
        self.assertIn('section/entry/observation/effectiveTime/low: "May" is not a point in time [cda-bad-time]', run.out)
        run = Run("cda", "validate", self.file("c.xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><ClinicalDocument>&b;</ClinicalDocument>"))
        self.assertEqual(run.code, FOUND)
        self.assertIn("xml-doctype", run.out)
        self.assertEqual(Run("cda", "validate", os.path.join(self.folder, "none.xml")).code, FAILED)

    def test_makes_resources_of_documents(self):
        path = self.file("a.xml", SUMMARY)
        bundle = json.loads(self.run_ok("cda", "to-fhir", path))
        by_type = {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}
        self.assertEqual(by_type["Patient"]["name"][0]["family"], "Doe")
        self.assertEqual(by_type["Condition"]["code"]["coding"][0]["code"], "38341003")
        self.assertEqual(by_type["Condition"]["subject"]["reference"], "Patient/" + by_type["Patient"]["id"])
        self.assertIn("High pressure", by_type["Composition"]["section"][0]["text"]["div"])
        lines = self.run_ok("cda", "to-fhir", path, "--format", "ndjson")
        self.assertEqual({json.loads(line)["resourceType"] for line in lines.splitlines()}, set(by_type))
        self.assertEqual(Run("validate", self.file("resources.ndjson", lines)).code, OK)
        run = Run("cda", "to-fhir", self.file("b.xml", "MSH|"))
        self.assertEqual(run.code, FOUND)
        self.assertIn("xml-not-well-formed", run.err)

    def test_makes_documents_of_resources(self):
        resources = self.run_ok("cda", "to-fhir", self.file("a.xml", SUMMARY), "--format", "ndjson")
        claim = json.dumps({"resourceType": "Claim", "id": "c", "status": "active"})
        path = self.file("patient.ndjson", resources + claim + "\n")
        out = os.path.join(self.folder, "out.xml")
        report = os.path.join(self.folder, "report.json")
        for kind, template in (("ccd", "2.16.840.1.113883.10.20.22.1.2"), ("ips", "2.16.840.1.113883.10.22.1.1")):
            run = Run("cda", "from-fhir", path, "--as", kind, "--out", out, "--report", report)
            self.assertEqual(run.code, OK, run.err)
            self.assertIn("Claim: no section takes it (1 times) [mapping-resource-not-said]", run.err)
            with open(report, encoding="utf-8") as file:
                self.assertIn("Claim", file.read())
            with open(out, encoding="utf-8") as file:
                self.assertIn(template, file.read())
            self.assertRegex(self.run_ok("cda", "validate", out), "0 errors, 0 warnings")
            lines = [json.loads(line) for line in self.run_ok("cda", "to-fhir", out, "--format", "ndjson").splitlines()]
            conditions = [r for r in lines if r["resourceType"] == "Condition"]
            self.assertIn("38341003", [c["coding"][0]["code"] for c in (r["code"] for r in conditions) if "coding" in c])
        told = Run("cda", "from-fhir", path, "--id", "4adc1020-7b14-11db-9fe1-0800200c9a66", "--time", "2024-05-01").out
        self.assertIn('<id root="4adc1020-7b14-11db-9fe1-0800200c9a66"/>', told)
        self.assertIn('<effectiveTime value="20240501"/>', told)
        run = Run("cda", "from-fhir", self.file("b.ndjson", claim + "\n" + claim + "\n"))
        self.assertEqual(run.code, FAILED)
        self.assertIn("the Bundle has no such Patient", run.err)


class Hl7(ProgramTest):
    def test_makes_resources_of_messages(self):
        path = self.file("a.hl7", "MSH|^~\\&|HIS|W|LAB|L|20260101120000||ADT^A01^ADT_A01|77|P|2.5.1\rEVN||20260101120000\r"
                                  "PID|1||123^^^HOSP^MR||王^小明||19740325|M\rPV1|1|I|W1^12^1^HOSP|||||||||||||||V9^^^HOSP\rZZZ|1|own\r")
        bundle = json.loads(self.run_ok("hl7", "to-fhir", path, "--zone", "Asia/Shanghai"))
        self.assertEqual(bundle["type"], "transaction")
        by_type = {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}
        self.assertEqual(by_type["Patient"]["name"][0]["family"], "王")
        self.assertEqual(by_type["Patient"]["birthDate"], "1974-03-25")
        self.assertEqual(by_type["Encounter"]["status"], "in-progress")
        self.assertEqual(by_type["Encounter"]["subject"]["reference"], "Patient/" + by_type["Patient"]["id"])
        lines = self.run_ok("hl7", "to-fhir", path, "--format", "ndjson").splitlines()
        self.assertEqual({json.loads(line)["resourceType"] for line in lines}, set(by_type))
        self.assertEqual({json.loads(line)["id"] for line in lines}, {one["id"] for one in (entry["resource"] for entry in bundle["entry"])})
        coverage = self.run_ok("hl7", "to-fhir", path, "--coverage")
        self.assertRegex(coverage, r"PID-5 +mapped 1")
        self.assertRegex(coverage, r"ZZZ")
        checked = self.file("resources.ndjson", "\n".join(lines))
        self.assertEqual(Run("validate", checked).code, OK)
        self.assertEqual(Run("hl7", "to-fhir", path, "--zone", "Nowhere/City").code, FAILED)

    def test_shows_messages_by_groups_and_paths(self):
        out = self.run_ok("hl7", "parse", self.file("a.hl7", ADMISSION))
        self.assertIn("message 1 at line 1: ADT^A01^ADT_A01, version 2.5.1, control id 77\n", out)
        self.assertIn("    PID-3[1].4 Patient Identifier List: MR\n", out)
        self.assertIn("    PID-5.2 Patient Name: Xiao&ming\n", out)
        self.assertIn("  INSURANCE\n    IN1\n", out)
        self.assertIn("消息 1（第 1 行）", self.run_ok("hl7", "parse", "--lang", "zh", self.file("a.hl7", ADMISSION)))

    def test_shows_messages_as_json_a_line_each(self):
        lines = self.run_ok("hl7", "parse", self.file("a.hl7", ADMISSION * 2), "--format", "json").splitlines()
        message = json.loads(lines[1])
        self.assertEqual((message["message"], message["line"], message["trigger"]), (2, 7, "A01"))
        insurance = next(each for each in message["segments"] if each["name"] == "IN1")
        self.assertEqual((insurance["group"], insurance["values"]["IN1-3"]), ("INSURANCE", "C"))

    def test_gives_the_values_at_a_path(self):
        message = self.file("a.hl7", ADMISSION)
        self.assertEqual(self.run_ok("hl7", "parse", message, "--path", "PID-3[*].1"), "123\n456\n")
        self.assertEqual(self.run_ok("hl7", "parse", message, "--path", "PID-5.2", "--format", "json"), '["Xiao&ming"]\n')
        run = Run("hl7", "parse", message, "--path", "PID-x")
        self.assertEqual((run.code, run.out), (USAGE, ""))
        self.assertIn("column 5", run.err)

    def test_reads_compressed_files_standard_input_and_other_character_sets(self):
        for content in (ADMISSION, gzip.compress(ADMISSION)):
            self.assertEqual(self.run_ok("hl7", "parse", "-", "--path", "MSH-10", stdin=content), "77\n")
        chinese = ADMISSION.replace(b"Wang", "张".encode("gb18030"))
        run = Run("hl7", "parse", self.file("c.hl7", chinese), "--path", "PID-5.1")
        self.assertEqual((run.code, run.out), (OK, "张\n"))
        self.assertIn("MSH-18 does not say", run.err)
        self.assertEqual(self.run_ok("hl7", "parse", self.file("c.hl7", chinese), "--path", "PID-5.1", "--charset", "GBK"), "张\n")
        self.assertEqual(Run("hl7", "parse", "x", "--charset", "klingon").code, USAGE)

    def test_validates_by_version_and_profile(self):
        self.assertRegex(self.run_ok("hl7", "validate", self.file("a.hl7", ADMISSION)), r"a.hl7: 1 message, 0 errors, \d+ warning")
        faulty = self.file("b.hl7", ADMISSION + ADMISSION.replace(b"19741225", b"yesterday").replace(b"PV1|1|I\r", b""))
        run = Run("hl7", "validate", faulty)
        self.assertEqual(run.code, FOUND)
        self.assertRegex(run.out, r"b.hl7:9:\d+: error: PID-7.1: not a value of the data type DTM \[hl7-not-of-type\]")
        self.assertIn("PV1: PV1 is required in ADT_A01", run.out)
        outcome = json.loads(Run("hl7", "validate", faulty, "--format", "json").out)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")
        profile = self.file("p.xml", (
            '<HL7v2xConformanceProfile HL7Version="2.5"><HL7v2xStaticDef MsgType="ADT" EventType="A01" MsgStructID="ADT_A01">'
            '<Segment Name="MSH" Usage="R" Min="1" Max="1"/></HL7v2xStaticDef></HL7v2xConformanceProfile>'
        ))
        self.assertIn("hl7-profile-not-supported", Run("hl7", "validate", faulty, "--profile", profile).out)
        self.assertEqual(Run("hl7", "validate", faulty, "--profile", faulty).code, FAILED)

    def test_answers_messages(self):
        accepted = self.run_ok("hl7", "ack", self.file("a.hl7", ADMISSION))
        self.assertRegex(accepted, r"^MSH\|\^~\\&\|LAB\|LIS\|HIS\|WARD\|\d{14}\+0000\|\|ACK\^A01\^ACK\|[\d.]+\|P\|2.5.1\rMSA\|AA\|77\r")
        run = Run("hl7", "ack", self.file("b.hl7", ADMISSION.replace(b"PV1|1|I\r", b"")), "--stage", "accept")
        self.assertEqual(run.code, FOUND)
        self.assertIn("\rMSA|CE|77\rERR||PV1^1|101^Required field missing^HL70357|E|", run.out)

    def test_says_what_is_no_message(self):
        for task in ("parse", "validate", "ack"):
            self.assertEqual(Run("hl7", task, self.file("x", "hello")).code, FOUND)
            self.assertEqual(Run("hl7", task, self.folder / "none").code, FAILED)
        self.assertIn("there is no HL7 v2 message", Run("hl7", "validate", self.file("x", "hello")).out)
        self.assertIn("required", Run("hl7", "parse").err)

    def test_is_known_to_inspect(self):
        out = self.run_ok("inspect", self.file("a.hl7", ADMISSION * 3))
        self.assertIn("HL7 v2 with 3 messages", out)
        self.assertRegex(out, r"ADT\^A01 +3\n")
        self.assertIn("versions: 2.5.1", out)


class Inspect(ProgramTest):
    def test_says_in_words_what_a_file_is(self):
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": PATIENT}]}
        for name, content, words in [
            ("a", json.dumps(PATIENT).encode(), "FHIR R4 resource Patient/example in JSON"),
            ("b", PATIENT_XML.encode(), "FHIR R4 resource Patient/example in XML"),
            ("c", json.dumps(bundle).encode(), "collection with 2 entries"),
            ("d", self.patient_lines(1234), "NDJSON with 1,234 FHIR R4 resources"),
            ("e", b"\0" * 128 + b"DICM" + b"\0" * 100, "DICOM object"),
            ("f", b"MSH|^~\\&|LAB|\r", "HL7 v2 with 1 message"),
            ("g", b"", "empty file"),
            ("h", b"\x01\x02\x00", "not recognised"),
            ("i", gzip.compress(b"%PDF-1.7"), "PDF document"),
        ]:
            with self.subTest(words=words):
                self.assertIn(words, self.run_ok("inspect", self.file(name, content)))
        self.assertIn("NDJSON，含 3 个", self.run_ok("inspect", "--lang", "zh", self.file("z", self.patient_lines(3))))

    def test_exits_1_when_no_resource_can_be_read(self):
        run = Run("inspect", self.file("x.json", '{"a":1}'))
        self.assertEqual(run.code, FOUND)
        self.assertIn("no FHIR resource", run.out)


class OnATerminal(ProgramTest):
    def test_shows_progress_of_long_work_and_wipes_it(self):
        lines = self.patient_lines(2_000)
        watched, terminal = pty.openpty()
        running = subprocess.Popen([PROGRAM, "validate", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=terminal)
        os.close(terminal)
        seen, give_up = b"", time.monotonic() + 30
        while b"items/s" not in seen and time.monotonic() < give_up:  # work goes on until progress was seen
            running.stdin.write(lines)
            if select.select([watched], [], [], 0)[0]:
                seen += os.read(watched, 4096)
        running.stdin.close()
        self.assertEqual(running.wait(60), OK)
        while select.select([watched], [], [], 0)[0]:
            try:
                seen += os.read(watched, 4096)
            except OSError:  # the terminal is closed
                break
        os.close(watched)
        self.assertIn(b"validating  ", seen)
        self.assertTrue(seen.endswith(b"\r\x1b[K"), seen[-100:])


class ServerTest(ProgramTest):
    """Starts a server on a free port and finds it by the address that it prints."""

    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"

    def start(self, *words, **more):
        running = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(self.data), "--port", "0", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
        )

        def stop():
            if running.poll() is None:
                running.kill()
            running.communicate()

        self.addCleanup(stop)
        line = running.stdout.readline()
        match = re.search(r"listens on (https?)://127\.0\.0\.1:(\d+), data in ", line)
        self.assertTrue(match, line + ("" if running.poll() is None else running.stderr.read()))
        self.port = int(match[2])
        return running

    def ask(self, method: str, path: str, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        if isinstance(body, dict):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content_Type", "application/fhir+json")
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read().decode()

    def stop(self, running) -> str:
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=30)
        self.assertEqual(running.returncode, OK, err)
        self.assertIn("all_requests_finished=true", err)
        return err


class Serve(ServerTest):
    def test_answers_health_metrics_openapi_and_both_operations(self):
        running = self.start()
        for path, words in [("/health", "pass"), ("/ready", "pass"), ("/", "<title>Meridian"), ("/openapi.json", "/fhir/$fhirpath")]:
            response, text = self.ask("GET", path)
            self.assertEqual(response.status, 200)
            self.assertIn(words, text)
        self.assertEqual(json.loads(self.ask("GET", "/openapi.json")[1])["openapi"][:3], "3.1")

        response, text = self.ask("POST", "/fhir/$validate", FAULTY)
        self.assertEqual((response.status, response.headers["Content-Type"]), (200, "application/fhir+json; charset=utf-8"))
        self.assertIn(["Patient.birthDate"], [issue.get("expression") for issue in json.loads(text)["issue"]])
        self.assertIn("不是日期", self.ask("POST", "/fhir/$validate", FAULTY, Accept_Language="zh-CN")[1])
        response, text = self.ask("POST", "/fhir/$validate?_format=xml", PATIENT_XML, Content_Type="application/fhir+xml")
        self.assertIn("<OperationOutcome", text)

        response, text = self.ask("POST", "/fhir/$fhirpath?expression=name.given", PATIENT)
        self.assertEqual([part["valueString"] for part in json.loads(text)["parameter"][1]["part"]], ["Xiaoming", "Lei"])
        response, text = self.ask("POST", "/fhir/$fhirpath?expression=name.givn", PATIENT)
        self.assertEqual((response.status, json.loads(text)["resourceType"]), (400, "OperationOutcome"))

        metrics = self.ask("GET", "/metrics")[1]
        self.assertIn('meridian_http_requests_total{route="/fhir/$validate",status="200"} 3', metrics)
        self.assertTrue(metrics.endswith("# EOF\n"))
        log = self.stop(running)
        self.assertIn("route=/fhir/$validate", log)
        self.assertNotIn("givn", log)  # what a query says goes into no log

    def test_tells_faults_below_fhir_as_outcomes_and_others_as_problems(self):
        self.start("--set", "http.body_limit=1KiB")
        for method, path, status, body in [
            ("GET", "/fhir/Patient/1", 404, None), ("GET", "/fhir/$validate", 405, None), ("POST", "/fhir/$validate", 413, " " * 5_000),
        ]:
            with self.subTest(path=path, status=status):
                response, text = self.ask(method, path, body)
                self.assertEqual((response.status, json.loads(text)["resourceType"]), (status, "OperationOutcome"))
        self.assertEqual(self.ask("GET", "/fhir/$validate")[0].headers["Allow"], "POST, OPTIONS")
        response, text = self.ask("GET", "/nowhere")
        self.assertEqual((response.status, response.headers["Content-Type"]), (404, "application/problem+json"))
        self.assertEqual(self.ask("HEAD", "/health")[1], "")
        self.assertEqual(self.ask("OPTIONS", "/fhir/$validate")[0].status, 204)

    def test_finishes_the_request_in_flight_when_told_to_stop(self):
        running = self.start()
        body = json.dumps(PATIENT).encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(
                b"POST /fhir/$validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
                b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 100"))
            running.send_signal(signal.SIGTERM)
            self.assertIn("stopping", "".join(iter_until(running.stderr, "stopping")))
            client.sendall(body)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        self.assertIn(b"HTTP/1.1 200", answer)
        self.assertIn(b"Connection: close", answer)
        self.assertIn("all_requests_finished=true", running.communicate(timeout=30)[1])
        self.assertEqual(running.returncode, OK)

    def test_speaks_tls(self):
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        try:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                 "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                check=True, capture_output=True,
            )
        except FileNotFoundError:
            self.skipTest("there is no openssl to make a certificate with")
        self.start("--set", f"tls.certificate={certificate}", "--set", f"tls.key={key}")
        trusted = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trusted, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/health")
        self.assertEqual(connection.getresponse().read(), b'{"status":"pass"}')

    def test_says_why_it_cannot_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            for words, hint in [
                (["--port", port], "in use"),
                (["--address", "0.0.0.0"], "nobody has to log in"),
                (["--address", "example.org"], "takes an IP address"),
                (["--set", "tls.key=x.pem"], "set both tls.certificate and tls.key"),
                (["--set", "tls.clients=required"], "needs tls.certificate"),
                (["--set", "tls.certificate=none.pem", "--set", "tls.key=none.pem"], "none.pem"),
                (["--set", "validation.packages=none.tgz"], "No such file"),
            ]:
                with self.subTest(words=words):
                    run = Run("serve", "--data", self.folder / "data", *(["--port", "0"] if "--port" not in words else []), *words)
                    self.assertEqual((run.code, run.out), (FAILED, ""))
                    self.assertIn(hint, run.err)
        self.assertEqual(Run("serve", "--port", "99999").code, USAGE)


class Data(ServerTest):
    """The commands that work on stored resources, with a server that holds them and without."""

    LINES = [
        {"resourceType": "Patient", "id": "p1", "name": [{"family": "王", "given": ["小明"]}], "gender": "male"},
        {"resourceType": "Patient", "id": "p2", "birthDate": "1974"},
        {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "Weight"},
         "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-01-02", "valueQuantity": {"value": 71.5, "unit": "kg"}},
    ]

    def lines(self) -> pathlib.Path:
        return self.file("lines.ndjson", "".join(json.dumps(line) + "\n" for line in self.LINES))

    def run_data(self, *words, code: int = OK) -> str:
        run = Run(*words, "--data", self.data)
        self.assertEqual(run.code, code, run.out + run.err)
        return run.out + run.err

    def stats(self, data=None) -> dict:
        return json.loads(self.run_ok("stats", "--format", "json", "--data", data or self.data))

    def test_takes_in_what_is_good_and_names_the_lines_that_are_not(self):
        path = self.file("lines.ndjson", "".join([
            json.dumps(self.LINES[0]) + "\n", '{"resourceType":"Patient","id":"bad"\n', "\n", json.dumps(self.LINES[2]) + "\n",
            '{"resourceType":"Pattient"}\n', json.dumps(self.LINES[1]),
        ]))
        told = self.run_data("import", path, code=FOUND)
        self.assertIn("3 resources", told)
        self.assertIn("2 refused", told)
        self.assertIn(f"{path}:2: ", told)
        self.assertIn(f"{path}:5: ", told)
        self.assertEqual(self.stats()["by_type"], {"Observation": 1, "Patient": 2})
        errors = self.folder / "errors.ndjson"
        self.run_data("import", path, "--errors", errors, code=FOUND)
        told = [json.loads(line)["issue"][0]["expression"] for line in errors.read_text().splitlines()]
        self.assertEqual(told, [[f"{path}:2"], [f"{path}:5"]])

    def test_stores_only_what_the_check_lets_through(self):
        lines = self.file("lines.ndjson", '{"resourceType":"Patient","id":"a","birthDate":5}\n{"resourceType":"Patient","id":"b","gender":"mail"}\n')
        self.assertIn(f"{lines}:1: ", self.run_data("import", lines, code=FOUND))
        self.assertIn("no such resource", self.run_data("get", "Patient/a", code=FOUND))
        self.assertEqual(json.loads(self.run_data("get", "Patient/b"))["gender"], "mail")
        strict = Run("import", lines, "--data", self.folder / "strict", "--set", "store.check=full")
        self.assertIn("2 refused", strict.out + strict.err)
        self.assertIn("2 resources", self.run_ok("import", lines, "--data", self.folder / "lenient", "--set", "store.check=off"))
        self.start()
        response, text = self.ask("PUT", "/fhir/Patient/c", {"resourceType": "Patient", "id": "c", "colour": "red"})
        self.assertEqual(response.status, 422)
        self.assertIn('no element \\"colour\\"', text)

    def test_holds_bindings_to_stored_value_sets(self):
        profile = {"resourceType": "StructureDefinition", "url": "http://example.org/p", "name": "P", "status": "active", "kind": "resource",
                   "abstract": False, "type": "Observation", "derivation": "constraint",
                   "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Observation",
                   "differential": {"element": [{"path": "Observation"}, {"path": "Observation.code", "binding": {
                       "strength": "required", "valueSet": "http://example.org/vs"}}]}}
        package = self.folder / "p.tgz"
        with tarfile.open(package, "w:gz") as archive:
            text = json.dumps(profile).encode()
            entry = tarfile.TarInfo("package/StructureDefinition-p.json")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
        self.start("--set", "store.check=full", "--set", f"validation.packages={package}")
        concepts = [{"code": "a", "display": "A"}, {"code": "b", "display": "B"}]
        self.ask("PUT", "/fhir/CodeSystem/s", {"resourceType": "CodeSystem", "id": "s", "url": "http://example.org/s", "status": "active",
                                               "content": "complete", "concept": concepts})
        self.ask("PUT", "/fhir/ValueSet/v", {"resourceType": "ValueSet", "id": "v", "url": "http://example.org/vs", "status": "active",
                                             "compose": {"include": [{"system": "http://example.org/s", "concept": [{"code": "a"}]}]}})
        self.assertIn('"code":"a"', self.ask("GET", "/fhir/ValueSet/$expand?url=http://example.org/vs")[1].replace(" ", ""))
        for code, status in (("a", 201), ("b", 422)):
            observation = {"resourceType": "Observation", "id": code, "status": "final", "meta": {"profile": ["http://example.org/p"]},
                           "code": {"coding": [{"system": "http://example.org/s", "code": code}]}}
            self.assertEqual(self.ask("PUT", f"/fhir/Observation/{code}", observation)[0].status, status)
            said = self.ask("POST", "/fhir/$validate", observation)[1]
            self.assertEqual("http://example.org/vs" in said, status == 422, said)

    def test_takes_in_folders_bundles_and_compressed_files(self):
        folder = self.folder / "all"
        folder.mkdir()
        (folder / "one.ndjson.gz").write_bytes(gzip.compress(self.lines().read_bytes()))
        (folder / "two.json").write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "urn:uuid:0d2a", "resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}},
            {"resource": {"resourceType": "Condition", "subject": {"reference": "urn:uuid:0d2a"}},
             "request": {"method": "POST", "url": "Condition"}}]}))
        (folder / "three.zst").write_bytes(ZSTD)
        self.assertIn("6 resources", self.run_data("import", folder))
        self.assertEqual(self.stats()["by_type"], {"Condition": 1, "Observation": 1, "Patient": 4})
        condition = json.loads(self.run_data("search", "Condition?subject:Patient._id:missing=false", code=OK))["entry"][0]["resource"]
        self.assertRegex(condition["subject"]["reference"], r"^Patient/[0-9a-f-]{36}$")

    def test_loads_code_systems_and_keeps_them(self):
        files = ROOT / "src/terminology/testdata/loaders"
        told = self.run_data("terminology", "load", files / "icd10cm-order-2099.txt", "--as-version", "2099", code=FOUND)
        self.assertIn("http://hl7.org/fhir/sid/icd-10-cm|2099: 4 codes", told)
        self.assertIn("icd10cm-order-2099.txt:5:1: error", told)
        self.run_data("terminology", "load", files / "Loinc.csv", files / "ComponentHierarchyBySystem.csv")
        self.assertEqual(len(json.loads(self.run_data("terminology", "list"))), 2)
        self.assertIn("Cholera, unspecified", self.run_data("terminology", "lookup", "http://hl7.org/fhir/sid/icd-10-cm", "A00.9"))
        self.assertEqual(self.run_data("terminology", "expand", "http://loinc.org/vs", "--filter", "old"),
                         "http://loinc.org|99902-9\tInvented old\n")
        self.assertIn("no such", self.run_data("terminology", "lookup", "http://loinc.org", "none", code=FAILED))
        self.assertIn("its name is not that", self.run_data("terminology", "load", self.lines(), code=FAILED))

    def test_reads_what_is_stored(self):
        self.run_data("import", self.lines())
        self.assertEqual(json.loads(self.run_data("get", "Observation/o1"))["valueQuantity"]["value"], 71.5)
        self.assertIn("no such resource", self.run_data("get", "Patient/nobody", code=FOUND))
        self.assertIn("write TYPE/ID", self.run_data("get", "../etc/passwd", code=USAGE))
        self.assertEqual(
            self.run_data("search", "Observation?subject:Patient.name=王", "--format", "table"),
            "Observation/o1  Weight  71.5 kg  2026-01-02\n1 in all\n")
        bundle = json.loads(self.run_data("search", "Patient?gender=male"))
        self.assertEqual([entry["resource"]["id"] for entry in bundle["entry"]], ["p1"])
        self.assertEqual(len(self.run_data("search", "Patient?_count=1", "--all", "--format", "table").splitlines()), 2)
        self.assertIn('no search parameter "colour"', self.run_data("search", "Patient?colour=red", "--format", "table"))
        self.run_data("import", self.lines())  # nothing has changed
        self.run_data("import", self.file("new.json", {**self.LINES[0], "gender": "female"}))
        versions = json.loads(self.run_data("history", "Patient/p1"))["entry"]
        self.assertEqual([entry["resource"]["meta"]["versionId"] for entry in versions], ["2", "1"])

    def test_exports_what_can_be_imported_again(self):
        self.run_data("import", self.lines())
        self.assertIn("3 resources", self.run_data("export", "--out", self.folder / "out"))
        self.assertEqual(sorted(p.name for p in (self.folder / "out").iterdir()), ["Observation.ndjson", "Patient.ndjson"])
        self.run_ok("import", self.folder / "out", "--data", self.folder / "second")
        self.assertEqual(self.stats(self.folder / "second")["by_type"], self.stats()["by_type"])
        self.run_data("export", "--out", self.folder / "some", "--type", "Patient", "--since", "2020-01-01T00:00:00Z")
        self.assertEqual([p.name for p in (self.folder / "some").iterdir()], ["Patient.ndjson"])

    def test_restores_a_backup(self):
        self.run_data("import", self.lines())
        self.assertIn("restore point 1 through commit 1", self.run_data("backup", "--out", self.folder / "copy"))
        self.assertIn("must not exist", self.run_data("backup", "--out", self.folder / "copy", code=FAILED))
        self.run_data("import", self.file("new.json", {**self.LINES[0], "gender": "female"}))
        self.assertIn("3 resources", self.run_ok("restore", self.folder / "copy", "--data", self.folder / "again"))
        self.assertEqual((self.stats(self.folder / "again")["versions"], self.stats()["versions"]), (3, 4))
        self.assertIn("exists already", Run("restore", self.folder / "copy", "--data", self.data).err)
        self.assertEqual(Run("restore", self.folder / "copy").code, USAGE)

    def test_adds_restore_points_while_the_server_goes_on(self):
        running = self.start()
        copy = self.folder / "copy"
        self.run_data("import", self.lines())
        self.run_data("backup", "--out", copy, "--incremental")
        self.run_data("import", self.file("new.json", {**self.LINES[0], "gender": "female"}))
        told = self.run_data("backup", "--out", copy, "--incremental")
        self.assertIn("restore point 2 through commit 2", told)
        new, of = map(int, re.search(r"(\d+) of (\d+) files new", told).groups())
        self.assertLess(new, of)
        largest = max((copy / "files").iterdir(), key=lambda path: path.stat().st_size)
        largest.write_bytes(bytes([largest.read_bytes()[0] ^ 1]) + largest.read_bytes()[1:])
        self.assertIn("damaged", Run("restore", "--from", copy, "--data", self.folder / "none").err)
        self.assertFalse((self.folder / "none").exists())
        self.assertIn("1 of them had been damaged", self.run_data("backup", "--out", copy, "--incremental"))
        self.stop(running)
        self.assertEqual([line.split()[0] for line in self.run_ok("restore", "--from", copy, "--list").splitlines()], ["1", "2", "3"])
        self.run_ok("restore", "--from", copy, "--at", "1", "--data", self.folder / "one")
        self.run_ok("restore", "--from", copy, "--data", self.folder / "last")
        self.assertEqual((self.stats(self.folder / "one")["versions"], self.stats(self.folder / "last")["versions"]), (3, 4))
        self.assertIn("no restore point 9", Run("restore", "--from", copy, "--at", "9", "--data", self.folder / "none").err)


    def test_verifies_reindexes_counts_and_explains(self):
        self.run_data("import", self.lines())
        self.assertEqual(self.run_data("verify"), "everything is as it should be\n")
        self.run_data("reindex")
        self.assertIn("71.5 kg", self.run_data("search", "Observation?date=2026-01-02", "--format", "table"))
        self.assertRegex(self.run_data("stats"), r"(?m)^Patient +2$")
        self.assertIn("the store opens: 3 resources", self.run_data("doctor"))
        self.assertIn("no data folder", Run("stats", "--data", self.folder / "none").err)
        self.assertEqual(Run("doctor", "--data", self.folder / "none").code, FOUND)
        self.assertFalse((self.folder / "none").exists())

    def test_finds_and_names_damage(self):
        self.run_data("import", self.lines())
        self.run_ok("backup", "--data", self.data, "--out", self.folder / "copy")  # what is in memory goes to files
        tables = sorted((self.data / "kv").glob("*.sst"))
        self.assertTrue(tables)
        largest = max(tables, key=lambda path: path.stat().st_size)
        damaged = bytearray(largest.read_bytes())
        damaged[100] ^= 0x10
        largest.unlink()  # the copy may share it
        largest.write_bytes(damaged)
        run = Run("verify", "--data", self.data)
        self.assertIn(run.code, (FOUND, FAILED), run.out + run.err)
        self.assertIn(largest.name, run.out + run.err)

    def test_asks_the_server_that_holds_the_folder(self):
        running = self.start()
        self.run_data("import", self.lines())
        self.assertEqual(json.loads(self.ask("GET", "/fhir/Patient/p1")[1])["name"][0]["family"], "王")
        self.assertEqual(json.loads(self.run_ok("get", "Patient/p2", "--server", f"http://127.0.0.1:{self.port}"))["id"], "p2")
        self.assertEqual(self.ask("POST", "/api/v1/verify")[0].status, 403)
        self.assertEqual(self.run_data("verify"), "everything is as it should be\n")
        self.assertEqual(json.loads(self.ask("GET", "/api/v1/stats")[1])["resources"], 3)
        refused = Run("serve", "--port", "0", "--data", self.data)
        self.assertEqual(refused.code, FAILED)
        self.stop(running)
        self.assertEqual(self.stats()["resources"], 3)

    def test_loses_nothing_when_it_is_killed(self):
        run = subprocess.run(
            [sys.executable, ROOT / "tools/torture.py", PROGRAM, "--rounds", "4", "--clients", "4", "--folder", self.folder],
            capture_output=True, text=True, timeout=250)
        self.assertTrue(run.stdout.endswith("4 passed, 0 failed\n"), run.stdout + run.stderr)

    def test_keeps_tenants_apart(self):
        self.run_data("import", self.lines())
        self.run_data("import", self.file("other.ndjson", json.dumps({"resourceType": "Patient", "id": "p9"}) + "\n"), "--tenant", "2")
        self.assertEqual(json.loads(self.run_data("search", "Patient", "--tenant", "2"))["total"], 1)
        self.assertIn("no such resource", self.run_data("get", "Patient/p1", "--tenant", "2", code=FOUND))
        self.assertEqual(json.loads(self.run_data("stats", "--tenant", "2", "--format", "json"))["by_type"], {"Patient": 1})
        self.run_data("reindex", "--tenant", "2")
        self.assertEqual(self.run_data("verify", "--tenant", "2"), "everything is as it should be\n")
        self.assertIn("a tenant is named by a number", self.run_data("stats", "--tenant", "x", code=FAILED))


class Documents(ServerTest):
    """The examples of the documents are true: `$ command` and what it prints; `…` stands for anything."""

    def check(self, page: str, address: str = ""):
        text = (ROOT / page).read_text(encoding="utf-8")
        environment = {**os.environ, "PATH": f"{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        code = 0
        for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
            for example in re.split(r"^\$ ", block, flags=re.M)[1:]:
                command, expected = example.split("\n", 1)
                made = self.folder / command.removeprefix("cat ")
                if command.startswith("cat ") and not made.exists():
                    made.write_text(expected, encoding="utf-8")
                    continue
                if command == "echo $?":
                    self.assertEqual(expected, f"{code}\n")
                    continue
                run = subprocess.run(
                    ["bash", "-c", command.replace("http://127.0.0.1:8080", address)], cwd=self.folder, env=environment,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                )
                code, printed = run.returncode, run.stdout.decode()
                printed += "" if printed.endswith("\n") else "\n"
                pattern = ".*?".join(re.escape(part) for part in re.split("…\n?", expected))
                if not re.fullmatch(pattern, printed, re.S):
                    self.assertEqual(printed, expected, f"{page}: {command}")

    def test_tell_the_truth_about_the_command_line(self):
        self.check("docs/command-line.md")

    def test_tell_the_truth_about_the_interface(self):
        if not shutil.which("curl"):
            self.skipTest("there is no curl")
        self.start()
        self.check("docs/api.md", f"http://127.0.0.1:{self.port}")


def iter_until(stream, word: str):
    for line in stream:
        yield line
        if word in line:
            return


class Feeds(ServerTest):
    """Messages by MLLP: sent, kept, found, mended, and made into resources."""

    MESSAGES = "".join(f"MSH|^~\\&|LAB|A|HIS|B|2024||ADT^A01|C{i}|P|2.5.1\rPID|1||{i % 2}^^^HOSP\r" for i in range(4))

    def setUp(self):
        super().setUp()
        (self.data / "catalog" / "feeds").mkdir(parents=True)

    def write_feed(self, name: str, **declaration):
        (self.data / "catalog" / "feeds" / f"{name}.yaml").write_text(json.dumps({"feed": name, **declaration}))

    def feed(self, name: str) -> dict:
        return json.loads(self.run_ok("feeds", "show", name, "--format", "json", "--data", self.data))

    def declare(self, **changes):
        self.write_feed("lab", **{"connector": {"kind": "mllp", "listen": "127.0.0.1:0"}, "mapping": "none", **changes})

    def shown(self) -> dict:
        return self.feed("lab")

    def until(self, member: str, value):
        while self.shown()[member] != value:
            pass

    def test_keeps_every_message_and_says_what_became_of_it(self):
        self.declare()
        running = self.start()
        listen = self.shown()["listen"]
        path = self.file("messages.hl7", self.MESSAGES)
        self.assertEqual(self.run_ok("hl7", "send", path, "--to", listen).split(), ["AA", "C0", "AA", "C1", "AA", "C2", "AA", "C3"])
        self.run_ok("hl7", "send", path, "--to", listen)
        self.until("dead_letters", 4)
        self.assertEqual(self.shown()["messages"], 4)
        self.assertIn("lab", self.run_ok("feeds", "list", "--data", self.data))
        found = json.loads(self.run_ok("inbox", "search", "lab", "--patient", "HOSP|1", "--format", "json", "--data", self.data))
        self.assertEqual([one["control_id"] for one in found["messages"]], ["C3", "C1"])
        self.assertIn('there is no mapping "none"', self.run_ok("dead-letters", "list", "lab", "--data", self.data))
        self.assertIn("PID|1||0^^^HOSP", self.run_ok("inbox", "show", "lab/1", "--data", self.data))
        better = self.file("better.hl7", "MSH|^~\\&|LAB|A|HIS|B|2024||ADT^A01|C0|P|2.5.1\rPID|1||9^^^HOSP\r")
        self.assertIn("lab/1 is replaced by lab/5", self.run_ok("dead-letters", "fix", "lab/1", "--with", better, "--data", self.data))
        self.run_ok("dead-letters", "drop", "lab/2", "--data", self.data)
        self.until("dead_letters", 3)
        self.stop(running)
        # The same without a server: the command opens the folder itself.
        states = json.loads(self.run_ok("inbox", "search", "lab", "--format", "json", "--data", self.data))["messages"]
        self.assertEqual([one["state"] for one in states], ["dead", "dead", "dead", "dropped", "replaced"])

    @staticmethod
    def visit(control_id: str, event: str, time: str, **fields) -> str:
        pv1 = {2: "I", 3: "ICU^1^1", 19: "E1", 44: "20240501080000", **{int(key[1:]): value for key, value in fields.items()}}
        return (
            f"MSH|^~\\&|HIS|A|MER|B|{time}||ADT^{event}|{control_id}|P|2.5.1\r"
            "PID|1||7^^^HOSP||ZHANG^SAN||19800102|M\r"
            "PV1|1|" + "|".join(pv1.get(field, "") for field in range(2, 46)) + "\r"
        )

    def test_makes_one_visit_of_what_the_messages_say_of_it_and_knows_where_each_part_came_from(self):
        self.declare(mapping="hl7v2", zone="Asia/Shanghai", authorities={"HOSP": "urn:oid:1.2.3"})
        self.start()
        admitted = self.visit("V1", "A01", "20240501080500")
        left = self.visit("V2", "A03", "20240503080500", f45="20240503080000")
        path = self.file("visit.hl7", admitted + left)
        for _ in range(2):  # what comes again changes nothing
            self.assertEqual(self.run_ok("hl7", "send", path, "--to", self.shown()["listen"]).split(), ["AA", "V1", "AA", "V2"])
            self.until("waiting", 0)
        self.assertEqual(self.shown()["dead_letters"], 0)
        found = json.loads(self.run_ok("search", "Encounter?subject:Patient.identifier=urn:oid:1.2.3|7", "--data", self.data))
        self.assertEqual(found["total"], 1)
        visit = found["entry"][0]["resource"]
        self.assertEqual((visit["status"], visit["meta"]["versionId"]), ("finished", "2"))
        table = self.run_ok("get", f"Encounter/{visit['id']}", "--provenance", "--data", self.data)
        self.assertRegex(table, r"Encounter\.status +PV1\[1\]-45\[1\] +V2 ")
        self.assertRegex(table, r"Encounter\.period\.end +PV1\[1\]-45\[1\] +V2 ")
        first = self.run_ok("get", f"Encounter/{visit['id']}/_history/1", "--provenance", "--data", self.data)
        self.assertRegex(first, r"Encounter\.status +MSH\[1\]-9\[1\]\.2 +V1 ")
        report = self.run_ok("hl7", "send", path, "--to", self.shown()["listen"], "--connections", "4", "--times", "25")
        self.assertIn("50 messages in", report)
        self.assertIn("AA 50", report)
        self.until("waiting", 0)
        self.assertEqual(json.loads(self.run_ok("search", "Encounter?status=finished", "--data", self.data))["total"], 25)

    def test_says_what_another_mapping_would_change_before_it_goes_live(self):
        self.declare(mapping="hl7v2")
        self.start()
        path = self.file("visit.hl7", self.visit("V1", "A01", "20240501080500"))
        self.run_ok("hl7", "send", path, "--to", self.shown()["listen"])
        self.until("waiting", 0)
        present = (ROOT / "catalog" / "mappings" / "hl7v2" / "segments" / "patient.yaml").read_text()
        other = self.folder / "other" / "hl7v2" / "segments"
        other.mkdir(parents=True)
        (other / "patient.yaml").write_text(present)
        alike = self.run_ok("inbox", "compare", "lab", "--mappings", other.parent.parent, "--data", self.data)
        self.assertIn("1 messages, 7 resources alike", alike)
        (other / "patient.yaml").write_text("".join(line for line in present.splitlines(True) if "PID-7" not in line))
        run = Run("inbox", "compare", "lab", "--mappings", other.parent.parent, "--data", self.data)
        self.assertEqual(run.code, FOUND)
        self.assertIn("Patient.birthDate: 1980-01-02 -> nothing", run.out)

    def test_takes_up_what_is_declared_while_it_runs(self):
        self.declare()
        self.start()
        place = ("--data", self.data)
        self.assertEqual(self.run_ok("feeds", "reload", *place).strip(), "nothing has changed")
        other = self.data / "catalog" / "feeds" / "other.yaml"
        self.write_feed("other", connector={"kind": "mllp", "listen": "127.0.0.1:0"}, mapping="hl7v2")
        self.assertEqual(self.run_ok("feeds", "reload", *place).strip(), "other is started")
        listen = self.feed("other")["listen"]
        path = self.file("visit.hl7", self.visit("V1", "A01", "20240501080500"))
        self.assertEqual(self.run_ok("hl7", "send", path, "--to", listen).split(), ["AA", "V1"])
        self.declare(poison="drink")
        run = Run("feeds", "reload", *place)
        self.assertEqual(run.code, FAILED)
        self.assertIn('lab.yaml:1: "poison" is one of skip, stop', run.err)
        self.assertEqual(self.shown()["poison"], "skip")
        self.declare(mapping="hl7v2")
        self.assertEqual(self.run_ok("feeds", "reload", *place).strip(), "lab is started")
        self.assertEqual(self.shown()["mapping"], "hl7v2")
        other.unlink()
        self.assertEqual(self.run_ok("feeds", "reload", *place).strip(), "other is stopped")
        self.assertEqual(Run("feeds", "show", "other", *place).code, FAILED)

    def test_hands_messages_on_and_keeps_what_is_refused(self):
        self.declare(mapping="hl7v2")
        self.write_feed("other", connector={"kind": "mllp", "listen": "127.0.0.1:0"}, mapping="none", acknowledge="commit")
        self.write_feed("files", **{"from": ["lab"], "destination": {"kind": "file", "folder": "out"}, "types": ["ADT^A01"]})
        self.start()
        place = ("--data", self.data)
        listen = self.feed("other")["listen"]
        path = self.file("visit.hl7", self.visit("V1", "A01", "20240501080500") + self.visit("V2", "A03", "20240503080500"))
        self.write_feed("relay", **{"from": ["lab"], "destination": {"kind": "mllp", "to": listen}})
        self.write_feed("registry", **{
            "from": ["lab"], "mapping": "hl7v2", "destination": {"kind": "fhir", "url": f"http://127.0.0.1:{self.port}/fhir"}})
        self.run_ok("feeds", "reload", *place)
        self.run_ok("hl7", "send", path, "--to", self.shown()["listen"])
        while self.feed("relay")["dead_letters"] < 2 or self.feed("registry")["done"] < 2 or self.feed("files")["done"] < 1:
            pass
        self.assertIn('the destination refused it: AE', self.run_ok("dead-letters", "list", "relay", *place))
        self.assertEqual(self.feed("other")["messages"], 2)
        written = list((self.data / "catalog" / "feeds" / "out").iterdir())
        self.assertEqual([one.name for one in written], ["files-000000000001.hl7"])
        self.assertTrue(written[0].read_bytes().startswith(b"MSH|^~\\&|HIS|A|MER|B|20240501080500||ADT^A01|V1|"))
        # Once the other system takes them they are sent again.
        self.write_feed("other", connector={"kind": "mllp", "listen": listen}, mapping="hl7v2", acknowledge="commit")
        self.run_ok("feeds", "reload", *place)
        self.run_ok("dead-letters", "drop", "other/1", "other/2", *place)
        better = self.file("better.hl7", self.visit("V3", "A01", "20240501080500"))
        self.run_ok("dead-letters", "fix", "relay/1", "--with", better, *place)
        while self.feed("relay")["done"] < 1:
            pass
        self.assertIn("relay", self.run_ok("feeds", "list", *place))

    def test_restores_messages_images_and_declarations_as_well(self):
        again = ("--data", self.folder / "again")
        place = ("--data", self.data)
        self.declare(mapping="hl7v2", authorities={"HOSP": "urn:oid:1.2.3"})
        running = self.start()
        image = self.file("image.dcm", dicom(*Dicom.IMAGE))
        messages = self.file("messages.hl7", self.visit("V1", "A01", "20240501080500"))
        self.run_ok("hl7", "send", messages, "--to", self.shown()["listen"])
        self.run_ok("dicom", "store", image, *place)
        self.until("waiting", 0)
        copy = self.folder / "copy"
        self.run_ok("backup", "--out", copy, *place)
        self.run_ok("backup", "--out", copy, "--incremental", *place)
        self.stop(running)
        self.assertIn("and 1 DICOM object as of", self.run_ok("restore", copy, *again))
        self.assertEqual(self.run_ok("dicom", "verify", *again), self.run_ok("dicom", "verify", *place))
        for question in (("inbox", "show", "lab/1"), ("dicom", "find", "--format", "json"), ("search", "Encounter")):
            self.assertEqual(self.run_ok(*question, *again), self.run_ok(*question, *place))
        self.data = self.folder / "again"
        self.start()
        self.run_ok("hl7", "send", messages, "--to", self.shown()["listen"])
        self.assertEqual(self.shown()["messages"], 1)  # what comes again changes nothing there either

    def test_takes_files_that_are_put_into_a_folder(self):
        self.write_feed("drop", connector={"kind": "folder", "path": "incoming"}, mapping="hl7v2")
        folder = self.data / "catalog" / "feeds" / "incoming"
        folder.mkdir()
        batch = "FHS|^~\\&|A\rBHS|^~\\&|A\r" + self.visit("V1", "A01", "20240501080500") + self.visit("V2", "A03", "20240503080500")
        (folder / "night.hl7.gz").write_bytes(gzip.compress((batch + "BTS|2\rFTS|1\r").encode()))
        (folder / "framed.hl7").write_bytes(b"\xef\xbb\xbf\x0b" + self.visit("V3", "A01", "20240501080500").encode() + b"\x1c\r")
        (folder / "letter.txt").write_text("not a message")
        self.start()
        while len(list(folder.glob("taken/*"))) < 3:
            pass
        while self.feed("drop")["waiting"]:
            pass
        self.assertEqual((self.feed("drop")["messages"], self.feed("drop")["dead_letters"]), (4, 1))
        self.assertIn("there is no message in the file", self.run_ok("dead-letters", "list", "drop", "--data", self.data))
        found = json.loads(self.run_ok("search", "Encounter?status=finished", "--data", self.data))
        self.assertEqual(found["total"], 1)

    def test_takes_documents_and_records_that_are_put_into_folders(self):
        place = ("--data", self.data)
        folders = {name: self.data / "catalog" / "feeds" / name for name in ("documents", "results")}
        for folder in folders.values():
            folder.mkdir()
        both = {"authority": "urn:oid:1.2.3", "zone": "Asia/Shanghai"}
        self.write_feed("documents", connector={"kind": "folder", "path": "documents"}, mapping="cda", **both)
        self.write_feed("results", connector={"kind": "folder", "path": "results"}, mapping="lab-results", **both)
        (folders["documents"] / "letter.xml").write_text(
            '<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.9" extension="D1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>'
            '<effectiveTime value="20240501"/><recordTarget><patientRole><id root="1.2.3" extension="7"/><patient><name>王小明</name></patient>'
            "</patientRole></recordTarget></ClinicalDocument>")
        row = {"patient_no": "7", "order_no": "S1", "loinc": "2951-2", "value": "<140.50", "unit": "mmol/L", "reported": "2024-05-01 08:30"}
        (folders["results"] / "night.ndjson").write_text(
            json.dumps(row) + "\n" + json.dumps({"loinc": "2951-2", "value": "1"}) + "\nbroken\n" + json.dumps(row) + "\n")
        trial = Run("feeds", "test", self.data / "catalog" / "feeds" / "results.yaml", "--messages", folders["results"] / "night.ndjson")
        self.assertEqual(trial.code, FOUND)
        self.assertIn("line 1 lab-results: 1 Observation, 1 Patient, 1 ServiceRequest", trial.out)
        self.assertIn("4 messages, 2 would become dead letters", trial.out)
        self.start()
        while len(list(folders["results"].glob("taken/*")) + list(folders["documents"].glob("taken/*"))) < 2:
            pass
        while self.feed("results")["waiting"] or self.feed("documents")["waiting"]:
            pass
        self.assertEqual((self.feed("results")["messages"], self.feed("results")["dead_letters"]), (3, 2))
        self.assertEqual((self.feed("documents")["messages"], self.feed("documents")["dead_letters"]), (1, 0))
        # The patient of the document and of the result is one.
        patients = json.loads(self.run_ok("search", "Patient", *place))
        self.assertEqual([one["resource"]["name"][0]["text"] for one in patients["entry"]], ["王小明"])
        found = json.loads(self.run_ok("search", "Observation?subject:Patient.identifier=7", *place))["entry"]
        self.assertEqual([one["resource"]["valueQuantity"]["comparator"] for one in found], ["<"])
        self.assertRegex(self.run_ok("get", f"Observation/{found[0]['resource']['id']}", "--provenance", *place), r"Observation\.value\S* +REC#\d+ ")
        listed = self.run_ok("dead-letters", "list", "results", *place)
        self.assertIn("nothing was made of it", listed)
        number = json.loads(self.run_ok("inbox", "search", "results", "--state", "dead", "--format", "json", *place))["messages"][-1]["sequence"]
        better = self.file("better.json", json.dumps({**row, "order_no": "S2"}))
        self.run_ok("dead-letters", "fix", f"results/{number}", "--with", better, *place)
        while self.feed("results")["dead_letters"] > 1 or self.feed("results")["waiting"]:
            pass
        self.assertEqual(json.loads(self.run_ok("search", "Observation", *place))["total"], 2)

    def test_takes_messages_that_are_given_by_http(self):
        place = ("--data", self.data)
        self.write_feed("posted", connector={"kind": "http"}, mapping="lab-results", acknowledge="commit", authority="urn:oid:1.2.3")
        self.write_feed("adt", connector={"kind": "http"}, mapping="hl7v2")
        self.declare()
        self.start()

        def post(feed: str, body: str, kind: str = "application/json") -> tuple[int, dict]:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v1/feeds/{feed}/messages", data=body.encode(), headers={"Content-Type": kind}, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                return error.code, json.load(error)

        rows = [json.dumps({"patient_no": "7", "order_no": str(i), "loinc": "2951-2", "value": "140"}) for i in range(3)]
        self.assertEqual(post("posted", rows[0]), (200, {"messages": 1, "duplicates": 0, "dead_letters": 0, "sequence": 1}))
        # It is in the store when it is answered.
        self.assertEqual(json.loads(self.run_ok("search", "Observation", *place))["total"], 1)
        self.assertEqual(post("posted", "\n".join(rows) + "\n", "application/x-ndjson"), (200, {"messages": 3, "duplicates": 1, "dead_letters": 0}))
        status, answer = post("posted", '{"loinc": "2951-2"}')
        self.assertEqual((status, answer["dead_letters"]), (422, 1))
        self.assertIn("nothing was made of it", answer["reason"])
        self.assertEqual(post("posted", "{")[0], 422)
        self.assertEqual(post("adt", self.visit("V1", "A01", "20240501080500"), "x-application/hl7-v2+er7")[0], 200)
        self.assertEqual([post(feed, "x")[0] for feed in ("none", "lab")], [404, 409])
        self.run_ok("feeds", "pause", "posted", *place)
        self.assertEqual(post("posted", rows[0])[0], 503)
        self.assertIn("/api/v1/feeds/posted/messages", self.run_ok("feeds", "list", *place))

    def test_takes_what_registered_devices_send_and_quarantines_the_others(self):
        place = ("--data", self.data)
        key = "a key of the oximeter"
        devices = self.data / "catalog" / "devices"
        devices.mkdir()
        (devices / "registered.yaml").write_text(
            "devices:\n"
            f"  - {{number: OX-1, kind: pulse-oximeter, where: ICU 3, key_sha256: {hashlib.sha256(key.encode()).hexdigest()}}}\n"
            "  - {number: AU-1, kind: chemistry-analyser}\n")
        listen = {"listen": "127.0.0.1:0"}
        declared = {"mapping": "devices", "authority": "urn:oid:1.2.3", "zone": "Asia/Shanghai"}
        self.write_feed("posted", **declared, connector={"kind": "http"}, acknowledge="commit")
        self.write_feed("lines", **declared, connector={"kind": "tcp", "framing": "lines", **listen})
        self.write_feed("analysers", **declared, connector={"kind": "astm", **listen})
        self.start()

        def post(body: dict, key: str) -> int:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v1/feeds/posted/messages", data=json.dumps(body).encode(), method="POST",
                headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                return error.code

        def found(query: str) -> int:
            return json.loads(self.run_ok("search", query, *place))["total"]

        reading = {"serial": "OX-1", "ts": int(time.time()), "patient": {"id": "88"}, "spo2": 96, "pulse_rate": 64}
        self.assertEqual(post(reading, "another key"), 422)
        self.assertEqual(found("Observation"), 0)
        self.assertEqual(post({**reading, "spo2": 97}, key), 200)
        self.assertEqual(found("Observation"), 1)
        self.assertIn("device-unproven", self.run_ok("devices", "quarantine", *place))

        def connect(feed: str) -> socket.socket:
            host, port = self.feed(feed)["listen"].split(":")
            made = socket.create_connection((host, int(port)), timeout=60)
            self.addCleanup(made.close)
            return made

        def say(line: dict) -> bytes:
            lines.sendall(json.dumps(line).encode() + b"\n")
            return lines.recv(16)

        lines = connect("lines")
        probe = {"id": "T-9", "time": "2024-05-01T08:30:00+08:00", "patient": "88", "value": 36.6}
        self.assertEqual(say({"key": key}), b"ok\n")
        self.assertEqual([say({**reading, "spo2": 95}), say(probe)], [b"ok\n", b"ok\n"])
        while self.feed("lines")["dead_letters"] != 1 or self.feed("lines")["done"] != 1:
            pass
        self.assertNotIn(key, self.run_ok("inbox", "search", "lines", *place))
        self.assertIn("T-9", self.run_ok("devices", "quarantine", *place))
        self.assertEqual(Run("devices", "admit", "T-9", "--kind", "none", *place).code, FAILED)
        self.assertIn("1 messages", self.run_ok("devices", "admit", "T-9", "--kind", "thermometer", "--where", "ward 3", *place))
        while self.feed("lines")["dead_letters"] != 0 or self.feed("lines")["waiting"] != 0:
            pass
        self.assertEqual(found("Observation?code=http://loinc.org|8310-5"), 1)
        self.assertEqual(Run("devices", "admit", "T-9", "--kind", "thermometer", *place).code, FAILED)
        self.assertIn("thermometer", self.run_ok("devices", "show", "T-9", *place))
        self.assertIn("528392", self.run_ok("devices", "kinds", *place))
        self.assertIn("59408-5", self.run_ok("devices", "kinds", "pulse-oximeter", *place))

        def frame(number: int, text: str) -> bytes:
            body = f"{number}{text}\r\x03".encode()
            return b"\x02" + body + f"{sum(body) % 256:02X}\r\n".encode()

        analyser = connect("analysers")
        records = ["H|\\^&|||AU-1|||||||P||20240501083000", "P|1|88", "O|1|S-1||^^^GLU", "R|1|^^^GLU|5.5|mmol/L|3.9-6.1|N||F", "L|1|N"]
        analyser.sendall(b"\x05")
        self.assertEqual(analyser.recv(1), b"\x06")
        for number, record in enumerate(records, 1):
            analyser.sendall(frame(number, record))
            self.assertEqual(analyser.recv(1), b"\x06")
        analyser.sendall(b"\x04")
        while self.feed("analysers")["done"] != 1:
            pass
        self.assertEqual(found("Observation?code=http://loinc.org|14749-6"), 1)
        # Half a message, given up after a frame that was refused, is for people; a control sample is nobody's result.
        for number, record in enumerate(["", *records[:2], "O|1|S-2||^^^GLU"]):
            analyser.sendall(frame(number, record) if record else b"\x05")
            self.assertEqual(analyser.recv(1), b"\x06")
        analyser.sendall(frame(4, "R|1|^^^GLU|15.5").replace(b"15", b"16"))
        self.assertEqual(analyser.recv(1), b"\x15")
        analyser.sendall(b"\x04")
        while self.feed("analysers")["dead_letters"] != 1:
            pass
        self.assertIn("broke the message off", self.run_ok("dead-letters", "list", "analysers", *place))
        records[2:4] = ["O|1|QC-1||^^^GLU|||||||Q", "R|1|^^^GLU|15.6|mmol/L|||F"]
        for number, record in enumerate(["", *records]):
            analyser.sendall(frame(number, record) if record else b"\x05")
            self.assertEqual(analyser.recv(1), b"\x06")
        while self.feed("analysers")["done"] != 2:
            pass
        self.assertEqual(found("Observation?code=http://loinc.org|14749-6"), 1)
        trial = self.file("night.ndjson", json.dumps(probe) + "\n")
        self.assertIn("1 Device, 1 Observation, 1 Patient", self.run_ok(
            "feeds", "test", self.data / "catalog" / "feeds" / "lines.yaml", "--messages", trial))

    def test_takes_messages_from_a_broker_and_acknowledges_what_is_safe(self):
        place = ("--data", self.data)
        broker = socket.create_server(("127.0.0.1", 0))
        broker.settimeout(60)
        self.addCleanup(broker.close)
        (self.data / "catalog" / "feeds" / "broker.password").write_text("secret\n")
        self.write_feed("ward", mapping="vitals", authority="urn:oid:1.2.3", zone="Asia/Shanghai", connector={
            "kind": "mqtt", "broker": f"127.0.0.1:{broker.getsockname()[1]}", "topics": ["ward/+/vitals"], "user": "nurse",
            "password_file": "broker.password"})
        self.start()
        client, _ = broker.accept()
        self.addCleanup(client.close)
        client.settimeout(60)
        hello = client.recv(4096)
        self.assertIn(b"\x00\x0dmeridian-ward\x00\x05nurse\x00\x06secret", hello)
        client.sendall(b"\x20\x02\x00\x00")
        self.assertIn(b"ward/+/vitals\x01", client.recv(4096))
        client.sendall(b"\x90\x03\x00\x01\x01")

        def publish(number: int, text: str) -> None:
            topic = b"ward/3/vitals"
            body = struct.pack(">H", len(topic)) + topic + struct.pack(">H", number) + text.encode()
            length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 + 128, len(body) // 128])
            client.sendall(b"\x32" + length + body)

        reading = {"device": "M-7", "patient_no": "88", "time": "2024-05-01T08:30:00", "heart_rate": 72, "spo2": 98}
        publish(1, json.dumps(reading))
        publish(2, json.dumps({**reading, "time": "2024-05-01T08:31:00"}))
        publish(3, "no reading")
        answers = b""
        while len(answers) < 12:
            answers += client.recv(4096)
        self.assertEqual(answers, b"\x40\x02\x00\x01\x40\x02\x00\x02\x40\x02\x00\x03")
        while self.feed("ward")["waiting"]:
            pass
        shown = self.feed("ward")
        self.assertEqual((shown["messages"], shown["dead_letters"], shown["connections"]), (3, 1, 1))
        found = json.loads(self.run_ok("search", "Observation?subject:Patient.identifier=88&component-code=8867-4", *place))
        self.assertEqual(found["total"], 2)
        self.assertIn('"topic":"ward/3/vitals"', self.run_ok("inbox", "show", "ward/1", *place))
        client.close()
        again, _ = broker.accept()  # it comes back
        again.close()

    def test_takes_the_rows_of_a_database(self):
        initdb = shutil.which("initdb") or next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
        if not initdb:
            self.skipTest("there is no PostgreSQL")
        binaries, folder = pathlib.Path(initdb).resolve().parent, self.folder / "pg"
        folder.mkdir()
        # It refuses to run as root.
        prefix, user = ([], pwd.getpwuid(os.geteuid()).pw_name) if os.geteuid() else (["runuser", "-u", "postgres", "--"], "postgres")
        for path in (self.folder, folder):
            path.chmod(0o755)
        shutil.chown(folder, user)

        def postgres(*words) -> None:
            subprocess.run([*prefix, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=120)

        def psql(*statements: str) -> None:
            words = [word for statement in statements for word in ("-c", statement)]
            postgres(binaries / "psql", "-X", "-q", "-h", folder, "-U", user, "-d", "postgres", *words)

        postgres(binaries / "initdb", "-D", folder / "db", "-A", "trust", "-U", user, "-E", "UTF8", "--no-locale", "-N")
        postgres(binaries / "pg_ctl", "-D", folder / "db", "-o", f"-c listen_addresses= -c fsync=off -k {folder}", "-w", "-l", folder / "log", "start")
        self.addCleanup(postgres, binaries / "pg_ctl", "-D", folder / "db", "-m", "immediate", "stop")
        psql("CREATE TABLE results (patient_no text, order_no text, loinc text, value numeric, note text, changed timestamptz)",
             "INSERT INTO results SELECT '7', i::text, '2951-2', 140.50, NULL, '2024-05-01 08:00+08'::timestamptz + i * interval '1 second' "
             "FROM generate_series(1, 30) i")
        place = ("--data", self.data)
        database = f"host={folder} user={user} dbname=postgres password=secret"
        query = "SELECT *, changed AS reported FROM results WHERE changed >= $1::timestamptz ORDER BY changed"
        self.write_feed("lis", mapping="lab-results", authority="urn:oid:1.2.3", connector={
            "kind": "sql", "database": database, "query": query, "watermark": "changed", "from": "2024-01-01", "every": "1s"})
        running = self.start()

        def until(**wanted) -> None:
            while any((shown := self.feed("lis"))[name] != value for name, value in {"waiting": 0, **wanted}.items()):
                self.assertNotIn("fault", shown)

        until(messages=30)
        self.assertEqual(self.feed("lis")["dead_letters"], 0)
        found = json.loads(self.run_ok("search", "Observation?_count=1&_sort=-date", *place))
        self.assertEqual((found["total"], found["entry"][0]["resource"]["issued"]), (30, "2024-05-01T00:00:30+00:00"))
        # What comes later, at the same moment as the last one too, and what was changed.
        psql("INSERT INTO results VALUES ('8', '31', '2951-2', 1, NULL, '2024-05-01 08:00:30+08')",
             "UPDATE results SET value = 139, changed = '2024-05-02 08:00+08' WHERE order_no = '5'")
        until(messages=32)
        self.assertEqual(json.loads(self.run_ok("search", "Observation?value-quantity=139", *place))["total"], 1)
        self.stop(running)
        psql("INSERT INTO results VALUES ('9', '32', '2951-2', 2, NULL, '2024-05-03 08:00+08')")
        self.start()
        until(messages=33)
        self.assertEqual(self.feed("lis")["database"], database.replace("password=secret", "password=…"))
        # A query that is wrong is said, and nothing is lost.
        self.write_feed("lis", mapping="lab-results", connector={"kind": "sql", "database": database, "query": "SELECT nothing FROM nowhere", "every": "1s"})
        self.run_ok("feeds", "reload", *place)
        while "fault" not in self.feed("lis"):
            pass
        self.assertIn('relation "nowhere" does not exist', self.feed("lis")["fault"])

    def test_takes_tables_as_hospitals_write_them(self):
        place = ("--data", self.data)
        folder = self.data / "catalog" / "feeds" / "tables"
        folder.mkdir()
        self.write_feed("tables", connector={"kind": "folder", "path": "tables"}, mapping="lab-results", authority="urn:oid:1.2.3", zone="Asia/Shanghai")
        (folder / "lis.csv").write_bytes(
            "病历号;姓名;性别;申请单号;项目代码;项目名称;结果;单位;报告时间\r\n7;王小明;男;S1;GLU;葡萄糖;<0.50;mmol/L;2024/5/1 9:15\r\n"
            "8;李梅;女;S2;GLU;葡萄糖;5.40;mmol/L;2024/5/1 9:20\r\n9;broken;x;y;z;a;b;c;d;e\r\n".encode("gb18030"))
        with zipfile.ZipFile(folder / "week.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("monday/a.tsv", "patient_no\torder_no\tloinc\tvalue\n7\tS3\t718-7\t13.1\n")
            archive.writestr("../../slip.csv", "patient_no,order_no,loinc,value\n7,S4,718-7,1\n")
        self.start()
        while len(list(folder.glob("taken/*"))) < 2 or self.feed("tables")["waiting"]:
            pass
        shown = self.feed("tables")
        self.assertEqual((shown["messages"], shown["dead_letters"]), (5, 2))
        listed = self.run_ok("dead-letters", "list", "tables", *place)
        self.assertIn("line 4", listed)
        self.assertIn("member 2", listed)
        names = json.loads(self.run_ok("search", "Patient?_sort=identifier", *place))["entry"]
        self.assertEqual([one["resource"].get("name", [{}])[0].get("text") for one in names], ["王小明", "李梅"])
        found = json.loads(self.run_ok("search", "Observation?value-quantity=5.40", *place))["entry"]
        self.assertEqual(found[0]["resource"]["code"]["text"], "葡萄糖")
        self.assertEqual(json.loads(self.run_ok("search", "Observation", *place))["total"], 3)
        self.assertFalse((self.data / "catalog" / "slip.csv").exists())

    def test_tries_a_declaration_without_a_server(self):
        feed = self.file("trial.yaml", json.dumps(
            {"feed": "trial", "connector": {"kind": "mllp", "listen": "127.0.0.1:0"}, "mapping": "hl7v2", "types": ["ADT^*"]}))
        path = self.file("visit.hl7", self.visit("V1", "A01", "20240501080500") + self.MESSAGES.replace("ADT^A01", "ZZZ^Z99", 1))
        tried = self.run_ok("feeds", "test", feed, "--messages", path)
        self.assertRegex(tried, r"V1 ADT\^A01: 1 Encounter, \d+ Location, .*1 Patient")
        self.assertIn("C0 ZZZ^Z99: kept, and means nothing to this feed", tried)
        run = Run("feeds", "test", self.file("wrong.yaml", "feed: x\nmapping: none\n"))
        self.assertEqual(run.code, FOUND)
        self.assertIn('wrong.yaml:1: "connector" must be a map', run.out)

    def test_does_not_start_with_a_mapping_that_is_wrong(self):
        self.declare(mapping="hl7v2")
        folder = self.data / "catalog" / "mappings" / "hl7v2"
        folder.mkdir(parents=True)
        (folder / "mine.yaml").write_text("segments: {ZZZ: {make: Dragon}}\n")
        run = Run("serve", "--data", self.data, "--port", "0")
        self.assertEqual(run.code, FAILED)
        self.assertIn("hl7v2/mine.yaml:1: ", run.err)

    def test_pauses_and_goes_on(self):
        self.declare()
        self.start()
        self.run_ok("feeds", "pause", "lab", "--data", self.data)
        self.assertEqual(self.shown()["state"], "paused")
        self.run_ok("feeds", "resume", "lab", "--data", self.data)
        self.assertEqual(self.shown()["state"], "running")

    def test_does_not_start_with_a_feed_that_is_declared_wrongly(self):
        self.declare(poison="drink")
        run = Run("serve", "--data", self.data, "--port", "0")
        self.assertEqual(run.code, FAILED)
        self.assertIn('lab.yaml:1: "poison" is one of skip, stop, not "drink"', run.err)

    def test_tells_when_nobody_takes_messages(self):
        path = self.file("messages.hl7", self.MESSAGES)
        self.assertEqual(Run("hl7", "send", path, "--to", "127.0.0.1:1").code, FAILED)
        self.assertEqual(Run("hl7", "send", path, "--to", "nowhere").code, FAILED)


class Archive(ServerTest):
    """Images by DICOM: sent, kept, found, and known to the record."""

    def setUp(self):
        super().setUp()
        self.nodes = self.data / "catalog" / "dicom"
        self.nodes.mkdir(parents=True)
        self.declare("archive", anyone=True)

    def declare(self, name: str, **more):
        (self.nodes / f"{name}.yaml").write_text(json.dumps({"node": name, "listen": "127.0.0.1:0", "titles": ["ARCHIVE"], **more}))

    def shown(self) -> dict:
        return json.loads(self.run_ok("dicom", "nodes", "--format", "json", "--data", self.data))

    def send(self, *files) -> Run:
        return Run("dicom", "send", *files, "--to", self.shown()["nodes"][0]["listen"], "--called", "ARCHIVE", "--calling", "CT1")

    def test_keeps_what_is_sent_and_tells_the_record(self):
        running = self.start()
        first = self.file("a.dcm", dicom(*Dicom.IMAGE))
        second = self.file("b.dcm", dicom(*[(0x00080018, "UI", "1.2.3.5") if tag == 0x00080018 else (tag, vr, value) for tag, vr, value in Dicom.IMAGE]))
        sent = self.send(first, second, first)
        self.assertEqual((sent.code, sent.out), (OK, "0000 1.2.3.4\n0000 1.2.3.5\n0000 1.2.3.4\n"), sent.err)
        shown = self.shown()
        self.assertEqual((shown["archive"]["studies"], shown["archive"]["instances"]), (1, 2))
        while not self.shown()["imaging_studies"]["up_to_date"] or not self.shown()["imaging_studies"]["written"]:
            pass
        answer, body = self.ask("GET", "/fhir/ImagingStudy?_include=ImagingStudy:subject")
        study, patient = (entry["resource"] for entry in json.loads(body)["entry"])
        self.assertEqual((study["numberOfInstances"], study["subject"]["reference"]), (2, "Patient/" + patient["id"]))
        self.assertEqual(patient["name"][0]["family"], "Wang")
        self.assertIn("archive          running", self.run_ok("dicom", "nodes", "--data", self.data))
        self.assertEqual(self.run_ok("dicom", "verify", "--data", self.data), "every object is as it came\n")
        # Another object under the same UID is refused, and the first stays.
        other = self.file("c.dcm", dicom(*[(tag, vr, b"zyxwvu" if tag == 0x7FE00010 else value) for tag, vr, value in Dicom.IMAGE]))
        sent = self.send(other)
        self.assertEqual((sent.code, sent.out.split()[0]), (FOUND, "0111"))
        self.stop(running)
        # All of it is there again, and what was damaged meanwhile is named.
        for path in (self.data / "archive" / "objects").glob("??/*"):
            path.write_bytes(path.read_bytes()[:-2] + b"!!")
            break
        run = Run("dicom", "verify", "--data", self.data)
        self.assertEqual((run.code, run.out.count("its bytes are not those that came")), (FOUND, 1), run.out)

    def test_answers_dcmtk(self):
        if not shutil.which("findscu"):
            self.skipTest("DCMTK's tools are not installed (package dcmtk)")
        self.start()
        self.assertEqual(self.send(self.file("a.dcm", dicom(*Dicom.IMAGE))).code, OK)
        port = self.shown()["nodes"][0]["listen"].rsplit(":", 1)[1]
        found = subprocess.run(["findscu", "-aec", "ARCHIVE", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientName=wang*", "-k", "StudyInstanceUID", "127.0.0.1", port],
                               capture_output=True, text=True)
        self.assertIn("[1.2.3", found.stdout + found.stderr)
        got = self.folder / "got"
        got.mkdir()
        subprocess.run(["getscu", "-aec", "ARCHIVE", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3", "-od", str(got), "127.0.0.1", port], check=True)
        (file,) = got.iterdir()
        self.assertTrue(file.read_bytes().endswith(b"abcdef"))

    def plan(self):
        """Two orders with a time, one of which is booked for a room, and one without."""
        imaging = [{"coding": [{"system": "http://snomed.info/sct", "code": "363679005"}]}]
        of = lambda code: [{"coding": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": code}]}]
        order = lambda id, **more: {
            "resourceType": "ServiceRequest", "id": id, "status": "active", "intent": "order", "subject": {"reference": "Patient/p"}, "category": imaging,
            "identifier": [{"type": {"coding": [{"code": "ACSN"}]}, "value": "A" + id}], "code": {"text": "胸部 CT"}, **more}
        lines = [
            {"resourceType": "Patient", "id": "p", "identifier": [{"value": "7"}], "gender": "female", "birthDate": "1980-02-03",
             "name": [{"family": "王", "given": ["芳"]}, {"family": "Wang", "given": ["Fang"]}]},
            order("1", orderDetail=of("CT"), occurrenceDateTime="2026-01-05T09:30:00Z"),
            order("2", orderDetail=of("MR"), occurrenceDateTime="2026-01-06T09:30:00Z"),
            order("3", orderDetail=of("CT")),
            {"resourceType": "Appointment", "id": "a", "status": "booked", "basedOn": [{"reference": "ServiceRequest/2"}], "start": "2026-01-05T10:00:00Z",
             "end": "2026-01-05T10:30:00Z", "participant": [{"actor": {"display": "Room 5", "type": "Location"}, "status": "accepted"}]}]
        (self.nodes / "worklist.yaml").write_text("stations: [{title: MR1, modality: MR, places: [room 5]}]")
        self.run_ok("import", self.file("plan.ndjson", "\n".join(map(json.dumps, lines))), "--data", self.data)

    def worklist(self, *words, code=OK) -> list:
        run = Run("dicom", "worklist", "--format", "json", *words)
        self.assertEqual(run.code, code, run.err)
        return [(step["00080050"]["Value"][0], step["00400100"]["Value"][0]) for step in json.loads(run.out)]

    def test_shows_modalities_what_is_to_be_done(self):
        self.plan()
        self.start()
        here = ("--data", self.data, "--date", "20260105")
        steps = self.worklist(*here)
        self.assertEqual([accession for accession, _ in steps], ["A1", "A2"])
        self.assertEqual(steps[1][1]["00400001"]["Value"], ["MR1"])
        self.assertEqual(self.worklist(*here, "--modality", "MR", "--station", "MR1", "--patient", "7", "--accession", "A2"), steps[1:])
        self.assertEqual(self.worklist(*here, "--modality", "US", code=FOUND), [])
        listed = self.run_ok("dicom", "worklist", *here)
        self.assertIn("Wang^Fang=王^芳", listed)
        self.assertEqual(Run("dicom", "worklist", *here, "NoSuchThing=1").code, USAGE)
        # The same by an association, as a modality does it.
        node = self.shown()["nodes"][0]["listen"]
        peer = ("--to", node, "--called", "ARCHIVE", "--calling", "CT1", "--date", "20260105")
        self.assertEqual([(accession, step["00400001"]["Value"]) for accession, step in self.worklist(*peer)], [("A1", ["CT1"]), ("A2", ["MR1"])])
        self.assertEqual([accession for accession, _ in self.worklist(*peer, "PatientName=王*", "--modality", "CT")], ["A1"])
        # And it takes up what changed, or says what is wrong with it.
        (self.nodes / "worklist.yaml").write_text("stations: [{title: CT7, modality: CT}]")
        self.assertEqual(self.run_ok("dicom", "reload", "--data", self.data), "the worklist follows other rules now\n")
        self.assertEqual(self.worklist(*here)[0][1]["00400001"]["Value"], ["CT7"])
        (self.nodes / "worklist.yaml").write_text("stations: [{title: CT7, modality: ROENTGEN}]")
        run = Run("dicom", "reload", "--data", self.data)
        self.assertEqual(run.code, FAILED)
        self.assertIn("worklist.yaml:1: ", run.err)

    def test_shows_dcmtk_the_worklist_and_takes_its_study(self):
        if not shutil.which("findscu"):
            self.skipTest("DCMTK's tools are not installed (package dcmtk)")
        self.plan()
        self.start()
        port = self.shown()["nodes"][0]["listen"].rsplit(":", 1)[1]

        def ask(*keys) -> str:
            words = [word for key in keys for word in ("-k", key)]
            run = subprocess.run(["findscu", "-aec", "ARCHIVE", "-aet", "CT1", "-W", *words, "127.0.0.1", port], capture_output=True)
            told = (run.stdout + run.stderr).decode("utf-8", "replace")
            self.assertEqual(run.returncode, 0, told)
            return told

        step = "ScheduledProcedureStepSequence[0]."
        told = ask("PatientName", "PatientID", "StudyInstanceUID", "AccessionNumber", "RequestedProcedureDescription", step + "Modality=CT",
                   step + "ScheduledStationAETitle=CT1", step + "ScheduledProcedureStepStartDate=20260104-20260105",
                   step + "ScheduledProcedureStepStartTime=080000-120000", step + "ScheduledProcedureStepStatus")
        self.assertIn("[A1", told)
        self.assertNotIn("[A2", told)
        self.assertIn("[SCHEDULED", told)
        self.assertIn("ISO_IR 192", told)
        self.assertIn("胸部 CT", told)
        self.assertIn("Pending", told)
        uid = re.search(r"\(0020,000d\) UI \[(2\.25\.\d+)", told)[1]
        self.assertIn("[A2", ask("AccessionNumber", step + "ScheduledProcedureStepStartDate=20260105", step + "Modality=MR"))
        # A study with the UID that was given is the order's, which is done then.
        image = dicom(*sorted([(0x00080050, "SH", "A1"), *((tag, vr, uid if tag == 0x0020000D else value) for tag, vr, value in Dicom.IMAGE)]))
        self.assertEqual(self.send(self.file("a.dcm", image)).code, OK)
        while not self.shown()["imaging_studies"]["up_to_date"] or not self.shown()["imaging_studies"]["written"]:
            pass
        self.assertNotIn("[A1", ask("AccessionNumber", step + "ScheduledProcedureStepStartDate=20260105"))

    def test_says_what_is_declared_wrongly_and_takes_up_what_changed(self):
        self.start()
        self.declare("second", titles=["OTHER"])
        run = Run("dicom", "reload", "--data", self.data)
        self.assertEqual(run.code, FAILED)
        self.assertIn("second.yaml:1: nobody may ask", run.err)
        self.declare("second", titles=["OTHER"], anyone=True)
        self.assertEqual(self.run_ok("dicom", "reload", "--data", self.data), "second is started anew or stopped\n")
        self.assertEqual([node["state"] for node in self.shown()["nodes"]], ["running", "running"])


class Report(unittest.TextTestResult):
    """Also keeps what gtest would write, so that cases are counted alike (tools/count_tests.py)."""

    def __init__(self, *args):
        super().__init__(*args)
        self.cases: dict[str, dict] = {}

    def startTest(self, test):
        self.cases[test.id()] = {"name": test.id().split(".", 1)[1], "status": "RUN", "result": "COMPLETED"}
        super().startTest(test)

    def addSkip(self, test, reason):
        self.cases[test.id()]["result"] = "SKIPPED"
        super().addSkip(test, reason)

    def stopTestRun(self):
        super().stopTestRun()
        for test, text in self.failures + self.errors:
            case = self.cases.get(getattr(test, "test_case", test).id())
            if case:
                case["failures"] = [{"failure": text}]
        folder = os.environ.get("GTEST_OUTPUT", "").removeprefix("json:")
        if folder:
            report = {"testsuites": [{"name": "Program", "testsuite": list(self.cases.values())}]}
            pathlib.Path(folder, "program_test.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], testRunner=unittest.TextTestRunner(resultclass=Report))
