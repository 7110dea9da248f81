/* property.test: a stack of its own, clients, receivers and senders for
 * PROPERTY_SECONDS, then calm, and the checker's word on what came of it. */
#include <curl/curl.h>
#include <sys/stat.h>

#include "e2e/stack.h"
#include "property/run.h"

enum { SECONDS_STANDARD = 25, SECONDS_MAX = 100000, CREATES = 10, READS = 5 };

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    run_.seed = number_from("PROPERTY_SEED", some_seed());
    run_.seconds = (unsigned)number_from("PROPERTY_SECONDS", SECONDS_STANDARD);
    run_.creates = CREATES;
    run_.reads = READS;
    if (run_.seconds == 0 || run_.seconds > SECONDS_MAX)
        return 2;
    printf("PROPERTY_SEED=%llu PROPERTY_SECONDS=%u\n", (unsigned long long)run_.seed, run_.seconds);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    stack_up();
    snprintf(run_.folder, sizeof run_.folder, "%s/property", stack.var);
    if (mkdir(run_.folder, 0700) != 0)
        give_up(run_.folder);
    make_all();
    stir_begin();
    stir_senders();
    stir_end();
    if (!drain())
        printf("not everything was delivered in %d s\n", DRAIN_S);
    bool well = end_senders();
    fclose(run_.blows);
    fclose(run_.said);
    write_facts();
    int status = judge();
    receivers_end();
    stack_down();
    curl_global_cleanup();
    return status != 0 || !well;
}
