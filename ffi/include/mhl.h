/*
 * mhl: digests, and verification of camera rolls against Media Hash Lists.
 *
 * Generated from the library's source: change nothing here.
 *
 * Every call that can fail returns mhl_status and takes an mhl_error **, which may be NULL. On
 * failure *error becomes an error that the caller frees; on success it is left alone. Outputs are
 * written on success only; a needed length is written with MHL_STATUS_TOO_SMALL too. What _new
 * made, the matching _free frees; each _free accepts NULL. "Safety" says what the caller promises
 * and the library cannot check.
 */

#ifndef MHL_H
#define MHL_H

#include <stddef.h>
#include <stdint.h>

// What `mhl_error_offset` returns when the error is not about a place in a file.
#define MHL_NO_OFFSET UINT64_MAX

// The version of the ABI that this header describes: its upper half changes when a program has to
// be compiled again and is the number in the shared library's name (`libmhl.so.0`), its lower
// half when something was added.
#define MHL_ABI_VERSION 2

// Bytes of the longest digest.
#define MHL_DIGEST_LEN_MAX 64

// Bytes of the longest text that `mhl_digest_text` writes, its NUL included.
#define MHL_DIGEST_TEXT_MAX 91

// What `mhl_finding.copy` holds for a finding that is about no copy.
#define MHL_NO_COPY UINT64_MAX

// What a call returns: 0 when it did what it was asked, otherwise why not.
//
// The numbers are fixed: none changes its meaning, none is used again. A later library may return
// numbers that this header does not name.
enum mhl_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It did what it was asked. Of a verification this says that it ran, not that the files
    // held: that is the report's outcome.
    MHL_STATUS_GOOD = 0,
    // A pointer is NULL that may not be.
    MHL_STATUS_NULL_POINTER = 1,
    // A length is larger than anything in memory can be.
    MHL_STATUS_TOO_LONG = 2,
    // A text is not valid UTF-8, or UTF-16 in a `_w` call.
    MHL_STATUS_NOT_UNICODE = 3,
    // An argument has a value that its parameter does not admit: a number that no enumerator
    // has, no algorithm at all, a pointer that is not aligned.
    MHL_STATUS_INVALID_ARGUMENT = 4,
    // A `struct_size` is none that the struct had in this library or an earlier one: not set, or
    // of a later version.
    MHL_STATUS_STRUCT_SIZE = 5,
    // The output is too small: the needed length was written, nothing else was.
    MHL_STATUS_TOO_SMALL = 6,
    // There is no such thing: no live stream with this number, no finding at this index.
    MHL_STATUS_NOT_FOUND = 7,
    // The hasher has been finished: it takes no more bytes and is finished once.
    MHL_STATUS_FINISHED = 8,
    // Another call is at work in this handle, on another thread or further up on this one.
    MHL_STATUS_BUSY = 9,
    // An earlier call panicked in this handle: it can only be freed.
    MHL_STATUS_POISONED = 10,
    // A fault of the library itself, caught. The handle that it happened in is poisoned.
    MHL_STATUS_PANIC = 11,
    // A callback or a cancel token stopped it.
    MHL_STATUS_CANCELLED = 12,
    // No Media Hash List stands there.
    MHL_STATUS_NO_LIST = 20,
    // Several Media Hash Lists stand there, and none was named.
    MHL_STATUS_SEVERAL_LISTS = 21,
    // A Media Hash List cannot be used; path, line and offset say where.
    MHL_STATUS_INVALID_MANIFEST = 22,
    // The system refused to open or read something.
    MHL_STATUS_IO = 23,
    // Something else, which the error's message names.
    MHL_STATUS_OTHER = 99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_status mhl_status;
