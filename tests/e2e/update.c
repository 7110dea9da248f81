/* PATCH by partners and by the desk: the reference's examples, order of judgement, moves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

static const char *const INVALID = "Invalid update data";
static const char *const CLOSED = "Cannot update closed or resolved tickets";

static struct reply details(const char *number, const char *key)
{
    char path[128];
    snprintf(path, sizeof path, "/tickets/%s", number);
    return get(path, key);
}

static void status_to(const char *row, const char *number, const char *key, const char *status, long want)
{
    char body[128];
    snprintf(body, sizeof body, "{\"action\":\"UPDATE_STATUS\",\"status\":\"%s\"}", status);
    struct reply r = patch(number, key, body);
    CHECK_INT(row, r.status, want);
    if (want == 200)
        CHECK_STR(row, at(&r, "result.status"), status);
    reply_free(&r);
}

static void test_comment(void)
{
    char number[32], *body = fixture("patch_comment.json");
    snprintf(number, sizeof number, "%s", open_ticket());
    struct reply r = patch(number, stack.key, body);
    CHECK_INT("status", r.status, 200);
    CHECK_STR("success", at(&r, "success"), "true");
    CHECK_STR("number", at(&r, "ticketNumber"), number);
    CHECK_STR("action", at(&r, "action"), "ADD_COMMENT");
    CHECK_STR("content", at(&r, "result.comment.content"),
              "[Via Omnichannel] Customer provided additional information about the incident");
    CHECK_STR("author", at(&r, "result.comment.author"), "Customer");
    CHECK_STR("message", at(&r, "message"), "Ticket updated successfully");
    struct reply d = details(number, keys.all);
    CHECK_STR("stored", at(&d, "comments.1.content"), at(&r, "result.comment.content"));
    CHECK_STR("not support", at(&d, "comments.1.isFromSupport"), "false");
    CHECK_STR("last", at(&d, "lastComment.author"), "Customer");
    reply_free(&r), reply_free(&d);
    free(body);
}

static void test_cancel_and_closed(void)
{
    char number[32], *body = fixture("patch_status.json");
    snprintf(number, sizeof number, "%s", open_ticket());
    struct reply r = patch(number, stack.key, body);
    CHECK_INT("cancel", r.status, 200);
    CHECK_STR("answer", at(&r, "result.status"), "CANCELLED");
    reply_free(&r);
    r = details(number, keys.all);
    CHECK_STR("status", at(&r, "status"), "CANCELLED");
    CHECK_STR("closedAt", at(&r, "closedAt"), at(&r, "updatedAt"));
    CHECK_STR("resolvedAt", at(&r, "resolvedAt"), "null");
    reply_free(&r);
    status_to("a retried cancel", number, keys.all, "CANCELLED", 200);
    CHECK_INT("one event", sql_int("SELECT COUNT(*) FROM ticket_event WHERE ticket_number=%s", number), 2);
    static const char *const refused[] = {
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\"}",
        "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"a\",\"content\":\"\"}]}",
        "{\"action\":\"NONSENSE\"}",
        "{}",
        "{\"action\":\"ADD_COMMENT\"}",
    };
    for (unsigned i = 0; i < SUITE_N(refused); i++) {
        r = patch(number, keys.all, refused[i]);
        check_error(refused[i], &r, 400, CLOSED);
        reply_free(&r);
    }
    free(body);
}

static void test_attachments(void)
{
    char number[32], *body = fixture("patch_attachments.json");
    snprintf(number, sizeof number, "%s", open_ticket());
    struct reply r = patch(number, stack.key, body);
    CHECK_INT("status", r.status, 200);
    CHECK_STR("result", at(&r, "result"),
              "{\"attachments\":[{\"filename\":\"additional_doc.pdf\",\"size\":204800},{\"filename\":\"photo.jpg\","
              "\"size\":512000}]}");
    reply_free(&r);
    r = details(number, keys.all);
    CHECK_STR("listed", at(&r, "attachments.1.filename"), "photo.jpg");
    CHECK_INT("no event for partners", sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number), 0);
    reply_free(&r);
    free(body);
}

static void test_field_errors(void)
{
    static const struct {
        const char *body, *path;
    } rows[] = {
        {"{}", "action"},
        {"{\"action\":null}", "action"},
        {"{\"action\":1}", "action"},
        {"{\"action\":\"add_comment\"}", "action"},
        {"{\"action\":\"ASSIGN\",\"assignee\":\"x\"}", "action"},
        {"{\"action\":\"ADD_COMMENT\"}", "comment"},
        {"{\"action\":\"ADD_COMMENT\",\"comment\":\" \"}", "comment"},
        {"{\"action\":\"ADD_COMMENT\",\"comment\":5}", "comment"},
        {"{\"action\":\"UPDATE_STATUS\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"OPEN\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"cancelled\"}", "status"},
        {"{\"action\":\"ADD_ATTACHMENT\"}", "attachments"},
        {"{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[]}", "attachments"},
        {"{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"a\"}]}", "attachments[0].content"},
    };
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket());
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = patch(number, keys.all, rows[i].body);
        check_error(rows[i].body, &r, 400, INVALID);
        check_field(rows[i].body, &r, rows[i].path, NULL);
        reply_free(&r);
    }
    /* Fields that do not exist for partners are ignored, not refused. */
    struct reply r =
        patch(number, keys.all, "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\",\"author\":\"Boss\",\"internal\":true}");
    CHECK_STR("author", at(&r, "result.comment.author"), "Customer");
    reply_free(&r);
    r = details(number, keys.all);
    CHECK_STR("public", at(&r, "comments.1.content"), "[Via Omnichannel] x");
    reply_free(&r);
    r = patch("999999999", keys.all, "{}");
    check_error("missing comes first", &r, 404, "Ticket not found");
    reply_free(&r);
    r = patch("abc", keys.all, "{}");
    check_error("no number", &r, 404, "Ticket not found");
    reply_free(&r);
    r = patch("999999999", keys.all, "{");
    check_error("JSON before missing", &r, 400, "Invalid JSON");
    reply_free(&r);
}

