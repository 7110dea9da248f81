/* What the doctor asks of the database: whatever a test sets. */
#include "admin/fake.h"
#include "base/clock.h"
#include "store/migrate.h"

static enum status outcome(struct err *err)
{
    return fake.status == STATUS_OK ? STATUS_OK : err_set(err, fake.status, "%s", fake.text ? fake.text : "no text");
}

enum status store_schema(struct store *s, unsigned *version_r, unsigned *oldest_r, struct err *err)
{
    (void)s;
    *version_r = fake.version;
    *oldest_r = fake.oldest;
    return outcome(err);
}

enum status store_server_look(struct store *s, struct store_server *out_r, struct err *err)
{
    (void)s;
    *out_r = fake.server;
    out_r->now += clock_wall_us();
    return outcome(err);
}

enum status store_rights_look(struct store *s, struct store_rights *out_r, struct err *err)
{
    *out_r = fake.rights[fake_role(s)];
    return outcome(err);
}

enum status store_queue_look(struct store *s, struct store_queue *out_r, struct err *err)
{
    (void)s;
    *out_r = fake.queue;
    return outcome(err);
}
