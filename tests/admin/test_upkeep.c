#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "base/conf.h"
#include "harness/suite.h"

static void test_migrate(void)
{
    fake_reset();
    run_check_out("up to date", RUN("migrate"), "The schema is up to date: version 2.\n");
    CHECK_STR("installed files", fake_calls(), "new admin testing\nmigrate /the/sql\nfree\n");
    run_check_out("json", RUN("migrate", "--json"), "{\"from\":2,\"to\":2}\n");
    fake.empty = true;
    run_check_out("new", RUN("migrate", "--sql-dir", "/other"),
                  "Applying 001-schema.sql\nApplying 002-catalogue.sql\nThe schema is now at version 2, from 0.\n");
    CHECK_STR("other files", fake_calls(), "new admin testing\nmigrate /other\nfree\n");
    run_check_out("new as JSON", RUN("migrate", "--json"), "{\"from\":0,\"to\":2}\n");
    fake.empty = false;
}

static void test_tidy(void)
{
    fake_reset();
    run_check_out("nothing", RUN("tidy"),
                  "Removed 0 answers to updates with an Idempotency-Key, older than 48 h.\n"
                  "Dropped 2 days of webhook history, older than 30 d.\n");
    CHECK_STR("standard age", fake_calls(), "new admin testing\nprune 48 h\nhistory 30 d\nfree\n");
    fake.n_prunes = 3;
    fake.budgets = 0;
    run_check_out("in batches", RUN("tidy"),
                  "Removed 3000 answers to updates with an Idempotency-Key, older than 48 h.\n"
                  "Dropped 2 days of webhook history, older than 30 d.\n");
    CHECK_STR("until nothing is left", fake_calls(),
              "new admin testing\nprune 48 h\nprune 48 h\nprune 48 h\nprune 48 h\nhistory 30 d\nfree\n");
    CHECK_INT("each in its own budget", fake.budgets, 5);
    run_write_config("database_name = testing\nidempotency_keep = 24\nwebhook_keep = 7\n");
    fake.n_prunes = 1;
    run_check_out("json", RUN("tidy", "--json"), "{\"idempotencyAnswers\":1000,\"webhookHistoryDays\":2}\n");
    CHECK_STR("configured age", fake_calls(), "new admin testing\nprune 24 h\nprune 24 h\nhistory 7 d\nfree\n");
    run_write_config(RUN_CONFIG);
}

static void test_config_check(void)
{
    char want[512];
    snprintf(want, sizeof want, "%s: good.\n", run_config());
    run_check_out("text", RUN("config", "check"), want);
    CHECK_STR("no database", fake_calls(), "");
    snprintf(want, sizeof want, "{\"file\":\"%s\",\"good\":true}\n", run_config());
    run_check_out("json", RUN("config", "check", "--json"), want);
    run_write_config("webhook_allow_cidr = 10.0.0.1/8\n");
    CHECK_INT("a range that is none", run_words(RUN("config", "check")), 78);
    CHECK("named", strstr(run_err, "webhook_allow_cidr") != NULL);
    run_write_config("webhook_retries = 5s soon\n");
    CHECK_INT("what the sender alone reads", run_words(RUN("config", "check")), 78);
    CHECK("named, too", strstr(run_err, "webhook_retries") != NULL);
    run_write_config(RUN_CONFIG);
}

static void test_config_sample(void)
{
    char *want = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&want, &n);
    conf_print_sample(f);
    fclose(f);
    run_check_out("the table's own text", RUN("-c", "/does/not/exist", "config", "sample"), want);
    run_write_config(want);
    CHECK_INT("is itself good", run_words(RUN("config", "check")), 0);
    free(want);
}

void init_upkeep_tests(void)
{
    static const struct suite_test tests[] = {
        {"migrate", test_migrate},
        {"tidy", test_tidy},
        {"config check", test_config_check},
        {"config sample", test_config_sample},
    };
    suite_add("admin upkeep", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
