/* What is done to the stack, at random, each kind at least once. */
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "fault/fault.h"
#include "harness/cutproxy.h"

enum {
    BLOWS_THREAD = 3000,
    PAUSE_MS = 900, /*!< at most between two blows */
    STEP_MS = 50,
    SHIFT_DATABASE = 10, /*!< [s] */
    SEE_MS = 4000,
    SOON_MS = 3000,
    MORE_S = 120, /*!< so much longer it goes on until all was seen */
    FLOOD = 2 * BACKLOG + 200,
    CUTS = 3
};

static struct chance chance;
static int64_t wakes, frees; /*!< [us] monotonic; 0: it is not stopped, not full */
static struct cutproxy *proxy;
static unsigned counted_cuts, more_s;

/* ---- Killed ---- */

static unsigned kill_child(enum part p)
{
    pid_t pids[PIDS_MAX];
    unsigned n = part_children(p, pids);
    return n && kill(pids[below(&chance, n)], SIGKILL) == 0;
}

static unsigned kill_worker(void)
{
    return kill_child(PART_POOL);
}

static unsigned kill_nginx_worker(void)
{
    return kill_child(PART_NGINX);
}

static unsigned kill_pool(void)
{
    return part_kill(PART_POOL);
}

static unsigned kill_nginx(void)
{
    return part_kill(PART_NGINX);
}

static unsigned kill_database(void)
{
    return part_kill(PART_DATABASE);
}

/* ---- Stopped, full ---- */

static unsigned stop_database(void)
{
    pid_t pid = part_pid(PART_DATABASE);
    if (wakes || !pid || !database_answers() || kill(pid, SIGSTOP) != 0)
        return 0;
    wakes = mono_us() + fault.stop_s * INT64_C(1000000);
    database_gone();
    return 1;
}

static void wake_database(void)
{
    if (part_pid(PART_DATABASE))
        kill(part_pid(PART_DATABASE), SIGCONT);
    wakes = 0;
}

static unsigned fill_disk(void)
{
    if (frees || !disk_fill()) {
        disk_free();
        frees = 0;
        return 0;
    }
    frees = mono_us() + fault.full_s * INT64_C(1000000);
    fprintf(run_.blows, "%lld STOP %d\n", (long long)mono_us(), BLOW_DISK);
    return 1;
}

static void free_disk(void)
{
    disk_free();
    fprintf(run_.blows, "%lld CONT %d\n", (long long)mono_us(), BLOW_DISK);
    frees = 0;
}

/* ---- Clocks ---- */

/* [s] how far a worker's clock is off, by the time it writes into an answer. */
static int64_t shift_seen(void)
{
    struct reply r = get("/health", NULL);
    struct tm t = {0};
    const char *text = r.n ? at(&r, "timestamp") : NULL; /* refusals have one, too */
    bool well = text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &t);
    reply_free(&r);
    return well ? timegm(&t) - time(NULL) : 0;
}

static bool near(int64_t a, int64_t b)
{
    return llabs(a - b) <= 5;
}

static unsigned jump(void)
{
    static const int64_t shifts[] = {0, 3600, -3600, 86400, -86400, 400 * INT64_C(86400), -400 * INT64_C(86400)};
    static int64_t now;
    int64_t next = shifts[below(&chance, sizeof shifts / sizeof *shifts)];
    if (next == now)
        next = now ? 0 : shifts[1];
    clock_set(false, now = next);
    for (int64_t until = mono_us() + SEE_MS * INT64_C(1000); mono_us() < until; pause_ms(STEP_MS)) {
        parts_look_after();
        if (near(shift_seen(), next))
            return 1;
    }
    return 0;
}

static unsigned jump_database(void)
{
    static bool ahead;
    if (!database_answers() || wakes)
        return 0;
    ahead = !ahead;
    database_ages(ahead ? SHIFT_DATABASE : -SHIFT_DATABASE);
    for (int64_t until = mono_us() + SEE_MS * INT64_C(1000); mono_us() < until; pause_ms(STEP_MS))
        if (near(sql_int("SELECT UNIX_TIMESTAMP()") - time(NULL), ahead ? SHIFT_DATABASE : 0))
            return 1;
    return 0;
}

void database_ages(int seconds)
{
    static int now;
    fprintf(run_.blows, "%lld AGE %lld\n", (long long)mono_us(), seconds * 1000000LL);
    clock_set(true, now += seconds);
}

/* ---- Cut ---- */

/* The way to the database: through what cuts, or straight. */
static void set_way(bool straight)
{
    char way[400], new[410], to[400];
    snprintf(way, sizeof way, "%s/db.sock", run_.folder);
    snprintf(new, sizeof new, "%s.new", way);
    snprintf(to, sizeof to, "%s/cut.sock", run_.folder);
    if (symlink(straight ? stack.socket : to, new) != 0 || rename(new, way) != 0)
        give_up(way);
}

bool cuts_make(void)
{
    char path[400];
    snprintf(path, sizeof path, "%s/cut.sock", run_.folder);
    proxy = cutproxy_start(path, stack.socket);
    set_way(false);
    return proxy != NULL;
}

void cuts_end(void)
{
    cutproxy_stop(&proxy);
}

