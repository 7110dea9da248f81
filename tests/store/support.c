#include "support.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mariadb *support_server;
struct conf support_conf;
struct arena *support_arena;

static _Thread_local struct err error;
static MYSQL *plain;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    mariadb_stop(&support_server);
    exit(1);
}

struct err *support_err(void)
{
    err_init(&error);
    return &error;
}

const char *support_err_text(void)
{
    return error.text;
}

static void make_partners(struct store *s)
{
    struct store_partner one = {.code = SV(SUPPORT_CODE), .name = SV("Partner One")};
    struct store_partner two = {.code = SV("PARTNER002"), .name = SV("Partner Two")};
    if (store_partner_add(s, &one, SV("whsec_one"), clock_wall_us(), support_err()) ||
        store_partner_add(s, &two, SV("whsec_two"), clock_wall_us(), support_err()))
        die("partners", error.text);
}

bool support_start(void)
{
    unsigned from, to;
    support_server = mariadb_start();
    if (!support_server)
        return false;
    mariadb_conf(support_server, &support_conf);
    support_arena = arena_new(256u * 1024 * 1024);
    struct store *s = support_store_on(&support_conf, STORE_ADMIN);
    if (store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err()))
        die("migrate", error.text);
    make_partners(s);
    store_free(&s);
    plain = support_connect(NULL);
    return true;
}

void support_stop(void)
{
    mysql_close(plain);
    arena_free(&support_arena);
    mariadb_stop(&support_server);
    mysql_library_end();
}

struct store *support_store_on(const struct conf *conf, enum store_role role)
{
    struct store *s;
    if (store_new(conf, role, &s, support_err()))
        die("store", error.text);
    return s;
}

struct store *support_store(enum store_role role)
{
    struct store *s = support_store_on(&support_conf, role);
    if (store_ready(s, support_err()))
        die("store", error.text);
    return s;
}

MYSQL *support_connect(const char *name)
{
    MYSQL *db = mysql_init(NULL);
    mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(db, NULL, MARIADB_ROOT, "", name ? name : support_conf.database_name, 0,
                            support_server->socket, 0))
        die("connect", mysql_error(db));
    return db;
}

static void run(const char *text)
{
    if (mysql_query(plain, text))
        die(text, mysql_error(plain));
}