#else
typedef uint32_t mhl_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The result in one word. Only `MHL_OUTCOME_VERIFIED` says that every file was read and held.
enum mhl_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name: not verified.
    MHL_OUTCOME_UNKNOWN = 0,
    // Every listed file was read and every recorded digest held, and nothing else stands there.
    MHL_OUTCOME_VERIFIED = 1,
    // Every file was read and listed; there was nothing to compare it with.
    MHL_OUTCOME_SEALED = 2,
    // At least one finding is a fault.
    MHL_OUTCOME_FAILED = 3,
    // Nothing failed, but something could not be proven. Never clears a wipe.
    MHL_OUTCOME_UNPROVEN = 4,
    // It was stopped. Never clears a wipe.
    MHL_OUTCOME_CANCELLED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_outcome mhl_outcome;
#else
typedef uint32_t mhl_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The parts of an operation.
enum mhl_phase
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name, or none yet.
    MHL_PHASE_UNKNOWN = 0,
    // Names and sizes are collected.
    MHL_PHASE_SCAN = 1,
    // The source is read, hashed and written to every destination.
    MHL_PHASE_COPY = 2,
    // What was written is read back and compared.
    MHL_PHASE_READ_BACK = 3,
    // A tree is read and compared with its list.
    MHL_PHASE_READ = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_phase mhl_phase;
#else
typedef uint32_t mhl_phase;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The digests, by the numbers that calls take. 0 is none of them.
enum mhl_algorithm
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // MD5: 16 bytes.
    MHL_ALGORITHM_MD5 = 1,
    // SHA-1: 20 bytes.
    MHL_ALGORITHM_SHA1 = 2,
    // XXH32: 4 bytes. Classic MHL only.
    MHL_ALGORITHM_XXH32 = 3,
    // XXH64 in the order of its specification, which lists call `xxHash64be`: 8 bytes.
    MHL_ALGORITHM_XXH64 = 4,
    // XXH3 with 64 bits: 8 bytes. ASC MHL only.
    MHL_ALGORITHM_XXH3 = 5,
    // XXH3 with 128 bits: 16 bytes. ASC MHL only.
    MHL_ALGORITHM_XXH128 = 6,
    // C4 (SMPTE ST 2114), which is SHA-512: 64 bytes. ASC MHL only.
    MHL_ALGORITHM_C4 = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_algorithm mhl_algorithm;
#else
typedef uint32_t mhl_algorithm;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Stops operations from any thread: from a button, a signal handler, a callback. Once set it
// stays set.
typedef struct mhl_cancel_token mhl_cancel_token;

// Why a call failed. Owned by the caller, who frees it; never changes.
typedef struct mhl_error mhl_error;

// Computes one or several digests in one pass over bytes as they arrive.
typedef struct mhl_hasher mhl_hasher;

// What an operation found. Owned by the caller, who frees it; never changes.
typedef struct mhl_report mhl_report;

// Computes digests of many files side by side, each with the same algorithms: for copy engines
// that write several files at a time.
typedef struct mhl_streams mhl_streams;

// Bytes that the library lends, not terminated. Owned and absent as `mhl_text`.
typedef struct mhl_bytes {
    // The first byte, or NULL.
    const uint8_t *data;
    // Bytes.
    size_t len;
} mhl_bytes;

// A digest: a value, to be copied and kept. Its size never changes.
typedef struct mhl_digest {
    // An `mhl_algorithm`.
    uint32_t algorithm;
    // Bytes that count.
    uint32_t len;
    // The canonical bytes, in the order in which the algorithm's specification prints them; then
    // zeros.
    uint8_t bytes[MHL_DIGEST_LEN_MAX];
} mhl_digest;

// A report in numbers. Set `struct_size` before it is filled.
typedef struct mhl_summary {
    // `sizeof(mhl_summary)`.
    size_t struct_size;
    // The result in one word.
    mhl_outcome outcome;
    // Findings in all: indices of `mhl_report_finding` lie below.
    uint64_t findings;
    // Files listed.
    uint64_t files;
    // Bytes read and hashed.
    uint64_t bytes;
    // Files whose every comparable digest held.
    uint64_t verified;
    // Files with a wrong size or digest.
    uint64_t mismatched;
    // Files listed and absent.
    uint64_t missing;
    // Files present and not listed.
    uint64_t unlisted;
    // Files that could not be read, written or represented.
    uint64_t unreadable;
    // Files with nothing to compare.
    uint64_t unproven;
    // Findings that are warnings.
    uint64_t warnings;
    // Every other finding that is a fault: of the history, the chain, the device.
    uint64_t faults;
    // Files left behind by operating systems, passed over.
    uint64_t litter;
} mhl_summary;

