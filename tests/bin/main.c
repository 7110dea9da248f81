#include "bin/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {init_fcgi_tests, init_peer_tests, init_peer_time_tests, NULL};
    return suite_main(argc, argv, inits);
}
