/* Were the promises kept? Reads what a run caused, what its callers were told and
 * what its receivers logged, and judges all by the contract alone: it shares no
 * code with what it judges, nor with the receiver.
 *
 *   check FACTS LOG…
 *
 * FACTS, from the database and from the answers that the API's callers got:
 *   setting settle|again|apart|hold US   see `struct settings`
 *   ticket NUMBER PARTNER EVENTS STATUS  so many sequence numbers were given out
 *   event ID TICKET SEQ EVENT STATE      STATE: delivered, pending or dead
 *   call MARK TICKET BEGIN END yes|maybe EVENTS[|EVENTS…]
 *                                        [us] monotonic; an acknowledged call caused one of these: A, A+B or none;
 *                                        maybe: no answer came, it may have. MARK -: its events carry none
 *   body ID MARK OLD NEW                 what the event's body says: mark, statuses; - for none
 *   row NUMBER ID PARTNER KEY BYTES      a ticket as it is stored: its requestId, the bytes of its files
 *   series NUMBER NAME COUNT FIRST LAST SAID
 *                                        sequence numbers of what hangs on a ticket, and how many it says there are
 * LOG: a receiver's lines (tests/harness/receiver.c), what callers sent and saw:
 *   US CREATE PARTNER KEY BYTES          a ticket is asked for, the first time
 *   US ANSWER PARTNER KEY STATUS NUMBER ID
 *                                        one answer to it; status 0, number and id -: none
 *   US CHANGE PARTNER MARK STATUS        the last answer to a change
 *   US READ PARTNER OWNER NUMBER STATUS SAW
 *                                        PARTNER asked for OWNER's acknowledged ticket and saw this number; -: none
 * and what was done to senders and to the database that they keep outcomes in:
 *   US BEGIN | US END | US KILL PID | US STOP PID | US CONT PID
 *   US HURRY PID                         it was told to give up what it had under way: others may send that at once
 *   US AGE US                            the database's clock, and so the end of all leases, jumped so far
 *
 * A partner's receiver paths begin with /PARTNER/. Prints a line a promise. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4096, SHOWN_MAX = 10, ALTERNATIVES_MAX = 4, TOGETHER_MAX = 4 };

enum promise {
    ARRIVES,
    NOTHING_ELSE,
    IDENTITY,
    BYTES,
    ONCE,
    ONE_AT_A_TIME,
    ORDER,
    NO_HOLES,
    OWN_PATH,
    CAUSED,
    CHAIN,
    KEPT,
    ONE_TICKET,
    ASKED,
    ANSWERED,
    READS,
    N_PROMISES
};

static struct {
    const char *name;
    unsigned faults;
} promises[N_PROMISES] = {
    [ARRIVES] = {"every event arrived and was taken", 0},
    [NOTHING_ELSE] = {"nothing arrived that nobody caused", 0},
    [IDENTITY] = {"an event has one id, an id one event", 0},
    [BYTES] = {"every attempt had the same bytes", 0},
    [ONCE] = {"what was taken was not sent again, but for a killed or stopped sender's", 0},
    [ONE_AT_A_TIME] = {"no event was under way twice at once", 0},
    [ORDER] = {"a ticket's events came in their order", 0},
    [NO_HOLES] = {"sequences have no holes", 0},
    [OWN_PATH] = {"no partner saw another's events", 0},
    [CAUSED] = {"each call caused its events, in the calls' order", 0},
    [CHAIN] = {"status changes follow from each other", 0},
    [KEPT] = {"every acknowledged ticket is there, as it was acknowledged", 0},
    [ONE_TICKET] = {"a requestId made one ticket", 0},
    [ASKED] = {"no ticket is there that nobody asked for", 0},
    [ANSWERED] = {"every request was answered in the end, and none refused without reason", 0},
    [READS] = {"partners read their own tickets and no others", 0},
};

static struct settings {
    int64_t settle; /*!< [us] from an answer's arrival until its outcome is surely kept: a kill later is no excuse */
    int64_t again;  /*!< [us] no sooner does another sender repeat what a killed one had: its lease must be over */
    int64_t apart;  /*!< [us] at least between two attempts of an event: the shortest wait for a retry */
    int64_t hold;   /*!< [us] a failing event holds its ticket's later ones so long */
} settings = {-1, -1, -1, -1};

