/* What the same MariaDB gives without HTTP, JSON and FastCGI: the worker's own
 * store functions on the same rows, and a bare one-row INSERT beside them.
 *
 *   ceiling CONF create|details|status|bare CONNECTIONS SECONDS BODY [LOW HIGH]
 *
 * `create` opens one ticket through the desk and keeps the store_open it made
 * (the linker wraps store_ticket_open), then repeats that very write with fresh
 * ids: the same statements, the same rows, nothing else. Prints
 * "PER_SECOND P50_MS P99_MS". */
#include <errno.h>
#include <mysql.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/id.h"
#include "desk/desk.h"
#include "store/ticket_store.h"
#include "ticket/draft.h"

enum { CONNECTIONS_MAX = 64, BUCKETS = 4000, BUCKET_US = 50 };

/* Shared by all processes. */
struct tally {
    atomic_uint ready;
    atomic_bool go, failed;
    atomic_ullong done;
    atomic_uint bucket[BUCKETS]; /*!< latencies in steps of BUCKET_US */
};
static struct tally *tally;
static struct store_open kept;
static bool keeping;

enum status __real_store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                                     struct ticket *existing_r, bool *same_r, struct err *err);
enum status __wrap_store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                                     struct ticket *existing_r, bool *same_r, struct err *err);

enum status __wrap_store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                                     struct ticket *existing_r, bool *same_r, struct err *err)
{
    if (keeping) {
        struct ticket *ticket = arena_alloc(a, sizeof *ticket);
        struct store_job *job = o->job ? arena_alloc(a, sizeof *job) : NULL;
        kept = *o;
        *ticket = *o->ticket;
        kept.ticket = ticket;
        if (job)
            *job = *o->job;
        kept.job = job;
    }
    return __real_store_ticket_open(s, a, o, number_r, existing_r, same_r, err);
}

static _Noreturn void die(const char *what, const struct err *err)
{
    fprintf(stderr, "ceiling: %s: %s\n", what, err ? err->text : strerror(errno));
    if (tally)
        atomic_store(&tally->failed, true);
    exit(1);
}

struct bench {
    struct conf conf;
    struct err err;
    struct ticket_rules rules;
    struct arena *arena, *scratch;
    struct store *store;
    MYSQL *mysql;
    char *body;
    uint64_t low, high, random;
};

static void connect_store(struct bench *b)
{
    if (store_new(&b->conf, STORE_WORKER, &b->store, &b->err) || store_ready(b->store, &b->err))
        die("store", &b->err);
}

/* One ticket by the desk's own way, to learn what it writes. */
static void learn(struct bench *b)
{
    struct desk *desk;
    struct wire_doc *doc;
    struct ticket_draft draft;
    struct buf out;
    bool replayed;
    struct desk_call call = {.arena = b->arena, .now_us = clock_wall_us(), .mono_us = clock_mono_us(), .err = &b->err};
    call.actor = (struct desk_actor){.partner_id = 1, .partner_code = SV("PARTNER001"), .who = SV("key:1")};
    buf_init(&out, 1 << 20);
    keeping = true;
    if (desk_new(b->store, NULL, &b->rules, &desk) || wire_parse(b->arena, b->body, strlen(b->body), &doc, &b->err) ||
        ticket_draft_read(b->arena, doc, &b->rules, &draft, &b->err))
        die("body", &b->err);
    draft.request_id = SV_NONE;
    if (desk_open(desk, &call, &draft, SV_NONE, STATUS_OK, &out, &replayed))
        die("desk_open", &b->err);
    keeping = false;
}

static void create_once(struct bench *b)
{
    struct ticket ticket = *kept.ticket;
    struct store_job job;
    struct store_open o = kept;
    struct ticket existing;
    uint64_t number;
    bool same;
    char key[64];
    int64_t now = clock_wall_us();
    if (crypto_cuid(now, ticket.id) || crypto_cuid(now, o.comment.id) || crypto_cuid(now, o.event_id))
        die("ids", NULL);
    snprintf(key, sizeof key, "Rceiling-%s", ticket.id);
    o.ticket = &ticket;
    o.request_key = sv_from(key);
    ticket.channel_reference_id = o.request_key; /* unique, as the load generator's are */
    if (kept.job) {
        job = *kept.job;
        if (crypto_cuid(now, job.id))
            die("ids", NULL);
        o.job = &job;
    }
    store_begin(b->store, clock_mono_us());
    if (store_ticket_open(b->store, b->scratch, &o, &number, &existing, &same, &b->err))
        die("open", &b->err);
}

static uint64_t some_number(struct bench *b)
{
    b->random = b->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return b->low + (b->random >> 33) % (b->high - b->low + 1);
}

