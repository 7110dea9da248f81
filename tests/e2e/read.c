/* Details, status checks, queries, tenancy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

static struct reply details(const char *number, const char *key)
{
    char path[128];
    snprintf(path, sizeof path, "/tickets/%s", number);
    return get(path, key);
}

static void test_details_of_the_claim(void)
{
    char *body = fixture("create_claim.json"), *id = strstr(body, "REQ-2024-001-UNIQUE");
    memcpy(id, "REQ-DETAILS", 11);
    struct reply r = post(keys.all, body);
    CHECK_INT("post", r.status, 200);
    struct reply d = details(at(&r, "ticketNumber"), keys.all);
    CHECK_INT("get", d.status, 200);
    check_common("get", &d);
    static const char *const rows[][2] = {
        {"status", "OPEN"},
        {"priority", "HIGH"},
        {"resolvedAt", "null"},
        {"closedAt", "null"},
        {"currentAssignee", "null"},
        {"service.name", "ATM Card Services"},
        {"service.supportGroup", "Transaction Claims Support"},
        {"branch.name", "Cabang Utama"},
        {"branch.code", "001"},
        {"lastComment.author", "System"},
        {"sla.isBreached", "false"},
        {"comments.0.author", "System"},
        {"comments.0.isFromSupport", "true"},
        {"attachments.0.filename", "atm_receipt.jpg"},
        {"attachments.0.size", "102400"},
        {"attachments.0.mimeType", "image/jpeg"},
        {"metadata.omnichannelType", "CLAIM"},
        {"metadata.omnichannelData.claimAmount", "500000"},
        {"metadata.omnichannelData.customFields.witnessPresent", "Yes"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i][0], at(&d, rows[i][0]), rows[i][1]);
    CHECK_STR("updatedAt", at(&d, "updatedAt"), at(&d, "createdAt"));
    CHECK("id", at(&d, "attachments.0.id") != NULL);
    CHECK("group named", strstr(at(&d, "comments.0.content"), "Transaction Claims Support") != NULL);
    static const char *const order[] = {"\"ticketNumber\"", "\"status\"",      "\"priority\"",    "\"createdAt\"",
                                        "\"updatedAt\"",    "\"resolvedAt\"",  "\"closedAt\"",    "\"currentAssignee\"",
                                        "\"service\"",      "\"branch\"",      "\"lastComment\"", "\"sla\"",
                                        "\"comments\"",     "\"attachments\"", "\"metadata\""};
    const char *p = d.body;
    for (unsigned i = 0; i < SUITE_N(order) && p; i++) {
        p = strstr(p, order[i]);
        CHECK(order[i], p != NULL);
    }
    reply_free(&r), reply_free(&d);
    free(body);
}

static void test_absent_parts(void)
{
    struct reply d = details(open_ticket(), keys.all);
    CHECK_STR("branch", at(&d, "branch"), "null");
    CHECK_STR("data", at(&d, "metadata.omnichannelData"), "{}");
    CHECK_STR("attachments", at(&d, "attachments"), "[]");
    reply_free(&d);
    struct reply r = post(
        keys.all,
        "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\",\"branchCode\":\"no such\"},"
        "\"ticket\":{\"title\":\"t\",\"description\":\"d\"}}");
    d = details(at(&r, "ticketNumber"), keys.all);
    CHECK_STR("unknown branch", at(&d, "branch"), "{\"name\":null,\"code\":\"no such\"}");
    reply_free(&d), reply_free(&r);
}

static void test_not_found(void)
{
    static const char *const numbers[] = {
        "abc", "0",      "-1",   "99999999999999999999999", "18446744073709551616", "9223372036854775807",
        "1e3", "%31%20", "1408x"};
    for (unsigned i = 0; i < SUITE_N(numbers); i++) {
        struct reply d = details(numbers[i], keys.all);
        check_error(numbers[i], &d, 404, "Ticket not found");
        reply_free(&d);
    }
    char number[64];
    snprintf(number, sizeof number, "0%s", open_ticket());
    struct reply d = details(number, keys.all);
    check_error("leading zero", &d, 404, "Ticket not found");
    reply_free(&d);
}

static void test_tenancy(void)
{
    char number[32], path[256];
    snprintf(number, sizeof number, "%s", open_ticket_with(keys.all, ",\"channelReferenceId\":\"TENANT-REF\""));
    struct reply r = details(number, keys.other);
    check_error("details", &r, 404, "Ticket not found");
    reply_free(&r);
    snprintf(path, sizeof path, "/tickets?ticketNumber=%s", number);
    r = get(path, keys.other);
    check_error("status", &r, 404, "Ticket not found");
    reply_free(&r);
    r = get("/tickets?channelReferenceId=TENANT-REF", keys.other);
    check_error("reference", &r, 404, "Ticket not found");
    reply_free(&r);
    r = patch(number, keys.other, "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}");
    check_error("patch", &r, 404, "Ticket not found");
    reply_free(&r);
    snprintf(path, sizeof path, "/tickets?ticketNumber=%s,%s", number, number);
    r = get(path, keys.other);
    CHECK_STR("batch", at(&r, "tickets"), "[]");
    reply_free(&r);
    r = details(number, keys.agent);
    CHECK_INT("the desk sees it", r.status, 200);
    reply_free(&r);
    r = get("/tickets?status=OPEN", keys.other);
    CHECK_INT("no list for partners", r.status, 400);
    reply_free(&r);
}

static void test_status_single(void)
{
    char number[32], path[256];
    snprintf(number, sizeof number, "%s", open_ticket_with(keys.all, ",\"channelReferenceId\":\"SINGLE-1\""));
    snprintf(path, sizeof path, "/tickets?ticketNumber=%s", number);
    struct reply r = get(path, keys.all), s = get("/tickets?channelReferenceId=SINGLE-1", keys.all);
    CHECK_INT("number", r.status, 200);
    CHECK_STR("success", at(&r, "success"), "true");
    CHECK_STR("number", at(&r, "ticketNumber"), number);
    CHECK_STR("reference", at(&s, "ticketNumber"), number);
    CHECK("flat", !at(&r, "tickets") && !at(&r, "channelReferenceId"));
    CHECK_STR("last comment", at(&r, "lastComment.author"), "System");
    CHECK("timestamp", at(&r, "timestamp") != NULL);
    reply_free(&r), reply_free(&s);
    char newer[32];
    snprintf(newer, sizeof newer, "%s", open_ticket_with(keys.all, ",\"channelReferenceId\":\"SINGLE-1\""));
    s = get("/tickets?channelReferenceId=SINGLE-1", keys.all);
    CHECK_STR("the newest", at(&s, "ticketNumber"), newer);
    reply_free(&s);
    s = get("/tickets?channelReferenceId=single-1", keys.all);
    check_error("case counts", &s, 404, "Ticket not found");
    reply_free(&s);
}

static void test_status_many(void)
{
    char a[32], b[32], path[512];
    snprintf(a, sizeof a, "%s", open_ticket_with(keys.all, ",\"channelReferenceId\":\"MANY,1\""));
    snprintf(b, sizeof b, "%s", open_ticket());
    snprintf(
        path, sizeof path,
        "/tickets?ticketNumber=%s,%s,999999999,%s&channelReferenceId=MANY,1&channelReferenceId=nope&ticketNumber=0%s",
        b, a, b, a);
    struct reply r = get(path, keys.all);
    CHECK_INT("status", r.status, 200);
    const char *want[] = {b, a, b, a};
    for (unsigned i = 0; i < 4; i++) {
        char where[64];
        snprintf(where, sizeof where, "tickets.%u.ticketNumber", i);
        CHECK_STR(where, at(&r, where), want[i]);
    }
    CHECK("four", at(&r, "tickets.4") == NULL || strcmp(at(&r, "tickets.4"), "null") == 0);
    char missing[128];
    snprintf(missing, sizeof missing, "[\"999999999\",\"nope\",\"0%s\"]", a);
    CHECK_STR("notFound", at(&r, "notFound"), missing);
    CHECK_STR("reference", at(&r, "tickets.1.channelReferenceId"), "MANY,1");
    CHECK("no success inside", !at(&r, "tickets.0.success") && !at(&r, "tickets.0.timestamp"));
    CHECK_STR("success", at(&r, "success"), "true");
    reply_free(&r);
    r = get("/tickets?ticketNumber=a,b", keys.all);
    CHECK_INT("none found", r.status, 200);
    reply_free(&r);
}

static void test_many_limits(void)
{
    char path[4096];
    size_t n = (size_t)snprintf(path, sizeof path, "/tickets?ticketNumber=1");
    for (int i = 1; i < 100; i++)
        n += (size_t)snprintf(path + n, sizeof path - n, ",1");
    struct reply r = get(path, keys.all);
    CHECK_INT("100", r.status, 200);
    reply_free(&r);
    snprintf(path + n, sizeof path - n, ",1");
    r = get(path, keys.all);
    check_error("101", &r, 400, NULL);
    reply_free(&r);
    static const char *const none[] = {"/tickets", "/tickets?", "/tickets?x=1",
                                       "/tickets?ticketNumber=", "/tickets?channelReferenceId=&ticketNumber="};
    for (unsigned i = 0; i < SUITE_N(none); i++) {
        r = get(none[i], keys.all);
        check_error(none[i], &r, 400, "Either ticketNumber or channelReferenceId is required");
        reply_free(&r);
    }
    static const char *const bad[] = {"/tickets?ticketNumber=%", "/tickets?channelReferenceId=%zz",
                                      "/tickets?channelReferenceId=%ff", "/tickets?channelReferenceId=%c0%80"};
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        r = get(bad[i], keys.all);
        check_error(bad[i], &r, 400, NULL);
        reply_free(&r);
    }
    open_ticket_with(keys.all, ",\"channelReferenceId\":\"a b+c\"");
    r = get("/tickets?channelReferenceId=a+b%2Bc", keys.all);
    CHECK_INT("+ is a space", r.status, 200);
    reply_free(&r);
}

static void test_long_request_line(void)
{
    static char path[40000];
    size_t n = (size_t)snprintf(path, sizeof path, "/tickets?x=1");
    for (int i = 0; i < 100; i++) { /* 100 references of 50 percent-encoded characters: 32,000 bytes */
        n += (size_t)snprintf(path + n, sizeof path - n, "&channelReferenceId=");
        for (int k = 0; k < 50; k++)
            n += (size_t)snprintf(path + n, sizeof path - n, "%s", "%C3%A9");
    }
    struct reply r = get(path, keys.all);
    CHECK_INT("32 KiB", r.status, 200);
    reply_free(&r);
    memset(path, 'a', sizeof path - 1);
    memcpy(path, "/tickets?x=", 11);
    path[36000] = 0;
    r = get(path, keys.all);
    check_error("longer", &r, 414, NULL);
    reply_free(&r);
}

