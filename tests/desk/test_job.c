#include <string.h>

#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

/* Expected: printf '7\nhttps://hooks.example:443' | sha256sum, its first 16 digits. */
static void test_receiver(void)
{
    static const struct {
        const char *url;
        uint32_t partner_id;
        uint64_t want;
    } rows[] = {
        {"https://hooks.example/t", 7, UINT64_C(0xA8F7A287B2752260)},
        {"https://HOOKS.Example/other?q#f", 7, UINT64_C(0xA8F7A287B2752260)},
        {"HTTPS://hooks.example:443", 7, UINT64_C(0xA8F7A287B2752260)},
        {"https://hooks.example:8443/t", 7, UINT64_C(0xE81B5945D846D629)},
        {"https://hooks.example/t", 8, UINT64_C(0xECADEEAD9D1D6140)},
        {"http://hooks.example/t", 7, UINT64_C(0x713F97057BBE3B6C)},
        {"https://[2001:db8::1]/t", 7, UINT64_C(0x7CE0197CA46C1375)},
        {"Not a URL", 7, UINT64_C(0x087F56676AE0CF56)},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        struct ticket_draft f = desk_draft();
        f.webhook_url = sv_from(rows[i].url);
        bench.call.actor.partner_id = rows[i].partner_id;
        CHECK_INT(rows[i].url, desk_post(&f, NULL, STATUS_OK), STATUS_OK);
        CHECK(rows[i].url, fake.jobs[0].receiver == rows[i].want);
        CHECK_STR(rows[i].url, text(fake.jobs[0].url), rows[i].url);
        CHECK_INT(rows[i].url, strlen(fake.jobs[0].id), 25);
    }
}

/* The desk's change of another's ticket goes to the owner's receiver. */
static void test_owner(void)
{
    desk_again();
    desk_as_agent();
    CHECK_INT("ok", desk_patch("{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}"), STATUS_OK);
    CHECK("partner 7's", fake.jobs[0].receiver == UINT64_C(0xA8F7A287B2752260));
}

void init_job_tests(void)
{
    static const struct suite_test tests[] = {{"receiver", test_receiver}, {"owner", test_owner}};
    suite_add("job", desk_up, desk_down, tests, SUITE_N(tests));
}
