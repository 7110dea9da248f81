#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE " (see omnichannel-admin service set --help)\n"
#define NEW ": is missing, and the catalogue has no such row yet" SEE

static void test_service_refusals(void)
{
    static const struct run_row rows[] = {
        {"type",
         {"service", "set", "NOPE", NULL},
         2,
         "omnichannel-admin: TYPE: must be a service type of the API, such as CLAIM or ATM_ISSUE" SEE,
         ""},
        {"sub-type",
         {"service", "set", "CLAIM", "--sub-type", "", NULL},
         2,
         "omnichannel-admin: --sub-type: must be 1 to 128 characters, not blank, without control characters" SEE,
         ""},
        {"name",
         {"service", "set", "CLAIM", "--name", " ", NULL},
         2,
         "omnichannel-admin: --name: must be 1 to 200 characters, not blank, without control characters" SEE,
         "service_list\n"},
        {"minutes",
         {"service", "set", "CLAIM", "--response-minutes", "525601", NULL},
         2,
         "omnichannel-admin: --response-minutes: must be a whole number from 1 to 525600, not 525601" SEE,
         "service_list\n"},
        {"hours",
         {"service", "set", "CLAIM", "--sla-hours", "0", NULL},
         2,
         "omnichannel-admin: --sla-hours: must be a whole number from 1 to 87600, not 0" SEE,
         "service_list\n"},
        {"estimate",
         {"service", "set", "CLAIM", "--estimate-hours", "1.5", NULL},
         2,
         "omnichannel-admin: --estimate-hours: must be a whole number from 1 to 87600, not 1.5" SEE,
         "service_list\n"},
        {"new needs a name",
         {"service", "set", "OTHER", "--support-group", "G", NULL},
         2,
         "omnichannel-admin: --name" NEW,
         "service_list\n"},
        {"new needs a group",
         {"service", "set", "OTHER", "--name", "N", NULL},
         2,
         "omnichannel-admin: --support-group" NEW,
         "service_list\n"},
        {"new needs numbers",
         {"service", "set", "CLAIM", "--sub-type", "X", "--name", "N", "--support-group", "G", "--response-minutes",
          "1", NULL},
         2,
         "omnichannel-admin: --sla-hours" NEW,
         "service_list\n"},
    };
    fake_reset();
    fake.shared = STATUS_OK;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_INT("no bump", fake.bumps, 0);
}

static void test_service_set(void)
{
    static const struct run_row rows[] = {
        {"one value of a row",
         {"service", "set", "CLAIM", "--sla-hours", "9", NULL},
         0,
         "",
         "service_list\nservice_set CLAIM '' 'Claims' 'Claims Desk' 60 9 48\nshared /nowhere 64\nservice_list\n"},
        {"of a sub-type",
         {"service", "set", "CLAIM", "--sub-type", "ATM_CARD_RETAINED", "--name", "N", "--support-group", "G",
          "--response-minutes", "525600", "--sla-hours", "87600", "--estimate-hours", "1", NULL},
         0,
         "",
         "service_list\nservice_set CLAIM 'ATM_CARD_RETAINED' 'N' 'G' 525600 87600 1\nshared /nowhere "
         "64\nservice_list\n"},
        {"a row that vanishes",
         {"service", "set", "OTHER", "--sub-type", "Y", "--name", "N", "--support-group", "G", "--response-minutes",
          "1", "--sla-hours", "2", "--estimate-hours", "3", NULL},
         1,
         "omnichannel-admin: the row was set, and is gone again\n",
         "service_list\nservice_set OTHER 'Y' 'N' 'G' 1 2 3\nshared /nowhere 64\nservice_list\n"},
    };
    fake_reset();
    fake.shared = STATUS_OK;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_INT("workers are told", fake.bumps, 3);
    run_check_out(
        "json", RUN("service", "set", "--json", "CLAIM", "--name", "Claims"),
        "{\"id\":1,\"serviceType\":\"CLAIM\",\"subType\":null,\"name\":\"Claims\",\"supportGroup\":\"Claims Desk\","
        "\"responseMinutes\":60,\"slaHours\":8,\"estimateHours\":48}\n");
}

static void test_service_list(void)
{
    run_check_out(
        "table", RUN("service", "list"),
        "ID  TYPE   SUB-TYPE           NAME               SUPPORT GROUP               RESPONSE min  SLA h  ESTIMATE h\n"
        "1   CLAIM  -                  Claims             Claims Desk                 60            8      48\n"
        "2   CLAIM  ATM_CARD_RETAINED  ATM Card Services  Transaction Claims Support  60            4      24\n");
    CHECK_INT("json", run_words(RUN("service", "list", "--json")), 0);
    CHECK(
        "rows",
        strstr(run_out,
               ",{\"id\":2,\"serviceType\":\"CLAIM\",\"subType\":\"ATM_CARD_RETAINED\",\"name\":\"ATM Card Services\","
               "\"supportGroup\":\"Transaction Claims Support\",\"responseMinutes\":60,\"slaHours\":4,"
               "\"estimateHours\":24}]\n"));
    fake.empty = true;
    run_check_out("none", RUN("service", "list", "--json"), "[]\n");
    fake.empty = false;
}

static void test_branch(void)
{
    static const struct run_row rows[] = {
        {"code",
         {"branch", "set", " ", "x", NULL},
         2,
         "omnichannel-admin: CODE: must be 1 to 128 characters, not blank, without control characters (see "
         "omnichannel-admin branch "
         "set --help)\n",
         ""},
        {"name",
         {"branch", "set", "001", "a\nb", NULL},
         2,
         "omnichannel-admin: NAME: must be 1 to 200 characters, not blank, without control characters (see "
         "omnichannel-admin branch "
         "set --help)\n",
         ""},
        {"set",
         {"branch", "set", "001", "Cabang Utama", NULL},
         0,
         "",
         "branch_set '001' 'Cabang Utama'\nshared /nowhere 64\nbranch_list\n"},
        {"a row that vanishes",
         {"branch", "set", "9", "x", NULL},
         1,
         "omnichannel-admin: the row was set, and is gone again\n",
         "branch_set '9' 'x'\nshared /nowhere 64\nbranch_list\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    run_check_out("table", RUN("branch", "list"), "ID  CODE  NAME\n1   001   Cabang Utama\n2   002   Manado\n");
    run_check_out(
        "json", RUN("branch", "list", "--json"),
        "[{\"id\":1,\"code\":\"001\",\"name\":\"Cabang Utama\"},{\"id\":2,\"code\":\"002\",\"name\":\"Manado\"}]\n");
    run_check_out("set as JSON", RUN("branch", "set", "002", "Manado", "--json"),
                  "{\"id\":2,\"code\":\"002\",\"name\":\"Manado\"}\n");
    run_check_out("set as text", RUN("branch", "set", "002", "Manado"), "ID  CODE  NAME\n2   002   Manado\n");
}

void init_catalog_tests(void)
{
    static const struct suite_test tests[] = {
        {"service set refuses", test_service_refusals},
        {"service set", test_service_set},
        {"service list", test_service_list},
        {"branch", test_branch},
    };
    suite_add("admin catalog", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
