#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/suites.h"

struct tenant home, foreign;
struct tenant nobody = {.code = "NOSUCH",
                        .number = "999999",
                        .attachment = "czzzzzzzzzzzzzzzzzzzzzzzz",
                        .reference = "REFERENCE-OF-NOBODY"};

const char *permission_words(unsigned set)
{
    static const char *const words[] = {"create", "read", "update", "agent"};
    static char ring[16][64];
    static unsigned next;
    char *s = ring[next++ % 16];
    int n = 0;
    s[0] = 0;
    for (unsigned i = 0; i < SUITE_N(words); i++)
        if (set & 1u << i)
            n += snprintf(s + n, sizeof ring[0] - (size_t)n, "%s%s", n ? "," : "", words[i]);
    return s;
}

long long fingerprint(const char *number)
{
    static const char *const tables[][2] = {{"ticket", "number=%s"},
                                            {"comment", "ticket_number=%s"},
                                            {"ticket_event", "ticket_number=%s"},
                                            {"attachment", "ticket_id=(SELECT id FROM ticket WHERE number=%s)"},
                                            {"webhook_job", "ticket_number=%s"}};
    long long all = 17;
    for (unsigned i = 0; i < SUITE_N(tables); i++) {
        char columns[1024], where[128];
        sql(columns,
            "SELECT GROUP_CONCAT(column_name) FROM information_schema.columns WHERE table_schema='%s' AND "
            "table_name='%s'",
            stack.db, tables[i][0]);
        snprintf(where, sizeof where, "%.*s%s%s", (int)strcspn(tables[i][1], "%"), tables[i][1], number,
                 strstr(tables[i][1], "%s") + 2);
        all = all * 31 + sql_int("SELECT COUNT(*) + IFNULL(SUM(CRC32(CONCAT_WS(0x01,%s))), 0) FROM %s WHERE %s",
                                 columns, tables[i][0], where);
    }
    return all;
}

/* With a key for each set of permissions, or for MAY_ALL only. */
static void tenant_new(struct tenant *t, const char *code, bool each)
{
    char args[128], more[512], path[64];
    snprintf(t->code, sizeof t->code, "%s", code);
    make_partner(code, "");
    for (unsigned set = 1; set < MAY_SETS; set++) {
        if (!each && set != MAY_ALL)
            continue;
        snprintf(args, sizeof args, "--permissions %s --limit unlimited", permission_words(set));
        make_key(t->key[set], code, args);
    }
    snprintf(t->reference, sizeof t->reference, "REFERENCE-OF-%s", code);
    snprintf(more, sizeof more,
             ",\"channelReferenceId\":\"%s\",\"attachments\":[{\"filename\":\"secret.txt\",\"content\":\"c2VjcmV0\"}]",
             t->reference);
    snprintf(t->number, sizeof t->number, "%s", open_ticket_with(t->key[MAY_ALL], more));
    snprintf(path, sizeof path, "/tickets/%s", t->number);
    struct reply r = get(path, t->key[MAY_ALL]);
    const char *id = at(&r, "attachments.0.id");
    snprintf(t->attachment, sizeof t->attachment, "%s", id ? id : "");
    reply_free(&r);
}

int main(int argc, char **argv)
{
    static const suite_init inits[] = {
        init_object_tests,    init_authentication_tests, init_property_tests,     init_resource_tests,
        init_function_tests,  init_flow_tests,           init_ssrf_tests,         init_configuration_tests,
        init_inventory_tests, init_consumption_tests,    init_resource_end_tests, NULL,
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    stack_up();
    tenant_new(&home, "HOME", true);
    tenant_new(&foreign, "FOREIGN", false);
    snprintf(keys.all, sizeof keys.all, "%s", home.key[MAY_ALL]);
    snprintf(keys.agent, sizeof keys.agent, "%s", home.key[MAY_ALL | MAY_AGENT]);
    snprintf(keys.other, sizeof keys.other, "%s", foreign.key[MAY_ALL]);
    int status = suite_main(argc, argv, inits);
    stack_down();
    curl_global_cleanup();
    return status;
}
