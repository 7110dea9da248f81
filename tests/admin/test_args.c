#include "admin/args.h"

#include <stdlib.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE(command) " (see omnichannel-admin " command "--help)\n"

static const struct run_row refusals[] = {
    {"nothing", {NULL}, 2, "omnichannel-admin: a command is missing" SEE(""), ""},
    {"no noun", {"frobnicate", NULL}, 2, "omnichannel-admin: frobnicate: no such command" SEE(""), ""},
    {"no verb", {"partner", NULL}, 2, "omnichannel-admin: partner: what about it? A word is missing" SEE(""), ""},
    {"bad verb", {"partner", "frob", NULL}, 2, "omnichannel-admin: partner frob: no such command" SEE(""), ""},
    {"bad verb, help",
     {"--help", "partner", "frob", NULL},
     2,
     "omnichannel-admin: partner frob: no such command" SEE(""),
     ""},
    {"bad noun, help", {"frob", "--help", NULL}, 2, "omnichannel-admin: frob: no such command" SEE(""), ""},
    {"global option",
     {"--bogus", "partner", "list", NULL},
     2,
     "omnichannel-admin: --bogus: no such option, or not clear which" SEE(""),
     ""},
    {"option between",
     {"partner", "--bogus=x", "list", NULL},
     2,
     "omnichannel-admin: --bogus: no such option, or not clear which" SEE(""),
     ""},
    {"option after",
     {"partner", "list", "--bogus", NULL},
     2,
     "omnichannel-admin: --bogus: no such option, or not clear which" SEE("partner list "),
     ""},
    {"short option",
     {"partner", "list", "-x", NULL},
     2,
     "omnichannel-admin: -x: no such option" SEE("partner list "),
     ""},
    {"short bundle",
     {"partner", "list", "-xh", NULL},
     2,
     "omnichannel-admin: -x: no such option" SEE("partner list "),
     ""},
    {"another's option",
     {"partner", "list", "--name", "x", NULL},
     2,
     "omnichannel-admin: --name: no such option, or not clear which" SEE("partner list "),
     ""},
    {"ambiguous",
     {"ticket", "list", "--a", "x", NULL},
     2,
     "omnichannel-admin: --a: no such option, or not clear which" SEE("ticket list "),
     ""},
    {"no value",
     {"partner", "add", "X", "--name", NULL},
     2,
     "omnichannel-admin: --name: needs a value" SEE("partner add "),
     ""},
    {"no value, short", {"-c", NULL}, 2, "omnichannel-admin: --config: needs a value" SEE(""), ""},
    {"value for a flag",
     {"partner", "add", "X", "--quiet=1", NULL},
     2,
     "omnichannel-admin: --quiet: takes no value" SEE("partner add "),
     ""},
    {"value for a global flag", {"--json=yes", NULL}, 2, "omnichannel-admin: --json: takes no value" SEE(""), ""},
    {"value for help", {"--help=me", NULL}, 2, "omnichannel-admin: --help: takes no value" SEE(""), ""},
    {"twice",
     {"partner", "add", "X", "--name", "a", "--name", "b", NULL},
     2,
     "omnichannel-admin: --name: may be given only once" SEE("partner add "),
     ""},
    {"required option",
     {"partner", "add", "X", NULL},
     2,
     "omnichannel-admin: --name: is missing" SEE("partner add "),
     ""},
    {"argument missing",
     {"partner", "add", "--name", "x", NULL},
     2,
     "omnichannel-admin: CODE: is missing" SEE("partner add "),
     ""},
    {"second argument missing",
     {"branch", "set", "001", NULL},
     2,
     "omnichannel-admin: NAME: is missing" SEE("branch set "),
     ""},
    {"word too many",
     {"partner", "show", "A", "B", NULL},
     2,
     "omnichannel-admin: B: one word too many" SEE("partner show "),
     ""},
    {"word for none", {"migrate", "now", NULL}, 2, "omnichannel-admin: now: one word too many" SEE("migrate "), ""},
    {"argument not UTF-8",
     {"partner", "show", "\xc3", NULL},
     2,
     "omnichannel-admin: CODE: must be UTF-8" SEE("partner show "),
     ""},
    {"option not UTF-8",
     {"partner", "add", "X", "--name", "\xff", NULL},
     2,
     "omnichannel-admin: --name: must be UTF-8" SEE("partner add "),
     ""},
    {"no JSON form",
     {"config", "sample", "--json", NULL},
     2,
     "omnichannel-admin: --json: this command has no JSON form" SEE("config sample "),
     ""},
    {"terminal codes are not echoed",
     {"a\x1b[2J\nb", NULL},
     2,
     "omnichannel-admin: a?[2J?b: no such command" SEE(""),
     ""},
};

