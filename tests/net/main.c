#include "harness/suite.h"
#include "net/suites.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {init_addr_tests,        init_hosts_tests, init_public_tests,
                                       init_retry_after_tests, init_url_tests,   NULL};
    return suite_main(argc, argv, inits);
}
