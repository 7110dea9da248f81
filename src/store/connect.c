#include "store/connect.h"

#include <errmsg.h>
#include <errno.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The client library's own time-outs are whole seconds and start anew with
 * every packet; a request's budget is neither. Its wait hook has no context
 * argument, and a connection belongs to one thread. */
static _Thread_local int64_t deadline;

void connect_deadline(int64_t mono_us)
{
    deadline = mono_us;
}

static int wait_for(my_socket fd, my_bool is_read, int timeout_ms)
{
    (void)timeout_ms;
    struct pollfd p = {.fd = fd, .events = is_read ? POLLIN : POLLOUT};
    for (;;) {
        int64_t left = deadline == INT64_MAX ? INT64_MAX : deadline - clock_mono_us();
        if (left <= 0) {
            errno = ETIMEDOUT;
            return 0;
        }
        int r = poll(&p, 1, left == INT64_MAX ? -1 : (int)((left + 999) / 1000));
        if (r > 0 || (r < 0 && errno != EINTR))
            return r;
    }
}

struct credentials {
    const char *user;
    const char *host, *socket;
    unsigned port;
};

static struct credentials credentials(const struct store *s)
{
    const struct conf *c = s->conf;
    const char *user[STORE_ROLE__MAX] = {
        [STORE_WORKER] = c->worker_database_user,
        [STORE_SENDER] = c->sender_database_user,
        [STORE_ADMIN] = c->admin_database_user,
    };
    bool tcp = c->database_host[0] != '\0';
    return (struct credentials){
        .user = user[s->role],
        .host = tcp ? c->database_host : NULL,
        .socket = tcp ? NULL : c->database_socket,
        .port = tcp ? (unsigned)c->database_port : 0,
    };
}

/* With a CA file: encrypted and the server verified, or no connection at all
 * (enforcing alone would fall back to plain text). */