static void test_refusals(void)
{
    for (unsigned i = 0; i < SUITE_N(refusals); i++)
        run_check(&refusals[i]);
}

static void test_repeats(void)
{
    struct run_row row = {"65 times",
                          {"key", "create", "--partner", "P2"},
                          2,
                          "omnichannel-admin: --cidr: may be given at most 64 times" SEE("key create "),
                          ""};
    for (unsigned i = 0; i < 65; i++)
        row.words[4 + i] = "--cidr=10.0.0.1";
    run_check(&row);
}

static void test_global_options_anywhere(void)
{
    static const struct run_row rows[] = {
        {"before", {"--json", "partner", "show", "P2", NULL}, 0, "", "partner_find P2\nsecret_find P2\n"},
        {"between", {"partner", "--json", "show", "P2", NULL}, 0, "", "partner_find P2\nsecret_find P2\n"},
        {"after", {"partner", "show", "--json", "P2", NULL}, 0, "", "partner_find P2\nsecret_find P2\n"},
        {"at the end", {"partner", "show", "P2", "--json", NULL}, 0, "", "partner_find P2\nsecret_find P2\n"},
        {"cut short", {"partner", "show", "P2", "--js", NULL}, 0, "", "partner_find P2\nsecret_find P2\n"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        run_check(&rows[i]);
        CHECK_INT(rows[i].name, run_out[0], '{');
    }
}

static void test_dashes_end_options(void)
{
    static const struct run_row row = {"text like an option",
                                       {"branch", "set", "--", "001", "--name", NULL},
                                       0,
                                       "",
                                       "branch_set '001' '--name'\nshared /nowhere 64\nbranch_list\n"};
    run_check(&row);
}

static void test_version(void)
{
    run_check_out("alone", RUN("--version"), "omnichannel-admin 9.8.7\n");
    run_check_out("with a noun", RUN("partner", "--version"), "omnichannel-admin 9.8.7\n");
    run_check_out("with a command", RUN("partner", "add", "--version"), "omnichannel-admin 9.8.7\n");
    CHECK_STR("nothing was opened", fake_calls(), "");
}

/* Every row is in the general help, in its noun's and has one of its own. */
static void test_help(void)
{
    char *all;
    CHECK_INT("help", run_words(RUN("--help")), 0);
    all = strdup(run_out);
    CHECK("usage", strncmp(all, "Usage: omnichannel-admin [-c FILE] [--json] COMMAND", 51) == 0);
    for (const struct admin_command *const *g = admin_commands; *g; g++)
        for (const struct admin_command *c = *g; c->noun; c++) {
            char name[ADMIN_COMMAND_NAME_MAX];
            admin_command_name(c, name);
            CHECK(name, strstr(all, name) && strstr(all, c->help));
            CHECK_INT(name, c->verb ? run_words(RUN(c->noun, "-h")) : run_words(RUN(c->noun, "--help")), 0);
            CHECK(name, strstr(run_out, name) && strstr(run_out, c->help));
            if (c->verb)
                CHECK_INT(name, run_words(RUN(c->noun, c->verb, "--help")), 0);
            CHECK(name, strstr(run_out, c->help) && strstr(run_out, "--config FILE"));
            for (const struct admin_option *o = c->options; o->name; o++)
                CHECK(o->name, strstr(run_out, o->name) && strstr(run_out, o->help));
            for (const struct admin_argument *a = c->arguments; a->name; a++)
                CHECK(a->name, strstr(run_out, a->name) && strstr(run_out, a->help));
        }
    free(all);
}

static void test_help_of_one(void)
{
    run_check_out("branch set", RUN("branch", "set", "-h"),
                  "Usage: omnichannel-admin branch set CODE NAME\n"
                  "\n"
                  "Name a branch, or rename one.\n"
                  "\n"
                  "Arguments:\n"
                  "  CODE                        Its code, as partners send it in customer.branchCode\n"
                  "  NAME                        Its name, at most 200 characters\n"
                  "\n"
                  "Everywhere:\n"
                  "  -c, --config FILE           Configuration file; else $OMNICHANNEL_CONF, else the installed one\n"
                  "  --json                      Print JSON for programs\n"
                  "  -h, --help                  Say what there is, and what it takes\n"
                  "  --version                   Print the version\n");
    CHECK_INT("options", run_words(RUN("--help", "key", "create")), 0);
    CHECK("synopsis",
          strstr(run_out, "Usage: omnichannel-admin key create --partner CODE [--permissions LIST] [--limit LIST] "
                          "[--cidr RANGE]… [--expires TIME] [--quiet]\n"));
    CHECK_INT("optional argument", run_words(RUN("ticket", "assign", "--help")), 0);
    CHECK("synopsis", strstr(run_out, "ticket assign N [NAME] [--none]\n"));
}

static void test_config_file(void)
{
    CHECK_INT("from the installation", run_words(RUN("partner", "list")), 0);
    CHECK_STR("calls", fake_calls(), "new admin testing\npartner_list\nfree\n");
    setenv("OMNICHANNEL_CONF", "/nowhere/at/all", 1);
    CHECK_INT("from the environment", run_words(RUN("partner", "list")), 78);
    CHECK_STR("why", run_err, "omnichannel-admin: /nowhere/at/all: No such file or directory\n");
    CHECK_INT("the option is stronger", run_words(RUN("-c", run_config(), "partner", "list")), 0);
    CHECK_INT("also behind", run_words(RUN("partner", "list", "--config", run_config())), 0);
    CHECK_INT("not needed", run_words(RUN("config", "sample")), 0);
    setenv("OMNICHANNEL_CONF", "", 1);
    CHECK_INT("empty is none", run_words(RUN("partner", "list")), 0);
    unsetenv("OMNICHANNEL_CONF");
}

static void test_bad_config(void)
{
    char want[512];
    run_write_config("\nfrobnicate = 1\n");
    CHECK_INT("unknown name", run_words(RUN("partner", "list")), 78);
    snprintf(want, sizeof want, "omnichannel-admin: %s:2: frobnicate: ", run_config());
    CHECK("file, line and name", strncmp(run_err, want, strlen(want)) == 0);
    CHECK_STR("database left alone", fake_calls(), "");
    run_write_config(RUN_CONFIG);
}

/* A good line of each command that asks the database. */
static const char *const lines[][7] = {
    {"partner", "list"},
    {"partner", "show", "P2"},
    {"partner", "suspend", "P2"},
    {"partner", "add", "N", "--name", "n"},
    {"partner", "set", "P2", "--any-host"},
    {"partner", "rotate-secret", "P2"},
    {"key", "create", "--partner", "P2"},
    {"key", "list"},
    {"key", "list", "--partner", "P2"},
    {"key", "revoke", "17"},
    {"ticket", "list"},
    {"ticket", "show", "1408"},
    {"ticket", "assign", "1408", "Ann"},
    {"ticket", "status", "1408", "PENDING"},
    {"ticket", "comment", "1408", "Hi"},
    {"webhook", "list"},
    {"webhook", "show", FAKE_HOOK_DEAD},
    {"webhook", "retry", FAKE_HOOK_DEAD},
    {"webhook", "retry", "--partner", "P2"},
    {"webhook", "cancel", FAKE_HOOK_WAITING},
    {"webhook", "stats"},
    {"webhook", "resume", "https://a.example", "--partner", "PARTNER001"},
    {"webhook", "enable", "https://a.example/h", "--partner", "PARTNER001"},
    {"webhook", "test", "--partner", "PARTNER001"},
    {"service", "list"},
    {"service", "set", "CLAIM"},
    {"branch", "list"},
    {"branch", "set", "001", "x"},
    {"migrate"},
    {"tidy"},
};

static void test_statuses(void)
{
    static const struct {
        const char *name;
        enum status status;
        const char *text;
        int exit;
        const char *err;
    } rows[] = {
        {"unavailable", STATUS_UNAVAILABLE, "connect: 2002", 69, "omnichannel-admin: connect: 2002\n"},
        {"uncertain", STATUS_UNCERTAIN, "lost", 69,
         "omnichannel-admin: lost (it is not known whether it was done: look before you repeat it)\n"},
        {"schema", STATUS_CONFIG, "schema 0 is too old", 78, "omnichannel-admin: schema 0 is too old\n"},
        {"no text", STATUS_UNAVAILABLE, NULL, 69, "omnichannel-admin: unavailable\n"},
        {"bug", STATUS_INTERNAL, "oops", 1, "omnichannel-admin: oops\n"},
        {"memory", STATUS_NO_MEMORY, "no memory", 1, "omnichannel-admin: no memory\n"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned j = 0; j < SUITE_N(lines); j++) {
            fake.status = rows[i].status;
            fake.text = rows[i].text;
            CHECK_INT(lines[j][0], run_words(lines[j]), rows[i].exit);
            CHECK_STR(lines[j][0], run_err, rows[i].err);
            CHECK_INT("no bump", fake.bumps, 0);
        }
    fake_reset();
}

#define CALLS_ROOM 4096 /* [bytes] */
#define STARVE_MAX 1000 /* allocations; far more than any line needs */

static unsigned allocations_left;

static int refuse_later(size_t n)
{
    (void)n;
    return allocations_left > 0 && allocations_left--;
}

/* Runs a line with ever more memory until it needs no more. */
static void starve(const char *const *words)
{
    unsigned given = 0;
    int got;
    do {
        buf_room(&fake.calls, CALLS_ROOM); /* the notes of the fakes do not count */
        allocations_left = given++;
        arena_alloc_hook = refuse_later;
        got = run_words(words);
        arena_alloc_hook = NULL;
        CHECK(words[0], got == ADMIN_EXIT_OK || got == ADMIN_EXIT_REFUSED || got == ADMIN_EXIT_CONFIG);
        CHECK_INT(words[0], run_err[0] == '\0', got == ADMIN_EXIT_OK);
    } while (got != ADMIN_EXIT_OK && given < STARVE_MAX);
    CHECK(words[0], given > 1 && given < STARVE_MAX);
}

static void test_no_memory(void)
{
    fake_reset();
    fake.post = (struct post){.end = POST_ANSWERED, .http_status = 200};
    for (unsigned i = 0; i < SUITE_N(lines); i++)
        starve(lines[i]);
    starve(RUN("--json", "ticket", "show", "1408"));
    starve(RUN("--json", "partner", "add", "N", "--name", "n"));
    starve(RUN("--json", "key", "create", "--partner", "P2", "--cidr=10.0.0.1", "--cidr=10.0.0.2"));
    starve(RUN("--json", "ticket", "list"));
    starve(RUN("--json", "webhook", "show", FAKE_HOOK_DEAD, "--body"));
    starve(RUN("--json", "webhook", "list", "--partner", "P2"));
    starve(RUN("--json", "webhook", "stats"));
    starve(RUN("--json", "webhook", "test", "--partner", "PARTNER001"));
    starve(RUN("--json", "partner", "rotate-secret", "P2"));
}

static void test_full_disk(void)
{
    char *err_text = NULL;
    size_t n = 0;
    char name[] = "omnichannel-admin", version[] = "--version";
    char *argv[] = {name, version, NULL};
    struct admin_env env = {.version = "1", .config = run_config(), .sql_dir = "", .out = fopen("/dev/full", "w")};
    env.err = open_memstream(&err_text, &n);
    CHECK("opened", env.out && env.err);
    CHECK_INT("exit", admin_run(&env, 2, argv), 1);
    fclose(env.out);
    fclose(env.err);
    CHECK_STR("why", err_text, "omnichannel-admin: cannot write the output: No space left on device\n");
    free(err_text);
}

void init_args_tests(void)
{
    static const struct suite_test tests[] = {
        {"refusals", test_refusals},
        {"too many repeats", test_repeats},
        {"global options anywhere", test_global_options_anywhere},
        {"-- ends options", test_dashes_end_options},
        {"version", test_version},
        {"help lists every row", test_help},
        {"help of one command", test_help_of_one},
        {"which configuration file", test_config_file},
        {"bad configuration", test_bad_config},
        {"exit statuses", test_statuses},
        {"memory runs out", test_no_memory},
        {"output cannot be written", test_full_disk},
    };
    suite_add("admin args", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
