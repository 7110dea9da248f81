/* The whole sender but the database: claims from a store in memory, posts to a
 * receiver on loopback. */
#include "send/send.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/poke.h"
#include "harness/receiver.h"
#include "harness/suite.h"
#include "send/fake_dns.h"
#include "send/fake_store.h"
#include "send/suites.h"

#define SECOND CLOCK_SECOND
#define SOON 5000 /* [ms] far longer than it takes */

static struct receiver *receiver;
static int port;
static char directory[64];
static struct conf conf;

/* --- senders in threads of their own --- */

struct run {
    struct send_options o;
    volatile int stop;
    struct conf conf;
    struct err err;
    enum status status;
    int64_t ended_at;
    pthread_t thread;
};

static void *run_sender(void *ctx)
{
    struct run *r = ctx;
    r->status = send_run(&r->conf, &r->o, &r->err);
    r->ended_at = clock_mono_us();
    return NULL;
}

static struct run *begin(enum send_mode mode, unsigned seconds)
{
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->conf = conf;
    err_init(&r->err);
    r->o = (struct send_options){
        .mode = mode, .seconds = seconds, .stop = &r->stop, .stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (pthread_create(&r->thread, NULL, run_sender, r) != 0)
        abort();
    return r;
}

/* As a signal to the thread would. */
static void stop(struct run *r)
{
    uint64_t one = 1;
    __atomic_add_fetch(&r->stop, 1, __ATOMIC_SEQ_CST);
    if (write(r->o.stop_fd, &one, sizeof one) < 0)
        abort();
}

static enum status end(struct run *r)
{
    pthread_join(r->thread, NULL);
    close(r->o.stop_fd);
    enum status s = r->status;
    free(r);
    return s;
}

static enum status once(void)
{
    return end(begin(SEND_ONCE, 0));
}

static void poke(uint64_t id)
{
    int fd = -1;
    poke_send(&fd, directory, id);
    if (fd >= 0)
        close(fd);
}

/* --- set-up --- */

static int set_up(void)
{
    struct receiver_options o = {0};
    snprintf(directory, sizeof directory, "/tmp/omsend-XXXXXX");
    receiver = receiver_start(&o);
    if (!receiver || !mkdtemp(directory))
        return 1;
    port = receiver_port(receiver);
    log_setup("test", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
    return 0;
}

static int tear_down(void)
{
    char path[128];
    receiver_stop(&receiver);
    snprintf(path, sizeof path, "%s/" POKE_NAME, directory);
    unlink(path);
    return rmdir(directory);
}

static void fresh(void)
{
    fake_reset();
    receiver_clear(receiver);
    receiver_rule(receiver, NULL);
    conf_defaults(&conf);
    conf.webhook_allow_http = true;
    conf.webhook_allow_cidr.n = 1;
    snprintf(conf.webhook_allow_cidr.item[0], CONF_STRING_MAX, "127.0.0.0/8");
    snprintf(conf.webhook_ports, sizeof conf.webhook_ports, "any");
    snprintf(conf.sender_directory, sizeof conf.sender_directory, "%s", directory);
}

static struct fake_job *job(uint64_t id, uint64_t ticket, const char *path)
{
    return fake_add(id, 1, ticket, "http://127.0.0.1:%d%s", port, path);
}

static bool wait_state(enum fake_state state, unsigned n)
{
    int64_t until = clock_mono_us() + SOON * INT64_C(1000);
    while (fake_count(state) < n && clock_mono_us() < until)
        usleep(2000);
    return fake_count(state) == n;
}

/* --- one pass --- */

static void test_once(void)
{
    fresh();
    for (unsigned i = 0; i < 40; i++)
        job(7, i, "/a");
    for (unsigned i = 0; i < 40; i++)
        job(8, 100 + i, "/b");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("all", fake_count(FAKE_DELIVERED), 80);
    CHECK_INT("each once", receiver_count(receiver, ""), 80);
    for (unsigned i = 0; i < fake.n_jobs; i++) {
        CHECK_INT("claimed once", fake.jobs[i].claims, 1);
        CHECK_INT("its status", fake.jobs[i].http_status, 200);
        CHECK_STR("no error", fake.jobs[i].error, "");
    }
    CHECK("told", fake_receiver(7)->told.succeeded && !fake_receiver(7)->told.failed);
    char origin[64];
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", port);
    CHECK_STR("of whom", fake_receiver(7)->told.origin, origin);
    CHECK_INT("longer than an attempt", fake.lease_us, (15 + 45) * SECOND);
}

/* Nothing in a pass waits for the next second. */
static void test_once_is_quick(void)
{
    int64_t best = INT64_MAX;
    for (unsigned n = 0; n < 5; n++) {
        fresh();
        for (unsigned i = 0; i < 10; i++)
            job(7, i, "/");
        int64_t began = clock_mono_us();
        CHECK_INT("fine", once(), STATUS_OK);
        int64_t took = clock_mono_us() - began;
        best = took < best ? took : best;
        CHECK_INT("all", fake_count(FAKE_DELIVERED), 10);
    }
    CHECK("at once", best < SECOND / 2);
}

static void test_headers_sent(void)
{
    fresh();
    struct fake_job *j = job(7, 1408, "/x?y=1");
    CHECK_INT("fine", once(), STATUS_OK);
    const struct receiver_request *q = receiver_get(receiver, "/x", 0);
    CHECK("it came", q);
    CHECK_STR("body", q->body, j->body);
    CHECK_STR("id", receiver_header(q, "webhook-id"), "w1");
    CHECK_STR("event", receiver_header(q, "X-Webhook-Event"), "STATUS_CHANGED");
    CHECK_STR("sequence", receiver_header(q, "X-Webhook-Sequence"), "1");
    CHECK_STR("type", receiver_header(q, "Content-Type"), "application/json");
    CHECK_STR("agent", receiver_header(q, "User-Agent"), "Omnichannel-Webhook/" PACKAGE_VERSION);
    CHECK("no Expect", !receiver_header(q, "Expect"));
    CHECK_INT("signature", strlen(receiver_header(q, "X-Webhook-Signature")), 64);
    long long at = strtoll(receiver_header(q, "webhook-timestamp"), NULL, 10);
    CHECK("now", llabs(at - clock_wall_us() / SECOND) <= 2);
}

/* Events of a ticket one after the other, tickets beside each other. */
static void test_order(void)
{
    char last[4] = {0};
    fresh();
    for (unsigned i = 0; i < 20; i++)
        job(7, i % 4, "/slow/5");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("all", fake_count(FAKE_DELIVERED), 20);
    for (unsigned i = 0; i < 20; i++) {
        const struct receiver_request *q = receiver_get(receiver, "", i);
        unsigned id = (unsigned)strtoul(receiver_header(q, "webhook-id") + 1, NULL, 10);
        unsigned seq = (unsigned)strtoul(receiver_header(q, "X-Webhook-Sequence"), NULL, 10);
        CHECK_INT("the next of its ticket", seq, ++last[(id - 1) % 4]);
    }
}

static void test_failures(void)
{
    static const struct {
        const char *path;
        enum fake_state state;
        unsigned status;
        const char *error;
    } rows[] = {
        {"/status/503", FAKE_PENDING, 503, "answered 503"},
        {"/status/404", FAKE_PENDING, 404, "answered 404"},
        {"/status/410", FAKE_GONE, 410, "answered 410: this URL gets no more events"},
        {"/redirect/1", FAKE_PENDING, 307, "redirect: not followed (answered 307)"},
        {"/status/204", FAKE_DELIVERED, 204, ""},
        {"/retry/503/90", FAKE_PENDING, 503, "answered 503"},
    };
    fresh();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        job(i + 1, i, rows[i].path);
    CHECK_INT("fine", once(), STATUS_OK);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct fake_job *j = &fake.jobs[i];
        CHECK_INT(rows[i].path, j->state, rows[i].state);
        CHECK_INT(rows[i].path, j->http_status, rows[i].status);
        CHECK_STR(rows[i].path, j->error, rows[i].error);
        CHECK_INT(rows[i].path, j->attempts, 1);
        CHECK(rows[i].path, (j->wait_us > 0) == (rows[i].state == FAKE_PENDING));
    }
    CHECK("first wait of 5 s", fake.jobs[0].wait_us >= 4 * SECOND && fake.jobs[0].wait_us <= 6 * SECOND);
    CHECK("Retry-After", fake.jobs[5].wait_us >= 90 * SECOND);
    CHECK_INT("a failure of the receiver", fake_receiver(1)->told.failures, 1);
    CHECK_INT("not one", fake_receiver(2)->told.failures, 0);
    CHECK("nor a success", !fake_receiver(2)->told.succeeded && !fake_receiver(2)->told.failed);
}

static void test_no_connection(void)
{
    fresh();
    fake_add(7, 1, 1, "http://127.0.0.1:1/");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("to be tried again", fake.jobs[0].state, FAKE_PENDING);
    CHECK_INT("no answer", fake.jobs[0].http_status, 0);
    CHECK("it says why", fake.jobs[0].error[0]);
    CHECK_INT("the receiver's", fake_receiver(7)->told.failures, 1);
}

static void test_guard(void)
{
    static const struct {
        const char *url;
        const char *error;
    } rows[] = {
        {"http://192.168.1.1/", "refused: "},
        {"https://10.0.0.1/", "refused: "},
        {"ftp://127.0.0.1/", "refused: its URL "},
        {"http://user@127.0.0.1/", "refused: its URL "},
        {"http://127.1/", "refused: its URL "},
        {"no URL", "refused: its URL "},
        {"http://[::1]/", "refused: "},
    };
    fresh();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        fake_add(i + 1, 1, i, "%s", rows[i].url);
    CHECK_INT("fine", once(), STATUS_OK);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].url, fake.jobs[i].state, FAKE_DEAD);
        CHECK(rows[i].url, strncmp(fake.jobs[i].error, rows[i].error, strlen(rows[i].error)) == 0);
        CHECK_INT(rows[i].url, fake_receiver(i + 1)->told.failures, 0);
    }
    fresh();
    job(1, 1, "/")->hosts = "hooks.example 127.0.0.2";
    job(2, 2, "/listed")->hosts = "hooks.example 127.0.0.1";
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("not on its partner's list", fake.jobs[0].state, FAKE_DEAD);
    CHECK_STR("why", fake.jobs[0].error, "refused: its URL is to a host that is not on its partner's list");
    CHECK_INT("listed", fake.jobs[1].state, FAKE_DELIVERED);
    fresh();
    conf.webhook_allow_http = false;
    job(7, 1, "/");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("http is not allowed", fake.jobs[0].state, FAKE_DEAD);
    CHECK_INT("nothing came", receiver_count(receiver, ""), 0);
}

