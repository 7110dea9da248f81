#include "base/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

static struct conf conf;
static struct err err;

static enum status parse(const char *text)
{
    err_init(&err);
    return conf_parse("t.conf", sv_from(text), &conf, &err);
}

static void test_defaults(void)
{
    conf_defaults(&conf);
    CHECK_STR("database_socket", conf.database_socket, "/run/mysqld/mysqld.sock");
    CHECK_STR("database_host", conf.database_host, "");
    CHECK_INT("database_port", conf.database_port, 3306);
    CHECK_STR("database_tls_ca", conf.database_tls_ca, "");
    CHECK_STR("database_name", conf.database_name, "omnichannel");
    CHECK_INT("database_timeout", conf.database_timeout, 2);
    CHECK_STR("worker_database_user", conf.worker_database_user, "omni_worker");
    CHECK_STR("worker_database_password_file", conf.worker_database_password_file, "");
    CHECK_STR("sender_database_user", conf.sender_database_user, "omni_sender");
    CHECK_STR("sender_database_password_file", conf.sender_database_password_file, "");
    CHECK_STR("admin_database_user", conf.admin_database_user, "omni_admin");
    CHECK_STR("admin_database_password_file", conf.admin_database_password_file, "");
    CHECK_STR("runtime_directory", conf.runtime_directory, "/run/omnichannel");
    CHECK_STR("sender_directory", conf.sender_directory, "/run/omnichannel-sender");
    CHECK_INT("rate_memory", conf.rate_memory, 64);
    CHECK_INT("requests_together", conf.requests_together, 8);
    CHECK_STR("tracking_url_base", conf.tracking_url_base, "https://servicedesk.banksulutgo.co.id");
    CHECK_STR("priority_high_amount", conf.priority_high_amount, "10000000");
    CHECK_STR("priority_urgent_amount", conf.priority_urgent_amount, "50000000");
    CHECK_STR("priority_critical_amount", conf.priority_critical_amount, "100000000");
    CHECK_INT("currency_rate", conf.currency_rate.n, 0);
    CHECK_INT("idempotency_keep", conf.idempotency_keep, 48);
    CHECK_INT("webhook_allow_http", conf.webhook_allow_http, false);
    CHECK_INT("webhook_allow_cidr", conf.webhook_allow_cidr.n, 0);
    CHECK_STR("webhook_ports", conf.webhook_ports, "443 8443");
    CHECK_STR("webhook_ca_file", conf.webhook_ca_file, "");
    CHECK_INT("webhook_timeout", conf.webhook_timeout, 15);
    CHECK_STR("webhook_retries", conf.webhook_retries, "5s 5m 30m 2h 5h 10h 14h 20h 24h");
    CHECK_INT("webhook_retry_after_max", conf.webhook_retry_after_max, 24);
    CHECK_INT("webhook_hold", conf.webhook_hold, 60);
    CHECK_INT("webhook_concurrency", conf.webhook_concurrency, 1000);
    CHECK_INT("webhook_partner_concurrency", conf.webhook_partner_concurrency, 250);
    CHECK_INT("webhook_receiver_concurrency", conf.webhook_receiver_concurrency, 32);
    CHECK_INT("webhook_pause_max", conf.webhook_pause_max, 10);
    CHECK_INT("webhook_keep", conf.webhook_keep, 30);
    CHECK_INT("log_level", conf.log_level, LOG_LEVEL_INFO);
    CHECK_INT("log_target", conf.log_target, LOG_TARGET_SYSLOG);
    CHECK_INT("all of them", conf_table_n, 37);
}

static void test_empty_is_default(void)
{
    static struct conf standard;
    conf_defaults(&standard);
    memset(&conf, 0xFF, sizeof conf);
    CHECK_INT("empty", parse(""), STATUS_OK);
    CHECK("the same", memcmp(&conf, &standard, sizeof conf) == 0);
    CHECK_INT("absent", conf_parse("t", SV_NONE, &conf, &err), STATUS_OK);
    CHECK_INT("comments", parse("# a = b\n; c\n\n \t\r\n  # indented\r\n#"), STATUS_OK);
    CHECK("the same", memcmp(&conf, &standard, sizeof conf) == 0);
}

