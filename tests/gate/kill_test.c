#include "suites.h"
void init_kill_tests(void)
{
}