const char *support_text(const char *fmt, ...)
{
    static char text[8192];
    char query[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(query, sizeof query, fmt, ap);
    va_end(ap);
    run(query);
    MYSQL_RES *res = mysql_store_result(plain);
    MYSQL_ROW row = res ? mysql_fetch_row(res) : NULL;
    snprintf(text, sizeof text, "%s", row ? row[0] ? row[0] : "(null)" : "(none)");
    mysql_free_result(res);
    return text;
}

long long support_number(const char *fmt, ...)
{
    char query[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(query, sizeof query, fmt, ap);
    va_end(ap);
    const char *text = support_text("%s", query);
    return text[0] == '(' ? -1 : strtoll(text, NULL, 10);
}

void support_do(const char *fmt, ...)
{
    char query[16384];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(query, sizeof query, fmt, ap);
    va_end(ap);
    run(query);
}

void support_cuid(char out[CRYPTO_CUID_SIZE])
{
    if (crypto_cuid(clock_wall_us(), out))
        die("cuid", "no random bytes");
}

void support_hash(const char *text, unsigned char out[CRYPTO_SHA256_SIZE])
{
    if (crypto_sha256(text, strlen(text), out))
        die("sha256", "failed");
}

/* --- records --- */

static void fill_ticket(struct ticket *t)
{
    int64_t now = clock_wall_us();
    *t = (struct ticket){
        .partner_id = SUPPORT_PARTNER,
        .status = TICKET_OPEN,
        .priority = TICKET_HIGH,
        .channel = TICKET_WHATSAPP,
        .service_type = TICKET_CLAIM,
        .title = SV("ATM Card Claim Request"),
        .description = SV("Card retained"),
        .category = SV("SERVICE_REQUEST"),
        .customer_name = SV("John Doe"),
        .customer_email = SV("john.doe@email.com"),
        .branch_code = SV("001"),
        .service_name = SV("ATM Card Services"),
        .support_group = SV("Transaction Claims Support"),
        .sla_hours = 4,
        .tracking_url_base = SV("https://desk.example"),
        .metadata = SV("{\"claimType\":\"ATM_CARD_RETAINED\",\"claimAmount\":500000.10}"),
        .created_at = now,
        .updated_at = now,
        .resolved_at = CLOCK_NONE,
        .closed_at = CLOCK_NONE,
        .first_response_at = CLOCK_NONE,
        .estimated_at = now + 24 * 3600 * CLOCK_SECOND,
        .response_deadline = now + 3600 * CLOCK_SECOND,
        .resolution_deadline = now + 4 * 3600 * CLOCK_SECOND,
    };
}

void support_ticket(struct support_ticket *t)
{
    memset(t, 0, sizeof *t);
    fill_ticket(&t->ticket);
    t->job = (struct store_job){
        .event = TICKET_EVENT_CREATED,
        .url = SV("https://partner.example/hook"),
        .receiver = UINT64_C(0xfedcba9876543210),
        .head = SV("{\"ticketNumber\":\""),
        .tail = SV("\",\"data\":1}"),
    };
    t->open = (struct store_open){
        .ticket = &t->ticket,
        .comment = {.content = SV("Ticket received"),
                    .author = SV("System"),
                    .at = t->ticket.created_at,
                    .from_support = true},
        .actor = SV("key:17"),
        .job = &t->job,
        .attachments = t->files,
    };
    support_hash("body", t->open.body_hash);
    support_new_ids(t);
}

void support_new_ids(struct support_ticket *t)
{
    support_cuid(t->ticket.id);
    support_cuid(t->open.comment.id);
    support_cuid(t->open.event_id);
    support_cuid(t->job.id);
    for (unsigned i = 0; i < t->open.n_attachments; i++)
        support_cuid(t->files[i].id);
}

uint64_t support_open(struct store *s)
{
    struct support_ticket t;
    struct ticket existing;
    uint64_t number = 0;
    bool same;
    support_ticket(&t);
    if (store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()))
        die("open", error.text);
    return number;
}

void support_update(struct store *s, uint64_t number, struct support_update *u)
{
    static const unsigned char no_hash[CRYPTO_SHA256_SIZE];
    struct store_replay replay;
    memset(u, 0, sizeof *u);
    if (store_ticket_for_update(s, support_arena, 0, number, 0, SV_NONE, no_hash, &u->before, &replay, support_err()))
        die("read for update", error.text);
    u->after = u->before;
    u->after.status = u->before.status == TICKET_PENDING ? TICKET_IN_PROGRESS : TICKET_PENDING;
    u->after.updated_at = clock_wall_us();
    u->comment = (struct ticket_comment){
        .content = SV("[Via Omnichannel] Hello"), .author = SV("Customer"), .at = u->after.updated_at};
    support_cuid(u->comment.id);
    for (unsigned i = 0; i < 2; i++) {
        u->jobs[i] = (struct store_job){.event = i ? TICKET_EVENT_RESOLVED : TICKET_EVENT_STATUS_CHANGED,
                                        .url = SV("https://partner.example/hook"),
                                        .receiver = 7,
                                        .head = SV("{\"event\":1}"),
                                        .tail = SV("")};
        support_cuid(u->jobs[i].id);
    }
    u->update = (struct store_update){
        .before = &u->before,
        .after = &u->after,
        .kind = SV("STATUS"),
        .detail = SV("{\"to\":\"PENDING\"}"),
        .actor = SV("key:17"),
        .jobs = u->jobs,
        .n_jobs = 1,
        .key_partner = SUPPORT_PARTNER,
        .answer = SV("{\"success\":true}"),
    };
    support_cuid(u->update.event_id);
}