static void set_tls(MYSQL *db, const char *ca)
{
    my_bool yes = 1;
    if (ca[0] == '\0')
        return;
    mysql_optionsv(db, MYSQL_OPT_SSL_CA, ca);
    mysql_optionsv(db, MYSQL_OPT_SSL_ENFORCE, &yes);
    mysql_optionsv(db, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
    mysql_optionsv(db, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
}

static void set_options(const struct store *s, MYSQL *db)
{
    my_bool no = 0;
    unsigned off = 0;
    unsigned seconds = (unsigned)s->conf->database_timeout;
    unsigned protocol = s->conf->database_host[0] ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    mysql_optionsv(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_optionsv(db, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_optionsv(db, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
    mysql_optionsv(db, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_optionsv(db, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
    mysql_optionsv(db, MYSQL_OPT_RECONNECT, &no);
    mysql_optionsv(db, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_optionsv(db, MARIADB_OPT_IO_WAIT, wait_for);
    set_tls(db, s->conf->database_tls_ca);
}

/* What kind of trouble keeps us from connecting: CONFIG if waiting cannot help. */
static enum status judge(unsigned code, const char *text)
{
    switch (code) {
    case ER_ACCESS_DENIED_ERROR:
    case ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
    case ER_DBACCESS_DENIED_ERROR:
    case ER_BAD_DB_ERROR:
    case ER_SPECIFIC_ACCESS_DENIED_ERROR:
    case ER_ACCOUNT_HAS_BEEN_LOCKED:
    case CR_AUTH_PLUGIN_CANNOT_LOAD:
    case CR_UNKNOWN_HOST:
        return STATUS_CONFIG;
    case CR_SSL_CONNECTION_ERROR:
        return strstr(text, "certificate") || strstr(text, "does not support") ? STATUS_CONFIG : STATUS_UNAVAILABLE;
    default:
        return STATUS_UNAVAILABLE;
    }
}

static void note(struct store *s, MYSQL *db, const char *doing)
{
    unsigned code = mysql_errno(db);
    s->status = judge(code, mysql_error(db));
    snprintf(s->why, sizeof s->why, "database: %s: %s (%u)", doing, mysql_error(db), code);
}

/* Sum of the server's own limits: below the client's wait for an answer, so
 * that a slow statement ends on the server too. */
static enum status set_session(MYSQL *db, int64_t timeout, bool patient)
{
    char text[512];
    int n = snprintf(text, sizeof text,
                     "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL', tx_isolation = 'READ-COMMITTED', "
                     "autocommit = 1, group_concat_max_len = 1048576, innodb_lock_wait_timeout = %d, "
                     "lock_wait_timeout = %d, max_statement_time = %s, idle_transaction_timeout = %d",
                     patient ? 600 : 1, patient ? 5 : 1,
                     patient       ? "0"
                     : timeout > 1 ? "1.8"
                                   : "0.9",
                     patient ? 0 : 5);
    return mysql_real_query(db, text, (unsigned long)n) ? STATUS_UNAVAILABLE : STATUS_OK;
}

MYSQL *connect_open(struct store *s, const char *database, bool patient)
{
    MYSQL *db = mysql_init(NULL);
    if (!db) {
        s->status = STATUS_NO_MEMORY;
        snprintf(s->why, sizeof s->why, "database: out of memory");
        return NULL;
    }
    set_options(s, db);
    struct credentials c = credentials(s);
    s->round_trips++;
    if (!mysql_real_connect(db, c.host, c.user, s->password, database, c.port, c.socket, CLIENT_FOUND_ROWS)) {
        note(s, db, "cannot connect");
        mysql_close(db);
        return NULL;
    }
    s->round_trips++;
    if (set_session(db, s->conf->database_timeout, patient)) {
        note(s, db, "cannot set up the session");
        mysql_close(db);
        return NULL;
    }
    return db;
}

/* First row of a query as unsigned numbers. STATUS_NOT_FOUND: no row. */
static enum status ask_numbers(struct store *s, MYSQL *db, const char *query, unsigned long *out_r, unsigned n)
{
    s->round_trips++;
    if (mysql_real_query(db, query, (unsigned long)strlen(query)))
        return STATUS_UNAVAILABLE;
    MYSQL_RES *res = mysql_store_result(db);
    if (!res)
        return STATUS_UNAVAILABLE;
    MYSQL_ROW row = mysql_fetch_row(res);
    for (unsigned i = 0; row && i < n; i++)
        out_r[i] = row[i] ? strtoul(row[i], NULL, 10) : 0;
    mysql_free_result(res);
    return row ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status connect_schema(struct store *s, MYSQL *db, unsigned *version_r, unsigned *oldest_r)
{
    unsigned long v[2] = {0, 0};
    enum status st = ask_numbers(s, db, "SELECT version, oldest FROM schema_version WHERE id = 1", v, 2);
    *version_r = (unsigned)v[0];
    *oldest_r = (unsigned)v[1];
    if (st == STATUS_UNAVAILABLE && mysql_errno(db) != ER_NO_SUCH_TABLE) {
        note(s, db, "cannot read schema_version");
        if (mysql_errno(db) == ER_TABLEACCESS_DENIED_ERROR)
            s->status = STATUS_CONFIG;
        return s->status;
    }
    return STATUS_OK;
}

static enum status PRINTF_LIKE(2, 3) misfit(struct store *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->why, sizeof s->why, fmt, ap);
    va_end(ap);
    s->status = STATUS_CONFIG;
    return STATUS_CONFIG;
}

enum status connect_check(struct store *s, MYSQL *db)
{
    unsigned version, oldest;
    unsigned long packet = 0;
    enum status st = connect_schema(s, db, &version, &oldest);
    if (st)
        return st;
    if (version < STORE_SCHEMA_VERSION)
        return misfit(s, "database: schema version %u, this program needs %u: run omnichannel-admin migrate", version,
                      STORE_SCHEMA_VERSION);
    if (oldest > STORE_SCHEMA_VERSION)
        return misfit(s, "database: its schema needs programs of version %u or newer, this one knows %u", oldest,
                      STORE_SCHEMA_VERSION);
    if (ask_numbers(s, db, "SELECT @@max_allowed_packet", &packet, 1)) {
        note(s, db, "cannot read max_allowed_packet");
        return s->status;
    }
    if (packet < CONNECT_PACKET_MIN)
        return misfit(s, "database: max_allowed_packet is %u bytes, at least %u are needed", (unsigned)packet,
                      CONNECT_PACKET_MIN);
    return STATUS_OK;
}