static void test_values(void)
{
    CHECK_INT("ok",
              parse("database_socket=/a b/c\n"
                    "  database_host   =   db.example  \n"
                    "\tdatabase_port\t=\t1\r\n"
                    "database_tls_ca = /etc/ca.pem\n"
                    "database_name = x=y:z;w#v\n"
                    "worker_database_password_file =\n"
                    "rate_memory = 4096\n"
                    "requests_together = 3\n"
                    "tracking_url_base = http://localhost:3002\n"
                    "priority_high_amount = 0.50\n"
                    "priority_urgent_amount = 0.5\n"
                    "priority_critical_amount = 123456789012345678\n"
                    "currency_rate = USD 15600\n"
                    "currency_rate = JPY 104.2500\n"
                    "idempotency_keep = 24\n"
                    "webhook_allow_http = yes\n"
                    "webhook_allow_cidr = 127.0.0.0/8\n"
                    "webhook_allow_cidr = ::1\n"
                    "webhook_ports = any\n"
                    "webhook_ca_file = /etc/ssl/receivers.pem\n"
                    "webhook_timeout = 60\n"
                    "webhook_retries = 1s 2m\n"
                    "webhook_retry_after_max = 0\n"
                    "webhook_hold = 0\n"
                    "webhook_concurrency = 1\n"
                    "webhook_partner_concurrency = 10000\n"
                    "webhook_receiver_concurrency = 1000\n"
                    "webhook_pause_max = 1440\n"
                    "webhook_keep = 3650\n"
                    "sender_directory = /run/sender\n"
                    "log_level = debug\n"
                    "log_target = stderr"),
              STATUS_OK);
    CHECK_STR("error", err.text, "");
    CHECK_STR("database_socket", conf.database_socket, "/a b/c");
    CHECK_STR("database_host", conf.database_host, "db.example");
    CHECK_INT("database_port", conf.database_port, 1);
    CHECK_STR("database_tls_ca", conf.database_tls_ca, "/etc/ca.pem");
    CHECK_STR("database_name", conf.database_name, "x=y:z;w#v");
    CHECK_INT("rate_memory", conf.rate_memory, 4096);
    CHECK_INT("requests_together", conf.requests_together, 3);
    CHECK_STR("tracking_url_base", conf.tracking_url_base, "http://localhost:3002");
    CHECK_STR("amount as written", conf.priority_high_amount, "0.50");
    CHECK_INT("rates", conf.currency_rate.n, 2);
    CHECK_STR("rate 0", conf.currency_rate.item[0], "USD 15600");
    CHECK_STR("rate 1", conf.currency_rate.item[1], "JPY 104.2500");
    CHECK_INT("idempotency_keep", conf.idempotency_keep, 24);
    CHECK("webhook_allow_http", conf.webhook_allow_http);
    CHECK_INT("ranges", conf.webhook_allow_cidr.n, 2);
    CHECK_STR("range 1", conf.webhook_allow_cidr.item[1], "::1");
    CHECK_STR("webhook_ports", conf.webhook_ports, "any");
    CHECK_STR("webhook_ca_file", conf.webhook_ca_file, "/etc/ssl/receivers.pem");
    CHECK_INT("webhook_timeout", conf.webhook_timeout, 60);
    CHECK_STR("webhook_retries", conf.webhook_retries, "1s 2m");
    CHECK_INT("webhook_retry_after_max", conf.webhook_retry_after_max, 0);
    CHECK_INT("webhook_hold", conf.webhook_hold, 0);
    CHECK_INT("webhook_concurrency", conf.webhook_concurrency, 1);
    CHECK_INT("webhook_partner_concurrency", conf.webhook_partner_concurrency, 10000);
    CHECK_INT("webhook_receiver_concurrency", conf.webhook_receiver_concurrency, 1000);
    CHECK_INT("webhook_pause_max", conf.webhook_pause_max, 1440);
    CHECK_INT("webhook_keep", conf.webhook_keep, 3650);
    CHECK_STR("sender_directory", conf.sender_directory, "/run/sender");
    CHECK_INT("log_level", conf.log_level, LOG_LEVEL_DEBUG);
    CHECK_INT("log_target", conf.log_target, LOG_TARGET_STDERR);
    CHECK_STR("the rest stays", conf.worker_database_user, "omni_worker");
}

