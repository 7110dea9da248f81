#include "desk/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_open_tests,
        init_update_tests,
        init_moves_tests,
        init_read_tests,
        init_catalog_tests,
        init_breaker_tests,
        init_job_tests,
        init_memory_tests,
        init_poke_tests,
        init_together_tests,
        NULL,
    };
    return suite_main(argc, argv, inits);
}
