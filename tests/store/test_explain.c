#include "suites.h"
void init_explain_tests(void)
{
}
