#include "suites.h"
void init_lost_tests(void)
{
}
