/* doctor: on a good stack nothing fails, and each fault makes its own line fail and no other. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "admin/run.h"
#include "admin/suites.h"
#include "base/clock.h"
#include "base/poke.h"
#include "harness/suite.h"

#define SECRET "a-secret-that-nobody-may-see"
#define HOUR (3600 * CLOCK_SECOND)

/* How the pool answers. */
enum mood { GOOD, NO_DATABASE, HANGS_UP, SPEAKS_HTTP, FLOODS };

static char dir[128], text[1024];
static char run_dir[160], sender_dir[160], api[200], poke[200], password[3][200];
static int api_fd = -1, poke_fd = -1;
static enum mood mood;
static char asked[2048];
static size_t asked_n;
static pthread_t pool;

static int bind_at(const char *path, int type, unsigned mode)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%.100s", path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(path, mode) != 0)
        abort();
    return fd;
}

static void answer(int fd)
{
    static const char flood[] = "\1\6\0\1\x10\0\0\0";
    /* Two records, the first padded; then END_REQUEST. */
    static const char good[] = "\1\6\0\1\0\x0c\4\0Status: 200 ____\1\6\0\1\0\6\0\0OK\r\n\r\n\1\3\0\1\0\x8\0\0________";
    static const char bad[] = "\1\6\0\1\0\x0b\0\0Status: 503\1\3\0\1\0\x8\0\0________";
    static const char zeroes[4096];
    ssize_t n = recv(fd, asked, sizeof asked, 0);
    asked_n = n > 0 ? (size_t)n : 0;
    if (mood == GOOD)
        n = send(fd, good, sizeof good - 1, MSG_NOSIGNAL);
    else if (mood == NO_DATABASE)
        n = send(fd, bad, sizeof bad - 1, MSG_NOSIGNAL);
    else if (mood == SPEAKS_HTTP)
        n = send(fd, "HTTP/1.1 200 OK\r\n\r\n", 19, MSG_NOSIGNAL);
    for (unsigned i = 0; mood == FLOODS && i < 10 && n >= 0; i++) {
        n = send(fd, flood, sizeof flood - 1, MSG_NOSIGNAL);
        n = send(fd, zeroes, sizeof zeroes, MSG_NOSIGNAL);
    }
}

static void *serve(void *unused)
{
    (void)unused;
    for (int fd; (fd = accept(api_fd, NULL, NULL)) >= 0; close(fd))
        answer(fd);
    return NULL;
}

static void open_pool(unsigned mode)
{
    api_fd = bind_at(api, SOCK_STREAM, mode);
    if (listen(api_fd, 8) != 0 || pthread_create(&pool, NULL, serve, NULL) != 0)
        abort();
}

static void close_pool(void)
{
    shutdown(api_fd, SHUT_RDWR);
    pthread_join(pool, NULL);
    close(api_fd);
}

static void write_file(const char *path, const char *content, unsigned mode)
{
    FILE *f = fopen(path, "w");
    if (!f || fputs(content, f) < 0 || fclose(f) != 0 || chmod(path, mode) != 0)
        abort();
}

static void reset(void)
{
    fake_reset();
    fake.shared = STATUS_OK;
    fake.version = STORE_SCHEMA_VERSION;
    fake.oldest = 1;
    fake.server = (struct store_server){.version = "10.11",
                                        .data_directory = "/",
                                        .sql_mode = "A,STRICT_TRANS_TABLES",
                                        .server_charset = "utf8mb4",
                                        .database_charset = "utf8mb4",
                                        .flush_log = 1,
                                        .doublewrite = true,
                                        .max_connections = 100000,
                                        .most_connections = 9};
    fake.queue = (struct store_queue){.tried_us = 0, .ahead_us = 72 * HOUR};
    mood = GOOD;
}

