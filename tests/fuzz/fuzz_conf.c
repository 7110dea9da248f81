#include <string.h>

#include "base/conf.h"
#include "fuzz/target.h"

/* Every text ends inside its array. */
static void check_texts(const struct conf *c)
{
    for (size_t i = 0; i < conf_table_n; i++) {
        const struct conf_row *row = &conf_table[i];
        const char *at = (const char *)c + row->offset;
        if (row->type == CONF_STRING || row->type == CONF_PATH) {
            MUST(memchr(at, '\0', CONF_STRING_MAX));
            MUST(strlen(at) >= (size_t)row->min && strlen(at) <= (size_t)row->max);
        } else if (row->type == CONF_INT) {
            int64_t v;
            memcpy(&v, at, sizeof v);
            MUST(v >= row->min && v <= row->max);
        } else if (row->type == CONF_DECIMAL) {
            MUST(memchr(at, '\0', CONF_STRING_MAX) && strspn(at, "0123456789.") == strlen(at) && *at);
        }
    }
    MUST(c->log_level < LOG_LEVEL__MAX && c->log_target < LOG_TARGET__MAX);
    MUST(c->currency_rate.n <= CONF_LIST_MAX && c->webhook_allow_cidr.n <= CONF_LIST_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct conf conf, untouched;
    static struct err err;
    memset(&conf, 0x55, sizeof conf);
    memset(&untouched, 0x55, sizeof untouched);
    err_init(&err);
    enum status s = conf_parse("fuzz", (struct sv){(const char *)data, n}, &conf, &err);
    MUST(s == err.status);
    if (s == STATUS_OK) {
        check_texts(&conf);
        return 0;
    }
    MUST(s == STATUS_CONFIG && memcmp(&conf, &untouched, sizeof conf) == 0);
    MUST(strncmp(err.text, "fuzz:", 5) == 0 && strlen(err.text) > 8);
    return 0;
}
