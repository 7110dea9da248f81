#include "admin/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_args_tests,           init_value_tests,        init_table_tests,
        init_partner_tests,        init_partner_hook_tests, init_key_tests,
        init_ticket_tests,         init_webhook_tests,      init_webhook_receiver_tests,
        init_webhook_verify_tests, init_catalog_tests,      init_upkeep_tests,
        init_doctor_tests,         init_doc_tests,          NULL,
    };
    return suite_main(argc, argv, inits);
}
