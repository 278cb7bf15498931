"""libmhl for Python, by ctypes: the calls of mhl.h with owners and exceptions, and nothing else.

    import mhl
    library = mhl.Library()                        # or mhl.Library("/opt/mhl/lib/libmhl.so.0")
    with library.hasher([mhl.MD5]) as hasher:
        hasher.update(b"abc")
        print(hasher.finish())                     # [('md5', '900150983cd24fb0d6963f7d28e17f72')]
    report = library.verify("/mnt/raid/A001", progress=lambda step: print(step.bytes_done))
    print(report.summary.outcome == mhl.VERIFIED, report.findings)

Whatever fails raises mhl.Error. A progress function that returns something true stops the verification, and one that
raises stops it too: the exception does not pass through the library and is raised again by the call. The functions let
other threads of Python run, so that a token can be set by one of them.
"""
import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p

MD5, SHA1, XXH32, XXH64, XXH3, XXH128, C4 = range(1, 8)
UNKNOWN, VERIFIED, SEALED, FAILED, UNPROVEN, CANCELLED = range(6)
SCAN, COPY, READ_BACK, READ = range(1, 5)
GOOD, STATUS_CANCELLED, STATUS_NO_LIST = 0, 12, 20
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
    ]


class Summary(ctypes.Structure):
    C_NAME = b"mhl_summary"
    _fields_ = [("struct_size", c_size_t), ("outcome", c_uint32)] + [
        (name, c_uint64)
        for name in (
            "findings", "files", "bytes", "verified", "mismatched", "missing", "unlisted", "unreadable", "unproven",
            "warnings", "faults", "litter",
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


def sized(struct, **members):
    return struct(struct_size=ctypes.sizeof(struct), **members)


class Error(Exception):
    """Why a call failed: its status, message, path (None where it is about none), line and offset."""

    def __init__(self, status, message, path, line, offset):
        super().__init__(message)
        self.status, self.path, self.line, self.offset = status, path, line, offset


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
        for struct in (Context, Finding, Progress, Summary, VerifyOptions):
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
        taken = Error(self.c.mhl_error_kind(error), self.c.mhl_error_message(error).decode("utf-8"), path,
                      self.c.mhl_error_line(error), self.c.mhl_error_offset(error))
        self.c.mhl_error_free(error)
        return taken

    def hasher(self, algorithms):
        return Hasher(self, algorithms)

    def cancel_token(self):
        return CancelToken(self)

    def verify(self, roll, *, list=None, past_cache=False, dry_run=False, tool="mhl.py", tool_version=None, host=None,
               user=None, progress=None, cancel=None):
        """Reads a roll and compares it with its list."""
        raised = []

        def watch(_, step):
            try:
                return bool(progress(step.contents))
            except BaseException as exception:  # pylint: disable=broad-except
                raised.append(exception)
                return 1

        text = lambda words: None if words is None else words.encode("utf-8")
        options = sized(VerifyOptions, list=text(list), past_cache=past_cache, dry_run=dry_run)
        context = sized(Context, tool=text(tool), tool_version=text(tool_version), host=text(host), user=text(user),
                        progress=CALLBACK(watch) if progress else CALLBACK(),
                        cancel=cancel.handle if cancel else None)
        path, report = os.fsencode(roll), c_void_p()
        try:
            self.call("mhl_verify_bytes", path, len(path), byref(options), byref(context), byref(report))
        except Error:
            if raised:
                raise raised[0] from None
            raise
        return Report(self, report)


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
