#include "store/store.h"

#include <stdlib.h>
#include "crypto/hash.h"
#include "store/connect.h"
#include "store/link.h"

enum status store_new(const struct conf *conf, enum store_role role, struct store **s_r, struct err *err)
{
    const char *password_file[STORE_ROLE__MAX] = {
        [STORE_WORKER] = conf->worker_database_password_file,
        [STORE_SENDER] = conf->sender_database_password_file,
        [STORE_ADMIN] = conf->admin_database_password_file,
    };
    struct store *s = calloc(1, sizeof *s);
    if (!s || mysql_library_init(0, NULL, NULL)) {
        free(s);
        return err_set(err, STATUS_NO_MEMORY, "database: out of memory");
    }
    s->conf = conf;
    s->role = role;
    s->end = INT64_MAX;
    enum status st = conf_password(password_file[role], s->password, err);
    if (st) {
        store_free(&s);
        return st;
    }
    *s_r = s;
    return STATUS_OK;
}

void store_free(struct store **s)
{
    if (!*s)
        return;
    connect_deadline(clock_mono_us() + CLOCK_SECOND);
    link_close(*s);
    crypto_wipe((*s)->password, sizeof(*s)->password);
    free(*s);
    *s = NULL;
}

void store_begin(struct store *s, int64_t mono_us)
{
    s->end = mono_us + STORE_REQUEST_BUDGET;
    s->limit = mono_us + STORE_UPLOAD_BUDGET;
}

static enum link_result nothing(struct store *s, void *ctx)
{
    (void)s;
    (void)ctx;
    return LINK_OK;
}

enum status store_ready(struct store *s, struct err *err)
{
    return link_repeat(s, LINK_READ, nothing, NULL, err);
}

static enum link_result ping(struct store *s, void *ctx)
{
    (void)ctx;
    if (!link_may_go(s))
        return LINK_DOWN;
    s->round_trips++;
    return mysql_ping(s->db) ? link_failed(s, "ping", mysql_errno(s->db)) : LINK_OK;
}

enum status store_ping(struct store *s, struct err *err)
{
    return link_repeat(s, LINK_READ, ping, NULL, err);
}

uint64_t store_round_trips(const struct store *s)
{
    return s->round_trips;
}

bool store_lost(const struct store *s)
{
    return s->lost;
}