static void test_no_secret(void)
{
    fresh();
    job(7, 1, "/")->secret = NULL;
    job(7, 2, "/")->secret = "not a secret";
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("nothing is sent unsigned", receiver_count(receiver, ""), 0);
    for (unsigned i = 0; i < 2; i++) {
        CHECK("tried again later", fake.jobs[i].state == FAKE_PENDING && fake.jobs[i].wait_us > 0);
        CHECK_STR("why", fake.jobs[i].error, "cannot be signed: the partner's secret is none");
    }
    CHECK_INT("not the receiver's fault", fake_receiver(7)->told.failures, 0);
}

static void test_names(void)
{
    fresh();
    fake_dns_reset();
    conf.webhook_timeout = 1;
    fake_add(1, 1, 1, "http://a.loopback.fake:%d/named", port);
    fake_add(2, 1, 2, "http://a.hang.fake:%d/", port);
    fake_add(3, 1, 3, "http://a.ok.fake:%d/", port);
    fake_add(4, 1, 4, "http://a.err2.fake:%d/", port);
    snprintf(conf.webhook_allow_cidr.item[0], CONF_STRING_MAX, "127.0.0.0/8");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("found", fake.jobs[0].state, FAKE_DELIVERED);
    char host[64];
    snprintf(host, sizeof host, "a.loopback.fake:%d", port);
    CHECK_STR("asked by its name", receiver_header(receiver_get(receiver, "/named", 0), "Host"), host);
    CHECK("not in time", fake.jobs[1].state == FAKE_PENDING && fake.jobs[1].wait_us > 0);
    CHECK_STR("why", fake.jobs[1].error, "its host's name could not be looked up in time");
    CHECK_INT("the receiver's", fake_receiver(2)->told.failures, 1);
    CHECK("an address for documents", fake.jobs[2].state == FAKE_DEAD);
    CHECK("the receiver's", fake.jobs[3].state == FAKE_PENDING && fake_receiver(4)->told.failures == 1);
    fake_dns_release();
}

