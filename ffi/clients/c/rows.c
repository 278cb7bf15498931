/*
 * The bad inputs that the project numbers, rows 83 to 96, as C passes them. In C99.
 *
 *     rows ROLL      a roll of one clip that verifies, below a folder that can be written
 *
 * Prints what became of each row; exits with 0 when all held.
 */
#include "mhl.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static unsigned row, checks, failures;
static const uint32_t md5 = MHL_ALGORITHM_MD5, c4 = MHL_ALGORITHM_C4;
static const char *const md5_of_abc = "900150983cd24fb0d6963f7d28e17f72";
static const char *roll;

static void begin(unsigned number)
{
    row = number;
    checks = 0;
}

static void end(const char *said)
{
    printf("row %u: %s (%u checks)\n", row, said, checks);
}

static void check(int holds, const char *what, int line)
{
    checks++;
    if (!holds) {
        failures++;
        printf("FAIL  row %u, rows.c:%d: %s\n", row, line, what);
    }
}
#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

/* A call that takes `&error` last fails with this status, and its error says the same. */
static void check_refused(mhl_status returned, mhl_error *error, mhl_status status, const char *what,
                          int line)
{
    check(returned == status, what, line);
    check(mhl_error_kind(error) == status, "the error's kind is what the call returned", line);
    check(strlen(mhl_error_message(error)) > 0, "the error has a message", line);
    mhl_error_free(error);
}
#define REFUSED(status, call)                                                                      \
    do {                                                                                           \
        mhl_error *error = NULL;                                                                   \
        mhl_status returned = (call);                                                              \
        check_refused(returned, error, status, #call, __LINE__);                                   \
    } while (0)

#define GOOD(call)                                                                                 \
    do {                                                                                           \
        mhl_error *error = NULL;                                                                   \
        check((call) == MHL_STATUS_GOOD, #call, __LINE__);                                         \
        check(error == NULL, "success makes no error", __LINE__);                                  \
    } while (0)

static mhl_hasher *hasher_of(const uint32_t *algorithm)
{
    mhl_hasher *hasher = NULL;
    GOOD(mhl_hasher_new(algorithm, 1, &hasher, &error));
    return hasher;
}

/* Ends and frees it. */
static int hasher_has(mhl_hasher *hasher, const char *expected)
{
    mhl_digest digest;
    char text[MHL_DIGEST_TEXT_MAX] = "";
    size_t count = 0, needed = 0;
    GOOD(mhl_hasher_finish(hasher, &digest, 1, &count, &error));
    GOOD(mhl_digest_text(&digest, text, sizeof text, &needed, &error));
    mhl_hasher_free(hasher);
    return count == 1 && strcmp(text, expected) == 0;
}

static mhl_report *verified(void)
{
    mhl_report *report = NULL;
    GOOD(mhl_verify(roll, NULL, NULL, &report, &error));
    return report;
}

static void null_is_refused(void)
{
    mhl_hasher *hasher = hasher_of(&md5), *made = NULL;
    mhl_streams *streams = NULL;
    mhl_report *report = verified();
    mhl_digest digest;
    mhl_finding finding;
    mhl_text json;
    uint64_t stream;
    size_t count;
    const mhl_status null = MHL_STATUS_NULL_POINTER;
    GOOD(mhl_streams_new(&md5, 1, &streams, &error));
    memset(&digest, 0, sizeof digest);
    memset(&finding, 0, sizeof finding);
    finding.struct_size = sizeof finding;

    REFUSED(null, mhl_hasher_new(NULL, 1, &made, &error));
    REFUSED(null, mhl_hasher_new(&md5, 1, NULL, &error));
    REFUSED(null, mhl_hasher_update(NULL, "a", 1, &error));
    REFUSED(null, mhl_hasher_update(hasher, NULL, 1, &error));
    REFUSED(null, mhl_hasher_finish(NULL, &digest, 1, &count, &error));
    REFUSED(null, mhl_hasher_finish(hasher, NULL, 1, &count, &error));
    REFUSED(null, mhl_hasher_finish(hasher, &digest, 1, NULL, &error));
    REFUSED(null, mhl_streams_new(NULL, 1, &streams, &error));
    REFUSED(null, mhl_streams_new(&md5, 1, NULL, &error));
    REFUSED(null, mhl_streams_start(NULL, &stream, &error));
    REFUSED(null, mhl_streams_start(streams, NULL, &error));
    GOOD(mhl_streams_start(streams, &stream, &error));
    REFUSED(null, mhl_streams_push(NULL, stream, "a", 1, &error));
    REFUSED(null, mhl_streams_push(streams, stream, NULL, 1, &error));
    REFUSED(null, mhl_streams_finish(NULL, stream, &digest, 1, &count, &error));
    REFUSED(null, mhl_streams_finish(streams, stream, NULL, 1, &count, &error));
    REFUSED(null, mhl_streams_finish(streams, stream, &digest, 1, NULL, &error));
    REFUSED(null, mhl_digest_text(NULL, NULL, 0, &count, &error));
    REFUSED(null, mhl_cancel_token_new(NULL, &error));
    REFUSED(null, mhl_cancel_token_cancel(NULL, &error));
    REFUSED(null, mhl_verify(NULL, NULL, NULL, &report, &error));
    REFUSED(null, mhl_verify(roll, NULL, NULL, NULL, &error));
    REFUSED(null, mhl_verify_bytes(NULL, 0, NULL, NULL, &report, &error));
    REFUSED(null, mhl_verify_bytes(NULL, 1, NULL, NULL, &report, &error));
    REFUSED(null, mhl_verify_w(NULL, NULL, NULL, &report, &error));
    REFUSED(null, mhl_report_summary(NULL, NULL, &error));
    REFUSED(null, mhl_report_summary(report, NULL, &error));
    REFUSED(null, mhl_report_finding(NULL, 0, &finding, &error));
    REFUSED(null, mhl_report_finding(report, 0, NULL, &error));
    REFUSED(null, mhl_report_json(NULL, &json, &error));
    REFUSED(null, mhl_report_json(report, NULL, &error));
    /* Nobody need take an error. */
    CHECK(mhl_hasher_update(NULL, "a", 1, NULL) == null);
    CHECK(mhl_error_kind(NULL) == MHL_STATUS_GOOD);
    CHECK(strcmp(mhl_error_message(NULL), "") == 0);
    CHECK(mhl_error_path(NULL).data == NULL);
    CHECK(mhl_error_line(NULL) == 0 && mhl_error_offset(NULL) == MHL_NO_OFFSET);
    CHECK(made == NULL);

    GOOD(mhl_hasher_update(hasher, "abc", 3, &error));
    CHECK(hasher_has(hasher, md5_of_abc));
    mhl_streams_free(streams);
    mhl_report_free(report);
}

static void null_without_length_is_good(void)
{
    mhl_hasher *hasher = hasher_of(&md5);
    mhl_streams *streams = NULL;
    mhl_digest digest;
    uint64_t stream = 0;
    size_t count = 0;
    GOOD(mhl_hasher_update(hasher, NULL, 0, &error));
    CHECK(hasher_has(hasher, "d41d8cd98f00b204e9800998ecf8427e"));
    GOOD(mhl_streams_new(&md5, 1, &streams, &error));
    GOOD(mhl_streams_start(streams, &stream, &error));
    GOOD(mhl_streams_push(streams, stream, NULL, 0, &error));
    GOOD(mhl_streams_finish(streams, stream, &digest, 1, &count, &error));
    CHECK(digest.bytes[0] == 0xd4 && digest.bytes[1] == 0x1d);
    mhl_streams_free(streams);
}

static void too_long_is_refused(void)
{
    mhl_hasher *hasher = hasher_of(&md5), *made = NULL;
    mhl_report *report = NULL;
    const size_t longest = SIZE_MAX / 2;
    mhl_digest digest;
    size_t count;
    memset(&digest, 0, sizeof digest);
    REFUSED(MHL_STATUS_TOO_LONG, mhl_hasher_update(hasher, "a", longest + 1, &error));
    REFUSED(MHL_STATUS_TOO_LONG, mhl_hasher_update(hasher, "a", SIZE_MAX, &error));
    REFUSED(MHL_STATUS_TOO_LONG, mhl_hasher_finish(hasher, &digest, SIZE_MAX, &count, &error));
    REFUSED(MHL_STATUS_TOO_LONG, mhl_hasher_new(&md5, longest / 4 + 1, &made, &error));
    REFUSED(MHL_STATUS_TOO_LONG,
            mhl_verify_bytes((const uint8_t *)roll, SIZE_MAX, NULL, NULL, &report, &error));
    CHECK(made == NULL && report == NULL);
    GOOD(mhl_hasher_update(hasher, "abc", 3, &error));
    CHECK(hasher_has(hasher, md5_of_abc));
}

static void text_that_is_none_is_refused(void)
{
    const uint16_t surrogate[] = {'/', 0xd800, 0};
    mhl_verify_options options;
    mhl_context context;
    mhl_report *report = NULL;
    memset(&options, 0, sizeof options);
    memset(&context, 0, sizeof context);
    options.struct_size = sizeof options;
    context.struct_size = sizeof context;

    REFUSED(MHL_STATUS_NOT_UNICODE, mhl_verify("A001\xff", NULL, NULL, &report, &error));
    options.list = "\xff.mhl";
    REFUSED(MHL_STATUS_NOT_UNICODE, mhl_verify(roll, &options, NULL, &report, &error));
    context.user = "\xc3(";
    REFUSED(MHL_STATUS_NOT_UNICODE, mhl_verify(roll, NULL, &context, &report, &error));
#ifdef _WIN32
    REFUSED(MHL_STATUS_NOT_UNICODE,
            mhl_verify_bytes((const uint8_t *)"A001\xff", 5, NULL, NULL, &report, &error));
    (void)surrogate;
#else
    REFUSED(MHL_STATUS_NOT_UNICODE, mhl_verify_w(surrogate, NULL, NULL, &report, &error));
    /* As bytes it is a name like any other: that there is nothing of this name is the system's word. */
    REFUSED(MHL_STATUS_IO,
            mhl_verify_bytes((const uint8_t *)"A001\xff", 5, NULL, NULL, &report, &error));
#endif
    CHECK(report == NULL);
}

static void too_small_tells_what_it_needs(void)
{
    mhl_hasher *hasher = hasher_of(&c4);
    mhl_digest digest, untouched;
    char text[MHL_DIGEST_TEXT_MAX + 1], blank[MHL_DIGEST_TEXT_MAX + 1];
    size_t count = 0, needed, capacity;
    memset(&digest, '#', sizeof digest);
    memset(&untouched, '#', sizeof untouched);
    memset(blank, '#', sizeof blank);
    REFUSED(MHL_STATUS_TOO_SMALL, mhl_hasher_finish(hasher, &digest, 0, &count, &error));
    CHECK(count == 1 && memcmp(&digest, &untouched, sizeof digest) == 0);
    GOOD(mhl_hasher_finish(hasher, &digest, 1, &count, &error));
    mhl_hasher_free(hasher);
    for (capacity = 0; capacity < MHL_DIGEST_TEXT_MAX; capacity++) {
        memset(text, '#', sizeof text);
        needed = 0;
        REFUSED(MHL_STATUS_TOO_SMALL, mhl_digest_text(&digest, text, capacity, &needed, &error));
        CHECK(needed == MHL_DIGEST_TEXT_MAX && memcmp(text, blank, sizeof text) == 0);
    }
    REFUSED(MHL_STATUS_NULL_POINTER, mhl_digest_text(&digest, text, sizeof text, NULL, &error));
    REFUSED(MHL_STATUS_NULL_POINTER,
            mhl_digest_text(&digest, NULL, sizeof text, &needed, &error));
    memset(text, '#', sizeof text);
    GOOD(mhl_digest_text(&digest, text, MHL_DIGEST_TEXT_MAX, &needed, &error));
    CHECK(strlen(text) + 1 == MHL_DIGEST_TEXT_MAX && text[MHL_DIGEST_TEXT_MAX] == '#');
}

static void what_ended_is_refused(void)
{
    mhl_hasher *hasher = hasher_of(&md5);
    mhl_streams *streams = NULL;
    mhl_digest digest;
    uint64_t stream = 0;
    size_t count = 0;
    GOOD(mhl_hasher_finish(hasher, &digest, 1, &count, &error));
    REFUSED(MHL_STATUS_FINISHED, mhl_hasher_finish(hasher, &digest, 1, &count, &error));
    REFUSED(MHL_STATUS_FINISHED, mhl_hasher_update(hasher, "a", 1, &error));
    mhl_hasher_free(hasher);
    GOOD(mhl_streams_new(&md5, 1, &streams, &error));
    REFUSED(MHL_STATUS_NOT_FOUND, mhl_streams_push(streams, 0, "a", 1, &error));
    GOOD(mhl_streams_start(streams, &stream, &error));
    GOOD(mhl_streams_finish(streams, stream, &digest, 1, &count, &error));
    REFUSED(MHL_STATUS_NOT_FOUND, mhl_streams_finish(streams, stream, &digest, 1, &count, &error));
    REFUSED(MHL_STATUS_NOT_FOUND, mhl_streams_push(streams, stream, "a", 1, &error));
    mhl_streams_free(streams);
    mhl_hasher_free(NULL);
    mhl_streams_free(NULL);
    mhl_report_free(NULL);
    mhl_cancel_token_free(NULL);
    mhl_error_free(NULL);
}

/* What a callback knows, and what it is to do. */
struct watch {
    const mhl_context *context;
    mhl_cancel_token *token;
    mhl_hasher *hasher;
    unsigned calls, inner_calls;
};

static int count_calls(void *userdata, const mhl_progress *progress)
{
    struct watch *watch = userdata;
    watch->inner_calls += progress->struct_size == sizeof *progress;
    return 0;
}

static int enter_again(void *userdata, const mhl_progress *progress)
{
    struct watch *watch = userdata;
    mhl_context context = *watch->context;
    mhl_report *report = NULL;
    (void)progress;
    watch->calls++;
    context.progress = count_calls;
    GOOD(mhl_verify(roll, NULL, &context, &report, &error));
    GOOD(mhl_hasher_update(watch->hasher, "a", 1, &error));
    mhl_report_free(report);
    return 0;
}

static int free_the_token(void *userdata, const mhl_progress *progress)
{
    struct watch *watch = userdata;
    (void)progress;
    watch->calls++;
    if (watch->token != NULL)
        GOOD(mhl_cancel_token_cancel(watch->token, &error));
    mhl_cancel_token_free(watch->token);
    watch->token = NULL;
    return 0;
}

static mhl_context watched_by(struct watch *watch, mhl_progress_callback progress)
{
    mhl_context context;
    memset(&context, 0, sizeof context);
    memset(watch, 0, sizeof *watch);
    context.struct_size = sizeof context;
    context.progress = progress;
    context.userdata = watch;
    return context;
}

static void a_callback_may_enter_again(void)
{
    struct watch watch;
    mhl_context context = watched_by(&watch, enter_again);
    mhl_report *report = NULL;
    watch.context = &context;
    watch.hasher = hasher_of(&md5);
    GOOD(mhl_verify(roll, NULL, &context, &report, &error));
    CHECK(watch.calls > 1 && watch.inner_calls >= watch.calls);
    mhl_hasher_free(watch.hasher);
    mhl_report_free(report);
}

static void a_callback_may_free_the_token(void)
{
    struct watch watch;
    mhl_context context = watched_by(&watch, free_the_token);
    mhl_report *report = NULL;
    GOOD(mhl_cancel_token_new(&watch.token, &error));
    context.cancel = watch.token;
    REFUSED(MHL_STATUS_CANCELLED, mhl_verify(roll, NULL, &context, &report, &error));
    CHECK(watch.token == NULL && report == NULL);
}

enum { PIECES = 400, PIECE = 65536, THREADS = 4 };
static const char piece[PIECE] = {1, 2, 3};

struct pusher {
    mhl_hasher *hasher;
    unsigned taken, other;
};

static void *push(void *argument)
{
    struct pusher *pusher = argument;
    unsigned i;
    for (i = 0; i < PIECES; i++) {
        const mhl_status status = mhl_hasher_update(pusher->hasher, piece, PIECE, NULL);
        pusher->taken += status == MHL_STATUS_GOOD;
        pusher->other += status != MHL_STATUS_GOOD && status != MHL_STATUS_BUSY;
    }
    return NULL;
}

static void of_two_threads_one_works(void)
{
    struct pusher pushers[THREADS];
    pthread_t threads[THREADS];
    mhl_hasher *shared = hasher_of(&md5), *alone = hasher_of(&md5);
    mhl_digest one, other;
    size_t count = 0;
    unsigned i, taken = 0;
    for (i = 0; i < THREADS; i++) {
        pushers[i].hasher = shared;
        pushers[i].taken = pushers[i].other = 0;
        CHECK(pthread_create(&threads[i], NULL, push, &pushers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(pushers[i].other == 0);
        taken += pushers[i].taken;
    }
    /* Whatever was taken was taken whole, whatever was refused not at all. */
    CHECK(taken > 0);
    for (i = 0; i < taken; i++)
        GOOD(mhl_hasher_update(alone, piece, PIECE, &error));
    GOOD(mhl_hasher_finish(shared, &one, 1, &count, &error));
    GOOD(mhl_hasher_finish(alone, &other, 1, &count, &error));
    CHECK(memcmp(&one, &other, sizeof one) == 0);
    mhl_hasher_free(shared);
    mhl_hasher_free(alone);
}

static void unknown_numbers_are_refused(void)
{
    const uint32_t wrong[] = {0, 8, 0x100, UINT32_MAX};
    mhl_verify_options options;
    mhl_hasher *hasher = NULL;
    mhl_report *report = NULL;
    mhl_digest digest;
    size_t needed, i;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_hasher_new(&wrong[i], 1, &hasher, &error));
        memset(&digest, 0, sizeof digest);
        digest.algorithm = wrong[i];
        digest.len = 16;
        REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_digest_text(&digest, NULL, 0, &needed, &error));
        CHECK(mhl_algorithm_name(wrong[i]) == NULL);
    }
    digest.algorithm = md5;
    digest.len = UINT32_MAX;
    REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_digest_text(&digest, NULL, 0, &needed, &error));
    REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_hasher_new(&md5, 0, &hasher, &error));
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.past_cache = 2;
    REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_verify(roll, &options, NULL, &report, &error));
    options.past_cache = 0;
    options.dry_run = UINT32_MAX;
    REFUSED(MHL_STATUS_INVALID_ARGUMENT, mhl_verify(roll, &options, NULL, &report, &error));
    CHECK(hasher == NULL && report == NULL);
}

