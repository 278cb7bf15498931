/*
 * mhl: digests, Media Hash Lists, offload and verification of camera rolls, clearance of wipes.
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

// Bytes of the longest head that `mhl_ledger_head` writes, its NUL included.
#define MHL_HEAD_TEXT_MAX 112

// Bytes of the longest digest.
#define MHL_DIGEST_LEN_MAX 64

// Bytes of the longest text that `mhl_digest_text` writes, its NUL included.
#define MHL_DIGEST_TEXT_MAX 91

// What `mhl_entry.size` holds where the list has no size.
#define MHL_NO_SIZE UINT64_MAX

// What `mhl_phase_record.busy_ms` holds where nothing was measured.
#define MHL_NOT_MEASURED UINT64_MAX

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
    // The iteration is over: there is no next one.
    MHL_STATUS_END = 13,
    // No Media Hash List stands there.
    MHL_STATUS_NO_LIST = 20,
    // Several Media Hash Lists stand there, and none was named.
    MHL_STATUS_SEVERAL_LISTS = 21,
    // A Media Hash List cannot be used; path, line and offset say where.
    MHL_STATUS_INVALID_MANIFEST = 22,
    // The system refused to open or read something.
    MHL_STATUS_IO = 23,
    // A Media Hash List stands there already, and it cannot be appended to.
    MHL_STATUS_ALREADY_LISTED = 24,
    // Another program is writing a list or a history there: repeat it when that is through.
    MHL_STATUS_IN_USE = 25,
    // A list of the format cannot hold a name, a text or a digest that it was given.
    MHL_STATUS_NOT_LISTABLE = 26,
    // A path that was to be read is neither a listed file nor a folder of one.
    MHL_STATUS_NOT_LISTED = 40,
    // There is no file to list or to copy.
    MHL_STATUS_NO_FILES = 41,
    // Source and destinations contradict each other: one lies in another, two are the same.
    MHL_STATUS_CONTRADICTION = 42,
    // Lists on the card itself cannot be taken over: they are broken.
    MHL_STATUS_SOURCE_LISTS = 43,
    // The source gave no answer for as long as the patience lasted.
    MHL_STATUS_STALLED = 44,
    // The text is no report.
    MHL_STATUS_INVALID_REPORT = 45,
    // A ledger has faults: nothing in it is believed. The line is that of the first.
    MHL_STATUS_INVALID_LEDGER = 60,
    // Another program has the ledger's file open for appending, or is reading it while it was to
    // be opened for that: try again.
    MHL_STATUS_LEDGER_HELD = 61,
    // The ledger's file that was to be made exists already.
    MHL_STATUS_LEDGER_EXISTS = 62,
    // The ledger was opened for reading alone.
    MHL_STATUS_LEDGER_READ_ONLY = 63,
    // The event is none, or the ledger would have a fault with it.
    MHL_STATUS_INVALID_EVENT = 64,
    // The report is no evidence: it contradicts itself, or a placement fits no folder of it.
    MHL_STATUS_REPORT_REFUSED = 65,
    // The ledger is not the one that was pinned: its end was cut off, or it was rewritten.
    MHL_STATUS_PIN_BROKEN = 66,
    // The text is no profile.
    MHL_STATUS_INVALID_PROFILE = 67,
    // There is no permit: the question is not cleared, or not until the permit's end.
    MHL_STATUS_NOT_CLEARED = 68,
    // A permit does not hold.
    MHL_STATUS_PERMIT_BROKEN = 69,
    // The text is no permit.
    MHL_STATUS_INVALID_PERMIT = 70,
    // The key signed none of it.
    MHL_STATUS_NOT_SIGNED = 71,
    // The text is no key.
    MHL_STATUS_INVALID_KEY = 72,
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

// Whether something holds. Unknown is never yes.
enum mhl_truth
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It cannot be told.
    MHL_TRUTH_UNKNOWN = 0,
    // It holds.
    MHL_TRUTH_YES = 1,
    // It does not.
    MHL_TRUTH_NO = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_truth mhl_truth;
#else
typedef uint32_t mhl_truth;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How strong evidence is, weakest first; the numbers are the grades.
enum mhl_grade
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // None, or one that this header does not name.
    MHL_GRADE_NONE = 0,
    // Names and sizes alone.
    MHL_GRADE_SIZE_ONLY = 1,
    // Taken over from another tool's list.
    MHL_GRADE_INHERITED = 2,
    // Hashed in flight: the medium was not read back.
    MHL_GRADE_IN_FLIGHT = 3,
    // A checksum of the whole object that an object store returned.
    MHL_GRADE_OBJECT_STORE = 4,
    // Read back, but perhaps from the system's cache.
    MHL_GRADE_THROUGH_THE_CACHE = 5,
    // Read back past the cache, proven.
    MHL_GRADE_PAST_THE_CACHE = 6,
    // Read back by another host later.
    MHL_GRADE_ANOTHER_HOST = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_grade mhl_grade;
#else
typedef uint32_t mhl_grade;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How binding a rule is.
enum mhl_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name.
    MHL_LEVEL_UNKNOWN = 0,
    // A minimum expectation: it decides.
    MHL_LEVEL_MINIMUM = 1,
    // Ideally so: mentioned where it is not, and never decides.
    MHL_LEVEL_IDEAL = 2,
    // Advice: mentioned where it is not followed, and never decides.
    MHL_LEVEL_ADVICE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_level mhl_level;
#else
typedef uint32_t mhl_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a reference leads to.
enum mhl_reference_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Something that this header does not name.
    MHL_REFERENCE_KIND_UNKNOWN = 0,
    // An event of the ledger, by its number; `7.3` for one within an import.
    MHL_REFERENCE_KIND_EVENT = 1,
    // A list, by the C4 of its bytes.
    MHL_REFERENCE_KIND_MANIFEST = 2,
    // A roll's content, by its C4.
    MHL_REFERENCE_KIND_CONTENT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_reference_kind mhl_reference_kind;
#else
typedef uint32_t mhl_reference_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The answer in one word. Only `MHL_DECISION_CLEARED` permits a wipe.
enum mhl_decision
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name: not cleared.
    MHL_DECISION_UNKNOWN = 0,
    // Every necessary condition holds, and will hold after the wipe.
    MHL_DECISION_CLEARED = 1,
    // At least one does not.
    MHL_DECISION_WITHHELD = 2,
    // None is known not to hold, and at least one cannot be told: not cleared.
    MHL_DECISION_INDETERMINATE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_decision mhl_decision;
#else
typedef uint32_t mhl_decision;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What became of a file.
enum mhl_change_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Something that this header does not name: not the same.
    MHL_CHANGE_KIND_UNKNOWN = 0,
    // It is in the second list alone.
    MHL_CHANGE_KIND_ADDED = 1,
    // It is in the first list alone.
    MHL_CHANGE_KIND_REMOVED = 2,
    // It has another size or another digest.
    MHL_CHANGE_KIND_CHANGED = 3,
    // It has another name in the same folder.
    MHL_CHANGE_KIND_RENAMED = 4,
    // It is in another folder.
    MHL_CHANGE_KIND_MOVED = 5,
    // The two paths are the same but for their spelling.
    MHL_CHANGE_KIND_RESPELLED = 6,
    // Its digests are the same bits, one of them in the other byte order.
    MHL_CHANGE_KIND_BYTE_ORDER = 7,
    // Nothing follows from what is known of its content.
    MHL_CHANGE_KIND_INCOMPARABLE = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_change_kind mhl_change_kind;
#else
typedef uint32_t mhl_change_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The formats of Media Hash Lists.
enum mhl_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name.
    MHL_FORMAT_UNKNOWN = 0,
    // MHL 1.0 and 1.1: one file at the root of a roll.
    MHL_FORMAT_CLASSIC = 1,
    // ASC MHL 2.0: a history of generations in a folder `ascmhl`.
    MHL_FORMAT_ASC = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_format mhl_format;
#else
typedef uint32_t mhl_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// In which process a list was made. Classic lists do not say.
enum mhl_process
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // None is said, or one that this header does not name.
    MHL_PROCESS_UNKNOWN = 0,
    // Files were hashed where they stand.
    MHL_PROCESS_IN_PLACE = 1,
    // Files were copied.
    MHL_PROCESS_TRANSFER = 2,
    // A history was put into one list.
    MHL_PROCESS_FLATTEN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_process mhl_process;
#else
typedef uint32_t mhl_process;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Of what a recorded hash is.
enum mhl_hash_of
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Of something that this header does not name.
    MHL_HASH_OF_UNKNOWN = 0,
    // A file's bytes; of a reference, the list's.
    MHL_HASH_OF_FILE = 1,
    // The content of all files in a folder.
    MHL_HASH_OF_CONTENT = 2,
    // The names in a folder.
    MHL_HASH_OF_STRUCTURE = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_hash_of mhl_hash_of;
#else
typedef uint32_t mhl_hash_of;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What was done with a file when its digest was recorded (ASC MHL).
enum mhl_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is said: classic lists, and hashes of directories.
    MHL_ACTION_NONE = 0,
    // The first digest of the file in its history.
    MHL_ACTION_ORIGINAL = 1,
    // The file was compared with an earlier digest and held.
    MHL_ACTION_VERIFIED = 2,
    // The file differed from an earlier digest. Never compared against.
    MHL_ACTION_FAILED = 3,
    // A word that the format does not know. Never compared against.
    MHL_ACTION_UNKNOWN = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_action mhl_action;
#else
typedef uint32_t mhl_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What an entry is.
enum mhl_entry_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // One that this header does not name.
    MHL_ENTRY_KIND_UNKNOWN = 0,
    // A file.
    MHL_ENTRY_KIND_FILE = 1,
    // A folder with its directory hashes (ASC MHL).
    MHL_ENTRY_KIND_DIRECTORY = 2,
    // Another list that this one refers to; its one hash is the C4 of that list (ASC MHL).
    MHL_ENTRY_KIND_REFERENCE = 3,
    // No entry: something unusual about the list. Readers tell it where it stands.
    MHL_ENTRY_KIND_FINDING = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_entry_kind mhl_entry_kind;
#else
typedef uint32_t mhl_entry_kind;
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
    // What is read is hashed, while it is copied.
    MHL_PHASE_HASH = 5,
    // The source is read once more and compared with the first read.
    MHL_PHASE_SECOND_READ = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_phase mhl_phase;
#else
typedef uint32_t mhl_phase;
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
    // Everything was listed with the digests that another program told; nothing was read. Never
    // clears a wipe.
    MHL_OUTCOME_RECORDED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_outcome mhl_outcome;
#else
typedef uint32_t mhl_outcome;
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

// What a ledger's file is opened for.
enum mhl_ledger_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // To ask: the file is read, checked, and closed again. Refused while somebody has it open for
    // appending.
    MHL_LEDGER_MODE_READ = 1,
    // To ask and to append: the file has to exist, and is locked until the ledger is freed.
    MHL_LEDGER_MODE_APPEND = 2,
    // The same with a new file.
    MHL_LEDGER_MODE_CREATE = 3,
    // The same for a demonstration: every event, verdict and permit says that it is simulated.
    MHL_LEDGER_MODE_CREATE_SIMULATED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_ledger_mode mhl_ledger_mode;
#else
typedef uint32_t mhl_ledger_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How far what a program tells is held against the disk. No file is ever read.
enum mhl_look
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Every file that was told has to stand there with its size, and nothing else may.
    MHL_LOOK_WHOLE = 0,
    // Every file that was told has to stand there with its size; nothing is said of any other, and
    // no folder is listed. Wants a history.
    MHL_LOOK_PART = 1,
    // The files are not looked for.
    MHL_LOOK_NOTHING = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum mhl_look mhl_look;
#else
typedef uint32_t mhl_look;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Stops operations from any thread: from a button, a signal handler, a callback. Once set it
// stays set.
typedef struct mhl_cancel_token mhl_cancel_token;

// What differs between two lists. Owned by the caller, who frees it; never changes.
typedef struct mhl_difference mhl_difference;

// Why a call failed. Owned by the caller, who frees it; never changes.
typedef struct mhl_error mhl_error;

// What a history says of one file, generation by generation. Owned by the caller, who frees it; never
// changes.
typedef struct mhl_file_history mhl_file_history;

// Computes one or several digests in one pass over bytes as they arrive.
typedef struct mhl_hasher mhl_hasher;

// The history at the root of a roll, or one within it. Owned by the caller, who frees it; never
// changes.
typedef struct mhl_history mhl_history;

// What was done with rolls, media and places: events that are only ever appended, each chained to
// the one before. For one call at a time.
typedef struct mhl_ledger mhl_ledger;

// A list, read whole. Owned by the caller, who frees it; never changes.
typedef struct mhl_manifest mhl_manifest;

// Reads a list of either format entry by entry, in constant memory.
typedef struct mhl_manifest_reader mhl_manifest_reader;

// Writes a list of either format entry by entry, in constant memory.
typedef struct mhl_manifest_writer mhl_manifest_writer;

// That a wipe is permitted: made by judging and in no other way. Owned by the caller, who frees it;
// never changes.
typedef struct mhl_permit mhl_permit;

// A dated rule set. Owned by the caller, who frees it; never changes.
typedef struct mhl_profile mhl_profile;

// Takes what an engine copied or hashed, file by file, and lists it at the root of every copy.
typedef struct mhl_record mhl_record;

// What an operation found. Owned by the caller, who frees it; never changes.
typedef struct mhl_report mhl_report;

// What a permit says. By itself it permits nothing: `mhl_statement_check` makes a permit of it again,
// or tells what stands against that. Owned by the caller, who frees it, unless a permit lends it;
// never changes.
typedef struct mhl_statement mhl_statement;

// Computes digests of many files side by side, each with the same algorithms: for copy engines
// that write several files at a time.
typedef struct mhl_streams mhl_streams;

// The answer to a question. Owned by the caller, who frees it; never changes.
typedef struct mhl_verdict mhl_verdict;

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

// One of several reasons why a call failed. Set `struct_size` before it is filled. Its texts belong
// to the error.
typedef struct mhl_cause {
    // `sizeof(mhl_cause)`.
    size_t struct_size;
    // What kind of thing, by the names that programs match on: that of a finding, of what stands
    // against a permit, or the rule that a verdict rests on; absent where there is none.
    struct mhl_text kind;
    // A sentence, safe to print as the message of an error.
    struct mhl_text sentence;
    // The line of a ledger, from 1; 0 for none.
    uint64_t line;
} mhl_cause;

// Bytes, not terminated. Those that the library lends are owned and absent as `mhl_text`; those that
// a call is given belong to the caller.
typedef struct mhl_bytes {
    // The first byte, or NULL.
    const uint8_t *data;
    // Bytes.
    size_t len;
} mhl_bytes;

// Who records an event, and when. Zero it, set `struct_size`, `name` and `time`, then what else is
// known. Texts are NUL-terminated UTF-8.
typedef struct mhl_recorder {
    // `sizeof(mhl_recorder)`.
    size_t struct_size;
    // A person's or service's name; never NULL.
    const char *name;
    // Their role, as `DIT`; or NULL.
    const char *role;
    // Program and version; or NULL.
    const char *tool;
    // Name of the computer; or NULL.
    const char *host;
    // The moment, in seconds since 1970-01-01T00:00:00Z: nothing here asks a clock.
    int64_t time;
} mhl_recorder;

// A field of an event as a person types it. It stands in arrays and never grows.
typedef struct mhl_field {
    // The field's name, NUL-terminated UTF-8. Hyphens and underscores are the same.
    const char *name;
    // Its value. A list takes its field once for each item, and once with an empty value for the
    // empty list; where "all" may be said, `all` alone says it.
    const char *value;
} mhl_field;

// Where one folder of a report stands. It stands in arrays and never grows.
typedef struct mhl_placement {
    // Which copy, by its place in the report; `MHL_NO_COPY` for the card that was offloaded.
    uint64_t copy;
    // The medium, NUL-terminated UTF-8: `serial:NUMBER`, `lto:BARCODE`, `fs:UUID` or `hub:NAME`.
    // NULL leaves it to the report, which may know the file system.
    const char *medium;
    // The place, by its recorded identifier. NULL leaves it where the medium was last known to be.
    const char *place;
} mhl_placement;

// A copy as a verdict found it. Set `struct_size` before it is filled. Its texts belong to the
// verdict; each is absent where nobody recorded it.
typedef struct mhl_judged_copy {
    // `sizeof(mhl_judged_copy)`.
    size_t struct_size;
    // Whether it counts after the wipe.
    mhl_truth counts;
    // How strong its evidence is.
    mhl_grade grade;
    // The roll.
    struct mhl_text roll;
    // The medium that it stands on.
    struct mhl_text medium;
    // What the medium is, as `RAID 5`.
    struct mhl_text kind;
    // The root folder, as the report spelled it.
    struct mhl_text root;
    // Where the medium stands; absent in transit too.
    struct mhl_text place;
    // The site of that place.
    struct mhl_text site;
    // Why it does not count, or may not; empty where it does.
    struct mhl_text reason;
    // The number of the event whose evidence it stands on.
    struct mhl_text event;
    // C4 of the list that stands with it.
    struct mhl_text manifest_c4;
} mhl_judged_copy;

// Something to do next. Set `struct_size` before it is filled. Its texts belong to the verdict.
typedef struct mhl_next_action {
    // `sizeof(mhl_next_action)`.
    size_t struct_size;
    // What it costs, in rough minutes of somebody's attention: what orders two ways to the same
    // end, and no promise.
    uint32_t cost;
    // What kind of thing, by the names that programs match on: `copy`, `verify`, `inspect` and so
    // on. Its fields stand in `mhl_verdict_next_json`.
    struct mhl_text name;
    // What to do, in words.
    struct mhl_text sentence;
} mhl_next_action;

// What may be asked, in one of three ways: a `roll` alone, a `roll` and a `card`, or a `storage`
// alone. Zero it, set `struct_size`, then the texts: NUL-terminated UTF-8.
typedef struct mhl_question {
    // `sizeof(mhl_question)`.
    size_t struct_size;
    // May every capture device that holds this roll be wiped? By its recorded identifier.
    const char *roll;
    // May this one capture device, which holds the roll, be wiped? A medium's identifier.
    const char *card;
    // May this onset or near-set storage be wiped? A medium's identifier.
    const char *storage;
} mhl_question;

// All that tells a profile from another. Set `struct_size` before it is filled. Its texts belong to
// what it was read from.
typedef struct mhl_profile_name {
    // `sizeof(mhl_profile_name)`.
    size_t struct_size;
    // Its name, one for each revision.
    struct mhl_text name;
    // The date of its source, or of its reading.
    struct mhl_text date;
    // C4 of its text.
    struct mhl_text c4;
    // What it was written after; absent where only the name is known.
    struct mhl_text source;
} mhl_profile_name;

// One step of a proof: a rule judged about a subject. Set `struct_size` before it is filled. Its
// texts belong to the verdict.
typedef struct mhl_proof_node {
    // `sizeof(mhl_proof_node)`.
    size_t struct_size;
    // How deep it lies: 0 for the answer itself. The steps that it was made of follow it, one
    // deeper.
    uint32_t depth;
    // How binding the rule is.
    mhl_level level;
    // Whether it holds.
    mhl_truth holds;
    // The rule's id, as `R1`; readings and groups have words, as `copy`.
    struct mhl_text rule;
    // The rule in the words of its source.
    struct mhl_text quotation;
    // What it is judged about: a roll, a copy, an attestation.
    struct mhl_text subject;
    // Why, in a sentence.
    struct mhl_text sentence;
    // What would satisfy it; absent where it holds, or nothing can be done here.
    struct mhl_text remedy;
    // What it rests on: indices of `mhl_verdict_reference` lie below.
    uint64_t references;
} mhl_proof_node;

// What a step rests on. Set `struct_size` before it is filled. Its text belongs to the verdict.
typedef struct mhl_proof_reference {
    // `sizeof(mhl_proof_reference)`.
    size_t struct_size;
    // What it leads to.
    mhl_reference_kind kind;
    // The event's number, or the C4.
    struct mhl_text value;
} mhl_proof_reference;

// A step that does not hold, taken out of the proof. Set `struct_size` before it is filled. Its text
// belongs to the verdict.
typedef struct mhl_proof_reason {
    // `sizeof(mhl_proof_reason)`.
    size_t struct_size;
    // The step: an index of `mhl_verdict_node`.
    uint64_t node;
    // 1 when the answer rests on it; 0 when it is only mentioned: advice, or something that does
    // not hold where enough else does.
    uint32_t decides;
    // What would satisfy it, or the closest step that rests on it; or absent.
    struct mhl_text remedy;
} mhl_proof_reason;

// A statement in short. Set `struct_size` before it is filled. Its texts belong to the statement.
typedef struct mhl_terms {
    // `sizeof(mhl_terms)`.
    size_t struct_size;
    // What was asked, in words.
    struct mhl_text question;
    // The ledger's head, as `mhl_ledger_head` writes it.
    struct mhl_text head;
    // The profile's name.
    struct mhl_text profile;
    // The profile's date.
    struct mhl_text profile_date;
    // C4 of the profile's text.
    struct mhl_text profile_c4;
    // C4 of the verdict, of the bytes that `mhl_verdict_json` writes.
    struct mhl_text verdict_c4;
    // When it was issued, in seconds since 1970-01-01T00:00:00Z.
    int64_t issued;
    // The first moment at which it holds no more.
    int64_t expires;
    // 1 when the ledger is a demonstration's: then no real card may be wiped by it; else 0.
    uint32_t simulated;
    // Media that may be wiped: indices of `mhl_statement_medium` lie below.
    uint64_t media;
    // Rolls on them: indices of `mhl_statement_roll` lie below.
    uint64_t rolls;
    // Copies that it rests on: indices of `mhl_statement_copy` lie below.
    uint64_t copies;
} mhl_terms;

// A roll that a permit is bound to. Set `struct_size` before it is filled. Its texts belong to the
// statement.
typedef struct mhl_bound_roll {
    // `sizeof(mhl_bound_roll)`.
    size_t struct_size;
    // The roll's recorded identifier.
    struct mhl_text roll;
    // C4 of its content.
    struct mhl_text content;
} mhl_bound_roll;

// A copy that a permit rests on. Set `struct_size` before it is filled. Its texts belong to the
// statement.
typedef struct mhl_bound_copy {
    // `sizeof(mhl_bound_copy)`.
    size_t struct_size;
    // How strong its evidence is.
    mhl_grade grade;
    // The roll.
    struct mhl_text roll;
    // The medium that it stands on.
    struct mhl_text medium;
    // The root folder, as the report spelled it.
    struct mhl_text root;
    // The number of the event whose evidence counts; or absent.
    struct mhl_text event;
    // C4 of the list that stands with it; or absent.
    struct mhl_text manifest_c4;
} mhl_bound_copy;

// A verdict in short. Set `struct_size` before it is filled. Its texts belong to the verdict.
typedef struct mhl_answer {
    // `sizeof(mhl_answer)`.
    size_t struct_size;
    // The answer in one word.
    mhl_decision decision;
    // 1 when the ledger is a demonstration's: then no real card may be wiped by it; else 0.
    uint32_t simulated;
    // What was asked, in words.
    struct mhl_text question;
    // The moment that the caller named, in seconds since 1970-01-01T00:00:00Z.
    int64_t now;
    // The ledger's head, as `mhl_ledger_head` writes it.
    struct mhl_text head;
    // The profile's name.
    struct mhl_text profile;
    // The profile's date.
    struct mhl_text profile_date;
    // C4 of the profile's text.
    struct mhl_text profile_c4;
    // Steps of the proof: indices of `mhl_verdict_node` lie below.
    uint64_t nodes;
    // Steps that do not hold: indices of `mhl_verdict_reason` lie below.
    uint64_t reasons;
    // Copies: indices of `mhl_verdict_copy` lie below.
    uint64_t copies;
    // What to do next: indices of `mhl_verdict_action` lie below.
    uint64_t actions;
    // 1 when the question is cleared once all of the actions are done and each came out well; 0
    // when what is recorded first decides what else is needed.
    uint32_t actions_clear;
    // 1 when no other set of actions would do for less; 0 when not every set was tried.
    uint32_t actions_cheapest;
} mhl_answer;

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

// The next bytes of one stream, among those of others: [`mhl_streams_push_each`] takes an array of
// them, so that its size never changes.
typedef struct mhl_piece {
    // The stream.
    uint64_t stream;
    // Its bytes; NULL is good when there are none.
    const void *bytes;
    // How many.
    size_t len;
} mhl_piece;

// What became of a file. Its texts belong to the difference.
typedef struct mhl_change {
    // `sizeof(mhl_change)`. Set it before it is filled.
    size_t struct_size;
    // What.
    mhl_change_kind kind;
    // Its path in the first list; in the second where it is there alone.
    struct mhl_text path;
    // Its path in the second list, where that is another.
    struct mhl_text to;
    // Both sizes where they differ; `MHL_NO_SIZE` otherwise.
    uint64_t size_before;
    // The size in the second list.
    uint64_t size_after;
    // Digests that differ.
    uint64_t digest_count;
    // Why nothing follows, or in what the paths are spelled otherwise: `normalisation`, `separator`,
    // `case`; absent otherwise.
    struct mhl_text reason;
} mhl_change;

// A digest that differs between two lists. Its texts belong to the difference.
typedef struct mhl_differing_digest {
    // `sizeof(mhl_differing_digest)`. Set it before it is filled.
    size_t struct_size;
    // An `mhl_algorithm`.
    uint32_t algorithm;
    // The text in the first list.
    struct mhl_text before;
    // The text in the second list.
    struct mhl_text after;
} mhl_differing_digest;

// A history in numbers. Set `struct_size` before it is filled.
typedef struct mhl_history_counts {
    // `sizeof(mhl_history_counts)`.
    size_t struct_size;
    // Generations that could be read: indices of `mhl_history_generation` lie below.
    uint64_t generations;
    // Histories of folders within, and not within one of those.
    uint64_t nested;
    // Every fault and warning of the history.
    uint64_t findings;
    // The number that the next generation gets.
    uint64_t next_number;
    // 1 where a finding of it, or of one within, is a fault: the history does not hold.
    uint32_t is_faulty;
} mhl_history_counts;

// A generation of a history. Its texts belong to the history.
typedef struct mhl_generation {
    // `sizeof(mhl_generation)`. Set it before it is filled.
    size_t struct_size;
    // Its number, from 1.
    uint64_t number;
    // The name of its list in the folder `ascmhl`.
    struct mhl_text file_name;
    // C4 of the list's bytes as they are.
    struct mhl_digest c4;
} mhl_generation;

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

// A point in time, or none: a zeroed one is none. Lists that are written have whole seconds. Its
// size never changes.
typedef struct mhl_time {
    // Seconds since 1970-01-01T00:00:00Z, of the years 1 to 9999.
    int64_t seconds;
    // Nanoseconds after that, below 1000000000.
    uint32_t nanoseconds;
    // 1 where there is a time, 0 for none.
    uint32_t is_known;
} mhl_time;

// What stands before the entries of a list. Its texts belong to what it was read from; each is
// absent where the list does not say.
typedef struct mhl_list_header {
    // `sizeof(mhl_list_header)`. Set it before it is filled.
    size_t struct_size;
    // Which format.
    mhl_format format;
    // In which process it was made (ASC MHL).
    mhl_process process;
    // The word for that, known or not.
    struct mhl_text process_word;
    // The version of the format.
    struct mhl_text version;
    // When the list was made.
    struct mhl_time created;
    // When the work began (classic).
    struct mhl_time started;
    // When the work ended (classic).
    struct mhl_time finished;
    // Name of the program; in classic lists with its version.
    struct mhl_text tool;
    // Version of the program (ASC MHL).
    struct mhl_text tool_version;
    // Name of the computer.
    struct mhl_text host;
    // Name of the account (classic).
    struct mhl_text user;
    // What was read (classic).
    struct mhl_text source;
    // The people who are named: one at most in a classic list.
    uint64_t author_count;
    // The first of them.
    struct mhl_text author_name;
    // Address for mail (ASC MHL).
    struct mhl_text author_email;
    // Telephone number (ASC MHL).
    struct mhl_text author_phone;
    // What the person does (ASC MHL).
    struct mhl_text author_role;
    // Where it happened (ASC MHL).
    struct mhl_text location;
    // A comment (ASC MHL).
    struct mhl_text comment;
    // Ignore patterns (ASC MHL).
    uint64_t ignore_count;
    // Hashes of the root of what the list is of (ASC MHL).
    uint64_t root_hash_count;
} mhl_list_header;

// A hash as a list records it. Its texts belong to what it was read from.
typedef struct mhl_recorded_hash {
    // `sizeof(mhl_recorded_hash)`. Set it before it is filled.
    size_t struct_size;
    // Of what.
    mhl_hash_of of;
    // What was done with the file (ASC MHL).
    mhl_action action;
    // The value; with algorithm and length 0 where the list records none, or one that is not known.
    struct mhl_digest digest;
    // When it was computed (ASC MHL).
    struct mhl_time hashed;
    // The name of its element in the list.
    struct mhl_text element;
    // The text in the list where it does not follow from the value; absent otherwise.
    struct mhl_text text;
} mhl_recorded_hash;

// A list in numbers. Set `struct_size` before it is filled.
typedef struct mhl_manifest_counts {
    // `sizeof(mhl_manifest_counts)`.
    size_t struct_size;
    // Files and folders: indices of `mhl_manifest_entry` lie below.
    uint64_t entries;
    // Files.
    uint64_t files;
    // Bytes of the files whose size is listed.
    uint64_t bytes;
    // Other lists that it refers to.
    uint64_t references;
    // What is unusual about it: every one a warning.
    uint64_t findings;
} mhl_manifest_counts;

// What a list says of a file or folder. Its texts belong to what it was read from.
typedef struct mhl_entry {
    // `sizeof(mhl_entry)`. Set it before it is filled.
    size_t struct_size;
    // What it is.
    mhl_entry_kind kind;
    // 1 where a file's entry names another hash list (classic).
    uint32_t is_list;
    // Relative to the roll, with `/` between its parts. Of a finding, what it is about; empty for
    // the whole list. Control characters stand as they are: escape them for a terminal.
    struct mhl_text path;
    // Bytes; `MHL_NO_SIZE` where the list has none.
    uint64_t size;
    // When the file was made.
    struct mhl_time created;
    // When it was last changed.
    struct mhl_time modified;
    // When its digests were computed, where the list says so for all of them (classic).
    struct mhl_time hashed;
    // The path before this generation renamed it (ASC MHL); absent where it did not.
    struct mhl_text previous_path;
    // Its recorded hashes.
    uint64_t hash_count;
    // The kind of a finding, by the names that programs match on; absent otherwise.
    struct mhl_text finding;
    // A sentence about a finding; absent otherwise.
    struct mhl_text note;
} mhl_entry;

// A file's history in short. Its texts belong to it.
typedef struct mhl_known_file {
    // `sizeof(mhl_known_file)`. Set it before it is filled.
    size_t struct_size;
    // Its path as of the last generation, relative to the root of the history that was asked.
    struct mhl_text path;
    // The folder of the history within that has its records; absent for the history's own.
    struct mhl_text scope;
    // Generations that say something of it, the earliest first; at least one.
    uint64_t mentions;
    // What it is measured by: the earliest digest of each format that is not labelled failed.
    uint64_t references;
} mhl_known_file;

// The record of a file in one generation. Its texts belong to the file's history.
typedef struct mhl_mention {
    // `sizeof(mhl_mention)`. Set it before it is filled.
    size_t struct_size;
    // The generation's number.
    uint64_t generation;
    // The path of that time, relative to the root of the history that has the record.
    struct mhl_text path;
    // The path before this generation renamed it; absent where it did not.
    struct mhl_text previous_path;
    // Bytes; `MHL_NO_SIZE` where the list has none.
    uint64_t size;
    // Its digests.
    uint64_t hash_count;
    // Digests of it that are not those that the file is measured by.
    uint64_t conflict_count;
} mhl_mention;

// How what an engine did is to be recorded. Zero it, set `struct_size`, `algorithms`, `format` and
// `process`, then what is wanted. It is read when the record is made, and not kept.
typedef struct mhl_record_options {
    // `sizeof(mhl_record_options)`.
    size_t struct_size;
    // The digests that are told of each file: numbers of `mhl_algorithm`, at least one.
    const uint32_t *algorithms;
    // How many.
    size_t algorithms_len;
    // An `mhl_format`, that of a first list. Where a history stands it is appended to, whatever
    // this says.
    uint32_t format;
    // What the engine did: `MHL_PROCESS_TRANSFER` or `MHL_PROCESS_IN_PLACE`. A classic list does
    // not say.
    uint32_t process;
    // What is held against the disk: an `mhl_look`.
    uint32_t look;
    // 1 to leave the files out of the report, and with them some 250 bytes for each.
    uint32_t without_files;
    // When the work began; none for when the list is written.
    struct mhl_time started;
    // Patterns of what is to be left out, as `.gitignore` has them, for ASC MHL: NUL-terminated
    // UTF-8.
    const char *const *ignore;
    // How many.
    size_t ignore_len;
    // The person whom the list names: NUL-terminated UTF-8, as the next three. NULL for nobody; a
    // classic list has the name alone.
    const char *author_name;
    // Address for mail, or NULL.
    const char *author_email;
    // Telephone number, or NULL.
    const char *author_phone;
    // What the person does, or NULL.
    const char *author_role;
} mhl_record_options;

// A file as the engine that copied it tells it. Zero it, set `struct_size`, then the rest.
typedef struct mhl_hashed_file {
    // `sizeof(mhl_hashed_file)`.
    size_t struct_size;
    // Relative to the root, with `/` between its parts: UTF-8, not terminated.
    struct mhl_text path;
    // Bytes.
    uint64_t size;
    // When the file was last changed. A classic list cannot do without.
    struct mhl_time modified;
    // When the digests were computed; none for when the list is written.
    struct mhl_time hashed;
    // One in each of the algorithms of the record, in any order.
    const struct mhl_digest *digests;
    // How many.
    size_t digests_len;
} mhl_hashed_file;

// Where an operation stands. Lent to the callback until it returns.
typedef struct mhl_progress {
    // `sizeof(mhl_progress)` of the library: a member that lies beyond it is not there.
    size_t struct_size;
    // The part that is under way.
    mhl_phase phase;
    // Bytes that the part will read; 0 where that is not known. It may grow.
    uint64_t bytes_total;
    // Bytes that it has read, of all copies together while they are read back.
    uint64_t bytes_done;
    // What was just found, or NULL. It will stand in the report too, if there is one.
    const struct mhl_finding *finding;
    // The copy that just came further, by its place in the report, which is that of its
    // destination; `MHL_NO_COPY` where it was none. The next two are of this copy.
    uint64_t copy;
    // Bytes that were written to it.
    uint64_t copy_written;
    // Bytes that were read back from it.
    uint64_t copy_read_back;
} mhl_progress;

// Is told where an operation stands. Anything but 0 stops it at its next buffer: the call then
// returns `MHL_STATUS_CANCELLED`, and the callback is not called again.
//
// Rate: at the beginning of each part, for each finding, and for each buffer of at most 256 KiB
// that was read; of an offload, some hundred times a second, for the source and for each copy that
// came further. How fast each is follows from its bytes and the caller's clock: none is asked here,
// so draw less often than it is called.
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
    // Operations that run on this machine at the same time and share its processors; 0 for this
    // one alone.
    uint32_t sharing;
} mhl_context;

// What a list that is written begins with. Zero it, set `struct_size` and `format`, then what is to
// be said: what is NULL or zero is left out, though the schema of the format may ask for it.
typedef struct mhl_new_header {
    // `sizeof(mhl_new_header)`.
    size_t struct_size;
    // An `mhl_format`.
    uint32_t format;
    // An `mhl_process`, for ASC MHL; 0 for none.
    uint32_t process;
    // When the list is made.
    struct mhl_time created;
    // When the work began (classic).
    struct mhl_time started;
    // When the work ended (classic).
    struct mhl_time finished;
    // Name of the program, in a classic list with its version: NUL-terminated UTF-8, as every text
    // here.
    const char *tool;
    // Version of the program (ASC MHL).
    const char *tool_version;
    // Name of the computer.
    const char *host;
    // Name of the account (classic).
    const char *user;
    // The person whom the list names.
    const char *author_name;
    // Ignore patterns (ASC MHL).
    const char *const *ignore;
    // How many.
    size_t ignore_len;
    // The hash of the root's content in each algorithm (ASC MHL).
    const struct mhl_digest *root_content;
    // That of its structure in each, as many.
    const struct mhl_digest *root_structure;
    // How many algorithms.
    size_t root_hashes_len;
} mhl_new_header;

// Takes the next `len` bytes of a list. Anything but 0 stops the writer.
typedef int (*mhl_write_callback)(void *userdata, const void *bytes, size_t len);

// A folder of a list that is written, with its directory hashes (ASC MHL). Zero it, set
// `struct_size`, then the rest.
typedef struct mhl_hashed_directory {
    // `sizeof(mhl_hashed_directory)`.
    size_t struct_size;
    // Relative to the root, with `/` between its parts: UTF-8, not terminated.
    struct mhl_text path;
    // When it was last changed; or none.
    struct mhl_time modified;
    // When its hashes were computed; or none.
    struct mhl_time hashed;
    // The hash of its content in each algorithm.
    const struct mhl_digest *content;
    // That of its structure in each, as many.
    const struct mhl_digest *structure;
    // How many algorithms.
    size_t hashes_len;
} mhl_hashed_directory;

// One copy of a roll: made by an offload, or read by a verification. Set `struct_size` before it is
// filled. Its texts belong to the report.
typedef struct mhl_copy {
    // `sizeof(mhl_copy)`.
    size_t struct_size;
    // Its root folder, absolute. Bytes that are no UTF-8 are escaped as `\xHH`.
    struct mhl_text root;
    // The file system that it stands on: `fs:UUID` where the system tells one, otherwise
    // `dev:MAJOR:MINOR`, which only tells two places of one report apart; or absent.
    struct mhl_text device;
    // The copy in one word.
    mhl_outcome outcome;
    // How strong the evidence is.
    mhl_grade grade;
    // 1 when every listed file is there, was read and held, and nothing was left out; else 0.
    uint32_t complete;
    // How it is known: what was done past the cache, or why it could not be.
    struct mhl_text proof;
    // The digests that were compared, each for every file: their names with a space between; absent
    // where none was.
    struct mhl_text algorithms;
    // The list at its root, relative to it; absent when none was written.
    struct mhl_text manifest;
    // The list's format.
    mhl_format manifest_format;
    // Media Hash Lists at its root; a history counts as one.
    uint32_t manifests_at_root;
    // C4 of the list's bytes; absent without a list.
    struct mhl_text manifest_c4;
    // The state of the history with this generation, as `GENERATIONS:C4`: keep it elsewhere and
    // give it to a later verification. Absent for a list by itself.
    struct mhl_text pin;
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
    // Files that stand there with their sizes and were not read.
    uint64_t unread;
    // Findings that are warnings.
    uint64_t warnings;
    // Every other finding that is a fault.
    uint64_t faults;
} mhl_copy;

// How an offload is to be done. Zero it, set `struct_size`, then what is wanted.
typedef struct mhl_offload_options {
    // `sizeof(mhl_offload_options)`.
    size_t struct_size;
    // The roll's name, which becomes its folder's: NUL-terminated UTF-8. NULL for the name of the
    // source folder.
    const char *name;
    // The digests to compute, all in one read: numbers of `mhl_algorithm`; NULL for XXH64.
    const uint32_t *algorithms;
    // How many.
    size_t algorithms_len;
    // The format of the list, an `mhl_format`; 0 for a classic list. A list that the card carries
    // goes before it.
    uint32_t format;
    // 1 to take up an unfinished offload, or to prove a finished one again and add what the card
    // has more; 0 to refuse a destination that has the roll already.
    uint32_t resume;
    // 1 to read the card a second time, past the cache, and compare it with the first.
    uint32_t second_read;
    // Milliseconds that a single call of the system may take before a disk is given up; 0 for five
    // minutes. Without a destination the others go on; without the card the offload ends.
    uint64_t patience_ms;
} mhl_offload_options;

// A part of the work: what one device read or wrote in it, and when. Set `struct_size` before it is
// filled. Its texts belong to the report.
typedef struct mhl_phase_record {
    // `sizeof(mhl_phase_record)`.
    size_t struct_size;
    // Which part.
    mhl_phase phase;
    // The copy that was written or read, by its place in the report; `MHL_NO_COPY` for the source.
    uint64_t copy;
    // When it started, RFC 3339 in UTC, to the second.
    struct mhl_text started;
    // When it ended.
    struct mhl_text finished;
    // Bytes that were read, or written.
    uint64_t bytes;
    // Milliseconds of that time in which the device was at work and not waiting for others: the
    // rate that it is capable of is `bytes` by this. `MHL_NOT_MEASURED` where it was not measured.
    uint64_t busy_ms;
} mhl_phase_record;

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
    // Files that stand there with their sizes and were not read.
    uint64_t unread;
    // Copies: indices of `mhl_report_copy` lie below.
    uint64_t copies;
    // Parts of the work: indices of `mhl_report_phase` lie below.
    uint64_t phases;
} mhl_summary;

// What a report is of. Set `struct_size` before it is filled. Its texts belong to the report.
typedef struct mhl_roll {
    // `sizeof(mhl_roll)`.
    size_t struct_size;
    // What was done: `seal`, `offload`, `verify` and so on.
    struct mhl_text operation;
    // The roll's name; absent, as its content, where no list could be made or read. Names repeat
    // across days: a name identifies nothing by itself.
    struct mhl_text name;
    // The identity of its content: a C4 over the roll's first list.
    struct mhl_text content;
    // Files that its list names.
    uint64_t files;
    // Their sizes added up.
    uint64_t bytes;
    // The folder that was read: the card of an offload, the roll of a verification.
    struct mhl_text source;
    // The file system that it stands on, spelled as `mhl_copy.device`; or absent.
    struct mhl_text source_device;
    // Program and version that did it.
    struct mhl_text tool;
    // Name of the computer.
    struct mhl_text host;
    // When it started, RFC 3339 in UTC.
    struct mhl_text started;
    // When it ended.
    struct mhl_text finished;
} mhl_roll;

// How a tree is to be sealed. Zero it, set `struct_size`, then what is wanted.
typedef struct mhl_seal_options {
    // `sizeof(mhl_seal_options)`.
    size_t struct_size;
    // The digests to compute, all in one read: numbers of `mhl_algorithm`; NULL for XXH64.
    const uint32_t *algorithms;
    // How many.
    size_t algorithms_len;
    // What is to be left out: NUL-terminated UTF-8 in the syntax of `.gitignore`; or NULL. An ASC
    // MHL records it; a classic list cannot, and refuses.
    const char *const *ignore;
    // How many.
    size_t ignore_len;
    // The format of the list, an `mhl_format`; 0 for a classic list. A history that stands there
    // is lengthened whatever is said here.
    uint32_t format;
} mhl_seal_options;

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
    // Digests to compute and record besides those of a history, in the generation that is appended:
    // numbers of `mhl_algorithm`; or NULL.
    const uint32_t *algorithms;
    // How many.
    size_t algorithms_len;
    // Ignore patterns to add to a history's, in the generation that is appended: NUL-terminated
    // UTF-8 in the syntax of `.gitignore`; or NULL.
    const char *const *ignore;
    // How many.
    size_t ignore_len;
    // The files to read, and folders of such, relative to the roll; or NULL for all. Names and sizes
    // are compared in any case, all of them. A roll of which a portion was read is never
    // `MHL_OUTCOME_VERIFIED`.
    const char *const *only;
    // How many.
    size_t only_len;
    // 1 to 100: at most so many percent of the list are read, in turns that together read
    // everything, such as ten turns of 10 percent. 0 for everything.
    uint32_t percent;
    // 1 to end at the first fault: what was not read by then is counted, and nothing is appended.
    uint32_t stop_at_first;
    // Which turn, from 1; turns go round. Read only with a `percent`.
    uint64_t turn;
    // 1 to leave the list of files out of the report, and some 250 bytes of memory for each. No
    // ledger takes such a report for evidence.
    uint32_t without_files;
    // The state of the history that was noted elsewhere, an earlier `mhl_copy.pin`; or NULL. A
    // history that does not continue it is a fault.
    const char *pin;
} mhl_verify_options;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// How many reasons an error names one by one: what stands against a permit, the rules by which there
// is none, the faults of a ledger, what is wrong with the lists on a card, contradictions, paths that
// are not listed. 0 where the message says all, and for NULL.
//
// Threads: any number at once.
//
// # Safety
// `error` is NULL or an error that was not freed.
uint64_t mhl_error_causes(const struct mhl_error *error);

// Writes the reason at an index, from 0, of the error `of`. Set `cause->struct_size` before. Its texts
// are gone with that error.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_error_causes`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `of` is NULL or an error that was not freed; `cause` is NULL or a struct whose `struct_size` is set;
// `error` is NULL or can be written, and is not where `of` stands.
mhl_status mhl_error_cause(const struct mhl_error *of,
                           uint64_t index,
                           struct mhl_cause *cause,
                           struct mhl_error **error);

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

// Appends an event: `kind` is NUL-terminated UTF-8, as `place` or `inspection`; `data` is the event's
// data, `len` bytes of JSON, with the fields that the ledger's schema lists for that kind. On
// success the line is on the disk, where the ledger has a file, and `*number` is its sequence number;
// `number` may be NULL. What a report proves has its own way in (`mhl_ledger_record_report`), and so
// has another ledger (`mhl_ledger_import`).
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors, and the ledger is as it was: `MHL_STATUS_INVALID_EVENT` for an unknown kind, a field too
// many, too few or said twice, or an event that contradicts an earlier one;
// `MHL_STATUS_LEDGER_READ_ONLY`; `MHL_STATUS_IO`; `MHL_STATUS_INVALID_ARGUMENT`;
// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; `kind` is NULL or NUL-terminated; `data` is NULL
// or points to `len` bytes; `recorder` is NULL or a filled struct, its texts NULL or NUL-terminated;
// `number` and `error` are NULL or can be written.
mhl_status mhl_ledger_append(struct mhl_ledger *ledger,
                             const char *kind,
                             const char *data,
                             size_t len,
                             const struct mhl_recorder *recorder,
                             uint64_t *number,
                             struct mhl_error **error);

// `mhl_ledger_append` without JSON: `fields` points to `count` fields as a person types them, such as
// `{"id", "cart"}, {"site", "Stage 5"}` of a `place`.
//
// Threads and errors: as `mhl_ledger_append`.
//
// # Safety
// `fields` is NULL or points to `count` fields, their texts NULL or NUL-terminated; the rest as
// `mhl_ledger_append`.
mhl_status mhl_ledger_append_fields(struct mhl_ledger *ledger,
                                    const char *kind,
                                    const struct mhl_field *fields,
                                    size_t count,
                                    const struct mhl_recorder *recorder,
                                    uint64_t *number,
                                    struct mhl_error **error);

// Appends another ledger whole, given as its text, `len` bytes of UTF-8, its lines verbatim: a second
// unit's, for example. Lines that both share count once. On success `*number` is the import's own
// sequence number; `number` may be NULL.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors, and the ledger is as it was: `MHL_STATUS_INVALID_LEDGER` with a line of the other, when
// that has faults; `MHL_STATUS_INVALID_EVENT` when the two contradict each other, or one is
// simulated and the other not; the rest as `mhl_ledger_append`.
//
// # Safety
// `text` is NULL or points to `len` bytes; the rest as `mhl_ledger_append`.
mhl_status mhl_ledger_import(struct mhl_ledger *ledger,
                             const char *text,
                             size_t len,
                             const struct mhl_recorder *recorder,
                             uint64_t *number,
                             struct mhl_error **error);

// Writes what is worth saying about the event that was appended last, by index from 0: a word that is
// not known and counts as unknown, a field that it leaves open, a medium or place that it names and
// nobody recorded, a copy that its report does not prove. None of it is a failure: the event was
// taken as it is. The text is gone with the next call that appends, and with the ledger.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_NOT_FOUND` beyond the last remark.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; `remark` and `error` are NULL or can be written.
mhl_status mhl_ledger_remark(struct mhl_ledger *ledger,
                             uint64_t index,
                             struct mhl_text *remark,
                             struct mhl_error **error);

// Appends what an operation's report proves about copies of a roll: the one way in for evidence,
// which is never typed. `roll` is the roll's recorded identifier, NUL-terminated UTF-8; `placements`
// points to `count` placements, which say on which medium each folder of the report stands. On
// success the line is on the disk, where the ledger has a file, and `*number` is its sequence number;
// `number` may be NULL.
//
// A copy whose report does not prove it is recorded all the same, and does not count:
// `mhl_ledger_remark` says so.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors, and the ledger is as it was: `MHL_STATUS_REPORT_REFUSED` for a placement that fits no
// folder, or a report that contradicts itself; `MHL_STATUS_INVALID_EVENT` when the roll is not
// recorded, or a medium is seen at another place than the one recorded: record a `move` first;
// `MHL_STATUS_INVALID_ARGUMENT` for a text that identifies no medium; `MHL_STATUS_LEDGER_READ_ONLY`;
// `MHL_STATUS_IO`; `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `ledger` is NULL or a ledger, `report` NULL or a report, neither freed; `roll` is NULL or
// NUL-terminated; `placements` is NULL or points to `count` structs, their texts NULL or
// NUL-terminated; `recorder` is NULL or a filled struct, its texts NULL or NUL-terminated; `number`
// and `error` are NULL or can be written.
mhl_status mhl_ledger_record_report(struct mhl_ledger *ledger,
                                    const struct mhl_report *report,
                                    const char *roll,
                                    const struct mhl_placement *placements,
                                    size_t count,
                                    const struct mhl_recorder *recorder,
                                    uint64_t *number,
                                    struct mhl_error **error);

// Writes the ledger's head, `SEQUENCE:C4`: keep it where whoever can write the ledger cannot, and
// give it to `mhl_ledger_check_pin` later.
//
// `*needed` becomes the bytes of the text with its NUL, at most `MHL_HEAD_TEXT_MAX`. With a
// `capacity` of 0, `text` may be NULL: a way to ask.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; `text` is NULL or has room for `capacity` bytes;
// `needed` and `error` are NULL or can be written.
mhl_status mhl_ledger_head(struct mhl_ledger *ledger,
                           char *text,
                           size_t capacity,
                           size_t *needed,
                           struct mhl_error **error);

// Checks that a head that was pinned earlier, NUL-terminated, is this ledger's own, at its end or
// before. The chain itself finds no end that was cut off and no ledger that was rewritten whole: a
// pin does.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_PIN_BROKEN`; `MHL_STATUS_INVALID_ARGUMENT` for a text that is no head.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; `pin` is NULL or NUL-terminated; `error` is NULL
// or can be written.
mhl_status mhl_ledger_check_pin(struct mhl_ledger *ledger,
                                const char *pin,
                                struct mhl_error **error);

// Writes a copy that the verdict looked at, by index from 0, in the order of the rolls. Set
// `copy->struct_size` before. Its texts are gone with the verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.copies`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `copy` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_verdict_copy(const struct mhl_verdict *verdict,
                            uint64_t index,
                            struct mhl_judged_copy *copy,
                            struct mhl_error **error);

// Opens a ledger's file and checks every line. `path` is NUL-terminated UTF-8, `mode` an
// `mhl_ledger_mode`. The caller owns `*ledger` and frees it with `mhl_ledger_free`.
//
// A ledger that is open for appending holds the system's lock on its file: nobody else appends to it
// meanwhile, and what `mhl_ledger_append` and its like return is on the disk. Nothing here waits: a
// second program, or a second call in this one, gets `MHL_STATUS_LEDGER_HELD` and may try again.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_LEDGER` with the line of the first fault;
// `MHL_STATUS_LEDGER_HELD`; `MHL_STATUS_LEDGER_EXISTS` where a new one was to be made;
// `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `ledger` and `error` are NULL or can be written.
mhl_status mhl_ledger_open(const char *path,
                           uint32_t mode,
                           struct mhl_ledger **ledger,
                           struct mhl_error **error);

// `mhl_ledger_open` for a path of `len` bytes that need not be UTF-8 on Unix. On other systems it
// must be.
//
// Threads and errors: as `mhl_ledger_open`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_ledger_open`.
mhl_status mhl_ledger_open_bytes(const uint8_t *path,
                                 size_t len,
                                 uint32_t mode,
                                 struct mhl_ledger **ledger,
                                 struct mhl_error **error);

// `mhl_ledger_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_ledger_open`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_ledger_open`.
mhl_status mhl_ledger_open_w(const uint16_t *path,
                             uint32_t mode,
                             struct mhl_ledger **ledger,
                             struct mhl_error **error);

// Makes an empty ledger in memory, for a program that keeps the lines itself
// (`mhl_ledger_appended`). With `simulated` 1 it is a demonstration's: every event, verdict and
// permit says so. The caller owns it and frees it with `mhl_ledger_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` when `simulated` is neither 0 nor 1.
//
// # Safety
// `ledger` and `error` are NULL or can be written.
mhl_status mhl_ledger_new(uint32_t simulated, struct mhl_ledger **ledger, struct mhl_error **error);

// Makes a ledger in memory of the lines of one, `len` bytes of UTF-8, and checks every line. The
// caller owns it and frees it with `mhl_ledger_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_LEDGER` with the line of the first fault; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `text` is NULL or points to `len` bytes; `ledger` and `error` are NULL or can be written.
mhl_status mhl_ledger_parse(const char *text,
                            size_t len,
                            struct mhl_ledger **ledger,
                            struct mhl_error **error);

// Writes the lines that were appended since the ledger was made, parsed or opened, each with its line
// feed: of a ledger that began empty, all of them. They are gone with the next call that appends,
// and with the ledger.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; `lines` and `error` are NULL or can be written.
mhl_status mhl_ledger_appended(struct mhl_ledger *ledger,
                               struct mhl_text *lines,
                               struct mhl_error **error);

// Frees a ledger, and the lock on its file. NULL is accepted.
//
// Threads: one, the last to use it; while a call is at work in it on another thread it is freed when
// that call ends.
//
// # Safety
// `ledger` is NULL or a ledger that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_ledger_free(struct mhl_ledger *ledger);

// Writes what to do next, by index from 0, in the order in which it is done: the cheapest actions
// that would have the question cleared. None where it is. Set `action->struct_size` before. Its texts
// are gone with the verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.actions`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `action` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_verdict_action(const struct mhl_verdict *verdict,
                              uint64_t index,
                              struct mhl_next_action *action,
                              struct mhl_error **error);

// Judges a question as `mhl_clear` does, at the moment `now`, and permits what is cleared until
// `expires`, both in seconds since 1970-01-01T00:00:00Z. The permit is bound to the question and the
// media that it names, the content of every roll on them, the copies that were counted, the profile,
// the ledger's head, and its time. The caller owns `*permit` and frees it with `mhl_permit_free`.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_NOT_CLEARED` when the verdict does not clear, or an approval that it rests on
// ends before `expires`: the error's causes name the rules (`mhl_error_cause`), and `mhl_clear` all else; `MHL_STATUS_INVALID_ARGUMENT` when `expires` is not
// after `now`, and as `mhl_clear`; `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `ledger` is NULL or a ledger, `profile` NULL or a profile, neither freed; `question` is NULL or a
// filled struct, its texts NULL or NUL-terminated; `permit` and `error` are NULL or can be written.
mhl_status mhl_permit_issue(struct mhl_ledger *ledger,
                            const struct mhl_profile *profile,
                            const struct mhl_question *question,
                            int64_t now,
                            int64_t expires,
                            struct mhl_permit **permit,
                            struct mhl_error **error);

// What a permit says; NULL for NULL. It belongs to the permit, is gone with it, and is never freed by
// itself.
//
// Threads: any number at once.
//
// # Safety
// `permit` is NULL or a permit that was not freed.
const struct mhl_statement *mhl_permit_statement(const struct mhl_permit *permit);

// Signs a permit with an Ed25519 key, `key_len` bytes of PEM (PKCS #8, not encrypted, as `openssl
// genpkey -algorithm ed25519` writes it), and writes it with its NUL: an in-toto statement in a DSSE
// envelope as one line of JSON, which other tools verify offline, and `mhl_statement_verify` reads
// back. The same permit and key give the same bytes. The key is not kept.
//
// `*needed` becomes the bytes of the text with its NUL. With a `capacity` of 0, `text` may be NULL: a
// way to ask.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_KEY`; `MHL_STATUS_TOO_SMALL` when `capacity` is less than `*needed`;
// `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `permit` is NULL or a permit that was not freed; `key` is NULL or points to `key_len` bytes; `text`
// is NULL or has room for `capacity` bytes; `needed` and `error` are NULL or can be written.
mhl_status mhl_permit_sign(const struct mhl_permit *permit,
                           const char *key,
                           size_t key_len,
                           char *text,
                           size_t capacity,
                           size_t *needed,
                           struct mhl_error **error);

// Frees a permit, and with it what it says. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `permit` is NULL or a permit that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_permit_free(struct mhl_permit *permit);

// Makes a profile that comes with the library, by its name, NUL-terminated, such as
// `netflix-production-assets-2026`. The caller owns it and frees it with `mhl_profile_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `name` is NULL or NUL-terminated; `profile` and `error` are NULL or can be written.
mhl_status mhl_profile_named(const char *name,
                             struct mhl_profile **profile,
                             struct mhl_error **error);

// Makes a profile of a text, `len` bytes of TOML. Every key is needed, and an unknown one is an error.
// The caller owns it and frees it with `mhl_profile_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_PROFILE`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `text` is NULL or points to `len` bytes; `profile` and `error` are NULL or can be written.
mhl_status mhl_profile_parse(const char *text,
                             size_t len,
                             struct mhl_profile **profile,
                             struct mhl_error **error);

// Reads a profile from a file of TOML. `path` is NUL-terminated UTF-8. The caller owns `*profile` and
// frees it with `mhl_profile_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_PROFILE`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `profile` and `error` are NULL or can be written.
mhl_status mhl_profile_open(const char *path,
                            struct mhl_profile **profile,
                            struct mhl_error **error);

// `mhl_profile_open` for a path of `len` bytes that need not be UTF-8 on Unix. On other systems it
// must be.
//
// Threads and errors: as `mhl_profile_open`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_profile_open`.
mhl_status mhl_profile_open_bytes(const uint8_t *path,
                                  size_t len,
                                  struct mhl_profile **profile,
                                  struct mhl_error **error);

// `mhl_profile_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_profile_open`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_profile_open`.
mhl_status mhl_profile_open_w(const uint16_t *path,
                              struct mhl_profile **profile,
                              struct mhl_error **error);

// Writes what tells the profile from another. Set `name->struct_size` before. Its texts are gone
// with the profile.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `profile` is NULL or a profile that was not freed; `name` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_profile_identity(const struct mhl_profile *profile,
                                struct mhl_profile_name *name,
                                struct mhl_error **error);

// Frees a profile. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `profile` is NULL or a profile that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_profile_free(struct mhl_profile *profile);

// Writes the step of the proof at an index, from 0: the answer first, each step before those that it
// was made of. Set `node->struct_size` before. Its texts are gone with the verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.nodes`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `node` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_verdict_node(const struct mhl_verdict *verdict,
                            uint64_t index,
                            struct mhl_proof_node *node,
                            struct mhl_error **error);

// Writes what the step at an index rests on, by a second index from 0. Set `reference->struct_size`
// before. Its text is gone with the verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.nodes`, or a second one
// beyond `mhl_proof_node.references`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `reference` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_verdict_reference(const struct mhl_verdict *verdict,
                                 uint64_t node,
                                 uint64_t index,
                                 struct mhl_proof_reference *reference,
                                 struct mhl_error **error);

// Writes a step that does not hold, by index from 0, in the order of the proof: what the answer rests
// on, and what is only mentioned. Set `reason->struct_size` before. Its text is gone with the
// verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_answer.reasons`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `reason` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_verdict_reason(const struct mhl_verdict *verdict,
                              uint64_t index,
                              struct mhl_proof_reason *reason,
                              struct mhl_error **error);

// Reads a permit that a key signed: `envelope` points to `len` bytes, as `mhl_permit_sign` wrote them
// without the NUL; `key` points to `key_len` bytes of the public key in PEM, as `openssl pkey -pubout`
// writes it. Nothing is read of what the key did not sign. The caller owns `*statement` and frees it
// with `mhl_statement_free`. It permits nothing before `mhl_statement_check` did.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_SIGNED`; `MHL_STATUS_INVALID_PERMIT`; `MHL_STATUS_INVALID_KEY`;
// `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `envelope` is NULL or points to `len` bytes, `key` is NULL or points to `key_len` bytes;
// `statement` and `error` are NULL or can be written.
mhl_status mhl_statement_verify(const char *envelope,
                                size_t len,
                                const char *key,
                                size_t key_len,
                                struct mhl_statement **statement,
                                struct mhl_error **error);

// Checks whether a permit holds at the moment `now`, in seconds since 1970-01-01T00:00:00Z: in its
// time, of this ledger with nothing recorded since, by this profile, and with every fact judged
// again. Only then `*permit` is written, which the caller owns and frees with `mhl_permit_free`.
//
// `looks` points to `count` reports of looks at the cards since the permit was issued, such as
// `mhl_verify` of the card against a copy's list. With any, there has to be one of each roll, and a
// card that gained, lost or changed a file refuses. That they are of these cards is the caller's
// word. Without, the check says nothing of what stands on the cards by now.
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_PERMIT_BROKEN`, whose causes (`mhl_error_cause`) are everything that stands
// against it, each by the name of its kind: `expired`, `ledger-went-on`, `card-changed` and so on;
// `MHL_STATUS_INVALID_ARGUMENT`.
//
// # Safety
// `statement` is NULL or a statement, `ledger` NULL or a ledger, `profile` NULL or a profile, none
// freed; `looks` is NULL or points to `count` pointers, each NULL or a report that was not freed;
// `permit` and `error` are NULL or can be written.
mhl_status mhl_statement_check(const struct mhl_statement *statement,
                               struct mhl_ledger *ledger,
                               const struct mhl_profile *profile,
                               int64_t now,
                               const struct mhl_report *const *looks,
                               size_t count,
                               struct mhl_permit **permit,
                               struct mhl_error **error);

// Writes a statement in short: what was asked, what it is bound to, its time. Set
// `terms->struct_size` before. Its texts are gone with the statement.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `statement` is NULL or a statement that was not freed; `terms` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_statement_terms(const struct mhl_statement *statement,
                               struct mhl_terms *terms,
                               struct mhl_error **error);

// Writes a medium that may be wiped, by index from 0: every name of its device is one. The text is
// gone with the statement.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.media`.
//
// # Safety
// `statement` is NULL or a statement that was not freed; `medium` and `error` are NULL or can be
// written.
mhl_status mhl_statement_medium(const struct mhl_statement *statement,
                                uint64_t index,
                                struct mhl_text *medium,
                                struct mhl_error **error);

// Writes a roll on the media that may be wiped, by index from 0. Set `roll->struct_size` before. Its
// texts are gone with the statement.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.rolls`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `statement` is NULL or a statement that was not freed; `roll` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_statement_roll(const struct mhl_statement *statement,
                              uint64_t index,
                              struct mhl_bound_roll *roll,
                              struct mhl_error **error);

// Writes a copy that the permit rests on, by index from 0. Set `copy->struct_size` before. Its texts
// are gone with the statement.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_terms.copies`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `statement` is NULL or a statement that was not freed; `copy` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_statement_copy(const struct mhl_statement *statement,
                              uint64_t index,
                              struct mhl_bound_copy *copy,
                              struct mhl_error **error);

// Frees a statement that `mhl_statement_verify` made. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `statement` is NULL or was made by `mhl_statement_verify` and not freed; one that a permit lends is
// freed with the permit. It is used no more. A second free cannot be told and corrupts memory.
void mhl_statement_free(struct mhl_statement *statement);

// Asks a ledger whether a wipe is cleared, by a profile, at a moment. The state after the wipe is
// judged, and what is not recorded did not happen. `now`, in seconds since 1970-01-01T00:00:00Z,
// dates approvals and evidence: nothing here asks a clock. The caller owns `*verdict` and frees it
// with `mhl_verdict_free`. The same ledger, profile, question and moment give the same verdict, byte
// for byte.
//
// `MHL_STATUS_GOOD` says that it was judged: the answer is `mhl_answer.decision`. A verdict
// is of the ledger as it stood: ask again before the wipe, or issue a permit (`mhl_permit_issue`).
//
// Threads: one call at a time on a ledger; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a question that asks neither of the three, a text that
// identifies no medium, a moment beyond the years 0 to 9999; `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `ledger` is NULL or a ledger, `profile` NULL or a profile, neither freed; `question` is NULL or a
// filled struct, its texts NULL or NUL-terminated; `verdict` and `error` are NULL or can be written.
mhl_status mhl_clear(struct mhl_ledger *ledger,
                     const struct mhl_profile *profile,
                     const struct mhl_question *question,
                     int64_t now,
                     struct mhl_verdict **verdict,
                     struct mhl_error **error);

// Writes the verdict in short. Set `answer->struct_size` before. Its texts are gone with the
// verdict.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `answer` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_verdict_answer(const struct mhl_verdict *verdict,
                              struct mhl_answer *answer,
                              struct mhl_error **error);

// Writes the verdict as one line of JSON, `"schema": "mhl.clear/1"`, as `mhl clear --json` prints it
// without `next`: answer, proof, copies, and what it is bound to. A permit names the C4 of these
// bytes. The text is gone with the verdict.
//
// Threads: any number at once.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `json` and `error` are NULL or can be written.
mhl_status mhl_verdict_json(const struct mhl_verdict *verdict,
                            struct mhl_text *json,
                            struct mhl_error **error);

// Writes what to do next as one line of JSON, as `mhl clear --json` prints it as `next`: each action
// with its fields, cost and words. The text is gone with the verdict.
//
// Threads: any number at once.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `json` and `error` are NULL or can be written.
mhl_status mhl_verdict_next_json(const struct mhl_verdict *verdict,
                                 struct mhl_text *json,
                                 struct mhl_error **error);

// Writes the verdict for people, eighty columns wide: the answer, everything against it with what
// would satisfy it, what held, what to do next. It is safe to print: control characters are
// escaped. The text is gone with the verdict.
//
// Threads: any number at once.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `text` and `error` are NULL or can be written.
mhl_status mhl_verdict_text(const struct mhl_verdict *verdict,
                            struct mhl_text *text,
                            struct mhl_error **error);

// Writes the verdict as one page of HTML that stands by itself, in UTF-8: the answer, what to do
// next, the copies by roll and place, the whole proof. It has no script and asks for nothing outside
// itself; whatever was recorded is escaped. The text is gone with the verdict.
//
// Threads: any number at once.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; `html` and `error` are NULL or can be written.
mhl_status mhl_verdict_html(const struct mhl_verdict *verdict,
                            struct mhl_text *html,
                            struct mhl_error **error);

// Frees a verdict, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `verdict` is NULL or a verdict that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_verdict_free(struct mhl_verdict *verdict);

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

// Gives many streams their next bytes in one call, which hashes them side by side in the vector
// registers: MD5 of sixteen pieces takes about as long as that of two. A stream may stand several
// times; its bytes are taken in order.
//
// Threads: one at a time for each set; a second one gets `MHL_STATUS_BUSY`, and its bytes are not
// taken.
//
// Errors: `MHL_STATUS_NOT_FOUND` when one of the streams is not live, `MHL_STATUS_TOO_LONG` when a
// `len` is more than memory can hold, `MHL_STATUS_NULL` for bytes that are NULL where there are
// some. No bytes are taken then, of no stream.
//
// # Safety
// `streams` is NULL or a set that was not freed; `pieces` is NULL or points to `count` pieces, whose
// `bytes` are NULL or point to `len` bytes that nobody writes meanwhile; `error` is NULL or can be
// written.
mhl_status mhl_streams_push_each(struct mhl_streams *streams,
                                 const struct mhl_piece *pieces,
                                 size_t count,
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

// Compares two lists, of the same format or not, by names, sizes and recorded digests. Nothing is
// read but the two: neither is needed afterwards. The caller owns `*difference` and frees it with
// `mhl_difference_free`.
//
// Two are one file that was renamed or moved where the second list says so, or where exactly one
// removed and one added file have a digest in common and nothing else disagrees. What cannot be
// compared is never the same.
//
// Threads: any number at once.
//
// # Safety
// `before` and `after` are NULL or manifests that were not freed; `difference` and `error` are NULL
// or can be written.
mhl_status mhl_difference_new(const struct mhl_manifest *before,
                              const struct mhl_manifest *after,
                              struct mhl_difference **difference,
                              struct mhl_error **error);

// Writes how many files are the same in both lists, and how many changes there are: `*same` counts
// those whose sizes do not differ and whose comparable digests hold, at least one of them.
//
// Threads: any number at once.
//
// # Safety
// `difference` is NULL or a difference that was not freed; `same`, `changes` and `error` are NULL
// or can be written.
mhl_status mhl_difference_count(const struct mhl_difference *difference,
                                uint64_t *same,
                                uint64_t *changes,
                                struct mhl_error **error);

// Writes the change at an index, from 0, sorted by path. Set `change->struct_size` before. Its texts
// are gone with the difference.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index that is none; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `difference` is NULL or a difference that was not freed; `change` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_difference_change(const struct mhl_difference *difference,
                                 uint64_t index,
                                 struct mhl_change *change,
                                 struct mhl_error **error);

// Writes a digest in which the change at an index differs, by its own index from 0. Set
// `digest->struct_size` before. Its texts are gone with the difference.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for a change that is none, or an index beyond
// `mhl_change.digest_count`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `difference` is NULL or a difference that was not freed; `digest` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_difference_digest(const struct mhl_difference *difference,
                                 uint64_t change,
                                 uint64_t index,
                                 struct mhl_differing_digest *digest,
                                 struct mhl_error **error);

// Writes the whole difference as one line of JSON: `same`, and `changes` with a `kind` each. It is made
// when it is first asked for and gone with the difference.
//
// Threads: any number at once.
//
// # Safety
// `difference` is NULL or a difference that was not freed; `json` and `error` are NULL or can be
// written.
mhl_status mhl_difference_json(const struct mhl_difference *difference,
                               struct mhl_text *json,
                               struct mhl_error **error);

// Frees a difference, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `difference` is NULL or a difference that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_difference_free(struct mhl_difference *difference);

// Reads the history of a roll and those within it: every generation, held against its chain. `path` is
// the roll's folder, which has a folder `ascmhl`: NUL-terminated UTF-8. No file of the roll is read.
// The caller owns `*history` and frees it with `mhl_history_free`.
//
// `MHL_STATUS_GOOD` says that it was read: whether it holds is `mhl_history_counts.is_faulty`.
// Whatever is wrong with it is a finding.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NO_LIST` where no history stands; `MHL_STATUS_IO`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `history` and `error` are NULL or can be written.
mhl_status mhl_history_open(const char *path,
                            struct mhl_history **history,
                            struct mhl_error **error);

// `mhl_history_open` for a path of `len` bytes that need not be UTF-8 on Unix.
//
// Threads and errors: as `mhl_history_open`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_history_open`.
mhl_status mhl_history_open_bytes(const uint8_t *path,
                                  size_t len,
                                  struct mhl_history **history,
                                  struct mhl_error **error);

// `mhl_history_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_history_open`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_history_open`.
mhl_status mhl_history_open_w(const uint16_t *path,
                              struct mhl_history **history,
                              struct mhl_error **error);

// Writes the history in numbers. Set `counts->struct_size` before.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `history` is NULL or a history that was not freed; `counts` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_history_count(const struct mhl_history *history,
                             struct mhl_history_counts *counts,
                             struct mhl_error **error);

// Writes the generation at an index, from 0, by number. Set `generation->struct_size` before. Its
// texts are gone with the history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.generations`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `history` is NULL or a history that was not freed; `generation` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_history_generation(const struct mhl_history *history,
                                  uint64_t index,
                                  struct mhl_generation *generation,
                                  struct mhl_error **error);

// Hands out the list of the generation at an index, from 0. The caller owns `*manifest` and frees it
// with `mhl_manifest_free`; it costs nothing and outlives the history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.generations`.
//
// # Safety
// `history` is NULL or a history that was not freed; `manifest` and `error` are NULL or can
// be written.
mhl_status mhl_history_manifest(const struct mhl_history *history,
                                uint64_t index,
                                struct mhl_manifest **manifest,
                                struct mhl_error **error);

// Hands out the history of a folder within, by its index from 0, and the folder's path relative to
// this one's root, which is gone with this history. The caller owns `*nested` and frees it with
// `mhl_history_free`; paths in it are relative to its own root.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.nested`.
//
// # Safety
// `history` is NULL or a history that was not freed; `root`, `nested` and `error` are NULL or
// can be written.
mhl_status mhl_history_nested(const struct mhl_history *history,
                              uint64_t index,
                              struct mhl_text *root,
                              struct mhl_history **nested,
                              struct mhl_error **error);

// Writes a fault or warning of the history by its index from 0; those of histories within are theirs.
// Set `finding->struct_size` before. Its texts are gone with the history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_history_counts.findings`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `history` is NULL or a history that was not freed; `finding` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_history_finding(const struct mhl_history *history,
                               uint64_t index,
                               struct mhl_finding *finding,
                               struct mhl_error **error);

// Looks a file up by its path of `len` bytes of UTF-8, or by one that it had before: through every
// generation, its renames, and into the histories within. The caller owns `*file` and frees it with
// `mhl_file_history_free`; it outlives the history.
//
// Every entry of every generation may be looked at: ask for a few files.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for a path that no generation knows;
// `MHL_STATUS_INVALID_ARGUMENT` for one that leaves the roll or is none; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `history` is NULL or a history that was not freed; `path` is NULL or points to `len` bytes;
// `file` and `error` are NULL or can be written.
mhl_status mhl_history_file(const struct mhl_history *history,
                            const char *path,
                            size_t len,
                            struct mhl_file_history **file,
                            struct mhl_error **error);

// Frees a history, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `history` is NULL or a history that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_history_free(struct mhl_history *history);

// Reads a list of either format, a `.mhl` file, whole: some 200 bytes of memory for each entry. `path`
// is NUL-terminated UTF-8. The caller owns `*manifest` and frees it with `mhl_manifest_free`.
//
// A path that comes twice with two contents is an error, with one content a finding. Of a generation
// nothing is known here but what it says: `mhl_history_open` holds it against its chain.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_MANIFEST` with line and offset;
// `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `manifest` and `error` are NULL or can be written.
mhl_status mhl_manifest_load(const char *path,
                             struct mhl_manifest **manifest,
                             struct mhl_error **error);

// `mhl_manifest_load` for a path of `len` bytes that need not be UTF-8 on Unix.
//
// Threads and errors: as `mhl_manifest_load`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_load`.
mhl_status mhl_manifest_load_bytes(const uint8_t *path,
                                   size_t len,
                                   struct mhl_manifest **manifest,
                                   struct mhl_error **error);

// `mhl_manifest_load` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_manifest_load`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_load`.
mhl_status mhl_manifest_load_w(const uint16_t *path,
                               struct mhl_manifest **manifest,
                               struct mhl_error **error);

// Writes what stands before the entries. Set `header->struct_size` before. Its texts are gone with
// the manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `header` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_header(const struct mhl_manifest *manifest,
                               struct mhl_list_header *header,
                               struct mhl_error **error);

// Writes the ignore pattern at an index, from 0, in the order of the list. It is gone with the
// manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.ignore_count`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `pattern` and `error` are NULL or can
// be written.
mhl_status mhl_manifest_ignore(const struct mhl_manifest *manifest,
                               uint64_t index,
                               struct mhl_text *pattern,
                               struct mhl_error **error);

// Writes a hash of the root of what the list is of, by its index from 0: those of the content first
// (ASC MHL). Set `hash->struct_size` before.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.root_hash_count`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `hash` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_root_hash(const struct mhl_manifest *manifest,
                                  uint64_t index,
                                  struct mhl_recorded_hash *hash,
                                  struct mhl_error **error);

// Writes the list in numbers. Set `counts->struct_size` before.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `counts` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_count(const struct mhl_manifest *manifest,
                              struct mhl_manifest_counts *counts,
                              struct mhl_error **error);

// Writes the entry at an index, from 0, in the order of the list: a file or a folder. Set
// `entry->struct_size` before. Its texts are gone with the manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.entries`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `entry` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_entry(const struct mhl_manifest *manifest,
                              uint64_t index,
                              struct mhl_entry *entry,
                              struct mhl_error **error);

// Writes a hash of the entry at an index, by its own index from 0. Set `hash->struct_size` before. A
// folder has those of its content first. Its texts are gone with the manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an entry that is none, or an index beyond
// `mhl_entry.hash_count`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `hash` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_hash(const struct mhl_manifest *manifest,
                             uint64_t entry,
                             uint64_t index,
                             struct mhl_recorded_hash *hash,
                             struct mhl_error **error);

// Writes the index of the entry with a path of `len` bytes of UTF-8, byte for byte as it is listed.
// The first call takes the time to sort the paths, each later one hardly any.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `path` is NULL or points to `len`
// bytes; `index` and `error` are NULL or can be written.
mhl_status mhl_manifest_find(const struct mhl_manifest *manifest,
                             const char *path,
                             size_t len,
                             uint64_t *index,
                             struct mhl_error **error);

// Writes another list that this one refers to, by its index from 0: where it stands relative to the
// root, and the C4 of its bytes (ASC MHL). The path is gone with the manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.references`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `path`, `c4` and `error` are NULL or
// can be written.
mhl_status mhl_manifest_reference(const struct mhl_manifest *manifest,
                                  uint64_t index,
                                  struct mhl_text *path,
                                  struct mhl_digest *c4,
                                  struct mhl_error **error);

// Writes what is unusual about the list, by its index from 0. Set `finding->struct_size` before. Its
// texts are gone with the manifest.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_manifest_counts.findings`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `finding` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_manifest_finding(const struct mhl_manifest *manifest,
                                uint64_t index,
                                struct mhl_finding *finding,
                                struct mhl_error **error);

// Writes the identity of what is listed: a C4 over the paths, sizes and digests of the files, sorted,
// whatever the format and the order of the list.
//
// Threads: any number at once.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `content` and `error` are NULL or can
// be written.
mhl_status mhl_manifest_roll_content(const struct mhl_manifest *manifest,
                                     struct mhl_digest *content,
                                     struct mhl_error **error);

// Writes the whole list as one line of JSON, whose `schema` is `mhl.manifest/1`: header, entries with
// their hashes, references and findings. It is made when it is first asked for and gone with the
// manifest.
//
// Threads: any number at once.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; `json` and `error` are NULL or can be
// written.
mhl_status mhl_manifest_json(const struct mhl_manifest *manifest,
                             struct mhl_text *json,
                             struct mhl_error **error);

// Frees a manifest, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `manifest` is NULL or a manifest that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_manifest_free(struct mhl_manifest *manifest);

// Writes the file's history in short. Set `summary->struct_size` before. Its texts are gone with it.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `file` is NULL or a file's history that was not freed; `summary` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_file_history_summary(const struct mhl_file_history *file,
                                    struct mhl_known_file *summary,
                                    struct mhl_error **error);

// Writes what a generation says of the file, by its index from 0, the earliest first. Set
// `mention->struct_size` before. Its texts are gone with the file's history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_known_file.mentions`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `file` is NULL or a file's history that was not freed; `mention` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_file_history_mention(const struct mhl_file_history *file,
                                    uint64_t index,
                                    struct mhl_mention *mention,
                                    struct mhl_error **error);

// Writes a digest of the mention at an index, by its own index from 0. Set `hash->struct_size`
// before. Its texts are gone with the file's history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for a mention that is none, or an index beyond
// `mhl_mention.hash_count`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `file` is NULL or a file's history that was not freed; `hash` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_file_history_hash(const struct mhl_file_history *file,
                                 uint64_t mention,
                                 uint64_t index,
                                 struct mhl_recorded_hash *hash,
                                 struct mhl_error **error);

// Writes the algorithm, an `mhl_algorithm`, of a digest of the mention at an index that is not the one
// that the file is measured by; by its own index from 0.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for a mention that is none, or an index beyond
// `mhl_mention.conflict_count`.
//
// # Safety
// `file` is NULL or a file's history that was not freed; `algorithm` and `error` are NULL or
// can be written.
mhl_status mhl_file_history_conflict(const struct mhl_file_history *file,
                                     uint64_t mention,
                                     uint64_t index,
                                     uint32_t *algorithm,
                                     struct mhl_error **error);

// Writes a digest that the file is measured by, by its index from 0. Set `hash->struct_size` before.
// Its texts are gone with the file's history.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_known_file.references`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `file` is NULL or a file's history that was not freed; `hash` is NULL or a struct whose
// `struct_size` is set; `error` is NULL or can be written.
mhl_status mhl_file_history_reference(const struct mhl_file_history *file,
                                      uint64_t index,
                                      struct mhl_recorded_hash *hash,
                                      struct mhl_error **error);

// Frees a file's history, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `file` is NULL or a file's history that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_file_history_free(struct mhl_file_history *file);

// Opens a list of either format, a `.mhl` file, and reads what stands before its entries. `path` is
// NUL-terminated UTF-8. The caller owns `*reader` and frees it with `mhl_manifest_reader_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_IO`; `MHL_STATUS_INVALID_MANIFEST` with line and offset;
// `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `reader` and `error` are NULL or can be written.
mhl_status mhl_manifest_reader_open(const char *path,
                                    struct mhl_manifest_reader **reader,
                                    struct mhl_error **error);

// `mhl_manifest_reader_open` for a path of `len` bytes that need not be UTF-8 on Unix.
//
// Threads and errors: as `mhl_manifest_reader_open`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_reader_open`.
mhl_status mhl_manifest_reader_open_bytes(const uint8_t *path,
                                          size_t len,
                                          struct mhl_manifest_reader **reader,
                                          struct mhl_error **error);

// `mhl_manifest_reader_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_manifest_reader_open`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_reader_open`.
mhl_status mhl_manifest_reader_open_w(const uint16_t *path,
                                      struct mhl_manifest_reader **reader,
                                      struct mhl_error **error);

// Writes what stands before the entries. Set `header->struct_size` before. Its texts are gone with
// the reader.
//
// Threads: one at a time for each reader; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `reader` is NULL or a reader that was not freed; `header` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_manifest_reader_header(struct mhl_manifest_reader *reader,
                                      struct mhl_list_header *header,
                                      struct mhl_error **error);

// Writes the ignore pattern at an index, from 0, in the order of the list. It is gone with the
// reader.
//
// Threads: as `mhl_manifest_reader_header`.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_list_header.ignore_count`.
//
// # Safety
// `reader` is NULL or a reader that was not freed; `pattern` and `error` are NULL or can be written.
mhl_status mhl_manifest_reader_ignore(struct mhl_manifest_reader *reader,
                                      uint64_t index,
                                      struct mhl_text *pattern,
                                      struct mhl_error **error);

// Reads the next entry. Set `entry->struct_size` before. Its texts, and its hashes by
// `mhl_manifest_reader_hash`, are good until the next call of this function.
//
// `MHL_STATUS_END` says that the list was read to its end, where it is well-formed; nothing else
// does. That a path comes twice is not noticed here: `mhl_manifest_load` notices it.
//
// Threads: one at a time for each reader; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_INVALID_MANIFEST` with line and offset, and from then on without; what was
// read before stands in a document that is none. `MHL_STATUS_IO`; `MHL_STATUS_STRUCT_SIZE`, and
// nothing is read.
//
// # Safety
// `reader` is NULL or a reader that was not freed; `entry` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_manifest_reader_next(struct mhl_manifest_reader *reader,
                                    struct mhl_entry *entry,
                                    struct mhl_error **error);

// Writes a hash of the entry that was read last, by its index from 0. Set `hash->struct_size`
// before. A folder has those of its content first.
//
// Threads: as `mhl_manifest_reader_next`.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_entry.hash_count`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `reader` is NULL or a reader that was not freed; `hash` is NULL or a struct whose `struct_size` is
// set; `error` is NULL or can be written.
mhl_status mhl_manifest_reader_hash(struct mhl_manifest_reader *reader,
                                    uint64_t index,
                                    struct mhl_recorded_hash *hash,
                                    struct mhl_error **error);

// Frees a reader, at its end or not. NULL is accepted. Where another call is at work in it, it is
// freed when that call ends.
//
// Threads: one, the last to use it.
//
// # Safety
// `reader` is NULL or a reader that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_manifest_reader_free(struct mhl_manifest_reader *reader);

// Begins a record of what an engine with copies of its own does: no file is read again for it. The
// caller owns `*record` and frees it with `mhl_record_free`; freed before `mhl_record_write`,
// nothing is written.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a number that is none of its enumeration, no algorithm
// at all, a process that lists files otherwise, or an ignore pattern that is none;
// `MHL_STATUS_NOT_LISTABLE` for an algorithm that the format does not know;
// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `options` is NULL or a filled struct, its arrays as long as it says, its texts NULL or
// NUL-terminated; `record` and `error` are NULL or can be written.
mhl_status mhl_record_new(const struct mhl_record_options *options,
                          struct mhl_record **record,
                          struct mhl_error **error);

// Takes a file, in any order. What is refused is not taken, and the record goes on. A file that is
// told twice is a finding of `mhl_record_write`.
//
// Threads: one at a time for each record; a second one gets `MHL_STATUS_BUSY`, and its file is not
// taken.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, digests that
// are not one in each algorithm of the record, a time that is none, or none where a classic list
// has to have one; `MHL_STATUS_NOT_LISTABLE` for a name that no list can hold;
// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `record` is NULL or a record that was not freed; `file` is NULL or a filled struct, its path and
// digests as long as it says; `error` is NULL or can be written.
mhl_status mhl_record_file(struct mhl_record *record,
                           const struct mhl_hashed_file *file,
                           struct mhl_error **error);

// Takes a folder by its path of `len` bytes of UTF-8, relative to the root, with the time of its
// last change or NULL. Only an empty one has to be told, and only with `MHL_LOOK_NOTHING`; one that
// was told has to stand there otherwise.
//
// Threads: as `mhl_record_file`.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, or a time that
// is none; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `record` is NULL or a record that was not freed; `path` is NULL or points to `len` bytes;
// `modified` is NULL or points to a time; `error` is NULL or can be written.
mhl_status mhl_record_folder(struct mhl_record *record,
                             const char *path,
                             size_t len,
                             const struct mhl_time *modified,
                             struct mhl_error **error);

// Writes the list of what was told at the root of a copy: a classic list, or a generation of the
// ASC MHL history that stands there or begins there. Repeat it for every copy, and go on telling
// files in between as you like. `path` is NUL-terminated UTF-8; `context` may be NULL. The caller
// owns `*report` and frees it with `mhl_report_free`.
//
// `MHL_STATUS_GOOD` says that it ran. The list stands there with `MHL_OUTCOME_RECORDED`: where the
// disk is not as it was told, nothing is written, and every difference is a finding. A digest that
// differs from what a history records is a finding too, and recorded as failed. The digests are
// the engine's word: no rule clears a wipe on them, before the copy was verified.
//
// Threads: one at a time for each record, which gets `MHL_STATUS_BUSY` meanwhile.
//
// Errors: `MHL_STATUS_ALREADY_LISTED`; `MHL_STATUS_IN_USE`; `MHL_STATUS_NO_LIST` for a part where no
// history stands; `MHL_STATUS_NO_FILES` where none was told that is listed; `MHL_STATUS_NOT_LISTABLE`;
// `MHL_STATUS_INVALID_MANIFEST` with line and offset for a history that cannot be read;
// `MHL_STATUS_IO`; `MHL_STATUS_CANCELLED`, without a report; `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `record` is NULL or a record that was not freed; `path` is NULL or NUL-terminated; `context` is as
// `mhl_verify` has it; `report` and `error` are NULL or can be written.
mhl_status mhl_record_write(struct mhl_record *record,
                            const char *path,
                            const struct mhl_context *context,
                            struct mhl_report **report,
                            struct mhl_error **error);

// `mhl_record_write` for a path of `len` bytes that need not be UTF-8 on Unix.
//
// Threads and errors: as `mhl_record_write`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_record_write`.
mhl_status mhl_record_write_bytes(struct mhl_record *record,
                                  const uint8_t *path,
                                  size_t len,
                                  const struct mhl_context *context,
                                  struct mhl_report **report,
                                  struct mhl_error **error);

// `mhl_record_write` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_record_write`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_record_write`.
mhl_status mhl_record_write_w(struct mhl_record *record,
                              const uint16_t *path,
                              const struct mhl_context *context,
                              struct mhl_report **report,
                              struct mhl_error **error);

// Frees a record, written or not. NULL is accepted. Where another call is at work in it, it is
// freed when that call ends.
//
// Threads: one, the last to use it.
//
// # Safety
// `record` is NULL or a record that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_record_free(struct mhl_record *record);

// Begins a list that is written by hand, at a path: NUL-terminated UTF-8. It gets its name when it is
// finished, whole and durable, and replaces nothing; freed before, nothing is left of it. The caller
// owns `*writer` and frees it with `mhl_manifest_writer_free`.
//
// What stands on the disk is not looked at, and no chain is lengthened: `mhl_record_write` does both.
//
// Threads: any number at once, in folders of their own.
//
// Errors: `MHL_STATUS_IO`, also where something stands there; `MHL_STATUS_NOT_LISTABLE` for a text
// that XML cannot hold or a digest that the format does not know; `MHL_STATUS_INVALID_ARGUMENT`;
// `MHL_STATUS_NOT_UNICODE`; `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `header` is NULL or a filled struct, its texts NULL or
// NUL-terminated, its arrays as long as it says; `writer` and `error` are NULL or can be written.
mhl_status mhl_manifest_writer_open(const char *path,
                                    const struct mhl_new_header *header,
                                    struct mhl_manifest_writer **writer,
                                    struct mhl_error **error);

// `mhl_manifest_writer_open` for a path of `len` bytes that need not be UTF-8 on Unix.
//
// Threads and errors: as `mhl_manifest_writer_open`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_manifest_writer_open`.
mhl_status mhl_manifest_writer_open_bytes(const uint8_t *path,
                                          size_t len,
                                          const struct mhl_new_header *header,
                                          struct mhl_manifest_writer **writer,
                                          struct mhl_error **error);

// `mhl_manifest_writer_open` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows.
//
// Threads and errors: as `mhl_manifest_writer_open`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_manifest_writer_open`.
mhl_status mhl_manifest_writer_open_w(const uint16_t *path,
                                      const struct mhl_new_header *header,
                                      struct mhl_manifest_writer **writer,
                                      struct mhl_error **error);

// The same for a list whose bytes go to a callback, in pieces of some KiB, in order. It is called by
// the calls of the writer, on their threads, and not after the writer was freed.
//
// Threads and errors: as `mhl_manifest_writer_open`; `MHL_STATUS_CANCELLED` where the callback stops
// it.
//
// # Safety
// `callback` is NULL or can be called with `userdata` until the writer is freed; the rest as
// `mhl_manifest_writer_open`.
mhl_status mhl_manifest_writer_new(mhl_write_callback callback,
                                   void *userdata,
                                   const struct mhl_new_header *header,
                                   struct mhl_manifest_writer **writer,
                                   struct mhl_error **error);

// Writes a file with its digests, as they are given: `action` is an `mhl_action`, 0 in a classic list.
// What is refused is not written, and the list goes on.
//
// Threads: one at a time for each writer; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_STRUCT_SIZE`; `MHL_STATUS_IO` and `MHL_STATUS_CANCELLED`, which end the list: each later
// call gets `MHL_STATUS_FINISHED`.
//
// # Safety
// `writer` is NULL or a writer that was not freed; `file` is NULL or a filled struct, its path and
// digests as long as it says; `error` is NULL or can be written.
mhl_status mhl_manifest_writer_file(struct mhl_manifest_writer *writer,
                                    const struct mhl_hashed_file *file,
                                    uint32_t action,
                                    struct mhl_error **error);

// Writes a folder with its directory hashes (ASC MHL). What is refused is not written, and the list
// goes on.
//
// Threads and errors: as `mhl_manifest_writer_file`; `MHL_STATUS_NOT_LISTABLE` in a classic list.
//
// # Safety
// `writer` is NULL or a writer that was not freed; `directory` is NULL or a filled struct, its path
// and digests as long as it says; `error` is NULL or can be written.
mhl_status mhl_manifest_writer_directory(struct mhl_manifest_writer *writer,
                                         const struct mhl_hashed_directory *directory,
                                         struct mhl_error **error);

// Takes another list that this one refers to, by its path of `len` bytes of UTF-8 relative to the
// root, and the C4 of its bytes (ASC MHL). References stand behind all entries.
//
// Threads: as `mhl_manifest_writer_file`.
//
// Errors: `MHL_STATUS_INVALID_ARGUMENT` for a path that leaves the root or is none, or a digest that
// is no C4; `MHL_STATUS_NOT_LISTABLE` in a classic list; `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_FINISHED`.
//
// # Safety
// `writer` is NULL or a writer that was not freed; `path` is NULL or points to `len` bytes; `c4` is
// NULL or points to a digest; `error` is NULL or can be written.
mhl_status mhl_manifest_writer_reference(struct mhl_manifest_writer *writer,
                                         const char *path,
                                         size_t len,
                                         const struct mhl_digest *c4,
                                         struct mhl_error **error);

// Ends the list. At a path it is made durable, gets its name, and is read back. `*c4` becomes the C4
// of its bytes, as a chain records it; it may be NULL. What remains of the writer is to be freed.
//
// Threads: one at a time for each writer; a second one gets `MHL_STATUS_BUSY`.
//
// Errors: `MHL_STATUS_IO`, also where something stands at the path by now; the message says whether a
// list is left. `MHL_STATUS_CANCELLED`; `MHL_STATUS_NOT_LISTABLE`; `MHL_STATUS_FINISHED` the second
// time.
//
// # Safety
// `writer` is NULL or a writer that was not freed; `c4` and `error` are NULL or can be written.
mhl_status mhl_manifest_writer_finish(struct mhl_manifest_writer *writer,
                                      struct mhl_digest *c4,
                                      struct mhl_error **error);

// Frees a writer; where it was not finished at a path, nothing is left of the list. NULL is accepted.
// Where another call is at work in it, it is freed when that call ends.
//
// Threads: one, the last to use it.
//
// # Safety
// `writer` is NULL or a writer that was not freed; it is used no more. A second free cannot be told
// and corrupts memory.
void mhl_manifest_writer_free(struct mhl_manifest_writer *writer);

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

// Writes the copy at an index, from 0: those of an offload in the order of its destinations, of a
// seal or verification the one roll. Set `copy->struct_size` before. Its texts are gone with the
// report.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.copies`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `report` is NULL or a report that was not freed; `copy` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_report_copy(const struct mhl_report *report,
                           uint64_t index,
                           struct mhl_copy *copy,
                           struct mhl_error **error);

// Copies a card to every destination, reads each copy back past the system's cache, and lists it.
// `source`, NUL-terminated UTF-8, is the card's folder; `destinations` points to `count` such paths
// of folders that exist, into each of which the roll is copied under its name. `options` may be NULL
// for the defaults, `context` for nobody known and nobody watching. The caller owns `*report` and
// frees it with `mhl_report_free`.
//
// The source is read once and never written to. `MHL_STATUS_GOOD` says that it ran: only a copy
// whose `mhl_copy.outcome` is `MHL_OUTCOME_VERIFIED` holds every file of the card, each read back
// and compared, and its list. A destination gets its list last: a folder without one is no copy.
//
// Threads: any number at once, with destinations of their own. It returns when all is proved.
//
// Errors, each before anything was written: `MHL_STATUS_IO` for a source that cannot be opened;
// `MHL_STATUS_NO_FILES`; `MHL_STATUS_CONTRADICTION`; `MHL_STATUS_SOURCE_LISTS`;
// `MHL_STATUS_STALLED`; `MHL_STATUS_NOT_LISTABLE` for a digest that the format does not know;
// `MHL_STATUS_INVALID_ARGUMENT`, also for no destination, or a name that no folder can have;
// `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_STRUCT_SIZE`. `MHL_STATUS_CANCELLED` comes without a report; what was copied by then
// stays, and `resume` takes it up. What goes wrong with one file or one destination
// is a finding of the report, and the rest of the work is done.
//
// # Safety
// `source` is NULL or NUL-terminated; `destinations` is NULL or points to `count` pointers, each
// NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their texts NULL or
// NUL-terminated, their arrays NULL or as long as they say, the token NULL or not freed, the
// callback NULL or fit to be called until this returns; `report` and `error` are NULL or can be
// written.
mhl_status mhl_offload(const char *source,
                       const char *const *destinations,
                       size_t count,
                       const struct mhl_offload_options *options,
                       const struct mhl_context *context,
                       struct mhl_report **report,
                       struct mhl_error **error);

// `mhl_offload` for paths of bytes that need not be UTF-8 on Unix, where file names are bytes. On
// other systems they must be.
//
// Threads and errors: as `mhl_offload`.
//
// # Safety
// `source` is NULL or points to `len` bytes; `destinations` is NULL or points to `count` structs,
// each with NULL or as many bytes as it says; the rest as `mhl_offload`.
mhl_status mhl_offload_bytes(const uint8_t *source,
                             size_t len,
                             const struct mhl_bytes *destinations,
                             size_t count,
                             const struct mhl_offload_options *options,
                             const struct mhl_context *context,
                             struct mhl_report **report,
                             struct mhl_error **error);

// `mhl_offload` for paths in NUL-terminated UTF-16, each a `wchar_t *` of Windows, where an unpaired
// surrogate is accepted. On other systems it is refused.
//
// Threads and errors: as `mhl_offload`.
//
// # Safety
// `source` is NULL or NUL-terminated; `destinations` is NULL or points to `count` pointers, each
// NULL or NUL-terminated; the rest as `mhl_offload`.
mhl_status mhl_offload_w(const uint16_t *source,
                         const uint16_t *const *destinations,
                         size_t count,
                         const struct mhl_offload_options *options,
                         const struct mhl_context *context,
                         struct mhl_report **report,
                         struct mhl_error **error);

// Writes the part of the work at an index, from 0. Set `phase->struct_size` before. Its texts are
// gone with the report.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_NOT_FOUND` for an index beyond `mhl_summary.phases`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `report` is NULL or a report that was not freed; `phase` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_report_phase(const struct mhl_report *report,
                            uint64_t index,
                            struct mhl_phase_record *phase,
                            struct mhl_error **error);

// Reads a report back, `len` bytes of JSON as `mhl_report_json` wrote them or the command kept them:
// one that was made on another machine, to be recorded in a ledger here. Nothing tells whether the
// text was changed since: that it was not is the caller's word. The caller owns `*report` and frees it
// with `mhl_report_free`.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_INVALID_REPORT`; `MHL_STATUS_CANCELLED` for that of an operation that was
// stopped; `MHL_STATUS_NOT_UNICODE`.
//
// # Safety
// `json` is NULL or points to `len` bytes; `report` and `error` are NULL or can be written.
mhl_status mhl_report_parse(const char *json,
                            size_t len,
                            struct mhl_report **report,
                            struct mhl_error **error);

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

// Writes the whole report as one line of JSON, as the command prints it with `--json`; its `schema`
// names the version. It is made when it is first asked for and gone with the report.
//
// Threads: any number at once.
//
// # Safety
// `report` is NULL or a report that was not freed; `json` and `error` are NULL or can be written.
mhl_status mhl_report_json(const struct mhl_report *report,
                           struct mhl_text *json,
                           struct mhl_error **error);

// Writes the report as one page of HTML that stands by itself, in UTF-8: what was not proven first,
// every finding, every file. It has no script and asks for nothing outside itself; whatever names
// and notes hold is escaped. It is made when it is first asked for and gone with the report.
//
// Threads: any number at once.
//
// # Safety
// `report` is NULL or a report that was not freed; `html` and `error` are NULL or can be written.
mhl_status mhl_report_html(const struct mhl_report *report,
                           struct mhl_text *html,
                           struct mhl_error **error);

// Frees a report, and with it every text that was read from it. NULL is accepted.
//
// Threads: one, the last to use it.
//
// # Safety
// `report` is NULL or a report that was not freed; it is used no more. A second free cannot be
// told and corrupts memory.
void mhl_report_free(struct mhl_report *report);

// Writes what the report is of. Set `roll->struct_size` before. Its texts are gone with the report.
//
// Threads: any number at once.
//
// Errors: `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `report` is NULL or a report that was not freed; `roll` is NULL or a struct whose `struct_size`
// is set; `error` is NULL or can be written.
mhl_status mhl_report_roll(const struct mhl_report *report,
                           struct mhl_roll *roll,
                           struct mhl_error **error);

// Reads every file of a folder where it stands and writes its list there. `path` is NUL-terminated
// UTF-8; `options` may be NULL for the defaults, `context` for nobody known and nobody watching. The
// caller owns `*report` and frees it with `mhl_report_free`.
//
// A seal compares nothing: it records what the medium gave now, and the outcome is
// `MHL_OUTCOME_SEALED`. Where a file cannot be read or listed no list is written, which is a finding
// of the report. Where an ASC MHL history stands already, it is verified and a generation is
// appended to it: the outcome is then that of a verification.
//
// Threads: any number at once, on folders of their own. It returns when all is written.
//
// Errors: `MHL_STATUS_NO_FILES`; `MHL_STATUS_ALREADY_LISTED`; `MHL_STATUS_IN_USE`; `MHL_STATUS_IO`;
// `MHL_STATUS_INVALID_MANIFEST` for a history that is broken; `MHL_STATUS_NOT_LISTABLE` for a digest
// that the format does not know, or patterns in a classic list; `MHL_STATUS_CANCELLED`, without a
// report, and no list was written; `MHL_STATUS_INVALID_ARGUMENT`; `MHL_STATUS_NOT_UNICODE`;
// `MHL_STATUS_STRUCT_SIZE`.
//
// # Safety
// `path` is NULL or NUL-terminated; `options` and `context` are NULL or filled structs, their
// texts NULL or NUL-terminated, their arrays NULL or as long as they say, the token NULL or not
// freed, the callback NULL or fit to be called until this returns; `report` and `error` are NULL or
// can be written.
mhl_status mhl_seal(const char *path,
                    const struct mhl_seal_options *options,
                    const struct mhl_context *context,
                    struct mhl_report **report,
                    struct mhl_error **error);

// `mhl_seal` for a path of `len` bytes that need not be UTF-8 on Unix, where file names are bytes.
// On other systems it must be.
//
// Threads and errors: as `mhl_seal`.
//
// # Safety
// `path` is NULL or points to `len` bytes; the rest as `mhl_seal`.
mhl_status mhl_seal_bytes(const uint8_t *path,
                          size_t len,
                          const struct mhl_seal_options *options,
                          const struct mhl_context *context,
                          struct mhl_report **report,
                          struct mhl_error **error);

// `mhl_seal` for a path in NUL-terminated UTF-16, a `wchar_t *` of Windows, where an unpaired
// surrogate is accepted. On other systems it is refused.
//
// Threads and errors: as `mhl_seal`.
//
// # Safety
// `path` is NULL or NUL-terminated; the rest as `mhl_seal`.
mhl_status mhl_seal_w(const uint16_t *path,
                      const struct mhl_seal_options *options,
                      const struct mhl_context *context,
                      struct mhl_report **report,
                      struct mhl_error **error);

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
// line and offset, `MHL_STATUS_IO`; `MHL_STATUS_NOT_LISTED` for a path of `only` that the list does
// not name; `MHL_STATUS_CANCELLED`, without a report;
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
