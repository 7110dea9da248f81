#include "base/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_status_tests, init_sv_tests,        init_utf8_tests, init_num_tests,   init_base64_tests,
        init_buf_tests,    init_arena_tests,     init_err_tests,  init_clock_tests, init_log_tests,
        init_conf_tests,   init_conf_file_tests, init_http_tests, init_poke_tests,  NULL,
    };
    return suite_main(argc, argv, inits);
}