#define LETTERS_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void test_refused(void)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"\n\nno_such = 1", "t.conf:3: no_such: unknown name"},
        {"Database_port = 1", "t.conf:1: Database_port: unknown name"},
        {"database_port = 1\ndatabase_port = 1", "t.conf:2: database_port: given twice"},
        {"[database]", "t.conf:1: sections are not used"},
        {"  [x", "t.conf:1: sections are not used"},
        {"database_port", "t.conf:1: must be name = value"},
        {"database_port: 3306", "t.conf:1: must be name = value"},
        {"a:b = 1", "t.conf:1: must be name = value"},
        {"= 1", "t.conf:1: must be name = value"},
        {" = ", "t.conf:1: must be name = value"},
        {"database_port = 1 ; x", "t.conf:1: comments stand on lines of their own"},
        {"database_port = 1 # x", "t.conf:1: comments stand on lines of their own"},
        {"database_name =\t;x", "t.conf:1: comments stand on lines of their own"},
        {"database_name = \xC3\xA9", "t.conf:1: only printable ASCII is allowed"},
        {"\xEF\xBB\xBF# bom", "t.conf:1: only printable ASCII is allowed"},
        {"database_name = a\x7F", "t.conf:1: only printable ASCII is allowed"},
        {"database_name = a\vb", "t.conf:1: only printable ASCII is allowed"},
        {"database_port = 0", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_port = 65536", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_port = 0x10", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_port = -1", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_port = 1 2", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_port =", "t.conf:1: database_port: must be a whole number from 1 to 65535"},
        {"database_timeout = 3", "t.conf:1: database_timeout: must be a whole number from 1 to 2 s"},
        {"rate_memory = 15", "t.conf:1: rate_memory: must be a whole number from 16 to 4096 MiB"},
        {"rate_memory = 4097", "t.conf:1: rate_memory: must be a whole number from 16 to 4096 MiB"},
        {"requests_together = 0", "t.conf:1: requests_together: must be a whole number from 1 to 8"},
        {"requests_together = 9", "t.conf:1: requests_together: must be a whole number from 1 to 8"},
        {"idempotency_keep = 23", "t.conf:1: idempotency_keep: must be a whole number from 24 to 8760 h"},
        {"idempotency_keep = 8761", "t.conf:1: idempotency_keep: must be a whole number from 24 to 8760 h"},
        {"webhook_allow_http = true", "t.conf:1: webhook_allow_http: must be yes or no"},
        {"webhook_allow_http = Yes", "t.conf:1: webhook_allow_http: must be yes or no"},
        {"webhook_ca_file = ca.pem",
         "t.conf:1: webhook_ca_file: must be empty or an absolute path of at most 189 characters"},
        {"webhook_timeout = 0", "t.conf:1: webhook_timeout: must be a whole number from 1 to 60 s"},
        {"webhook_timeout = 61", "t.conf:1: webhook_timeout: must be a whole number from 1 to 60 s"},
        {"webhook_retries =", "t.conf:1: webhook_retries: must be 2 to 189 characters"},
        {"webhook_retry_after_max = 169", "t.conf:1: webhook_retry_after_max: must be a whole number from 0 to 168 h"},
        {"webhook_hold = 10081", "t.conf:1: webhook_hold: must be a whole number from 0 to 10080 min"},
        {"webhook_concurrency = 0", "t.conf:1: webhook_concurrency: must be a whole number from 1 to 10000"},
        {"webhook_concurrency = 10001", "t.conf:1: webhook_concurrency: must be a whole number from 1 to 10000"},
        {"webhook_partner_concurrency = 0",
         "t.conf:1: webhook_partner_concurrency: must be a whole number from 1 to 10000"},
        {"webhook_receiver_concurrency = 1001",
         "t.conf:1: webhook_receiver_concurrency: must be a whole number from 1 to 1000"},
        {"webhook_pause_max = 0", "t.conf:1: webhook_pause_max: must be a whole number from 1 to 1440 min"},
        {"webhook_keep = 0", "t.conf:1: webhook_keep: must be a whole number from 1 to 3650 d"},
        {"webhook_keep = 3651", "t.conf:1: webhook_keep: must be a whole number from 1 to 3650 d"},
        {"sender_directory =", "t.conf:1: sender_directory: must be an absolute path of at most 90 characters"},
        {"sender_directory = /" LETTERS_64 "12345678901234567890123456",
         "t.conf:1: sender_directory: must be an absolute path of at most 90 characters"},
        {"log_level = INFO", "t.conf:1: log_level: must be one of error, warning, info, debug"},
        {"log_target = file", "t.conf:1: log_target: must be one of stderr, syslog"},
        {"database_name =", "t.conf:1: database_name: must be 1 to 64 characters"},
        {"database_name = " LETTERS_64 "a", "t.conf:1: database_name: must be 1 to 64 characters"},
        {"database_socket = mysqld.sock",
         "t.conf:1: database_socket: must be an absolute path of at most 107 characters"},
        {"database_socket =", "t.conf:1: database_socket: must be an absolute path of at most 107 characters"},
        {"database_socket = /" LETTERS_64 "1234567890123456789012345678901234567890123",
         "t.conf:1: database_socket: must be an absolute path of at most 107 characters"},
        {"database_tls_ca = ca.pem",
         "t.conf:1: database_tls_ca: must be empty or an absolute path of at most 189 characters"},
        {"priority_high_amount = -1", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = 1e3", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = 1.", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = .5", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = 007", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount =", "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = 1234567890123456789",
         "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"priority_high_amount = 1.2.3",
         "t.conf:1: priority_high_amount: must be an amount in IDR of at most 18 digits"},
        {"tracking_url_base = ftp://x", "t.conf:1: tracking_url_base: must start with https:// or http://"},
        {"tracking_url_base = https://x/", "t.conf:1: tracking_url_base: must not end in a slash"},
        {"currency_rate =", "t.conf:1: currency_rate: must be given at most 32 times, one value each"},
        {"currency_rate = usd 1", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = US 1", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = U", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD15600", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USDX 15600", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD  15600", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD -1", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD 1e3", "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD 0.1234567890123456789",
         "t.conf:1: currency_rate: must be a currency and its rate, like USD 15600"},
        {"currency_rate = USD 0.00", "t.conf:1: currency_rate: must be a rate above zero"},
        {"currency_rate = USD 1\ncurrency_rate = EUR 2\ncurrency_rate = USD 1",
         "t.conf:3: currency_rate: has a rate already"},
        {"currency_rate = IDR 2", "t.conf:1: currency_rate: must be a foreign currency"},
        {"priority_high_amount = 50000001",
         "t.conf:1: priority_high_amount: must not be above the amount of the priority after it"},
        {"\npriority_urgent_amount = 9999999.99",
         "t.conf:2: priority_urgent_amount: must not be below the amount of the priority before it"},
        {"priority_urgent_amount = 100000000.01",
         "t.conf:1: priority_urgent_amount: must not be above the amount of the priority after it"},
        {"priority_critical_amount = 49999999",
         "t.conf:1: priority_critical_amount: must not be below the amount of the priority before it"},
        {"priority_high_amount = 70000000\npriority_urgent_amount = 60000000",
         "t.conf:2: priority_urgent_amount: must not be below the amount of the priority before it"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        memset(&conf, 0x55, sizeof conf);
        CHECK_INT(rows[i].text, parse(rows[i].text), STATUS_CONFIG);
        CHECK_INT(rows[i].text, err.status, STATUS_CONFIG);
        CHECK_STR(rows[i].text, err.text, rows[i].error);
        CHECK_INT("untouched", conf.log_level, 0x55555555);
    }
    err_init(&err);
    CHECK_INT("NUL", conf_parse("t.conf", SV("log_level = info\0"), &conf, &err), STATUS_CONFIG);
    CHECK_STR("NUL", err.text, "t.conf:1: only printable ASCII is allowed");
    CHECK_INT("nobody listens", conf_parse("t.conf", SV("x"), &conf, NULL), STATUS_CONFIG);
}

