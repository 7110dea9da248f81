/* fault.test: a stack of its own under load whose servers are killed, stopped, cut
 * off, flooded, out of disk space and out of time for FAULT_SECONDS; then calm,
 * and the checker's word on what came of it. FAULT_SEED: what happens when. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "fault/fault.h"

enum {
    SECONDS_STANDARD = 30,
    SECONDS_MAX = 100000,
    BRIEF_S = 100,
    STOP_S = 20,
    STOP_BRIEF_S = 5,
    FULL_S = 8,
    FULL_BRIEF_S = 4,
    CREATES = 25,
    READS = 25,
    AGE_S = LEASE_S + 10
};

struct fault fault;

static void take_arguments(void)
{
    run_.seed = number_from("FAULT_SEED", some_seed());
    run_.seconds = (unsigned)number_from("FAULT_SECONDS", SECONDS_STANDARD);
    if (run_.seconds == 0 || run_.seconds > SECONDS_MAX)
        exit(2);
    run_.creates = CREATES;
    run_.reads = READS;
    run_.rough = true;
    run_.brief = run_.seconds < BRIEF_S;
    fault.stop_s = run_.brief ? STOP_BRIEF_S : STOP_S;
    fault.full_s = run_.brief ? FULL_BRIEF_S : FULL_S;
    printf("FAULT_SEED=%llu FAULT_SECONDS=%u\n", (unsigned long long)run_.seed, run_.seconds);
}

/* The logs are elsewhere: they must not fill up, nor be lost. */
static void make_folders(char disk[64])
{
    snprintf(disk, 64, "/tmp/omni-disk-XXXXXX");
    snprintf(run_.folder, sizeof run_.folder, "/tmp/omni-fault-XXXXXX");
    if (!mkdtemp(disk) || !mkdtemp(run_.folder))
        give_up("/tmp");
    disk_make(disk);
    printf("the state folder's disk: %s\n", disk_kind());
    if (!clocks_make())
        give_up("Debian's package libfaketime is needed");
}

/* What senders had when they were killed is due: as if the leases' time had passed. */
static bool settle(void)
{
    bool well = end_senders();
    run_.rough = false;
    database_ages(AGE_S);
    well = drain() && well;
    if (!well)
        printf("FAILED: a sender ended badly, or not everything was delivered in %d s\n", DRAIN_S);
    return end_senders() && well;
}

static bool verdict(bool well, int judged)
{
    unsigned kills, missing, kinds = print_blows(&kills, &missing);
    bool senders = senders_killed() > 0, workers = print_endings(workers_killed());
    printf("%s: senders killed: %u\n", senders ? "passed" : "FAILED", senders_killed());
    printf("%s: everything was delivered and all senders ended well\n", well ? "passed" : "FAILED");
    printf("%u kills, and %s\n", kills + senders_killed(),
           judged == 0 ? "no promise was broken" : "PROMISES WERE BROKEN");
    unsigned failed = missing + !senders + !workers + !well;
    printf("%u passed, %u failed\n", kinds + 3 - failed, failed);
    return failed == 0 && judged == 0;
}

int main(void)
{
    char disk[64], folder[80], out[256];
    pthread_t blows;
    setvbuf(stdout, NULL, _IOLBF, 0);
    take_arguments();
    make_folders(disk);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    snprintf(folder, sizeof folder, "%s/stack", disk);
    if (mkdir(folder, 0700) != 0)
        give_up(folder);
    stack_up_in(folder);
    make_all();
    if (!cuts_make() || pthread_create(&blows, NULL, deal_blows, NULL) != 0)
        give_up("thread");
    while (!atomic_load(&fault.ready))
        pause_ms(20);
    stir_begin();
    atomic_store(&fault.begun, true);
    stir_senders();
    stir_end();
    bool well = settle();
    write_facts();
    print_statuses();
    atomic_store(&fault.over, true);
    pthread_join(blows, NULL);
    fclose(run_.blows);
    fclose(run_.said);
    well = verdict(well, judge());
    cuts_end();
    receivers_end();
    stack_down();
    disk_remove();
    clocks_sweep();
    if (!getenv("OMNI_E2E_KEEP"))
        run(out, sizeof out, "rm -rf '%s'", run_.folder);
    curl_global_cleanup();
    return !well;
}
