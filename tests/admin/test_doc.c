/* The man pages and the sample file against the tables they describe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/args.h"
#include "admin/doctor.h"
#include "admin/suites.h"
#include "base/conf.h"
#include "harness/suite.h"

#define FILE_MAX (256u * 1024) /* [bytes] */
#define NAME_SIZE 64

static char *text;

static void read_text(const char *path)
{
    char full[512];
    snprintf(full, sizeof full, "%s/%s", SRC_TOP, path);
    FILE *f = fopen(full, "r");
    text = calloc(1, FILE_MAX);
    CHECK(path, f != NULL && text != NULL);
    if (f && text)
        CHECK(path, fread(text, 1, FILE_MAX - 1, f) > 0);
    if (f)
        fclose(f);
}

static void free_text(void)
{
    free(text);
    text = NULL;
}

/* The next line that is `mark`, a name and `after`; false at the end. A mark of
 * "#" may be missing: the setting is then in force. */
static bool next_name(const char **at, const char *mark, const char *after, char name[NAME_SIZE])
{
    while (**at) {
        const char *line = *at;
        *at += strcspn(line, "\n");
        *at += **at == '\n';
        if (strncmp(line, mark, strlen(mark)) == 0)
            line += strlen(mark);
        else if (strcmp(mark, "#") != 0)
            continue;
        size_t n = strspn(line, "abcdefghijklmnopqrstuvwxyz_");
        if (n == 0 || n >= NAME_SIZE || strncmp(line + n, after, strlen(after)) != 0)
            continue;
        memcpy(name, line, n);
        name[n] = '\0';
        return true;
    }
    return false;
}

/* Exactly the table's names, in its order, each once. */
static void check_names(const char *path, const char *mark, const char *after)
{
    char name[NAME_SIZE];
    read_text(path);
    const char *at = text;
    for (size_t i = 0; i < conf_table_n; i++) {
        bool got = next_name(&at, mark, after, name);
        CHECK(conf_table[i].name, got);
        CHECK_STR(path, got ? name : "", conf_table[i].name);
    }
    CHECK_STR("nothing more", next_name(&at, mark, after, name) ? name : "", "");
    free_text();
}

static void test_conf_page(void)
{
    check_names("doc/man/omnichannel.conf.5", ".It Ic ", "\n");
}

/* Defaults, bounds and units as the table has them. */
static void test_conf_page_values(void)
{
    read_text("doc/man/omnichannel.conf.5");
    for (size_t i = 0; i < conf_table_n; i++) {
        const struct conf_row *row = &conf_table[i];
        char head[128], bounds[CONF_BOUNDS_MAX];
        snprintf(head, sizeof head, ".It Ic %s\n", row->name);
        const char *at = strstr(text, head);
        const char *end = at ? strstr(at + 1, ".It Ic ") : NULL;
        char *entry = strndup(at ? at : "", end ? (size_t)(end - at) : strlen(at ? at : ""));
        conf_bounds(row, bounds);
        CHECK(row->name, strstr(entry, bounds) != NULL);
        if (*row->standard) {
            char line[CONF_STRING_MAX + 16];
            snprintf(line, sizeof line, "\n.Dl %s = %s\n", row->name, row->standard);
            CHECK(row->name, strstr(entry, line) != NULL);
        }
        free(entry);
    }
    free_text();
}

static void test_conf_sample(void)
{
    check_names("etc/omnichannel.conf", "#", " =");
}

/* Lists each command as a title of its own, with its options. */
static void test_admin_page(void)
{
    read_text("doc/man/omnichannel-admin.8");
    for (const struct admin_command *const *g = admin_commands; *g; g++)
        for (const struct admin_command *c = *g; c->noun; c++) {
            char name[ADMIN_COMMAND_NAME_MAX], head[128];
            admin_command_name(c, name);
            snprintf(head, sizeof head, "\n.It Ic %s", name);
            const char *at = strstr(text, head);
            CHECK(name, at != NULL);
            const char *end = at ? strstr(at + 1, "\n.It Ic ") : NULL;
            char *entry = strndup(at ? at : "", end ? (size_t)(end - at) : strlen(at ? at : ""));
            for (const struct admin_option *o = c->options; o->name; o++) {
                snprintf(head, sizeof head, "Fl -%s", o->name);
                CHECK(o->name, strstr(entry, head) != NULL);
            }
            for (const struct admin_argument *a = c->arguments; a->name; a++) {
                snprintf(head, sizeof head, "Ar %s", a->name);
                CHECK(a->name, strstr(entry, head) != NULL);
            }
            free(entry);
        }
    for (const struct admin_option *o = admin_global_options; o->name; o++) {
        char option[64];
        snprintf(option, sizeof option, "Fl -%s", o->name);
        CHECK(o->name, strstr(text, option) != NULL);
    }
    free_text();
}

/* Lists each of the doctor's checks, in its order, and no others. */
static void test_doctor_page(void)
{
    read_text("doc/man/omnichannel-admin.8");
    const char *at = strstr(text, "\n.It Ic doctor\n");
    CHECK("doctor", at != NULL);
    for (unsigned i = 0; at && i < DOCTOR_CHECK__MAX; i++) {
        char item[64];
        at = strstr(at + 1, "\n.It Cm ");
        snprintf(item, sizeof item, "\n.It Cm %s\n", doctor_check_names[i]);
        CHECK(doctor_check_names[i], at && strncmp(at, item, strlen(item)) == 0);
    }
    CHECK("no others", at && strstr(at, "\n.El\n") < strstr(at + 1, "\n.It "));
    free_text();
}

void init_doc_tests(void)
{
    static const struct suite_test tests[] = {
        {"omnichannel.conf.5 has the table's names", test_conf_page},
        {"omnichannel.conf.5 has the table's values", test_conf_page_values},
        {"etc/omnichannel.conf has the table's names", test_conf_sample},
        {"omnichannel-admin.8 has every command", test_admin_page},
        {"omnichannel-admin.8 has every check", test_doctor_page},
    };
    suite_add("admin doc", NULL, NULL, tests, SUITE_N(tests));
}
