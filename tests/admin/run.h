/* Runs command lines against the fakes and looks at what came out. */
#ifndef TESTS_ADMIN_RUN_H
#define TESTS_ADMIN_RUN_H

#include "admin/admin.h"
#include "admin/fake.h"

#define RUN_WORDS_MAX 80

/* A private folder with a configuration file; for every suite here. */
int run_set_up(void);
int run_tear_down(void);
const char *run_config(void);                                                /* the file's path */
#define RUN_CONFIG "database_name = testing\nruntime_directory = /nowhere\n" /* what stands there at first */
void run_write_config(const char *text);

/* Runs "omnichannel-admin WORDS"; words end with NULL. What came out stands in
 * run_out and run_err until the next run. Returns the exit status. The fakes
 * keep their settings and forget their calls. */
int run_words(const char *const *words);
extern const char *run_out, *run_err;

/* A row: words, exit status, all of stderr ("" for none), what was asked of the
 * layers below beyond opening and closing the database (NULL: not looked at). */
struct run_row {
    const char *name;
    const char *words[RUN_WORDS_MAX];
    int exit;
    const char *err, *calls;
};
void run_check(const struct run_row *row);

/* Checks a command's whole output. */
void run_check_out(const char *name, const char *const *words, const char *want);
#define RUN(...)                                                                                                       \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

#endif