// Text that the library lends: UTF-8, not terminated.
//
// It belongs to the thing that it was read from and is gone with it. Absent text has NULL for its
// data; empty text has not.
typedef struct mhl_text {
    // The first byte, or NULL.
    const char *data;
    // Bytes.
    size_t len;
} mhl_text;

// One thing that is to be known. Its texts belong to the report, or to the callback's call.
typedef struct mhl_finding {
    // `sizeof(mhl_finding)`. Set it before it is filled.
    size_t struct_size;
    // What kind of thing, by the names that programs match on: `hash-mismatch`,
    // `missing-file` and so on.
    struct mhl_text kind;
    // Where: a path relative to the roll, or that of a folder or device. Bytes that are no UTF-8
    // are escaped as `\xHH`. Control characters stand as they are: escape them for a terminal.
    struct mhl_text path;
    // What was expected; absent where nothing was.
    struct mhl_text expected;
    // What was found; absent where nothing was.
    struct mhl_text found;
    // A sentence for people, the cause and what to do; or absent.
    struct mhl_text note;
    // Which copy, by its place in the report; `MHL_NO_COPY` for none.
    uint64_t copy;
    // 1 for a fault, which no verification survives; 0 for a warning.
    uint32_t is_fault;
} mhl_finding;

// How a roll is to be verified. Zero it, set `struct_size`, then what is wanted.
typedef struct mhl_verify_options {
    // `sizeof(mhl_verify_options)`.
    size_t struct_size;
    // The list to compare with, relative to the roll: NUL-terminated UTF-8. NULL for the only one
    // that stands there.
    const char *list;
    // 1 to read from the medium and prove it, 0 to read as the system likes.
    uint32_t past_cache;
    // 1 to write nothing; 0 to append a generation to an ASC MHL history, as its specification
    // asks. To a classic list nothing is ever written.
    uint32_t dry_run;
} mhl_verify_options;

// Where an operation stands. Lent to the callback until it returns.
typedef struct mhl_progress {
    // `sizeof(mhl_progress)` of the library: a member that lies beyond it is not there.
    size_t struct_size;
    // The part that is under way.
    mhl_phase phase;
    // Bytes that the part will read; 0 where that is not known.
    uint64_t bytes_total;
    // Bytes that it has read.
    uint64_t bytes_done;
    // What was just found, or NULL. It will stand in the report too, if there is one.
    const struct mhl_finding *finding;
} mhl_progress;

// Is told where an operation stands. Anything but 0 stops it at its next buffer: the call then
// returns `MHL_STATUS_CANCELLED`, and the callback is not called again.
//
// Rate: at the beginning of each part, for each finding, and for each buffer of at most 256 KiB
// that was read. No clock is asked: draw less often than it is called.
//
// Threads: a thread that works for the call, which need not be the caller's; one call at a time,
// none after the operation returned.
//
// From within, every function of this library may be called; a token that the operation was
// given may be cancelled and freed. No C++ exception may leave it and no `longjmp` may pass
// through it: the behaviour is undefined.
typedef int (*mhl_progress_callback)(void *userdata, const struct mhl_progress *progress);

// Who does the work, and who watches it. Zero it, set `struct_size`, then what is wanted: a NULL
// text is recorded as `unknown`. Everything is read before the operation begins; the callback and
// its data are used until it returns.
typedef struct mhl_context {
    // `sizeof(mhl_context)`.
    size_t struct_size;
    // Name of the program, recorded in lists and reports: NUL-terminated UTF-8, as the next
    // three.
    const char *tool;
    // Version of the program.
    const char *tool_version;
    // Name of the computer.
    const char *host;
    // Account or role of who runs it.
    const char *user;
    // Is told where the operation stands and may stop it; or NULL.
    mhl_progress_callback progress;
    // Passed to the callback as it is.
    void *userdata;
    // Stops the operation from any thread; or NULL.
    const struct mhl_cancel_token *cancel;
} mhl_context;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The status that the call returned; `MHL_STATUS_GOOD` for NULL.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
mhl_status mhl_error_kind(const struct mhl_error *error);

