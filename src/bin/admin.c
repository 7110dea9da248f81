/* omnichannel-admin(8). */
#include "admin/admin.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/usr/local/etc"
#endif
#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/omnichannel"
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
    return admin_run(&env, argc, argv);
}
