#include <stddef.h>

#include "harness/suite.h"
#include "wire/suites.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_escape_tests, init_gate_tests,   init_refuse_tests,
        init_read_tests,   init_base64_tests, init_raw_tests,
        init_memory_tests, init_writer_tests, NULL,
    };
    return suite_main(argc, argv, inits);
}