/* Cuts that nobody has counted yet. */
static unsigned new_cuts(void)
{
    unsigned all = cutproxy_cuts(proxy), new = all - counted_cuts;
    counted_cuts = all;
    return new;
}

/* Writes carry a mark; any execution of a statement, the sender's too, the byte
 * that asks for it. */
static unsigned cut(void)
{
    static const enum cut hows[] = {CUT_REQUEST, CUT_IN_FLIGHT, CUT_IN_FLIGHT, CUT_ANSWER, CUT_ANSWER, CUT_HANG};
    unsigned seen = new_cuts();
    set_way(often(&chance, 20));
    cutproxy_arm(proxy, hows[below(&chance, sizeof hows / sizeof *hows)], often(&chance, 60) ? "mark-" : "\x17",
                 1 + below(&chance, CUTS));
    counted_cuts = 0;
    return seen;
}

/* ---- Overflow ---- */

static unsigned overflow(void)
{
    pid_t pids[PIDS_MAX];
    unsigned n = part_children(PART_POOL, pids);
    for (unsigned i = 0; i < n; i++)
        kill(pids[i], SIGSTOP);
    unsigned seen = n ? flood(FLOOD) : 0;
    for (unsigned i = 0; i < n; i++)
        kill(pids[i], SIGCONT);
    return seen;
}

/* ---- All of them ---- */

static struct kind {
    const char *name;
    unsigned weight;
    bool kills;
    unsigned (*deal)(void); /*!< how often it was seen at work */
    unsigned dealt, seen;
} kinds[] = {
    {"workers killed", 40, true, kill_worker, 0, 0},
    {"pools killed", 9, true, kill_pool, 0, 0},
    {"nginx's workers killed", 12, true, kill_nginx_worker, 0, 0},
    {"nginx killed", 9, true, kill_nginx, 0, 0},
    {"MariaDB killed", 9, true, kill_database, 0, 0},
    {"MariaDB stopped", 1, false, stop_database, 0, 0},
    {"the disk filled", 2, false, fill_disk, 0, 0},
    {"the stack's clock set", 3, false, jump, 0, 0},
    {"the database's clock set", 2, false, jump_database, 0, 0},
    {"connections to the database cut", 14, false, cut, 0, 0},
    {"backlog overflown, 502s seen", 2, false, overflow, 0, 0},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static unsigned count_unseen(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < KINDS; i++)
        n += !kinds[i].seen;
    return n;
}

/* First each until it was seen at work, in any order; then by weight. */
static struct kind *next_kind(void)
{
    unsigned all = 0, unseen = count_unseen(), k = 0;
    for (unsigned i = 0; i < KINDS; i++)
        all += kinds[i].weight;
    if (unseen && often(&chance, 70)) {
        for (unsigned n = below(&chance, unseen); kinds[k].seen || n-- > 0;)
            k++;
        return &kinds[k];
    }
    for (unsigned n = below(&chance, all); n >= kinds[k].weight; k++)
        n -= kinds[k].weight;
    return &kinds[k];
}

static void step(void)
{
    if (wakes && mono_us() >= wakes)
        wake_database();
    if (frees && mono_us() >= frees)
        free_disk();
    for (unsigned i = 0; i < KINDS; i++)
        kinds[i].seen += kinds[i].deal == cut ? new_cuts() : 0;
    if (run_.ends - mono_us() < SOON_MS * INT64_C(1000) && more_s < MORE_S && count_unseen()) {
        run_.ends += INT64_C(1000000); /* the machine is slow */
        more_s++;
    }
    parts_look_after();
}

static void calm_down(void)
{
    if (frees)
        free_disk();
    wake_database();
    clock_set(false, 0);
    cutproxy_arm(proxy, CUT_NOTHING, "-", 0);
    set_way(true);
}

void *deal_blows(void *unused)
{
    chance = chance_of(BLOWS_THREAD);
    parts_begin();
    for (atomic_store(&fault.ready, true); !atomic_load(&fault.begun); pause_ms(STEP_MS))
        parts_look_after();
    while (mono_us() < run_.ends) {
        for (unsigned ms = 0, most = 100 + below(&chance, PAUSE_MS); ms < most; ms += STEP_MS) {
            step();
            pause_ms(STEP_MS);
        }
        struct kind *k = next_kind();
        k->dealt++;
        k->seen += k->deal();
    }
    calm_down();
    for (; !atomic_load(&fault.over); pause_ms(STEP_MS))
        parts_look_after();
    parts_end();
    return unused;
}

unsigned print_blows(unsigned *kills_r, unsigned *missing_r)
{
    *kills_r = *missing_r = 0;
    for (unsigned i = 0; i < KINDS; i++) {
        printf("%s: %s: %u\n", kinds[i].seen ? "passed" : "FAILED", kinds[i].name, kinds[i].seen);
        *missing_r += !kinds[i].seen;
        *kills_r += kinds[i].kills ? kinds[i].seen : 0;
    }
    return KINDS;
}

unsigned workers_killed(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < KINDS; i++)
        n += kinds[i].deal == kill_worker ? kinds[i].seen : 0;
    return n;
}