/* Sizes that no release can have had: not set, of less than the size itself, odd, and of a later one. */
static void sizes_that_are_none_are_refused(void)
{
    const size_t wrong[] = {0, 1, sizeof(size_t) - 1, sizeof(mhl_finding) - 1, 4096, SIZE_MAX};
    mhl_report *made = NULL, *report = verified();
    union {
        mhl_verify_options options;
        mhl_context context;
        mhl_summary summary;
        mhl_finding finding;
        unsigned char bytes[4096];
    } room, before;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memset(&room, '#', sizeof room);
        memcpy(&room, &wrong[i], sizeof wrong[i]);
        memcpy(&before, &room, sizeof room);
        REFUSED(MHL_STATUS_STRUCT_SIZE, mhl_verify(roll, &room.options, NULL, &made, &error));
        REFUSED(MHL_STATUS_STRUCT_SIZE, mhl_verify(roll, NULL, &room.context, &made, &error));
        REFUSED(MHL_STATUS_STRUCT_SIZE, mhl_report_summary(report, &room.summary, &error));
        REFUSED(MHL_STATUS_STRUCT_SIZE, mhl_report_finding(report, 0, &room.finding, &error));
        CHECK(memcmp(&room, &before, sizeof room) == 0);
    }
    CHECK(made == NULL);
    CHECK(mhl_struct_is_known("mhl_verify_options", sizeof(mhl_verify_options)) == 1);
    CHECK(mhl_struct_is_known("mhl_context", sizeof(mhl_context)) == 1);
    CHECK(mhl_struct_is_known("mhl_summary", sizeof(mhl_summary)) == 1);
    CHECK(mhl_struct_is_known("mhl_finding", sizeof(mhl_finding)) == 1);
    CHECK(mhl_struct_is_known("mhl_progress", sizeof(mhl_progress)) == 1);
    CHECK(mhl_struct_is_known("mhl_summary", sizeof(mhl_summary) + 1) == 0);
    CHECK(mhl_struct_is_known("mhl_none", 8) == 0 && mhl_struct_is_known(NULL, 8) == 0);
    mhl_report_free(report);
}