struct ticket {
    uint64_t number;
    char partner[64], status[16];
    unsigned events;
};
struct event {
    char id[32], name[24], state[16], mark[32], old[16], new[16];
    uint64_t ticket;
    unsigned seq;
    bool has_body;
};
struct call {
    char mark[32], outcome[ALTERNATIVES_MAX][TOGETHER_MAX][24];
    uint64_t ticket;
    int64_t begin, end;
    bool sure;
    unsigned outcomes, together[ALTERNATIVES_MAX];
    unsigned low, high; /*!< sequence numbers of its events; 0: none */
};
struct attempt {
    int64_t at;
    int status;
    char path[256], id[32], name[24], hash[17];
    unsigned seq;
    uint64_t ticket;
};
/* A sender that was killed, told to give up, or stopped until `to`; a database that was away until then. */
struct blow {
    int64_t from, to;
    long pid;
    enum { STOPPED, KILLED, HURRIED, KINDS } kind;
};
struct age {
    int64_t at, us;
};
struct row {
    uint64_t number, bytes;
    char id[32], partner[64], key[32];
};
struct series {
    uint64_t number;
    char name[16];
    unsigned count, first, last, said;
};
struct create {
    char partner[64], key[32];
    uint64_t bytes;
};
struct answer {
    int64_t at;
    char partner[64], key[32], number[24], id[32];
    int status;
};
struct change {
    char mark[32];
    int status;
};
struct view {
    char partner[64], owner[64], number[24], saw[24];
    int64_t at;
    int status;
};

