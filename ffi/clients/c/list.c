/*
 * Lists, for an application with a copy engine of its own, in C99.
 *
 *     list read LIST                         prints what a list says, entry by entry
 *     list find LIST PATH                    looks a file up in a list
 *     list differ LIST LIST                  compares two lists
 *     list record FORMAT ROOT FILE...        lists files that an engine copied to ROOT: classic or asc
 *     list history ROOT [PATH]               prints the generations of a history; follows one file
 *
 * Exits with 0 when all was well, 1 when something differs or was found, 2 when it could not be done.
 */
#include "mhl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define GOOD(status) ((status) == MHL_STATUS_GOOD)

/* Says why a call failed, and frees the error. */
static int failed(mhl_error *error)
{
    fprintf(stderr, "list: %s\n", mhl_error_message(error));
    mhl_error_free(error);
    return 2;
}

/* Paths of a list are what somebody wrote there: no terminal gets their control characters. */
static void print_text(const char *before, mhl_text text)
{
    size_t i;
    if (text.data == NULL)
        return;
    printf("%s", before);
    for (i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < 0x20 || byte == 0x7f)
            printf("\\x%02x", byte);
        else
            putchar(byte);
    }
}

static mhl_status print_hash(const mhl_recorded_hash *hash, mhl_error **error)
{
    static const char *const actions[] = {"", " original", " verified", " failed"};
    char text[MHL_DIGEST_TEXT_MAX];
    size_t needed;
    print_text("  ", hash->element);
    if (hash->digest.algorithm == 0) {
        /* No digest, or one of an algorithm that the library does not know. */
        print_text(" ", hash->text);
    } else {
        mhl_status status = mhl_digest_text(&hash->digest, text, sizeof text, &needed, error);
        if (!GOOD(status))
            return status;
        printf(" %s", text);
    }
    printf("%s%s\n", hash->of == MHL_HASH_OF_STRUCTURE ? " structure" : "",
           hash->action <= MHL_ACTION_FAILED ? actions[hash->action] : " unknown");
    return MHL_STATUS_GOOD;
}

static void print_entry(const mhl_entry *entry)
{
    if (entry->kind == MHL_ENTRY_KIND_FINDING) {
        print_text("note ", entry->finding);
        print_text(" ", entry->path);
        print_text(" ", entry->note);
    } else {
        print_text(entry->kind == MHL_ENTRY_KIND_DIRECTORY   ? "folder "
                   : entry->kind == MHL_ENTRY_KIND_REFERENCE ? "list "
                                                             : "file ",
                   entry->path);
        print_text(", was ", entry->previous_path);
        if (entry->size != MHL_NO_SIZE)
            printf(", %" PRIu64 " bytes", entry->size);
    }
    printf("\n");
}

static int read_list(const char *path)
{
    mhl_manifest_reader *reader = NULL;
    mhl_error *error = NULL;
    mhl_list_header header = {0};
    mhl_entry entry = {0};
    mhl_recorded_hash hash = {0};
    mhl_status status = mhl_manifest_reader_open(path, &reader, &error);
    uint64_t i;
    header.struct_size = sizeof header;
    entry.struct_size = sizeof entry;
    hash.struct_size = sizeof hash;

    if (GOOD(status))
        status = mhl_manifest_reader_header(reader, &header, &error);
    if (GOOD(status)) {
        printf("%s", header.format == MHL_FORMAT_ASC ? "asc" : "classic");
        print_text(", ", header.process_word);
        print_text(", by ", header.tool);
        printf("\n");
    }
    while (GOOD(status) && GOOD(status = mhl_manifest_reader_next(reader, &entry, &error))) {
        print_entry(&entry);
        for (i = 0; GOOD(status) && i < entry.hash_count; i++) {
            status = mhl_manifest_reader_hash(reader, i, &hash, &error);
            if (GOOD(status))
                status = print_hash(&hash, &error);
        }
    }
    mhl_manifest_reader_free(reader);
    /* Only this says that the list was read to its end. */
    if (status != MHL_STATUS_END)
        return failed(error);
    mhl_error_free(error);
    return 0;
}