static void test_comment_length(void)
{
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket());
    for (int more = 0; more < 2; more++) {
        char *body = NULL;
        size_t size;
        FILE *f = open_memstream(&body, &size);
        fprintf(f, "{\"action\":\"ADD_COMMENT\",\"comment\":\"");
        for (int i = 0; i < 10000 + more; i++)
            fprintf(f, "\xc3\xa9");
        fprintf(f, "\"}");
        fclose(f);
        struct reply r = patch(number, keys.all, body);
        CHECK_INT("length", r.status, more ? 400 : 200);
        reply_free(&r);
        free(body);
    }
}

static void test_bounds_per_ticket(void)
{
    char number[32], out[1024];
    snprintf(number, sizeof number, "%s", open_ticket());
    sql(out, "UPDATE ticket SET n_comments=999, n_attachments=99 WHERE number=%s", number);
    const char *comment = "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}";
    struct reply r = patch(number, keys.all, comment);
    CHECK_INT("the 1000th", r.status, 200);
    reply_free(&r);
    r = patch(number, keys.all, comment);
    check_error("the 1001st", &r, 400, INVALID);
    check_field("the 1001st", &r, "comment", NULL);
    reply_free(&r);
    r = patch(number, keys.all,
              "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"a\",\"content\":\"\"},{\"filename\":"
              "\"b\",\"content\":\"\"}]}");
    check_error("101 files", &r, 400, INVALID);
    check_field("101 files", &r, "attachments", NULL);
    reply_free(&r);
    r = patch(number, keys.agent,
              "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\",\"comment\":\"never blocked\"}");
    CHECK_INT("status comment", r.status, 200);
    reply_free(&r);
}