#define LIST(type, name)                                                                                               \
    static struct type *name;                                                                                          \
    static size_t n_##name;                                                                                            \
    static struct type *add_##name(void)                                                                               \
    {                                                                                                                  \
        name = more(name, n_##name, sizeof *name);                                                                     \
        return &name[n_##name++];                                                                                      \
    }

/* Room for one more in a list that holds n: doubled at powers of two. */
static void *more(void *list, size_t n, size_t size)
{
    if (n & (n - 1) || n == 1)
        return list;
    void *p = realloc(list, (n ? 2 * n : 2) * size);
    if (!p) {
        fprintf(stderr, "check: out of memory\n");
        exit(2);
    }
    memset((char *)p + n * size, 0, (n ? n : 2) * size);
    return p;
}

LIST(ticket, tickets)
LIST(event, events)
LIST(call, calls)
LIST(attempt, attempts)
LIST(blow, blows)
LIST(age, ages)
LIST(row, rows)
LIST(series, series_)
LIST(create, creates)
LIST(answer, answers)
LIST(change, changes)
LIST(view, views)

static void __attribute__((format(printf, 2, 3))) fault(enum promise p, const char *fmt, ...)
{
    if (promises[p].faults++ >= SHOWN_MAX)
        return;
    va_list ap;
    va_start(ap, fmt);
    printf("  broken: %s: ", promises[p].name);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

/* ---- reading ---- */

static _Noreturn void unreadable(const char *file, unsigned line, const char *text)
{
    fprintf(stderr, "check: %s:%u: not understood: %s\n", file, line, text);
    exit(2);
}

static bool read_setting(const char *text)
{
    char name[16];
    int64_t us;
    int end = 0;
    if (sscanf(text, "setting %15s %" SCNd64 "%n", name, &us, &end) != 2 || text[end] || us < 0)
        return false;
    int64_t *to = strcmp(name, "settle") == 0  ? &settings.settle
                  : strcmp(name, "again") == 0 ? &settings.again
                  : strcmp(name, "apart") == 0 ? &settings.apart
                  : strcmp(name, "hold") == 0  ? &settings.hold
                                               : NULL;
    if (to)
        *to = us;
    return to != NULL;
}

static bool read_ticket(const char *text)
{
    struct ticket *t = add_tickets();
    int end = 0;
    return sscanf(text, "ticket %" SCNu64 " %63s %u %15s%n", &t->number, t->partner, &t->events, t->status, &end) ==
               4 &&
           !text[end];
}

static bool read_event(const char *text)
{
    struct event *e = add_events();
    int end = 0;
    return sscanf(text, "event %31s %" SCNu64 " %u %23s %15s%n", e->id, &e->ticket, &e->seq, e->name, e->state, &end) ==
               5 &&
           !text[end];
}

static bool read_row(const char *text)
{
    struct row *r = add_rows();
    int end = 0;
    return sscanf(text, "row %" SCNu64 " %31s %63s %31s %" SCNu64 "%n", &r->number, r->id, r->partner, r->key,
                  &r->bytes, &end) == 5 &&
           !text[end];
}

static bool read_series(const char *text)
{
    struct series *s = add_series_();
    int end = 0;
    return sscanf(text, "series %" SCNu64 " %15s %u %u %u %u%n", &s->number, s->name, &s->count, &s->first, &s->last,
                  &s->said, &end) == 6 &&
           !text[end];
}

/* A+B|C: alternatives, each of one or more events together; none is empty. */
static bool read_outcomes(struct call *c, char *text)
{
    char *outer = NULL, *inner = NULL;
    for (char *one = strtok_r(text, "|", &outer); one; one = strtok_r(NULL, "|", &outer)) {
        if (c->outcomes == ALTERNATIVES_MAX)
            return false;
        unsigned k = c->outcomes++;
        if (strcmp(one, "none") == 0)
            continue;
        for (char *name = strtok_r(one, "+", &inner); name; name = strtok_r(NULL, "+", &inner)) {
            if (c->together[k] == TOGETHER_MAX || strlen(name) >= sizeof c->outcome[0][0])
                return false;
            snprintf(c->outcome[k][c->together[k]++], sizeof c->outcome[0][0], "%s", name);
        }
    }
    return c->outcomes > 0;
}

static bool read_call(const char *text)
{
    struct call *c = add_calls();
    char sure[8], outcomes[256];
    int end = 0;
    if (sscanf(text, "call %31s %" SCNu64 " %" SCNd64 " %" SCNd64 " %7s %255s%n", c->mark, &c->ticket, &c->begin,
               &c->end, sure, outcomes, &end) != 6 ||
        text[end])
        return false;
    c->sure = strcmp(sure, "yes") == 0;
    return (c->sure || strcmp(sure, "maybe") == 0) && read_outcomes(c, outcomes);
}

static int by_event_id(const void *a, const void *b)
{
    return strcmp(((const struct event *)a)->id, ((const struct event *)b)->id);
}

static struct event *find_event(const char *id)
{
    struct event key;
    snprintf(key.id, sizeof key.id, "%s", id);
    return n_events ? bsearch(&key, events, n_events, sizeof *events, by_event_id) : NULL;
}

/* A file's lines that begin with `word`. */
static void read_facts(const char *file, const char *word, bool (*take)(const char *text))
{
    char text[LINE_MAX_BYTES];
    FILE *f = fopen(file, "r");
    if (!f) {
        perror(file);
        exit(2);
    }
    for (unsigned line = 1; fgets(text, sizeof text, f); line++) {
        static const char *const known[] = {"setting ", "ticket ", "event ", "call ", "body ", "row ", "series "};
        bool one = false;
        text[strcspn(text, "\n")] = 0;
        for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
            one = one || strncmp(text, known[i], strlen(known[i])) == 0;
        if (!one || (strncmp(text, word, strlen(word)) == 0 && !take(text)))
            unreadable(file, line, text);
    }
    fclose(f);
}

/* What nobody knows arrived all the same: the log says so, and is judged. */
static bool read_body(const char *text)
{
    char id[32], mark[32], old[16], new[16];
    int end = 0;
    if (sscanf(text, "body %31s %31s %15s %15s%n", id, mark, old, new, &end) != 4 || text[end])
        return false;
    struct event *e = find_event(id);
    if (!e)
        return true;
    if (e->has_body && (strcmp(e->mark, mark) || strcmp(e->old, old) || strcmp(e->new, new)))
        fault(BYTES, "%s says different things at different attempts", id);
    e->has_body = true;
    snprintf(e->mark, sizeof e->mark, "%s", mark);
    snprintf(e->old, sizeof e->old, "%s", old);
    snprintf(e->new, sizeof e->new, "%s", new);
    return true;
}

static bool read_attempt(const char *text)
{
    struct attempt a = {0};
    char seq[16], ticket[24];
    unsigned connection;
    int end = 0;
    if (sscanf(text, "%" SCNd64 " %d %255s %31s %15s %23s %23s %16s %u%n", &a.at, &a.status, a.path, a.id, seq, a.name,
               ticket, a.hash, &connection, &end) != 9 ||
        text[end] || strlen(a.hash) != 16)
        return false;
    a.seq = (unsigned)strtoul(seq, NULL, 10); /* 0: it had none */
    a.ticket = strtoull(ticket, NULL, 10);
    *add_attempts() = a;
    return true;
}

/* The stop of that sender that lasts, ended; NULL: none. */
static struct blow *end_stop(long pid, int64_t at)
{
    for (size_t i = n_blows; i-- > 0;)
        if (blows[i].pid == pid && blows[i].to == INT64_MAX) {
            blows[i].to = at;
            return &blows[i];
        }
    return NULL;
}

static bool read_blow(const char *text)
{
    char what[8];
    int64_t at;
    long pid = 0;
    int end = 0;
    int n = sscanf(text, "%" SCNd64 " %7s%n %ld%n", &at, what, &end, &pid, &end);
    if (n < 2 || text[end])
        return false;
    if (n == 3 && strcmp(what, "AGE") == 0) {
        *add_ages() = (struct age){at, pid};
        return true;
    }
    if (strcmp(what, "BEGIN") == 0 || strcmp(what, "END") == 0)
        return n == 2;
    bool stop = strcmp(what, "STOP") == 0, kill = strcmp(what, "KILL") == 0;
    bool hurry = strcmp(what, "HURRY") == 0;
    if (n != 3 || !(stop || kill || hurry || strcmp(what, "CONT") == 0))
        return false;
    if (hurry) {
        *add_blows() = (struct blow){at, at, pid, HURRIED};
        return true;
    }
    struct blow *stopped = stop ? NULL : end_stop(pid, at);
    if (stopped && kill)
        stopped->kind = KILLED; /* it never went on */
    if (stopped || !(stop || kill))
        return stopped != NULL;
    *add_blows() = (struct blow){at, kill ? at : INT64_MAX, pid, kill ? KILLED : STOPPED};
    return true;
}

static bool read_create(const char *text)
{
    struct create c = {0};
    int64_t at;
    int end = 0;
    if (sscanf(text, "%" SCNd64 " CREATE %63s %31s %" SCNu64 "%n", &at, c.partner, c.key, &c.bytes, &end) != 4 ||
        text[end])
        return false;
    *add_creates() = c;
    return true;
}

static bool read_answer(const char *text)
{
    struct answer a = {0};
    int end = 0;
    if (sscanf(text, "%" SCNd64 " ANSWER %63s %31s %d %23s %31s%n", &a.at, a.partner, a.key, &a.status, a.number, a.id,
               &end) != 6 ||
        text[end])
        return false;
    *add_answers() = a;
    return true;
}

static bool read_change(const char *text)
{
    struct change c = {0};
    char partner[64];
    int64_t at;
    int end = 0;
    if (sscanf(text, "%" SCNd64 " CHANGE %63s %31s %d%n", &at, partner, c.mark, &c.status, &end) != 4 || text[end])
        return false;
    *add_changes() = c;
    return true;
}

static bool read_view(const char *text)
{
    struct view v = {0};
    int end = 0;
    if (sscanf(text, "%" SCNd64 " READ %63s %63s %23s %d %23s%n", &v.at, v.partner, v.owner, v.number, &v.status, v.saw,
               &end) != 6 ||
        text[end])
        return false;
    *add_views() = v;
    return true;
}

static void read_log(const char *file)
{
    char text[LINE_MAX_BYTES];
    FILE *f = fopen(file, "r");
    if (!f) {
        perror(file);
        exit(2);
    }
    for (unsigned line = 1; fgets(text, sizeof text, f); line++) {
        if (!strchr(text, '\n'))
            unreadable(file, line, text);
        text[strcspn(text, "\n")] = 0;
        if (!read_attempt(text) && !read_create(text) && !read_answer(text) && !read_change(text) && !read_view(text) &&
            !read_blow(text))
            unreadable(file, line, text);
    }
    fclose(f);
}

/* ---- judging ---- */

static int by_ticket(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static struct ticket *find_ticket(uint64_t number)
{
    struct ticket key = {.number = number};
    return n_tickets ? bsearch(&key, tickets, n_tickets, sizeof *tickets, by_ticket) : NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->ticket != y->ticket)
        return x->ticket < y->ticket ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_id_and_time(const void *a, const void *b)
{
    const struct attempt *x = a, *y = b;
    int d = strcmp(x->id, y->id);
    return d ? d : (x->at > y->at) - (x->at < y->at);
}

static int by_ticket_and_begin(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    if (x->ticket != y->ticket)
        return x->ticket < y->ticket ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool taken(const struct attempt *a)
{
    return a->status >= 200 && a->status < 300;
}

static void judge_ids(void)
{
    for (size_t i = 1; i < n_events; i++)
        if (strcmp(events[i - 1].id, events[i].id) == 0)
            fault(IDENTITY, "%s stands for %" PRIu64 "/%u and %" PRIu64 "/%u", events[i].id, events[i - 1].ticket,
                  events[i - 1].seq, events[i].ticket, events[i].seq);
}

static void judge_attempt(const struct attempt *a)
{
    const struct event *e = find_event(a->id);
    const struct ticket *t = find_ticket(e ? e->ticket : a->ticket);
    size_t n = t ? strlen(t->partner) : 0;
    if (!e)
        fault(NOTHING_ELSE, "%s, as %s of ticket %" PRIu64, a->id, a->name, a->ticket);
    else if (e->ticket != a->ticket || e->seq != a->seq || strcmp(e->name, a->name))
        fault(IDENTITY, "%s is %s %" PRIu64 "/%u but came as %s %" PRIu64 "/%u", a->id, e->name, e->ticket, e->seq,
              a->name, a->ticket, a->seq);
    if (t && (a->path[0] != '/' || strncmp(a->path + 1, t->partner, n) || a->path[1 + n] != '/'))
        fault(OWN_PATH, "%s of %s came to %s", a->id, t->partner, a->path);
}

/* How far the leases' clock jumped ahead in between. */
static int64_t aged(int64_t from, int64_t to)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n_ages; i++)
        if (ages[i].us > 0 && ages[i].at > from - settings.settle && ages[i].at <= to)
            sum += ages[i].us;
    return sum;
}

/* Was a sender killed, hurried or stopped when it had, or would have kept, the
 * answer that came at `at`? Another one repeats what a killed one had once its
 * lease is over, what was given up at once; a stopped one may itself when it goes on. */
static bool excused(int64_t at, int64_t repeated)
{
    for (size_t i = 0; i < n_blows; i++) {
        const struct blow *b = &blows[i];
        bool had_it = b->from <= at + settings.settle && b->to >= at - settings.settle;
        bool went_on = b->kind != KILLED && b->to <= repeated;
        if ((had_it && (went_on || repeated - at + aged(at, repeated) >= settings.again)) ||
            (went_on && b->to >= repeated - settings.settle))
            return true;
    }
    return false;
}

static bool went_on_late(int64_t at)
{
    for (size_t i = 0; i < n_blows; i++)
        if (blows[i].kind != KILLED && blows[i].to <= at && blows[i].to >= at - settings.settle)
            return true;
    return false;
}

static unsigned repeated_after_blow;

/* Two attempts of one event, one after the other. A repetition that has its
 * excuse and fails is retried like any. */
static void judge_repetition(const struct attempt *a, const struct attempt *b)
{
    if (strcmp(a->hash, b->hash))
        fault(BYTES, "%s: %s at %" PRId64 ", %s at %" PRId64, a->id, a->hash, a->at, b->hash, b->at);
    /* A kept connection that breaks without an answer is no verdict: HTTP clients try the next at once. */
    if (b->at - a->at + aged(a->at, b->at) < settings.apart && a->status && !went_on_late(b->at))
        fault(ONE_AT_A_TIME, "%s at %" PRId64 " and %" PRId64 " us later", a->id, a->at, b->at - a->at);
    if (taken(a) && !excused(a->at, b->at))
        fault(ONCE, "%s was taken at %" PRId64 " and came again %" PRId64 " us later", a->id, a->at, b->at - a->at);
    repeated_after_blow += taken(a);
}

/* Attempts of an event: [first, first + n) in time's order; NULL: none. */
static const struct attempt *attempts_of(const char *id, size_t *n_r)
{
    size_t low = 0, high = n_attempts;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(attempts[mid].id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (*n_r = 0; low + *n_r < n_attempts && strcmp(attempts[low + *n_r].id, id) == 0;)
        ++*n_r;
    return *n_r ? &attempts[low] : NULL;
}

static int64_t first_taken(const struct attempt *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (taken(&a[i]))
            return a[i].at;
    return INT64_MAX;
}

static void judge_event(const struct event *e)
{
    size_t n;
    const struct attempt *a = attempts_of(e->id, &n);
    if (first_taken(a, n) == INT64_MAX)
        fault(ARRIVES, "%s, %s %" PRIu64 "/%u: %zu attempts, none taken", e->id, e->name, e->ticket, e->seq, n);
    else if (strcmp(e->state, "delivered"))
        fault(ARRIVES, "%s, %s %" PRIu64 "/%u was taken but is still %s", e->id, e->name, e->ticket, e->seq, e->state);
    for (size_t i = 1; i < n; i++)
        judge_repetition(&a[i - 1], &a[i]);
}

/* Nothing of `b` may come before `a`, its ticket's event before it, was taken,
 * unless `a` had been failing for as long as it holds. */
static void judge_order(const struct event *a, const struct event *b)
{
    size_t n_a, n_b;
    const struct attempt *of_a = attempts_of(a->id, &n_a), *of_b = attempts_of(b->id, &n_b);
    int64_t a_taken = first_taken(of_a, n_a);
    bool released = n_a && n_b && !taken(&of_a[0]) && of_b[0].at - of_a[0].at >= settings.hold;
    if (n_b && of_b[0].at <= a_taken && !released)
        fault(ORDER, "ticket %" PRIu64 ": %u came at %" PRId64 ", before %u was taken", b->ticket, b->seq, of_b[0].at,
              a->seq);
}

/* Events of one ticket, by sequence. */
static void judge_sequence(const struct ticket *t, const struct event *e, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i && e[i].seq == e[i - 1].seq)
            fault(IDENTITY, "ticket %" PRIu64 "/%u is both %s and %s", t->number, e[i].seq, e[i - 1].id, e[i].id);
        else if (e[i].seq != (i ? e[i - 1].seq + 1 : 1))
            fault(NO_HOLES, "ticket %" PRIu64 ": %u follows %u", t->number, e[i].seq, i ? e[i - 1].seq : 0);
        if (i)
            judge_order(&e[i - 1], &e[i]);
    }
    if ((n ? e[n - 1].seq : 0) != t->events)
        fault(NO_HOLES, "ticket %" PRIu64 " gave out %u numbers, the last event has %u", t->number, t->events,
              n ? e[n - 1].seq : 0);
}

static void judge_chain(const struct ticket *t, const struct event *e, size_t n)
{
    const char *status = "OPEN";
    for (size_t i = 0; i < n; i++) {
        if (strcmp(e[i].name, "STATUS_CHANGED"))
            continue;
        if (strcmp(e[i].old, status) || strcmp(e[i].new, status) == 0)
            fault(CHAIN, "ticket %" PRIu64 "/%u: %s to %s, but it was %s", t->number, e[i].seq, e[i].old, e[i].new,
                  status);
        status = e[i].new;
    }
    if (strcmp(status, t->status))
        fault(CHAIN, "ticket %" PRIu64 " ended %s, its last event says %s", t->number, t->status, status);
}

/* ---- what calls caused ---- */

/* Its events: those with its mark, one after the other. */
static bool outcome_fits(const struct call *c, const struct event *e, size_t n)
{
    for (unsigned k = 0; k < c->outcomes; k++) {
        bool fits = c->together[k] == n;
        for (size_t i = 0; fits && i < n; i++)
            fits = strcmp(c->outcome[k][i], e[i].name) == 0 && e[i].seq == e[0].seq + i;
        if (fits)
            return true;
    }
    return n == 0 && !c->sure;
}

static void judge_call(struct call *c, const struct event *e, size_t n)
{
    size_t first = 0, count = 0;
    while (first < n && strcmp(e[first].mark, c->mark))
        first++;
    while (first + count < n && strcmp(e[first + count].mark, c->mark) == 0)
        count++;
    for (size_t i = first + count; i < n; i++)
        if (strcmp(e[i].mark, c->mark) == 0)
            fault(CAUSED, "call %s on ticket %" PRIu64 " caused %u and, apart from it, %u", c->mark, c->ticket,
                  e[first].seq, e[i].seq);
    if (!outcome_fits(c, e + first, count))
        fault(CAUSED, "call %s on ticket %" PRIu64 " caused %zu events, first %s", c->mark, c->ticket, count,
              count ? e[first].name : "none");
    if (count) {
        c->low = e[first].seq;
        c->high = e[first + count - 1].seq;
    }
}

static bool has_call(const struct call *c, size_t n, const char *mark)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(c[i].mark, mark) == 0)
            return true;
    return false;
}

