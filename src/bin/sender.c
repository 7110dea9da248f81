/* omnichannel-sender: delivers webhook events; cron starts one each minute. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "send/send.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#define PROGRAM "omnichannel-sender"
#define CONF_STANDARD SYSCONFDIR "/omnichannel/omnichannel.conf"
#define EXIT_CONFIG 2
#define FILES_MAX 16384 /* descriptors: the most that webhook_concurrency can want, and some more */
#define TEXT_OF(n) TEXT_OF_VALUE(n)
#define TEXT_OF_VALUE(n) #n

static volatile int stop;
static int stop_fd = -1;

static void on_stop(int sig)
{
    uint64_t one = 1;
    (void)sig;
    stop++;
    if (write(stop_fd, &one, sizeof one) < 0)
        return; /* full: readable already */
}

static int refuse(const char *text, int code)
{
    log_line(LOG_LEVEL_ERROR, "%s", text);
    return code;
}

/* Each attempt takes a descriptor, and what cron starts has few unless it asks for more. */
static void raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= FILES_MAX)
        return;
    files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        return; /* fewer attempts at a time, and the log says so */
}

static int protect(void)
{
    struct rlimit none = {0, 0};
    struct sigaction on_end = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};
    /* Customers' data and secrets stay out of core files and other processes' eyes. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return refuse("cannot forbid core files", EXIT_FAILURE);
    stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd < 0)
        return refuse("cannot make an eventfd", EXIT_FAILURE);
    sigaction(SIGTERM, &on_end, NULL);
    sigaction(SIGINT, &on_end, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    return EXIT_SUCCESS;
}

static void help(FILE *out)
{
    fprintf(out,
            "Usage: " PROGRAM " [-c FILE] --for SECONDS | --once | --dry-run\n"
            "Delivers webhook events to partners.\n\n"
            "      --for SECONDS   deliver for so long, 1 to " TEXT_OF(
                SEND_FOR_MAX) ", as cron starts it each minute\n"
                              "      --once          deliver what is due now, then exit\n"
                              "      --dry-run       show which receivers have something due; change nothing\n"
                              "  -c, --config FILE   configuration (default: $OMNICHANNEL_CONF, else\n"
                              "                      %s)\n"
                              "      --version       print the version and exit\n"
                              "      --help          print this help and exit\n\n"
                              "Any number may run at a time, on any hosts. Signals: TERM and INT finish what is\n"
                              "under way, give the rest back and exit; a second one gives all back at once.\n"
                              "Exit status: 0, or 1: trouble, 2: usage or configuration.\n",
            CONF_STANDARD);
}

static int misused(const char *text)
{
    fprintf(stderr, "%s: %s\nTry '%s --help'.\n", PROGRAM, text, PROGRAM);
    return EXIT_CONFIG;
}

struct choice {
    const char *path;
    unsigned modes; /* how many were named */
    struct send_options send;
};

static bool choose(struct choice *c, enum send_mode mode, const char *seconds)
{
    uint64_t n = 0;
    c->modes++;
    c->send.mode = mode;
    if (seconds && (!num_u64(sv_from(seconds), false, SEND_FOR_MAX, &n) || n == 0))
        return false;
    c->send.seconds = (unsigned)n;
    return true;
}

/* -1: go on and send; else the exit status. */
static int options(int argc, char **argv, struct choice *c)
{
    static const struct option longs[] = {{"for", required_argument, NULL, 'f'},
                                          {"once", no_argument, NULL, 'o'},
                                          {"dry-run", no_argument, NULL, 'd'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int o;
    while ((o = getopt_long(argc, argv, "c:", longs, NULL)) != -1)
        switch (o) {
        case 'f':
            if (!choose(c, SEND_FOR, optarg))
                return misused("--for takes a number of seconds, 1 to " TEXT_OF(SEND_FOR_MAX));
            break;
        case 'o':
        case 'd':
            if (!choose(c, o == 'o' ? SEND_ONCE : SEND_DRY_RUN, NULL))
                return EXIT_FAILURE;
            break;
        case 'c':
            c->path = optarg;
            break;
        case 'v':
            printf("%s %s\n", PROGRAM, PACKAGE_VERSION);
            return EXIT_SUCCESS;
        case 'h':
            help(stdout);
            return EXIT_SUCCESS;
        default: /* getopt_long has named the option */
            fprintf(stderr, "Try '%s --help'.\n", PROGRAM);
            return EXIT_CONFIG;
        }
    if (optind < argc)
        return misused("takes no arguments besides options");
    return c->modes == 1 ? -1 : misused("one of --for, --once and --dry-run is needed, and only one");
}

static int exit_status(enum status s)
{
    return s == STATUS_OK ? EXIT_SUCCESS : s == STATUS_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static struct err err;
    static struct conf conf;
    const char *env = getenv("OMNICHANNEL_CONF");
    struct choice c = {.path = env && *env ? env : CONF_STANDARD};
    log_setup(PROGRAM, LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    int code = options(argc, argv, &c);
    if (code >= 0)
        return code;
    if ((code = protect()) != EXIT_SUCCESS)
        return code;
    err_init(&err);
    if (conf_load(c.path, &conf, &err) != STATUS_OK)
        return refuse(err.text, EXIT_CONFIG);
    if (c.send.mode != SEND_DRY_RUN) /* which somebody looks at */
        log_setup(PROGRAM, conf.log_target, conf.log_level);
    raise_files();
    c.send.out = stdout;
    c.send.stop = &stop;
    c.send.stop_fd = stop_fd;
    enum status s = send_run(&conf, &c.send, &err);
    return s == STATUS_OK ? EXIT_SUCCESS : refuse(err.text, exit_status(s));
}
