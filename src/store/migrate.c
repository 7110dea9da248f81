#include "store/migrate.h"

#include <dirent.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "store/connect.h"
#include "store/split.h"

#define FILE_MAX (1024u * 1024) /* [bytes] of a migration */
#define NAME_SIZE 256           /* [bytes] of a file name with NUL */
#define PATH_SIZE 1024

/* DDL commits as it goes, so a lock cannot be held by the connection that
 * changes the schema: one connection holds the row, the other changes. */
struct migration {
    struct store *s;
    MYSQL *lock, *work;
    const char *sql_dir;
    struct err *err;
};

static const char version_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    "id TINYINT UNSIGNED NOT NULL COMMENT 'always 1', "
    "version INT UNSIGNED NOT NULL COMMENT 'last migration applied', "
    "oldest INT UNSIGNED NOT NULL COMMENT 'oldest program (the newest migration it knows) that works with this "
    "schema', "
    "PRIMARY KEY (id)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin "
    "COMMENT = 'State of the schema; its row is locked while migrating'";
static const char history_table[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "version INT UNSIGNED NOT NULL COMMENT 'number of the migration', "
    "file VARCHAR(255) NOT NULL COMMENT 'its file', "
    "applied_at DATETIME(6) NOT NULL COMMENT 'when it was done', "
    "PRIMARY KEY (version)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin "
    "COMMENT = 'Migrations applied'";

/* A schema change's own error texts name tables and columns, no customers' data. */
static enum status failed(struct migration *m, MYSQL *db, const char *what)
{
    return err_set(m->err, STATUS_CONFIG, "%s: %s (%u)", what, mysql_error(db), mysql_errno(db));
}

static enum status query(struct migration *m, MYSQL *db, struct sv text, const char *what)
{
    m->s->round_trips++;
    return mysql_real_query(db, text.p, (unsigned long)text.n) ? failed(m, db, what) : STATUS_OK;
}

static enum status query_str(struct migration *m, MYSQL *db, const char *text, const char *what)
{
    return query(m, db, sv_from(text), what);
}

static enum status connection(struct migration *m, const char *database, MYSQL **db_r)
{
    connect_deadline(INT64_MAX);
    *db_r = connect_open(m->s, database, true);
    return *db_r ? STATUS_OK : err_set(m->err, m->s->status, "%s", m->s->why);
}

/* A user bound to one database may not create any: then it has to be there. */
static enum status use_database(struct migration *m)
{
    const char *name = m->s->conf->database_name;
    char text[512];
    int n = snprintf(text, sizeof text,
                     "CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", name);
    if (strchr(name, '`') || n < 0 || (size_t)n >= sizeof text)
        return err_set(m->err, STATUS_CONFIG, "database_name: not a name for a database");
    m->s->round_trips++;
    if (mysql_real_query(m->lock, text, (unsigned long)n) && mysql_errno(m->lock) != ER_DBACCESS_DENIED_ERROR)
        return failed(m, m->lock, "create database");
    return mysql_select_db(m->lock, name) ? failed(m, m->lock, "use database") : STATUS_OK;
}

static enum status prepare(struct migration *m)
{
    unsigned version, oldest;
    enum status st = use_database(m);
    if (!st)
        st = query_str(m, m->lock, version_table, "schema_version");
    if (!st)
        st = query_str(m, m->lock, history_table, "schema_migration");
    if (!st)
        st = query_str(m, m->lock, "INSERT IGNORE INTO schema_version (id, version, oldest) VALUES (1, 0, 0)",
                       "schema_version");
    if (!st && connect_schema(m->s, m->lock, &version, &oldest))
        st = err_set(m->err, m->s->status, "%s", m->s->why);
    return st ? st : connection(m, m->s->conf->database_name, &m->work);
}

/* Locks the version row until the next COMMIT; the second of two waits here. */
static enum status lock_version(struct migration *m, unsigned *version_r, unsigned *oldest_r)
{
    enum status st = query_str(m, m->lock, "START TRANSACTION", "lock");
    if (!st)
        st = query_str(m, m->lock, "SELECT version, oldest FROM schema_version WHERE id = 1 FOR UPDATE", "lock");
    if (st)
        return st;
    MYSQL_RES *res = mysql_store_result(m->lock);
    MYSQL_ROW row = res ? mysql_fetch_row(res) : NULL;
    *version_r = row ? (unsigned)strtoul(row[0], NULL, 10) : 0;
    *oldest_r = row ? (unsigned)strtoul(row[1], NULL, 10) : 0;
    mysql_free_result(res);
    return row ? STATUS_OK : err_set(m->err, STATUS_CONFIG, "schema_version has no row");
}

/* The one file "NNN-….sql". Its name goes into a statement: no quotes in it. */
static enum status find_file(struct migration *m, unsigned version, char name_r[NAME_SIZE])
{
    char prefix[16];
    int n = snprintf(prefix, sizeof prefix, "%03u-", version);
    DIR *dir = opendir(m->sql_dir);
    if (!dir)
        return err_set(m->err, STATUS_CONFIG, "%s: cannot be read", m->sql_dir);
    unsigned found = 0;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        size_t len = strlen(e->d_name);
        if (strncmp(e->d_name, prefix, (size_t)n) != 0 || strpbrk(e->d_name, "'\\") ||
            strcmp(e->d_name + len - 4, ".sql") != 0)
            continue;
        memcpy(name_r, e->d_name, len + 1);
        found++;
    }
    closedir(dir);
    if (found == 1)
        return STATUS_OK;
    return err_set(m->err, STATUS_CONFIG, "%s: %s %s*.sql", m->sql_dir, found ? "more than one" : "no", prefix);
}

