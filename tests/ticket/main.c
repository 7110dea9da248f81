#include "harness/suite.h"
#include "ticket/suites.h"

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_types_tests,    init_rules_tests,    init_formats_tests, init_required_tests, init_fields_tests,
        init_priority_tests, init_uploads_tests,  init_change_tests,  init_judge_tests,    init_view_tests,
        init_event_tests,    init_examples_tests, init_memory_tests,  init_retry_tests,    NULL,
    };
    return suite_main(argc, argv, inits);
}
