/* omnichannel-admin(8). */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "admin/admin.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#ifndef PKGDATADIR
#define PKGDATADIR "/usr/share/omnichannel"
#endif

int main(int argc, char **argv)
{
    const struct admin_env env = {
        .version = PACKAGE_VERSION,
        .config = SYSCONFDIR "/omnichannel/omnichannel.conf",
        .sql_dir = PKGDATADIR "/sql",
        .out = stdout,
        .err = stderr,
    };
    const struct rlimit none = {0, 0};
    /* Secrets pass through here once: they stay out of core files and other processes' eyes. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
        fputs(ADMIN_PROGRAM ": cannot forbid core files\n", stderr);
        return ADMIN_EXIT_REFUSED;
    }
    return admin_run(&env, argc, argv);
}