static void test_cancel_storm(void)
{
    enum { N = 20 };
    static struct reply r[N];
    char path[64], number[32];
    snprintf(number, sizeof number, "%s",
             open_ticket_with(keys.all, ",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/hook\"}"));
    snprintf(path, sizeof path, "/tickets/%s", number);
    storm(N, r, "PATCH", path, keys.all, NULL, "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}");
    for (int i = 0; i < N; i++) {
        CHECK_INT("cancel", r[i].status, 200);
        reply_free(&r[i]);
    }
    CHECK_INT("happened once",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND event='STATUS_CHANGED'", number), 1);
}

static void test_comment_storm(void)
{
    enum { N = 20 };
    static struct reply r[N];
    char path[64], number[32];
    snprintf(number, sizeof number, "%s",
             open_ticket_with(keys.all, ",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/hook\"}"));
    snprintf(path, sizeof path, "/tickets/%s", number);
    storm(N, r, "PATCH", path, keys.all, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"number %d\"}");
    for (int i = 0; i < N; i++) {
        CHECK_INT("comment", r[i].status, 200);
        reply_free(&r[i]);
    }
    CHECK_INT("all there", sql_int("SELECT COUNT(DISTINCT content) FROM comment WHERE ticket_number=%s", number),
              N + 1);
    CHECK_INT("jobs", sql_int("SELECT COUNT(DISTINCT seq) FROM webhook_job WHERE ticket_number=%s", number), N + 1);
    CHECK_INT("no holes", sql_int("SELECT MAX(seq) FROM webhook_job WHERE ticket_number=%s", number), N + 1);
    CHECK_INT("count", sql_int("SELECT n_comments FROM ticket WHERE number=%s", number), N + 1);
}

void init_update_tests(void)
{
    static const struct suite_test tests[] = {
        {"ADD_COMMENT", test_comment},
        {"UPDATE_STATUS CANCELLED, and what is closed", test_cancel_and_closed},
        {"ADD_ATTACHMENT", test_attachments},
        {"field errors and order of judgement", test_field_errors},
        {"10,000 code points", test_comment_length},
        {"bounds per ticket", test_bounds_per_ticket},
        {"20 cancels at once", test_cancel_storm},
        {"20 comments at once", test_comment_storm},
    };
    suite_add("e2e update", NULL, NULL, tests, SUITE_N(tests));
}

static const char *const statuses[] = {"OPEN", "IN_PROGRESS", "PENDING", "RESOLVED", "CLOSED", "CANCELLED"};

static void test_moves(void)
{
    /* CONTRACT: OPEN→IN_PROGRESS, PENDING, RESOLVED, CANCELLED; IN_PROGRESS↔PENDING; both →RESOLVED, CANCELLED; RESOLVED→CLOSED, IN_PROGRESS. */
    static const char *const allowed[6][6] = {
        {"", "y", "y", "y", "", "y"}, {"", "", "y", "y", "", "y"}, {"", "y", "", "y", "", "y"},
        {"", "y", "", "", "y", ""},   {"", "", "", "", "", ""},    {"", "", "", "", "", ""},
    };
    static const char *const route[6][2] = {{NULL},       {"IN_PROGRESS"},        {"PENDING"},
                                            {"RESOLVED"}, {"RESOLVED", "CLOSED"}, {"CANCELLED"}};
    for (int from = 0; from < 6; from++)
        for (int to = 0; to < 6; to++) {
            char row[64], number[32];
            snprintf(row, sizeof row, "%s to %s", statuses[from], statuses[to]);
            snprintf(number, sizeof number, "%s", open_ticket());
            for (int i = 0; i < 2 && route[from][i]; i++)
                status_to(row, number, keys.agent, route[from][i], 200);
            status_to(row, number, keys.agent, statuses[to], from == to || *allowed[from][to] ? 200 : 400);
        }
}

static void test_times(void)
{
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket());
    status_to("resolve", number, keys.agent, "RESOLVED", 200);
    struct reply d = details(number, keys.all);
    CHECK_STR("resolvedAt", at(&d, "resolvedAt"), at(&d, "updatedAt"));
    CHECK_STR("closedAt", at(&d, "closedAt"), "null");
    reply_free(&d);
    status_to("reopen", number, keys.agent, "IN_PROGRESS", 200);
    d = details(number, keys.all);
    CHECK_STR("reopened", at(&d, "resolvedAt"), "null");
    reply_free(&d);
    status_to("resolve", number, keys.agent, "RESOLVED", 200);
    status_to("close", number, keys.agent, "CLOSED", 200);
    d = details(number, keys.all);
    CHECK("resolvedAt stays", strcmp(at(&d, "resolvedAt"), "null") != 0);
    CHECK_STR("closedAt", at(&d, "closedAt"), at(&d, "updatedAt"));
    reply_free(&d);
}