/* Calls that are over before others begin come before them in the sequence. */
static void judge_call_order(const struct call *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (c[k].sure && c[k].end < c[i].begin && c[i].low && c[k].high > c[i].low)
                fault(CAUSED, "ticket %" PRIu64 ": call %s was over before call %s began, but has %u after %u",
                      c[k].ticket, c[k].mark, c[i].mark, c[k].high, c[i].low);
}

/* Calls and events of one ticket. */
static void judge_calls(const struct ticket *t, struct call *c, size_t n_c, const struct event *e, size_t n)
{
    unsigned unmarked_calls = 0, unmarked = 0;
    for (size_t i = 0; i < n_c; i++)
        if (strcmp(c[i].mark, "-"))
            judge_call(&c[i], e, n);
        else
            unmarked_calls++;
    for (size_t i = 0; i < n; i++) {
        bool known = strcmp(e[i].mark, "-") ? has_call(c, n_c, e[i].mark) : ++unmarked <= unmarked_calls;
        if (!known)
            fault(CAUSED, "ticket %" PRIu64 "/%u, %s: nobody caused it", t->number, e[i].seq, e[i].name);
    }
    judge_call_order(c, n_c);
}

/* What the events say can only be judged of all of them; a loss is a fault of its own. */
static bool all_arrived(const struct event *e, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!e[i].has_body)
            return false;
    return true;
}