static void test_head(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tickets/%s", open_ticket());
    struct reply g = get(path, keys.all), h = call("HEAD", path, keys.all, NULL, NULL);
    char want[32];
    snprintf(want, sizeof want, "%zu", g.n);
    CHECK_INT("status", h.status, 200);
    CHECK_STR("length", header(&h, "Content-Length", NULL), want);
    CHECK_INT("no body", h.n, 0);
    reply_free(&g), reply_free(&h);
}

static void test_health(void)
{
    struct reply r = get("/health", NULL);
    CHECK_INT("health", r.status, 200);
    check_common("health", &r);
    reply_free(&r);
}

static void test_sla_breach(void)
{
    char number[32], path[64];
    snprintf(number, sizeof number, "%s", open_ticket());
    snprintf(path, sizeof path, "/tickets/%s", number);
    char out[1024];
    sql(out, "UPDATE ticket SET response_deadline = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE WHERE number=%s", number);
    struct reply r = get(path, keys.all);
    CHECK_STR("no answer in time", at(&r, "sla.isBreached"), "true");
    reply_free(&r);
    sql(out, "UPDATE ticket SET response_deadline = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE number=%s", number);
    r = patch(number, keys.agent, "{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\"}");
    CHECK_INT("desk", r.status, 200);
    reply_free(&r);
    sql(out, "UPDATE ticket SET response_deadline = first_response_at + INTERVAL 1 MICROSECOND WHERE number=%s",
        number);
    r = get(path, keys.all);
    CHECK_STR("answered in time", at(&r, "sla.isBreached"), "false");
    reply_free(&r);
    sql(out, "UPDATE ticket SET resolution_deadline = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE number=%s", number);
    r = get(path, keys.all);
    CHECK_STR("not resolved in time", at(&r, "sla.isBreached"), "true");
    reply_free(&r);
}

void init_read_tests(void)
{
    static const struct suite_test tests[] = {
        {"details of the reference's claim", test_details_of_the_claim},
        {"what was not sent", test_absent_parts},
        {"numbers that are none", test_not_found},
        {"nobody sees another partner's tickets", test_tenancy},
        {"status of one", test_status_single},
        {"status of many", test_status_many},
        {"counts and encodings of a query", test_many_limits},
        {"a request line of 32 KiB", test_long_request_line},
        {"HEAD", test_head},
        {"health", test_health},
        {"isBreached", test_sla_breach},
    };
    suite_add("e2e read", NULL, NULL, tests, SUITE_N(tests));
}
