/*
 * What an offload application does with mhl, in C99.
 *
 *     verify hash FILE      pushes a file's bytes as they are read; prints its digests
 *     verify roll ROLL      verifies a roll; prints progress, findings and the outcome
 *     verify cancel ROLL    the same, stopped by the callback before the first byte is compared
 *
 * Exits with 0 when all held, 1 when not, 2 when it could not be done, 5 when it was stopped.
 */
#include "mhl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Says why a call failed, and frees the error. */
static int failed(mhl_error *error)
{
    int code = mhl_error_kind(error) == MHL_STATUS_CANCELLED ? 5 : 2;
    fprintf(stderr, "verify: %s\n", mhl_error_message(error));
    mhl_error_free(error);
    return code;
}

static mhl_status print_digest(const mhl_digest *digest, mhl_error **error)
{
    char text[MHL_DIGEST_TEXT_MAX];
    size_t needed;
    mhl_status status = mhl_digest_text(digest, text, sizeof text, &needed, error);
    if (status == MHL_STATUS_GOOD)
        printf("%s:%s\n", mhl_algorithm_name(digest->algorithm), text);
    return status;
}

static int hash(const char *path)
{
    static const uint32_t algorithms[] = {MHL_ALGORITHM_XXH64, MHL_ALGORITHM_MD5, MHL_ALGORITHM_C4};
    static unsigned char buffer[65536];
    mhl_digest digests[3];
    mhl_hasher *hasher = NULL;
    mhl_error *error = NULL;
    size_t count = 0, read, i;
    mhl_status status;
    int unread;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 2;
    }

    status = mhl_hasher_new(algorithms, 3, &hasher, &error);
    while (status == MHL_STATUS_GOOD && (read = fread(buffer, 1, sizeof buffer, file)) > 0)
        status = mhl_hasher_update(hasher, buffer, read, &error);
    unread = ferror(file);
    fclose(file);
    /* A file that was not read to its end has no digest. */
    if (status == MHL_STATUS_GOOD && !unread)
        status = mhl_hasher_finish(hasher, digests, 3, &count, &error);
    mhl_hasher_free(hasher);

    for (i = 0; status == MHL_STATUS_GOOD && i < count; i++)
        status = print_digest(&digests[i], &error);
    if (status != MHL_STATUS_GOOD)
        return failed(error);
    if (unread)
        fprintf(stderr, "verify: %s cannot be read to its end\n", path);
    return unread ? 2 : 0;
}

struct watch {
    int cancel;
    uint64_t calls;
};

/* Draws nothing: a real one would, but less often than it is called. */
static int watch(void *userdata, const mhl_progress *progress)
{
    struct watch *watch = userdata;
    watch->calls++;
    return watch->cancel && progress->phase == MHL_PHASE_READ;
}

static void print_text(const char *name, mhl_text text)
{
    if (text.data != NULL)
        printf(" %s=%.*s", name, (int)text.len, text.data);
}

static mhl_status print_report(const mhl_report *report, int *held, mhl_error **error)
{
    mhl_summary summary = {0};
    mhl_status status;
    uint64_t i;
    summary.struct_size = sizeof summary;
    status = mhl_report_summary(report, &summary, error);
    for (i = 0; status == MHL_STATUS_GOOD && i < summary.findings; i++) {
        mhl_finding finding = {0};
        finding.struct_size = sizeof finding;
        status = mhl_report_finding(report, i, &finding, error);
        if (status != MHL_STATUS_GOOD)
            break;
        printf("%.*s", (int)finding.kind.len, finding.kind.data);
        print_text("path", finding.path);
        print_text("expected", finding.expected);
        print_text("found", finding.found);
        printf("\n");
    }
    if (status != MHL_STATUS_GOOD)
        return status;
    *held = summary.outcome == MHL_OUTCOME_VERIFIED;
    printf("%s: %" PRIu64 " of %" PRIu64 " files, %" PRIu64 " bytes\n",
           *held ? "verified" : "not verified", summary.verified, summary.files, summary.bytes);
    return status;
}

static int roll(const char *path, int cancel)
{
    struct watch watching = {0, 0};
    mhl_context context = {0};
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    int held = 0;
    watching.cancel = cancel;
    context.struct_size = sizeof context;
    context.tool = "verify.c";
    context.progress = watch;
    context.userdata = &watching;

    status = mhl_verify(path, NULL, &context, &report, &error);
    if (status == MHL_STATUS_GOOD)
        status = print_report(report, &held, &error);
    mhl_report_free(report);
    fprintf(stderr, "verify: progress was told %" PRIu64 " times\n", watching.calls);
    if (status != MHL_STATUS_GOOD)
        return failed(error);
    return held ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (!MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "verify: libmhl %s is not the one of this header\n", mhl_version_string());
        return 2;
    }
    if (argc == 3 && strcmp(argv[1], "hash") == 0)
        return hash(argv[2]);
    if (argc == 3 && strcmp(argv[1], "roll") == 0)
        return roll(argv[2], 0);
    if (argc == 3 && strcmp(argv[1], "cancel") == 0)
        return roll(argv[2], 1);
    fprintf(stderr, "usage: verify hash FILE | roll ROLL | cancel ROLL\n");
    return 2;
}
