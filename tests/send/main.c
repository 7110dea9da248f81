#include "harness/suite.h"
#include "send/suites.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {init_clerk_tests,  init_headers_tests, init_judge_tests,
                                       init_pool_tests,   init_post_tests,    init_resolve_tests,
                                       init_sample_tests, init_sender_tests,  NULL};
    return suite_main(argc, argv, inits);
}
