/* A server that is stopped, frozen, killed, slow: a clear answer within 3 s, and
 * service again by itself. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "store/link.h"
#include "support.h"

#define IN_TIME (3 * CLOCK_SECOND)

static struct mariadb *m;
static struct conf conf;
static struct store *s;
static uint64_t number;

static int set_up(void)
{
    unsigned from, to;
    m = mariadb_start();
    if (!m)
        return 1;
    mariadb_conf(m, &conf);
    s = support_store_on(&conf, STORE_ADMIN);
    if (store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err()))
        return 1;
    number = support_open(s);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    mariadb_stop(&m);
    arena_reset(support_arena);
    return 0;
}

static enum status read_it(void)
{
    struct ticket_details d;
    return store_ticket_details(s, support_arena, 0, number, false, &d, support_err());
}

static enum status write_it(void)
{
    struct support_ticket t;
    struct ticket existing;
    uint64_t n;
    bool same;
    support_ticket(&t);
    return store_ticket_open(s, support_arena, &t.open, &n, &existing, &same, support_err());
}

/* The status of a use case within a request's budget; late counts as a failure. */
static enum status timed(enum status (*use)(void), int64_t most)
{
    int64_t start = clock_mono_us();
    store_begin(s, start);
    enum status st = use();
    int64_t took = clock_mono_us() - start;
    CHECK("in time", took < most);
    if (took >= most)
        printf("  took %lld ms\n", (long long)took / 1000);
    return st;
}

static void stopped(void)
{
    mariadb_shut(m);
    CHECK_INT("write", timed(write_it, CLOCK_SECOND), STATUS_UNAVAILABLE);
    CHECK_INT("read", timed(read_it, CLOCK_SECOND), STATUS_UNAVAILABLE);
    CHECK("says why", support_err_text()[0] != '\0');
    CHECK("others need not find out", store_lost(s));
    CHECK("started", mariadb_restart(m));
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_OK);
    CHECK_INT("write", timed(write_it, IN_TIME), STATUS_OK);
}

static void crashed(void)
{
    mariadb_kill(m);
    CHECK_INT("read", timed(read_it, CLOCK_SECOND), STATUS_UNAVAILABLE);
    CHECK("started", mariadb_restart(m));
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_OK);
    CHECK("what was committed is there", number != 0);
}

static void frozen(void)
{
    mariadb_freeze(m, true);
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_UNAVAILABLE);
    CHECK("does not answer", store_lost(s));
    conf.database_timeout = 1;
    CHECK_INT("read, not connected", timed(read_it, 19 * CLOCK_SECOND / 10), STATUS_UNAVAILABLE);
    CHECK_INT("write, not connected: nothing was sent", timed(write_it, 19 * CLOCK_SECOND / 10), STATUS_UNAVAILABLE);
    mariadb_freeze(m, false);
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_OK);
    mariadb_freeze(m, true);
    CHECK_INT("write, connected: who knows", timed(write_it, IN_TIME), STATUS_UNCERTAIN);
    mariadb_freeze(m, false);
    conf.database_timeout = 2;
    CHECK_INT("write", timed(write_it, IN_TIME), STATUS_OK);
}

static void budget_over(void)
{
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_OK);
    uint64_t trips = store_round_trips(s);
    store_begin(s, clock_mono_us() - STORE_REQUEST_BUDGET);
    CHECK_INT("read", read_it(), STATUS_UNAVAILABLE);
    CHECK_INT("write", write_it(), STATUS_UNAVAILABLE);
    CHECK_INT("ping", store_ping(s, support_err()), STATUS_UNAVAILABLE);
    CHECK_INT("nothing was asked", store_round_trips(s), trips);
    CHECK_INT("next request", timed(read_it, IN_TIME), STATUS_OK);
}

/* The server ends what is too slow, before we stop listening. */
static void statement_time(void)
{
    CHECK_INT("ready", store_ready(s, support_err()), STATUS_OK);
    int64_t start = clock_mono_us();
    CHECK("may go", link_may_go(s));
    CHECK_INT("asked", mysql_query(s->db, "SELECT SLEEP(5)"), 0);
    mysql_free_result(mysql_store_result(s->db));
    int64_t took = clock_mono_us() - start;
    CHECK("cut by the server", took > 17 * CLOCK_SECOND / 10 && took < 5 * CLOCK_SECOND / 2);
    CHECK_INT("goes on", timed(read_it, IN_TIME), STATUS_OK);
}

static void read_only_server(void)
{
    MYSQL *db = mysql_init(NULL);
    CHECK("connect", mysql_real_connect(db, NULL, MARIADB_ROOT, "", "omnichannel", 0, m->socket, 0) != NULL);
    mysql_query(db, "CREATE USER plain@localhost");
    mysql_query(db, "GRANT SELECT, INSERT, UPDATE, DELETE ON omnichannel.* TO plain@localhost");
    mysql_query(db, "SET GLOBAL read_only = 1");
    struct store *root = s;
    struct conf plain = conf;
    snprintf(plain.worker_database_user, sizeof plain.worker_database_user, "plain");
    s = support_store_on(&plain, STORE_WORKER);
    CHECK_INT("read", timed(read_it, IN_TIME), STATUS_OK);
    CHECK_INT("write", timed(write_it, IN_TIME), STATUS_UNAVAILABLE);
    CHECK("reads go on", !store_lost(s));
    mysql_query(db, "SET GLOBAL read_only = 0");
    CHECK_INT("write", timed(write_it, IN_TIME), STATUS_OK);
    store_free(&s);
    s = root;
    mysql_close(db);
}

static void too_many_connections(void)
{
    MYSQL *db = mysql_init(NULL);
    MYSQL *more[16];
    unsigned n = 0;
    CHECK("connect", mysql_real_connect(db, NULL, MARIADB_ROOT, "", NULL, 0, m->socket, 0) != NULL);
    mysql_query(db, "SET GLOBAL max_connections = 10");
    for (; n < 16; n++) {
        more[n] = mysql_init(NULL);
        if (!mysql_real_connect(more[n], NULL, "plain", "", NULL, 0, m->socket, 0))
            break;
    }
    struct store *root = s;
    struct conf plain = conf;
    snprintf(plain.worker_database_user, sizeof plain.worker_database_user, "plain");
    s = support_store_on(&plain, STORE_WORKER);
    CHECK_INT("full", timed(read_it, CLOCK_SECOND), STATUS_UNAVAILABLE);
    CHECK("no room for anybody", store_lost(s));
    for (unsigned i = 0; i <= n && i < 16; i++)
        mysql_close(more[i]);
    mysql_query(db, "SET GLOBAL max_connections = 151");
    CHECK_INT("room again", timed(read_it, IN_TIME), STATUS_OK);
    store_free(&s);
    s = root;
    mysql_close(db);
}

void init_down_tests(void)
{
    static const struct suite_test tests[] = {
        {"stopped", stopped},
        {"crashed", crashed},
        {"frozen", frozen},
        {"the budget is over", budget_over},
        {"statement time", statement_time},
        {"a read-only server", read_only_server},
        {"too many connections", too_many_connections},
    };
    suite_add("store down", set_up, tear_down, tests, SUITE_N(tests));
}
