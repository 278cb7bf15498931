#!/usr/bin/env python3
"""May this card be wiped? From reports to a permit, from a script: it says what ../c/clear.c says.

    clear.py LIBRARY begin LEDGER                        makes a ledger: an example's roll, places and media
    clear.py LIBRARY record LEDGER REPORT WHERE...       records a report; WHERE is COPY=MEDIUM[@PLACE], of which COPY
                                                         is a number or `card`
    clear.py LIBRARY ask LEDGER ROLL NOW                 asks; prints why not, and what to do
    clear.py LIBRARY permit LEDGER ROLL NOW END KEY      the same; prints a permit, signed, where it is cleared
    clear.py LIBRARY check LEDGER NOW PUBLIC PERMIT      whether a permit holds

NOW and END are seconds since 1970. Exits with 0 when it is cleared, or done, 40 when it is withheld, 41 when it cannot be
told, 1 when a permit does not hold, 2 when it could not be done.
"""
import sys
from pathlib import Path

import mhl

EVENTS = [
    ("roll", {"id": "A001", "kind": "camera", "genre": "nonfiction", "links": ""}),
    ("place", {"id": "cart", "site": "Stage 5"}),
    ("place", {"id": "vault", "site": "Lab"}),
    ("medium", {"id": "serial:CARD", "kind": "capture-device"}),
    ("medium", {"id": "serial:SET", "kind": "raid", "level": "5"}),
    ("medium", {"id": "serial:LAB", "kind": "raid", "level": "6"}),
    ("medium", {"id": "lto:A00001L8", "kind": "lto", "generation": "8", "file-system": "ltfs"}),
    ("inspection", {"rolls": "A001", "files": "all", "by": "dit", "result": "passed",
                    "covers": ["recording", "transfer"], "against": "camera-reports"}),
]
EXIT = {"cleared": 0, "withheld": 40}


def begin(library, path):
    with library.ledger(path, mhl.LEDGER_CREATE) as ledger:
        for kind, fields in EVENTS:
            ledger.append(kind, fields, now=1772740000)
    return 0


def record(library, path, report, *where):
    placements = dict(place.split("=", 1) for place in where)
    placements = {None if copy == "card" else int(copy): medium for copy, medium in placements.items()}
    # An application that has just offloaded holds the report already.
    with library.report(Path(report).read_text()) as report, library.ledger(path) as ledger:
        print("event", ledger.record(report, "A001", placements, now=1772741000))
    return 0


def explain(verdict):
    for reason in verdict.whole["findings"]:
        if reason["decides"]:
            print(reason["kind"], f"{reason['outcome']}:", reason["found"])
    for action in verdict.next["actions"]:
        print("->", action["text"])


def ask(library, path, roll, now, end=None, key=None):
    with library.ledger(path, mhl.LEDGER_READ) as ledger, library.profile() as profile:
        with ledger.clear(profile, now=int(now), roll=roll) as verdict:
            decision = verdict.decision
            if decision != "cleared":
                explain(verdict)
            elif key is None:
                print("cleared:", verdict.whole["question"])
        if decision == "cleared" and key is not None:
            private = Path(key).read_text()
            print(ledger.permit(profile, private, now=int(now), expires=int(end), roll=roll))
    # Also a word that this program does not know.
    return EXIT.get(decision, 41)


def check(library, path, now, public, permit):
    with library.statement(Path(permit).read_text(), Path(public).read_text()) as statement:
        with library.ledger(path, mhl.LEDGER_READ) as ledger, library.profile() as profile:
            for medium in statement.check(ledger, profile, now=int(now)):
                print("may be wiped:", medium)
    return 0


def main(arguments):
    verbs = {"begin": begin, "record": record, "ask": ask, "permit": ask, "check": check}
    if len(arguments) < 3 or arguments[1] not in verbs:
        sys.exit(__doc__)
    try:
        return verbs[arguments[1]](mhl.Library(arguments[0]), *arguments[2:])
    except (mhl.Error, OSError, ValueError) as error:
        print(f"clear: {error}", file=sys.stderr)
        for cause in getattr(error, "causes", []):
            print(f"clear: cause {cause}", file=sys.stderr)
        return 1 if getattr(error, "status", None) == mhl.STATUS_PERMIT_BROKEN else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