static void test_stop_while_asking(void)
{
    fresh();
    fake_dns_reset();
    for (unsigned i = 0; i < 3; i++)
        fake_add(7, 1, i, "http://a.hang.fake:%d/", port);
    struct run *r = begin(SEND_FOR, 60);
    CHECK("they wait for a name", fake_dns_wait_hanging(1, SOON));
    int64_t began = clock_mono_us();
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
    CHECK("it does not", clock_mono_us() - began < 10 * SECOND);
    for (unsigned i = 0; i < 3; i++)
        CHECK("they went back", !fake.jobs[i].is_leased && fake.jobs[i].attempts == 0 && fake.jobs[i].returns == 1);
    fake_dns_release();
}

static void test_exhausted(void)
{
    fresh();
    job(7, 1, "/status/500")->attempts = 9;
    job(8, 2, "/status/500")->attempts = 8;
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("that was the tenth", fake.jobs[0].state, FAKE_DEAD);
    CHECK_STR("why", fake.jobs[0].error, "answered 500");
    CHECK_INT("the ninth", fake.jobs[1].state, FAKE_PENDING);
}

/* Five failures in a row: the rest is not tried. */
static void test_pause(void)
{
    fresh();
    for (unsigned i = 0; i < 50; i++)
        job(7, i, "/status/500");
    for (unsigned i = 0; i < 50; i++)
        job(8, 100 + i, "/good");
    CHECK_INT("fine", once(), STATUS_OK);
    unsigned tried = receiver_count(receiver, "/status/500");
    CHECK("five, and what was under way", tried >= 5 && tried < 5 + 4);
    const struct store_hook_told *t = &fake_receiver(7)->told;
    CHECK_INT("they count once", t->failures, 5);
    CHECK("told", t->pause_us > 3 * SECOND && t->pause_us <= 6 * SECOND);
    CHECK_INT("the other is not", fake_count(FAKE_DELIVERED), 50);
    for (unsigned i = 0; i < 50; i++)
        CHECK("none is left leased", !fake.jobs[i].is_leased);
}