static int set_up(void)
{
    static const char *const roles[] = {"worker", "sender", "admin"};
    if (run_set_up() != 0)
        return 1;
    snprintf(dir, sizeof dir, "/tmp/omni-doctor-XXXXXX");
    if (!mkdtemp(dir))
        return 1;
    snprintf(run_dir, sizeof run_dir, "%s/run", dir);
    snprintf(sender_dir, sizeof sender_dir, "%s/sender", dir);
    snprintf(api, sizeof api, "%s/api.sock", run_dir);
    snprintf(poke, sizeof poke, "%s/%s", sender_dir, POKE_NAME);
    if (mkdir(run_dir, 0750) != 0 || mkdir(sender_dir, 0750) != 0)
        return 1;
    int n = snprintf(text, sizeof text, "runtime_directory = %s\nsender_directory = %s\n", run_dir, sender_dir);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(password[i], sizeof password[i], "%s/%s.password", dir, roles[i]);
        write_file(password[i], SECRET "\n", 0600);
        n += snprintf(text + n, sizeof text - (size_t)n, "%s_database_password_file = %s\n", roles[i], password[i]);
    }
    write_file(run_config(), text, 0600);
    open_pool(0660);
    poke_fd = bind_at(poke, SOCK_DGRAM, 0660);
    reset();
    return 0;
}

static int tear_down(void)
{
    close_pool();
    close(poke_fd);
    unlink(api);
    unlink(poke);
    for (unsigned i = 0; i < 3; i++)
        unlink(password[i]);
    rmdir(run_dir);
    rmdir(sender_dir);
    return rmdir(dir) | run_tear_down();
}

/* A line's level, as a letter; ' ': there is none. */
static char level_of(const char *name)
{
    char head[64];
    for (const char *at = run_out; *at; at += strcspn(at, "\n") + 1) {
        static const char *const levels[] = {"ok  ", "warn", "fail"};
        for (unsigned i = 0; i < 3; i++) {
            snprintf(head, sizeof head, "%s %s: ", levels[i], name);
            if (strncmp(at, head, strlen(head)) == 0)
                return levels[i][0];
        }
    }
    return ' ';
}

static void levels(char out[DOCTOR_CHECK__MAX])
{
    for (unsigned i = 0; i < DOCTOR_CHECK__MAX; i++)
        out[i] = level_of(doctor_check_names[i]);
}

/* Runs it; compares every line with a good run's, the one check apart. */
static void check_only(const char *row, enum doctor_check check, char want)
{
    static char good[DOCTOR_CHECK__MAX];
    char got[DOCTOR_CHECK__MAX];
    int status = run_words(RUN("doctor"));
    CHECK(row, strstr(run_out, SECRET) == NULL);
    levels(got);
    if (check == DOCTOR_CHECK__MAX) {
        memcpy(good, got, sizeof good);
        return;
    }
    CHECK_INT(row, got[check], want);
    bool is_password = check >= DOCTOR_PASSWORD_WORKER && check <= DOCTOR_PASSWORD_ADMIN;
    bool fails = want == 'f' || memchr(good, 'f', sizeof good);
    CHECK_INT(row, status, fails ? ADMIN_EXIT_REFUSED : ADMIN_EXIT_OK);
    for (unsigned i = 0; i < DOCTOR_CHECK__MAX; i++)
        if (i != check) {
            char name[128];
            snprintf(name, sizeof name, "%s: %s stays", row, doctor_check_names[i]);
            if (!is_password || got[i] != ' ') /* who cannot log in cannot be asked */
                CHECK_INT(name, got[i], good[i]);
        }
}

static void take_good(void)
{
    check_only("good", DOCTOR_CHECK__MAX, 'o');
}

static void test_good(void)
{
    take_good();
    /* What the machine that tests is like is not ours to say. */
    static const enum doctor_check of_the_host[] = {DOCTOR_USERS,         DOCTOR_DISK_DATABASE, DOCTOR_DISK_RUN,
                                                    DOCTOR_DISK_LOG,      DOCTOR_CLOCK,         DOCTOR_CORE_FILES,
                                                    DOCTOR_SOCKET_BACKLOG};
    for (unsigned i = 0; i < DOCTOR_CHECK__MAX; i++) {
        char want = 'o';
        for (unsigned j = 0; j < SUITE_N(of_the_host); j++)
            if (of_the_host[j] == i)
                want = level_of(doctor_check_names[i]);
        CHECK_INT(doctor_check_names[i], level_of(doctor_check_names[i]), want);
        CHECK(doctor_check_names[i], want != ' ');
    }
    CHECK_INT("one user", level_of("users"), 'w');
}

