#include <string.h>

#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

#define COMMENT "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}"
#define RESOLVE "{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\"}"
#define HOOKS UINT64_C(0xA8F7A287B2752260) /* partner 7 at https://hooks.example, see test_job.c */

static const char directory[] = "/run/sender";

static void again(void)
{
    desk_again();
    desk_pokes(bench.desk, directory);
}

static enum status open_one(const char *url)
{
    struct ticket_draft f = desk_draft();
    f.webhook_url = sv_from(url);
    return desk_post(&f, "r", STATUS_OK);
}

static void test_open(void)
{
    again();
    CHECK_INT("opened", open_one("https://hooks.example/t"), STATUS_OK);
    CHECK_STR("after the COMMIT, in no more round trips", fake.log, "S+O+!");
    CHECK("whom", fake.n_poked == 1 && fake.poked[0] == HOOKS);
    CHECK("where", fake.poke_directory == directory);
}

static void test_update(void)
{
    static const struct {
        const char *row, *json, *log;
    } rows[] = {
        {"comment", COMMENT, "G+U+!"},
        {"two events to one receiver", RESOLVE, "G+U+!"},
        {"note", "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\",\"internal\":true}", "G+U+"},
        {"assign", "{\"action\":\"ASSIGN\",\"assignee\":\"Jane\"}", "G+U+"},
        {"the status it has", "{\"action\":\"UPDATE_STATUS\",\"status\":\"OPEN\"}", "G+"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        again();
        desk_as_agent();
        CHECK_INT(rows[i].row, desk_patch(rows[i].json), STATUS_OK);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK(rows[i].row, fake.n_poked == 0 || fake.poked[0] == HOOKS);
    }
}

/* After the try that was written, not after those that collided. */
static void test_conflict(void)
{
    again();
    fake.update[0] = fake.update[1] = STATUS_CONFLICT;
    CHECK_INT("ok", desk_patch(COMMENT), STATUS_OK);
    CHECK_STR("once", fake.log, "G+U+G+U+G+U+!");
}

static void test_nothing_written(void)
{
    static const enum status ends[] = {STATUS_UNAVAILABLE, STATUS_UNCERTAIN, STATUS_INTERNAL, STATUS_NO_MEMORY};
    again();
    CHECK_INT("no target", open_one(NULL), STATUS_OK);
    CHECK_INT("no target", fake.n_poked, 0);
    again();
    fake.open = STATUS_EXISTS;
    fake.same = true;
    CHECK_INT("replayed", open_one("https://hooks.example/t"), STATUS_OK);
    CHECK_INT("replayed", fake.n_poked, 0);
    for (unsigned i = 0; i < SUITE_N(ends); i++) {
        again();
        fake.open = fake.update[0] = ends[i];
        CHECK_INT("open failed", open_one("https://hooks.example/t"), ends[i]);
        CHECK_INT("update failed", desk_patch(COMMENT), ends[i]);
        CHECK_INT("nobody poked", fake.n_poked, 0);
    }
    again();
    fake.replay = (struct store_replay){.found = true, .same = true, .answer = SV("{}")};
    CHECK_INT("kept answer", desk_patch(COMMENT), STATUS_OK);
    CHECK_INT("kept answer", fake.n_poked, 0);
}

static void test_nobody(void)
{
    desk_again();
    CHECK_INT("opened", open_one("https://hooks.example/t"), STATUS_OK);
    CHECK_INT("updated", desk_patch(COMMENT), STATUS_OK);
    CHECK_INT("no directory, no poke", fake.n_poked, 0);
    again();
    desk_pokes(bench.desk, NULL);
    CHECK_INT("updated", desk_patch(COMMENT), STATUS_OK);
    CHECK_INT("no longer", fake.n_poked, 0);
}

void init_poke_tests(void)
{
    static const struct suite_test tests[] = {
        {"open", test_open},         {"update", test_update},
        {"conflict", test_conflict}, {"nothing written", test_nothing_written},
        {"nobody", test_nobody},
    };
    suite_add("poke", desk_up, desk_down, tests, SUITE_N(tests));
}