static void test_probe(void)
{
    for (unsigned n = 0; n < 10; n++) { /* a pass must not be over while what the probe has shown is on its way */
        fresh();
        for (unsigned i = 0; i < 10; i++)
            job(7, i, "/good");
        fake_receiver(7)->told.failures = 9;
        fake_receiver(7)->probe_at = 1; /* over */
        CHECK_INT("fine", once(), STATUS_OK);
        CHECK_INT("one try, then all", fake_count(FAKE_DELIVERED), 10);
        CHECK_INT("works again", fake_receiver(7)->told.failures, 0);
        CHECK("not paused", fake_receiver(7)->probe_at == 0);
    }
    fresh();
    for (unsigned i = 0; i < 10; i++)
        job(7, i, "/status/500");
    fake_receiver(7)->told.failures = 5;
    fake_receiver(7)->probe_at = 1;
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("one try only", receiver_count(receiver, ""), 1);
    CHECK_INT("one more", fake_receiver(7)->told.failures, 6);
    CHECK("twice as long", fake_receiver(7)->told.pause_us > 7 * SECOND);
    CHECK_INT("what is too old is given up", fake.expires, 1);
    CHECK("age", fake.age_us > 72 * 3600 * SECOND);
}

static void test_many(void)
{
    fresh();
    for (unsigned i = 0; i < 5000; i++)
        job(7 + i % 3, i, "/");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("all", fake_count(FAKE_DELIVERED), 5000);
    CHECK_INT("each once", receiver_count(receiver, ""), 5000);
    CHECK("in groups", fake.finishes < 2000);
    CHECK("the connections are used again", receiver_connections(receiver) < 300);
}