static void test_json(void)
{
    char want[300];
    run_words(RUN("doctor", "--json"));
    snprintf(want, sizeof want, "[{\"id\":\"configuration\",\"result\":\"ok\",\"text\":\"%s is good\"},{\"id\":\"pass",
             run_config());
    CHECK("begins", strncmp(run_out, want, strlen(want)) == 0);
    CHECK("ends", strcmp(run_out + strlen(run_out) - 3, "}]\n") == 0);
    fake.server.flush_log = 0;
    CHECK_INT("fails", run_words(RUN("doctor", "--json")), ADMIN_EXIT_REFUSED);
    CHECK("the line", strstr(run_out, "{\"id\":\"flush-log\",\"result\":\"fail\",") != NULL);
    CHECK("and how many", strstr(run_err, "checks failed\n") != NULL);
    reset();
}

static void test_no_configuration(void)
{
    run_write_config("database_timout = 2\n");
    CHECK_INT("exit", run_words(RUN("doctor")), ADMIN_EXIT_REFUSED);
    CHECK("which", strstr(run_out, "fail configuration: ") && strstr(run_out, "database_timout: unknown name"));
    CHECK_INT("nothing else of it", level_of("database"), ' ');
    CHECK("the host's", level_of("socket-backlog") != ' ');
    run_write_config("webhook_retries = soon\n");
    run_words(RUN("doctor"));
    CHECK_INT("what only the sender reads", level_of("configuration"), 'f');
    run_words(RUN("doctor", "-c", "/nowhere/omnichannel.conf"));
    CHECK_INT("none", level_of("configuration"), 'f');
    run_write_config(text);
}

static void set_mode(const char *path, unsigned mode)
{
    CHECK(path, chmod(path, mode) == 0);
}

static void test_modes(void)
{
    static const struct {
        const char *name, *path;
        unsigned good, bad;
        enum doctor_check check;
        char want;
    } rows[] = {
        {"worker's password", password[0], 0600, 0644, DOCTOR_PASSWORD_WORKER, 'f'},
        {"worker's, by group", password[0], 0600, 0640, DOCTOR_PASSWORD_WORKER, 'w'},
        {"sender's password", password[1], 0600, 0604, DOCTOR_PASSWORD_SENDER, 'f'},
        {"run directory", run_dir, 0750, 0757, DOCTOR_RUN_DIRECTORY, 'f'},
        {"run directory, by group", run_dir, 0750, 0770, DOCTOR_RUN_DIRECTORY, 'w'},
        {"run directory, seen", run_dir, 0750, 0755, DOCTOR_RUN_DIRECTORY, 'w'},
        {"sender's directory", sender_dir, 0750, 0777, DOCTOR_SENDER_DIRECTORY, 'f'},
        {"API socket", api, 0660, 0666, DOCTOR_API_SOCKET, 'f'},
        {"poke socket", poke, 0660, 0662, DOCTOR_POKE_SOCKET, 'f'},
    };
    take_good();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        set_mode(rows[i].path, rows[i].bad);
        check_only(rows[i].name, rows[i].check, rows[i].want);
        set_mode(rows[i].path, rows[i].good);
    }
    set_mode(run_config(), 0660);
    check_only("configuration, by group", DOCTOR_CONFIGURATION, 'w');
    set_mode(run_config(), 0600);
    fake.shared = STATUS_NOT_FOUND;
    check_only("no shared memory", DOCTOR_RATE_MEMORY, 'w');
    fake.shared = STATUS_CONFIG;
    check_only("another's shared memory", DOCTOR_RATE_MEMORY, geteuid() == 0 ? 'f' : 'w');
    reset();
}

/* Without a password the database's lines are left out, as its own says why. */
static void test_password_gone(void)
{
    set_mode(password[2], 0604);
    CHECK_INT("exit", run_words(RUN("doctor")), ADMIN_EXIT_REFUSED);
    CHECK_INT("the line", level_of("password-admin"), 'f');
    CHECK_INT("no other", level_of("database"), ' ');
    CHECK("one", strstr(run_err, "1 of ") != NULL);
    set_mode(password[2], 0600);
    write_file(password[0], "\n", 0600);
    run_words(RUN("doctor"));
    CHECK_INT("empty", level_of("password-worker"), 'f');
    CHECK_INT("not asked", level_of("grants-worker"), ' ');
    CHECK_INT("another's is", level_of("grants-sender"), 'o');
    write_file(password[0], SECRET "\n", 0600);
}

