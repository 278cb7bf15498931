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

// What `mhl_entry.size` holds where the list has no size.
#define MHL_NO_SIZE UINT64_MAX

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
    // There is no file to list or to copy.
    MHL_STATUS_NO_FILES = 41,
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

// A list, read whole. Owned by the caller, who frees it; never changes.
typedef struct mhl_manifest mhl_manifest;

// Reads a list of either format entry by entry, in constant memory.
typedef struct mhl_manifest_reader mhl_manifest_reader;

// Writes a list of either format entry by entry, in constant memory.
typedef struct mhl_manifest_writer mhl_manifest_writer;

// Takes what an engine copied or hashed, file by file, and lists it at the root of every copy.
typedef struct mhl_record mhl_record;

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
