#include "suites.h"
void init_down_tests(void)
{
}