static void details_once(struct bench *b)
{
    struct ticket_details d;
    store_begin(b->store, clock_mono_us());
    enum status st = store_ticket_details(b->store, b->scratch, 1, some_number(b), false, &d, &b->err);
    if (st != STATUS_OK && st != STATUS_NOT_FOUND)
        die("details", &b->err);
}

static void status_once(struct bench *b)
{
    struct ticket t;
    bool found;
    uint64_t number = some_number(b);
    store_begin(b->store, clock_mono_us());
    if (store_ticket_statuses(b->store, b->scratch, 1, &number, 1, &t, &found, &b->err))
        die("status", &b->err);
}

static void bare_once(struct bench *b)
{
    if (mysql_query(b->mysql, "INSERT INTO bench_bare (v) VALUES (REPEAT('x',100))"))
        die(mysql_error(b->mysql), NULL);
}

static void connect_bare(struct bench *b)
{
    b->mysql = mysql_init(NULL);
    if (!b->mysql ||
        !mysql_real_connect(b->mysql, NULL, "root", NULL, b->conf.database_name, 0, b->conf.database_socket, 0))
        die("connect", NULL);
}

static const struct mode {
    const char *name;
    void (*connect)(struct bench *b);
    void (*once)(struct bench *b);
} modes[] = {
    {"create", connect_store, create_once},
    {"details", connect_store, details_once},
    {"status", connect_store, status_once},
    {"bare", connect_bare, bare_once},
};

static void work(struct bench *b, const struct mode *m, double seconds, unsigned index)
{
    m->connect(b);
    b->random = index * 7919 + 1;
    m->once(b); /* statements prepared, caches warm */
    atomic_fetch_add(&tally->ready, 1);
    while (!atomic_load(&tally->go))
        usleep(1000);
    int64_t end = clock_mono_us() + (int64_t)(seconds * 1e6);
    for (int64_t t = clock_mono_us(); t < end;) {
        m->once(b);
        arena_reset(b->scratch);
        int64_t now = clock_mono_us(), step = (now - t) / BUCKET_US;
        atomic_fetch_add(&tally->bucket[step < BUCKETS ? step : BUCKETS - 1], 1);
        atomic_fetch_add(&tally->done, 1);
        t = now;
    }
}

static double quantile_ms(double q)
{
    unsigned long long want = (unsigned long long)(q * (double)atomic_load(&tally->done)), seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        if ((seen += atomic_load(&tally->bucket[i])) >= want)
            return (i + 1) * BUCKET_US / 1000.0;
    return BUCKETS * BUCKET_US / 1000.0;
}

static void run_all(struct bench *b, const struct mode *m, unsigned connections, double seconds)
{
    for (unsigned i = 0; i < connections; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die("fork", NULL);
        if (pid == 0) {
            crypto_id_forget();
            work(b, m, seconds, i);
            _exit(0);
        }
    }
    while (atomic_load(&tally->ready) < connections && !atomic_load(&tally->failed))
        usleep(1000);
    atomic_store(&tally->go, true);
    for (unsigned i = 0; i < connections; i++)
        wait(NULL);
    if (atomic_load(&tally->failed))
        exit(1);
    printf("%.0f %.2f %.2f\n", (double)atomic_load(&tally->done) / seconds, quantile_ms(0.5), quantile_ms(0.99));
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (!f || !text || fread(text, 1, (1 << 20) - 1, f) == 0)
        die(path, NULL);
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    static struct bench b;
    const struct mode *m = NULL;
    for (unsigned i = 0; argc >= 6 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[2], modes[i].name) == 0)
            m = &modes[i];
    unsigned connections = m ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (!m || connections == 0 || connections > CONNECTIONS_MAX) {
        fprintf(stderr, "usage: ceiling CONF create|details|status|bare CONNECTIONS(1-%d) SECONDS BODY [LOW HIGH]\n",
                CONNECTIONS_MAX);
        return 2;
    }
    err_init(&b.err);
    if (conf_load(argv[1], &b.conf, &b.err))
        die("configuration", &b.err);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    b.arena = arena_new(1 << 24);
    b.scratch = arena_new(1 << 24);
    b.body = read_file(argv[5]);
    b.low = argc > 7 ? strtoull(argv[6], NULL, 10) : 1;
    b.high = argc > 7 ? strtoull(argv[7], NULL, 10) : 1;
    if (tally == MAP_FAILED || !b.arena || !b.scratch)
        die("memory", NULL);
    if (ticket_rules_set(b.arena, &b.conf, &b.rules, &b.err))
        die("rules", &b.err);
    if (m->once == create_once) {
        connect_store(&b);
        learn(&b);
        store_free(&b.store);
    }
    run_all(&b, m, connections, strtod(argv[4], NULL));
    return 0;
}
