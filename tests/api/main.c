#include "api/suites.h"
#include "harness/suite.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_route_tests,      init_order_tests,  init_enter_tests,    init_body_tests,
        init_write_tests,      init_read_tests,   init_query_tests,    init_list_tests,
        init_attachment_tests, init_memory_tests, init_together_tests, NULL,
    };
    return suite_main(argc, argv, inits);
}
