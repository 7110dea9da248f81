/* What an upload cannot cost less than: its body parsed as JSON, and the same
 * bytes in the same rows inserted raw, in one transaction.
 *
 *   upload CONF BODY-FILE BYTES-FILE
 *
 * Prints PARSE_MS INSERT_MS JSONC_MS: the parse as a worker does it, json-c being
 * spared long strings; the insert by the client library alone; the parse by json-c alone. */
#include <json-c/json.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "crypto/id.h"
#include "store/store.h"
#include "wire/json.h"

enum { FILE_MAX = 64 << 20, JSON_DEPTH = 24 };

static struct err err;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "upload: %s: %s\n", what, why);
    exit(1);
}

static char *read_file(const char *path, size_t *n_r)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(FILE_MAX + 1);
    if (!f || !text || (*n_r = fread(text, 1, FILE_MAX, f)) == 0)
        die(path, "cannot be read");
    text[*n_r] = '\0';
    fclose(f);
    return text;
}

static double ms_since(int64_t begin)
{
    return (double)(clock_mono_us() - begin) / 1000;
}

static double parse_json_c(const char *body, size_t n)
{
    int64_t begin = clock_mono_us();
    struct json_tokener *t = json_tokener_new_ex(JSON_DEPTH);
    struct json_object *root = t ? json_tokener_parse_ex(t, body, (int)n + 1) : NULL;
    double took = ms_since(begin);
    if (!root)
        die("json-c", "no document");
    json_tokener_free(t);
    json_object_put(root);
    return took;
}

/* The body is compacted in place, so it comes last. */
static double parse(char *body, size_t n)
{
    struct arena *a = arena_new(FILE_MAX);
    struct wire_doc *doc;
    int64_t begin = clock_mono_us();
    if (!a || wire_parse(a, body, n, &doc, &err))
        die("parse", err.text);
    double took = ms_since(begin);
    wire_free(&doc);
    arena_free(&a);
    return took;
}

static MYSQL_STMT *prepare(MYSQL *db)
{
    static const char text[] = "INSERT INTO attachment_chunk (attachment_id, n, bytes) VALUES (?, ?, ?)";
    MYSQL_STMT *s = mysql_stmt_init(db);
    if (!s || mysql_stmt_prepare(s, text, sizeof text - 1))
        die("prepare", mysql_error(db));
    return s;
}

static double insert(MYSQL *db, char *bytes, size_t n)
{
    char id[CRYPTO_CUID_SIZE];
    unsigned seq = 0;
    unsigned long n_id, n_piece;
    MYSQL_STMT *s = prepare(db);
    MYSQL_BIND in[3] = {{.buffer_type = MYSQL_TYPE_STRING, .buffer = id, .length = &n_id},
                        {.buffer_type = MYSQL_TYPE_LONG, .buffer = &seq, .is_unsigned = 1},
                        {.buffer_type = MYSQL_TYPE_BLOB, .length = &n_piece}};
    if (crypto_cuid(clock_wall_us(), id))
        die("id", "no random bytes");
    n_id = strlen(id);
    int64_t begin = clock_mono_us();
    mysql_query(db, "START TRANSACTION");
    for (size_t at = 0; at < n; at += n_piece, seq++) {
        n_piece = n - at < STORE_CHUNK_MAX ? n - at : STORE_CHUNK_MAX;
        in[2].buffer = bytes + at;
        if (mysql_stmt_bind_param(s, in) || mysql_stmt_execute(s))
            die("insert", mysql_stmt_error(s));
    }
    if (mysql_query(db, "COMMIT"))
        die("commit", mysql_error(db));
    double took = ms_since(begin);
    mysql_stmt_close(s);
    return took;
}

int main(int argc, char **argv)
{
    static struct conf conf;
    size_t n_body, n_bytes;
    MYSQL *db = mysql_init(NULL);
    err_init(&err);
    if (argc != 4) {
        fprintf(stderr, "usage: upload CONF BODY-FILE BYTES-FILE\n");
        return 2;
    }
    if (conf_load(argv[1], &conf, &err))
        die("configuration", err.text);
    if (!mysql_real_connect(db, NULL, "root", NULL, conf.database_name, 0, conf.database_socket, 0))
        die("connect", mysql_error(db));
    char *body = read_file(argv[2], &n_body), *bytes = read_file(argv[3], &n_bytes);
    double inserted = insert(db, bytes, n_bytes), json_c = parse_json_c(body, n_body), parsed = parse(body, n_body);
    printf("%.1f %.1f %.1f\n", parsed, inserted, json_c);
    mysql_close(db);
    free(body);
    free(bytes);
    return 0;
}
