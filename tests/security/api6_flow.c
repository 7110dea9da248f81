/* API6:2023 Unrestricted access to sensitive business flows: opening tickets, adding
 * to them and cancelling them cannot be multiplied by asking faster, from more places
 * or with more keys than one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/suites.h"
#include "security/wire.h"

enum { FLOOD = 40 };

static unsigned count(const struct reply *r, int n, long status)
{
    unsigned found = 0;
    for (int i = 0; i < n; i++)
        found += r[i].status == status;
    return found;
}

static void free_all(struct reply *r, int n)
{
    for (int i = 0; i < n; i++)
        reply_free(&r[i]);
}

static void body_for(char out[512], const char *request_id, const char *title)
{
    snprintf(out, 512,
             "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":"
             "\"%s\",\"description\":\"d\"},\"integration\":{\"requestId\":\"%s\"}}",
             title, request_id);
}

static long long tickets_of(const char *request_id)
{
    return sql_int("SELECT COUNT(*) FROM ticket WHERE request_key='R%s'", request_id);
}

/* One partner's flood of one request: one ticket, and its number is every answer. */
static void test_same_request(void)
{
    struct reply r[FLOOD];
    char body[512], id[96];
    snprintf(id, sizeof id, "%s", unique("FLOOD"));
    body_for(body, id, "t");
    storm(FLOOD, r, "POST", "/tickets", keys.all, NULL, body);
    CHECK_INT("answers", count(r, FLOOD, 200), FLOOD);
    CHECK_INT("one ticket", tickets_of(id), 1);
    for (int i = 1; i < FLOOD; i++)
        CHECK_STR("the same", r[i].body, r[0].body);
    free_all(r, FLOOD);
}

/* With different bodies: one wins, and is the only one. */
static void test_same_id_other_bodies(void)
{
    struct reply r[FLOOD];
    char body[512], id[96];
    snprintf(id, sizeof id, "%s", unique("BODIES"));
    body_for(body, id, "title %d");
    storm(FLOOD, r, "POST", "/tickets", keys.all, NULL, body);
    CHECK_INT("one is taken", count(r, FLOOD, 200), 1);
    CHECK_INT("the others are told", count(r, FLOOD, 409), FLOOD - 1);
    CHECK_INT("one ticket", tickets_of(id), 1);
    free_all(r, FLOOD);
}

/* Two of the partner's keys, and the desk's: one namespace. Another partner: its own. */
static void test_other_keys(void)
{
    char second[128], body[512], id[96];
    const char *with[] = {keys.all, second, keys.agent, keys.other};
    snprintf(id, sizeof id, "%s", unique("KEYS"));
    body_for(body, id, "t");
    make_key(second, "HOME", "--limit unlimited");
    struct reply r[4];
    for (unsigned i = 0; i < SUITE_N(with); i++) {
        r[i] = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = with[i], .body = body});
        CHECK_INT("taken", r[i].status, 200);
    }
    CHECK_STR("a second key", r[1].body, r[0].body);
    CHECK_STR("the desk's key", r[2].body, r[0].body);
    CHECK("another partner", strcmp(r[3].body, r[0].body) != 0);
    CHECK_INT("one each", tickets_of(id), 2);
    free_all(r, SUITE_N(with));
}

/* Replays are admitted like any create: no key gets more than its limit by them. */
static void test_replays_count(void)
{
    char key[128], body[512];
    struct reply r[FLOOD];
    make_key(key, "HOME", "--limit create=10");
    body_for(body, unique("REPLAY"), "t");
    storm(FLOOD, r, "POST", "/tickets", key, NULL, body);
    CHECK_INT("admitted", count(r, FLOOD, 200), 10);
    CHECK_INT("limited", count(r, FLOOD, 429), FLOOD - 10);
    free_all(r, FLOOD);
}

