#include "admin/session.h"

#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/poke.h"
#include "gate/shared.h"

#define LOGIN_MAX (ADMIN_WHO_MAX - 6) /* [bytes] with NUL, after "admin:" */

/* getlogin knows who stands behind sudo; cron has no login, only a user. */
static void login_name(char out[LOGIN_MAX])
{
    if (getlogin_r(out, LOGIN_MAX) == 0 && out[0])
        return;
    const struct passwd *pw = getpwuid(getuid());
    if (pw)
        snprintf(out, LOGIN_MAX, "%s", pw->pw_name);
    else
        snprintf(out, LOGIN_MAX, "%lu", (unsigned long)getuid());
}

void admin_open(struct admin *a, const struct admin_env *env)
{
    memset(a, 0, sizeof *a);
    a->env = env;
    a->out = env->out;
    a->config = env->config;
    a->poke_fd = -1;
    buf_init(&a->text, ADMIN_OUTPUT_MAX);
    err_init(&a->err);
    char login[LOGIN_MAX];
    login_name(login);
    snprintf(a->who, sizeof a->who, "admin:%s", login);
}

enum status admin_prepare(struct admin *a, enum admin_need need)
{
    enum status s = STATUS_OK;
    if (!a->arena)
        a->arena = arena_new(ADMIN_ARENA_MAX);
    if (!a->arena)
        return err_set(&a->err, STATUS_NO_MEMORY, "out of memory");
    if (need >= ADMIN_NEED_CONF)
        s = conf_load(a->config, &a->conf, &a->err);
    if (s == STATUS_OK && need >= ADMIN_NEED_CONF)
        s = ticket_rules_set(a->arena, &a->conf, &a->rules, &a->err);
    if (s == STATUS_OK && need >= ADMIN_NEED_STORE)
        s = store_new(&a->conf, STORE_ADMIN, &a->store, &a->err);
    /* No shared memory for the desk: its breaker spares a pool, not one program. */
    if (s == STATUS_OK && need >= ADMIN_NEED_DESK)
        s = desk_new(a->store, NULL, &a->rules, &a->desk);
    if (s == STATUS_OK && need >= ADMIN_NEED_DESK)
        desk_pokes(a->desk, a->conf.sender_directory);
    return s;
}

void admin_close(struct admin *a)
{
    desk_free(&a->desk);
    store_free(&a->store);
    arena_free(&a->arena);
    if (a->poke_fd >= 0)
        close(a->poke_fd);
    buf_free(&a->text);
}

struct store *admin_store(struct admin *a)
{
    store_begin(a->store, clock_mono_us());
    return a->store;
}

void admin_announce(struct admin *a)
{
    struct gate_shared *g = NULL;
    struct err err;
    err_init(&err);
    enum status s = gate_shared_open_existing(a->conf.runtime_directory, (unsigned)a->conf.rate_memory, &g, &err);
    if (s == STATUS_OK)
        gate_generation_bump(g);
    else if (s != STATUS_NOT_FOUND)
        fprintf(a->env->err, "%s: done, but the running workers notice only after some seconds: %s\n", ADMIN_PROGRAM,
                err.text[0] ? err.text : status_name(s));
    gate_shared_close(&g);
}

void admin_poke(struct admin *a, uint64_t receiver)
{
    poke_send(&a->poke_fd, a->conf.sender_directory, receiver);
}

enum status admin_refuse(struct admin *a, enum status s, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_init(&a->err);
    return err_set(&a->err, s, "%s", text);
}

struct wire_writer *admin_json_start(struct admin *a)
{
    buf_clear(&a->text);
    wire_writer_init(&a->writer, &a->text);
    return &a->writer;
}

enum status admin_json_end(struct admin *a)
{
    enum status s = wire_finish(&a->writer);
    if (s != STATUS_OK)
        return err_set(&a->err, s, "cannot write the answer as JSON");
    buf_char(&a->text, '\n');
    fwrite(buf_view(&a->text).p, 1, a->text.n, a->out);
    return STATUS_OK;
}