// What happened, where, and what was expected: a NUL-terminated line of UTF-8 without control
// characters, fit for a log or a terminal; empty for NULL. It is gone with the error.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
const char *mhl_error_message(const struct mhl_error *error);

// The file or folder that it is about: raw bytes on Unix, UTF-8 elsewhere. NULL data when it is
// about none, and for NULL. It is gone with the error.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
struct mhl_bytes mhl_error_path(const struct mhl_error *error);

// The line in the file, from 1; 0 when it is about none, and for NULL.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
uint64_t mhl_error_line(const struct mhl_error *error);

// The byte in the file, from 0, counted in its text as UTF-8 without a byte-order mark;
// `MHL_NO_OFFSET` when it is about none, and for NULL.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
uint64_t mhl_error_offset(const struct mhl_error *error);

// Frees an error, and with it its message and path. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `error` is NULL or an error that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_error_free(struct mhl_error *error);

// The ABI version of the library that runs. `MHL_ABI_IS_COMPATIBLE()` compares it with the
// header's: ask once, before any other call.
//
// Threads: any number at once.
uint32_t mhl_abi_version(void);

// The version of the library that runs, such as `0.1.0`: NUL-terminated, never freed.
//
// Threads: any number at once.
const char *mhl_version_string(void);

// Whether the library that runs takes a struct of this name with this size: 1 for today's size and
// those of earlier releases, 0 for others, for a name that is none, and for NULL.
//
// `mhl_struct_is_known("mhl_summary", sizeof(mhl_summary))`. A program that was compiled with this
// header need not ask where `MHL_ABI_IS_COMPATIBLE()`; one that describes the structs itself, in
// Python or Swift, finds here whether it did so rightly.
//
// Threads: any number at once.
//
// # Safety
// `name` is NULL or NUL-terminated.
uint32_t mhl_struct_is_known(const char *name, size_t size);

// The name of an algorithm as reports and the command spell it, `md5 sha1 xxh32 xxh64be xxh3
// xxh128 c4`: NUL-terminated and never freed; NULL for a number that is none.
//
// Threads: any number at once.
const char *mhl_algorithm_name(uint32_t algorithm);

// Writes the digest as lists and reports spell it: lower-case hexadecimal, and the 90-character
// identifier for C4.
//
// `*needed` becomes the bytes of the text with its NUL, at most `MHL_DIGEST_TEXT_MAX`, which is
// room enough for every digest. With a `capacity` of 0, `text` may be NULL: a way to ask.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`;
// `MHL_STATUS_INVALID_ARGUMENT` when the digest's algorithm or length is none.
//
// # Safety
// `digest` is NULL or points to a digest, `text` is NULL or has room for `capacity` bytes,
// `needed` and `error` are NULL or can be written.
mhl_status mhl_digest_text(const struct mhl_digest *digest,
                           char *text,
                           size_t capacity,
                           size_t *needed,
                           struct mhl_error **error);

// Makes a hasher for these algorithms, numbers of `mhl_algorithm`; one named twice is computed
// once. The caller owns it and frees it with `mhl_hasher_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is no algorithm, or none at all.
//
// # Safety
// `algorithms` is NULL or points to `count` numbers; `hasher` and `error` are NULL or can be
// written.
mhl_status mhl_hasher_new(const uint32_t *algorithms,
                          size_t count,
                          struct mhl_hasher **hasher,
                          struct mhl_error **error);

// Takes the next `len` bytes; NULL is good when `len` is 0. How bytes are cut into calls never
// changes a digest.
//
// Threads: one at a time for each hasher; a second one gets `MHL_STATUS_BUSY`, and its bytes are
// not taken.
//
// Errors: `MHL_STATUS_FINISHED`; `MHL_STATUS_TOO_LONG` when `len` is more than memory can hold.
//
// # Safety
// `hasher` is NULL or a hasher that was not freed; `bytes` is NULL or points to `len` bytes that
// nobody writes meanwhile; `error` is NULL or can be written.
mhl_status mhl_hasher_update(struct mhl_hasher *hasher,
                             const void *bytes,
                             size_t len,
                             struct mhl_error **error);