/* --- the database --- */

static void test_away_at_once(void)
{
    fresh();
    job(7, 1, "/");
    fake.look = STATUS_UNAVAILABLE;
    fake.lost = true;
    CHECK_INT("said so", once(), STATUS_UNAVAILABLE);
    CHECK_INT("nothing came", receiver_count(receiver, ""), 0);
    fresh();
    fake.look = STATUS_CONFIG;
    CHECK_INT("waiting cannot help", once(), STATUS_CONFIG);
}

/* Rows of one receiver that somebody holds are no reason to leave the others'. */
static void test_locked(void)
{
    fresh();
    for (unsigned i = 0; i < 20; i++)
        job(7 + i % 2, i, "/");
    fake.locked = 7;
    CHECK_INT("said so", once(), STATUS_UNAVAILABLE);
    CHECK_INT("the other's", fake_count(FAKE_DELIVERED), 10);
}

static void set(enum status *what, enum status s, bool lost)
{
    fake_lock();
    *what = s;
    fake.lost = lost;
    fake_unlock();
}

static void test_away_meanwhile(void)
{
    fresh();
    for (unsigned i = 0; i < 4; i++)
        job(7, i, "/slow/200");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("sent", receiver_wait(receiver, "/slow", 4, SOON));
    set(&fake.finish, STATUS_UNAVAILABLE, true);
    usleep(600000);
    CHECK_INT("not recorded", fake_count(FAKE_DELIVERED), 0);
    set(&fake.finish, STATUS_OK, false);
    CHECK("kept", wait_state(FAKE_DELIVERED, 4));
    CHECK_INT("each once", receiver_count(receiver, ""), 4);
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
}

/* --- while it serves --- */

static void test_poke(void)
{
    fresh();
    struct run *r = begin(SEND_FOR, 60);
    for (int64_t until = clock_mono_us() + SECOND; fake_count(FAKE_PENDING) == 0 && clock_mono_us() < until;) {
        fake_lock();
        unsigned looks = fake.looks;
        fake_unlock();
        if (looks > 0)
            break;
        usleep(1000);
    }
    usleep(100000);
    int64_t worst = 0;
    for (unsigned i = 0; i < 20; i++) {
        int64_t began = clock_mono_us();
        job(7, i, "/");
        poke(7);
        CHECK("it comes", receiver_wait(receiver, "", i + 1, SOON));
        int64_t took = receiver_get(receiver, "", i)->at_us - began;
        worst = took > worst ? took : worst;
    }
    CHECK("in milliseconds", worst < 200000);
    int64_t began = clock_mono_us();
    job(8, 100, "/"); /* the poke is lost */
    CHECK("it comes", receiver_wait(receiver, "", 21, SOON));
    CHECK("within a second", clock_mono_us() - began < 1200000);
    CHECK("all recorded", wait_state(FAKE_DELIVERED, 21));
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
}

