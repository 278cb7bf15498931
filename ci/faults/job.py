"""The job that every instrument disturbs, what has to hold afterwards, and how that is told.

The job: a card of three files to two folders. Its four kinds: with a classic list or an ASC history, of a whole card
or of one that grew after its first offload. Whatever is judged is judged here from the bytes, by other code than the
command's own.
"""

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

MHL = os.environ["MHL"]
SCRATCH = Path(os.environ["FAULTS_SCRATCH"])
ROLL = "A001R1AB"
MARKER = f".{ROLL}.offload"
# The sizes are no multiples of anything; the last file comes when the card grows.
SIZES = {"A001C001.mxf": 2_500_001, "CLIP/A001C002.mxf": 4_097, "CLIP/A001C003.wav": 700_003}
LATE = "CLIP/A001C003.wav"
FIRST_CALL = 1_795_334_400
PART = re.compile(r"\.(chain|list|\d+)\.mhl-part")
# What a list says of its own making, and not of the roll.
WHEN = re.compile(rb"<(startdate|finishdate|creationdate|hashdate|c4)>[^<]*</\1>|hashdate=\"[^\"]*\"")
DATE_IN_NAME = re.compile(r"_\d{4}-\d\d-\d\d_\d{6}Z?")
SKIPPED = 77


class Tally:
    """The checks of one instrument: a line for each, and the exit code."""

    def __init__(self, instrument: str):
        self.instrument, self.count, self.failed = instrument, 0, 0

    def check(self, name: str, faults: list[str]) -> None:
        """Counts a check; tells it only where something is wrong with it."""
        self.count += 1
        if faults:
            self.failed += 1
            print(f"FAIL  {self.instrument}, {name}", *faults, sep="\n      ", flush=True)

    def told(self, name: str, faults: list[str]) -> None:
        self.check(name, faults)
        if not faults:
            print(f"ok    {self.instrument}, {name}", flush=True)

    def end(self, what: str) -> None:
        print(f"{'FAIL' if self.failed else 'ok  '}  {self.instrument}: {what}, {self.failed} of {self.count} failed",
              flush=True)
        sys.exit(1 if self.failed else 0)


def needs(*programs: str) -> None:
    """Ends the instrument with a word where a program is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        skip(f"{', '.join(missing)} not installed (ci/tools faults)")


def skip(why: str) -> None:
    print(f"skipped: {Path(sys.argv[0]).name}: {why}", flush=True)
    sys.exit(SKIPPED)


@dataclass
class Outcome:
    """What a run of the command said."""

    code: int
    report: dict
    said: str

    def statuses(self) -> list[str]:
        return [copy["status"] for copy in self.report.get("copies", [])]

    def kinds(self, copy: int) -> set[str]:
        """The kinds of what was found on this copy."""
        return {found["kind"] for found in self.report.get("findings", []) if found.get("copy") == copy}


def of(process: subprocess.Popen, timeout: float = 120) -> Outcome:
    """Waits for a run of the command."""
    try:
        out, said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        # Where the machine stood still, the time is over and the process too.
        if process.poll() is None:
            raise
        out, said = process.communicate()
    lines = out.strip().splitlines()
    try:
        report = json.loads(lines[-1]) if lines else {}
    except ValueError:
        report = {}
    return Outcome(process.returncode, report, said)


def make_card(root: Path, names) -> Path:
    """A card with these of the job's files: the same bytes and times always."""
    for name in names:
        path = root / ROLL / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.Random(name).randbytes(SIZES[name]))
        os.utime(path, (FIRST_CALL, FIRST_CALL))
    for folder in root.rglob("*"):
        if folder.is_dir():
            os.utime(folder, (FIRST_CALL, FIRST_CALL))
    return root / ROLL


