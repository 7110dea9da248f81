/* Two wall clocks, the database's and everybody else's, that can be set while
 * processes run by them. Monotonic clocks stay as they are. */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault/fault.h"

static char library[256];

static void name_clock(char out[360], bool database)
{
    snprintf(out, 360, "%s/%s", run_.folder, database ? "clock-database" : "clock");
}

bool clocks_make(void)
{
    glob_t found;
    if (glob("/usr/lib/*/faketime/libfaketimeMT.so.1", 0, NULL, &found) != 0)
        return false;
    snprintf(library, sizeof library, "%s", found.gl_pathv[0]);
    globfree(&found);
    clock_set(false, 0);
    clock_set(true, 0);
    return true;
}

void clock_preload(bool database)
{
    char file[360], all[700];
    const char *before = getenv("LD_PRELOAD");
    name_clock(file, database);
    snprintf(all, sizeof all, "%s%s%.300s", library, before ? ":" : "", before ? before : "");
    setenv("LD_PRELOAD", all, 1);
    setenv("FAKETIME_TIMESTAMP_FILE", file, 1);
    setenv("FAKETIME_CACHE_DURATION", "1", 1);
    setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
}

/* Whole at any time. */
void clock_set(bool database, int64_t seconds)
{
    char file[360], new[370];
    name_clock(file, database);
    snprintf(new, sizeof new, "%s.new", file);
    FILE *f = fopen(new, "w");
    if (!f || fprintf(f, "%+lld\n", (long long)seconds) < 0 || fclose(f) != 0 || rename(new, file) != 0)
        give_up(file);
}

void clocks_sweep(void)
{
    glob_t found;
    if (glob("/dev/shm/*faketime_s*_[0-9]*", 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        long pid = strtol(strrchr(found.gl_pathv[i], '_') + 1, NULL, 10);
        if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            unlink(found.gl_pathv[i]);
    }
    globfree(&found);
}
