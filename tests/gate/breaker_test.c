#include "suites.h"
void init_breaker_tests(void)
{
}
