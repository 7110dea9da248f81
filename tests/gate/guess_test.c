#include "suites.h"
void init_guess_tests(void)
{
}