static int find(const char *list, const char *path)
{
    mhl_manifest *manifest = NULL;
    mhl_error *error = NULL;
    mhl_entry entry = {0};
    mhl_recorded_hash hash = {0};
    uint64_t index = 0, i;
    mhl_status status = mhl_manifest_load(list, &manifest, &error);
    entry.struct_size = sizeof entry;
    hash.struct_size = sizeof hash;

    if (GOOD(status))
        status = mhl_manifest_find(manifest, path, strlen(path), &index, &error);
    if (GOOD(status))
        status = mhl_manifest_entry(manifest, index, &entry, &error);
    if (GOOD(status))
        print_entry(&entry);
    for (i = 0; GOOD(status) && i < entry.hash_count; i++) {
        status = mhl_manifest_hash(manifest, index, i, &hash, &error);
        if (GOOD(status))
            status = print_hash(&hash, &error);
    }
    mhl_manifest_free(manifest);
    if (status == MHL_STATUS_NOT_FOUND) {
        printf("%s is not listed\n", path);
        mhl_error_free(error);
        return 1;
    }
    return GOOD(status) ? 0 : failed(error);
}

static int differ(const char *one, const char *other)
{
    static const char *const words[] = {"unknown", "added",     "removed",    "changed",     "renamed",
                                        "moved",   "respelled", "byte order", "incomparable"};
    mhl_manifest *before = NULL, *after = NULL;
    mhl_difference *difference = NULL;
    mhl_error *error = NULL;
    mhl_change change = {0};
    uint64_t same = 0, changes = 0, i;
    mhl_status status = mhl_manifest_load(one, &before, &error);
    change.struct_size = sizeof change;

    if (GOOD(status))
        status = mhl_manifest_load(other, &after, &error);
    if (GOOD(status))
        status = mhl_difference_new(before, after, &difference, &error);
    if (GOOD(status))
        status = mhl_difference_count(difference, &same, &changes, &error);
    for (i = 0; GOOD(status) && i < changes; i++) {
        status = mhl_difference_change(difference, i, &change, &error);
        if (!GOOD(status))
            break;
        printf("%s", words[change.kind < sizeof words / sizeof *words ? change.kind : 0]);
        print_text(" ", change.path);
        print_text(" to ", change.to);
        print_text(": ", change.reason);
        printf("\n");
    }
    mhl_difference_free(difference);
    mhl_manifest_free(before);
    mhl_manifest_free(after);
    if (!GOOD(status))
        return failed(error);
    printf("%" PRIu64 " the same\n", same);
    return changes > 0;
}

/* Stands for an engine that has a digest of every byte that it copied: tells one file to the record. */
static int tell_of(mhl_record *record, const char *root, const char *name)
{
    static const uint32_t algorithm = MHL_ALGORITHM_XXH64;
    static unsigned char buffer[65536];
    static char path[4096];
    mhl_hashed_file told = {0};
    mhl_hasher *hasher = NULL;
    mhl_error *error = NULL;
    mhl_digest digest;
    struct stat stat_of_it;
    size_t count, read;
    mhl_status status;
    FILE *file;
    int unread;
    if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) {
        fprintf(stderr, "list: %s: the path is too long\n", name);
        return 2;
    }
    file = stat(path, &stat_of_it) == 0 ? fopen(path, "rb") : NULL;
    if (file == NULL) {
        perror(path);
        return 2;
    }
    status = mhl_hasher_new(&algorithm, 1, &hasher, &error);
    while (GOOD(status) && (read = fread(buffer, 1, sizeof buffer, file)) > 0) {
        told.size += read;
        status = mhl_hasher_update(hasher, buffer, read, &error);
    }
    unread = ferror(file);
    fclose(file);
    if (GOOD(status))
        status = mhl_hasher_finish(hasher, &digest, 1, &count, &error);
    mhl_hasher_free(hasher);
    if (unread) {
        fprintf(stderr, "list: %s cannot be read to its end\n", path);
        mhl_error_free(error);
        return 2;
    }

    told.struct_size = sizeof told;
    told.path.data = name;
    told.path.len = strlen(name);
    told.modified.seconds = (int64_t)stat_of_it.st_mtime;
    told.modified.is_known = 1;
    told.hashed.seconds = (int64_t)time(NULL);
    told.hashed.is_known = 1;
    told.digests = &digest;
    told.digests_len = 1;
    if (GOOD(status))
        status = mhl_record_file(record, &told, &error);
    return GOOD(status) ? 0 : failed(error);
}

static int print_report(const mhl_report *report)
{
    mhl_error *error = NULL;
    mhl_summary summary = {0};
    mhl_finding finding = {0};
    uint64_t i;
    mhl_status status;
    summary.struct_size = sizeof summary;
    finding.struct_size = sizeof finding;
    status = mhl_report_summary(report, &summary, &error);
    for (i = 0; GOOD(status) && i < summary.findings; i++) {
        status = mhl_report_finding(report, i, &finding, &error);
        if (GOOD(status)) {
            print_text("", finding.kind);
            print_text(" ", finding.path);
            printf("\n");
        }
    }
    if (!GOOD(status))
        return failed(error);
    printf("%s: %" PRIu64 " files\n",
           summary.outcome == MHL_OUTCOME_RECORDED ? "recorded" : "not recorded", summary.files);
    return summary.outcome != MHL_OUTCOME_RECORDED;
}

