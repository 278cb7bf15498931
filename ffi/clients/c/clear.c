/*
 * May this card be wiped? From reports to a permit, in C99.
 *
 *     clear begin LEDGER                        makes a ledger: an example's roll, places and media
 *     clear record LEDGER REPORT WHERE...       records a report; WHERE is COPY=MEDIUM[@PLACE], of
 *                                               which COPY is a number or `card`
 *     clear ask LEDGER ROLL NOW                 asks; prints why not, and what to do
 *     clear permit LEDGER ROLL NOW END KEY      the same; prints a permit, signed, where it is cleared
 *     clear check LEDGER NOW PUBLIC PERMIT      whether a permit holds
 *
 * NOW and END are seconds since 1970. Exits with 0 when it is cleared, or done, 40 when it is withheld,
 * 41 when it cannot be told, 1 when a permit does not hold, 2 when it could not be done.
 */
#include "mhl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char profile_name[] = "netflix-production-assets-2026";

static int failed(mhl_error *error)
{
    int code = mhl_error_kind(error) == MHL_STATUS_PERMIT_BROKEN ? 1 : 2;
    uint64_t i, causes = mhl_error_causes(error);
    fprintf(stderr, "clear: %s\n", mhl_error_message(error));
    for (i = 0; i < causes; i++) {
        mhl_cause cause = {0};
        cause.struct_size = sizeof cause;
        if (mhl_error_cause(error, i, &cause, NULL) == MHL_STATUS_GOOD && cause.kind.data != NULL)
            fprintf(stderr, "clear: cause %.*s\n", (int)cause.kind.len, cause.kind.data);
    }
    mhl_error_free(error);
    return code;
}

