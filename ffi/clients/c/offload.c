/*
 * Copies a card, shows how far every destination is, and may be stopped, in C99.
 *
 *     offload copy CARD DESTINATION...      copies, proves and lists
 *     offload resume CARD DESTINATION...    takes up what was stopped, or proves again
 *     offload cancel CARD DESTINATION...    the same as copy, stopped while it copies
 *     offload json CARD DESTINATION...      the same as copy; prints the report as JSON
 *
 * Exits with 0 when every copy holds, 1 when not, 2 when it could not be done, 5 when it was stopped.
 */
#include "mhl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DESTINATIONS_MAX = 8 };

/* What the window of an application would draw: a bar and a rate for each destination. */
struct window {
    const mhl_cancel_token *cancel; /* set while it copies; or NULL */
    time_t drawn;
    struct bar {
        uint64_t written, read_back;
        uint64_t written_when_drawn;
    } bars[DESTINATIONS_MAX];
};

/* Is called often: it notes, and draws once a second at most. The rate is made by our clock. */
static int watch(void *userdata, const mhl_progress *progress)
{
    struct window *window = userdata;
    time_t now = time(NULL);
    int i;
    if (progress->copy < DESTINATIONS_MAX) {
        struct bar *bar = &window->bars[progress->copy];
        bar->written = progress->copy_written;
        bar->read_back = progress->copy_read_back;
    }
    if (progress->finding != NULL)
        fprintf(stderr, "offload: %.*s\n", (int)progress->finding->kind.len,
                progress->finding->kind.data);
    /* A button would do this, on a thread of its own. */
    if (window->cancel != NULL && progress->phase == MHL_PHASE_COPY)
        mhl_cancel_token_cancel(window->cancel, NULL);
    if (now == window->drawn)
        return 0;
    for (i = 0; i < DESTINATIONS_MAX && progress->phase == MHL_PHASE_COPY; i++) {
        struct bar *bar = &window->bars[i];
        if (bar->written > 0 && window->drawn != 0)
            fprintf(stderr, "offload: copy %d: %" PRIu64 " bytes a second\n", i,
                    (bar->written - bar->written_when_drawn) / (uint64_t)(now - window->drawn));
        bar->written_when_drawn = bar->written;
    }
    window->drawn = now;
    return 0;
}

static void print_text(const char *name, mhl_text text)
{
    if (text.data != NULL)
        printf(" %s=%.*s", name, (int)text.len, text.data);
}

static mhl_status print_copies(const mhl_report *report, const mhl_summary *summary,
                               const struct window *window, mhl_error **error)
{
    uint64_t i;
    for (i = 0; i < summary->copies; i++) {
        mhl_copy copy = {0};
        mhl_status status;
        copy.struct_size = sizeof copy;
        status = mhl_report_copy(report, i, &copy, error);
        if (status != MHL_STATUS_GOOD)
            return status;
        printf("%s:", copy.outcome == MHL_OUTCOME_VERIFIED ? "verified" : "not a copy");
        printf(" files=%" PRIu64, copy.verified);
        if (i < DESTINATIONS_MAX)
            printf(" written=%" PRIu64 " read-back=%" PRIu64, window->bars[i].written,
                   window->bars[i].read_back);
        print_text("algorithms", copy.algorithms);
        print_text("list", copy.manifest);
        printf("\n");
        fprintf(stderr, "offload: grade %d: %.*s\n", (int)copy.grade, (int)copy.proof.len,
                copy.proof.data);
    }
    return MHL_STATUS_GOOD;
}

static mhl_status print_json(const mhl_report *report, mhl_error **error)
{
    mhl_text json;
    mhl_status status = mhl_report_json(report, &json, error);
    if (status == MHL_STATUS_GOOD)
        printf("%.*s\n", (int)json.len, json.data);
    return status;
}

static int offload(const char *verb, const char *card, const char *const *to, size_t count)
{
    struct window window;
    mhl_offload_options options = {0};
    mhl_context context = {0};
    mhl_summary summary = {0};
    mhl_cancel_token *token = NULL;
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    memset(&window, 0, sizeof window);
    options.struct_size = sizeof options;
    context.struct_size = sizeof context;
    summary.struct_size = sizeof summary;
    options.resume = strcmp(verb, "resume") == 0;

    status = mhl_cancel_token_new(&token, &error);
    if (status == MHL_STATUS_GOOD) {
        context.tool = "offload.c";
        context.progress = watch;
        context.userdata = &window;
        context.cancel = token;
        if (strcmp(verb, "cancel") == 0)
            window.cancel = token;
        status = mhl_offload(card, to, count, &options, &context, &report, &error);
    }
    if (status == MHL_STATUS_GOOD)
        status = mhl_report_summary(report, &summary, &error);
    if (status == MHL_STATUS_GOOD)
        status = strcmp(verb, "json") == 0 ? print_json(report, &error)
                                           : print_copies(report, &summary, &window, &error);
    mhl_report_free(report);
    mhl_cancel_token_free(token);
    if (status != MHL_STATUS_GOOD) {
        fprintf(stderr, "offload: %s\n", mhl_error_message(error));
        mhl_error_free(error);
        return status == MHL_STATUS_CANCELLED ? 5 : 2;
    }
    /* Only so is every file of the card in every copy. */
    return summary.outcome == MHL_OUTCOME_VERIFIED ? 0 : 1;
}

int main(int argc, char **argv)
{
    const char *const verbs[] = {"copy", "resume", "cancel", "json"};
    size_t i;
    if (!MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "offload: libmhl %s is not the one of this header\n", mhl_version_string());
        return 2;
    }
    for (i = 0; argc > 3 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i]) == 0)
            return offload(argv[1], argv[2], (const char *const *)&argv[3], (size_t)argc - 3);
    fprintf(stderr, "usage: offload copy|resume|cancel|json CARD DESTINATION...\n");
    return 2;
}