// Ends the hasher and writes its digests in the order of its algorithms, and their number.
//
// Where `capacity` is less than their number, `*count` becomes that number, nothing else is
// written, and the hasher is not ended. What remains of an ended hasher is to be freed.
//
// Threads: one at a time for each hasher; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_TOO_SMALL`; `MHL_STATUS_FINISHED` the second time.
//
// # Safety
// `hasher` is NULL or a hasher that was not freed; `digests` is NULL or has room for `capacity`
// digests; `count` and `error` are NULL or can be written.
mhl_status mhl_hasher_finish(struct mhl_hasher *hasher,
                             struct mhl_digest *digests,
                             size_t capacity,
                             size_t *count,
                             struct mhl_error **error);

// Frees a hasher, finished or not. NULL is accepted. Where another call is at work in it, it is
// freed when that call ends.
//
// Threads: one, the last to use it.
//
// # Safety
// `hasher` is NULL or a hasher that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_hasher_free(struct mhl_hasher *hasher);

// Makes a set of streams, none yet, for these algorithms, numbers of `mhl_algorithm`; one named
// twice is computed once. The caller owns it and frees it with `mhl_streams_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is no algorithm, or none at all.
//
// # Safety
// `algorithms` is NULL or points to `count` numbers; `streams` and `error` are NULL or can be
// written.
mhl_status mhl_streams_new(const uint32_t *algorithms,
                           size_t count,
                           struct mhl_streams **streams,
                           struct mhl_error **error);

// Starts a stream. `*stream` becomes its number: not 0, and never used twice within the set.
//
// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`.
//
// # Safety
// `streams` is NULL or a set that was not freed; `stream` and `error` are NULL or can be written.
mhl_status mhl_streams_start(struct mhl_streams *streams,
                             uint64_t *stream,
                             struct mhl_error **error);

// Gives a stream its next `len` bytes; NULL is good when `len` is 0.
//
// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`, and its bytes are not
// taken.
//
// Errors: `MHL_STATUS_NOT_FOUND` when no such stream is live; `MHL_STATUS_TOO_LONG` when `len` is
// more than memory can hold.
//
// # Safety
// `streams` is NULL or a set that was not freed; `bytes` is NULL or points to `len` bytes that
// nobody writes meanwhile; `error` is NULL or can be written.
mhl_status mhl_streams_push(struct mhl_streams *streams,
                            uint64_t stream,
                            const void *bytes,
                            size_t len,
                            struct mhl_error **error);

// Ends a stream and writes its digests in the order of the algorithms, and their number.
//
// Where `capacity` is less than their number, `*count` becomes that number, nothing else is
// written, and the stream is not ended.
//
// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_TOO_SMALL`; `MHL_STATUS_NOT_FOUND` when no such stream is live.
//
// # Safety
// `streams` is NULL or a set that was not freed; `digests` is NULL or has room for `capacity`
// digests; `count` and `error` are NULL or can be written.
mhl_status mhl_streams_finish(struct mhl_streams *streams,
                              uint64_t stream,
                              struct mhl_digest *digests,
                              size_t capacity,
                              size_t *count,
                              struct mhl_error **error);

// Frees a set with all its streams. NULL is accepted. Where another call is at work in it, it is
// freed when that call ends.
//
// Threads: one, the last to use it.
//
// # Safety
// `streams` is NULL or a set that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_streams_free(struct mhl_streams *streams);

// Makes a token that is not set. The caller owns it and frees it with `mhl_cancel_token_free`.
//
// Threads: any number at once.
//
// # Safety
// `token` and `error` are NULL or can be written.
mhl_status mhl_cancel_token_new(struct mhl_cancel_token **token, struct mhl_error **error);