/* The whole of a file, NUL-terminated; NULL when it cannot be read. */
static char *contents(const char *path)
{
    char *text = NULL;
    size_t len = 0, room = 0, got;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return NULL;
    }
    do {
        if (room - len < 2) {
            char *larger = realloc(text, room = 2 * room + 4096);
            if (larger == NULL)
                abort();
            text = larger;
        }
        got = fread(text + len, 1, room - len - 1, file);
        len += got;
    } while (got > 0);
    text[len] = '\0';
    if (ferror(file)) {
        perror(path);
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static mhl_recorder recorder(int64_t time)
{
    mhl_recorder by = {0};
    by.struct_size = sizeof by;
    by.name = "DIT";
    by.tool = "clear.c";
    by.time = time;
    return by;
}

/* What an application knows from its own forms, as fields and without a line of JSON. */
static int begin(const char *path)
{
    static const struct {
        const char *kind;
        mhl_field fields[7];
    } events[] = {
        {"roll", {{"id", "A001"}, {"kind", "camera"}, {"genre", "nonfiction"}, {"links", ""}}},
        {"place", {{"id", "cart"}, {"site", "Stage 5"}}},
        {"place", {{"id", "vault"}, {"site", "Lab"}}},
        {"medium", {{"id", "serial:CARD"}, {"kind", "capture-device"}}},
        {"medium", {{"id", "serial:SET"}, {"kind", "raid"}, {"level", "5"}}},
        {"medium", {{"id", "serial:LAB"}, {"kind", "raid"}, {"level", "6"}}},
        {"medium",
         {{"id", "lto:A00001L8"}, {"kind", "lto"}, {"generation", "8"}, {"file-system", "ltfs"}}},
        {"inspection",
         {{"rolls", "A001"},
          {"files", "all"},
          {"by", "dit"},
          {"result", "passed"},
          {"covers", "recording"},
          {"covers", "transfer"},
          {"against", "camera-reports"}}},
    };
    mhl_recorder by = recorder(1772740000);
    mhl_ledger *ledger = NULL;
    mhl_error *error = NULL;
    size_t i, count;
    mhl_status status = mhl_ledger_open(path, MHL_LEDGER_MODE_CREATE, &ledger, &error);
    for (i = 0; status == MHL_STATUS_GOOD && i < sizeof events / sizeof *events; i++) {
        for (count = 0; count < 7 && events[i].fields[count].name != NULL; count++)
            ;
        status = mhl_ledger_append_fields(ledger, events[i].kind, events[i].fields, count, &by,
                                          NULL, &error);
    }
    mhl_ledger_free(ledger);
    return status == MHL_STATUS_GOOD ? 0 : failed(error);
}

/* Takes COPY=MEDIUM[@PLACE] apart, in place. */
static int place(char *where, mhl_placement *placement)
{
    char *medium = strchr(where, '='), *at;
    if (medium == NULL)
        return 0;
    *medium++ = '\0';
    at = strchr(medium, '@');
    if (at != NULL)
        *at++ = '\0';
    placement->copy = strcmp(where, "card") == 0 ? MHL_NO_COPY : strtoull(where, NULL, 10);
    placement->medium = medium;
    placement->place = at;
    return 1;
}

static int record(const char *path, const char *report_path, char **where, size_t count)
{
    mhl_placement placements[8];
    mhl_recorder by = recorder(1772741000);
    mhl_ledger *ledger = NULL;
    mhl_report *report = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    mhl_text remark;
    uint64_t number = 0, i;
    size_t at;
    char *json;
    for (at = 0; at < count; at++)
        if (at >= 8 || !place(where[at], &placements[at])) {
            fprintf(stderr, "clear: %s: COPY=MEDIUM[@PLACE] expected\n", where[at]);
            return 2;
        }
    json = contents(report_path);
    if (json == NULL)
        return 2;
    /* An application that has just offloaded holds the report already. */
    status = mhl_report_parse(json, strlen(json), &report, &error);
    free(json);
    if (status == MHL_STATUS_GOOD)
        status = mhl_ledger_open(path, MHL_LEDGER_MODE_APPEND, &ledger, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_ledger_record_report(ledger, report, "A001", placements, count, &by, &number,
                                          &error);
    if (status == MHL_STATUS_GOOD)
        printf("event %" PRIu64 "\n", number);
    for (i = 0; status == MHL_STATUS_GOOD
                && mhl_ledger_remark(ledger, i, &remark, NULL) == MHL_STATUS_GOOD;
         i++)
        fprintf(stderr, "clear: %.*s\n", (int)remark.len, remark.data);
    mhl_report_free(report);
    mhl_ledger_free(ledger);
    return status == MHL_STATUS_GOOD ? 0 : failed(error);
}

/* Why it is not cleared, and what would have it cleared. */
static mhl_status explain(const mhl_verdict *verdict, const mhl_answer *answer, mhl_error **error)
{
    mhl_status status = MHL_STATUS_GOOD;
    uint64_t i;
    for (i = 0; status == MHL_STATUS_GOOD && i < answer->reasons; i++) {
        mhl_proof_reason reason = {0};
        mhl_proof_node node = {0};
        reason.struct_size = sizeof reason;
        node.struct_size = sizeof node;
        status = mhl_verdict_reason(verdict, i, &reason, error);
        if (status == MHL_STATUS_GOOD)
            status = mhl_verdict_node(verdict, reason.node, &node, error);
        if (status == MHL_STATUS_GOOD && reason.decides)
            printf("%.*s %s: %.*s\n", (int)node.rule.len, node.rule.data,
                   node.holds == MHL_TRUTH_NO ? "no" : "unknown", (int)node.sentence.len,
                   node.sentence.data);
    }
    for (i = 0; status == MHL_STATUS_GOOD && i < answer->actions; i++) {
        mhl_next_action action = {0};
        action.struct_size = sizeof action;
        status = mhl_verdict_action(verdict, i, &action, error);
        if (status == MHL_STATUS_GOOD)
            printf("-> %.*s\n", (int)action.sentence.len, action.sentence.data);
    }
    return status;
}

/* Signs a permit and prints it: once to ask how long it is, once to have it. */
static mhl_status print_permit(const mhl_permit *permit, const char *key, mhl_error **error)
{
    size_t needed = 0;
    char *text;
    mhl_status status = mhl_permit_sign(permit, key, strlen(key), NULL, 0, &needed, NULL);
    if (status != MHL_STATUS_TOO_SMALL)
        return mhl_permit_sign(permit, key, strlen(key), NULL, 0, &needed, error);
    text = malloc(needed);
    if (text == NULL)
        abort();
    status = mhl_permit_sign(permit, key, strlen(key), text, needed, &needed, error);
    if (status == MHL_STATUS_GOOD)
        printf("%s\n", text);
    free(text);
    return status;
}

/* Asks; with a key, prints a permit in the answer's place. */
static int ask(const char *path, const char *roll, int64_t now, int64_t end, const char *key_path)
{
    char *key = key_path == NULL ? NULL : contents(key_path);
    mhl_question question = {0};
    mhl_answer answer = {0};
    mhl_ledger *ledger = NULL;
    mhl_profile *profile = NULL;
    mhl_verdict *verdict = NULL;
    mhl_permit *permit = NULL;
    mhl_error *error = NULL;
    mhl_status status;
    if (key_path != NULL && key == NULL)
        return 2;
    question.struct_size = sizeof question;
    question.roll = roll;
    answer.struct_size = sizeof answer;

    status = mhl_ledger_open(path, MHL_LEDGER_MODE_READ, &ledger, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_profile_named(profile_name, &profile, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_clear(ledger, profile, &question, now, &verdict, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_verdict_answer(verdict, &answer, &error);
    if (status == MHL_STATUS_GOOD && answer.decision != MHL_DECISION_CLEARED)
        status = explain(verdict, &answer, &error);
    else if (status == MHL_STATUS_GOOD && key != NULL) {
        status = mhl_permit_issue(ledger, profile, &question, now, end, &permit, &error);
        if (status == MHL_STATUS_GOOD)
            status = print_permit(permit, key, &error);
    } else if (status == MHL_STATUS_GOOD)
        printf("cleared: %.*s\n", (int)answer.question.len, answer.question.data);
    mhl_permit_free(permit);
    mhl_verdict_free(verdict);
    mhl_profile_free(profile);
    mhl_ledger_free(ledger);
    free(key);
    if (status != MHL_STATUS_GOOD)
        return failed(error);
    switch (answer.decision) {
    case MHL_DECISION_CLEARED:
        return 0;
    case MHL_DECISION_WITHHELD:
        return 40;
    default: /* also a word that this program does not know */
        return 41;
    }
}

static int check(const char *path, int64_t now, const char *public_path, const char *permit_path)
{
    char *key = contents(public_path), *envelope = contents(permit_path);
    mhl_terms terms = {0};
    mhl_ledger *ledger = NULL;
    mhl_profile *profile = NULL;
    mhl_statement *statement = NULL;
    mhl_permit *permit = NULL;
    mhl_error *error = NULL;
    mhl_status status = MHL_STATUS_GOOD;
    uint64_t i;
    terms.struct_size = sizeof terms;
    if (key == NULL || envelope == NULL) {
        free(key);
        free(envelope);
        return 2;
    }
    status = mhl_statement_verify(envelope, strlen(envelope), key, strlen(key), &statement, &error);
    free(key);
    free(envelope);
    if (status == MHL_STATUS_GOOD)
        status = mhl_ledger_open(path, MHL_LEDGER_MODE_READ, &ledger, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_profile_named(profile_name, &profile, &error);
    /* Nothing is permitted before this gave a permit. */
    if (status == MHL_STATUS_GOOD)
        status = mhl_statement_check(statement, ledger, profile, now, NULL, 0, &permit, &error);
    if (status == MHL_STATUS_GOOD)
        status = mhl_statement_terms(mhl_permit_statement(permit), &terms, &error);
    for (i = 0; status == MHL_STATUS_GOOD && i < terms.media; i++) {
        mhl_text medium;
        status = mhl_statement_medium(mhl_permit_statement(permit), i, &medium, &error);
        if (status == MHL_STATUS_GOOD)
            printf("may be wiped: %.*s\n", (int)medium.len, medium.data);
    }
    mhl_permit_free(permit);
    mhl_profile_free(profile);
    mhl_ledger_free(ledger);
    mhl_statement_free(statement);
    return status == MHL_STATUS_GOOD ? 0 : failed(error);
}

static int64_t seconds(const char *text)
{
    return (int64_t)strtoll(text, NULL, 10);
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (!MHL_ABI_IS_COMPATIBLE()) {
        fprintf(stderr, "clear: libmhl %s is not the one of this header\n", mhl_version_string());
        return 2;
    }
    if (argc == 3 && strcmp(verb, "begin") == 0)
        return begin(argv[2]);
    if (argc > 3 && strcmp(verb, "record") == 0)
        return record(argv[2], argv[3], &argv[4], (size_t)argc - 4);
    if (argc == 5 && strcmp(verb, "ask") == 0)
        return ask(argv[2], argv[3], seconds(argv[4]), 0, NULL);
    if (argc == 7 && strcmp(verb, "permit") == 0)
        return ask(argv[2], argv[3], seconds(argv[4]), seconds(argv[5]), argv[6]);
    if (argc == 6 && strcmp(verb, "check") == 0)
        return check(argv[2], seconds(argv[3]), argv[4], argv[5]);
    fprintf(stderr, "usage: clear begin LEDGER | record LEDGER REPORT WHERE... | ask LEDGER ROLL NOW\n"
                    "       clear permit LEDGER ROLL NOW END KEY | check LEDGER NOW PUBLIC PERMIT\n");
    return 2;
}