static void test_schema(void)
{
    fake.version = STORE_SCHEMA_VERSION - 1;
    run_words(RUN("doctor"));
    CHECK_INT("old", level_of("schema"), 'f');
    CHECK_INT("settings are left out", level_of("flush-log"), ' ');
    fake.version = STORE_SCHEMA_VERSION + 1;
    take_good();
    CHECK_INT("newer", level_of("schema"), 'w');
    fake.oldest = STORE_SCHEMA_VERSION + 1;
    run_words(RUN("doctor"));
    CHECK_INT("too new", level_of("schema"), 'f');
    reset();
    fake.status = STATUS_UNAVAILABLE;
    fake.text = "database: cannot connect";
    run_words(RUN("doctor"));
    CHECK_INT("away", level_of("database"), 'f');
    CHECK_INT("said once", level_of("grants-admin"), ' ');
    CHECK("why", strstr(run_out, "database: database: cannot connect; ") != NULL);
    reset();
}

static void test_database(void)
{
    take_good();
    snprintf(fake.rights[STORE_WORKER].missing, STORE_HEALTH_TEXT, "INSERT on comment");
    check_only("missing", DOCTOR_GRANTS_WORKER, 'f');
    CHECK("named", strstr(run_out, "omni_worker lacks INSERT on comment; apply grants.sql") != NULL);
    reset();
    snprintf(fake.rights[STORE_SENDER].excess, STORE_HEALTH_TEXT, "FILE on *.*");
    check_only("too many", DOCTOR_GRANTS_SENDER, 'w');
    reset();
    fake.server.flush_log = 2;
    check_only("flush", DOCTOR_FLUSH_LOG, 'f');
    reset();
    fake.server.doublewrite = false;
    check_only("doublewrite", DOCTOR_DOUBLEWRITE, 'f');
    reset();
    fake.server.log_bin = true;
    check_only("binary log", DOCTOR_BINARY_LOG, 'f');
    fake.server.sync_binlog = 1;
    check_only("synced", DOCTOR_BINARY_LOG, 'o');
    reset();
    snprintf(fake.server.sql_mode, STORE_HEALTH_TEXT, "ANSI");
    check_only("not strict", DOCTOR_SQL_MODE, 'w');
    reset();
    snprintf(fake.server.database_charset, STORE_HEALTH_TEXT, "latin1");
    check_only("charset", DOCTOR_CHARSET, 'f');
    reset();
    snprintf(fake.server.server_charset, STORE_HEALTH_TEXT, "latin1");
    check_only("server's charset", DOCTOR_CHARSET, 'w');
    reset();
    fake.server.max_connections = 5;
    check_only("connections", DOCTOR_CONNECTIONS, 'f');
    reset();
    fake.server.now = -61 * CLOCK_SECOND;
    check_only("clocks", DOCTOR_DATABASE_CLOCK, 'f');
    CHECK("which way", strstr(run_out, "s behind ours") != NULL);
    reset();
}

static void test_queue(void)
{
    take_good();
    fake.queue.pending = STORE_HEALTH_COUNT_MAX + 1;
    check_only("many", DOCTOR_WEBHOOK_BACKLOG, 'o');
    CHECK("said", strstr(run_out, "more than 100000 wait") != NULL);
    fake.queue.overdue_us = HOUR / 20;
    check_only("late", DOCTOR_WEBHOOK_BACKLOG, 'w');
    fake.queue.overdue_us = HOUR / 2;
    check_only("very late", DOCTOR_WEBHOOK_BACKLOG, 'f');
    CHECK("how late", strstr(run_out, "due for 30 min; ") != NULL);
    reset();
    fake.queue.dead = 3;
    check_only("dead", DOCTOR_WEBHOOK_DEAD, 'w');
    reset();
    fake.queue.paused = 1;
    check_only("paused", DOCTOR_WEBHOOK_PAUSED, 'w');
    reset();
    fake.queue.gone = 1;
    check_only("gone", DOCTOR_WEBHOOK_GONE, 'w');
    reset();
    fake.queue.ahead_us = CLOCK_NONE;
    check_only("no days", DOCTOR_WEBHOOK_HISTORY, 'w');
    fake.queue.ahead_us = HOUR;
    check_only("few days", DOCTOR_WEBHOOK_HISTORY, 'w');
    reset();
}