static enum status read_file(struct migration *m, const char *name, struct buf *out)
{
    char path[PATH_SIZE];
    int len = snprintf(path, sizeof path, "%s/%s", m->sql_dir, name);
    FILE *f = len > 0 && (size_t)len < sizeof path ? fopen(path, "re") : NULL;
    if (!f)
        return err_set(m->err, STATUS_CONFIG, "%s: cannot be opened", name);
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(out, piece, n);
    bool bad = ferror(f) != 0;
    fclose(f);
    return bad || out->status ? err_set(m->err, STATUS_CONFIG, "%s: cannot be read", name) : STATUS_OK;
}

static enum status run_statements(struct migration *m, const char *name, struct sv text)
{
    char what[NAME_SIZE + 32];
    struct sv statement;
    enum status st;
    unsigned n = 0;
    while ((st = split_next(&text, &statement)) == STATUS_OK) {
        snprintf(what, sizeof what, "%s: statement %u", name, ++n);
        st = query(m, m->work, statement, what);
        if (st)
            return st;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK
                                  : err_set(m->err, STATUS_CONFIG, "%s: statement %u has no end", name, n + 1);
}

static enum status record(struct migration *m, unsigned version, unsigned oldest, const char *name)
{
    char text[NAME_SIZE + 256];
    snprintf(text, sizeof text, "REPLACE INTO schema_migration (version, file, applied_at) VALUES (%u, '%s', NOW(6))",
             version, name);
    enum status st = query_str(m, m->lock, text, "schema_migration");
    if (st)
        return st;
    snprintf(text, sizeof text, "UPDATE schema_version SET version = %u, oldest = GREATEST(oldest, %u) WHERE id = 1",
             version, oldest);
    st = query_str(m, m->lock, text, "schema_version");
    return st ? st : query_str(m, m->lock, "COMMIT", "schema_version");
}

static enum status apply(struct migration *m, unsigned version, store_migrate_step step, void *ctx)
{
    char name[NAME_SIZE];
    struct buf text;
    buf_init(&text, FILE_MAX);
    enum status st = find_file(m, version, name);
    if (!st)
        st = read_file(m, name, &text);
    if (!st && step)
        step(ctx, version, name);
    if (!st)
        st = run_statements(m, name, buf_view(&text));
    if (!st)
        st = record(m, version, split_oldest(buf_view(&text)), name);
    buf_free(&text);
    return st;
}

static enum status apply_all(struct migration *m, store_migrate_step step, void *ctx, unsigned *from_r, unsigned *to_r)
{
    for (bool first = true;; first = false) {
        unsigned version, oldest;
        enum status st = lock_version(m, &version, &oldest);
        if (st)
            return st;
        *to_r = version;
        if (first)
            *from_r = version;
        if (version > STORE_SCHEMA_VERSION)
            return err_set(m->err, STATUS_CONFIG, "the schema is at version %u, this program knows only %u", version,
                           STORE_SCHEMA_VERSION);
        if (version == STORE_SCHEMA_VERSION)
            return STATUS_OK;
        st = apply(m, version + 1, step, ctx);
        if (st)
            return st;
    }
}

enum status store_migrate(struct store *s, const char *sql_dir, store_migrate_step step, void *ctx, unsigned *from_r,
                          unsigned *to_r, struct err *err)
{
    struct migration m = {.s = s, .sql_dir = sql_dir, .err = err};
    *from_r = *to_r = 0;
    enum status st = connection(&m, NULL, &m.lock);
    if (!st)
        st = prepare(&m);
    if (!st)
        st = apply_all(&m, step, ctx, from_r, to_r);
    connect_deadline(clock_mono_us() + CLOCK_SECOND);
    if (m.work)
        mysql_close(m.work);
    if (m.lock)
        mysql_close(m.lock);
    return st;
}

enum status store_schema(struct store *s, unsigned *version_r, unsigned *oldest_r, struct err *err)
{
    *version_r = *oldest_r = 0;
    if (!link_may_go(s))
        return err_set(err, s->status, "%s", s->why);
    MYSQL *db = connect_open(s, NULL, false);
    if (!db)
        return err_set(err, s->status, "%s", s->why);
    enum status st = STATUS_OK;
    if (!mysql_select_db(db, s->conf->database_name))
        st = connect_schema(s, db, version_r, oldest_r);
    else if (mysql_errno(db) != ER_BAD_DB_ERROR)
        st = err_set(err, STATUS_CONFIG, "database: %s (%u)", mysql_error(db), mysql_errno(db));
    if (st)
        err_set(err, st, "%s", s->why);
    mysql_close(db);
    return st;
}
