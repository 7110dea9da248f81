/* Connecting: the session's settings, what keeps us out, TLS, TCP. */
#include "suites.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store/link.h"
#include "support.h"

static const struct {
    const char *variable, *want;
} settings[] = {
    {"@@time_zone", "+00:00"},
    {"@@tx_isolation", "READ-COMMITTED"},
    {"@@autocommit", "1"},
    {"@@character_set_client", "utf8mb4"},
    {"@@character_set_connection", "utf8mb4"},
    {"@@character_set_results", "utf8mb4"},
    {"@@innodb_lock_wait_timeout", "1"},
    {"@@lock_wait_timeout", "1"},
    {"@@max_statement_time", "1.800000"},
    {"@@idle_transaction_timeout", "5"},
    {"@@sql_mode LIKE '%STRICT_ALL_TABLES%'", "1"},
    {"@@sql_mode LIKE '%NO_ZERO_DATE%'", "1"},
};

static void session(void)
{
    struct store *s = support_store(STORE_WORKER);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        char query[128];
        snprintf(query, sizeof query, "SELECT %s", settings[i].variable);
        CHECK_INT(settings[i].variable, mysql_query(s->db, query), 0);
        MYSQL_RES *res = mysql_store_result(s->db);
        CHECK_STR(settings[i].variable, res ? mysql_fetch_row(res)[0] : "", settings[i].want);
        mysql_free_result(res);
    }
    CHECK_INT("no several statements at once", mysql_query(s->db, "SELECT 1; SELECT 2") != 0, 1);
    CHECK_INT("no files of ours", mysql_query(s->db, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE branch") != 0,
              1);
    CHECK_INT("goes on", store_ping(s, support_err()), STATUS_OK);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("ping", store_ping(s, support_err()), STATUS_OK);
    CHECK_INT("one trip", store_round_trips(s) - trips, 1);
    CHECK_INT("ready", store_ready(s, support_err()), STATUS_OK);
    CHECK_INT("no trip", store_round_trips(s) - trips, 1);
    store_free(&s);
    store_free(&s);
}

/* Statements belong to roles. */
static void roles(void)
{
    struct store *s = support_store(STORE_WORKER);
    CHECK_INT("not a worker's", store_partner_suspend(s, SV("x"), true, support_err()), STATUS_INTERNAL);
    CHECK("named", strstr(support_err_text(), "partner-suspend") != NULL);
    CHECK_INT("goes on", store_ping(s, support_err()), STATUS_OK);
    store_free(&s);
    s = support_store(STORE_SENDER);
    uint64_t n;
    CHECK_INT("not the sender's", store_idempotency_prune(s, 1, &n, support_err()), STATUS_INTERNAL);
    store_free(&s);
}

static enum status attempt(const struct conf *c, enum store_role role)
{
    struct store *s = support_store_on(c, role);
    store_begin(s, clock_mono_us());
    enum status st = store_ready(s, support_err());
    store_free(&s);
    return st;
}

static void kept_out(void)
{
    struct conf c = support_conf;
    snprintf(c.database_socket, sizeof c.database_socket, "/nonexistent/sock");
    CHECK_INT("no socket", attempt(&c, STORE_WORKER), STATUS_UNAVAILABLE);
    CHECK("says where", strstr(support_err_text(), "/nonexistent/sock") != NULL);
    c = support_conf;
    snprintf(c.worker_database_user, sizeof c.worker_database_user, "nobody");
    CHECK_INT("no such user", attempt(&c, STORE_WORKER), STATUS_CONFIG);
    CHECK_INT("another role's user", attempt(&c, STORE_ADMIN), STATUS_OK);
    c = support_conf;
    snprintf(c.database_name, sizeof c.database_name, "nowhere");
    CHECK_INT("no such database", attempt(&c, STORE_WORKER), STATUS_CONFIG);
    support_do("CREATE DATABASE IF NOT EXISTS empty");
    snprintf(c.database_name, sizeof c.database_name, "empty");
    CHECK_INT("no schema", attempt(&c, STORE_WORKER), STATUS_CONFIG);
    CHECK("says what to do", strstr(support_err_text(), "migrate") != NULL);
    c = support_conf;
    snprintf(c.database_host, sizeof c.database_host, "127.0.0.1");
    c.database_port = 1;
    CHECK_INT("nobody listens", attempt(&c, STORE_WORKER), STATUS_UNAVAILABLE);
}

static void a_table_is_missing(void)
{
    struct store *s;
    struct conf c = support_conf;
    unsigned from, to;
    snprintf(c.database_name, sizeof c.database_name, "maimed");
    s = support_store_on(&c, STORE_ADMIN);
    CHECK_INT("migrate", store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err()), STATUS_OK);
    support_do("ALTER TABLE maimed.ticket DROP COLUMN hook_seq");
    CHECK_INT("column", store_ready(s, support_err()), STATUS_CONFIG);
    support_do("DROP TABLE maimed.branch");
    CHECK_INT("table", store_ready(s, support_err()), STATUS_CONFIG);
    store_free(&s);
}

