"""libmhl for Python, by ctypes: the calls of mhl.h with owners and exceptions, and nothing else.

    import mhl
    library = mhl.Library()                        # or mhl.Library("/opt/mhl/lib/libmhl.so.0")
    with library.hasher([mhl.MD5]) as hasher:
        hasher.update(b"abc")
        print(hasher.finish())                     # [('md5', '900150983cd24fb0d6963f7d28e17f72')]
    report = library.verify("/mnt/raid/A001", progress=lambda step: print(step.bytes_done))
    print(report.summary.outcome == mhl.VERIFIED, report.findings)
    report = library.offload("/mnt/card", ["/mnt/raid", "/mnt/shuttle"])
    with library.ledger("show.ledger") as ledger:
        ledger.record(report, "A001", {None: "serial:CARD", 0: "serial:SET@cart", 1: "serial:SHUTTLE"}, now=1772743800)
        print(ledger.clear(library.profile(), now=1772743800, roll="A001").decision)

Whatever fails raises mhl.Error. A progress function that returns something true stops the operation, and one that
raises stops it too: the exception does not pass through the library and is raised again by the call. The functions let
other threads of Python run, so that a token can be set by one of them.
"""
import ctypes
import json
import os
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

MD5, SHA1, XXH32, XXH64, XXH3, XXH128, C4 = range(1, 8)
UNKNOWN, VERIFIED, SEALED, FAILED, UNPROVEN, CANCELLED = range(6)
SCAN, COPY, READ_BACK, READ = range(1, 5)
GOOD, STATUS_CANCELLED, STATUS_NO_LIST, STATUS_PERMIT_BROKEN = 0, 12, 20, 69
CLASSIC, ASC = 1, 2
LEDGER_READ, LEDGER_APPEND, LEDGER_CREATE, LEDGER_CREATE_SIMULATED = range(1, 5)
# No copy: the source of an offload, and progress that is of none.
NO_COPY = 2**64 - 1
# MHL_ABI_VERSION of the header that this describes.
ABI_VERSION = 2


class Text(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t)]

    def __str__(self):
        # Of no bytes nothing is read; absent text is empty here.
        return ctypes.string_at(self.data, self.len).decode("utf-8") if self.data else ""


class Digest(ctypes.Structure):
    _fields_ = [("algorithm", c_uint32), ("len", c_uint32), ("bytes", ctypes.c_ubyte * 64)]


class Finding(ctypes.Structure):
    C_NAME = b"mhl_finding"
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", Text),
        ("path", Text),
        ("expected", Text),
        ("found", Text),
        ("note", Text),
        ("copy", c_uint64),
        ("is_fault", c_uint32),
    ]


class Progress(ctypes.Structure):
    """Where an operation stands. Lent: gone when the progress function returns."""

    C_NAME = b"mhl_progress"
    _fields_ = [
        ("struct_size", c_size_t),
        ("phase", c_uint32),
        ("bytes_total", c_uint64),
        ("bytes_done", c_uint64),
        ("finding", POINTER(Finding)),
        ("copy", c_uint64),
        ("copy_written", c_uint64),
        ("copy_read_back", c_uint64),
    ]


class Summary(ctypes.Structure):
    C_NAME = b"mhl_summary"
    _fields_ = [("struct_size", c_size_t), ("outcome", c_uint32)] + [
        (name, c_uint64)
        for name in (
            "findings", "files", "bytes", "verified", "mismatched", "missing", "unlisted", "unreadable", "unproven",
            "warnings", "faults", "litter", "unread", "copies", "phases",
        )
    ]


CALLBACK = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(Progress))


class Context(ctypes.Structure):
    C_NAME = b"mhl_context"
    _fields_ = [
        ("struct_size", c_size_t),
        ("tool", c_char_p),
        ("tool_version", c_char_p),
        ("host", c_char_p),
        ("user", c_char_p),
        ("progress", CALLBACK),
        ("userdata", c_void_p),
        ("cancel", c_void_p),
    ]


class VerifyOptions(ctypes.Structure):
    C_NAME = b"mhl_verify_options"
    _fields_ = [("struct_size", c_size_t), ("list", c_char_p), ("past_cache", c_uint32), ("dry_run", c_uint32)]


