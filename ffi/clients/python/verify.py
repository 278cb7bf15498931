#!/usr/bin/env python3
"""What a script does with libmhl: it says what ../c/verify.c says.

    verify.py LIBRARY hash FILE      pushes a file's bytes as they are read; prints its digests
    verify.py LIBRARY roll ROLL      verifies a roll; prints progress, findings and the outcome
    verify.py LIBRARY cancel ROLL    the same, stopped by the callback before the first byte is compared
    verify.py LIBRARY token ROLL     the same, stopped by a token that another thread sets
    verify.py LIBRARY throw ROLL     the same, stopped by an exception of the progress function

Exits with 0 when all held, 1 when not, 2 when it could not be done, 5 when it was stopped.
"""
import sys
import threading

import mhl


def hash_file(library, path):
    with open(path, "rb") as file, library.hasher([mhl.XXH64, mhl.MD5, mhl.C4]) as hasher:
        while data := file.read(1 << 16):
            hasher.update(data)
        for name, text in hasher.finish():
            print(f"{name}:{text}")
    return 0


def roll(library, mode, path):
    calls = 0
    token = library.cancel_token()

    def watch(progress):
        nonlocal calls
        calls += 1
        if progress.phase != mhl.READ or mode == "roll":
            return False
        if mode == "token":
            setter = threading.Thread(target=token.cancel)
            setter.start()
            setter.join()
            return False
        if mode == "throw":
            raise RuntimeError("thrown while watching")
        return True

    with library.verify(path, tool="verify.py", progress=watch, cancel=token) as report:
        print(f"verify: progress was told {calls} times", file=sys.stderr)
        for finding in report.findings:
            print(finding.pop("kind"), *(f"{name}={text}" for name, text in finding.items() if name != "note"))
        summary = report.summary
        held = summary.outcome == mhl.VERIFIED
        print(f"{'verified' if held else 'not verified'}: {summary.verified} of {summary.files} files, "
              f"{summary.bytes} bytes")
    return 0 if held else 1


def main(arguments):
    if len(arguments) != 3:
        sys.exit(__doc__)
    library = mhl.Library(arguments[0])
    try:
        if arguments[1] == "hash":
            return hash_file(library, arguments[2])
        return roll(library, arguments[1], arguments[2])
    except (mhl.Error, OSError, RuntimeError) as error:
        print(f"verify: {error}", file=sys.stderr)
        return 5 if getattr(error, "status", None) == mhl.STATUS_CANCELLED else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