static void test_workers(void)
{
    take_good();
    asked_n = 0;
    check_only("asked", DOCTOR_WORKERS, 'o');
    CHECK("for health", memmem(asked, asked_n, "DOCUMENT_URI/api/omnichannel/health", 35) != NULL);
    mood = NO_DATABASE;
    check_only("503", DOCTOR_WORKERS, 'f');
    mood = HANGS_UP;
    check_only("no answer", DOCTOR_WORKERS, 'f');
    mood = SPEAKS_HTTP;
    check_only("not FastCGI", DOCTOR_WORKERS, 'f');
    mood = FLOODS;
    check_only("too much", DOCTOR_WORKERS, 'f');
    reset();
    close_pool();
    check_only("nobody listens", DOCTOR_WORKERS, 'f');
    CHECK("said", strstr(run_out, "nobody listens") != NULL);
    unlink(api);
    run_words(RUN("doctor"));
    CHECK_INT("no socket", level_of("workers"), 'f');
    CHECK_INT("and no line for it", level_of("api-socket"), ' ');
    write_file(api, "", 0600);
    run_words(RUN("doctor"));
    CHECK_INT("a file", level_of("api-socket"), 'f');
    open_pool(0660);
}

static void test_worker_is_silent(void)
{
    const char *why = "";
    char path[200];
    snprintf(path, sizeof path, "%s/silent", dir);
    int fd = bind_at(path, SOCK_STREAM, 0600);
    CHECK("listens", listen(fd, 8) == 0);
    int64_t begin = clock_mono_us();
    CHECK_INT("no answer", doctor_ask_worker(path, CLOCK_SECOND / 5, &why), 0);
    CHECK_STR("why", why, "no answer in time");
    CHECK("in time", clock_mono_us() - begin < 10 * CLOCK_SECOND);
    close(fd);
    unlink(path);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    CHECK_INT("no such path", doctor_ask_worker(path, CLOCK_SECOND, &why), 0);
}

static void test_sender(void)
{
    take_good();
    close(poke_fd);
    check_only("it has ended", DOCTOR_SENDER, 'f');
    poke_fd = bind_at(poke, SOCK_DGRAM, 0660);
    check_only("again", DOCTOR_SENDER, 'o');
}

static void test_judgements(void)
{
    static const uint64_t gib = UINT64_C(1) << 30;
    char span[DOCTOR_SPAN_SIZE];
    CHECK_INT("room", doctor_judge_space(200 * gib, 1000 * gib), DOCTOR_OK);
    CHECK_INT("a small part of much", doctor_judge_space(50 * gib, 1000 * gib), DOCTOR_OK);
    CHECK_INT("little", doctor_judge_space(9 * gib, 100 * gib), DOCTOR_WARN);
    CHECK_INT("all but nothing", doctor_judge_space(9 * gib, 1000 * gib), DOCTOR_FAIL);
    CHECK_INT("enough", doctor_judge_connections(151, 20, 16), DOCTOR_OK);
    CHECK_INT("too few", doctor_judge_connections(20, 20, 16), DOCTOR_FAIL);
    CHECK_INT("nearly all were in use", doctor_judge_connections(151, 140, 16), DOCTOR_WARN);
    CHECK_INT("as ours", doctor_judge_clocks(-CLOCK_SECOND), DOCTOR_OK);
    CHECK_INT("a little", doctor_judge_clocks(-3 * CLOCK_SECOND), DOCTOR_WARN);
    CHECK_INT("much", doctor_judge_clocks(31 * CLOCK_SECOND), DOCTOR_FAIL);
    CHECK_STR("seconds", doctor_span(119 * CLOCK_SECOND, span), "119 s");
    CHECK_STR("minutes", doctor_span(120 * CLOCK_SECOND, span), "2 min");
    CHECK_STR("hours", doctor_span(2 * HOUR, span), "2 h");
    CHECK_STR("days", doctor_span(72 * HOUR, span), "3 d");
}

void init_doctor_tests(void)
{
    static const struct suite_test tests[] = {
        {"a good stack", test_good},
        {"JSON", test_json},
        {"no configuration", test_no_configuration},
        {"modes", test_modes},
        {"no password", test_password_gone},
        {"the schema", test_schema},
        {"the database", test_database},
        {"the queue", test_queue},
        {"workers", test_workers},
        {"a silent worker", test_worker_is_silent},
        {"the sender", test_sender},
        {"judgements", test_judgements},
    };
    suite_add("admin doctor", set_up, tear_down, tests, SUITE_N(tests));
}