static void test_desk_actions(void)
{
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket_with(keys.other, ""));
    struct reply r = patch(number, keys.agent, "{\"action\":\"ASSIGN\",\"assignee\":\"Jane Tech\"}");
    CHECK_STR("assign", at(&r, "result"), "{\"assignee\":\"Jane Tech\"}");
    reply_free(&r);
    r = details(number, keys.other);
    CHECK_STR("assignee", at(&r, "currentAssignee"), "Jane Tech");
    CHECK_STR("status", at(&r, "status"), "OPEN");
    reply_free(&r);
    r = patch(number, keys.agent, "{\"action\":\"ASSIGN\",\"assignee\":null}");
    CHECK_STR("unassign", at(&r, "result"), "{\"assignee\":null}");
    reply_free(&r);
    r = patch(number, keys.agent, "{\"action\":\"ASSIGN\"}");
    check_error("no assignee", &r, 400, INVALID);
    check_field("no assignee", &r, "assignee", NULL);
    reply_free(&r);
    r = patch(number, keys.agent,
              "{\"action\":\"ADD_COMMENT\",\"comment\":\"secret note\",\"internal\":true,\"author\":\"Ann\"}");
    CHECK_INT("note", r.status, 200);
    reply_free(&r);
    r = patch(number, keys.agent, "{\"action\":\"ADD_COMMENT\",\"comment\":\"public\"}");
    CHECK_STR("author", at(&r, "result.comment.author"), "Support Agent");
    CHECK_STR("no prefix", at(&r, "result.comment.content"), "public");
    reply_free(&r);
    r = details(number, keys.other);
    CHECK("partners see no note", !strstr(r.body, "secret note"));
    CHECK_STR("support", at(&r, "comments.1.isFromSupport"), "true");
    reply_free(&r);
    r = details(number, keys.agent);
    CHECK("the desk does", strstr(r.body, "secret note") != NULL);
    reply_free(&r);
    r = patch(number, keys.agent, "{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\",\"comment\":\"done\"}");
    CHECK_INT("resolve", r.status, 200);
    reply_free(&r);
    r = details(number, keys.other);
    CHECK_STR("its comment", at(&r, "lastComment.content"), "done");
    reply_free(&r);
    static const char *const refused[] = {
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}", "{\"action\":\"ASSIGN\",\"assignee\":\"x\"}",
        "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"a\",\"content\":\"\"}]}"};
    for (unsigned i = 0; i < SUITE_N(refused); i++) {
        r = patch(number, keys.agent, refused[i]);
        check_error(refused[i], &r, 400, CLOSED);
        reply_free(&r);
    }
    r = patch(number, keys.agent, "{\"action\":\"ADD_COMMENT\",\"comment\":\"note\",\"internal\":true}");
    CHECK_INT("notes pass", r.status, 200);
    reply_free(&r);
    r = patch(number, keys.agent, "{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\",\"comment\":\"still done\"}");
    CHECK_INT("same status", r.status, 200);
    reply_free(&r);
    r = details(number, keys.other);
    CHECK_STR("comment still added", at(&r, "lastComment.content"), "still done");
    reply_free(&r);
    snprintf(number, sizeof number, "%s",
             open_ticket_with(keys.all, ",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/\"}"));
    r = patch(number, keys.agent, "{\"action\":\"UPDATE_STATUS\",\"status\":\"OPEN\",\"comment\":\"still open\"}");
    CHECK_INT("same status", r.status, 200);
    reply_free(&r);
    CHECK_INT("its comment is told",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND event='COMMENT_ADDED'", number), 1);
    CHECK_INT("and no move",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND event='STATUS_CHANGED'", number), 0);
}

static void test_list(void)
{
    char ref[64], number[3][32], path[512];
    snprintf(ref, sizeof ref, "Lister %d", rand());
    for (int i = 0; i < 3; i++) {
        char body[128];
        snprintf(number[i], sizeof number[i], "%s", open_ticket());
        snprintf(body, sizeof body, "{\"action\":\"ASSIGN\",\"assignee\":\"%s\"}", ref);
        struct reply r = patch(number[i], keys.agent, body);
        reply_free(&r);
    }
    status_to("progress", number[1], keys.agent, "IN_PROGRESS", 200);
    status_to("cancel", number[2], keys.agent, "CANCELLED", 200);
    char *encoded = ref;
    for (char *p = encoded; *p; p++)
        *p = *p == ' ' ? '+' : *p;
    snprintf(path, sizeof path, "/tickets?assignee=%s&status=OPEN,IN_PROGRESS&limit=1", ref);
    struct reply r = get(path, keys.agent);
    CHECK_INT("list", r.status, 200);
    CHECK_STR("newest first", at(&r, "tickets.0.ticketNumber"), number[1]);
    CHECK_STR("next", at(&r, "next"), number[1]);
    CHECK("one", !strcmp(at(&r, "tickets.1") ? at(&r, "tickets.1") : "null", "null"));
    snprintf(path, sizeof path, "/tickets?assignee=%s&status=OPEN,IN_PROGRESS&limit=1&after=%s", ref, at(&r, "next"));
    reply_free(&r);
    r = get(path, keys.agent);
    CHECK_STR("second page", at(&r, "tickets.0.ticketNumber"), number[0]);
    CHECK_STR("the end", at(&r, "next"), "null");
    reply_free(&r);
    snprintf(path, sizeof path, "/tickets?assignee=%s&partner=PARTNER001", ref);
    r = get(path, keys.agent);
    CHECK_STR("all statuses", at(&r, "tickets.0.ticketNumber"), number[2]);
    reply_free(&r);
    snprintf(path, sizeof path, "/tickets?assignee=%s&partner=OTHER", ref);
    r = get(path, keys.agent);
    CHECK_STR("partner filter", at(&r, "tickets"), "[]");
    reply_free(&r);
    static const struct {
        const char *path, *field;
    } bad[] = {{"/tickets?limit=0", "limit"},
               {"/tickets?limit=201", "limit"},
               {"/tickets?limit=x", "limit"},
               {"/tickets?status=open", "status"},
               {"/tickets?after=x", "after"}};
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        r = get(bad[i].path, keys.agent);
        check_error(bad[i].path, &r, 400, NULL);
        check_field(bad[i].path, &r, bad[i].field, NULL);
        reply_free(&r);
    }
}

void init_desk_tests(void)
{
    static const struct suite_test tests[] = {
        {"every move between statuses", test_moves},
        {"resolvedAt and closedAt", test_times},
        {"assign, notes, comments, what stays closed", test_desk_actions},
        {"the list", test_list},
    };
    suite_add("e2e desk", NULL, NULL, tests, SUITE_N(tests));
}
