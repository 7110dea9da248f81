/* API1:2023 Broken object level authorization: whatever a partner asks for, with
 * every set of permissions, what is another's answers as what is not there, to the
 * byte, and stays as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

/* What a key with these permissions can do: `agent` alone also reads and updates. */
static unsigned effective(unsigned set)
{
    return set == MAY_AGENT ? MAY_AGENT | MAY_READ | MAY_UPDATE : set;
}

static bool may(const struct probe *p, unsigned set)
{
    unsigned needs = expectation_of(p)->needs;
    return (effective(set) & needs) == needs;
}

static void row_of(char row[160], const struct probe *p, unsigned set, const char *whose)
{
    snprintf(row, 160, "%s (%s), %s", p->name, permission_words(set), whose);
}

static void check_answer(const char *row, const struct probe *p, const struct reply *r, long status, const char *text)
{
    CHECK_INT(row, r->status, status);
    if (text && strcmp(p->method, "HEAD") != 0)
        check_error(row, r, status, text);
}

/* The same to the byte, but for what was asked and when. */
static void check_same(const char *row, const struct reply *theirs, const struct reply *none)
{
    char *a = plain_form(theirs, (const char *const[]){foreign.number, foreign.reference, NULL});
    char *b = plain_form(none, (const char *const[]){nobody.number, nobody.reference, NULL});
    for (char *text[] = {a, b}, **t = text; t < text + 2; t++)
        for (char *p = *t, *to = *t;; p++) { /* values of different lengths, and the length of the whole */
            if (strncmp(p, "Content-Length: ", 16) == 0)
                p += strcspn(p, "\r");
            if (*p != '#' || p[1] != '#')
                *to++ = *p;
            if (!*p)
                break;
        }
    CHECK_STR(row, a, b);
    free(a), free(b);
}

/* Another's, and what is not there, with each set that `agent` is no part of (or is). */
static void sweep_foreign(bool agents)
{
    for (unsigned set = 1; set < MAY_SETS; set++)
        for (size_t i = 0; i < n_probes; i++) {
            const struct probe *p = &probes[i];
            char row[160];
            if (((set & MAY_AGENT) != 0) != agents)
                continue;
            bool reaches = agents && !p->own_only;
            row_of(row, p, set, "another's");
            struct reply theirs = probe_send(p, home.key[set], p->split ? &home : &foreign, p->split ? &foreign : NULL);
            struct reply none = probe_send(p, home.key[set], p->split ? &home : &nobody, p->split ? &nobody : NULL);
            if (!may(p, set))
                check_answer(row, p, &theirs, 403, expectation_of(p)->forbidden);
            else if (reaches)
                CHECK_INT(row, theirs.status, p->own_agent);
            else
                check_answer(row, p, &theirs, p->foreign, p->text);
            if (!may(p, set) || !reaches)
                check_same(row, &theirs, &none);
            else
                check_answer(row, p, &none, p->foreign, p->text);
            reply_free(&theirs), reply_free(&none);
        }
}

static void test_foreign(void)
{
    long long before = fingerprint(foreign.number), tickets = sql_int("SELECT COUNT(*) FROM ticket");
    sweep_foreign(false);
    CHECK_INT("another's ticket is as it was", fingerprint(foreign.number), before);
    CHECK_INT("and nothing was opened", sql_int("SELECT COUNT(*) FROM ticket"), tickets);
}

static void test_own(void)
{
    for (unsigned set = 1; set < MAY_SETS; set++)
        for (size_t i = 0; i < n_probes; i++) {
            const struct probe *p = &probes[i];
            char row[160];
            row_of(row, p, set, "one's own");
            struct reply r = probe_send(p, home.key[set], &home, NULL);
            if (!may(p, set))
                check_answer(row, p, &r, 403, expectation_of(p)->forbidden);
            else
                CHECK_INT(row, r.status, set & MAY_AGENT ? p->own_agent : p->own);
            reply_free(&r);
        }
}

/* The bank's desk reaches every partner's, for nobody else changes what a partner's key does. */
static void test_desk(void)
{
    long long before = fingerprint(foreign.number);
    sweep_foreign(true);
    CHECK("the desk did change it", fingerprint(foreign.number) != before);
}

/* Names that only the partner's own things are looked up by. */
static void test_shared_names(void)
{
    static const char body[] =
        BODY_OF(",\"channelReferenceId\":\"SHARED\",\"integration\":{\"requestId\":\"SHARED-REQUEST\"}");
    static const char by_key[] = BODY_OF(",\"channelReferenceId\":\"SHARED-KEY\"");
    struct ask a = {.method = "POST", .target = API "/tickets", .key = keys.all, .body = body};
    struct reply mine = ask(&a);
    a.key = keys.other;
    struct reply theirs = ask(&a);
    CHECK_INT("mine", mine.status, 200);
    CHECK_INT("theirs", theirs.status, 200);
    CHECK("no replay of another's answer", !header(&theirs, "Idempotent-Replayed", NULL));
    CHECK("a ticket of its own", strcmp(at(&mine, "ticketNumber"), at(&theirs, "ticketNumber")) != 0);
    for (unsigned i = 0; i < 2; i++) {
        struct reply r =
            ask(&(struct ask){.target = API "/tickets?channelReferenceId=SHARED", .key = i ? keys.other : keys.all});
        CHECK_STR("each finds its own", at(&r, "ticketNumber"), at(i ? &theirs : &mine, "ticketNumber"));
        reply_free(&r);
    }
    reply_free(&mine), reply_free(&theirs);
    a = (struct ask){.method = "POST",
                     .target = API "/tickets",
                     .extra = "Idempotency-Key: SHARED-1\r\n",
                     .key = keys.all,
                     .body = by_key};
    mine = ask(&a);
    a.key = keys.other;
    theirs = ask(&a);
    CHECK_INT("mine", mine.status, 200);
    CHECK("no replay by header", theirs.status == 200 && !header(&theirs, "Idempotent-Replayed", NULL));
    CHECK("another ticket", strcmp(at(&mine, "ticketId"), at(&theirs, "ticketId")) != 0);
    reply_free(&theirs);
    /* An update's answer that is kept must not be given to who may not see the ticket. */
    char target[64];
    snprintf(target, sizeof target, API "/tickets/%s", at(&mine, "ticketNumber"));
    a = (struct ask){.method = "PATCH",
                     .target = target,
                     .extra = "Idempotency-Key: SHARED-2\r\n",
                     .key = keys.all,
                     .body = "{\"action\":\"ADD_COMMENT\",\"comment\":\"c\"}"};
    struct reply first = ask(&a);
    CHECK_INT("first", first.status, 200);
    a.key = keys.other;
    struct reply stolen = ask(&a);
    check_error("kept answers", &stolen, 404, "Ticket not found");
    reply_free(&mine), reply_free(&first), reply_free(&stolen);
}