static int64_t cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void test_idle(void)
{
    fresh();
    struct run *r = begin(SEND_FOR, 60);
    usleep(500000);
    int64_t began = cpu_us();
    usleep(2000000);
    CHECK("next to nothing", cpu_us() - began < 60000);
    job(7, 1, "/hang");
    poke(7);
    CHECK("sent", receiver_wait(receiver, "/hang", 1, SOON));
    began = cpu_us();
    usleep(1000000);
    CHECK("nor while it waits", cpu_us() - began < 60000);
    stop(r);
    usleep(100000);
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
}

static void test_handover(void)
{
    fresh();
    int64_t began = clock_mono_us();
    struct run *a = begin(SEND_FOR, 1);
    usleep(1500000);
    job(7, 1, "/");
    poke(7);
    CHECK("past its time it serves still", receiver_wait(receiver, "", 1, 500));
    struct run *b = begin(SEND_FOR, 60);
    pthread_join(a->thread, NULL);
    CHECK("until another is there", a->ended_at - began < 3 * SECOND && a->ended_at - began > 1500000);
    CHECK_INT("fine", a->status, STATUS_OK);
    close(a->o.stop_fd);
    free(a);
    for (unsigned i = 0; i < 20; i++) {
        int64_t at = clock_mono_us();
        job(7, 10 + i, "/");
        poke(7);
        CHECK("which serves at once", receiver_wait(receiver, "", i + 2, SOON) && clock_mono_us() - at < 500000);
    }
    stop(b);
    CHECK_INT("fine", end(b), STATUS_OK);
}

static void test_nobody_comes(void)
{
    fresh();
    int64_t began = clock_mono_us();
    CHECK_INT("fine", end(begin(SEND_FOR, 1)), STATUS_OK);
    int64_t took = clock_mono_us() - began;
    CHECK("a while", took >= SECOND + SEND_HANDOVER_US && took < 3 * SECOND + SEND_HANDOVER_US);
}

/* --- its end --- */

static void test_stop(void)
{
    fresh();
    for (unsigned i = 0; i < 100; i++)
        job(7, i, "/slow/700");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("some are under way", receiver_wait(receiver, "/slow", 4, SOON));
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
    unsigned sent = receiver_count(receiver, "");
    CHECK("no more", sent < 20);
    CHECK_INT("finished", fake_count(FAKE_DELIVERED), sent);
    for (unsigned i = 0; i < 100; i++)
        CHECK("none is left leased", !fake.jobs[i].is_leased);
}

/* A fast receiver's jobs are leased ahead: those go back, too. */
static void test_stop_ahead(void)
{
    fresh();
    for (unsigned i = 0; i < 8000; i++)
        job(7, i, "/");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("well under way", receiver_wait(receiver, "", 1000, SOON));
    stop(r);
    int64_t began = clock_mono_us();
    CHECK_INT("fine", end(r), STATUS_OK);
    CHECK("soon", clock_mono_us() - began < SEND_HANDOVER_US / 2);
    unsigned sent = receiver_count(receiver, "");
    CHECK("not all", sent < 8000);
    CHECK_INT("recorded", fake_count(FAKE_DELIVERED), sent);
    for (unsigned i = 0; i < 8000; i++)
        CHECK("none is left leased", !fake.jobs[i].is_leased);
}

static void test_stop_at_once(void)
{
    fresh();
    for (unsigned i = 0; i < 100; i++)
        job(7, i, "/hang");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("some are under way", receiver_wait(receiver, "/hang", 4, SOON));
    stop(r);
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK); /* before any of them timed out: see below */
    for (unsigned i = 0; i < 100; i++) {
        CHECK("none is left leased", !fake.jobs[i].is_leased);
        CHECK_INT("nor was one tried", fake.jobs[i].attempts, 0);
    }
}

static void test_stop_while_away(void)
{
    fresh();
    for (unsigned i = 0; i < 4; i++)
        job(7, i, "/slow/300");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("sent", receiver_wait(receiver, "/slow", 4, SOON));
    set(&fake.finish, STATUS_UNAVAILABLE, true);
    int64_t began = clock_mono_us();
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
    int64_t took = clock_mono_us() - began;
    CHECK("it waits for the database, not for long", took > 4 * SECOND && took < 8 * SECOND);
}