class OffloadOptions(ctypes.Structure):
    C_NAME = b"mhl_offload_options"
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("algorithms", POINTER(c_uint32)),
        ("algorithms_len", c_size_t),
        ("format", c_uint32),
        ("resume", c_uint32),
        ("second_read", c_uint32),
        ("patience_ms", c_uint64),
    ]


class Cause(ctypes.Structure):
    C_NAME = b"mhl_cause"
    _fields_ = [("struct_size", c_size_t), ("kind", Text), ("sentence", Text), ("line", c_uint64)]


class Recorder(ctypes.Structure):
    C_NAME = b"mhl_recorder"
    _fields_ = [("struct_size", c_size_t)] + [(name, c_char_p) for name in ("name", "role", "tool", "host")] + [
        ("time", c_int64)
    ]


class Question(ctypes.Structure):
    C_NAME = b"mhl_question"
    _fields_ = [("struct_size", c_size_t)] + [(name, c_char_p) for name in ("roll", "card", "storage")]


class Bytes(ctypes.Structure):
    _fields_ = [("data", c_char_p), ("len", c_size_t)]


class Field(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class Placement(ctypes.Structure):
    _fields_ = [("copy", c_uint64), ("medium", c_char_p), ("place", c_char_p)]


def text(words):
    return None if words is None else words.encode("utf-8")


def sized(struct, **members):
    return struct(struct_size=ctypes.sizeof(struct), **members)


class Error(Exception):
    """Why a call failed: its status, message, path (None where it is about none), line, offset, and the names of its
    causes, where it has several."""

    def __init__(self, status, message, path, line, offset, causes):
        super().__init__(message)
        self.status, self.path, self.line, self.offset, self.causes = status, path, line, offset, causes


class Library:
    """The shared library. Raises OSError where it cannot be loaded or is not the one described here."""

    def __init__(self, path="libmhl.so.0"):
        self.c = ctypes.CDLL(path)
        c = self.c
        c.mhl_version_string.restype = c_char_p
        c.mhl_abi_version.restype = c_uint32
        abi = c.mhl_abi_version()
        if abi >> 16 != ABI_VERSION >> 16 or abi < ABI_VERSION:
            raise OSError(f"libmhl {c.mhl_version_string().decode()} is older than what mhl.py describes, or another")
        c.mhl_struct_is_known.restype = c_uint32
        c.mhl_struct_is_known.argtypes = [c_char_p, c_size_t]
        for struct in (Cause, Context, Finding, OffloadOptions, Progress, Question, Recorder, Summary, VerifyOptions):
            if not c.mhl_struct_is_known(struct.C_NAME, ctypes.sizeof(struct)):
                raise OSError(f"{struct.C_NAME.decode()} is not of {ctypes.sizeof(struct)} bytes")

        out = POINTER(c_void_p)
        for name, result, parameters in (
            ("mhl_error_kind", c_uint32, [c_void_p]),
            ("mhl_error_message", c_char_p, [c_void_p]),
            ("mhl_error_path", Text, [c_void_p]),
            ("mhl_error_line", c_uint64, [c_void_p]),
            ("mhl_error_offset", c_uint64, [c_void_p]),
            ("mhl_error_free", None, [c_void_p]),
            ("mhl_algorithm_name", c_char_p, [c_uint32]),
            ("mhl_digest_text", c_uint32, [POINTER(Digest), c_char_p, c_size_t, POINTER(c_size_t), out]),
            ("mhl_hasher_new", c_uint32, [POINTER(c_uint32), c_size_t, out, out]),
            ("mhl_hasher_update", c_uint32, [c_void_p, c_char_p, c_size_t, out]),
            ("mhl_hasher_finish", c_uint32, [c_void_p, POINTER(Digest), c_size_t, POINTER(c_size_t), out]),
            ("mhl_hasher_free", None, [c_void_p]),
            ("mhl_cancel_token_new", c_uint32, [out, out]),
            ("mhl_cancel_token_cancel", c_uint32, [c_void_p, out]),
            ("mhl_cancel_token_free", None, [c_void_p]),
            ("mhl_verify_bytes", c_uint32,
             [c_char_p, c_size_t, POINTER(VerifyOptions), POINTER(Context), out, out]),
            ("mhl_report_summary", c_uint32, [c_void_p, POINTER(Summary), out]),
            ("mhl_report_finding", c_uint32, [c_void_p, c_uint64, POINTER(Finding), out]),
            ("mhl_report_json", c_uint32, [c_void_p, POINTER(Text), out]),
            ("mhl_report_free", None, [c_void_p]),
            ("mhl_report_parse", c_uint32, [c_char_p, c_size_t, out, out]),
            ("mhl_error_causes", c_uint64, [c_void_p]),
            ("mhl_error_cause", c_uint32, [c_void_p, c_uint64, POINTER(Cause), out]),
            ("mhl_offload_bytes", c_uint32,
             [c_char_p, c_size_t, POINTER(Bytes), c_size_t, POINTER(OffloadOptions), POINTER(Context), out, out]),
            ("mhl_ledger_open_bytes", c_uint32, [c_char_p, c_size_t, c_uint32, out, out]),
            ("mhl_ledger_append_fields", c_uint32,
             [c_void_p, c_char_p, POINTER(Field), c_size_t, POINTER(Recorder), POINTER(c_uint64), out]),
            ("mhl_ledger_record_report", c_uint32,
             [c_void_p, c_void_p, c_char_p, POINTER(Placement), c_size_t, POINTER(Recorder), POINTER(c_uint64), out]),
            ("mhl_ledger_free", None, [c_void_p]),
            ("mhl_profile_named", c_uint32, [c_char_p, out, out]),
            ("mhl_profile_free", None, [c_void_p]),
            ("mhl_clear", c_uint32, [c_void_p, c_void_p, POINTER(Question), c_int64, out, out]),
            ("mhl_verdict_json", c_uint32, [c_void_p, POINTER(Text), out]),
            ("mhl_verdict_next_json", c_uint32, [c_void_p, POINTER(Text), out]),
            ("mhl_verdict_free", None, [c_void_p]),
            ("mhl_permit_issue", c_uint32, [c_void_p, c_void_p, POINTER(Question), c_int64, c_int64, out, out]),
            ("mhl_permit_sign", c_uint32,
             [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(c_size_t), out]),
            ("mhl_permit_free", None, [c_void_p]),
            ("mhl_statement_verify", c_uint32, [c_char_p, c_size_t, c_char_p, c_size_t, out, out]),
            ("mhl_statement_check", c_uint32,
             [c_void_p, c_void_p, c_void_p, c_int64, POINTER(c_void_p), c_size_t, out, out]),
            ("mhl_statement_medium", c_uint32, [c_void_p, c_uint64, POINTER(Text), out]),
            ("mhl_statement_free", None, [c_void_p]),
        ):
            function = getattr(c, name)
            function.restype, function.argtypes = result, parameters

    def call(self, name, *arguments):
        """Calls with somewhere to put an error, and raises it."""
        error = c_void_p()
        if getattr(self.c, name)(*arguments, byref(error)) != GOOD:
            raise self._taken(error)

    def _taken(self, error):
        path = self.c.mhl_error_path(error)
        path = os.fsdecode(ctypes.string_at(path.data, path.len)) if path.data else None
        causes, cause = [], sized(Cause)
        for index in range(self.c.mhl_error_causes(error)):
            if self.c.mhl_error_cause(error, index, byref(cause), None) == GOOD and cause.kind.data:
                causes.append(str(cause.kind))
        taken = Error(self.c.mhl_error_kind(error), self.c.mhl_error_message(error).decode("utf-8"), path,
                      self.c.mhl_error_line(error), self.c.mhl_error_offset(error), causes)
        self.c.mhl_error_free(error)
        return taken

    def hasher(self, algorithms):
        return Hasher(self, algorithms)

    def cancel_token(self):
        return CancelToken(self)

    def verify(self, roll, *, list=None, past_cache=False, dry_run=False, **watching):
        """Reads a roll and compares it with its list; `watching` as in `_report`."""
        options = sized(VerifyOptions, list=text(list), past_cache=past_cache, dry_run=dry_run)
        path = os.fsencode(roll)
        return self._report("mhl_verify_bytes", path, len(path), byref(options), **watching)

    def offload(self, card, destinations, *, name=None, algorithms=(XXH64,), format=CLASSIC, resume=False,
                second_read=False, **watching):
        """Copies a card to every destination, proves the copies and lists them; `watching` as in `_report`."""
        codes = (c_uint32 * len(algorithms))(*algorithms)
        options = sized(OffloadOptions, name=text(name), algorithms=codes, algorithms_len=len(codes), format=format,
                        resume=resume, second_read=second_read)
        source, folders = os.fsencode(card), [os.fsencode(folder) for folder in destinations]
        folders = (Bytes * len(folders))(*((folder, len(folder)) for folder in folders))
        return self._report("mhl_offload_bytes", source, len(source), folders, len(folders), byref(options), **watching)

    def _report(self, name, *arguments, tool="mhl.py", tool_version=None, host=None, user=None, progress=None, cancel=None):
        """The report of an operation: who does it, a function that is told how far it is, a token that stops it."""
        raised = []

        def watch(_, step):
            try:
                return bool(progress(step.contents))
            except BaseException as exception:  # pylint: disable=broad-except
                raised.append(exception)
                return 1

        context = sized(Context, tool=text(tool), tool_version=text(tool_version), host=text(host), user=text(user),
                        progress=CALLBACK(watch) if progress else CALLBACK(),
                        cancel=cancel.handle if cancel else None)
        report = c_void_p()
        try:
            self.call(name, *arguments, byref(context), byref(report))
        except Error:
            if raised:
                raise raised[0] from None
            raise
        return Report(self, report)

    def report(self, words):
        """A report that was kept as JSON."""
        report, words = c_void_p(), text(words)
        self.call("mhl_report_parse", words, len(words), byref(report))
        return Report(self, report)

    def ledger(self, path, mode=LEDGER_APPEND):
        ledger, path = c_void_p(), os.fsencode(path)
        self.call("mhl_ledger_open_bytes", path, len(path), mode, byref(ledger))
        return Ledger(self, ledger)

    def profile(self, name="netflix-production-assets-2026"):
        profile = c_void_p()
        self.call("mhl_profile_named", text(name), byref(profile))
        return Profile(self, profile)

    def statement(self, envelope, public_key):
        """What a permit says that was signed by this key: nothing is permitted before it is checked."""
        statement, envelope, key = c_void_p(), text(envelope), text(public_key)
        self.call("mhl_statement_verify", envelope, len(envelope), key, len(key), byref(statement))
        return Statement(self, statement)


class Owned:
    """A handle that is freed with its owner, or at the end of `with`."""

    FREE = None

    def __init__(self, library, handle):
        self.library, self.handle = library, handle

    def close(self):
        if self.handle:
            getattr(self.library.c, self.FREE)(self.handle)
            self.handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()


class Hasher(Owned):
    """Digests of bytes as they arrive."""

    FREE = "mhl_hasher_free"

    def __init__(self, library, algorithms):
        super().__init__(library, None)
        handle, self.count = c_void_p(), len(algorithms)
        library.call("mhl_hasher_new", (c_uint32 * self.count)(*algorithms), self.count, byref(handle))
        self.handle = handle

    def update(self, data):
        self.library.call("mhl_hasher_update", self.handle, bytes(data), len(data))

    def finish(self):
        """Names and texts of the digests, in the order of the algorithms."""
        digests, count, text = (Digest * self.count)(), c_size_t(), ctypes.create_string_buffer(91)
        self.library.call("mhl_hasher_finish", self.handle, digests, self.count, byref(count))
        named = []
        for digest in digests[: count.value]:
            self.library.call("mhl_digest_text", byref(digest), text, len(text), byref(c_size_t()))
            named.append((self.library.c.mhl_algorithm_name(digest.algorithm).decode(), text.value.decode()))
        return named


class CancelToken(Owned):
    """Stops operations from any thread."""

    FREE = "mhl_cancel_token_free"

    def __init__(self, library):
        super().__init__(library, None)
        handle = c_void_p()
        library.call("mhl_cancel_token_new", byref(handle))
        self.handle = handle

    def cancel(self):
        self.library.call("mhl_cancel_token_cancel", self.handle)


class Report(Owned):
    """What an operation found."""

    FREE = "mhl_report_free"

    @property
    def summary(self):
        summary = sized(Summary)
        self.library.call("mhl_report_summary", self.handle, byref(summary))
        return summary

    @property
    def findings(self):
        """Each as a dictionary of texts, without those that are absent."""
        found = []
        for index in range(self.summary.findings):
            finding = sized(Finding)
            self.library.call("mhl_report_finding", self.handle, index, byref(finding))
            texts = {name: getattr(finding, name) for name in ("kind", "path", "expected", "found", "note")}
            found.append({name: str(text) for name, text in texts.items() if text.data})
        return found

    @property
    def json(self):
        text = Text()
        self.library.call("mhl_report_json", self.handle, byref(text))
        return str(text)


class Profile(Owned):
    """The rules that a clearance goes by."""

    FREE = "mhl_profile_free"


class Ledger(Owned):
    """What is on record of a production. Times are seconds since 1970, and the caller's."""

    FREE = "mhl_ledger_free"

    @staticmethod
    def _recorder(time, name="DIT", role=None):
        return sized(Recorder, name=text(name), role=text(role), tool=b"mhl.py", time=time)

    def append(self, kind, fields, *, now):
        """Appends an event; a field that is a list stands several times. Returns its number."""
        pairs = [(name, value) for name, values in fields.items()
                 for value in (values if isinstance(values, list) else [values])]
        array = (Field * len(pairs))(*((text(name), text(value)) for name, value in pairs))
        number = c_uint64()
        self.library.call("mhl_ledger_append_fields", self.handle, text(kind), array, len(pairs),
                          byref(self._recorder(now)), byref(number))
        return number.value

    def record(self, report, roll, placements, *, now):
        """Appends what a report proves: `placements` has MEDIUM or MEDIUM@PLACE by the number of the copy, None for the
        card. Returns its number."""
        placed = (Placement * len(placements))()
        for at, (copy, where) in zip(placed, placements.items()):
            medium, _, place = where.partition("@")
            at.copy, at.medium, at.place = NO_COPY if copy is None else copy, text(medium), text(place or None)
        number = c_uint64()
        self.library.call("mhl_ledger_record_report", self.handle, report.handle, text(roll), placed, len(placed),
                          byref(self._recorder(now)), byref(number))
        return number.value

    def clear(self, profile, *, now, **question):
        """May it be wiped: every card of a `roll`, its `card`, or a `storage`."""
        verdict = c_void_p()
        asked = sized(Question, **{name: text(words) for name, words in question.items()})
        self.library.call("mhl_clear", self.handle, profile.handle, byref(asked), now, byref(verdict))
        return Verdict(self.library, verdict)

    def permit(self, profile, private_key, *, now, expires, **question):
        """A signed permit, where it is cleared; mhl.Error otherwise."""
        permit, needed, key = c_void_p(), c_size_t(), text(private_key)
        asked = sized(Question, **{name: text(words) for name, words in question.items()})
        self.library.call("mhl_permit_issue", self.handle, profile.handle, byref(asked), now, expires, byref(permit))
        try:
            # Once to ask how long it is, once to have it.
            self.library.c.mhl_permit_sign(permit, key, len(key), None, 0, byref(needed), None)
            envelope = ctypes.create_string_buffer(max(needed.value, 1))
            self.library.call("mhl_permit_sign", permit, key, len(key), envelope, len(envelope), byref(needed))
            return envelope.value.decode("utf-8")
        finally:
            self.library.c.mhl_permit_free(permit)


class Verdict(Owned):
    """The answer to a question, with its proof."""

    FREE = "mhl_verdict_free"

    def _json(self, name):
        words = Text()
        self.library.call(name, self.handle, byref(words))
        return json.loads(str(words))

    @property
    def decision(self):
        """`cleared`, `withheld` or `indeterminate`: only the first says that it may be wiped."""
        return self.whole["status"]

    @property
    def whole(self):
        """All of it, as `mhl clear --json` prints it."""
        return self._json("mhl_verdict_json")

    @property
    def next(self):
        """The cheapest actions that would have it cleared."""
        return self._json("mhl_verdict_next_json")


class Statement(Owned):
    """What a signed permit says."""

    FREE = "mhl_statement_free"

    def check(self, ledger, profile, *, now):
        """The media that may be wiped, as the ledger is now; mhl.Error with all that stands against it."""
        permit, medium, media = c_void_p(), Text(), []
        self.library.call("mhl_statement_check", self.handle, ledger.handle, profile.handle, now, None, 0, byref(permit))
        self.library.c.mhl_permit_free(permit)
        while self.library.c.mhl_statement_medium(self.handle, len(media), byref(medium), None) == GOOD:
            media.append(str(medium))
        return media