static void password_file(void)
{
    char path[128];
    struct conf c = support_conf;
    struct store *s = NULL;
    support_do("CREATE USER secretive@localhost IDENTIFIED BY 'pass word'");
    support_do("GRANT ALL ON omnichannel.* TO secretive@localhost");
    snprintf(path, sizeof path, "%s/password", support_server->dir);
    snprintf(c.worker_database_user, sizeof c.worker_database_user, "secretive");
    snprintf(c.worker_database_password_file, sizeof c.worker_database_password_file, "%s", path);
    CHECK_INT("no file", store_new(&c, STORE_WORKER, &s, support_err()), STATUS_CONFIG);
    FILE *f = fopen(path, "w");
    fputs("pass word\n", f);
    fclose(f);
    chmod(path, 0644);
    CHECK_INT("others can read it", store_new(&c, STORE_WORKER, &s, support_err()), STATUS_CONFIG);
    chmod(path, 0600);
    CHECK_INT("right", attempt(&c, STORE_WORKER), STATUS_OK);
    f = fopen(path, "w");
    fputs("password\n", f);
    fclose(f);
    CHECK_INT("wrong", attempt(&c, STORE_WORKER), STATUS_CONFIG);
    CHECK("not told", strstr(support_err_text(), "password\n") == NULL);
    unlink(path);
}

static void small_packets(void)
{
    support_do("SET GLOBAL max_allowed_packet = 524288");
    CHECK_INT("too small", attempt(&support_conf, STORE_WORKER), STATUS_CONFIG);
    CHECK("named", strstr(support_err_text(), "max_allowed_packet") != NULL);
    support_do("SET GLOBAL max_allowed_packet = 1048576");
    CHECK_INT("large enough", attempt(&support_conf, STORE_WORKER), STATUS_OK);
    support_do("SET GLOBAL max_allowed_packet = 16777216");
}

/* --- TLS and TCP: a server of their own --- */

static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    unsigned port = 0;
    if (bind(fd, (struct sockaddr *)&at, len) == 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0)
        port = ntohs(at.sin_port);
    close(fd);
    return port;
}

static bool make_certificates(const char *dir)
{
    char command[2048];
    snprintf(
        command, sizeof command,
        "cd %s && exec >log 2>&1 && "
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ca "
        "-keyout ca.key -out ca.pem && "
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout key.pem "
        "-out req.pem && printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >ext && "
        "openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem && "
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=other "
        "-keyout other.key -out other.pem",
        dir);
    return system(command) == 0;
}

static bool encrypted(const struct conf *c)
{
    struct store *s = support_store_on(c, STORE_ADMIN);
    unsigned from, to;
    bool yes = store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err()) == STATUS_OK &&
               store_ready(s, support_err()) == STATUS_OK && mysql_get_ssl_cipher(s->db) != NULL;
    /* Session tickets that arrive unasked must not look like a farewell. */
    uint64_t trips = store_round_trips(s);
    yes = yes && store_ping(s, support_err()) == STATUS_OK && store_round_trips(s) == trips + 1;
    store_free(&s);
    return yes;
}

static void tls(void)
{
    static char dir[] = "/tmp/omtls-XXXXXX";
    static char cert[64], key[64], port[32];
    unsigned n = free_port();
    CHECK("folder", mkdtemp(dir) != NULL);
    CHECK("certificates", make_certificates(dir));
    snprintf(cert, sizeof cert, "--ssl-cert=%s/cert.pem", dir);
    snprintf(key, sizeof key, "--ssl-key=%s/key.pem", dir);
    snprintf(port, sizeof port, "--port=%u", n);
    const char *const options[] = {cert, key, port, "--skip-networking=0", "--bind-address=127.0.0.1", NULL};
    struct mariadb *m = mariadb_start_with(options);
    CHECK("server", m != NULL);
    if (!m)
        return;
    struct conf c;
    mariadb_conf(m, &c);
    snprintf(c.database_tls_ca, sizeof c.database_tls_ca, "%s/ca.pem", dir);
    CHECK("by the socket", encrypted(&c));
    snprintf(c.database_host, sizeof c.database_host, "127.0.0.1");
    c.database_port = n;
    CHECK("by TCP", encrypted(&c));
    snprintf(c.database_tls_ca, sizeof c.database_tls_ca, "%s/other.pem", dir);
    CHECK_INT("another authority", attempt(&c, STORE_WORKER), STATUS_CONFIG);
    snprintf(c.database_tls_ca, sizeof c.database_tls_ca, "%s/none.pem", dir);
    CHECK("no such file", attempt(&c, STORE_WORKER) != STATUS_OK);
    c.database_tls_ca[0] = '\0';
    CHECK_INT("plain TCP", attempt(&c, STORE_WORKER), STATUS_OK);
    mariadb_stop(&m);
    c = support_conf;
    snprintf(c.database_tls_ca, sizeof c.database_tls_ca, "%s/ca.pem", dir);
    CHECK("a server without TLS: no connection at all", attempt(&c, STORE_WORKER) == STATUS_CONFIG);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    CHECK_INT("clean up", system(command), 0);
}

void init_connect_tests(void)
{
    static const struct suite_test tests[] = {
        {"the session", session},
        {"roles", roles},
        {"kept out", kept_out},
        {"a table is missing", a_table_is_missing},
        {"password file", password_file},
        {"small packets", small_packets},
        {"TLS and TCP", tls},
    };
    suite_add("store connect", NULL, NULL, tests, SUITE_N(tests));
}
