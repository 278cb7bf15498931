/*
 * Many threads in the library at once: each with hashers and streams of its own, one handle for all of
 * them, verifications side by side, and tokens that other threads set. In C99; meant for a thread
 * sanitizer, and right without one.
 *
 *     threads ROLL [ROUNDS]      a roll that verifies
 *
 * Exits with 0 when every digest and outcome was right.
 */
#include "mhl.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS = 8, STREAMS = 24, PIECE = 4096 };

static const char *roll;
static int rounds = 4;
static unsigned char piece[PIECE];
static mhl_digest expected;
static mhl_hasher *shared;
static const mhl_cancel_token *shared_token;

struct worker {
    pthread_t thread;
    unsigned number;
    unsigned faults, busy, cancelled;
    unsigned calls;
};

static void expect(struct worker *worker, int holds, const char *what)
{
    if (!holds) {
        worker->faults++;
        fprintf(stderr, "threads: worker %u: %s\n", worker->number, what);
    }
}

static void hash_alone(struct worker *worker)
{
    const uint32_t algorithm = MHL_ALGORITHM_MD5;
    mhl_hasher *hasher = NULL;
    mhl_digest digest;
    size_t count = 0;
    expect(worker, mhl_hasher_new(&algorithm, 1, &hasher, NULL) == MHL_STATUS_GOOD, "new");
    expect(worker, mhl_hasher_update(hasher, piece, PIECE, NULL) == MHL_STATUS_GOOD, "update");
    expect(worker, mhl_hasher_finish(hasher, &digest, 1, &count, NULL) == MHL_STATUS_GOOD, "finish");
    expect(worker, memcmp(&digest, &expected, sizeof digest) == 0, "a digest");
    mhl_hasher_free(hasher);
}

static void hash_in_streams(struct worker *worker)
{
    const uint32_t algorithm = MHL_ALGORITHM_MD5;
    uint64_t numbers[STREAMS];
    mhl_streams *streams = NULL;
    mhl_digest digest;
    size_t count, i, at;
    expect(worker, mhl_streams_new(&algorithm, 1, &streams, NULL) == MHL_STATUS_GOOD, "new");
    for (i = 0; i < STREAMS; i++)
        expect(worker, mhl_streams_start(streams, &numbers[i], NULL) == MHL_STATUS_GOOD, "start");
    for (at = 0; at < PIECE; at += 256)
        for (i = 0; i < STREAMS; i++)
            expect(worker, mhl_streams_push(streams, numbers[i], piece + at, 256, NULL) == 0, "push");
    for (i = 0; i < STREAMS; i++) {
        expect(worker, mhl_streams_finish(streams, numbers[i], &digest, 1, &count, NULL) == 0, "finish");
        expect(worker, memcmp(&digest, &expected, sizeof digest) == 0, "a stream's digest");
    }
    mhl_streams_free(streams);
}

/* The library calls it once at a time, whichever thread it is on. */
static int watch(void *userdata, const mhl_progress *progress)
{
    struct worker *worker = userdata;
    worker->calls += progress->struct_size >= sizeof *progress;
    return 0;
}

static void verify(struct worker *worker)
{
    mhl_context context;
    mhl_summary summary;
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    memset(&context, 0, sizeof context);
    memset(&summary, 0, sizeof summary);
    context.struct_size = sizeof context;
    context.progress = watch;
    context.userdata = worker;
    context.cancel = shared_token;
    summary.struct_size = sizeof summary;
    status = mhl_verify(roll, NULL, &context, &report, &error);
    if (status == MHL_STATUS_CANCELLED) {
        expect(worker, report == NULL && mhl_error_kind(error) == status, "a stopped verification");
        worker->cancelled++;
    } else {
        expect(worker, status == MHL_STATUS_GOOD, "verify");
        expect(worker, mhl_report_summary(report, &summary, NULL) == MHL_STATUS_GOOD, "summary");
        expect(worker, summary.outcome == MHL_OUTCOME_VERIFIED, "the outcome");
    }
    mhl_error_free(error);
    mhl_report_free(report);
}

static void push_to_all(struct worker *worker)
{
    mhl_error *error = NULL;
    const mhl_status status = mhl_hasher_update(shared, piece, PIECE, &error);
    expect(worker, status == MHL_STATUS_GOOD || status == MHL_STATUS_BUSY, "the shared hasher");
    worker->busy += status == MHL_STATUS_BUSY;
    mhl_error_free(error);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    int round;
    for (round = 0; round < rounds; round++) {
        hash_alone(worker);
        hash_in_streams(worker);
        push_to_all(worker);
        verify(worker);
        if (worker->number == 0 && round == rounds / 2)
            expect(worker, mhl_cancel_token_cancel(shared_token, NULL) == 0, "cancel");
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static struct worker workers[WORKERS];
    const uint32_t algorithm = MHL_ALGORITHM_MD5;
    mhl_cancel_token *token = NULL;
    mhl_hasher *hasher = NULL;
    unsigned i, faults = 0, cancelled = 0;
    size_t count = 0;
    if (argc < 2 || !MHL_ABI_IS_COMPATIBLE())
        return 2;
    roll = argv[1];
    if (argc > 2)
        rounds = atoi(argv[2]);
    for (i = 0; i < PIECE; i++)
        piece[i] = (unsigned char)(i * 31 / 7);
    if (mhl_hasher_new(&algorithm, 1, &hasher, NULL) != MHL_STATUS_GOOD
        || mhl_hasher_update(hasher, piece, PIECE, NULL) != MHL_STATUS_GOOD
        || mhl_hasher_finish(hasher, &expected, 1, &count, NULL) != MHL_STATUS_GOOD
        || mhl_hasher_new(&algorithm, 1, &shared, NULL) != MHL_STATUS_GOOD
        || mhl_cancel_token_new(&token, NULL) != MHL_STATUS_GOOD)
        return 2;
    mhl_hasher_free(hasher);
    shared_token = token;

    for (i = 0; i < WORKERS; i++) {
        workers[i].number = i;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            return 2;
    }
    for (i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
        faults += workers[i].faults;
        cancelled += workers[i].cancelled;
    }
    /* The worker that set the token verified after that at least once, and was stopped. */
    if (rounds > 1 && cancelled == 0)
        faults++;
    mhl_cancel_token_free(token);
    mhl_hasher_free(shared);
    printf("%u threads, %u faults\n", (unsigned)WORKERS, faults);
    return faults == 0 ? 0 : 1;
}
