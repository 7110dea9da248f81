#include "harness/suite.h"
#include "suites.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_shared_tests, init_window_tests,  init_kill_tests, init_race_tests,
        init_guess_tests,  init_breaker_tests, init_gate_tests, NULL,
    };
    return suite_main(argc, argv, inits);
}