/* What is refused uses up no request id, and limits count it all the same. */
static void test_refused(void)
{
    char key[128], body[512], id[96];
    struct reply r[FLOOD];
    make_key(key, "HOME", "--limit create=10");
    snprintf(id, sizeof id, "%s", unique("REFUSED"));
    body_for(body, id, " ");
    storm(FLOOD, r, "POST", "/tickets", key, NULL, body);
    CHECK_INT("refused", count(r, FLOOD, 400), 10);
    CHECK_INT("limited", count(r, FLOOD, 429), FLOOD - 10);
    free_all(r, FLOOD);
    CHECK_INT("no ticket", tickets_of(id), 0);
}

/* Moves and comments at once: each change once, one event for each. */
static void test_cancel_at_once(void)
{
    struct reply r[FLOOD];
    char path[64], number[32];
    snprintf(number, sizeof number, "%s",
             open_ticket_with(keys.all, ",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/x\"}"));
    snprintf(path, sizeof path, "/tickets/%s", number);
    storm(FLOOD, r, "PATCH", path, keys.all, NULL, "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}");
    CHECK_INT("safe to repeat", count(r, FLOOD, 200), FLOOD);
    free_all(r, FLOOD);
    CHECK_INT("one move", sql_int("SELECT COUNT(*) FROM ticket_event WHERE ticket_number=%s AND kind='STATUS'", number),
              1);
    CHECK_INT("one event",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND event='STATUS_CHANGED'", number), 1);
    storm(FLOOD, r, "PATCH", path, keys.all, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%d\"}");
    CHECK_INT("closed is closed", count(r, FLOOD, 400), FLOOD);
    free_all(r, FLOOD);
    CHECK_INT("nothing added", sql_int("SELECT n_comments FROM ticket WHERE number=%s", number), 1);
}

/* A ticket full of comments takes no more, however many come at once. */
static void test_last_comment(void)
{
    struct reply r[FLOOD];
    char path[64], number[32], out[1024];
    snprintf(number, sizeof number, "%s", open_ticket());
    snprintf(path, sizeof path, "/tickets/%s", number);
    sql(out,
        "INSERT INTO comment SELECT %s, seq, CONCAT('cfilling', LPAD(seq, 17, '0')), 'x', 'Customer', "
        "UTC_TIMESTAMP(6), "
        "0, 0 FROM seq_2_to_990",
        number);
    sql(out, "UPDATE ticket SET n_comments=990, last_public_comment=990 WHERE number=%s", number);
    storm(FLOOD, r, "PATCH", path, keys.all, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%d\"}");
    CHECK_INT("up to 1,000", count(r, FLOOD, 200), 10);
    CHECK_INT("no further", count(r, FLOOD, 400), FLOOD - 10);
    free_all(r, FLOOD);
    CHECK_INT("1,000", sql_int("SELECT COUNT(*) FROM comment WHERE ticket_number=%s", number), 1000);
}

/* Numbers tell how many tickets there are, ids must not be there to be guessed. */
static void test_ids(void)
{
    char first[64] = "";
    for (int i = 0; i < 20; i++) {
        struct reply r =
            ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = BODY_OF("")});
        const char *id = at(&r, "ticketId");
        CHECK("a cuid", id && strlen(id) == 25);
        CHECK("the random half differs", !id || strcmp(id + 9, first) != 0);
        snprintf(first, sizeof first, "%s", id ? id + 9 : "");
        reply_free(&r);
    }
}

void init_flow_tests(void)
{
    static const struct suite_test tests[] = {
        {"the same request at once", test_same_request},
        {"the same id with other bodies", test_same_id_other_bodies},
        {"the same id with other keys", test_other_keys},
        {"replays count", test_replays_count},
        {"refusals count", test_refused},
        {"a cancel at once", test_cancel_at_once},
        {"the last comments of a ticket", test_last_comment},
        {"ids", test_ids},
    };
    suite_add("API6 business flows", NULL, NULL, tests, SUITE_N(tests));
}
