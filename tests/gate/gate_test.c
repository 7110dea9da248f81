#include "suites.h"
void init_gate_tests(void)
{
}