static void judge_tickets(void)
{
    size_t e = 0, c = 0;
    for (size_t i = 0; i < n_tickets; i++) {
        struct ticket *t = &tickets[i];
        size_t first_e, first_c;
        for (; e < n_events && events[e].ticket < t->number; e++)
            fault(NOTHING_ELSE, "%s is of a ticket that is not there", events[e].id);
        for (first_e = e; e < n_events && events[e].ticket == t->number;)
            e++;
        for (; c < n_calls && calls[c].ticket < t->number; c++)
            fault(CAUSED, "call %s was on a ticket that is not there", calls[c].mark);
        for (first_c = c; c < n_calls && calls[c].ticket == t->number;)
            c++;
        judge_sequence(t, events + first_e, e - first_e);
        if (all_arrived(events + first_e, e - first_e)) {
            judge_chain(t, events + first_e, e - first_e);
            judge_calls(t, calls + first_c, c - first_c, events + first_e, e - first_e);
        }
    }
    for (; e < n_events; e++)
        fault(NOTHING_ELSE, "%s is of a ticket that is not there", events[e].id);
    for (; c < n_calls; c++)
        fault(CAUSED, "call %s was on a ticket that is not there", calls[c].mark);
}

/* ---- what callers were told ---- */

static int by_key(const char *partner, const char *key, const char *other, const char *other_key)
{
    int d = strcmp(partner, other);
    return d ? d : strcmp(key, other_key);
}

