/* Webhook jobs: written with the change, frozen, in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define HOOK                                                                                                           \
    ",\"channelReferenceId\":\"HOOK \\\"1\\\"\",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/hook?x=1\"}"

static struct reply job(const char *number, int seq)
{
    struct reply r = {0};
    char *text = malloc(1024);
    sql(text, "SELECT body FROM webhook_job WHERE ticket_number=%s AND seq=%d", number, seq);
    r.body = text;
    r.n = strlen(text);
    return r;
}

static void check_job(const char *number, int seq, const char *event, const char *const (*rows)[2])
{
    struct reply j = job(number, seq);
    char out[1024];
    sql(out, "SELECT event FROM webhook_job WHERE ticket_number=%s AND seq=%d", number, seq);
    CHECK_STR(event, out, event);
    CHECK_STR(event, at(&j, "event"), event);
    CHECK_STR(event, at(&j, "ticketNumber"), number);
    CHECK_STR(event, at(&j, "channelReferenceId"), "HOOK \"1\"");
    for (; rows && (*rows)[0]; rows++)
        CHECK_STR((*rows)[0], at(&j, (*rows)[0]), (*rows)[1]);
    CHECK("compact", !strstr(j.body, "\": ") && !strstr(j.body, ", \""));
    reply_free(&j);
}

static void test_life_of_a_ticket(void)
{
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket_with(keys.all, HOOK));
    static const char *const bodies[] = {
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\",\"comment\":\"Ticket assigned to technician\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"hidden\",\"internal\":true}",
        "{\"action\":\"ASSIGN\",\"assignee\":\"Jane\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"shown\"}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\"}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"CLOSED\",\"comment\":\"bye\"}",
    };
    for (unsigned i = 0; i < SUITE_N(bodies); i++) {
        struct reply r = patch(number, keys.agent, bodies[i]);
        CHECK_INT(bodies[i], r.status, 200);
        reply_free(&r);
    }
    static const char *const created[][2] = {
        {"data.status", "OPEN"}, {"data.priority", "LOW"}, {"data.serviceType", "INQUIRY"}, {NULL, NULL}};
    static const char *const moved[][2] = {
        {"data",
         "{\"oldStatus\":\"OPEN\",\"newStatus\":\"IN_PROGRESS\",\"comment\":\"Ticket assigned to technician\"}"},
        {NULL, NULL}};
    static const char *const comment[][2] = {{"data.comment.content", "shown"},
                                             {"data.comment.author", "Support Agent"},
                                             {"data.comment.isFromSupport", "true"},
                                             {NULL, NULL}};
    static const char *const resolved[][2] = {
        {"data", "{\"oldStatus\":\"IN_PROGRESS\",\"newStatus\":\"RESOLVED\",\"comment\":null}"}, {NULL, NULL}};
    static const char *const closed[][2] = {
        {"data", "{\"oldStatus\":\"RESOLVED\",\"newStatus\":\"CLOSED\",\"comment\":\"bye\"}"}, {NULL, NULL}};
    check_job(number, 1, "TICKET_CREATED", created);
    check_job(number, 2, "STATUS_CHANGED", moved);
    check_job(number, 3, "COMMENT_ADDED", comment);
    check_job(number, 4, "STATUS_CHANGED", resolved);
    check_job(number, 5, "TICKET_RESOLVED", resolved);
    check_job(number, 6, "STATUS_CHANGED", closed);
    check_job(number, 7, "TICKET_CLOSED", closed);
    CHECK_INT("and no more", sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number), 7);
    CHECK_INT("ids", sql_int("SELECT COUNT(DISTINCT webhook_id) FROM webhook_job WHERE ticket_number=%s", number), 7);
    char out[1024];
    CHECK_STR("target", sql(out, "SELECT DISTINCT url FROM webhook_job WHERE ticket_number=%s", number),
              "http://127.0.0.1:9/hook?x=1");
}

static void test_partner_comment(void)
{
    char number[32];
    snprintf(number, sizeof number, "%s", open_ticket_with(keys.all, HOOK));
    struct reply r = patch(number, keys.all, "{\"action\":\"ADD_COMMENT\",\"comment\":\"mine\"}");
    CHECK_INT("patch", r.status, 200);
    reply_free(&r);
    static const char *const rows[][2] = {
        {"data.comment.content", "[Via Omnichannel] mine"}, {"data.comment.isFromSupport", "false"}, {NULL, NULL}};
    check_job(number, 2, "COMMENT_ADDED", rows);
}

static void test_default_target(void)
{
    char key[128], number[32], out[1024];
    make_partner("HOOKED", "--webhook-url http://127.0.0.1:9/default");
    make_key(key, "HOOKED", "");
    snprintf(number, sizeof number, "%s", open_ticket_with(key, ""));
    CHECK_STR("default", sql(out, "SELECT url FROM webhook_job WHERE ticket_number=%s", number),
              "http://127.0.0.1:9/default");
    snprintf(number, sizeof number, "%s", open_ticket_with(key, HOOK));
    CHECK_STR("own", sql(out, "SELECT url FROM webhook_job WHERE ticket_number=%s", number),
              "http://127.0.0.1:9/hook?x=1");
    snprintf(number, sizeof number, "%s", open_ticket());
    CHECK_INT("none", sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number), 0);
}

void init_webhook_tests(void)
{
    static const struct suite_test tests[] = {
        {"events of a ticket's life", test_life_of_a_ticket},
        {"a partner's own comment", test_partner_comment},
        {"the target", test_default_target},
    };
    suite_add("e2e webhook jobs", NULL, NULL, tests, SUITE_N(tests));
}
