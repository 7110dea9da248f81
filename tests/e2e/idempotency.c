/* requestId and Idempotency-Key: one ticket, one answer, for everybody. */
#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define BODY                                                                                                           \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"}%s}"

static char *body_with(const char *request_id, const char *more)
{
    char rest[512], *s = NULL;
    snprintf(rest, sizeof rest, ",\"integration\":{\"requestId\":\"%s\"}%s", request_id, more);
    if (asprintf(&s, BODY, rest) < 0)
        abort();
    return s;
}

static void test_replay(void)
{
    const char *id = unique("REQ");
    char *body = body_with(id, ""), *spaced = body_with(id, "  \n "), *other = body_with(id, ",\"x\":1");
    struct reply a = post(keys.all, body), b = post(keys.all, body), c = post(keys.all, spaced),
                 d = post(keys.all, other);
    CHECK_INT("first", a.status, 200);
    CHECK("first is no replay", !header(&a, "Idempotent-Replayed", NULL));
    CHECK_INT("again", b.status, 200);
    CHECK_STR("same body", b.body, a.body);
    CHECK_STR("says so", header(&b, "Idempotent-Replayed", NULL), "true");
    CHECK_STR("white space does not count", c.body, a.body);
    check_error("another body", &d, 409, "requestId was already used with a different payload");
    /* Replay comes before bad fields; another partner has a namespace of its own. */
    struct reply e = post(keys.all, "{\"integration\":{\"requestId\":\"nobody-used-this\"}}");
    check_error("unused id, bad fields", &e, 400, "Validation failed");
    char bad[256];
    snprintf(bad, sizeof bad, "{\"integration\":{\"requestId\":\"%s\"}}", id);
    struct reply f = post(keys.all, bad);
    check_error("used id, bad fields", &f, 409, "requestId was already used with a different payload");
    struct reply g = post(keys.other, body);
    CHECK_INT("other partner", g.status, 200);
    CHECK("other ticket", strcmp(at(&g, "ticketNumber"), at(&a, "ticketNumber")) != 0);
    struct reply *all[] = {&a, &b, &c, &d, &e, &f, &g};
    for (unsigned i = 0; i < SUITE_N(all); i++)
        reply_free(all[i]);
    free(body), free(spaced), free(other);
}

static void test_replay_survives_changes(void)
{
    const char *id = unique("REQ");
    char *body = body_with(id, ""), out[256];
    struct reply a = post(keys.all, body);
    struct reply p = patch(at(&a, "ticketNumber"), keys.all, "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}");
    CHECK_INT("cancel", p.status, 200);
    CHECK_INT("catalogue",
              admin(out, sizeof out,
                    "service set INQUIRY --name 'Changed' --support-group 'Changed' --response-minutes 1 --sla-hours 1 "
                    "--estimate-hours 1"),
              0);
    struct reply b = post(keys.all, body);
    CHECK_STR("same body still", b.body, a.body);
    reply_free(&a), reply_free(&b), reply_free(&p);
    free(body);
}

static void test_refused_may_be_corrected(void)
{
    const char *id = unique("REQ");
    char bad[256], *good = body_with(id, "");
    snprintf(bad, sizeof bad, "{\"integration\":{\"requestId\":\"%s\"}}", id);
    struct reply a = post(keys.all, bad), b = post(keys.all, good);
    CHECK_INT("refused", a.status, 400);
    CHECK_INT("corrected", b.status, 200);
    reply_free(&a), reply_free(&b);
    free(good);
}

static void test_byte_exact_ids(void)
{
    const char *stem = unique("Id");
    static const char *const tails[] = {"a", "A", "\xc3\xa1", "a "};
    char numbers[4][32];
    for (unsigned i = 0; i < 4; i++) {
        char id[128], *body;
        snprintf(id, sizeof id, "%s%s", stem, tails[i]);
        body = body_with(id, "");
        struct reply r = post(keys.all, body);
        snprintf(numbers[i], sizeof numbers[i], "%s", at(&r, "ticketNumber"));
        for (unsigned k = 0; k < i; k++)
            CHECK("own ticket", strcmp(numbers[i], numbers[k]) != 0);
        reply_free(&r);
        free(body);
    }
}

static void test_header(void)
{
    char key[128], line[160], body[512];
    snprintf(key, sizeof key, "%s", unique("key"));
    snprintf(line, sizeof line, "Idempotency-Key: %s", key);
    snprintf(body, sizeof body, BODY, "");
    const char *extra[] = {line, NULL};
    struct reply a = call("POST", "/tickets", keys.all, extra, body),
                 b = call("POST", "/tickets", keys.all, extra, body);
    CHECK_STR("same", b.body, a.body);
    CHECK_STR("says so", header(&b, "Idempotent-Replayed", NULL), "true");
    struct reply c = call("POST", "/tickets", keys.all, extra, "{\"x\":1}");
    CHECK_INT("another body", c.status, 409);
    char *same_text = body_with(key, "");
    struct reply d = post(keys.all, same_text);
    CHECK("requestId is another namespace",
          d.status == 200 && strcmp(at(&d, "ticketNumber"), at(&a, "ticketNumber")) != 0);
    struct reply *all[] = {&a, &b, &c, &d};
    for (unsigned i = 0; i < SUITE_N(all); i++)
        reply_free(all[i]);
    free(same_text);
    static const char *const bad[] = {"Idempotency-Key;", "Idempotency-Key: \xc3\xa9", NULL};
    for (unsigned i = 0; bad[i]; i++) {
        const char *x[] = {bad[i], NULL};
        struct reply r = call("POST", "/tickets", keys.all, x, body);
        check_error(bad[i], &r, 400, NULL);
        check_field(bad[i], &r, "Idempotency-Key", NULL);
        reply_free(&r);
    }
    char longest[300] = "Idempotency-Key: ";
    memset(longest + 17, 'k', 256);
    const char *x[] = {longest, NULL};
    struct reply r = call("POST", "/tickets", keys.all, x, body);
    check_error("256", &r, 400, NULL);
    reply_free(&r);
    const char *twice[] = {line, line, NULL};
    r = call("POST", "/tickets", keys.all, twice, body);
    check_error("twice", &r, 400, NULL);
    reply_free(&r);
}

