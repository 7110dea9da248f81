/* A receiver that takes everything and keeps nothing, for as long as its
 * standard input is open. Prints its port; at the end how many came.
 *
 *   sink [RULE]    e.g. /hang */
#include <stdio.h>
#include <unistd.h>

#include "harness/receiver.h"

int main(int argc, char **argv)
{
    struct receiver_options o = {.forget = true};
    struct receiver *r = receiver_start(&o);
    char c;
    if (!r)
        return 1;
    if (argc > 1)
        receiver_rule(r, argv[1]);
    printf("%d\n", receiver_port(r));
    fflush(stdout);
    while (read(0, &c, 1) > 0)
        ;
    printf("%u\n", receiver_count(r, ""));
    receiver_stop(&r);
    return 0;
}
