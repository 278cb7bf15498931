/*
 * Lists a folder where it stands, in C99.
 *
 *     seal classic ROLL     writes a classic list with XXH64 and MD5
 *     seal asc ROLL         begins an ASC MHL history, or lengthens one
 *
 * Exits with 0 when it was sealed, 1 when something stands against that, 2 when it could not be done.
 */
#include "mhl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int failed(mhl_error *error)
{
    fprintf(stderr, "seal: %s\n", mhl_error_message(error));
    mhl_error_free(error);
    return 2;
}

int main(int argc, char **argv)
{
    static const uint32_t classic[] = {MHL_ALGORITHM_XXH64, MHL_ALGORITHM_MD5};
    static const uint32_t asc[] = {MHL_ALGORITHM_C4};
    mhl_seal_options options = {0};
    mhl_context context = {0};
    mhl_summary summary = {0};
    mhl_copy copy = {0};
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    int done;
    options.struct_size = sizeof options;
    context.struct_size = sizeof context;
    summary.struct_size = sizeof summary;
    copy.struct_size = sizeof copy;
    context.tool = "seal.c";

    if (!MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "seal: libmhl %s is not the one of this header\n", mhl_version_string());
        return 2;
    }
    if (argc == 3 && strcmp(argv[1], "classic") == 0) {
        options.algorithms = classic;
        options.algorithms_len = 2;
        options.format = MHL_FORMAT_CLASSIC;
    } else if (argc == 3 && strcmp(argv[1], "asc") == 0) {
        options.algorithms = asc;
        options.algorithms_len = 1;
        options.format = MHL_FORMAT_ASC;
    } else {
        fprintf(stderr, "usage: seal classic ROLL | asc ROLL\n");
        return 2;
    }

    status = mhl_seal(argv[2], &options, &context, &report, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_report_summary(report, &summary, &error);
    /* The one copy of a seal is the folder itself. */
    if (status == MHL_STATUS_GOOD)
        status = mhl_report_copy(report, 0, &copy, &error);
    /* A history that stood there already was compared as well. */
    done = summary.outcome == MHL_OUTCOME_SEALED || summary.outcome == MHL_OUTCOME_VERIFIED;
    if (status == MHL_STATUS_GOOD) {
        printf("%s: %" PRIu64 " files, %" PRIu64 " bytes\n",
               !done                                   ? "not sealed"
               : summary.outcome == MHL_OUTCOME_SEALED ? "sealed"
                                                       : "verified and sealed",
               summary.files, summary.bytes);
        /* Keep it elsewhere: it tells later whether the history was rewritten. */
        if (copy.pin.data != NULL)
            printf("pin %.*s\n", (int)copy.pin.len, copy.pin.data);
    }
    mhl_report_free(report);
    if (status != MHL_STATUS_GOOD)
        return failed(error);
    return done ? 0 : 1;
}