static void test_patch_key(void)
{
    char number[32], path[64], line[160];
    snprintf(number, sizeof number, "%s", open_ticket());
    snprintf(path, sizeof path, "/tickets/%s", number);
    snprintf(line, sizeof line, "Idempotency-Key: %s", unique("key"));
    const char *extra[] = {line, NULL};
    const char *body = "{\"action\":\"ADD_COMMENT\",\"comment\":\"once\"}";
    struct reply a = call("PATCH", path, keys.all, extra, body), b = call("PATCH", path, keys.all, extra, body);
    CHECK_INT("first", a.status, 200);
    CHECK_STR("same", b.body, a.body);
    CHECK_STR("says so", header(&b, "Idempotent-Replayed", NULL), "true");
    struct reply p = patch(number, keys.all, "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}");
    CHECK_INT("closed", p.status, 200);
    struct reply c = call("PATCH", path, keys.all, extra, body);
    CHECK_STR("even once closed", c.body, a.body);
    struct reply d = call("PATCH", path, keys.all, extra, "{\"action\":\"ADD_COMMENT\",\"comment\":\"twice\"}");
    CHECK_INT("another body", d.status, 409);
    CHECK_INT("one comment",
              sql_int("SELECT COUNT(*) FROM comment WHERE ticket_number=%s AND content LIKE '%%once'", number), 1);
    struct reply *all[] = {&a, &b, &c, &d, &p};
    for (unsigned i = 0; i < SUITE_N(all); i++)
        reply_free(all[i]);
}

static void race(const char *row, const char *request_id)
{
    enum { N = 60 };
    static struct reply r[N];
    char *body = body_with(request_id, "");
    storm(N, r, "POST", "/tickets", keys.all, NULL, body);
    int fresh = 0;
    for (int i = 0; i < N; i++) {
        CHECK_INT(row, r[i].status, 200);
        CHECK_STR(row, r[i].body, r[0].body);
        fresh += header(&r[i], "Idempotent-Replayed", NULL) == NULL;
        if (i)
            reply_free(&r[i]);
    }
    reply_free(&r[0]);
    CHECK_INT(row, fresh, 1);
    CHECK_INT(row, sql_int("SELECT COUNT(*) FROM ticket WHERE request_key='R%s'", request_id), 1);
    free(body);
}

static void test_race(void)
{
    race("60 equal requestIds", unique("RACE"));
}

/* A first writer of the same key, in its own transaction, rolls back while all wait. */
static void *roll_back_later(void *arg)
{
    MYSQL *m = arg;
    run(NULL, 0, "sleep 0.4");
    mysql_rollback(m);
    return NULL;
}

static void test_race_with_rollback(void)
{
    const char *id = unique("ROLL");
    char q[4096];
    MYSQL *m = mysql_init(NULL);
    CHECK("connect", mysql_real_connect(m, NULL, "root", NULL, stack.db, 0, stack.socket, 0) != NULL);
    char columns[1024];
    sql(columns, "SELECT GROUP_CONCAT(column_name) FROM information_schema.columns WHERE table_schema=DATABASE() AND "
                 "table_name='ticket' "
                 "AND column_name NOT IN ('number','id','request_key')");
    const char *number = open_ticket();
    mysql_autocommit(m, 0);
    snprintf(q, sizeof q,
             "INSERT INTO ticket (id,request_key,%s) SELECT 'crollbackrollbackrollback','R%s',%s FROM ticket WHERE "
             "number=%s",
             columns, id, columns, number);
    CHECK_INT("held", mysql_query(m, q), 0);
    pthread_t t;
    pthread_create(&t, NULL, roll_back_later, m);
    race("60 after a rollback", id);
    pthread_join(t, NULL);
    mysql_close(m);
}

void init_idempotency_tests(void)
{
    static const struct suite_test tests[] = {
        {"a requestId again", test_replay},
        {"the first answer stays the first answer", test_replay_survives_changes},
        {"only a success is remembered", test_refused_may_be_corrected},
        {"ids compare byte for byte", test_byte_exact_ids},
        {"Idempotency-Key on POST", test_header},
        {"Idempotency-Key on PATCH", test_patch_key},
        {"60 equal requestIds at once", test_race},
        {"60 at once behind a writer that rolls back", test_race_with_rollback},
    };
    suite_add("e2e idempotency", NULL, NULL, tests, SUITE_N(tests));
}