static int record(const char *format, const char *root, char **names, int count)
{
    static const uint32_t algorithm = MHL_ALGORITHM_XXH64;
    mhl_record_options options = {0};
    mhl_context context = {0};
    mhl_record *record = NULL;
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    int code = 0, i;
    options.struct_size = sizeof options;
    options.algorithms = &algorithm;
    options.algorithms_len = 1;
    options.format = strcmp(format, "asc") == 0 ? MHL_FORMAT_ASC : MHL_FORMAT_CLASSIC;
    options.process = MHL_PROCESS_TRANSFER;
    context.struct_size = sizeof context;
    context.tool = "list.c";
    context.tool_version = "1.0";

    if (!GOOD(mhl_record_new(&options, &record, &error)))
        return failed(error);
    for (i = 0; code == 0 && i < count; i++)
        code = tell_of(record, root, names[i]);
    /* Freed before this, nothing is written. */
    if (code == 0)
        code = GOOD(mhl_record_write(record, root, &context, &report, &error)) ? print_report(report)
                                                                             : failed(error);
    mhl_report_free(report);
    mhl_record_free(record);
    return code;
}

static mhl_status follow(const mhl_history *history, const char *path, mhl_error **error)
{
    mhl_file_history *file = NULL;
    mhl_known_file known = {0};
    mhl_mention mention = {0};
    mhl_recorded_hash hash = {0};
    uint64_t i, j;
    mhl_status status = mhl_history_file(history, path, strlen(path), &file, error);
    known.struct_size = sizeof known;
    mention.struct_size = sizeof mention;
    hash.struct_size = sizeof hash;
    if (GOOD(status))
        status = mhl_file_history_summary(file, &known, error);
    if (GOOD(status)) {
        print_text("now ", known.path);
        printf("\n");
    }
    for (i = 0; GOOD(status) && i < known.mentions; i++) {
        status = mhl_file_history_mention(file, i, &mention, error);
        if (!GOOD(status))
            break;
        printf("generation %" PRIu64, mention.generation);
        print_text(" ", mention.path);
        printf("%s\n", mention.conflict_count > 0 ? ", not as before" : "");
        for (j = 0; GOOD(status) && j < mention.hash_count; j++) {
            status = mhl_file_history_hash(file, i, j, &hash, error);
            if (GOOD(status))
                status = print_hash(&hash, error);
        }
    }
    mhl_file_history_free(file);
    return status;
}

static int show_history(const char *root, const char *path)
{
    mhl_history *history = NULL;
    mhl_error *error = NULL;
    mhl_history_counts counts = {0};
    mhl_generation generation = {0};
    mhl_finding finding = {0};
    uint64_t i;
    mhl_status status = mhl_history_open(root, &history, &error);
    counts.struct_size = sizeof counts;
    generation.struct_size = sizeof generation;
    finding.struct_size = sizeof finding;

    if (GOOD(status))
        status = mhl_history_count(history, &counts, &error);
    for (i = 0; GOOD(status) && i < counts.generations; i++) {
        status = mhl_history_generation(history, i, &generation, &error);
        if (GOOD(status)) {
            printf("generation %" PRIu64, generation.number);
            print_text(" ", generation.file_name);
            printf("\n");
        }
    }
    for (i = 0; GOOD(status) && i < counts.findings; i++) {
        status = mhl_history_finding(history, i, &finding, &error);
        if (GOOD(status)) {
            print_text("", finding.kind);
            print_text(" ", finding.path);
            printf("\n");
        }
    }
    if (GOOD(status) && path != NULL)
        status = follow(history, path, &error);
    mhl_history_free(history);
    if (!GOOD(status))
        return failed(error);
    return counts.is_faulty != 0;
}

int main(int argc, char **argv)
{
    if (!MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "list: this library is older than the program\n");
        return 2;
    }
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_list(argv[2]);
    if (argc == 4 && strcmp(argv[1], "find") == 0)
        return find(argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "differ") == 0)
        return differ(argv[2], argv[3]);
    if (argc >= 5 && strcmp(argv[1], "record") == 0)
        return record(argv[2], argv[3], argv + 4, argc - 4);
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "history") == 0)
        return show_history(argv[2], argv[3]);
    fprintf(stderr, "usage: list read LIST | find LIST PATH | differ LIST LIST |\n"
                    "       record classic|asc ROOT FILE... | history ROOT [PATH]\n");
    return 2;
}
