#!/usr/bin/env python3
"""Copies a card from a script, and may be stopped: it says what ../c/offload.c says.

    offload.py LIBRARY copy CARD DESTINATION...      copies, proves and lists
    offload.py LIBRARY resume CARD DESTINATION...    takes up what was stopped, or proves again
    offload.py LIBRARY cancel CARD DESTINATION...    the same as copy, stopped while it copies
    offload.py LIBRARY json CARD DESTINATION...      the same as copy; prints the report as JSON

Exits with 0 when every copy holds, 1 when not, 2 when it could not be done, 5 when it was stopped.
"""
import json
import sys

import mhl


def offload(library, verb, card, destinations):
    token = library.cancel_token()
    written, read_back = [0] * len(destinations), [0] * len(destinations)

    def watch(progress):
        if progress.copy < len(destinations):
            written[progress.copy], read_back[progress.copy] = progress.copy_written, progress.copy_read_back
        # A button would do this.
        if verb == "cancel" and progress.phase == mhl.COPY:
            token.cancel()

    with library.offload(card, destinations, resume=verb == "resume", tool="offload.py", progress=watch,
                         cancel=token) as report:
        if verb == "json":
            print(report.json)
        else:
            for number, copy in enumerate(json.loads(report.json)["copies"]):
                word = "verified" if copy["status"] == "verified" else "not a copy"
                line = f"{word}: files={copy['counts']['verified']} written={written[number]} read-back={read_back[number]}"
                if copy["algorithms"]:
                    line += f" algorithms={' '.join(copy['algorithms'])}"
                if "manifest" in copy:
                    line += f" list={copy['manifest']['path']}"
                print(line)
        # Only so is every file of the card in every copy.
        return 0 if report.summary.outcome == mhl.VERIFIED else 1


def main(arguments):
    if len(arguments) < 4 or arguments[1] not in ("copy", "resume", "cancel", "json"):
        sys.exit(__doc__)
    try:
        return offload(mhl.Library(arguments[0]), arguments[1], arguments[2], arguments[3:])
    except (mhl.Error, OSError) as error:
        print(f"offload: {error}", file=sys.stderr)
        return 5 if getattr(error, "status", None) == mhl.STATUS_CANCELLED else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