static int by_row_key(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return by_key(x->partner, x->key, y->partner, y->key);
}

static int by_create_key(const void *a, const void *b)
{
    const struct create *x = a, *y = b;
    return by_key(x->partner, x->key, y->partner, y->key);
}

static int by_answer_key(const void *a, const void *b)
{
    const struct answer *x = a, *y = b;
    int d = by_key(x->partner, x->key, y->partner, y->key);
    return d ? d : (x->at > y->at) - (x->at < y->at);
}

static const struct row *find_row(const char *partner, const char *key)
{
    struct row want;
    snprintf(want.partner, sizeof want.partner, "%s", partner);
    snprintf(want.key, sizeof want.key, "%s", key);
    return n_rows ? bsearch(&want, rows, n_rows, sizeof *rows, by_row_key) : NULL;
}

static const struct create *find_create(const struct row *r)
{
    struct create want;
    snprintf(want.partner, sizeof want.partner, "%s", r->partner);
    snprintf(want.key, sizeof want.key, "%s", r->key);
    return n_creates ? bsearch(&want, creates, n_creates, sizeof *creates, by_create_key) : NULL;
}

static void judge_rows(void)
{
    for (size_t i = 0; i < n_rows; i++) {
        const struct create *c = find_create(&rows[i]);
        if (!c)
            fault(ASKED, "ticket %" PRIu64 " of %s, requestId %s", rows[i].number, rows[i].partner, rows[i].key);
        else if (c->bytes != rows[i].bytes)
            fault(KEPT, "ticket %" PRIu64 " has %" PRIu64 " bytes of files, %" PRIu64 " were sent", rows[i].number,
                  rows[i].bytes, c->bytes);
        if (i && by_row_key(&rows[i - 1], &rows[i]) == 0)
            fault(ONE_TICKET, "%s of %s made %" PRIu64 " and %" PRIu64, rows[i].key, rows[i].partner,
                  rows[i - 1].number, rows[i].number);
    }
}

