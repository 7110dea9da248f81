/* omnichannel-admin and quickstart as a sysadmin uses them. */
#include <json-c/json.h>
#include <stdio.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

/* stdout as JSON wrapped in a reply, so that at() works on it. */
static struct reply admin_json(const char *args)
{
    struct reply r = {0};
    r.body = calloc(1, 1 << 20);
    r.status = run(r.body, 1 << 20, "'%s' --json %s", stack.admin, args);
    r.n = strlen(r.body);
    return r;
}

static void test_lists_as_json(void)
{
    static const char *const lists[] = {"partner list", "key list", "ticket list", "service list", "branch list"};
    for (unsigned i = 0; i < SUITE_N(lists); i++) {
        struct reply r = admin_json(lists[i]);
        CHECK_INT(lists[i], r.status, 0);
        CHECK(lists[i], r.body[0] == '[' && at(&r, "0.id") != NULL);
        reply_free(&r);
        char out[65536];
        CHECK_INT(lists[i], run(out, sizeof out, "'%s' %s", stack.admin, lists[i]), 0);
        CHECK(lists[i], strchr(out, '\n') != NULL && out[0] != '[');
    }
}

static void test_ticket_commands(void)
{
    char number[32], out[256], args[128], path[64];
    snprintf(number, sizeof number, "%s",
             open_ticket_with(keys.all, ",\"integration\":{\"webhookUrl\":\"http://127.0.0.1:9/\"}"));
    snprintf(path, sizeof path, "/tickets/%s", number);
    CHECK_INT("assign", admin(out, sizeof out, "ticket assign %s 'Jane Tech'", number), 0);
    CHECK_INT("status", admin(out, sizeof out, "ticket status %s IN_PROGRESS --comment 'On it'", number), 0);
    CHECK_INT("comment", admin(out, sizeof out, "ticket comment %s 'Hello there' --author Ann", number), 0);
    CHECK_INT("note", admin(out, sizeof out, "ticket comment %s 'Between us' --internal", number), 0);
    struct reply d = get(path, keys.all);
    CHECK_STR("assignee", at(&d, "currentAssignee"), "Jane Tech");
    CHECK_STR("status", at(&d, "status"), "IN_PROGRESS");
    CHECK_STR("comment", at(&d, "lastComment.content"), "Hello there");
    CHECK_STR("author", at(&d, "lastComment.author"), "Ann");
    CHECK("note hidden", !strstr(d.body, "Between us"));
    reply_free(&d);
    CHECK_INT("events", sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number), 3);
    snprintf(args, sizeof args, "ticket show %s", number);
    struct reply a = admin_json(args), r = get(path, keys.agent);
    while (a.n && a.body[a.n - 1] == '\n')
        a.body[--a.n] = 0;
    CHECK_STR("show is the details' body", a.body, r.body);
    reply_free(&a), reply_free(&r);
    CHECK_INT("bad move", admin(out, sizeof out, "ticket status %s OPEN 2>&1", number), 1);
    CHECK_INT("unknown", admin(out, sizeof out, "ticket show 999999999 2>&1"), 1);
    CHECK("unknown status", admin(out, sizeof out, "ticket status %s NOPE 2>&1", number) != 0);
}

static void test_refusals(void)
{
    static const struct {
        const char *args, *names;
    } rows[] = {
        {"frobnicate", "frobnicate"},
        {"partner add", "CODE"},
        {"partner add 'a b' --name x", "CODE"},
        {"partner add PARTNER001 --name x", "PARTNER001"},
        {"key create", "--partner"},
        {"key create --partner NOPE", "NOPE"},
        {"key create --partner PARTNER001 --limit create=0", "--limit"},
        {"key create --partner PARTNER001 --limit create=1000001", "--limit"},
        {"key create --partner PARTNER001 --cidr 10.0.0.1/8", "--cidr"},
        {"key create --partner PARTNER001 --expires tomorrow", "--expires"},
        {"key create --partner PARTNER001 --permissions fly", "--permissions"},
        {"key create --bogus", "bogus"},
        {"key revoke x", "ID"},
        {"ticket show 01408", "01408"},
    };
    long long k = sql_int("SELECT COUNT(*) FROM api_key"), p = sql_int("SELECT COUNT(*) FROM partner");
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[65536];
        int st = run(out, sizeof out, "'%s' %s 2>&1 >/dev/null", stack.admin, rows[i].args);
        CHECK(rows[i].args, st != 0 && st < 126);
        CHECK(rows[i].args, strstr(out, rows[i].names) != NULL);
    }
    CHECK_INT("keys", sql_int("SELECT COUNT(*) FROM api_key"), k);
    CHECK_INT("partners", sql_int("SELECT COUNT(*) FROM partner"), p);
}

static void test_secrets_are_hashed(void)
{
    char key[128];
    make_key(key, "PARTNER001", "");
    CHECK_INT("hash only", sql_int("SELECT COUNT(*) FROM api_key WHERE hash=UNHEX(SHA2('%s',256))", key), 1);
    CHECK("160 bits and more", strlen(key) >= 27);
    char out[256];
    run(out, sizeof out, "'%s' partner add SECRETS --name x --quiet", stack.admin);
    CHECK("secret shown once", strncmp(out, "whsec_", 6) == 0);
    CHECK("env has PARTNER001's", strncmp(stack.secret, "whsec_", 6) == 0);
}

static void test_help(void)
{
    static const char *const rows[] = {"--help",        "partner --help", "partner add --help", "key create --help",
                                       "ticket --help", "migrate --help"};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[65536];
        CHECK_INT(rows[i], run(out, sizeof out, "'%s' %s", stack.admin, rows[i]), 0);
        CHECK(rows[i], strlen(out) > 80);
    }
}