/* inih would cut at 200 bytes without a word. */
static void test_line_length(void)
{
    char text[256], value[CONF_STRING_MAX];
    memset(value, 'h', sizeof value);
    int left = CONF_LINE_MAX - (int)strlen("database_host=");
    snprintf(text, sizeof text, "log_level=info\ndatabase_host=%.*s", left, value);
    CHECK_INT("190 bytes", parse(text), STATUS_OK);
    CHECK_INT("kept whole", strlen(conf.database_host), left);
    snprintf(text, sizeof text, "log_level=info\ndatabase_host=%.*s ", left, value);
    CHECK_INT("191 bytes", parse(text), STATUS_CONFIG);
    CHECK_STR("191 bytes", err.text, "t.conf:2: the line is longer than 190 bytes");
    snprintf(text, sizeof text, "#%0200d", 0);
    CHECK_INT("a comment too", parse(text), STATUS_CONFIG);
}

static void test_list_length(void)
{
    char text[40 * CONF_LIST_MAX] = "";
    size_t n = 0;
    for (unsigned i = 0; i < CONF_LIST_MAX; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "webhook_allow_cidr = 10.%u.0.0/16\n", i);
    CHECK_INT("32", parse(text), STATUS_OK);
    CHECK_INT("32", conf.webhook_allow_cidr.n, CONF_LIST_MAX);
    CHECK_STR("last", conf.webhook_allow_cidr.item[31], "10.31.0.0/16");
    snprintf(text + n, sizeof text - n, "webhook_allow_cidr = ::1");
    CHECK_INT("33", parse(text), STATUS_CONFIG);
    CHECK_STR("33", err.text, "t.conf:33: webhook_allow_cidr: must be given at most 32 times, one value each");
}