/* Several at once: another's stands among the missing, in the order asked. */
static void test_mixed_batch(void)
{
    char target[512], want[256];
    snprintf(target, sizeof target, API "/tickets?ticketNumber=%s,%s,%s&channelReferenceId=%s&channelReferenceId=%s",
             foreign.number, home.number, nobody.number, foreign.reference, home.reference);
    struct reply r = ask(&(struct ask){.target = target, .key = keys.all});
    snprintf(want, sizeof want, "[\"%s\",\"%s\",\"%s\"]", foreign.number, nobody.number, foreign.reference);
    CHECK_STR("missing", at(&r, "notFound"), want);
    CHECK_STR("found", at(&r, "tickets.0.ticketNumber"), home.number);
    CHECK_STR("found", at(&r, "tickets.1.ticketNumber"), home.number);
    CHECK("no more", !at(&r, "tickets.2") || strcmp(at(&r, "tickets.2"), "null") == 0);
    reply_free(&r);
}

/* Parameters of the desk's list give a partner nothing. */
static void test_list(void)
{
    static const char *const queries[] = {"status=OPEN",
                                          "partner=FOREIGN",
                                          "partner=HOME",
                                          "limit=200",
                                          "after=999999",
                                          "assignee=x",
                                          "status=OPEN&partner=FOREIGN&limit=1"};
    for (unsigned i = 0; i < SUITE_N(queries); i++) {
        char target[128];
        snprintf(target, sizeof target, API "/tickets?%s", queries[i]);
        struct reply r = ask(&(struct ask){.target = target, .key = keys.all});
        check_error(queries[i], &r, 400, "Either ticketNumber or channelReferenceId is required");
        reply_free(&r);
        r = ask(&(struct ask){.target = target, .key = keys.agent});
        CHECK_INT(queries[i], r.status, 200);
        reply_free(&r);
        snprintf(target, sizeof target, API "/tickets?%s&ticketNumber=%s", queries[i], foreign.number);
        r = ask(&(struct ask){.target = target, .key = keys.all});
        check_error(queries[i], &r, 404, "Ticket not found");
        reply_free(&r);
    }
}

/* Webhooks: each event goes to its own partner's target, signed with its own secret, and nobody
 * who cannot change a ticket can have it send one. */
static void test_webhooks(void)
{
    struct partner mine, theirs;
    partner_new(&mine, "MINE");
    partner_new(&theirs, "THEIRS");
    struct receiver *r = listening();
    char number[32], other[32], body[128];
    snprintf(number, sizeof number, "%s", event_to(&mine, r, "/mine"));
    snprintf(other, sizeof other, "%s", event_to(&theirs, r, "/theirs"));
    for (size_t i = 0; i < n_probes; i++) {
        struct tenant at = {.code = "", .attachment = "", .reference = "none"};
        snprintf(at.number, sizeof at.number, "%s", number);
        struct reply a = probe_send(&probes[i], theirs.key, &at, NULL);
        reply_free(&a);
    }
    CHECK_INT("another's requests send nothing", jobs_of(number), 1);
    CHECK_INT("sender", sender_ended(sender_start(NULL, NULL, "--once"), 20000), 0);
    CHECK_INT("mine", receiver_count(r, "/mine"), 1);
    CHECK_INT("theirs", receiver_count(r, "/theirs"), 1);
    if (receiver_count(r, "/mine") == 1 && receiver_count(r, "/theirs") == 1) {
        const struct receiver_request *a = receiver_get(r, "/mine", 0), *b = receiver_get(r, "/theirs", 0);
        snprintf(body, sizeof body, "\"ticketNumber\":\"%s\"", number);
        CHECK("my ticket", strstr(a->body, body) && !strstr(b->body, body));
        check_signed("with my secret", a, mine.secret, NULL);
        check_signed("with theirs", b, theirs.secret, NULL);
    }
    receiver_stop(&r);
    senders_end();
}

void init_object_tests(void)
{
    static const struct suite_test tests[] = {
        {"one's own, by every set of permissions", test_own},
        {"another partner's is not there", test_foreign},
        {"the desk reaches all", test_desk},
        {"references and request ids of two partners", test_shared_names},
        {"another's among several", test_mixed_batch},
        {"the desk's list", test_list},
        {"webhooks of two partners", test_webhooks},
    };
    suite_add("API1 object level authorization", NULL, NULL, tests, SUITE_N(tests));
}
