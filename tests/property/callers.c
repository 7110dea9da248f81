/* What clients do, and what each answer they got must have caused. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "property/run.h"

enum { TICKETS_MAX = 20000, CALLS_MAX = 400000, TEXT = 700, RECENT = 40, PAUSE_MS = 60 };

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

/* Sends it once, or the same twice at once: an idempotent repetition causes
 * nothing more. The answer kept is a good one if there is any. */
static struct reply send_call(struct made *m, bool twice, const char *method, const char *path, const char *key,
                              const char *body)
{
    struct reply r[2] = {{0}};
    char idem[64];
    const char *extra[] = {idem, NULL};
    snprintf(idem, sizeof idem, "Idempotency-Key: %s", m->mark);
    m->begin = mono_us();
    if (twice)
        storm(2, r, method, path, key, extra, body);
    else
        r[0] = call(method, path, key, extra, body);
    m->end = mono_us();
    if (twice && r[1].status == 200) {
        struct reply swap = r[0];
        r[0] = r[1];
        r[1] = swap;
    }
    reply_free(&r[1]);
    m->sure = r[0].status == 200 || (r[0].status >= 400 && r[0].status < 500);
    if (r[0].status != 200 && m->sure)
        m->outcomes = "none"; /* refused */
    return r[0];
}

static void open_one(struct chance *c)
{
    struct made m = {.outcomes = "TICKET_CREATED"};
    unsigned partner = below(c, PARTNERS), receiver = (partner + below(c, 2)) % RECEIVERS;
    char body[TEXT];
    new_mark(m.mark);
    snprintf(body, sizeof body,
             "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"channelReferenceId\":\"%s\","
             "\"customer\":{\"name\":\"Jane\"},\"ticket\":{\"title\":\"T\",\"description\":\"D\"},"
             "\"integration\":{\"webhookUrl\":\"http://127.0.0.1:%d/%s/hook\",\"requestId\":\"%s\"}}",
             m.mark, receiver_port(run_.receivers[receiver]), run_.partners[partner].code, m.mark);
    struct reply r = send_call(&m, often(c, 15), "POST", "/tickets", run_.partners[partner].key, body);
    if (r.status == 200) {
        snprintf(m.ticket, sizeof m.ticket, "%s", at(&r, "ticketNumber"));
        remember_ticket(m.ticket, partner);
    }
    reply_free(&r);
    remember(&m);
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
    struct reply r =
        send_call(&m, often(c, 10), "PATCH", path, k->desk ? run_.agent : run_.partners[t.partner].key, body);
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
        if (often(&c, 10))
            open_one(&c);
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
