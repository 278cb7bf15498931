#include "mhl.h"
#include <stdio.h>

int main(int argc, char **argv)
{
    const uint32_t algorithm = MHL_ALGORITHM_XXH64;
    mhl_hasher *hasher = NULL;
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_digest digest;
    mhl_summary summary = {0};
    char text[MHL_DIGEST_TEXT_MAX];
    size_t count;
    summary.struct_size = sizeof summary;

    /* Push bytes as they are copied; then verify a roll. The first failure ends it. */
    if (argc == 2 && mhl_hasher_new(&algorithm, 1, &hasher, &error) == MHL_STATUS_GOOD
        && mhl_hasher_update(hasher, "abc", 3, &error) == MHL_STATUS_GOOD
        && mhl_hasher_finish(hasher, &digest, 1, &count, &error) == MHL_STATUS_GOOD
        && mhl_digest_text(&digest, text, sizeof text, &count, &error) == MHL_STATUS_GOOD
        && mhl_verify(argv[1], NULL, NULL, &report, &error) == MHL_STATUS_GOOD
        && mhl_report_summary(report, &summary, &error) == MHL_STATUS_GOOD)
        printf("%s; %llu of %llu files verified\n", text,
               (unsigned long long)summary.verified, (unsigned long long)summary.files);
    else
        fprintf(stderr, "%s\n", mhl_error_message(error));
    mhl_error_free(error);
    mhl_report_free(report);
    mhl_hasher_free(hasher);
    return summary.outcome == MHL_OUTCOME_VERIFIED ? 0 : 1;
}