static void test_caps(void)
{
    fresh();
    conf.webhook_concurrency = 6;
    conf.webhook_receiver_concurrency = 4;
    for (unsigned i = 0; i < 60; i++)
        job(7 + i % 3, i, "/slow/10");
    CHECK_INT("fine", once(), STATUS_OK);
    CHECK_INT("all", fake_count(FAKE_DELIVERED), 60);
    for (unsigned i = 0; i + 6 < 60; i++) { /* each takes 10 ms: the seventh begins after the first has ended */
        int64_t apart = receiver_get(receiver, "", i + 6)->at_us - receiver_get(receiver, "", i)->at_us;
        CHECK("never more under way than there are slots", apart >= 9000);
    }
}

static void test_dry_run(void)
{
    char text[2048] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    fresh();
    struct send_options o = {.mode = SEND_DRY_RUN, .out = out};
    struct err err;
    err_init(&err);
    CHECK_INT("fine", send_run(&conf, &o, &err), STATUS_OK);
    fclose(out);
    CHECK_STR(
        "a table", text,
        "PARTNER     ORIGIN                            DUE    RETRYING  OLDEST                PAUSED UNTIL\n"
        "PARTNER001  https://hooks.example:443          12           3  2023-11-14T22:13:20Z  -\n"
        "P2          -                                   1           0  2023-11-14T22:13:21Z  2023-11-14T22:13:22Z\n");
    CHECK_INT("and nothing else", fake.looks + fake.claims + fake.finishes, 0);
}

static void test_configuration(void)
{
    fresh();
    snprintf(conf.webhook_retries, sizeof conf.webhook_retries, "soon");
    CHECK_INT("retries", once(), STATUS_CONFIG);
    fresh();
    snprintf(conf.webhook_ports, sizeof conf.webhook_ports, "none");
    CHECK_INT("ports", once(), STATUS_CONFIG);
    fresh();
    snprintf(conf.webhook_ca_file, sizeof conf.webhook_ca_file, "/nonexistent");
    CHECK_INT("authorities", once(), STATUS_CONFIG);
    fresh();
    snprintf(conf.sender_directory, sizeof conf.sender_directory, "/nonexistent");
    job(7, 1, "/");
    struct run *r = begin(SEND_FOR, 60);
    CHECK("without its socket it serves all the same", receiver_wait(receiver, "", 1, SOON));
    stop(r);
    CHECK_INT("fine", end(r), STATUS_OK);
}

void init_sender_tests(void)
{
    static const struct suite_test tests[] = {
        {"one pass", test_once},
        {"a pass is quick", test_once_is_quick},
        {"headers", test_headers_sent},
        {"order in a ticket", test_order},
        {"failures", test_failures},
        {"no connection", test_no_connection},
        {"what may not be sent", test_guard},
        {"without a secret", test_no_secret},
        {"names", test_names},
        {"exhausted", test_exhausted},
        {"pause", test_pause},
        {"probe", test_probe},
        {"thousands", test_many},
        {"caps", test_caps},
        {"database away from the start", test_away_at_once},
        {"a receiver that cannot be claimed", test_locked},
        {"database away meanwhile", test_away_meanwhile},
        {"poked", test_poke},
        {"idle", test_idle},
        {"hands over", test_handover},
        {"nobody comes", test_nobody_comes},
        {"stops", test_stop},
        {"stops with jobs leased ahead", test_stop_ahead},
        {"stops while it asks for names", test_stop_while_asking},
        {"stops at once", test_stop_at_once},
        {"stops while the database is away", test_stop_while_away},
        {"dry run", test_dry_run},
        {"configuration", test_configuration},
    };
    suite_add("send: sender", set_up, tear_down, tests, SUITE_N(tests));
}
