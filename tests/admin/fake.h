/* Link-time fakes of store, gate and desk: they answer from a few rows and
 * write down what they were asked, one line a call. */
#ifndef TESTS_ADMIN_FAKE_H
#define TESTS_ADMIN_FAKE_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/status.h"
#include "crypto/hash.h"
#include "crypto/id.h"
#include "send/post.h"
#include "store/health.h"

/* Events, and whose secrets sign them. */
#define FAKE_HOOKS 5
#define FAKE_HOOK_SENT "caaaaaaaaaaaaaaaaaaaaaaaa"
#define FAKE_HOOK_HELD "cbbbbbbbbbbbbbbbbbbbbbbbb"
#define FAKE_HOOK_WAITING "ccccccccccccccccccccccccc"
#define FAKE_HOOK_DEAD "cdddddddddddddddddddddddd"
#define FAKE_HOOK_DELIVERED "ceeeeeeeeeeeeeeeeeeeeeeee"
#define FAKE_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define FAKE_OLD_SECRET "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

struct fake {
    struct buf calls;               /*!< "partner_add CODE …\n" */
    enum status status;             /*!< what the next calls answer, when not OK */
    const char *text;               /*!< and their err text; NULL: none */
    const char *field, *field_text; /*!< a field error with it */
    enum status shared;             /*!< how opening the pool's memory ends */
    unsigned bumps;
    unsigned n_prunes;                      /*!< calls that still find something */
    unsigned char hash[CRYPTO_SHA256_SIZE]; /*!< of the last key added */
    char secret[64];                        /*!< of the last partner added, or rotation */
    bool empty;                             /*!< no rows anywhere */
    bool more;                              /*!< lists of events have more rows */
    bool rotated;                           /*!< the partner's secret is in its overlap */
    bool raced;                             /*!< somebody else switches URLs on first */
    unsigned n_replays;                     /*!< calls that bring events back */
    bool fail_replay;                       /*!< the one after these does not end well */
    bool refuse_sample;                     /*!< nothing is sent */
    unsigned n_uncertain;                   /*!< rotations whose COMMIT is lost */
    struct post post;                       /*!< how a sample ends */
    char body[512], hook_id[64];            /*!< of the last sample */
    unsigned budgets;                       /*!< store_begin calls */
    unsigned version, oldest;               /*!< of the schema */
    struct store_server server;             /*!< its clock: added to ours */
    struct store_rights rights[STORE_ROLE__MAX];
    struct store_queue queue;
};

extern struct fake fake;

void fake_reset(void);
void fake_free(void);
const char *fake_calls(void);
enum store_role fake_role(const struct store *s); /*!< whose connection it is */

#endif