// Stops every operation that was given this token at its next buffer, and those that begin with
// it later. It returns at once and may be called again.
//
// Threads: any number at once, also while an operation runs; a signal handler may call it.
//
// # Safety
// `token` is NULL or a token that was not freed; `error` is NULL or can be written.
mhl_status mhl_cancel_token_cancel(const struct mhl_cancel_token *token, struct mhl_error **error);

// Frees a token. NULL is accepted. Operations that were given it go on, and are no longer
// stopped by anyone unless it was set before.
//
// Threads: one, the last to use it; operations that were given it may run.
//
// # Safety
// `token` is NULL or a token that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_cancel_token_free(struct mhl_cancel_token *token);

// Writes the report in numbers. Set `summary->struct_size` before.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `report` is NULL or a report that was not freed; `summary` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_report_summary(const struct mhl_report *report,
                              struct mhl_summary *summary,
                              struct mhl_error **error);

// Writes the finding at an index, from 0, in the order of the work. Set `finding->struct_size`
// before. Its texts are gone with the report.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.findings`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `report` is NULL or a report that was not freed; `finding` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_report_finding(const struct mhl_report *report,
                              uint64_t index,
                              struct mhl_finding *finding,
                              struct mhl_error **error);

// Writes the whole report as one line of JSON, as `mhl verify --json` prints it; its `schema`
// names the version. It is made when it is first asked for and gone with the report.
//
// Threads: any number at once.
//
// # Safety
// `report` is NULL or a report that was not freed; `json` and `error` are NULL or can be written.
mhl_status mhl_report_json(const struct mhl_report *report,
                           struct mhl_text *json,
                           struct mhl_error **error);

// Frees a report, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `report` is NULL or a report that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_report_free(struct mhl_report *report);

// Reads a roll and compares it with its list. `path`, NUL-terminated UTF-8, is the roll's folder
// or its list; `options` may be NULL for the defaults, `context` for nobody known and nobody
// watching. The caller owns `*report` and frees it with `mhl_report_free`.
//
// `MHL_STATUS_GOOD` says that it ran: whether the files held is `mhl_summary.outcome`. Whatever
// is wrong with the roll is a finding of the report.
//
// Threads: any number at once, on rolls of their own. It returns when all is read.
//
// Errors: `MHL_STATUS_NO_LIST`, `MHL_STATUS_SEVERAL_LISTS`, `MHL_STATUS_INVALID_MANIFEST` with
// line and offset, `MHL_STATUS_IO`; `MHL_STATUS_CANCELLED`, without a report;
// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`; `MHL_STATUS_INVALID_ARGUMENT`.
//
// # Safety
// `path` is NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their
// texts NULL or NUL-terminated, the token NULL or not freed, the callback NULL or fit to be
// called until this returns; `report` and `error` are NULL or can be written.
mhl_status mhl_verify(const char *path,
                      const struct mhl_verify_options *options,
                      const struct mhl_context *context,
                      struct mhl_report **report,
                      struct mhl_error **error);

// `mhl_verify` for a path of `len` bytes that need not be UTF-8 on Unix, where file names are
// bytes. On other systems it must be.
//
// Threads and errors: as `mhl_verify`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_verify`.
mhl_status mhl_verify_bytes(const uint8_t *path,
                            size_t len,
                            const struct mhl_verify_options *options,
                            const struct mhl_context *context,
                            struct mhl_report **report,
                            struct mhl_error **error);

// `mhl_verify` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows, where an unpaired
// surrogate is accepted. On other systems it is refused.
//
// Threads and errors: as `mhl_verify`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_verify`.
mhl_status mhl_verify_w(const uint16_t *path,
                        const struct mhl_verify_options *options,
                        const struct mhl_context *context,
                        struct mhl_report **report,
                        struct mhl_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* MHL_H */

/* Whether the library that runs has all that this header describes. */
#define MHL_ABI_IS_COMPATIBLE()                                                                    \
    (mhl_abi_version() >> 16 == MHL_ABI_VERSION >> 16 && mhl_abi_version() >= MHL_ABI_VERSION)