class Job:
    """One kind of the job, on two folders."""

    def __init__(self, form: str, grown: bool, to: list[Path], card: Path | None = None):
        self.form, self.grown, self.to = form, grown, to
        self.kind = f"{form}, {'a card that grew' if grown else 'a whole card'}"
        home = SCRATCH / f"job-{form}-{'grown' if grown else 'whole'}-{len(list(SCRATCH.iterdir()))}"
        self.card = card or make_card(home / "card", SIZES)
        self.files = {str(path.relative_to(self.card)): path.read_bytes()
                      for path in self.card.rglob("*") if path.is_file()}
        self.before = None
        plain = [home / "plain/a", home / "plain/b"]
        for folder in plain:
            folder.mkdir(parents=True)
        self.clock = FIRST_CALL
        if grown:
            early = make_card(home / "early", [name for name in SIZES if name != LATE])
            self.before = home / "before"
            self.before.mkdir()
            done = of(self.start([self.before], card=early))
            assert done.code == 0, done
            for folder in plain:
                shutil.copytree(self.before / ROLL, folder / ROLL)
        done = of(self.start(plain))
        assert done.code == 0, done
        self.expected = snapshot(plain[0])
        assert self.expected == snapshot(plain[1])
        # What systems leave behind on a card is not copied.
        self.files = {name: bytes for name, bytes in self.files.items() if f"{ROLL}/{name}" in self.expected}

    def start(self, to: list[Path] | None = None, before=(), card: Path | None = None, more=()) -> subprocess.Popen:
        """Starts it, as resumable as it is; every run an hour after the one before it, as lists tell the time."""
        self.clock += 3600
        into = [word for folder in to or self.to for word in ("--to", str(folder))]
        command = [*before, MHL, "--json", "offload", str(card or self.card), *into, "--resume", "--algorithm", "md5",
                   "--manifest", self.form, *more]
        fixed = {**os.environ, "SOURCE_DATE_EPOCH": str(self.clock), "MHL_HOSTNAME": "cart"}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=fixed)

    def reset(self) -> None:
        """The folders as they were before the job."""
        self.clear()
        for folder in self.to if self.before else []:
            shutil.copytree(self.before / ROLL, folder / ROLL)

    def clear(self) -> None:
        """Takes the roll away, and whatever stands beside it."""
        for folder in self.to:
            for name in (ROLL, MARKER):
                shutil.rmtree(folder / name, ignore_errors=True)

    def is_honest(self, outcome: Outcome, seen=None) -> list[str]:
        """Nothing is called verified that is not there."""
        faults = []
        statuses = outcome.statuses()
        for folder, status in zip(seen or self.to, statuses):
            if status == "verified" and not self.is_complete(folder):
                faults.append(f"{folder}: called verified, and is not there")
        if (outcome.code == 0) != (bool(statuses) and set(statuses) == {"verified"}):
            faults.append(f"exit {outcome.code} with copies {statuses}: {outcome.said[-300:]}")
        return faults

    def is_complete(self, folder: Path) -> bool:
        return snapshot(folder, inside_alone=True) == {
            path: what for path, what in self.expected.items() if path.startswith(ROLL + "/")}

    def keeps_its_promises(self, folder: Path, durable=()) -> list[str]:
        """What has to hold in a folder at every moment; `durable` are files that were acknowledged."""
        roll, faults, names = folder / ROLL, [], {}
        for path in sorted(roll.rglob("*")) if roll.exists() else []:
            name = str(path.relative_to(roll))
            if path.is_dir() or PART.fullmatch(path.name):
                continue
            if name in self.files:
                names[name] = path.read_bytes()
                if names[name] != self.files[name]:
                    faults.append(f"{path}: a final name with other bytes, {len(names[name])} of them")
            elif path.suffix not in (".mhl", ".xml"):
                faults.append(f"{path}: nobody's")
        faults += [f"{roll / name}: was acknowledged, and is not there" for name in durable if name not in names]
        try:
            listed = (self.listed_classic if self.form == "classic" else self.listed_asc)(roll)
        except (ET.ParseError, OSError, ValueError) as error:
            return [*faults, f"{roll}: half a list: {error}"]
        if listed is None:
            return [*faults, f"{roll}: no list, where one stood"] if self.grown else faults
        allowed = [set(self.files)] + ([set(self.files) - {LATE}] if self.grown else [])
        if set(listed) not in allowed:
            faults.append(f"{roll}: its list names {sorted(listed)}")
        for name, digest in listed.items():
            if name not in names:
                faults.append(f"{roll}: its list names {name}, which is not there")
            elif hashlib.md5(self.files.get(name, b"")).hexdigest() != digest:
                faults.append(f"{roll}: its list has another digest of {name}")
        return faults

    def listed_classic(self, roll: Path) -> dict[str, str] | None:
        lists = list(roll.glob("*.mhl"))
        if len(lists) > 1:
            raise ValueError(f"{len(lists)} of them")
        return {entry.findtext("file"): entry.findtext("md5")
                for entry in ET.parse(lists[0]).getroot().findall("hash")} if lists else None

    def listed_asc(self, roll: Path) -> dict[str, str] | None:
        history = roll / "ascmhl"
        whole = {path.name: ET.parse(path).getroot() for path in history.glob("*.mhl")}
        chain = history / "ascmhl_chain.xml"
        if not chain.exists():
            return None
        listed = {}
        for entry in ET.parse(chain).getroot().findall(".//{*}hashlist"):
            manifest = entry.findtext("{*}path")
            if c4((history / manifest).read_bytes()) != entry.findtext("{*}c4"):
                raise ValueError(f"{manifest} is not what the chain says")
            listed |= {entry.findtext("{*}path"): entry.findtext("{*}md5")
                       for entry in whole[manifest].findall(".//{*}hash")}
        return listed

    def converges(self, before=()) -> list[str]:
        """The next run ends as an undisturbed one does."""
        outcome = of(self.start(before=before))
        if outcome.code != 0:
            return [f"the next run: exit {outcome.code}: {outcome.report.get('findings')} {outcome.said[-500:]}"]
        faults = self.is_honest(outcome)
        for folder in self.to:
            faults += difference(folder, snapshot(folder), self.expected)
        return faults


