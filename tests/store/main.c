#include "harness/suite.h"
#include "suites.h"
#include "support.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_row_tests,          init_split_tests,     init_schema_tests,     init_migrate_tests,
        init_connect_tests,      init_grants_tests,    init_partner_tests,    init_catalog_tests,
        init_open_tests,         init_update_tests,    init_read_tests,       init_list_tests,
        init_attachment_tests,   init_exact_tests,     init_memory_tests,     init_race_tests,
        init_lost_tests,         init_down_tests,      init_explain_tests,    init_hook_claim_tests,
        init_hook_finish_tests,  init_hook_lost_tests, init_hook_admin_tests, init_hook_history_tests,
        init_hook_explain_tests, init_health_tests,    init_together_tests,   NULL,
    };
    if (!support_start())
        return 1;
    int result = suite_main(argc, argv, inits);
    support_stop();
    return result;
}