static void judge_answer(const struct answer *a)
{
    const struct row *r = find_row(a->partner, a->key);
    if (a->status >= 400 && a->status < 500 && a->status != 429)
        fault(ANSWERED, "%s of %s was refused with %d", a->key, a->partner, a->status);
    if (a->status != 200)
        return;
    if (!r)
        fault(KEPT, "%s of %s was acknowledged as %s and is not there", a->key, a->partner, a->number);
    else if (r->number != strtoull(a->number, NULL, 10) || strcmp(r->id, a->id))
        fault(KEPT, "%s of %s was acknowledged as %s, %s and is %" PRIu64 ", %s", a->key, a->partner, a->number, a->id,
              r->number, r->id);
}

/* Its answers, from the first that is not before it. */
static void judge_create(const struct create *c, const struct answer *a, size_t n)
{
    const struct answer *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (a[i].status == 200 && first && strcmp(a[i].number, first->number))
            fault(ONE_TICKET, "%s of %s was answered with %s and with %s", c->key, c->partner, first->number,
                  a[i].number);
        if (a[i].status == 200 && !first)
            first = &a[i];
    }
    if (!first)
        fault(ANSWERED, "%s of %s: %zu answers, no success", c->key, c->partner, n);
}

static unsigned acknowledged;

static void judge_creates(void)
{
    size_t k = 0;
    for (size_t i = 0; i < n_creates; i++) {
        const struct create *c = &creates[i];
        size_t first = k;
        if (i && by_create_key(&creates[i - 1], c) == 0)
            continue; /* asked once more under the same id: its answers are judged */
        for (; k < n_answers && by_key(answers[k].partner, answers[k].key, c->partner, c->key) == 0; k++) {
            acknowledged += answers[k].status == 200;
            judge_answer(&answers[k]);
        }
        judge_create(c, answers + first, k - first);
    }
    if (k != n_answers)
        fault(ASKED, "%s of %s was answered and never asked for", answers[k].key, answers[k].partner);
}

