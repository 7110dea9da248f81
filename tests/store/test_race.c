#include "suites.h"
void init_race_tests(void)
{
}
