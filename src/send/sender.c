#include "send/send.h"

enum status send_run(const struct conf *conf, const struct send_options *o, struct err *err)
{
    (void)conf;
    (void)o;
    return err_set(err, STATUS_INTERNAL, "the sender is not written yet");
}
