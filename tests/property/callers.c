/* What clients do, what they are told, and what each answer they got must have
 * caused. Like any good client they repeat what got no answer, or one that
 * promises nothing, under its requestId or Idempotency-Key. */
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "property/run.h"

enum {
    TICKETS_MAX = 100000,
    CALLS_MAX = 400000,
    TEXT = 700,
    RECENT = 40,
    PAUSE_MS = 60,
    AGAIN_MS = 400,    /*!< the most between two tries */
    FILE_MAX = 400000, /*!< [bytes] of an attachment; nginx keeps large ones on disk */
    STATUSES = 600
};

struct opened {
    char number[24];
    unsigned partner;
};
struct made {
    char mark[24], ticket[24]; /*!< ticket "": a create whose answer was lost */
    int64_t begin, end;
    bool sure;
    const char *outcomes;
};

static struct opened opened[TICKETS_MAX];
static struct made made[CALLS_MAX];
static unsigned n_opened, n_made, n_marks;
static atomic_uint statuses[STATUSES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void new_mark(char mark[24])
{
    pthread_mutex_lock(&lock);
    snprintf(mark, 24, "mark-%u.", ++n_marks);
    pthread_mutex_unlock(&lock);
}

static void remember(const struct made *m)
{
    pthread_mutex_lock(&lock);
    if (n_made == CALLS_MAX)
        abort();
    made[n_made++] = *m;
    pthread_mutex_unlock(&lock);
}

static void remember_ticket(const char *number, unsigned partner)
{
    pthread_mutex_lock(&lock);
    if (n_opened < TICKETS_MAX) {
        snprintf(opened[n_opened].number, sizeof opened[0].number, "%s", number);
        opened[n_opened++].partner = partner;
    }
    pthread_mutex_unlock(&lock);
}

/* Half of the time one of the newest, so that clients meet on it. */
static bool some_ticket(struct chance *c, struct opened *out)
{
    pthread_mutex_lock(&lock);
    unsigned n = n_opened, recent = n < RECENT ? n : RECENT;
    if (n)
        *out = opened[often(c, 50) ? n - 1 - below(c, recent) : below(c, n)];
    pthread_mutex_unlock(&lock);
    return n > 0;
}

static bool promises_nothing(const struct reply *r)
{
    return r->status == 0 || r->status == 429 || r->status >= 500;
}

static void count(const struct reply *r)
{
    atomic_fetch_add(&statuses[r->status > 0 && r->status < STATUSES ? r->status : 0], 1);
}

/* One line, whole. */
static void __attribute__((format(printf, 1, 2))) say(const char *fmt, ...)
{
    va_list ap;
    char text[256];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fprintf(run_.said, "%lld %s\n", (long long)mono_us(), text);
}

/* The name under which `at` finds it, "-" in what has none. */
static const char *named(const struct reply *r, const char *name)
{
    const char *text = r->n ? at(r, name) : NULL;
    return text && *text && *text != '(' && strcmp(text, "null") ? text : "-";
}

struct request {
    const char *method, *path, *key, *body;
    const char *creates; /*!< code of the partner that asks for a ticket, NULL: a change */
};

/* Sends it once, or the same twice at once: an idempotent repetition causes
 * nothing more. The answer kept is a good one if there is any; *refused_r:
 * all answers said no. */
static struct reply send_once(const struct made *m, const struct request *q, bool twice, bool *refused_r)
{
    struct reply r[2] = {{0}};
    unsigned n = twice ? 2 : 1;
    char idem[64];
    const char *extra[] = {idem, NULL};
    snprintf(idem, sizeof idem, "Idempotency-Key: %s", m->mark);
    if (twice)
        storm(2, r, q->method, q->path, q->key, extra, q->body);
    else
        r[0] = call(q->method, q->path, q->key, extra, q->body);
    for (unsigned i = 0; i < n; i++) {
        count(&r[i]);
        *refused_r = *refused_r && r[i].status != 200 && !promises_nothing(&r[i]);
        if (q->creates)
            say("ANSWER %s %s %ld %s %s", q->creates, m->mark, r[i].status, named(&r[i], "ticketNumber"),
                named(&r[i], "ticketId"));
    }
    if (twice && r[1].status == 200) {
        struct reply swap = r[0];
        r[0] = r[1];
        r[1] = swap;
    }
    reply_free(&r[1]);
    return r[0];
}

/* Until there is an answer that counts, or patience is at its end. */
static struct reply send_call(struct made *m, const struct request *q, struct chance *c, bool twice)
{
    bool refused = true;
    m->begin = mono_us();
    struct reply r = send_once(m, q, twice, &refused);
    while (promises_nothing(&r) && mono_us() < run_.ends + PATIENCE_S * INT64_C(1000000)) {
        reply_free(&r);
        pause_ms(below(c, AGAIN_MS));
        r = send_once(m, q, false, &refused);
    }
    m->end = mono_us();
    m->sure = r.status == 200 || refused;
    if (r.status != 200 && refused)
        m->outcomes = "none";
    return r;
}

/* A ticket's body, with a file of so many bytes (a multiple of three). */
static char *ticket_body(const char *mark, const char *partner, int port, unsigned bytes)
{
    char *file = NULL, *body = NULL;
    size_t n = (size_t)bytes / 3 * 4;
    if (bytes && (file = malloc(n + 1))) {
        memset(file, 'A', n);
        file[n] = 0;
    }
    if ((bytes && !file) ||
        asprintf(&body,
                 "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"channelReferenceId\":\"%s\","
                 "\"customer\":{\"name\":\"Jane\"},\"ticket\":{\"title\":\"T\",\"description\":\"D\"},"
                 "\"integration\":{\"webhookUrl\":\"http://127.0.0.1:%d/%s/hook\",\"requestId\":\"%s\"}%s%s%s}",
                 mark, port, partner, mark, file ? ",\"attachments\":[{\"filename\":\"f\",\"content\":\"" : "",
                 file ? file : "", file ? "\"}]" : "") < 0)
        abort();
    free(file);
    return body;
}

static void open_one(struct chance *c)
{
    struct made m = {.outcomes = "TICKET_CREATED"};
    unsigned partner = below(c, PARTNERS), receiver = (partner + below(c, 2)) % RECEIVERS;
    unsigned bytes = often(c, 10) ? 3 * (1 + below(c, FILE_MAX / 3)) : 0;
    new_mark(m.mark);
    char *body = ticket_body(m.mark, run_.partners[partner].code, receiver_port(run_.receivers[receiver]), bytes);
    const struct request q = {"POST", "/tickets", run_.partners[partner].key, body, run_.partners[partner].code};
    say("CREATE %s %s %u", q.creates, m.mark, bytes);
    struct reply r = send_call(&m, &q, c, often(c, 15));
    if (r.status == 200) {
        snprintf(m.ticket, sizeof m.ticket, "%s", named(&r, "ticketNumber"));
        remember_ticket(m.ticket, partner);
    }
    reply_free(&r);
    free(body);
    remember(&m);
}

/* Its owner finds it, anybody else does not. */
static void read_one(struct chance *c)
{
    struct opened t;
    char path[64];
    if (!some_ticket(c, &t))
        return;
    unsigned partner = often(c, 70) ? t.partner : below(c, PARTNERS);
    snprintf(path, sizeof path, often(c, 50) ? "/tickets/%s" : "/tickets?ticketNumber=%s", t.number);
    struct reply r = get(path, run_.partners[partner].key);
    count(&r);
    say("READ %s %s %s %ld %s", run_.partners[partner].code, run_.partners[t.partner].code, t.number, r.status,
        named(&r, "ticketNumber"));
    reply_free(&r);
}

/* One kind of change: the body, %s its mark, and what it causes when it is taken. */
struct kind {
    unsigned weight;
    bool desk;
    bool unmarked; /*!< its events do not carry the mark */
    const char *body, *outcomes;
};
#define STATUS(s) "{\"action\":\"UPDATE_STATUS\",\"status\":\"" s "\",\"comment\":\"%s\"}"
#define PLAIN(s) "{\"action\":\"UPDATE_STATUS\",\"status\":\"" s "\"}"
static const struct kind kinds[] = {
    {30, false, false, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%s\"}", "COMMENT_ADDED"},
    {20, true, false, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%s\"}", "COMMENT_ADDED"},
    {4, true, false, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%s\",\"internal\":true}", "none"},
    {4, true, false, "{\"action\":\"ASSIGN\",\"assignee\":\"%s\"}", "none"},
    {12, true, false, STATUS("IN_PROGRESS"), "STATUS_CHANGED|COMMENT_ADDED"},
    {9, true, false, STATUS("PENDING"), "STATUS_CHANGED|COMMENT_ADDED"},
    {8, true, false, STATUS("RESOLVED"), "STATUS_CHANGED+TICKET_RESOLVED|COMMENT_ADDED"},
    {4, true, false, STATUS("CLOSED"), "STATUS_CHANGED+TICKET_CLOSED|COMMENT_ADDED"},
    {1, true, false, STATUS("CANCELLED"), "STATUS_CHANGED|COMMENT_ADDED"},
    {7, false, true, PLAIN("PENDING"), "STATUS_CHANGED|none"},
    {1, false, true, PLAIN("CANCELLED"), "STATUS_CHANGED|none"},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *some_kind(struct chance *c)
{
    unsigned all = 0, k = 0;
    for (unsigned i = 0; i < KINDS; i++)
        all += kinds[i].weight;
    for (unsigned at = below(c, all); at >= kinds[k].weight; k++)
        at -= kinds[k].weight;
    return &kinds[k];
}

static void change_one(struct chance *c)
{
    struct opened t;
    if (!some_ticket(c, &t))
        return;
    const struct kind *k = some_kind(c);
    struct made m = {.outcomes = k->outcomes};
    char body[TEXT], path[64];
    const char *hole = strstr(k->body, "%s");
    new_mark(m.mark);
    if (hole)
        snprintf(body, sizeof body, "%.*s%s%s", (int)(hole - k->body), k->body, m.mark, hole + 2);
    else
        snprintf(body, sizeof body, "%s", k->body);
    snprintf(path, sizeof path, "/tickets/%s", t.number);
    const struct request q = {"PATCH", path, k->desk ? run_.agent : run_.partners[t.partner].key, body, NULL};
    struct reply r = send_call(&m, &q, c, often(c, 10));
    say("CHANGE %s %s %ld", run_.partners[t.partner].code, m.mark, r.status);
    reply_free(&r);
    snprintf(m.ticket, sizeof m.ticket, "%s", t.number);
    if (k->unmarked)
        snprintf(m.mark, sizeof m.mark, "-");
    remember(&m);
}

void *client(void *thread_number)
{
    struct chance c = chance_of(*(unsigned *)thread_number);
    while (mono_us() < run_.ends) {
        unsigned what = below(&c, 100);
        if (what < run_.creates)
            open_one(&c);
        else if (what < run_.creates + run_.reads)
            read_one(&c);
        else
            change_one(&c);
        pause_ms(below(&c, PAUSE_MS));
    }
    return NULL;
}

/* A create whose answer was lost may have made its ticket all the same: its reference says so. */
static bool find_ticket(struct made *m)
{
    char number[1024];
    sql(number, "SELECT number FROM ticket WHERE channel_reference_id = '%s'", m->mark);
    snprintf(m->ticket, sizeof m->ticket, "%.20s", number);
    return m->ticket[0] != 0;
}

void write_calls(FILE *out)
{
    for (unsigned i = 0; i < n_made; i++) {
        struct made *m = &made[i];
        if (m->ticket[0] || find_ticket(m))
            fprintf(out, "call %s %s %lld %lld %s %s\n", m->mark, m->ticket, (long long)m->begin, (long long)m->end,
                    m->sure ? "yes" : "maybe", m->outcomes);
    }
}

void print_statuses(void)
{
    printf("answers (0: none):");
    for (unsigned i = 0; i < STATUSES; i++)
        if (atomic_load(&statuses[i]))
            printf(" %u: %u", i, atomic_load(&statuses[i]));
    putchar('\n');
}
