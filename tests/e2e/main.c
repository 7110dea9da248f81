#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_create_tests,
        init_body_tests,
        init_attachment_tests,
        init_idempotency_tests,
        init_read_tests,
        init_trips_tests,
        init_together_tests,
        init_update_tests,
        init_desk_tests,
        init_gate_tests,
        init_webhook_tests,
        init_nginx_tests,
        init_hostile_fcgi_tests,
        init_hostile_http_tests,
        init_hostile_load_tests,
        init_admin_tests,
        init_quickstart_tests,
        init_fault_tests,
        init_send_basic_tests,
        init_send_guard_tests,
        init_send_hostile_tests,
        init_send_fault_tests,
        init_send_cron_tests,
        init_doctor_tests,
        NULL,
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    stack_up();
    make_key(keys.all, "PARTNER001", "--permissions create,read,update --limit unlimited");
    make_key(keys.agent, "PARTNER001", "--permissions create,read,update,agent --limit unlimited");
    make_partner("OTHER", "");
    make_key(keys.other, "OTHER", "--limit unlimited");
    int status = suite_main(argc, argv, inits);
    stack_down();
    curl_global_cleanup();
    return status;
}