def difference(folder: Path, found: dict, expected: dict) -> list[str]:
    return [f"{folder}: {path} is {found.get(path, ['absent'])[:3]}, expected {expected.get(path, ['absent'])[:3]}"
            for path in sorted(found.keys() | expected.keys()) if found.get(path) != expected.get(path)]


def snapshot(folder: Path, inside_alone: bool = False) -> dict:
    """Everything that stands in a folder: kind, permissions, time, digest of the bytes. Of lists without dates."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name.startswith("lost+found") or (inside_alone and not name.startswith(ROLL + "/")):
            continue
        stat = path.lstat()
        if path.is_dir():
            # The roll's own folder and a history get their times from the names in them.
            own = name == ROLL or path.name == "ascmhl"
            found[name] = ("folder", None, None if own else stat.st_mtime_ns, None)
        else:
            bytes, time = path.read_bytes(), stat.st_mtime_ns
            if path.suffix in (".mhl", ".xml") and DATE_IN_NAME.search(name) or path.name == "ascmhl_chain.xml":
                bytes = DATE_IN_NAME.sub("", WHEN.sub(b"", bytes).decode()).encode()
                name, time = DATE_IN_NAME.sub("", name), None
            found[name] = ("file", stat.st_mode & 0o777, time, hashlib.sha256(bytes).hexdigest())
    return found


def acknowledged(folder: Path) -> set[str]:
    """The files that the journals beside the roll call durable at this moment: the sixth of seven fields of each."""
    names = set()
    try:
        journals = list((folder / MARKER).glob("journal.*"))
    except FileNotFoundError:
        # The offload ended meanwhile: its list is the promise now.
        return names
    for journal in journals:
        try:
            fields = journal.read_bytes().split(b"\0")
        except OSError:
            continue
        whole = (len(fields) - 1) // 7 * 7
        names |= {path.decode() for path in fields[5:whole:7]}
    return names


def c4(bytes: bytes) -> str:
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(hashlib.sha512(bytes).digest(), "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = digits[digit] + text
    return "c4" + text.rjust(88, "1")
