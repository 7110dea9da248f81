/* Senders' hard life: started, killed, stopped, told to end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "property/run.h"

enum { SENDERS = 3, SLEEP_US = (LEASE_S + 5) * 1000000, END_WAIT_MS = 20000 };

static struct sender {
    pid_t pid; /*!< 0: none */
    bool stopped, sleeper, told;
    bool early;    /*!< it was told before it could know what to do then */
    int64_t wakes; /*!< [us] monotonic */
} senders[SENDERS];
static bool slept, badly;
static unsigned killed;

static void note(const char *what, pid_t pid)
{
    fprintf(run_.blows, "%lld %s %d\n", (long long)mono_us(), what, (int)pid);
}

static struct sender *start(unsigned seconds)
{
    char conf[320], log[320], text[16];
    struct sender *s = NULL;
    for (unsigned i = 0; i < SENDERS && !s; i++)
        if (!senders[i].pid)
            s = &senders[i];
    if (!s)
        return NULL;
    snprintf(conf, sizeof conf, "%s/sender.conf", run_.folder);
    snprintf(log, sizeof log, "%s/sender.log", run_.folder);
    snprintf(text, sizeof text, "%u", seconds);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it ends with this program, however that ends */
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        execl(stack.sender, stack.sender, "-c", conf, "--for", text, (char *)NULL);
        _exit(127);
    }
    *s = (struct sender){.pid = pid > 0 ? pid : 0};
    return s;
}

static void freeze(struct sender *s, int64_t us)
{
    note("STOP", s->pid);
    kill(s->pid, SIGSTOP);
    s->stopped = true;
    s->wakes = mono_us() + us;
}

static void thaw(struct sender *s)
{
    kill(s->pid, SIGCONT);
    note("CONT", s->pid);
    s->stopped = s->sleeper = false;
}

static void strike(struct sender *s)
{
    note("KILL", s->pid);
    killed++;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

static bool has_handler(pid_t pid)
{
    char path[64], line[256];
    unsigned long long caught = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "SigCgt:", 7) == 0)
            caught = strtoull(line + 7, NULL, 16);
    if (f)
        fclose(f);
    return caught >> (SIGTERM - 1) & 1;
}

/* Told a second time it gives back what is under way. */
static void tell(struct sender *s)
{
    s->early = s->early || !has_handler(s->pid);
    if (s->told)
        note("HURRY", s->pid);
    kill(s->pid, SIGTERM);
    s->told = true;
}

/* Ended by itself, or as told: with status 0, or something is wrong. */
static void reap(struct sender *s)
{
    int status;
    if (!s->pid || waitpid(s->pid, &status, WNOHANG) != s->pid)
        return;
    bool early = s->early && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
    bool trouble = run_.rough && WIFEXITED(status) && WEXITSTATUS(status) == 1;
    if (!early && !trouble && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        printf("a sender ended with %s %d\n", WIFEXITED(status) ? "status" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        badly = true;
    }
    s->pid = 0;
}

static unsigned look_after(void)
{
    unsigned awake = 0;
    for (unsigned i = 0; i < SENDERS; i++) {
        struct sender *s = &senders[i];
        reap(s);
        if (s->pid && s->stopped && mono_us() >= s->wakes)
            thaw(s);
        awake += s->pid && !s->stopped && !s->told;
    }
    return awake;
}

/* Once in a run a sender sleeps past the end of all its leases. */
static void do_something(struct chance *c, struct sender *s)
{
    unsigned fate = below(c, 100);
    if (fate < 7)
        strike(s);
    else if (fate < 10 && !s->stopped)
        tell(s);
    else if (fate < 15 && !s->stopped && !s->told)
        freeze(s, 100000 + 1000 * (int64_t)below(c, 3000));
    else if (fate < 18 && !s->stopped && !s->told && !slept && !run_.brief) {
        slept = s->sleeper = true;
        freeze(s, SLEEP_US);
    }
}

void stir_senders(void)
{
    struct chance c = chance_of(1000);
    while (mono_us() < run_.ends) {
        unsigned awake = look_after();
        if (awake == 0 ? often(&c, 40) : awake == 1 && often(&c, 6))
            start(3 + below(&c, 60));
        struct sender *s = &senders[below(&c, SENDERS)];
        if (s->pid && !s->sleeper)
            do_something(&c, s);
        pause_ms(20 + below(&c, 180));
    }
}

static bool sleeping(void)
{
    for (unsigned i = 0; i < SENDERS; i++)
        if (senders[i].pid && senders[i].stopped)
            return true;
    return false;
}

bool drain(void)
{
    int64_t until = mono_us() + DRAIN_S * INT64_C(1000000);
    for (long long left = -1; mono_us() < until; pause_ms(500)) {
        if (look_after() == 0)
            start(58);
        left = sql_int("SELECT COUNT(*) FROM webhook_job");
        if (left == 0 && !sleeping())
            return true;
    }
    return false;
}

bool end_senders(void)
{
    for (unsigned i = 0; i < SENDERS; i++)
        if (senders[i].pid) {
            if (senders[i].stopped)
                thaw(&senders[i]);
            tell(&senders[i]);
        }
    for (unsigned i = 0; i < SENDERS; i++) {
        for (unsigned ms = 0; senders[i].pid && ms < END_WAIT_MS; ms += 50) {
            reap(&senders[i]);
            pause_ms(senders[i].pid ? 50 : 0);
        }
        if (senders[i].pid) {
            printf("a sender did not end when told to\n");
            badly = true;
            strike(&senders[i]);
        }
    }
    return !badly;
}

unsigned senders_killed(void)
{
    return killed;
}