static void test_long_name(void)
{
    char path[300];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    err_init(&err);
    CHECK_INT("long path", conf_parse(path, SV("log_level = x"), &conf, &err), STATUS_CONFIG);
    CHECK("the why stays", strstr(err.text, ":1: log_level: must be one of error, warning, info, debug") != NULL);
}

static void test_no_memory(void)
{
    static const char text[] = "priority_high_amount = 1\nlog_level = debug\n";
    refuse_none();
    CHECK_INT("with memory", parse(text), STATUS_OK);
    unsigned needed = refuse_asked();
    CHECK("some is needed", needed >= 2);
    for (unsigned n = 0; n < needed; n++) {
        conf.log_level = LOG_LEVEL_ERROR;
        refuse_from(n);
        CHECK_INT("without", parse(text), STATUS_NO_MEMORY);
        CHECK_STR("text", err.text, "t.conf: out of memory");
        CHECK_INT("untouched", conf.log_level, LOG_LEVEL_ERROR);
    }
    refuse_off();
}

static void test_table(void)
{
    for (size_t i = 0; i < conf_table_n; i++) {
        const struct conf_row *row = &conf_table[i];
        char bounds[CONF_BOUNDS_MAX] = "";
        conf_bounds(row, bounds);
        CHECK(row->name, strlen(bounds) > 0 && strlen(bounds) < CONF_BOUNDS_MAX - 1);
        CHECK(row->name, row->help && row->unit && row->standard);
        CHECK_INT(row->name, row->words != NULL, row->type == CONF_ENUM);
        CHECK_INT(row->name, row->example != NULL, row->type == CONF_LIST);
        for (size_t k = 0; k < i; k++)
            CHECK(row->name, strcmp(conf_table[k].name, row->name) != 0 && conf_table[k].offset != row->offset);
    }
    struct conf_row none = {.type = CONF_TYPE__MAX};
    char bounds[CONF_BOUNDS_MAX] = "x";
    conf_bounds(&none, bounds);
    CHECK_STR("no type, no bounds", bounds, "");
}

/* The sample as it is printed. The caller frees it. */
static char *print_sample(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return NULL;
    conf_print_sample(out);
    return fclose(out) == 0 ? text : NULL;
}

static void check_sample_lines(const char *text)
{
    struct sv rest = sv_from(text), line;
    while (sv_cut(&rest, '\n', &line))
        CHECK("narrow and commented", line.n <= 100 && (line.n == 0 || line.p[0] == '#'));
    for (size_t i = 0; i < conf_table_n; i++) {
        char start[64];
        snprintf(start, sizeof start, "\n#%s =", conf_table[i].name);
        CHECK(conf_table[i].name, strstr(text, start) != NULL);
    }
}

static void test_sample(void)
{
    static struct conf standard;
    conf_defaults(&standard);
    char *text = print_sample();
    CHECK("printed", text != NULL);
    if (!text)
        return;
    check_sample_lines(text);
    CHECK("tells units and bounds", strstr(text, "from 16 to 4096 MiB.") && strstr(text, "Must be yes or no."));
    CHECK_INT("as it is", parse(text), STATUS_OK);
    CHECK("changes nothing", memcmp(&conf, &standard, sizeof conf) == 0);
    /* "#name = value" stands without a space after '#', prose with one. */
    for (char *p = text; (p = strstr(p, "\n#")) != NULL; p++)
        if (p[2] != ' ')
            p[1] = ' ';
    CHECK_INT("with every line in force", parse(text), STATUS_OK);
    CHECK_STR("no error", err.text, "");
    CHECK_INT("examples", conf.currency_rate.n + conf.webhook_allow_cidr.n, 2);
    conf.currency_rate = standard.currency_rate;
    conf.webhook_allow_cidr = standard.webhook_allow_cidr;
    CHECK("values shown are the defaults", memcmp(&conf, &standard, sizeof conf) == 0);
    free(text);
}

void init_conf_tests(void)
{
    static const struct suite_test tests[] = {
        {"defaults", test_defaults},
        {"empty is default", test_empty_is_default},
        {"values", test_values},
        {"refused", test_refused},
        {"line length", test_line_length},
        {"list length", test_list_length},
        {"long file name", test_long_name},
        {"no memory", test_no_memory},
        {"table", test_table},
        {"sample", test_sample},
    };
    suite_add("base/conf", NULL, NULL, tests, SUITE_N(tests));
}