int main(int argc, char **argv)
{
    if (argc != 2 || !MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "usage: rows ROLL; with the libmhl of this header\n");
        return 2;
    }
    roll = argv[1];
    begin(83), null_is_refused(), end("NULL is refused, and nothing was taken or made");
    begin(84), null_without_length_is_good(), end("NULL with length 0 is no bytes");
    begin(85), too_long_is_refused(), end("a length that no memory holds is refused");
    begin(86), text_that_is_none_is_refused(), end("text that is none is refused, but as bytes");
    begin(87), too_small_tells_what_it_needs(), end("an output too small tells what it needs");
    begin(88), what_ended_is_refused(), end("what was ended is refused, and freeing NULL is nothing");
    begin(89), end("a panic: no call can be brought to one from here; the library's own tests do");
    begin(90), end("built with panic = \"abort\": documented");
    begin(91), a_callback_may_enter_again(), end("a callback may enter again and never waits");
    begin(92), a_callback_may_free_the_token(), end("a callback may free the token");
    begin(93), end("an exception or longjmp through a callback: documented as forbidden");
    begin(94), of_two_threads_one_works(), end("of several threads on a handle one works");
    begin(95), unknown_numbers_are_refused(), end("numbers that nothing has are refused");
    begin(96), sizes_that_are_none_are_refused(), end("sizes that no release had are refused");
    printf("%u failed\n", failures);
    return failures == 0 ? 0 : 1;
}