static bool out_of_order(int status)
{
    return status == 0 || status == 429 || status >= 500;
}

/* 404 to its owner is a loss, anything but that to another a leak. */
static void judge_view(const struct view *v)
{
    bool own = strcmp(v->partner, v->owner) == 0;
    bool right = own ? v->status == 200 && strcmp(v->saw, v->number) == 0 : v->status == 404;
    if (!right && !(out_of_order(v->status) && strcmp(v->saw, "-") == 0))
        fault(READS, "%s asked for %s's ticket %s at %" PRId64 ": %d, saw %s", v->partner, v->owner, v->number, v->at,
              v->status, v->saw);
}

static void judge_callers(void)
{
    qsort(rows, n_rows, sizeof *rows, by_row_key);
    qsort(creates, n_creates, sizeof *creates, by_create_key);
    qsort(answers, n_answers, sizeof *answers, by_answer_key);
    judge_rows();
    judge_creates();
    for (size_t i = 0; i < n_changes; i++)
        if (changes[i].status != 200 && changes[i].status != 400)
            fault(ANSWERED, "change %s ended with %d", changes[i].mark, changes[i].status);
    for (size_t i = 0; i < n_views; i++)
        judge_view(&views[i]);
    for (size_t i = 0; i < n_series_; i++) {
        const struct series *s = &series_[i];
        if (s->last != s->said || s->count != s->last || s->first != (s->count ? 1 : 0))
            fault(NO_HOLES, "ticket %" PRIu64 ": %u of %s, %u to %u, but it says %u", s->number, s->count, s->name,
                  s->first, s->last, s->said);
    }
}

static void judge(void)
{
    qsort(attempts, n_attempts, sizeof *attempts, by_id_and_time);
    judge_ids();
    for (size_t i = 0; i < n_attempts; i++)
        judge_attempt(&attempts[i]);
    for (size_t i = 0; i < n_events; i++)
        judge_event(&events[i]);
    qsort(events, n_events, sizeof *events, by_place);
    judge_tickets();
    judge_callers();
}

static int report(void)
{
    unsigned passed = 0, failed_attempts = 0, n[KINDS] = {0};
    for (size_t i = 0; i < n_attempts; i++)
        failed_attempts += !taken(&attempts[i]);
    for (size_t i = 0; i < n_blows; i++)
        n[blows[i].kind]++;
    printf("%zu calls, %zu tickets, %zu events, %zu attempts (%u failed, %u repeated after a blow), "
           "%u kills, %u stops, %u hurried\n",
           n_calls, n_tickets, n_events, n_attempts, failed_attempts, repeated_after_blow, n[KILLED], n[STOPPED],
           n[HURRIED]);
    printf("%zu requestIds, %u acknowledgements, %zu changes, %zu reads\n", n_creates, acknowledged, n_changes,
           n_views);
    for (unsigned p = 0; p < N_PROMISES; p++) {
        if (promises[p].faults)
            printf("FAILED: %s: %u times\n", promises[p].name, promises[p].faults);
        else
            printf("passed: %s\n", promises[p].name);
        passed += !promises[p].faults;
    }
    printf("%u passed, %u failed\n", passed, N_PROMISES - passed);
    return passed == N_PROMISES ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: check FACTS LOG...\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    read_facts(argv[1], "setting ", read_setting);
    read_facts(argv[1], "ticket ", read_ticket);
    read_facts(argv[1], "event ", read_event);
    read_facts(argv[1], "call ", read_call);
    qsort(tickets, n_tickets, sizeof *tickets, by_ticket);
    qsort(events, n_events, sizeof *events, by_event_id);
    qsort(calls, n_calls, sizeof *calls, by_ticket_and_begin);
    read_facts(argv[1], "body ", read_body);
    read_facts(argv[1], "row ", read_row);
    read_facts(argv[1], "series ", read_series);
    for (int i = 2; i < argc; i++)
        read_log(argv[i]);
    if (settings.settle < 0 || settings.again < 0 || settings.apart < 0 || settings.hold < 0 || !n_tickets ||
        !n_events || !n_attempts || !n_rows || !n_series_ || !n_creates || !n_answers || !n_changes || !n_views) {
        fprintf(stderr, "check: some kind of facts or of log lines is missing\n");
        return 2;
    }
    judge();
    return report();
}
