/* Every allocation failing in turn: a clean error, and the connection goes on. */
#include "suites.h"

#include "support.h"

static struct store *s;
static uint64_t number;
static long countdown;

static int refuse(size_t n)
{
    (void)n;
    return countdown-- != 0;
}

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    number = support_open(s);
    support_do("UPDATE comment SET content = REPEAT('x', 10000) WHERE ticket_number = %llu",
               (unsigned long long)number);
    support_do("UPDATE ticket SET description = REPEAT('y', 10000), channel_reference_id = 'memory', "
               "metadata = REPEAT('z', 65536) WHERE number = %llu",
               (unsigned long long)number);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static enum status details(struct arena *a)
{
    struct ticket_details d;
    return store_ticket_details(s, a, 0, number, true, &d, support_err());
}

static enum status status_one(struct arena *a)
{
    struct ticket t;
    bool found;
    return store_ticket_statuses(s, a, 0, &number, 1, &t, &found, support_err());
}

static enum status status_many(struct arena *a)
{
    struct ticket t[2];
    bool found[2];
    uint64_t n[2] = {number, number};
    return store_ticket_statuses(s, a, 0, n, 2, t, found, support_err());
}

static enum status reference(struct arena *a)
{
    struct ticket t;
    bool found;
    struct sv r = SV("memory");
    return store_ticket_statuses_by_reference(s, a, 0, &r, 1, &t, &found, support_err());
}

static enum status list(struct arena *a)
{
    struct ticket t[50];
    size_t n;
    bool more;
    struct store_list q = {.limit = 50};
    return store_ticket_list(s, a, &q, t, &n, &more, support_err());
}

static enum status for_update(struct arena *a)
{
    static const unsigned char hash[CRYPTO_SHA256_SIZE];
    struct ticket t;
    struct store_replay replay;
    return store_ticket_for_update(s, a, 0, number, 1, SV("k"), hash, &t, &replay, support_err());
}

static enum status keys(struct arena *a)
{
    struct store_key *k;
    size_t n;
    return store_key_list(s, a, SV_NONE, &k, &n, support_err());
}

static enum status partners(struct arena *a)
{
    struct store_partner *p;
    size_t n;
    return store_partner_list(s, a, &p, &n, support_err());
}

static enum status services(struct arena *a)
{
    struct store_service *v;
    size_t n;
    return store_service_list(s, a, &v, &n, support_err());
}

static enum status branches(struct arena *a)
{
    struct store_branch *b;
    size_t n;
    return store_branch_list(s, a, &b, &n, support_err());
}

static const struct {
    const char *name;
    enum status (*read)(struct arena *a);
} reads[] = {
    {"details", details},     {"status", status_one}, {"statuses", status_many},
    {"reference", reference}, {"list", list},         {"for update", for_update},
    {"keys", keys},           {"partners", partners}, {"services", services},
    {"branches", branches},
};

static void each_allocation_fails(void)
{
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        enum status st = STATUS_NO_MEMORY;
        unsigned failures = 0;
        for (long nth = 0; st == STATUS_NO_MEMORY && nth < 1000; nth++) {
            struct arena *a = arena_new(64u * 1024 * 1024);
            countdown = nth;
            arena_alloc_hook = refuse;
            st = reads[i].read(a);
            arena_alloc_hook = NULL;
            failures += st == STATUS_NO_MEMORY;
            arena_free(&a);
        }
        CHECK_INT(reads[i].name, st, STATUS_OK);
        CHECK(reads[i].name, failures > 0);
    }
}

/* A cap reached anywhere in an answer. */
static void arena_too_small(void)
{
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        enum status st = STATUS_NO_MEMORY;
        for (size_t cap = 4096; st == STATUS_NO_MEMORY && cap < 4u * 1024 * 1024; cap += 4096) {
            struct arena *a = arena_new(cap);
            st = reads[i].read(a);
            arena_free(&a);
        }
        CHECK_INT(reads[i].name, st, STATUS_OK);
    }
    uint64_t trips = store_round_trips(s);
    CHECK_INT("still connected", details(support_arena), STATUS_OK);
    CHECK_INT("one trip", store_round_trips(s) - trips, 1);
}

void init_memory_tests(void)
{
    static const struct suite_test tests[] = {{"each allocation fails", each_allocation_fails},
                                              {"arena too small", arena_too_small}};
    suite_add("store memory", set_up, tear_down, tests, SUITE_N(tests));
}