static void test_migrate_again(void)
{
    char out[4096];
    CHECK_INT("again", run(out, sizeof out, "'%s' migrate 2>&1", stack.admin), 0);
}

void init_admin_tests(void)
{
    static const struct suite_test tests[] = {
        {"lists", test_lists_as_json},
        {"tickets", test_ticket_commands},
        {"refusals name the option", test_refusals},
        {"secrets", test_secrets_are_hashed},
        {"help on every level", test_help},
        {"migrate again", test_migrate_again},
    };
    suite_add("e2e admin", NULL, NULL, tests, SUITE_N(tests));
}

static void test_up_again_leaves_alone(void)
{
    int m = pid_of("mariadb"), n = pid_of("nginx"), w = pid_of("workers");
    CHECK("pids", m > 1 && n > 1 && w > 1);
    CHECK_INT("up", stack_up_again(), 0);
    CHECK_INT("mariadb", pid_of("mariadb"), m);
    CHECK_INT("nginx", pid_of("nginx"), n);
    CHECK_INT("workers", pid_of("workers"), w);
}

static void test_up_restarts_the_dead(void)
{
    static const char *const parts[] = {"nginx", "workers", "mariadb"};
    for (unsigned i = 0; i < SUITE_N(parts); i++) {
        int before = pid_of(parts[i]);
        char out[256];
        run(out, sizeof out, "kill -9 %d; sleep 0.5", before);
        CHECK_INT(parts[i], stack_up_again(), 0);
        CHECK(parts[i], pid_of(parts[i]) != before);
        struct reply r = get("/tickets/0", keys.all);
        CHECK_INT(parts[i], r.status, 404);
        reply_free(&r);
    }
}

static void test_loopback_only(void)
{
    char out[65536];
    run(out, sizeof out, "awk 'FNR > 1 && $4 == \"0A\" {print $2}' /proc/net/tcp /proc/net/tcp6");
    int seen = 0;
    for (char *save, *p = strtok_r(out, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
        char *colon = strchr(p, ':');
        long port = strtol(colon + 1, NULL, 16);
        if (port != stack.http_port && port != stack.https_port)
            continue;
        *colon = 0;
        seen++;
        CHECK(p, strcmp(p, "0100007F") == 0 || strcmp(p, "00000000000000000000000001000000") == 0);
    }
    CHECK("both ports are listened on", seen >= 2);
}

static void keep_to(const char *processors)
{
    setenv("OMNI_DB_CPUS", processors, 1);
    setenv("OMNI_NGINX_CPUS", processors, 1);
}

static void check_processors(const char *row, const cpu_set_t *want)
{
    static const char *const parts[] = {"mariadb", "nginx"};
    for (unsigned i = 0; i < SUITE_N(parts); i++) {
        cpu_set_t has;
        CHECK_INT(row, sched_getaffinity(pid_of(parts[i]), sizeof has, &has), 0);
        CHECK(parts[i], CPU_EQUAL(&has, want));
    }
}

/* MariaDB and nginx keep to processors, which the stack remembers; what cannot be changes nothing. */
static void test_processors(void)
{
    static const char *const bad[] = {"99999", "--help", "0,", "", "none"};
    cpu_set_t all, one;
    char first[16];
    unsigned cpu = 0;
    int workers = pid_of("workers");
    CHECK_INT("ours", sched_getaffinity(0, sizeof all, &all), 0);
    while (!CPU_ISSET(cpu, &all))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    snprintf(first, sizeof first, "%u", cpu);
    keep_to(first);
    CHECK_INT("one", stack_up_again(), 0);
    check_processors("one", &one);
    int mariadb = pid_of("mariadb"), nginx = pid_of("nginx");
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        keep_to(bad[i]); /* empty: as it was */
        CHECK_INT(bad[i], stack_up_again() == 0, bad[i][0] == 0);
        CHECK(bad[i], pid_of("mariadb") == mariadb && pid_of("nginx") == nginx);
    }
    check_processors("still", &one);
    keep_to("all");
    CHECK_INT("all", stack_up_again(), 0);
    check_processors("all", &all);
    CHECK_INT("workers go on", pid_of("workers"), workers);
    unsetenv("OMNI_DB_CPUS");
    unsetenv("OMNI_NGINX_CPUS");
}

/* Temporary tables of other servers in /tmp are none of its business. */
static void test_beside_others(void)
{
    static char out[65536];
    char theirs[64];
    snprintf(theirs, sizeof theirs, "/tmp/#sql-temptable-%d", (int)getpid());
    CHECK_INT("a table of another server", run(out, sizeof out, "touch '%s.MAI'", theirs), 0);
    CHECK_INT(
        "up",
        run(out, sizeof out,
            "OMNI_VAR='%s/second' OMNI_HTTP_PORT=%d OMNI_HTTPS_PORT=%d OMNI_WORKERS=1 OMNI_SENDER=off '%s' up 2>&1",
            stack.var, free_port(), free_port(), SRC_TOP "/quickstart"),
        0);
    CHECK_INT("the table is there", run(out, sizeof out, "rm '%s.MAI'", theirs), 0);
    CHECK_INT("down", run(out, sizeof out, "OMNI_VAR='%s/second' '%s' down 2>&1", stack.var, SRC_TOP "/quickstart"), 0);
}

void init_quickstart_tests(void)
{
    static const struct suite_test tests[] = {
        {"up again leaves what runs alone", test_up_again_leaves_alone},
        {"up restarts what died", test_up_restarts_the_dead},
        {"processors", test_processors},
        {"beside other servers", test_beside_others},
        {"loopback only", test_loopback_only},
    };
    suite_add("e2e quickstart", NULL, NULL, tests, SUITE_N(tests));
}
