/* The desk's list: filters, order, pages. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support.h"

#define COUNT 60 /* tickets of the list's own assignees */

static struct store *s;
static struct ticket got[STORE_LIST_MAX];
static size_t n;
static bool more;
static uint64_t first;

/* Ticket i: status by turns, assignee by thirds (Ann, Bob, none), partner by halves. */
static int set_up(void)
{
    s = support_store(STORE_WORKER);
    for (unsigned i = 0; i < COUNT; i++) {
        uint64_t number = support_open(s);
        first = i ? first : number;
        support_do("UPDATE ticket SET status = '%s', assignee = %s, partner_id = %u WHERE number = %llu",
                   ticket_status_name((enum ticket_status)(i % TICKET_STATUS__MAX)),
                   i % 3 == 0   ? "'Ann'"
                   : i % 3 == 1 ? "'Bob'"
                                : "NULL",
                   i % 2 ? SUPPORT_OTHER : SUPPORT_PARTNER, (unsigned long long)number);
    }
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static enum status list(const struct store_list *q)
{
    n = 0;
    more = false;
    return store_ticket_list(s, support_arena, q, got, &n, &more, support_err());
}

static void newest_first(void)
{
    struct store_list q = {.limit = 10};
    CHECK_INT("list", list(&q), STATUS_OK);
    CHECK_INT("a page", n, 10);
    CHECK("more", more);
    CHECK_INT("newest", got[0].number, first + COUNT - 1);
    for (size_t i = 1; i < n; i++)
        CHECK_INT("in order", got[i].number, got[i - 1].number - 1);
    CHECK_STR("partner's code", got[0].partner_code.p, "PARTNER002");
    CHECK_STR("title", got[0].title.p, "ATM Card Claim Request");
    CHECK("last comment", got[0].has_last_comment);
    q.limit = STORE_LIST_MAX;
    CHECK_INT("largest page", list(&q), STATUS_OK);
    CHECK("no less than ours", n >= COUNT);
}

/* Pages joined are the whole, each ticket once, none twice. */
static void pages(void)
{
    struct store_list q = {.limit = 7, .before = first + COUNT};
    unsigned seen = 0;
    for (unsigned page = 0; page < 20; page++) {
        CHECK_INT("list", list(&q), STATUS_OK);
        for (size_t i = 0; i < n && got[i].number >= first; i++, seen++)
            CHECK_INT("next", got[i].number, first + COUNT - 1 - seen);
        if (!more || got[n - 1].number < first)
            break;
        q.before = got[n - 1].number;
    }
    CHECK_INT("all", seen, COUNT);
}

static const struct {
    const char *name;
    unsigned statuses; /* bit by bit */
    const char *assignee, *partner;
} filters[] = {
    {"all", 0, NULL, NULL},
    {"open", 1u << TICKET_OPEN, NULL, NULL},
    {"cancelled", 1u << TICKET_CANCELLED, NULL, NULL},
    {"three statuses", 1u << TICKET_IN_PROGRESS | 1u << TICKET_RESOLVED | 1u << TICKET_CLOSED, NULL, NULL},
    {"Ann's", 0, "Ann", NULL},
    {"Bob's pending", 1u << TICKET_PENDING, "Bob", NULL},
    {"Bob's open or in progress", 1u << TICKET_OPEN | 1u << TICKET_IN_PROGRESS, "Bob", NULL},
    {"a partner's", 0, NULL, "PARTNER002"},
    {"a partner's open", 1u << TICKET_OPEN, NULL, SUPPORT_CODE},
    {"Ann's of a partner", 0, "Ann", "PARTNER002"},
    {"Ann's resolved of a partner", 1u << TICKET_RESOLVED, "Ann", "PARTNER002"},
    {"nobody's", 0, "Nobody", NULL},
    {"another case", 0, "ann", NULL},
    {"a space more", 0, "Ann ", NULL},
    {"no such partner", 0, NULL, "PARTNER003"},
    {"another case of a partner", 0, NULL, "partner002"},
};

static bool fits(unsigned f, unsigned i)
{
    static const char *const who[] = {"Ann", "Bob", ""};
    unsigned statuses = filters[f].statuses;
    return (!statuses || (statuses & 1u << i % TICKET_STATUS__MAX)) &&
           (!filters[f].assignee || !strcmp(filters[f].assignee, who[i % 3])) &&
           (!filters[f].partner || !strcmp(filters[f].partner, i % 2 ? "PARTNER002" : SUPPORT_CODE));
}

static void filtered(void)
{
    for (unsigned f = 0; f < sizeof filters / sizeof *filters; f++) {
        struct store_list q = {.limit = STORE_LIST_MAX,
                               .assignee = sv_from(filters[f].assignee),
                               .partner_code = sv_from(filters[f].partner)};
        for (unsigned i = 0; i < TICKET_STATUS__MAX; i++)
            q.status[i] = (filters[f].statuses & 1u << i) != 0;
        CHECK_INT(filters[f].name, list(&q), STATUS_OK);
        size_t at = 0;
        for (unsigned i = COUNT; i-- > 0;)
            if (fits(f, i)) {
                CHECK_INT(filters[f].name, at < n ? got[at].number : 0, first + i);
                at++;
            }
        CHECK(filters[f].name, at == n || got[at].number < first);
    }
}

static void bounds(void)
{
    struct store_list q = {.limit = 0};
    CHECK_INT("0", list(&q), STATUS_TOO_LARGE);
    q.limit = STORE_LIST_MAX + 1;
    CHECK_INT("201", list(&q), STATUS_TOO_LARGE);
    q = (struct store_list){.limit = 5, .before = 1408};
    CHECK_INT("before the first", list(&q), STATUS_OK);
    CHECK("nothing", n == 0 && !more);
    q = (struct store_list){.limit = COUNT / 3, .assignee = SV("Ann")};
    CHECK_INT("exactly all", list(&q), STATUS_OK);
    CHECK("no more", n == COUNT / 3 && !more);
    q.limit--;
    CHECK_INT("all but one", list(&q), STATUS_OK);
    CHECK("more", n == COUNT / 3 - 1 && more);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("again", list(&q), STATUS_OK);
    CHECK_INT("one trip", store_round_trips(s) - trips, 1);
}

void init_list_tests(void)
{
    static const struct suite_test tests[] = {
        {"newest first", newest_first},
        {"pages", pages},
        {"filters", filtered},
        {"bounds", bounds},
    };
    suite_add("store list", set_up, tear_down, tests, SUITE_N(tests));
}
